#include "net/tls_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * Names of users and groups come from /etc/passwd and /etc/group only: the name service
 * may ask this very server, which would then wait for itself.
 */

enum { MAX_FILE_BYTES = 16 * 1024 * 1024, NAME_BYTES = 48 };

static void
user_name(uid_t uid, char *out)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw = NULL;

	snprintf(out, NAME_BYTES, "uid %u", (unsigned)uid);
	while (f != NULL && (pw = fgetpwent(f)) != NULL) {
		if (pw->pw_uid == uid) {
			snprintf(out, NAME_BYTES, "%s", pw->pw_name);
			break;
		}
	}
	if (f != NULL)
		fclose(f);
}

static void
group_name(gid_t gid, char *out)
{
	FILE *f = fopen("/etc/group", "re");
	const struct group *gr = NULL;

	snprintf(out, NAME_BYTES, "gid %u", (unsigned)gid);
	while (f != NULL && (gr = fgetgrent(f)) != NULL) {
		if (gr->gr_gid == gid) {
			snprintf(out, NAME_BYTES, "%s", gr->gr_name);
			break;
		}
	}
	if (f != NULL)
		fclose(f);
}

void
tls_file_describe(const char *path, char *out, size_t size)
{
	struct stat st;
	char user[NAME_BYTES], group[NAME_BYTES], self[NAME_BYTES];

	user_name(geteuid(), self);
	if (stat(path, &st) != 0) {
		snprintf(out, size, "slapd runs as %s", self);
		return;
	}
	user_name(st.st_uid, user);
	group_name(st.st_gid, group);
	snprintf(out, size, "owner %s:%s, mode %04o; slapd runs as %s", user, group,
	    (unsigned)st.st_mode & 07777U, self);
}

/* Finds the first directory of the path that may not be searched; false when all may. */
static bool
closed_directory(const char *path, char *out, size_t size)
{
	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		if ((size_t)(slash - path) >= size)
			return false;
		memcpy(out, path, (size_t)(slash - path));
		out[slash - path] = 0;
		if (faccessat(AT_FDCWD, out, X_OK, AT_EACCESS) != 0)
			return true;
	}
	return false;
}

static int
refuse_access(const char *option, const char *path, struct errbuf *e)
{
	char dir[256], what[256], self[NAME_BYTES];

	user_name(geteuid(), self);
	if (closed_directory(path, dir, sizeof(dir))) {
		tls_file_describe(dir, what, sizeof(what));
		return err_set(e, ERR_IO,
		    "%s: %s cannot be read: its directory %s may not be entered (%s); let it in "
		    "with: setfacl -m u:%s:x %s",
		    option, path, dir, what, self, dir);
	}
	tls_file_describe(path, what, sizeof(what));
	return err_set(e, ERR_IO,
	    "%s: %s cannot be read (%s); let it read the file with: setfacl -m u:%s:r %s", option,
	    path, what, self, path);
}

static int
refuse(const char *option, const char *path, int error, struct errbuf *e)
{
	if (error == EACCES)
		return refuse_access(option, path, e);
	if (error == ENOENT || error == ENOTDIR)
		return err_set(e, ERR_IO,
		    "%s: %s does not exist; correct the name or make the file", option, path);
	return err_set(e, ERR_IO, "%s: %s: %s", option, path, strerror(error));
}

static int
read_all(int fd, const struct stat *st, uint8_t *p, size_t *n_out)
{
	size_t n = 0;

	while (n < (size_t)st->st_size) {
		ssize_t k = read(fd, p + n, (size_t)st->st_size - n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return errno;
		if (k == 0)
			break;
		n += (size_t)k;
	}
	*n_out = n;
	return 0;
}

int
tls_file_read(
    struct arena *a, const char *option, const char *path, struct bv *out, struct errbuf *e)
{
	struct stat st;
	size_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return refuse(option, path, errno, e);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > MAX_FILE_BYTES) {
		bool regular = S_ISREG(st.st_mode);
		close(fd);
		return err_set(e, ERR_CONFIG, "%s: %s is %s", option, path,
		    regular ? "larger than 16 MiB" : "not a regular file; name one");
	}
	uint8_t *p = arena_alloc(a, (size_t)st.st_size + 1);
	int error = read_all(fd, &st, p, &n);
	close(fd);
	if (error != 0)
		return refuse(option, path, error, e);
	if (n == 0)
		return err_set(e, ERR_CONFIG, "%s: %s is empty", option, path);
	*out = bv_make(p, n);
	return 0;
}

int
tls_file_check_dir(const char *option, const char *path, struct errbuf *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	if (fd < 0 && errno == ENOTDIR)
		return err_set(e, ERR_CONFIG, "%s: %s is not a directory", option, path);
	if (fd < 0)
		return refuse(option, path, errno, e);
	close(fd);
	return 0;
}

bool
tls_file_is_public(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (st.st_mode & S_IROTH) != 0;
}

void
tls_file_mark(struct tls_mark *m, const char *path)
{
	struct stat st;

	*m = (struct tls_mark){.path = path};
	if (stat(path, &st) != 0)
		return;
	m->there = true;
	m->device = st.st_dev;
	m->inode = st.st_ino;
	m->size = st.st_size;
	m->changed = st.st_mtim;
	m->mode = st.st_mode;
	m->owner = st.st_uid;
	m->group = st.st_gid;
}

bool
tls_file_same(const struct tls_mark *x, const struct tls_mark *y)
{
	return x->there == y->there && x->device == y->device && x->inode == y->inode &&
	       x->size == y->size && x->changed.tv_sec == y->changed.tv_sec &&
	       x->changed.tv_nsec == y->changed.tv_nsec && x->mode == y->mode &&
	       x->owner == y->owner && x->group == y->group;
}
