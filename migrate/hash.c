#include "hash.h"

#include <sys/random.h>

/*
 * Open addressing with linear probing, at most half full. The hash is seeded at
 * random per table, so that a crafted file cannot choose its collisions cheaply.
 */

enum { FIRST_SLOTS = 8 };

struct slot {
	struct bv key;
	void *value;
};

struct hash {
	struct arena *arena;
	struct slot *slots;
	size_t room;
	size_t count;
	uint64_t seed;
};

struct hash *
hash_new(struct arena *arena)
{
	struct hash *h = arena_zalloc(arena, 1, sizeof(*h));

	h->arena = arena;
	h->room = FIRST_SLOTS;
	h->slots = arena_zalloc(arena, h->room, sizeof(*h->slots));
	if (getrandom(&h->seed, sizeof(h->seed), GRND_NONBLOCK) < 0)
		h->seed = (uint64_t)(uintptr_t)h;
	return h;
}

/* Multiply and mix per byte: FNV-1a with a seed and a final avalanche. */
static size_t
start(const struct hash *h, struct bv key)
{
	uint64_t x = h->seed ^ 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < key.n; i++)
		x = (x ^ key.p[i]) * 0x100000001b3ULL;
	x ^= x >> 32;
	x *= 0x9e3779b97f4a7c15ULL;
	x ^= x >> 29;
	return (size_t)x & (h->room - 1);
}

static struct slot *
find(const struct hash *h, struct bv key)
{
	size_t i = start(h, key);

	while (h->slots[i].value != NULL && !bv_eq(h->slots[i].key, key))
		i = (i + 1) & (h->room - 1);
	return &h->slots[i];
}

static void
grow(struct hash *h)
{
	struct slot *old = h->slots;
	size_t old_room = h->room;

	h->room *= 2;
	h->slots = arena_zalloc(h->arena, h->room, sizeof(*h->slots));
	for (size_t i = 0; i < old_room; i++) {
		if (old[i].value != NULL)
			*find(h, old[i].key) = old[i];
	}
}

void *
hash_get(const struct hash *h, struct bv key)
{
	return find(h, key)->value;
}

void *
hash_put(struct hash *h, struct bv key, void *value)
{
	struct slot *slot = find(h, key);

	if (slot->value != NULL)
		return slot->value;
	*slot = (struct slot){key, value};
	h->count++;
	if (h->count * 2 > h->room)
		grow(h);
	return NULL;
}
