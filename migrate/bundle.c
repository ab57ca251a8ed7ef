#include "bundle.h"

#include <stdlib.h>

#include "base/buf.h"
#include "escape.h"
#include "text.h"

/*
 * Two tables: (name, value) finds the entry, name finds the list of entries that
 * share it. Whether a name needs the long RDN is known only at the end, so that
 * the result does not depend on the order of the lines.
 */

enum { LOOKED_AT = 100 };

struct group {
	struct group *next;
	struct record *first;
	struct record **last;
};

struct bundles {
	struct migration *m;
	const char *classes;
	enum attr_id split;
	struct hash *by_value;
	struct hash *by_name;
	struct group *first;
	struct group **last;
};

struct bundles *
bundle_new(struct migration *m, const char *classes, enum attr_id split)
{
	struct bundles *b = arena_zalloc(m->arena, 1, sizeof(*b));

	b->m = m;
	b->classes = classes;
	b->split = split;
	b->by_value = hash_new(m->arena);
	b->by_name = hash_new(m->arena);
	b->last = &b->first;
	return b;
}

static struct group *
group_of(struct bundles *b, struct bv folded)
{
	struct group *group = hash_get(b->by_name, folded);

	if (group != NULL)
		return group;
	group = arena_zalloc(b->m->arena, 1, sizeof(*group));
	group->last = &group->first;
	hash_put(b->by_name, folded, group);
	*b->last = group;
	b->last = &group->next;
	return group;
}

struct record *
bundle_get(struct bundles *b, const struct report_place *place, struct bv name, struct bv value)
{
	struct arena *arena = b->m->arena;
	struct bv folded = text_fold(arena, name);
	struct bv key = arena_printf(arena, "%.*s\n%.*s", BV(folded), BV(value));
	struct record *rec = hash_get(b->by_value, key);

	if (rec != NULL)
		return rec;
	rec = record_new(arena, place);
	record_classes(rec, b->classes);
	record_add(rec, ATTR_CN, name);
	record_add(rec, b->split, value);
	hash_put(b->by_value, key, rec);
	struct group *group = group_of(b, folded);
	*group->last = rec;
	group->last = &rec->next;
	return rec;
}

/* Looks through the first names only: that is enough for telling a person. */
static bool
has_exactly(const struct record *rec, struct bv name)
{
	const struct record_attr *cn = record_get(rec, ATTR_CN);

	for (size_t i = 0; i < cn->count && i < LOOKED_AT; i++) {
		if (bv_eq(cn->values[i], name))
			return true;
	}
	return false;
}

void
bundle_aliases(
    struct bundles *b, struct record *rec, const struct report_place *place, struct bv rest)
{
	struct bv alias;

	while ((alias = text_word(&rest)).p != NULL) {
		if (!record_add(rec, ATTR_CN, alias) && !has_exactly(rec, alias))
			report_line(b->m->report, REPORT_DETAIL, place,
			    "alias differs only in case",
			    "\"%.*s\" is the same name in a directory as one that is there",
			    BV(alias));
	}
}

static int
by_bytes(const void *a, const void *b)
{
	return bv_cmp(*(const struct bv *)a, *(const struct bv *)b);
}

/* Returns the names of rec folded, sorted and joined. */
static struct bv
names_key(const struct record *rec)
{
	const struct record_attr *cn = record_get(rec, ATTR_CN);
	struct bv *keys = arena_zalloc(rec->arena, cn->count, sizeof(*keys));
	struct buf joined;

	buf_init(&joined);
	for (size_t i = 0; i < cn->count; i++)
		keys[i] = text_fold(rec->arena, cn->values[i]);
	qsort(keys, cn->count, sizeof(*keys), by_bytes);
	for (size_t i = 0; i < cn->count; i++) {
		buf_put_bv(&joined, keys[i]);
		buf_put_byte(&joined, '\n');
	}
	struct bv key = arena_dup(rec->arena, buf_bv(&joined));
	buf_done(&joined);
	return key;
}

static void
move_values(struct record *to, const struct record *from, enum attr_id id)
{
	const struct record_attr *attr = record_get(from, id);

	for (size_t i = 0; attr != NULL && i < attr->count; i++)
		record_add(to, id, attr->values[i]);
}

static void
join_group(struct bundles *b, struct group *group)
{
	struct hash *seen = hash_new(b->m->arena);
	struct record **at = &group->first;

	while (*at != NULL) {
		struct record *rec = *at;
		struct record *twin = hash_put(seen, names_key(rec), rec);

		if (twin == NULL) {
			at = &rec->next;
			continue;
		}
		move_values(twin, rec, b->split);
		move_values(twin, rec, ATTR_DESCRIPTION);
		*at = rec->next;
	}
	group->last = at;
}

void
bundle_join_equal(struct bundles *b)
{
	for (struct group *group = b->first; group != NULL; group = group->next) {
		if (group->first->next != NULL)
			join_group(b, group);
	}
}

void
bundle_describe(struct bundles *b, const char *prefix)
{
	for (struct group *group = b->first; group != NULL; group = group->next) {
		for (struct record *rec = group->first; rec != NULL; rec = rec->next) {
			struct bv name = record_value(rec, ATTR_CN);

			if (record_get(rec, ATTR_DESCRIPTION) == NULL)
				record_add(rec, ATTR_DESCRIPTION,
				    arena_printf(rec->arena, "%s %.*s", prefix, BV(name)));
		}
	}
}

static void
finish_record(struct bundles *b, struct record *rec, bool alone)
{
	struct arena *arena = b->m->arena;
	struct bv rdn = escape_rdn(arena, "cn", record_value(rec, ATTR_CN));

	if (!alone) {
		struct bv part =
		    escape_rdn(arena, attrs_get(b->split)->name, record_value(rec, b->split));
		rdn = arena_printf(arena, "%.*s+%.*s", BV(rdn), BV(part));
	}
	record_name(rec, rdn, migration_container(b->m, rec->place.map));
	if (!migration_name_fits(b->m, rec))
		return;
	const struct record *old = record_list_add(&b->m->records, rec);
	if (old != NULL)
		report_line(b->m->report, REPORT_REFUSED, &rec->place, "duplicate name",
		    "\"%.*s\" names the same entry as line %zu", BV(rdn), old->place.line);
}

void
bundle_finish(struct bundles *b)
{
	for (struct group *group = b->first; group != NULL; group = group->next) {
		bool alone = group->first->next == NULL;

		for (struct record *rec = group->first; rec != NULL; rec = rec->next)
			finish_record(b, rec, alone);
	}
}
