#ifndef SLAPD_BASE_ARENA_H
#define SLAPD_BASE_ARENA_H

/*
 * Arenas: memory with one lifetime. Everything allocated from an arena goes
 * when the arena is reset or freed; nothing is freed singly. Not thread-safe:
 * one thread uses an arena at a time.
 */

#include <stddef.h>
#include "bv.h"

struct arena;

/* A point to which arena_rewind returns; valid until an earlier point is rewound to. */
struct arena_mark {
	void *block;
	size_t used;
};

/*
 * Returns a new empty arena whose first block holds first_bytes (0: a default).
 * Never NULL: when memory is out the process says so and aborts, as every caller
 * bounds what it asks for by a configured limit first.
 */
struct arena *arena_new(size_t first_bytes);

/* Runs the cleanups, last registered first, frees everything and sets *a to NULL. NULL is fine. */
void arena_free(struct arena **a);

/* Runs the cleanups and forgets all allocations, keeping the first block for reuse. */
void arena_reset(struct arena *a);

/* From now on all blocks are wiped with zeros when reset, rewound or freed. */
void arena_set_secret(struct arena *a);

/* Returns n bytes (n may be 0) aligned for any type, not initialised; never NULL. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull));

/* Returns count * size zeroed bytes; never NULL; aborts when the product overflows. */
void *arena_zalloc(struct arena *a, size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));

/*
 * Returns a block of new_count * size bytes whose first old_count * size bytes are those at p;
 * grows in place when p was the last allocation. For arrays that double.
 */
void *arena_grow(struct arena *a, void *p, size_t old_count, size_t new_count, size_t size)
    __attribute__((returns_nonnull));

/* Returns a copy of b in the arena, with a NUL behind it that n does not count. */
struct bv arena_dup(struct arena *a, struct bv b);

/* Returns a terminated copy of b. */
char *arena_str(struct arena *a, struct bv b) __attribute__((returns_nonnull));

/* Returns the formatted text as a view, NUL behind it. */
struct bv arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Returns the present point. */
struct arena_mark arena_mark(struct arena *a);

/* Forgets what was allocated after the mark. No cleanup may have been registered since. */
void arena_rewind(struct arena *a, struct arena_mark mark);

/* Calls fn(arg) when the arena is reset or freed, the last registered first. */
void arena_on_release(struct arena *a, void (*fn)(void *arg), void *arg);

/* Returns the bytes held in blocks, for limits and for monitoring. */
size_t arena_bytes(const struct arena *a);

#endif
