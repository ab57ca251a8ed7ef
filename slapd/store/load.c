#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/err.h"
#include "base/log.h"

/* Interrupted bulk loads: a mark in meta, a lock on the directory, and a clean start. */

int
load_lock(const struct store *s, int *fd_out, struct errbuf *e)
{
	int fd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, ERR_IO, "%s: %s", s->directory, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return err_set(e, ERR_BUSY,
		    "%s: another process is loading entries; wait until it has ended",
		    s->directory);
	}
	*fd_out = fd;
	return 0;
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
load_recover(const struct store *s, MDB_txn *txn, bool read_only, struct errbuf *e)
{
	struct bv mark = BV_NONE;
	int fd, rc = env_meta_get(s, txn, BV_LIT("loading"), &mark);

	if (rc != 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	rc = load_lock(s, &fd, e);
	if (rc != 0)
		return rc;
	if (read_only) {
		rc = err_set(e, ERR_BUSY,
		    "%s: a load was interrupted and left no complete database; load it again",
		    s->directory);
	} else {
		log_error("%s: a load was interrupted; the database is empty again", s->directory);
		rc = load_clear(s, txn);
	}
	close(fd);
	return rc;
}
