#ifndef SLAPD_STORE_TREE_H
#define SLAPD_STORE_TREE_H

/*
 * The tree table: (parent ID, normal RDN) -> ID. RDNs too long for a key keep their
 * beginning and a fingerprint; what is found under one is compared with the record.
 */

#include "read.h"

enum { TREE_KEY_BYTES = 500, TREE_RDN_BYTES = TREE_KEY_BYTES - 8 };

struct tree_key {
	uint8_t bytes[TREE_KEY_BYTES];
	size_t n;
};

/* Fills key. */
void tree_key_make(struct tree_key *key, uint64_t parent, struct bv rdn_normal);

/* Adds a child. 0, ERR_EXISTS, ERR_*. */
int tree_put(struct store *s, MDB_txn *txn, const struct tree_key *key, uint64_t id)
    __attribute__((warn_unused_result));

/* Removes a child. 0, ERR_NOT_FOUND, ERR_*. */
int tree_del(struct store *s, MDB_txn *txn, const struct tree_key *key)
    __attribute__((warn_unused_result));

/* Calls fn for each child of parent until it returns false. 0 or ERR_*. */
typedef bool tree_visit_fn(void *arg, uint64_t id);
int tree_children(struct store_read *r, uint64_t parent, tree_visit_fn *fn, void *arg)
    __attribute__((warn_unused_result));

#endif
