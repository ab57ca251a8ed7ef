#include "decide_impl.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "store/attrmap.h"

/* Values of the entry asked about, whether it is a record or not stored yet. */

bool
decide_entry_record(struct decide_ask *ask)
{
	const struct acl_entry *e = ask->entry;
	struct arena *scratch = ask->d->env.scratch;
	struct buf b;

	if (ask->record != NULL)
		return true;
	if (e->record != NULL) {
		ask->record = e->record;
		ask->map = e->map;
		return true;
	}
	if (e->entry == NULL)
		return false;
	ask->map = attr_map_of_entries(ask->d->rules->schema, scratch, e->entry, 1);
	buf_init(&b);
	record_encode(ask->d->rules->schema, ask->map, e->entry, 0, true, &b);
	bool good = record_open(arena_dup(scratch, buf_bv(&b)), &ask->made) == 0;
	buf_done(&b);
	ask->record = good ? &ask->made : NULL;
	return good;
}

/* The description as the record's map knows it: a map may belong to another configuration. */
static const struct attr_desc *
for_map(struct decide_ask *ask, const struct attr_desc *desc)
{
	const struct schema *s = attr_map_schema(ask->entry->map);
	const struct attr_desc *found;

	if (s == ask->d->rules->schema)
		return desc;
	return desc_parse(s, ask->d->env.scratch, desc->name, &found, NULL) == 0 ? found : NULL;
}

static bool
record_holds(struct decide_ask *ask, const struct attr_desc *desc, struct bv normal)
{
	const struct acl_entry *e = ask->entry;
	const struct attr_desc *d = for_map(ask, desc);
	struct record_attr attr;
	bool bad = false;

	if (d == NULL)
		return false;
	struct attr_ids ids = attr_map_subtypes(e->map, ask->d->env.scratch, d);
	for (size_t i = 0; i < ids.count; i++) {
		if (record_find(e->record, ids.ids[i], &attr) && record_has(&attr, normal, &bad))
			return !bad;
	}
	return false;
}

bool
decide_entry_has(struct decide_ask *ask, const struct attr_desc *desc, struct bv normal)
{
	const struct entry *e = ask->entry->entry;

	if (ask->entry->record != NULL)
		return record_holds(ask, desc, normal);
	for (size_t i = 0; e != NULL && i < e->count; i++) {
		if (desc_is_subtype(e->attrs[i].desc, desc) && entry_attr_has(&e->attrs[i], normal))
			return true;
	}
	return false;
}

/* A list of values under construction. */
struct list {
	struct arena *arena;
	struct bv *values, *normals;
	size_t count, cap;
};

static void
append(struct list *l, struct bv value, struct bv normal)
{
	if (l->count == l->cap) {
		size_t cap = l->cap * 2 + 8;
		l->values = arena_grow(l->arena, l->values, l->cap, cap, sizeof(*l->values));
		l->normals = arena_grow(l->arena, l->normals, l->cap, cap, sizeof(*l->normals));
		l->cap = cap;
	}
	l->values[l->count] = value;
	l->normals[l->count++] = normal;
}

static void
record_values(struct decide_ask *ask, const struct attr_desc *desc, struct list *l)
{
	const struct acl_entry *e = ask->entry;
	const struct attr_desc *d = for_map(ask, desc);
	struct record_attr attr;
	struct bv value, normal;

	if (d == NULL)
		return;
	struct attr_ids ids = attr_map_subtypes(e->map, ask->d->env.scratch, d);
	for (size_t i = 0; i < ids.count; i++) {
		if (!record_find(e->record, ids.ids[i], &attr))
			continue;
		struct record_values it = record_values_of(&attr);
		while (record_next_value(&it, &value, &normal))
			append(l, value, normal);
	}
}

static void
built_values(const struct entry *e, const struct attr_desc *desc, struct list *l)
{
	for (size_t i = 0; e != NULL && i < e->count; i++) {
		if (!desc_is_subtype(e->attrs[i].desc, desc))
			continue;
		for (size_t k = 0; k < e->attrs[i].count; k++)
			append(l, e->attrs[i].values[k], e->attrs[i].normals[k]);
	}
}

int
decide_entry_values(struct decide_ask *ask, const struct attr_desc *desc, struct arena *a,
    const struct bv **values_out, const struct bv **normals_out)
{
	struct list l = {.arena = a};

	if (ask->entry->record != NULL)
		record_values(ask, desc, &l);
	else
		built_values(ask->entry->entry, desc, &l);
	*values_out = l.values;
	*normals_out = l.normals;
	return (int)l.count;
}
