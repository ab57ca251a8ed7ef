#include "entry_set.h"

#include "base/arena.h"
#include "base/clock.h"

/*
 * Open addressing with linear probing, at most half full. The seed differs from set to set, so
 * that nobody can prepare values that collide.
 */

static uint64_t
mix(uint64_t h, uint64_t word)
{
	unsigned __int128 product =
	    (unsigned __int128)(h ^ word) * 0x9e3779b97f4a7c15u + (h >> 7) * 3;

	return (uint64_t)product ^ (uint64_t)(product >> 64) ^ h << 1;
}

static uint64_t
hash(uint64_t seed, struct bv b)
{
	uint64_t h = seed ^ b.n, word;
	size_t i = 0;

	for (; i + 8 <= b.n; i += 8) {
		memcpy(&word, b.p + i, 8);
		h = mix(h, word);
	}
	word = 0;
	if (i < b.n)
		memcpy(&word, b.p + i, b.n - i);
	return mix(mix(h, word), seed);
}

struct entry_set *
entry_set_new(struct arena *a, size_t room)
{
	struct entry_set *s = arena_alloc(a, sizeof(*s));
	size_t slots = 16;

	while (slots < 2 * room)
		slots *= 2;
	s->slots = arena_zalloc(a, slots, sizeof(*s->slots));
	s->mask = slots - 1;
	s->count = 0;
	s->seed = mix((uint64_t)clock_mono_us(), (uint64_t)(uintptr_t)s);
	return s;
}

bool
entry_set_has_room(const struct entry_set *s)
{
	return 2 * (s->count + 1) <= s->mask + 1;
}

/* Returns the slot that holds the value, or the free one where it belongs. */
static size_t
slot_of(const struct entry_set *s, const struct bv *normals, struct bv normal)
{
	size_t at = (size_t)hash(s->seed, normal) & s->mask;

	while (s->slots[at] != 0 && !bv_eq(normals[s->slots[at] - 1], normal))
		at = (at + 1) & s->mask;
	return at;
}

void
entry_set_add(struct entry_set *s, const struct bv *normals)
{
	if (!entry_set_is_hole(normals[s->count]))
		s->slots[slot_of(s, normals, normals[s->count])] = (uint32_t)s->count + 1;
	s->count++;
}

size_t
entry_set_find(const struct entry_set *s, const struct bv *normals, struct bv normal)
{
	uint32_t found = s->slots[slot_of(s, normals, normal)];

	return found == 0 ? s->count : found - 1;
}
