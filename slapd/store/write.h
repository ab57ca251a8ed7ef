#ifndef SLAPD_STORE_WRITE_H
#define SLAPD_STORE_WRITE_H

/* A write transaction from the inside. */

#include "index_key.h"
#include "read.h"

struct store_write {
	struct store *store;
	MDB_txn *txn;
	struct store_read *reader;
	uint64_t next_id;
	uint64_t first_id;	  /* next_id as it was */
	bool view_changed;	  /* reader->view is private and to be published at commit */
	struct arena *scratch;	  /* reset by each change */
	struct buf record;	  /* the record being written */
	struct key_list old_keys; /* of the record that is replaced or removed */
	struct key_list new_keys;
};

/* Gives every description of the entry a number. 0 or ERR_*. */
struct entry;
int write_ensure_attrs(struct store_write *w, const struct entry *e, struct errbuf *err)
    __attribute__((warn_unused_result));

/*
 * Adds record and name as store_add does, but leaves the index to the caller: its keys, unsorted,
 * are in w->new_keys, the record's bytes in w->record.
 */
int write_add_record(struct store_write *w, uint64_t parent, const struct entry *e,
    uint64_t *id_out, struct errbuf *err) __attribute__((warn_unused_result));

/* Reads the tables anew after this transaction has changed them; readers will too. */
int write_renew_view(struct store_write *w) __attribute__((warn_unused_result));

#endif
