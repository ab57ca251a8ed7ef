#include "config/conffile.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/err.h"

/*
 * Every system call that changes the disk goes through here, and through a trap that
 * tests set: so that a stop or a failure can be tried at each one of them.
 */

static enum conffile_trap trap_kind;
static unsigned trap_steps;

void
conffile_set_trap(enum conffile_trap kind, unsigned steps)
{
	trap_kind = kind;
	trap_steps = steps;
}

/* Returns whether the present step is to fail. */
static bool
sprung(void)
{
	if (trap_kind == CONFFILE_TRAP_NONE || trap_steps-- > 0)
		return false;
	if (trap_kind == CONFFILE_TRAP_DIE)
		_exit(77);
	if (trap_kind == CONFFILE_TRAP_ON)
		trap_steps = 0;
	else
		trap_kind = CONFFILE_TRAP_NONE;
	errno = ENOSPC;
	return true;
}

/* Writes the folder that holds path into out. */
static void
folder_of(const char *path, char out[4096])
{
	char *slash;

	snprintf(out, 4096, "%s", path);
	slash = strrchr(out, '/');
	if (slash == out)
		slash[1] = 0;
	else if (slash != NULL)
		*slash = 0;
	else
		snprintf(out, 4096, ".");
}

/* Says who may do what failed. No names of users: looking them up could ask this very server. */
static void
explain(struct errbuf *e, const char *path)
{
	char folder[4096];
	struct stat st;
	size_t n = strlen(e->text);

	folder_of(path, folder);
	if (stat(path, &st) != 0 && stat(folder, &st) == 0)
		path = folder;
	else if (stat(path, &st) != 0)
		return;
	snprintf(e->text + n, sizeof(e->text) - n,
	    "; %s belongs to uid %u, gid %u, mode %04o, and this process runs as uid %u, gid %u: "
	    "give it to that user with chown -R",
	    path, st.st_uid, st.st_gid, st.st_mode & 07777U, geteuid(), getegid());
}

int
conffile_fail(struct errbuf *e, const char *what, const char *path)
{
	int why = errno;

	err_set(e, ERR_IO, "cannot %s %s: %s", what, path, strerror(why));
	size_t n = strlen(e->text);
	if (why == EACCES || why == EPERM) {
		explain(e, path);
		return ERR_DENIED;
	}
	if (why == ENOSPC || why == EDQUOT) {
		snprintf(e->text + n, sizeof(e->text) - n, "; make room on that file system");
		return ERR_FULL;
	}
	if (why == EROFS)
		snprintf(e->text + n, sizeof(e->text) - n, "; mount it for writing");
	return ERR_IO;
}

/* Gives what root makes to the owner of the folder it is in. */
static int
give(int fd, const char *path)
{
	char folder[4096];
	struct stat st;

	if (geteuid() != 0)
		return 0;
	folder_of(path, folder);
	if (stat(folder, &st) != 0)
		return -1;
	return fchown(fd, st.st_uid, st.st_gid);
}

static int
write_all(int fd, struct bv text)
{
	if (sprung())
		return -1;
	while (text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		text = bv_from(text, (size_t)n);
	}
	return 0;
}

static int
flush(int fd)
{
	return sprung() ? -1 : fsync(fd);
}

int
conffile_write(const char *path, struct bv text, struct errbuf *e)
{
	int fd = sprung() ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return conffile_fail(e, "create", path);
	int failed = give(fd, path) != 0 || write_all(fd, text) != 0 || flush(fd) != 0;
	int why = errno;
	if (close(fd) != 0 && !failed) {
		failed = 1;
		why = errno;
	}
	errno = why;
	return failed ? conffile_fail(e, "write", path) : 0;
}

int
conffile_folder(const char *path, bool may_exist, struct errbuf *e)
{
	if (sprung())
		return conffile_fail(e, "create", path);
	if (mkdir(path, 0750) != 0)
		return errno == EEXIST && may_exist ? 0 : conffile_fail(e, "create", path);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return conffile_fail(e, "open", path);
	int failed = give(fd, path);
	close(fd);
	return failed != 0 ? conffile_fail(e, "give to its owner", path) : 0;
}

int
conffile_sync(const char *folder, struct errbuf *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return conffile_fail(e, "open", folder);
	int failed = flush(fd);
	int why = errno;
	close(fd);
	errno = why;
	return failed != 0 ? conffile_fail(e, "flush", folder) : 0;
}

int
conffile_move(const char *from, const char *to, struct errbuf *e)
{
	return sprung() || rename(from, to) != 0 ? conffile_fail(e, "create", to) : 0;
}

int
conffile_remove(const char *path, struct errbuf *e)
{
	if (sprung() || (unlink(path) != 0 && errno != ENOENT))
		return conffile_fail(e, "remove", path);
	return 0;
}

void
conffile_remove_empty(const char *path)
{
	if (!sprung())
		rmdir(path);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	if (!sprung())
		remove(path);
	return 0;
}

void
conffile_remove_all(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
