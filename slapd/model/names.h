#ifndef SLAPD_MODEL_NAMES_H
#define SLAPD_MODEL_NAMES_H

/*
 * A table of names and OIDs: open addressing, ASCII case ignored, filled while a
 * schema is built and read without locks or allocation afterwards.
 */

#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;

struct names_slot {
	struct bv key;
	const void *item; /* NULL: free */
	uint32_t hash;
};

struct names {
	struct names_slot *slots;
	size_t size; /* a power of two */
	size_t count;
};

/* Makes an empty table for about expected names. */
void names_init(struct names *t, struct arena *a, size_t expected);

/* Adds key, which must live as long as the table; a key that is there already keeps its item. */
void names_put(struct names *t, struct arena *a, struct bv key, const void *item);

/* Returns the item under key, or NULL. */
const void *names_get(const struct names *t, struct bv key);

#endif
