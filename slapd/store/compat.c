#include "compat.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/rule.h"
#include "model/schema.h"
#include "slot.h"
#include "uses.h"

/*
 * Normal forms are stored in records and index keys follow from them, so a definition in use
 * can only change in ways that leave them as they are. Anything else is refused while the server
 * runs; offline it is a dump, a changed schema, and a load. A type that no entry holds is free.
 */

static bool
same_rule(const struct match_rule *x, const struct match_rule *y)
{
	return x == y || (x != NULL && y != NULL && bv_eq(x->oid, y->oid));
}

/* Whether both chains of superiors are the same types. */
static bool
same_superiors(const struct attr_type *x, const struct attr_type *y)
{
	for (x = x->sup, y = y->sup; x != NULL && y != NULL; x = x->sup, y = y->sup) {
		if (!bv_eq(x->oid, y->oid))
			return false;
	}
	return x == y;
}

const char *
compat_difference(const struct attr_type *was, const struct attr_type *fresh)
{
	if (fresh == NULL)
		return "removed";
	if (!bv_eq(was->oid, fresh->oid))
		return "given another OID";
	if (!bv_eq_nocase(was->names[0], fresh->names[0]))
		return "given another first name";
	if (!bv_eq(was->syntax->oid, fresh->syntax->oid))
		return "given another syntax";
	if (!same_rule(was->equality, fresh->equality))
		return "given another equality rule";
	if (!same_rule(was->ordering, fresh->ordering))
		return "given another ordering rule";
	if (!same_rule(was->substr, fresh->substr))
		return "given another substrings rule";
	if (!same_superiors(was, fresh))
		return "given another superior type";
	if ((was->usage == ATTR_USER_APPLICATIONS) != (fresh->usage == ATTR_USER_APPLICATIONS))
		return "made operational or a user attribute";
	return fresh->single_value && !was->single_value ? "made SINGLE-VALUE" : NULL;
}

/* A definition and what is to become of it. */
struct change {
	const char *sort;
	struct bv name;
	const char *what;
	uint64_t id; /* of an entry; 0: not known */
};

/* Turns what was found about a changed definition into the answer. */
static int
judge(struct store_read *r, const struct change *c, int found, struct errbuf *e)
{
	struct arena *a;
	struct bv example;

	if (found == 0)
		return 0;
	if (found < 0)
		return err_set(
		    e, found, "%s: looking for entries: %s", r->store->directory, err_text(found));
	a = arena_new(0);
	uses_example(r, c->id, a, &example);
	err_set(e, ERR_CONFIG,
	    "%s \"%.*s\" cannot be %s while entries of %s have it (%.*s); remove it from them "
	    "first, or stop the server, dump with slapcat, change the schema and load with slapadd",
	    c->sort, BV(c->name), c->what, r->store->directory, BV(example));
	arena_free(&a);
	return ERR_CONFIG;
}

/* How a stored type changes; the phrase is NULL when it does not. */
static struct change
attr_change(const struct attr_type *t, const struct schema *fresh)
{
	return (struct change){"attribute type", t->names[0],
	    t->undefined ? NULL : compat_difference(t, schema_attr_type(fresh, t->names[0])), 0};
}

/*
 * Looks for the types that change in indexes. Sets in ids the numbers of those for which entries
 * have to be looked through, all at once: *left_out tells whether there are any.
 */
static int
check_indexes(
    struct store_read *r, const struct schema *fresh, bool *ids, bool *left_out, struct errbuf *e)
{
	const struct attr_map *map = store_read_map(r);
	int rc = 0;

	for (uint32_t i = 1; rc == 0 && i <= map->count; i++) {
		struct change c = attr_change(map->descs[i]->type, fresh);
		if (c.what == NULL)
			continue;
		rc = uses_in_index(r, map->descs[i]->type, &c.id);
		ids[i] = rc == ERR_AGAIN;
		*left_out |= ids[i];
		rc = ids[i] ? 0 : judge(r, &c, rc, e);
	}
	return rc;
}

static int
check_attrs(struct store_read *r, const struct schema *fresh, bool *ids, struct errbuf *e)
{
	const struct attr_map *map = store_read_map(r);
	bool left = false;
	uint32_t attr = 0;
	uint64_t id = 0;
	int rc = check_indexes(r, fresh, ids, &left, e);

	if (rc != 0 || !left)
		return rc;
	rc = uses_in_entries(r, ids, &attr, &id);
	for (uint32_t i = 1; rc == 1 && attr == 0 && i <= map->count; i++)
		attr = ids[i] ? i : 0; /* not known: any of them is an example */
	struct change c = {"attribute type", BV_NONE, NULL, 0};
	if (rc == 1)
		c = attr_change(map->descs[attr]->type, fresh);
	c.id = id;
	return judge(r, &c, rc, e);
}

/* How a class has changed, as compat_difference. */
static const char *
class_difference(const struct object_class *was, const struct object_class *fresh)
{
	if (fresh == NULL)
		return "removed";
	if (!bv_eq(was->oid, fresh->oid))
		return "given another OID";
	return was->kind != fresh->kind ? "made a class of another kind" : NULL;
}

static int
check_classes(struct store_read *r, const struct schema *fresh, struct errbuf *e)
{
	const struct schema *s = store_read_map(r)->schema;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < schema_class_count(s); i++) {
		const struct object_class *oc = schema_class_at(s, i);
		struct change c = {"object class", oc->names[0],
		    class_difference(oc, schema_object_class(fresh, oc->names[0])), 0};
		if (c.what != NULL)
			rc = judge(r, &c, uses_class(r, oc, &c.id), e);
	}
	return rc;
}

int
compat_check(struct store_read *r, const struct schema *fresh, struct errbuf *e)
{
	struct arena *a = arena_new(0);
	bool *seen =
	    arena_zalloc(a, schema_attr_count(store_read_map(r)->schema) + 1, sizeof(*seen));
	int rc = check_attrs(r, fresh, seen, e);

	arena_free(&a);
	return rc != 0 ? rc : check_classes(r, fresh, e);
}

int
compat_restart(struct store_read *r, const struct generation *g)
{
	const struct attr_map *map = store_read_map(r);
	struct arena *a = arena_new(0);
	bool *done = arena_zalloc(a, schema_attr_count(g->schema) + 1, sizeof(*done));
	int rc = 0;

	for (uint32_t i = 1; i <= map->count; i++) {
		const struct attr_type *t = map->descs[i]->type;
		if (!t->undefined)
			continue;
		t = schema_attr_type(g->schema, t->names[0]);
		for (t = t == NULL ? NULL : t->sup; rc == 0 && t != NULL; t = t->sup) {
			if (!done[t->index])
				rc = slot_restart(r->store, r->txn, g, t);
			done[t->index] = true;
		}
	}
	arena_free(&a);
	return rc;
}
