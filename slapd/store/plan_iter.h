#ifndef SLAPD_STORE_PLAN_ITER_H
#define SLAPD_STORE_PLAN_ITER_H

/*
 * Iterators over ascending entry IDs. Every one answers a single question: which is
 * your first ID at or above this? So there is no state to lose between two slices of a search.
 */

#include "idset.h"
#include "index_key.h"
#include "read.h"

enum iter_kind {
	ITER_EMPTY,
	ITER_ALL,     /* every entry */
	ITER_ONE,     /* one ID */
	ITER_SET,     /* collected IDs */
	ITER_POSTING, /* the IDs of one index key */
	ITER_RANGE,   /* the IDs of a run of keys; must be realized before use */
	ITER_AND,
	ITER_OR,
};

/* An OR's child: its present ID, or (unsure) what that is not below. */
struct iter_head {
	uint64_t id; /* UINT64_MAX: ended */
	bool unsure;
};

/* Beside 1 and 0 of iter_seek. */
enum { ITER_AGAIN = 2 };

struct iter {
	enum iter_kind kind;
	bool exact;	   /* every ID satisfies the term it stands for */
	uint64_t estimate; /* at most so many IDs, as far as known */
	uint64_t one;
	struct idset *set;
	const struct index_key *key;  /* posting; range: first key */
	const struct index_key *last; /* range: last key, or its beginning */
	struct iter **children;
	size_t child_count;
	struct read_cursor *cursor; /* posting, all: on loan of this generation */
	unsigned generation;
	uint64_t at;		 /* ID under the cursor; 0: none */
	struct iter_head *heads; /* or: of each child */
};

/* Makes one of the kind. */
struct iter *iter_new(struct arena *a, enum iter_kind kind, bool exact);

/*
 * Gives the first ID at or above at_least (which is at least 1): 1 with *out; 0 at the end;
 * ITER_AGAIN when r->steps has run out, with *out at or above at_least, where to go on because
 * there is none below; ERR_*. at_least must not be below that of the call before, unless
 * iter_rewind was called.
 */
int iter_seek(struct store_read *r, struct iter *it, uint64_t at_least, uint64_t *out)
    __attribute__((warn_unused_result));

/* Allows the next seek to go back. */
void iter_rewind(struct iter *it);

/* Counts the IDs under key. 0 also when there are none. */
int iter_count(struct store_read *r, const struct index_key *key, uint64_t *out)
    __attribute__((warn_unused_result));

/*
 * Adds the IDs of all keys from first to last (a key that begins with last counts as within) to
 * set, until max is exceeded. 1: all there; 0: stopped early or refused; ERR_*.
 */
struct iter_range {
	const struct index_key *first;
	const struct index_key *last;
	uint64_t max;
};
int iter_collect(struct store_read *r, const struct iter_range *range, struct idset *set)
    __attribute__((warn_unused_result));

/* Adds all IDs of one key. 1: all there; 0: refused; ERR_*. */
int iter_collect_key(struct store_read *r, const struct index_key *key, struct idset *set)
    __attribute__((warn_unused_result));

#endif
