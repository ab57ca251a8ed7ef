#include "test.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/match.h"
#include "model/schema.h"
#include "attrmap.h"
#include "store.h"
#include "test_value.h"

/*
 * Filter evaluation on records. Terms of and/or are tried cheapest first, which three-valued
 * logic allows. Rights: a term the requestor may not search is UNDEFINED. Where no NOT stands
 * above a term, FALSE and UNDEFINED lead to the same answer, so there the right is only
 * asked for once the term has matched; below a NOT it is asked for first, or a refusal would
 * tell what the value is.
 */

/* One node, bound to the map. */
struct node {
	const struct match *match;
	struct node **children; /* cheapest first */
	size_t child_count;
	struct attr_ids ids; /* stored attributes to look at */
	const bool *plain;   /* by position in ids: bytes decide */
	unsigned cost;
	bool below_not;
	bool is_entry_dn;
};

struct test {
	const struct test_env *env;
	const struct match *match;
	const struct attr_map *map;
	uint64_t serial; /* of the map that root is bound to; the map itself may be gone */
	struct node *root;
};

/* One evaluation. */
struct run {
	const struct test_env *env;
	const struct attr_map *map;
	uint64_t id;
	const struct record *record;
	struct arena *scratch;
};

static unsigned
leaf_cost(const struct match *m)
{
	switch (m->kind) {
	case MATCH_TRUE:
	case MATCH_FALSE:
	case MATCH_UNDEFINED:
		return 0;
	case MATCH_PRESENT:
		return 1;
	case MATCH_EQUALITY:
		return 2;
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
		return 4;
	case MATCH_SUBSTRINGS:
		return 6;
	case MATCH_APPROX:
	case MATCH_EXTENSIBLE:
		return 20;
	case MATCH_AND:
	case MATCH_OR:
	case MATCH_NOT:
		return 1;
	}
	return 1;
}

/* IDs of all attributes whose type the rule of a type-less match applies to. */
static struct attr_ids
applicable_ids(struct arena *a, const struct attr_map *map, const struct match *m)
{
	size_t count = attr_map_count(map), n = 0;
	uint32_t *ids = arena_alloc(a, (count + 1) * sizeof(*ids));

	for (uint32_t id = 1; id <= count; id++) {
		if (test_rule_applies(attr_map_desc(map, id)->type, m))
			ids[n++] = id;
	}
	return (struct attr_ids){ids, n};
}

static bool
is_leaf(const struct match *m)
{
	return leaf_cost(m) > 0 && m->kind != MATCH_AND && m->kind != MATCH_OR &&
	       m->kind != MATCH_NOT;
}

static void
bind_leaf(struct node *n, struct arena *a, const struct attr_map *map)
{
	const struct match *m = n->match;

	n->ids = m->desc != NULL ? attr_map_subtypes(map, a, m->desc) : applicable_ids(a, map, m);
	n->is_entry_dn =
	    m->desc != NULL && m->desc->type == schema_known(attr_map_schema(map))->entry_dn;
	bool *plain = arena_alloc(a, n->ids.count + 1);
	for (size_t i = 0; i < n->ids.count; i++)
		plain[i] = test_is_plain(m, attr_map_desc(map, n->ids.ids[i])->type);
	n->plain = plain;
}

/* Insertion by cost, equal costs in the order given. */
static void
insert_child(struct node *parent, struct node *child)
{
	size_t i = parent->child_count++;

	for (; i > 0 && parent->children[i - 1]->cost > child->cost; i--)
		parent->children[i] = parent->children[i - 1];
	parent->children[i] = child;
}

static struct node *
bind(struct arena *a, const struct match *m, const struct attr_map *map, bool below_not)
{
	struct node *n = arena_zalloc(a, 1, sizeof(*n));

	n->match = m;
	n->cost = leaf_cost(m);
	n->below_not = below_not;
	if (is_leaf(m)) {
		bind_leaf(n, a, map);
		return n;
	}
	n->children = arena_alloc(a, (m->child_count + 1) * sizeof(struct node *));
	for (size_t i = 0; i < m->child_count; i++) {
		struct node *child =
		    bind(a, m->children[i], map, below_not || m->kind == MATCH_NOT);
		n->cost += child->cost;
		insert_child(n, child);
	}
	return n;
}

void
test_rebind(struct test *t, struct arena *a, const struct attr_map *map)
{
	if (t->serial == attr_map_serial(map))
		return;
	t->map = map;
	t->serial = attr_map_serial(map);
	t->root = bind(a, t->match, map, false);
}

struct test *
test_new(struct arena *a, const struct match *m, const struct test_env *env)
{
	struct test *t = arena_zalloc(a, 1, sizeof(*t));

	t->env = env;
	t->match = m;
	test_rebind(t, a, env->map);
	return t;
}

static bool
allowed(const struct run *run, const struct node *n, const struct attr_desc *d)
{
	const struct test_env *env = run->env;

	return env->may_search == NULL || d == NULL ||
	       env->may_search(env->arg, run->id, run->record, d, n->match);
}

static bool
plain_match(const struct record_attr *attr, struct bv want)
{
	bool bad = false;

	return record_has(attr, want, &bad);
}

/* An assertion that does not name the value tells of it all the same: substrings, an order, another
 * rule than the attribute's own. */
static bool
counts(const struct run *run, const struct attr_desc *d, struct bv value, struct bv normal)
{
	const struct test_env *env = run->env;
	const struct bv pair[2] = {value, normal};

	return env->may_search == NULL || env->may_value == NULL ||
	       env->may_value(env->arg, run->id, run->record, d, pair);
}

static bool
attr_match(const struct run *run, const struct node *n, size_t i, const struct record_attr *attr)
{
	const struct attr_desc *d = attr_map_desc(run->map, n->ids.ids[i]);
	struct record_values it = record_values_of(attr);
	struct bv value, normal;

	if (n->match->kind == MATCH_PRESENT)
		return true;
	if (n->plain[i])
		return plain_match(attr, n->match->normal);
	while (record_next_value(&it, &value, &normal)) {
		struct arena_mark mark = arena_mark(run->scratch);
		bool hit = test_value(attr_map_schema(run->map), run->scratch, n->match, d->type,
			       value, normal) &&
			   counts(run, d, value, normal);
		arena_rewind(run->scratch, mark);
		if (hit)
			return true;
	}
	return false;
}

/* What the stored attributes say. A subtype that may not be searched makes FALSE UNDEFINED. */
static enum test_result
stored_result(const struct run *run, const struct node *n)
{
	enum test_result result = TEST_FALSE;
	struct record_attr attr;

	for (size_t i = 0; i < n->ids.count; i++) {
		const struct attr_desc *d = attr_map_desc(run->map, n->ids.ids[i]);
		if (!record_find(run->record, n->ids.ids[i], &attr))
			continue;
		bool refused = n->below_not && d != n->match->desc && !allowed(run, n, d);
		if (!refused && !attr_match(run, n, i, &attr))
			continue;
		if (!refused && (n->below_not || d == n->match->desc || allowed(run, n, d)))
			return TEST_TRUE;
		result = TEST_UNDEFINED;
	}
	return result;
}

static bool
computed_match(const struct run *run, const struct node *n)
{
	const struct test_env *env = run->env;
	const struct match *m = n->match;
	const struct bv *values;
	int count;

	if (env->computed == NULL || m->desc == NULL)
		return false;
	count = env->computed(env->arg, run->id, run->record, m->desc, run->scratch, &values);
	for (int i = 0; i < count; i++) {
		if (m->kind == MATCH_PRESENT ||
		    test_value(env->schema, run->scratch, m, m->desc->type, values[i], values[i]))
			return true;
	}
	return false;
}

/* The entry's DN, normal form. */
static bool
own_dn(const struct run *run, struct bv *out)
{
	const struct test_env *env = run->env;

	if (env->dn_normal != NULL) {
		*out = env->dn_normal(env->arg, run->id, run->record);
		return true;
	}
	return env->read != NULL && store_dn(env->read, run->record, run->scratch, NULL, out) == 0;
}

static bool
entry_dn_match(const struct run *run, const struct node *n)
{
	struct bv dn;

	if (!own_dn(run, &dn))
		return false;
	return n->match->kind == MATCH_PRESENT ||
	       test_value(run->env->schema, run->scratch, n->match, n->match->desc->type, dn, dn);
}

static bool
ava_match(const struct run *run, const struct match *m, const struct ava *ava)
{
	const struct attr_type *type = ava->desc->type;

	if (m->desc != NULL ? !desc_is_subtype(ava->desc, m->desc) : !test_rule_applies(type, m))
		return false;
	return test_value(run->env->schema, run->scratch, m, type, ava->value, ava->normal);
}

/* The entry's DN as it is shown, where there is a choice: rules other than the attribute's own need
 * the value, not its normal form. */
static bool
shown_dn(const struct run *run, struct bv *out)
{
	const struct test_env *env = run->env;

	if (env->dn_normal != NULL || env->read == NULL)
		return own_dn(run, out);
	return store_dn(env->read, run->record, run->scratch, out, NULL) == 0;
}

/* :dn: matches: the attributes of the entry's name count as its own, and are asked for as such. */
static bool
dn_attributes_match(const struct run *run, const struct node *n)
{
	const struct match *m = n->match;
	struct bv text;
	struct dn dn;

	if (!shown_dn(run, &text) || dn_parse(run->env->schema, run->scratch, text, &dn, NULL) != 0)
		return false;
	for (size_t i = 0; i < dn.rdn_count; i++) {
		for (size_t k = 0; k < dn.rdns[i].ava_count; k++) {
			const struct ava *ava = &dn.rdns[i].avas[k];
			bool asked = ava->desc == m->desc || allowed(run, n, ava->desc);
			if (asked && ava_match(run, m, ava))
				return true;
		}
	}
	return false;
}

static enum test_result
leaf_result(const struct run *run, const struct node *n)
{
	if (n->below_not && !allowed(run, n, n->match->desc))
		return TEST_UNDEFINED;
	enum test_result result = stored_result(run, n);
	if (result != TEST_TRUE &&
	    ((n->is_entry_dn && entry_dn_match(run, n)) || computed_match(run, n) ||
		(n->match->dn_attributes && dn_attributes_match(run, n))))
		result = TEST_TRUE;
	if (result == TEST_TRUE && !n->below_not && !allowed(run, n, n->match->desc))
		return TEST_UNDEFINED;
	return result;
}

static enum test_result evaluate(const struct run *run, const struct node *n);

/* and: FALSE decides; or: TRUE decides; else UNDEFINED if any was. */
static enum test_result
set_result(const struct run *run, const struct node *n, enum test_result decisive)
{
	enum test_result result = decisive == TEST_FALSE ? TEST_TRUE : TEST_FALSE;

	for (size_t i = 0; i < n->child_count; i++) {
		enum test_result one = evaluate(run, n->children[i]);
		if (one == decisive)
			return one;
		if (one == TEST_UNDEFINED)
			result = one;
	}
	return result;
}

static enum test_result
not_result(const struct run *run, const struct node *n)
{
	enum test_result one = n->child_count == 1 ? evaluate(run, n->children[0]) : TEST_UNDEFINED;

	return one == TEST_UNDEFINED ? one : one == TEST_TRUE ? TEST_FALSE : TEST_TRUE;
}

static enum test_result
evaluate(const struct run *run, const struct node *n)
{
	switch (n->match->kind) {
	case MATCH_TRUE:
		return TEST_TRUE;
	case MATCH_FALSE:
		return TEST_FALSE;
	case MATCH_UNDEFINED:
		return TEST_UNDEFINED;
	case MATCH_AND:
		return set_result(run, n, TEST_FALSE);
	case MATCH_OR:
		return set_result(run, n, TEST_TRUE);
	case MATCH_NOT:
		return not_result(run, n);
	case MATCH_PRESENT:
	case MATCH_EQUALITY:
	case MATCH_APPROX:
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
	case MATCH_SUBSTRINGS:
	case MATCH_EXTENSIBLE:
		return leaf_result(run, n);
	}
	return TEST_UNDEFINED;
}

enum test_result
test_run(const struct test *t, uint64_t id, const struct record *r, struct arena *scratch)
{
	struct arena_mark mark = arena_mark(scratch);
	struct run run = {t->env, t->map, id, r, scratch};
	enum test_result result = evaluate(&run, t->root);

	arena_rewind(scratch, mark);
	return result;
}
