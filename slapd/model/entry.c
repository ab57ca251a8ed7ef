#include "entry.h"

#include "base/arena.h"
#include "base/err.h"
#include "desc.h"
#include "entry_build.h"
#include "schema.h"
#include "value.h"

/* Entries as containers; adding and removing checked values is in entry_values.c. */

enum { FIRST_ATTRS = 16 };

void
entry_init(struct entry *e, struct arena *a, const struct dn *dn)
{
	*e = (struct entry){.arena = a, .dn = *dn};
}

struct attr *
entry_find(const struct entry *e, const struct attr_desc *desc)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->attrs[i].desc == desc || desc_eq(e->attrs[i].desc, desc))
			return &e->attrs[i];
	return NULL;
}

struct attr *
entry_find_type(const struct entry *e, const struct attr_type *t)
{
	for (size_t i = 0; i < e->count; i++)
		if (schema_attr_is_a(e->attrs[i].desc->type, t))
			return &e->attrs[i];
	return NULL;
}

struct attr *
entry_append_attr(struct entry *e, const struct attr *attr)
{
	if (e->count == e->cap) {
		size_t cap = e->cap == 0 ? FIRST_ATTRS : 2 * e->cap;
		e->attrs = arena_grow(e->arena, e->attrs, e->cap, cap, sizeof(*e->attrs));
		e->cap = cap;
	}
	e->attrs[e->count] = *attr;
	return &e->attrs[e->count++];
}

void
entry_reserve_values(struct entry *e, struct attr *attr, size_t count)
{
	size_t held = attr->cap > attr->count ? attr->cap : attr->count, cap = held;

	if (count <= attr->cap)
		return;
	/* A new attribute gets what it asks for; one that grows is likely to grow again. */
	cap = cap == 0 || count > 2 * cap ? count : 2 * cap;
	attr->values = arena_grow(e->arena, attr->values, held, cap, sizeof(struct bv));
	attr->normals = arena_grow(e->arena, attr->normals, held, cap, sizeof(struct bv));
	attr->cap = cap;
}

int
entry_put(const struct schema *s, struct entry *e, const struct attr_type *t, struct bv value)
{
	const struct attr_desc *desc = desc_of_type(s, t);
	struct attr made = {.desc = desc}, *attr = entry_find(e, desc);
	struct bv copy = arena_dup(e->arena, value), stored, normal;

	if (value_prepare(s, e->arena, t, copy, &stored, &normal) != 0)
		return ERR_SYNTAX;
	if (attr == NULL)
		attr = entry_append_attr(e, &made);
	entry_reserve_values(e, attr, attr->count + 1);
	attr->values[attr->count] = stored;
	attr->normals[attr->count] = normal;
	attr->count++;
	return 0;
}

static void
remove_at(struct entry *e, size_t i)
{
	e->count--;
	memmove(&e->attrs[i], &e->attrs[i + 1], (e->count - i) * sizeof(*e->attrs));
}

bool
entry_remove(struct entry *e, const struct attr_desc *desc)
{
	struct attr *attr = entry_find(e, desc);

	if (attr == NULL)
		return false;
	remove_at(e, (size_t)(attr - e->attrs));
	return true;
}

bool
entry_is_class(const struct schema *s, const struct entry *e, const struct object_class *oc)
{
	const struct attr *classes = entry_find(e, desc_of_type(s, schema_known(s)->object_class));

	for (size_t i = 0; classes != NULL && i < classes->count; i++) {
		const struct object_class *held = schema_object_class(s, classes->values[i]);
		if (held != NULL && schema_class_is_a(held, oc))
			return true;
	}
	return false;
}

static struct bv *
copy_views(struct arena *a, const struct bv *views, size_t count)
{
	struct bv *copy = arena_alloc(a, count * sizeof(*copy));

	if (count > 0)
		memcpy(copy, views, count * sizeof(*copy));
	return copy;
}

struct entry
entry_copy(struct arena *a, const struct entry *e)
{
	struct entry copy = *e;

	copy.arena = a;
	copy.cap = e->count;
	copy.attrs = arena_alloc(a, e->count * sizeof(*copy.attrs));
	for (size_t i = 0; i < e->count; i++) {
		struct attr *attr = &copy.attrs[i];
		*attr = e->attrs[i];
		attr->values = copy_views(a, attr->values, attr->count);
		attr->normals = copy_views(a, attr->normals, attr->count);
		attr->cap = attr->count;
		attr->set = NULL;
		attr->lookups = 0;
	}
	return copy;
}
