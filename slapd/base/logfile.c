#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "err.h"

/*
 * One write per line to a descriptor that appends, so that lines of several threads do not mix. A
 * full disk costs lines, never an answer.
 */

enum { TIME_BYTES = 64, LINE_BYTES = 4200 };

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER; /* guards path and fd */
static char path[PATH_MAX];
static int fd = -1;
static atomic_bool is_open; /* as fd says, without the lock */

static int
open_file(const char *name)
{
	return open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

/* Puts another descriptor in place. */
static void
use(int new_fd, const char *name)
{
	pthread_rwlock_wrlock(&lock);
	int old = fd;
	fd = new_fd;
	atomic_store(&is_open, new_fd >= 0);
	snprintf(path, sizeof(path), "%s", name);
	pthread_rwlock_unlock(&lock);
	if (old >= 0)
		close(old);
}

/* Opens a file by its name, which goes to name; none is -1. */
static int
try_file(struct bv wanted, char name[PATH_MAX], int *fd_out, struct errbuf *e)
{
	if (wanted.n >= PATH_MAX)
		return err_set(
		    e, ERR_IO, "logfile: the name is longer than %d bytes", PATH_MAX - 1);
	snprintf(name, PATH_MAX, "%.*s", BV(wanted));
	int new_fd = name[0] == 0 ? -1 : open_file(name);
	if (name[0] != 0 && new_fd < 0)
		return err_set(e, ERR_IO, "logfile: cannot write %s: %s%s", name, strerror(errno),
		    errno == ENOENT   ? "; make its directory first"
		    : errno == EACCES ? "; give the server's user the right to write there"
				      : "");
	*fd_out = new_fd;
	return 0;
}

int
logfile_set(struct bv wanted, struct errbuf *e)
{
	char name[PATH_MAX];
	int new_fd;
	int err = try_file(wanted, name, &new_fd, e);

	if (err == 0)
		use(new_fd, name);
	return err;
}

int
logfile_check(struct bv wanted, struct errbuf *e)
{
	char name[PATH_MAX];
	int new_fd;

	pthread_rwlock_rdlock(&lock);
	bool used = bv_eq(wanted, bv_str(path));
	pthread_rwlock_unlock(&lock);
	if (used)
		return 0;
	int err = try_file(wanted, name, &new_fd, e);
	if (err == 0 && new_fd >= 0)
		close(new_fd);
	return err;
}

void
logfile_reopen(void)
{
	char name[PATH_MAX];

	pthread_rwlock_rdlock(&lock);
	memcpy(name, path, sizeof(name));
	pthread_rwlock_unlock(&lock);
	int new_fd = name[0] == 0 ? -1 : open_file(name);
	if (new_fd >= 0)
		use(new_fd, name);
}

bool
logfile_is_open(void)
{
	return atomic_load_explicit(&is_open, memory_order_relaxed);
}

/* Writes the time and a space; the seconds are made once each. Returns the length. */
static size_t
put_time(char out[TIME_BYTES], const struct timespec *now)
{
	static _Thread_local char when[TIME_BYTES / 2];
	static _Thread_local time_t made;
	struct tm tm;

	if (made != now->tv_sec && gmtime_r(&now->tv_sec, &tm) != NULL) {
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
		made = now->tv_sec;
	}
	int n = snprintf(out, TIME_BYTES, "%s.%06ldZ ", when, now->tv_nsec / 1000);
	return n < 0 ? 0 : strlen(out);
}

void
logfile_write(const char *line)
{
	char out[TIME_BYTES + LINE_BYTES + 1];
	struct timespec now;

	if (!logfile_is_open() || clock_gettime(CLOCK_REALTIME, &now) != 0)
		return;
	size_t n = put_time(out, &now), length = strnlen(line, LINE_BYTES);
	memcpy(out + n, line, length);
	out[n + length] = '\n';
	pthread_rwlock_rdlock(&lock);
	if (fd >= 0 && write(fd, out, n + length + 1) < 0)
		out[0] = 0;
	pthread_rwlock_unlock(&lock);
}
