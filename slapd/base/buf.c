#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Growable buffers: capacity doubles; out of memory aborts, as limits bound every caller. */

enum { FIRST_BYTES = 256 };

void
buf_init(struct buf *b)
{
	*b = (struct buf){NULL, 0, 0};
}

void
buf_done(struct buf *b)
{
	free(b->p);
	buf_init(b);
}

void
buf_done_secret(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	buf_done(b);
}

uint8_t *
buf_reserve(struct buf *b, size_t n)
{
	if (b->p == NULL || b->cap - b->n < n) {
		size_t cap = b->cap < FIRST_BYTES ? FIRST_BYTES : b->cap;
		while (cap - b->n < n && cap <= SIZE_MAX / 4)
			cap *= 2;
		uint8_t *p = cap - b->n < n ? NULL : realloc(b->p, cap);
		if (p == NULL) {
			fprintf(stderr, "slapd: out of memory growing a buffer by %zu bytes\n", n);
			abort();
		}
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->n;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_reserve(b, n), p, n);
	b->n += n;
}

void
buf_put_bv(struct buf *b, struct bv v)
{
	buf_put(b, v.p, v.n);
}

void
buf_put_byte(struct buf *b, uint8_t c)
{
	*buf_reserve(b, 1) = c;
	b->n++;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	char *p = (char *)buf_reserve(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
buf_consume(struct buf *b, size_t n)
{
	b->n -= n;
	if (b->n > 0)
		memmove(b->p, b->p + n, b->n);
}

void
buf_shrink(struct buf *b, size_t keep_bytes)
{
	if (b->n == 0 && b->cap > keep_bytes)
		buf_done(b);
}
