#ifndef SLAPD_STORE_PLAN_TERM_H
#define SLAPD_STORE_PLAN_TERM_H

/* Single filter terms as iterators over index keys. */

#include "plan_iter.h"

struct attr_desc;
struct match;

/* A range of more than this share of all entries is not worth collecting. */
enum { PLAN_RANGE_SHARE = 3 };

/* A filter may look up so many keys while it is planned. */
enum { PLAN_LOOKS_MAX = 16384 };

/* What building a plan needs. */
struct plan_build {
	struct store_read *read;
	struct arena *arena;
	uint64_t total;	 /* entries */
	uint64_t id_end; /* all IDs are below this */
	uint64_t budget; /* work and memory left for collecting, in IDs */
	unsigned
	    looks; /* keys counted, of PLAN_LOOKS_MAX: terms that come later go without an index */
	uint32_t *slots; /* numbers of the slots looked into */
	size_t slot_count;
	int error;			 /* first ERR_* met */
	const struct attr_desc *missing; /* an attribute whose index would have helped */
	unsigned missing_kind;
};

/*
 * Returns an iterator whose IDs hold every entry that satisfies the term; NULL when no ready
 * index serves it (noted in b->missing where one could).
 */
struct iter *plan_term(struct plan_build *b, const struct match *m);

/* Returns an iterator over the IDs of one key: collected at once when they are few. */
struct iter *plan_posting(struct plan_build *b, const struct index_key *key, bool exact);

/* Turns a range into a set. Returns false when it is too large to be worth it, or nothing is left
 * of the budget. */
bool plan_realize_range(struct plan_build *b, struct iter *it);

/* Takes what making the set has cost from the budget. */
void plan_charge(struct plan_build *b, const struct idset *set);

#endif
