#ifndef MIGRATE_HASH_H
#define MIGRATE_HASH_H

/* A hash table from byte strings to pointers, living in an arena; it only grows. */

#include <stddef.h>
#include "base/arena.h"
#include "base/bv.h"

struct hash;

/* Returns an empty table in the arena. */
struct hash *hash_new(struct arena *arena) __attribute__((returns_nonnull));

/* Returns what was put under key, or NULL. */
void *hash_get(const struct hash *h, struct bv key);

/*
 * Puts value (not NULL) under key unless the key is there already. Returns the value that was
 * there, or NULL when it was put. The bytes of key are borrowed for the life of the table.
 */
void *hash_put(struct hash *h, struct bv key, void *value);

#endif
