#include "ldif_group.h"

#include "base/arena.h"

/*
 * Grouping of content lines. An ordinary record is served by comparing with the
 * attribute used last and then with each of the few others; from TABLE_FROM
 * descriptions on a hash table keeps the work per line constant.
 */

enum { TABLE_FROM = 32 };

void
ldif_group_append(struct arena *a, struct wire_attr *attr, struct bv value)
{
	size_t n = attr->count;

	if ((n & (n - 1)) == 0)
		attr->values = arena_grow(a, attr->values, n, n == 0 ? 1 : 2 * n, sizeof(value));
	attr->values[attr->count++] = value;
}

/* FNV-1a over the letters in lower case. */
static size_t
hash(struct bv desc)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < desc.n; i++) {
		uint8_t c = desc.p[i];
		c = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
		h = (h ^ c) * 0x100000001b3;
	}
	return (size_t)(h ^ h >> 32);
}

/* Returns the slot of the description, or the free one where it belongs. */
static uint32_t *
slot_of(const struct ldif_group *g, struct bv desc)
{
	size_t i = hash(desc) & (g->slot_count - 1);

	while (g->slots[i] != 0 && !bv_eq_nocase(g->attrs[g->slots[i] - 1].desc, desc))
		i = (i + 1) & (g->slot_count - 1);
	return &g->slots[i];
}

/* Makes a table of four slots per description and enters all. */
static void
build_table(struct ldif_group *g)
{
	g->slot_count = g->slot_count == 0 ? (size_t)TABLE_FROM * 4 : g->slot_count * 2;
	g->slots = arena_zalloc(g->arena, g->slot_count, sizeof(*g->slots));
	for (size_t i = 0; i < g->count; i++)
		*slot_of(g, g->attrs[i].desc) = (uint32_t)i + 1;
}

/* Returns the index of the description, or g->count when it is new. */
static size_t
find(const struct ldif_group *g, struct bv desc)
{
	if (g->count > 0 && bv_eq(g->attrs[g->last].desc, desc))
		return g->last;
	if (g->slots != NULL) {
		uint32_t index = *slot_of(g, desc);
		return index == 0 ? g->count : index - 1;
	}
	for (size_t i = 0; i < g->count; i++) {
		if (bv_eq_nocase(g->attrs[i].desc, desc))
			return i;
	}
	return g->count;
}

static void
add_attr(struct ldif_group *g, struct bv desc)
{
	size_t n = g->count;

	if (n == 0 || (n >= 16 && (n & (n - 1)) == 0))
		g->attrs =
		    arena_grow(g->arena, g->attrs, n, n == 0 ? 16 : 2 * n, sizeof(*g->attrs));
	g->attrs[g->count++] = (struct wire_attr){.desc = desc};
	if (g->slots != NULL && g->count * 2 <= g->slot_count)
		*slot_of(g, desc) = (uint32_t)g->count;
	else if (g->count >= TABLE_FROM)
		build_table(g);
}

void
ldif_group_add(struct ldif_group *g, struct bv desc, struct bv value)
{
	size_t i = find(g, desc);

	if (i == g->count)
		add_attr(g, desc);
	g->last = i;
	ldif_group_append(g->arena, &g->attrs[i], value);
}
