#ifndef SLAPD_STORE_LOAD_H
#define SLAPD_STORE_LOAD_H

/*
 * The mark of a bulk load into an empty database. Such a load commits in parts, so one
 * that was interrupted leaves parts behind: whoever opens the database next empties it.
 * The loader holds a lock on the directory as long as it runs.
 */

#include <stdbool.h>
#include "env.h"

/* Takes the lock. 0 with the descriptor to close, ERR_BUSY, ERR_IO. */
int load_lock(const struct store *s, int *fd_out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Sets or removes the mark in txn. 0 or ERR_*. */
int load_mark(const struct store *s, MDB_txn *txn, bool loading)
    __attribute__((warn_unused_result));

/* Removes all entries, names and keys and the mark. 0 or ERR_*. */
int load_clear(const struct store *s, MDB_txn *txn) __attribute__((warn_unused_result));

/* At opening: empties the database when it holds an interrupted load. 0; ERR_BUSY when the load is
 * running; ERR_*. */
int load_recover(const struct store *s, MDB_txn *txn, bool read_only, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
