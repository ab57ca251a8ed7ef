#include "idset.h"

#include <stdlib.h>
#include <string.h>
#include "base/arena.h"

/* A bitmap costs one bit per ID ever given: 16 MiB serve 134 million entries. */

enum { FIRST_CAP = 16, WORD_BITS = 64 };

void
idset_init(struct idset *s, struct arena *a, uint64_t end)
{
	*s = (struct idset){.arena = a, .end = end};
}

static size_t
word_count(const struct idset *s)
{
	return (size_t)(s->end / WORD_BITS + 1);
}

static void
set_bit(struct idset *s, uint64_t id)
{
	uint64_t *word = &s->bits[id / WORD_BITS], bit = UINT64_C(1) << (id % WORD_BITS);

	s->count += (*word & bit) == 0;
	*word |= bit;
}

static bool
to_bitmap(struct idset *s)
{
	if (s->end / 8 > IDSET_MAX_BYTES) {
		s->refused = true;
		return false;
	}
	size_t n = s->count;
	s->bits = arena_zalloc(s->arena, word_count(s), sizeof(*s->bits));
	s->count = 0;
	for (size_t i = 0; i < n; i++)
		set_bit(s, s->list[i]);
	return true;
}

bool
idset_add(struct idset *s, uint64_t id)
{
	if (s->refused || id >= s->end)
		return !s->refused;
	if (s->bits == NULL && s->count == IDSET_LIST_MAX && !to_bitmap(s))
		return false;
	if (s->bits != NULL) {
		set_bit(s, id);
		return true;
	}
	if (s->count == s->cap) {
		size_t cap = s->cap == 0 ? FIRST_CAP : s->cap * 2;
		s->list = arena_grow(s->arena, s->list, s->count, cap, sizeof(*s->list));
		s->cap = cap;
	}
	s->list[s->count++] = id;
	return true;
}

static int
compare_ids(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a < b ? -1 : a > b;
}

void
idset_finish(struct idset *s)
{
	size_t kept = 0;

	if (s->bits != NULL || s->count == 0)
		return;
	qsort(s->list, s->count, sizeof(*s->list), compare_ids);
	for (size_t i = 0; i < s->count; i++) {
		if (kept == 0 || s->list[kept - 1] != s->list[i])
			s->list[kept++] = s->list[i];
	}
	s->count = kept;
}

static uint64_t
next_bit(const struct idset *s, uint64_t id)
{
	size_t i = (size_t)(id / WORD_BITS), n = word_count(s);
	uint64_t word;

	if (id >= s->end)
		return 0;
	word = s->bits[i] & (UINT64_MAX << (id % WORD_BITS));
	while (word == 0) {
		if (++i == n)
			return 0;
		word = s->bits[i];
	}
	return i * WORD_BITS + (uint64_t)__builtin_ctzll(word);
}

uint64_t
idset_at_least(const struct idset *s, uint64_t id)
{
	size_t low = 0, high = s->count;

	if (s->refused)
		return 0;
	if (s->bits != NULL)
		return next_bit(s, id);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->list[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->count ? s->list[low] : 0;
}
