#include "tools/owner.h"

#include <errno.h>
#include <ftw.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/err.h"

/*
 * Becoming the owner before any file is made is safer than giving files away later: names
 * in a directory that somebody else may write to cannot be trusted by root.
 */

/* Back to root, when that is what the process was. */
static int
return_to_root(struct errbuf *e)
{
	if (geteuid() == 0 || getuid() != 0)
		return 0;
	if (seteuid(0) != 0 || setegid(0) != 0)
		return err_set(e, ERR_DENIED, "cannot become root again: %s", strerror(errno));
	return 0;
}

int
owner_become(const char *directory, bool *became_out, struct errbuf *e)
{
	struct stat st;
	int rc = return_to_root(e);

	if (rc != 0)
		return rc;
	if (stat(directory, &st) != 0)
		return err_set(e, ERR_IO, "%s: %s", directory, strerror(errno));
	if (geteuid() != 0 || st.st_uid == 0)
		return 0;
	if (setgroups(1, &st.st_gid) != 0 || setegid(st.st_gid) != 0 || seteuid(st.st_uid) != 0)
		return err_set(e, ERR_DENIED, "cannot act as the owner of %s (user %u): %s",
		    directory, (unsigned)st.st_uid, strerror(errno));
	*became_out = true;
	return 0;
}

/* nftw() hands no argument to its callback. */
static struct {
	uid_t uid;
	gid_t gid;
} new_owner;

static int
give_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return lchown(path, new_owner.uid, new_owner.gid);
}

int
owner_give(const char *path, unsigned uid, unsigned gid, struct errbuf *e)
{
	new_owner.uid = uid;
	new_owner.gid = gid;
	if (geteuid() != 0 || uid == 0)
		return 0;
	if (nftw(path, give_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		return err_set(
		    e, ERR_IO, "cannot give %s to user %u: %s", path, uid, strerror(errno));
	return 0;
}
