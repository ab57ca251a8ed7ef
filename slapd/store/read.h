#ifndef SLAPD_STORE_READ_H
#define SLAPD_STORE_READ_H

/*
 * A reading handle from the inside: its transaction, its view, and a pool of cursors
 * that plans borrow. A loan ends when the transaction ends, whether or not the borrower
 * remembers: borrowers compare `generation`.
 */

#include <stdbool.h>
#include "view.h"

enum { READ_DN_CACHE = 16 };

/* DN texts of an entry that lately was somebody's superior. */
struct read_dn {
	uint64_t id;
	struct bv pretty; /* heap */
	struct bv normal;
};

struct read_cursor {
	MDB_cursor *cursor;
	MDB_dbi dbi;
	bool lent;
};

struct store_read {
	struct store *store;
	MDB_txn *txn;
	bool open;
	bool writing;		   /* belongs to a store_write */
	struct generation *config; /* whose schema it reads with */
	struct view *view;
	uint64_t txn_id; /* of the open transaction, or of the last one */
	uint64_t suffix_id;
	uint64_t suffix_txn_id; /* transaction in which suffix_id was found; 0: unknown */
	uint64_t dn_txn_id;	/* transaction of dn_cache */
	struct read_dn dn_cache[READ_DN_CACHE];
	struct read_cursor **cursors;
	size_t cursor_count, cursor_cap;
	unsigned generation; /* changes whenever all loans end */
	size_t steps;	     /* left for the plan that is being made or asked */
};

/* Makes a handle that reads inside a write transaction with that generation, whose reference it
 * takes over. */
struct store_read *read_new_writing(struct store *s, MDB_txn *txn, struct generation *g);

/* Ends all loans: before the transaction ends. */
void read_end_loans(struct store_read *r);

/* Forgets cached names: after a rename inside the transaction. */
void read_forget_names(struct store_read *r);

/* Borrows a cursor on dbi. 0 or ERR_*. */
int read_borrow(struct store_read *r, MDB_dbi dbi, struct read_cursor **out)
    __attribute__((warn_unused_result));

/* Gives a cursor back before the transaction ends. */
void read_return(struct read_cursor *c);

/* Reads the bytes of entry id without checking them. 0, ERR_NOT_FOUND, ERR_IO. */
int read_bytes(struct store_read *r, uint64_t id, struct bv *out)
    __attribute__((warn_unused_result));

/* Reads the parent of entry id from its record's header. 0, ERR_NOT_FOUND, ERR_CORRUPT, ERR_IO. */
int read_parent(struct store_read *r, uint64_t id, uint64_t *parent_out)
    __attribute__((warn_unused_result));

#endif
