#ifndef SLAPD_MODEL_ENTRY_SET_H
#define SLAPD_MODEL_ENTRY_SET_H

/* A hash set over the normal values of a big attribute: indexes into its array of them. */

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

/* Returns an empty set in the arena for up to room values (room < 2^31). */
struct entry_set *entry_set_new(struct arena *a, size_t room);

/* Returns whether the set can take one more without growing. */
bool entry_set_has_room(const struct entry_set *s);

/* Adds index s->count of normals; the caller knows that it is not in the set and fits. */
void entry_set_add(struct entry_set *s, const struct bv *normals);

/* Returns the index of the value in normals, or s->count when it is not there. */
size_t entry_set_find(const struct entry_set *s, const struct bv *normals, struct bv normal);

#endif
