#ifndef SLAPD_OP_UNINDEXED_H
#define SLAPD_OP_UNINDEXED_H

/*
 * Searches that looked at every entry for want of an index, counted by database, attribute and
 * kind of index. Such a search is slow, so one lock for all of them costs nothing. The table
 * is bounded; what finds no place in it is counted together.
 */

#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;

struct unindexed {
	struct bv database; /* "{1}mdb" */
	struct bv attribute;
	unsigned kind; /* enum index_kind bit */
	uint64_t count;
};

/* Counts a search. */
void unindexed_note(struct bv database, struct bv attribute, unsigned kind);

/* Copies the table, in the order of first occurrence. *others_out: what found no place. */
size_t unindexed_list(struct arena *a, struct unindexed **out, uint64_t *others_out);

/* The word for a kind in olcDbIndex: "eq", "pres", "approx" or "sub". */
const char *unindexed_kind(unsigned kind);

#endif
