#ifndef SLAPD_STORE_IDSET_H
#define SLAPD_STORE_IDSET_H

/*
 * A set of entry IDs collected out of order: a short list first, a bitmap when it grows.
 * Memory is bounded by IDSET_MAX_BYTES; a set that would need more is refused.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { IDSET_MAX_BYTES = 16 << 20, IDSET_LIST_MAX = 4096 };

struct idset {
	struct arena *arena;
	uint64_t end; /* IDs are below this */
	uint64_t *list;
	size_t count, cap; /* of list; count is of the set when it is a bitmap */
	uint64_t *bits;	   /* NULL: a list */
	bool refused;	   /* did not fit: the set is useless */
};

/* Makes an empty set of IDs below end. */
void idset_init(struct idset *s, struct arena *a, uint64_t end);

/* Adds an ID; returns false when the set is refused. Repetitions are harmless. */
bool idset_add(struct idset *s, uint64_t id);

/* Call after the last idset_add. */
void idset_finish(struct idset *s);

/* Returns the smallest member that is at least id; 0 when there is none. */
uint64_t idset_at_least(const struct idset *s, uint64_t id);

#endif
