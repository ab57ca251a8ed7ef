#ifndef SLAPD_MODEL_ENTRY_SET_H
#define SLAPD_MODEL_ENTRY_SET_H

/*
 * A hash set over the normal values of a big attribute: indexes into its array of them. A value
 * that is taken away leaves a hole in the array, which equals no value and is passed over.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;

struct entry_set {
	uint64_t seed;
	uint32_t *slots; /* index + 1; 0 is free */
	size_t mask;	 /* slots - 1, a power of two less one */
	size_t count;	 /* the set holds the indexes 0 to count - 1 */
};

/* The view that stands for a hole. */
#define ENTRY_SET_HOLE bv_make(NULL, SIZE_MAX)

static inline bool
entry_set_is_hole(struct bv normal)
{
	return normal.n == SIZE_MAX;
}

/* Returns an empty set in the arena for up to room values (room < 2^31). */
struct entry_set *entry_set_new(struct arena *a, size_t room);

/* Returns whether the set can take one more without growing. */
bool entry_set_has_room(const struct entry_set *s);

/* Adds index s->count of normals, which may be a hole; the caller knows that the value is not in
 * the set and fits. */
void entry_set_add(struct entry_set *s, const struct bv *normals);

/* Returns the index of the value in normals, or s->count when it is not there. */
size_t entry_set_find(const struct entry_set *s, const struct bv *normals, struct bv normal);

#endif
