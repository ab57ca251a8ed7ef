#ifndef SLAPD_BASE_BUF_H
#define SLAPD_BASE_BUF_H

/*
 * A growable byte buffer on the heap, for output whose size is not known and
 * that outlives an operation: a connection's output, a file being written.
 */

#include <stddef.h>
#include <stdint.h>
#include "bv.h"

struct buf {
	uint8_t *p;
	size_t n;   /* bytes written */
	size_t cap; /* bytes allocated */
};

/* Makes b empty without allocating. */
void buf_init(struct buf *b);

/* Frees the memory; b is then as after buf_init. */
void buf_done(struct buf *b);

/* Wipes what was written with zeros, then buf_done. */
void buf_done_secret(struct buf *b);

/* Makes room for n more bytes and returns where they go; the caller adds to b->n what it wrote. */
uint8_t *buf_reserve(struct buf *b, size_t n) __attribute__((returns_nonnull));

/* Appends bytes. */
void buf_put(struct buf *b, const void *p, size_t n);

/* Appends a view. */
void buf_put_bv(struct buf *b, struct bv v);

/* Appends one byte. */
void buf_put_byte(struct buf *b, uint8_t c);

/* Appends formatted text without a terminator. */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Removes the first n bytes (n <= b->n), moving the rest to the front. */
void buf_consume(struct buf *b, size_t n);

/* Frees unused memory above keep_bytes when b is empty: an idle connection costs little. */
void buf_shrink(struct buf *b, size_t keep_bytes);

/* Returns a view of what was written; valid until the next change. */
static inline struct bv
buf_bv(const struct buf *b)
{
	return (struct bv){b->p, b->n};
}

#endif
