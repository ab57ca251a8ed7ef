#ifndef SLAPD_STORE_SLOT_H
#define SLAPD_STORE_SLOT_H

/*
 * The states of indexes as meta keeps them. "i:<type>,<kind>" holds a slot's number,
 * whether it is ready, how far its building is, and a fingerprint of the rules that
 * made its keys; "d:<number>" is a slot whose keys are still to be removed.
 */

#include "view.h"

/*
 * Lists the slots that are in the database, in out->slots; memory from the arena. Whoever
 * configured them (another process may have a newer configuration), every writer keeps them all.
 * out->alien is set when there are slots whose type or rules this schema does not have.
 */
int slot_load(struct store *s, MDB_txn *txn, const struct schema *schema, struct arena *a,
    struct view *out) __attribute__((warn_unused_result));

/* Returns the slot's type as a schema has it, or NULL when it has none or makes other keys for it.
 */
const struct attr_type *slot_type_in(const struct index_slot *slot, const struct schema *schema);

/* Drops the slots that are not in known: a writer that cannot keep an index must not leave it. */
int slot_drop_alien(struct store *s, MDB_txn *txn, const struct view *known)
    __attribute__((warn_unused_result));

/*
 * Brings the states in txn in line with g: new slots begin to build (or are ready at once when
 * there are no entries), unwanted ones are marked for removal. *changed_out tells whether anything
 * was written.
 */
int slot_reconcile(struct store *s, MDB_txn *txn, const struct generation *g, bool *changed_out)
    __attribute__((warn_unused_result));

/* Writes the state of a slot. */
int slot_save(struct store *s, MDB_txn *txn, const struct index_slot *slot)
    __attribute__((warn_unused_result));

/* Marks all slots of the type (NULL: every type) as not built, under new numbers. */
int slot_restart(struct store *s, MDB_txn *txn, const struct generation *g,
    const struct attr_type *type) __attribute__((warn_unused_result));

/* Gives the first slot that waits for removal. 0 or ERR_NOT_FOUND. */
int slot_first_dropped(struct store *s, MDB_txn *txn, uint32_t *number_out)
    __attribute__((warn_unused_result));

/* Forgets a removed slot. */
int slot_forget_dropped(struct store *s, MDB_txn *txn, uint32_t number)
    __attribute__((warn_unused_result));

#endif
