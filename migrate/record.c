#include "record.h"

#include "escape.h"
#include "text.h"

/*
 * Entries keep attributes in a list: none has more than about twenty types. Values
 * are an array; where there are many, a table of their keys beside it, as a mail
 * alias may have a hundred thousand targets.
 */

enum { FEW_VALUES = 16 };

struct record *
record_new(struct arena *arena, const struct report_place *place)
{
	struct record *rec = arena_zalloc(arena, 1, sizeof(*rec));

	rec->arena = arena;
	rec->place = *place;
	return rec;
}

void
record_classes(struct record *rec, const char *classes)
{
	struct bv rest = bv_str(classes);
	struct bv name;

	while ((name = text_word(&rest)).p != NULL) {
		if (rec->structural.p == NULL)
			rec->structural = name;
		record_add(rec, ATTR_OBJECTCLASS, name);
	}
}

static struct record_attr *
attr_of(struct record *rec, const char *name)
{
	struct record_attr **at = &rec->attrs;

	while (*at != NULL && !bv_is(bv_str((*at)->name), name))
		at = &(*at)->next;
	if (*at == NULL) {
		*at = arena_zalloc(rec->arena, 1, sizeof(**at));
		(*at)->name = name;
		(*at)->type = attrs_find(bv_str(name));
	}
	return *at;
}

static void
push(struct arena *arena, struct record_attr *attr, struct bv value)
{
	if (attr->count == attr->room) {
		size_t room = attr->room == 0 ? 2 : attr->room * 2;
		attr->values =
		    arena_grow(arena, attr->values, attr->room, room, sizeof(*attr->values));
		attr->room = room;
	}
	struct bv *own = &attr->values[attr->count++];
	*own = arena_dup(arena, value);
	if (attr->keys != NULL)
		hash_put(attr->keys, attrs_key(arena, attr->type, *own), attr);
}

static void
index_values(struct arena *arena, struct record_attr *attr)
{
	attr->keys = hash_new(arena);
	for (size_t i = 0; i < attr->count; i++)
		hash_put(attr->keys, attrs_key(arena, attr->type, attr->values[i]), attr);
}

static bool
holds(struct arena *arena, const struct record_attr *attr, struct bv key)
{
	bool found = false;

	if (attr->keys != NULL)
		return hash_get(attr->keys, key) != NULL;
	for (size_t i = 0; i < attr->count && !found; i++)
		found = bv_eq(attrs_key(arena, attr->type, attr->values[i]), key);
	return found;
}

bool
record_add(struct record *rec, enum attr_id id, struct bv value)
{
	if (record_has(rec, id, value))
		return false;
	push(rec->arena, attr_of(rec, attrs_get(id)->name), value);
	return true;
}

void
record_append(struct record *rec, const char *name, struct bv value)
{
	push(rec->arena, attr_of(rec, name), value);
}

struct record_attr *
record_get(const struct record *rec, enum attr_id id)
{
	return record_find(rec, bv_str(attrs_get(id)->name));
}

struct record_attr *
record_find(const struct record *rec, struct bv name)
{
	struct record_attr *attr = rec->attrs;

	while (attr != NULL && !bv_is(name, attr->name))
		attr = attr->next;
	return attr;
}

struct bv
record_value(const struct record *rec, enum attr_id id)
{
	const struct record_attr *attr = record_get(rec, id);

	return attr == NULL ? BV_NONE : attr->values[0];
}

bool
record_has(const struct record *rec, enum attr_id id, struct bv value)
{
	struct record_attr *attr = record_get(rec, id);

	if (attr == NULL)
		return false;
	if (attr->count > FEW_VALUES && attr->keys == NULL)
		index_values(rec->arena, attr);
	struct arena_mark mark = arena_mark(rec->arena);
	bool found = holds(rec->arena, attr, attrs_key(rec->arena, attr->type, value));
	arena_rewind(rec->arena, mark);
	return found;
}

void
record_name(struct record *rec, struct bv rdn, struct bv superior)
{
	rec->dn = escape_join(rec->arena, rdn, superior);
	rec->key = escape_dn_key(rec->arena, rec->dn);
}

void
record_list_init(struct records *list, struct arena *arena)
{
	*list = (struct records){.arena = arena, .by_key = hash_new(arena)};
}

struct record *
record_list_add(struct records *list, struct record *rec)
{
	struct record *old = hash_put(list->by_key, rec->key, rec);

	if (old != NULL)
		return old;
	if (list->count == list->room) {
		size_t room = list->room == 0 ? 64 : list->room * 2;
		list->items =
		    arena_grow(list->arena, list->items, list->room, room, sizeof(struct record *));
		list->room = room;
	}
	list->items[list->count++] = rec;
	return NULL;
}
