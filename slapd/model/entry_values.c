#include "entry.h"

#include "base/arena.h"
#include "base/err.h"
#include "desc.h"
#include "entry_build.h"
#include "entry_set.h"
#include "schema.h"
#include "value.h"
#include "wire/ldap.h"

/*
 * Adding and deleting values with the checks of RFC 4511 4.6 and 4.7. A small attribute is
 * searched from the start. One that has been searched often enough gets a hash set over its
 * normal values, which additions keep up to date and deletions drop, unless they are deferred
 * and leave holes: n values cost O(n) however they are divided among requests.
 *
 * Invariant: attr->set, when not NULL and set->count == attr->count, holds every value.
 */

enum {
	MAX_ATTRS = 4096,  /* attributes of one entry; keeps entry_find's search short */
	SMALL_COUNT = 32,  /* values that are searched without a set */
	MANY_LOOKUPS = 16, /* searches that pay for building one */
};

static const size_t MAX_VALUES = (size_t)1 << 30;

static bool
set_is_current(const struct attr *attr)
{
	return attr->set != NULL && attr->set->count == attr->count;
}

/* Prepares for lookups searches during which up to room values in all will be there. */
static void
expect_lookups(struct arena *a, struct attr *attr, size_t lookups, size_t room)
{
	attr->lookups += lookups;
	if (room <= SMALL_COUNT || attr->lookups <= MANY_LOOKUPS || set_is_current(attr))
		return;
	attr->set = entry_set_new(a, room);
	while (attr->set->count < attr->count)
		entry_set_add(attr->set, attr->normals);
}

void
entry_expect_lookups(struct entry *e, struct attr *a, size_t count)
{
	expect_lookups(e->arena, a, count, a->count);
}

/* Returns the index of the value with this normal form, attr->count when there is none. */
static size_t
find_normal(const struct attr *attr, struct bv normal)
{
	size_t i = 0;

	if (set_is_current(attr))
		return entry_set_find(attr->set, attr->normals, normal);
	while (i < attr->count && !bv_eq(attr->normals[i], normal))
		i++;
	return i;
}

bool
entry_attr_has(const struct attr *a, struct bv normal)
{
	return find_normal(a, normal) < a->count;
}

static void
append(struct arena *a, struct attr *attr, struct bv value, struct bv normal)
{
	bool current = set_is_current(attr);

	attr->values[attr->count] = value;
	attr->normals[attr->count] = normal;
	attr->count++;
	if (!current)
		return;
	if (entry_set_has_room(attr->set)) {
		entry_set_add(attr->set, attr->normals);
		return;
	}
	attr->set = entry_set_new(a, 2 * attr->count);
	while (attr->set->count < attr->count)
		entry_set_add(attr->set, attr->normals);
}

static int
invalid(const struct attr_desc *desc, size_t index, struct errbuf *text)
{
	return err_set(text, LDAP_INVALID_SYNTAX, "%.*s: value #%zu invalid per syntax",
	    BV(desc->name), index);
}

static int
duplicate(const struct attr_desc *desc, size_t index, bool in_request, struct errbuf *text)
{
	return err_set(text, LDAP_TYPE_OR_VALUE_EXISTS, "%.*s: value #%zu %s", BV(desc->name),
	    index, in_request ? "provided more than once" : "already exists");
}

/* The stored and the normal form of each value, in the arena; *index_out is the one refused. */
static int
prepare(const struct schema *s, struct arena *a, struct attr *given, size_t *index_out,
    struct errbuf *text)
{
	for (size_t i = 0; i < given->count; i++) {
		struct bv copy = arena_dup(a, given->values[i]);
		int rc = value_prepare(
		    s, a, given->desc->type, copy, &given->values[i], &given->normals[i]);
		if (rc != 0) {
			*index_out = i;
			return invalid(given->desc, i, text);
		}
	}
	return 0;
}

/* An attribute of its own with copies of the views. */
static struct attr
request_values(struct arena *a, const struct attr_desc *desc, const struct bv *values, size_t count)
{
	struct attr given = {.desc = desc, .count = count, .cap = count};

	given.values = arena_alloc(a, count * sizeof(*given.values));
	given.normals = arena_alloc(a, count * sizeof(*given.normals));
	if (count > 0)
		memcpy(given.values, values, count * sizeof(*given.values));
	return given;
}

static int
check_counts(const struct entry *e, const struct attr *attr, const struct attr_desc *desc,
    size_t count, struct errbuf *text)
{
	if (attr == NULL && e->count >= MAX_ATTRS)
		return err_set(text, LDAP_ADMINLIMIT_EXCEEDED,
		    "an entry holds at most %d attributes", MAX_ATTRS);
	if (count > MAX_VALUES || (attr != NULL && attr->count > MAX_VALUES - count))
		return err_set(
		    text, LDAP_ADMINLIMIT_EXCEEDED, "%.*s: too many values", BV(desc->name));
	return 0;
}

/* Appends to work, whose arrays have room; work is void when this fails. */
static int
add_each(struct entry *e, struct attr *work, const struct attr *given, size_t *index_out,
    struct errbuf *text)
{
	size_t before = work->count;

	for (size_t i = 0; i < given->count; i++) {
		size_t found = find_normal(work, given->normals[i]);
		if (found < work->count) {
			*index_out = found < before ? i : found - before;
			return duplicate(work->desc, *index_out, found >= before, text);
		}
		append(e->arena, work, given->values[i], given->normals[i]);
	}
	return 0;
}

static int
add_prepared(struct entry *e, struct attr *attr, const struct attr *given, size_t *index_out,
    struct errbuf *text)
{
	struct attr work = attr != NULL ? *attr : (struct attr){.desc = given->desc};
	size_t room = work.count + given->count;

	entry_reserve_values(e, &work, room);
	expect_lookups(e->arena, &work, given->count, room);
	int rc = add_each(e, &work, given, index_out, text);
	if (rc != 0) {
		if (attr != NULL)
			attr->set = NULL;
		return rc;
	}
	if (attr != NULL)
		*attr = work;
	else if (work.count > 0)
		entry_append_attr(e, &work);
	return 0;
}

int
entry_add_values(const struct schema *s, struct entry *e, const struct attr_desc *desc,
    const struct bv *values, size_t count, size_t *index_out, struct errbuf *text)
{
	struct attr *attr = entry_find(e, desc);
	size_t unused;
	int rc = check_counts(e, attr, desc, count, text);

	if (rc != 0)
		return rc;
	if (index_out == NULL)
		index_out = &unused;
	struct attr given = request_values(e->arena, desc, values, count);
	rc = prepare(s, e->arena, &given, index_out, text);
	if (rc != 0)
		return rc;
	if (desc->type->single_value && count > 1)
		return err_set(text, LDAP_CONSTRAINT_VIOLATION, "%.*s: multiple values provided",
		    BV(desc->name));
	return add_prepared(e, attr, &given, index_out, text);
}

static int
missing(const struct attr *attr, struct errbuf *text)
{
	if (attr->desc->type->equality == NULL)
		return err_set(text, LDAP_INAPPROPRIATE_MATCHING, "%.*s: no equality matching rule",
		    BV(attr->desc->name));
	return err_set(text, LDAP_NO_SUCH_ATTRIBUTE, "%.*s: no such value", BV(attr->desc->name));
}

/* After a deletion the indexes in the set are wrong. */
static void
forget_set(struct attr *attr)
{
	attr->set = NULL;
	attr->lookups = 0;
}

/* Closes the holes. */
static void
squeeze(struct attr *attr)
{
	size_t kept = 0;

	for (size_t i = 0; i < attr->count; i++) {
		if (entry_set_is_hole(attr->normals[i]))
			continue;
		attr->values[kept] = attr->values[i];
		attr->normals[kept] = attr->normals[i];
		kept++;
	}
	attr->count = kept;
	attr->holes = 0;
	forget_set(attr);
}

/* Leaves holes at count indexes, some of which may come twice. */
static void
make_holes(struct attr *attr, const size_t *at, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		attr->holes += !entry_set_is_hole(attr->normals[at[i]]);
		attr->normals[at[i]] = attr->values[at[i]] = ENTRY_SET_HOLE;
	}
}

static void
delete_one(struct attr *attr, size_t at)
{
	size_t after = attr->count - at - 1;

	memmove(&attr->values[at], &attr->values[at + 1], after * sizeof(struct bv));
	memmove(&attr->normals[at], &attr->normals[at + 1], after * sizeof(struct bv));
	attr->count--;
	forget_set(attr);
}

/* Removes the given values, every one of which must be there. */
static int
delete_given(struct entry *e, struct attr *attr, const struct attr *given, struct errbuf *text)
{
	size_t *at = arena_alloc(e->arena, given->count * sizeof(*at));

	expect_lookups(
	    e->arena, attr, e->deferring || given->count > 1 ? given->count : 0, attr->count);
	for (size_t i = 0; i < given->count; i++) {
		at[i] = find_normal(attr, given->normals[i]);
		if (at[i] == attr->count)
			return missing(attr, text);
	}
	if (given->count == 1 && !e->deferring) {
		delete_one(attr, at[0]);
		return 0;
	}
	make_holes(attr, at, given->count);
	if (!e->deferring || attr->count <= SMALL_COUNT)
		squeeze(attr);
	return 0;
}

void
entry_defer(struct entry *e)
{
	e->deferring = true;
}

void
entry_settle(struct entry *e)
{
	e->deferring = false;
	for (size_t i = 0; i < e->count; i++) {
		if (e->attrs[i].holes > 0)
			squeeze(&e->attrs[i]);
	}
}

int
entry_delete_values(const struct schema *s, struct entry *e, const struct attr_desc *desc,
    const struct bv *values, size_t count, struct errbuf *text)
{
	struct attr given = request_values(e->arena, desc, values, count);
	size_t unused;
	int rc = prepare(s, e->arena, &given, &unused, text);

	if (rc != 0)
		return rc;
	struct attr *attr = entry_find(e, desc);
	if (attr == NULL)
		return err_set(
		    text, LDAP_NO_SUCH_ATTRIBUTE, "%.*s: no such attribute", BV(desc->name));
	if (count > 0)
		rc = delete_given(e, attr, &given, text);
	if (rc == 0 && (count == 0 || attr->count == attr->holes))
		(void)entry_remove(e, desc);
	return rc;
}
