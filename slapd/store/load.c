#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/err.h"
#include "base/log.h"

/* Interrupted bulk loads: a mark in meta, a lock on the directory, and a clean start. */

static int
open_directory(const struct store *s, struct errbuf *e)
{
	int fd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 ? fd : err_set(e, ERR_IO, "%s: %s", s->directory, strerror(errno));
}

static int
is_loading(const struct store *s, struct errbuf *e)
{
	return err_set(e, ERR_BUSY,
	    "%s: another process is loading entries; wait until it has ended", s->directory);
}

int
load_share(struct store *s, struct errbuf *e)
{
	int fd = open_directory(s, e);

	if (fd < 0)
		return fd;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0) {
		int why = errno;
		close(fd);
		return why == EWOULDBLOCK ? is_loading(s, e)
					  : err_set(e, ERR_IO, "%s: cannot be locked: %s",
						s->directory, strerror(why));
	}
	s->lock_fd = fd;
	return 0;
}

int
load_lock(struct store *s, struct errbuf *e)
{
	if (s->loading)
		return is_loading(s, e);
	s->loading = flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0;
	if (s->loading)
		return 0;
	/* A conversion that fails may have dropped the shared lock. */
	if (flock(s->lock_fd, LOCK_SH | LOCK_NB) != 0)
		return is_loading(s, e);
	return err_set(
	    e, ERR_BUSY, "%s: another process has the database open; stop it first", s->directory);
}

void
load_unlock(struct store *s)
{
	s->loading = false;
	(void)flock(s->lock_fd, LOCK_SH);
}

int
load_mark(const struct store *s, MDB_txn *txn, bool loading)
{
	MDB_val key = val_of(BV_LIT("loading"));
	int rc;

	if (loading)
		return env_meta_put(s, txn, BV_LIT("loading"), BV_LIT("yes"));
	rc = mdb_del(txn, s->meta, &key, NULL);
	return rc == MDB_NOTFOUND ? 0 : env_error(s, rc, "writing meta", NULL);
}

int
load_clear(const struct store *s, MDB_txn *txn)
{
	int rc = mdb_drop(txn, s->entries, 0);

	if (rc == 0)
		rc = mdb_drop(txn, s->tree, 0);
	if (rc == 0)
		rc = mdb_drop(txn, s->index, 0);
	if (rc != 0)
		return env_error(s, rc, "emptying the database", NULL);
	return load_mark(s, txn, false);
}

int
load_recover(struct store *s, MDB_txn *txn, bool read_only, struct errbuf *e)
{
	struct bv mark = BV_NONE;
	int rc = env_meta_get(s, txn, BV_LIT("loading"), &mark);

	if (rc != 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	if (read_only)
		return err_set(e, ERR_BUSY,
		    "%s: a load is running, or was interrupted and left no complete database; "
		    "wait for it or load again",
		    s->directory);
	rc = load_lock(s, e);
	if (rc != 0)
		return rc;
	log_error("%s: a load was interrupted; the database is empty again", s->directory);
	rc = load_clear(s, txn);
	load_unlock(s);
	return rc;
}
