#ifndef SLAPD_STORE_INDEX_WRITE_H
#define SLAPD_STORE_INDEX_WRITE_H

/* Changing the index table. */

#include "env.h"
#include "index_key.h"

/* Adds the ID under each key; keys that have it already stay. 0 or ERR_*. */
int index_put(struct store *s, MDB_txn *txn, const struct key_list *keys, uint64_t id)
    __attribute__((warn_unused_result));

/*
 * Shortens both lists, unsorted as index_keys_of made them, by what they have in common at the
 * front and the back, so that changing one value of many costs no sorting. No key that the record
 * still calls for stays in old_keys alone.
 */
void index_trim(struct key_list *old_keys, struct key_list *new_keys);

/* Moves the ID from the old keys to the new ones; both lists sorted. 0 or ERR_*. */
int index_change(struct store *s, MDB_txn *txn, const struct key_list *old_keys,
    const struct key_list *new_keys, uint64_t id) __attribute__((warn_unused_result));

/*
 * Removes up to max_ids entries of the index table whose keys begin with the slot's number.
 * *done_out: none is left. 0 or ERR_*.
 */
int index_drop(struct store *s, MDB_txn *txn, uint32_t slot, size_t max_ids, bool *done_out)
    __attribute__((warn_unused_result));

#endif
