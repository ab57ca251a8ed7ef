#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Arenas: a list of blocks, newest first, each twice the size of the one before
 * up to a bound. An allocation larger than a block gets a block of its own.
 * Invariant: a->head is never NULL; the oldest block survives a reset.
 */

enum { ALIGN = 16, FIRST_BYTES = 1024, MAX_STEP_BYTES = 1 << 20 };

struct block {
	struct block *older;
	size_t used;
	size_t size;
	_Alignas(ALIGN) uint8_t data[];
};

struct cleanup {
	struct cleanup *older;
	void (*fn)(void *arg);
	void *arg;
};

struct arena {
	struct block *head;
	struct cleanup *cleanups;
	bool secret;
};

static void
out_of_memory(size_t n)
{
	fprintf(stderr, "slapd: out of memory asking for %zu bytes; stopping\n", n);
	abort();
}

static struct block *
block_new(size_t size, struct block *older)
{
	struct block *b = malloc(sizeof(*b) + size);

	if (b == NULL) {
		out_of_memory(size);
		abort();
	}
	b->older = older;
	b->used = 0;
	b->size = size;
	return b;
}

static void
block_wipe(const struct arena *a, struct block *b, size_t from)
{
	if (a->secret)
		explicit_bzero(b->data + from, b->used - from);
}

struct arena *
arena_new(size_t first_bytes)
{
	struct arena *a = malloc(sizeof(*a));

	if (a == NULL) {
		out_of_memory(sizeof(*a));
		abort();
	}
	a->head = block_new(first_bytes == 0 ? FIRST_BYTES : first_bytes, NULL);
	a->cleanups = NULL;
	a->secret = false;
	return a;
}

static void
run_cleanups(struct arena *a)
{
	while (a->cleanups != NULL) {
		struct cleanup *c = a->cleanups;
		a->cleanups = c->older;
		c->fn(c->arg);
	}
}

static void
drop_newest(struct arena *a)
{
	struct block *b = a->head;

	a->head = b->older;
	block_wipe(a, b, 0);
	free(b);
}

void
arena_reset(struct arena *a)
{
	run_cleanups(a);
	while (a->head->older != NULL)
		drop_newest(a);
	block_wipe(a, a->head, 0);
	a->head->used = 0;
}

void
arena_free(struct arena **ap)
{
	struct arena *a = *ap;

	if (a == NULL)
		return;
	*ap = NULL;
	run_cleanups(a);
	while (a->head != NULL)
		drop_newest(a);
	free(a);
}

void
arena_set_secret(struct arena *a)
{
	a->secret = true;
}

static void
add_block(struct arena *a, size_t n)
{
	size_t step = a->head->size * 2;

	if (step > MAX_STEP_BYTES)
		step = MAX_STEP_BYTES;
	a->head = block_new(n > step ? n : step, a->head);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	if (n > SIZE_MAX / 2)
		out_of_memory(n);
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (n > a->head->size - a->head->used)
		add_block(a, n);
	void *p = a->head->data + a->head->used;
	a->head->used += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		out_of_memory(SIZE_MAX);
	return memset(arena_alloc(a, n), 0, n);
}

void *
arena_grow(struct arena *a, void *p, size_t old_count, size_t new_count, size_t size)
{
	size_t old_n = old_count * size, new_n;
	struct block *b = a->head;

	if (__builtin_mul_overflow(new_count, size, &new_n))
		out_of_memory(SIZE_MAX);
	size_t old_room = (old_n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	size_t new_room = (new_n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (p != NULL && old_room <= b->used && (uint8_t *)p + old_room == b->data + b->used &&
	    new_room >= old_room && new_room - old_room <= b->size - b->used) {
		b->used += new_room - old_room;
		return p;
	}
	void *q = arena_alloc(a, new_n);
	if (old_n > 0 && p != NULL)
		memcpy(q, p, old_n);
	return q;
}

struct bv
arena_dup(struct arena *a, struct bv b)
{
	uint8_t *p = arena_alloc(a, b.n + 1);

	if (b.n > 0)
		memcpy(p, b.p, b.n);
	p[b.n] = 0;
	return bv_make(p, b.n);
}

char *
arena_str(struct arena *a, struct bv b)
{
	char *p = arena_alloc(a, b.n + 1);

	if (b.n > 0)
		memcpy(p, b.p, b.n);
	p[b.n] = 0;
	return p;
}

struct bv
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return BV_LIT("");
	char *p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return bv_make(p, (size_t)n);
}

struct arena_mark
arena_mark(struct arena *a)
{
	return (struct arena_mark){a->head, a->head->used};
}

void
arena_rewind(struct arena *a, struct arena_mark mark)
{
	while (a->head != mark.block)
		drop_newest(a);
	block_wipe(a, a->head, mark.used);
	a->head->used = mark.used;
}

void
arena_on_release(struct arena *a, void (*fn)(void *arg), void *arg)
{
	struct cleanup *c = arena_alloc(a, sizeof(*c));

	*c = (struct cleanup){a->cleanups, fn, arg};
	a->cleanups = c;
}

size_t
arena_bytes(const struct arena *a)
{
	size_t n = 0;

	for (const struct block *b = a->head; b != NULL; b = b->older)
		n += b->size;
	return n;
}
