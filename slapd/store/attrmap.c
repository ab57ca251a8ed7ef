#include "attrmap.h"

#include <stdatomic.h>
#include "base/arena.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "view.h"

/*
 * Attribute numbers. The table by type index answers for descriptions of the map's own
 * schema without searching; one from another generation of the schema (a search that began
 * before a reconfiguration) is found by its name, slowly.
 */

const struct schema *
attr_map_schema(const struct attr_map *m)
{
	return m->schema;
}

uint64_t
attr_map_serial(const struct attr_map *m)
{
	return m->serial;
}

const struct attr_desc *
attr_map_desc(const struct attr_map *m, uint32_t id)
{
	return id >= 1 && id <= m->count ? m->descs[id] : NULL;
}

size_t
attr_map_count(const struct attr_map *m)
{
	return m->count;
}

/* Returns the row of a type of this map's schema, or NULL. */
static const struct type_ids *
type_row(const struct attr_map *m, const struct attr_type *t)
{
	if (t->index < m->type_count && m->types[t->index].type == t)
		return &m->types[t->index];
	t = schema_attr_type(m->schema, t->names[0]);
	if (t != NULL && t->index < m->type_count && m->types[t->index].type == t)
		return &m->types[t->index];
	return NULL;
}

static uint32_t
id_by_name(const struct attr_map *m, struct bv name)
{
	for (uint32_t id = 1; id <= m->count; id++) {
		if (bv_eq_nocase(m->descs[id]->name, name))
			return id;
	}
	return 0;
}

static bool
is_plain(const struct attr_desc *d)
{
	return d->options.n == 0 && !d->is_range;
}

uint32_t
attr_map_id(const struct attr_map *m, const struct attr_desc *d)
{
	const struct type_ids *row = type_row(m, d->type);

	if (row == NULL)
		return id_by_name(m, d->name);
	if (is_plain(d) && !d->binary)
		return row->plain != 0 || row->ids.count == 0 ? row->plain : id_by_name(m, d->name);
	for (size_t i = 0; i < row->ids.count; i++) {
		const struct attr_desc *have = m->descs[row->ids.ids[i]];
		if (have->type == row->type && bv_eq_nocase(have->name, d->name))
			return row->ids.ids[i];
	}
	return 0;
}

/* The IDs of an undefined type: those of the same name. */
static struct attr_ids
undefined_ids(const struct attr_map *m, struct arena *a, const struct attr_desc *d)
{
	uint32_t id = id_by_name(m, d->name), *ids = arena_alloc(a, sizeof(*ids));

	*ids = id;
	return (struct attr_ids){ids, id == 0 ? 0 : 1};
}

struct attr_ids
attr_map_subtypes(const struct attr_map *m, struct arena *a, const struct attr_desc *d)
{
	const struct type_ids *row = type_row(m, d->type);

	if (row == NULL)
		return undefined_ids(m, a, d);
	if (is_plain(d))
		return row->ids;
	uint32_t *ids = arena_alloc(a, row->ids.count * sizeof(*ids) + 1);
	size_t n = 0;
	for (size_t i = 0; i < row->ids.count; i++) {
		struct attr_desc have = *m->descs[row->ids.ids[i]], want = *d;
		want.type = row->type;
		if (desc_is_subtype(&have, &want))
			ids[n++] = row->ids.ids[i];
	}
	return (struct attr_ids){ids, n};
}

static struct type_ids *
own_row(struct attr_map *m, const struct attr_type *t)
{
	return t->index < m->type_count && m->types[t->index].type == t ? &m->types[t->index]
									: NULL;
}

static void
count_id(struct attr_map *m, const struct attr_type *t)
{
	for (; t != NULL; t = t->sup) {
		struct type_ids *row = own_row(m, t);
		if (row != NULL)
			row->ids.count++;
	}
}

static void
place_id(struct attr_map *m, uint32_t **next, uint32_t id)
{
	const struct attr_desc *d = m->descs[id];

	for (const struct attr_type *t = d->type; t != NULL; t = t->sup) {
		struct type_ids *row = own_row(m, t);
		if (row != NULL)
			*next[t->index]++ = id;
		if (row != NULL && t == d->type && is_plain(d) && !d->binary)
			row->plain = id;
	}
}

void
attr_map_fill(struct attr_map *m, struct arena *a)
{
	static _Atomic uint64_t maps_made;

	m->serial = atomic_fetch_add(&maps_made, 1) + 1;
	m->type_count = schema_attr_count(m->schema);
	m->types = arena_zalloc(a, m->type_count + 1, sizeof(*m->types));
	uint32_t **next = arena_zalloc(a, m->type_count + 1, sizeof(*next));

	for (size_t i = 0; i < m->type_count; i++)
		m->types[i].type = schema_attr_at(m->schema, i);
	for (uint32_t id = 1; id <= m->count; id++)
		count_id(m, m->descs[id]->type);
	for (size_t i = 0; i < m->type_count; i++) {
		next[i] = arena_alloc(a, m->types[i].ids.count * sizeof(uint32_t));
		m->types[i].ids.ids = next[i];
	}
	for (uint32_t id = 1; id <= m->count; id++)
		place_id(m, next, id);
}

/* Numbers a description not met before. */
static void
number(struct attr_map *m, struct arena *a, const struct attr_desc *d)
{
	for (uint32_t id = 1; id <= m->count; id++) {
		if (desc_eq(m->descs[id], d))
			return;
	}
	m->descs = arena_grow(a, m->descs, m->count + 1, m->count + 2, sizeof(*m->descs));
	m->descs[++m->count] = d;
}

const struct attr_map *
attr_map_of_entries(
    const struct schema *s, struct arena *a, const struct entry *entries, size_t count)
{
	struct attr_map *m = arena_zalloc(a, 1, sizeof(*m));

	m->schema = s;
	m->descs = arena_zalloc(a, 1, sizeof(*m->descs));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < entries[i].count; j++)
			number(m, a, entries[i].attrs[j].desc);
	}
	attr_map_fill(m, a);
	return m;
}
