#ifndef SLAPD_STORE_LOAD_H
#define SLAPD_STORE_LOAD_H

/*
 * The mark of a bulk load into an empty database. Such a load commits in parts, so one
 * that was interrupted leaves parts behind: whoever opens the database next empties it.
 * Whoever has the database open for writing holds a shared lock on its directory; the loader makes
 * it an exclusive one as long as it runs.
 */

#include <stdbool.h>
#include "env.h"

/* Takes the shared lock for as long as s is open. 0; ERR_BUSY while a load runs; ERR_IO. */
int load_share(struct store *s, struct errbuf *e) __attribute__((warn_unused_result));

/* Makes the lock of s exclusive: 0, or ERR_BUSY when another process has the database open. */
int load_lock(struct store *s, struct errbuf *e) __attribute__((warn_unused_result));

/* Makes it shared again. */
void load_unlock(struct store *s);

/* Sets or removes the mark in txn. 0 or ERR_*. */
int load_mark(const struct store *s, MDB_txn *txn, bool loading)
    __attribute__((warn_unused_result));

/* Removes all entries, names and keys and the mark. 0 or ERR_*. */
int load_clear(const struct store *s, MDB_txn *txn) __attribute__((warn_unused_result));

/* At opening: empties the database when it holds an interrupted load. 0; ERR_BUSY when the load is
 * running; ERR_*. */
int load_recover(struct store *s, MDB_txn *txn, bool read_only, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
