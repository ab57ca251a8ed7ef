#include "names.h"

#include <stdbool.h>
#include "base/arena.h"

/*
 * Linear probing at a load of at most one half. The full hash beside each key
 * keeps a lookup at one comparison of bytes.
 */

/* FNV-1a over bytes with the case bit set: equal for names that differ in case only. */
static uint32_t
hash_of(struct bv key)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (key.p[i] | 0x20u)) * 16777619u;
	return h;
}

/* Most names come as they are defined. */
static bool
same(struct bv x, struct bv y)
{
	return bv_eq(x, y) || bv_eq_nocase(x, y);
}

void
names_init(struct names *t, struct arena *a, size_t expected)
{
	t->size = 16;
	while (t->size < expected * 2)
		t->size *= 2;
	t->count = 0;
	t->slots = arena_zalloc(a, t->size, sizeof *t->slots);
}

/* Returns the slot that holds key, or the free one where it would go. */
static struct names_slot *
find(const struct names *t, struct bv key, uint32_t hash)
{
	size_t at = hash & (t->size - 1);

	for (;; at = (at + 1) & (t->size - 1)) {
		struct names_slot *slot = &t->slots[at];
		if (slot->item == NULL)
			return slot;
		if (slot->hash == hash && same(slot->key, key))
			return slot;
	}
}

static void
grow(struct names *t, struct arena *a)
{
	struct names_slot *old = t->slots;
	size_t old_size = t->size;

	t->size *= 2;
	t->slots = arena_zalloc(a, t->size, sizeof *t->slots);
	for (size_t i = 0; i < old_size; i++) {
		if (old[i].item != NULL)
			*find(t, old[i].key, old[i].hash) = old[i];
	}
}

void
names_put(struct names *t, struct arena *a, struct bv key, const void *item)
{
	uint32_t hash = hash_of(key);
	struct names_slot *slot;

	if ((t->count + 1) * 2 > t->size)
		grow(t, a);
	slot = find(t, key, hash);
	if (slot->item != NULL)
		return;
	*slot = (struct names_slot){key, item, hash};
	t->count++;
}

const void *
names_get(const struct names *t, struct bv key)
{
	return find(t, key, hash_of(key))->item;
}
