#include "match.h"

#include "base/arena.h"
#include "desc.h"
#include "schema.h"
#include "wire/filter.h"
#include "wire/ldap.h"

/*
 * Filters resolved against the schema (RFC 4511 4.5.1.7). What has no meaning becomes
 * MATCH_UNDEFINED. Constants are folded on the way up by the laws of three-valued logic:
 * FALSE decides an AND and TRUE an OR, UNDEFINED included; TRUE in an AND and FALSE in an OR say
 * nothing; NOT of UNDEFINED is UNDEFINED. Nesting is bounded by whoever made the filter.
 */

struct resolver {
	const struct schema *schema;
	struct arena *arena;
	struct match **class_sets; /* made so far: two rows by class index; NULL: none yet */
};

static struct match *
node(const struct resolver *r, enum match_kind kind)
{
	struct match *m = arena_zalloc(r->arena, 1, sizeof(*m));

	m->kind = kind;
	return m;
}

static struct match *
undefined(const struct resolver *r)
{
	return node(r, MATCH_UNDEFINED);
}

/* Returns a node with its description, NULL when that is unknown. */
static struct match *
described(const struct resolver *r, enum match_kind kind, const struct filter *f)
{
	struct match *m = node(r, kind);

	m->raw = f->value;
	return desc_parse(r->schema, r->arena, f->desc, &m->desc, NULL) == 0 ? m : NULL;
}

static void
add_child(const struct resolver *r, struct match *set, size_t *cap, struct match *child)
{
	if (set->child_count == *cap) {
		size_t wider = *cap == 0 ? 4 : 2 * *cap;
		set->children =
		    arena_grow(r->arena, set->children, *cap, wider, sizeof(struct match *));
		*cap = wider;
	}
	set->children[set->child_count++] = child;
}

/* Returns where the set of a class is kept: one row for objectClass, one for structuralObjectClass.
 */
static struct match **
class_set_place(struct resolver *r, const struct attr_type *t, const struct object_class *oc)
{
	size_t count = schema_class_count(r->schema);
	size_t row = t == schema_known(r->schema)->object_class ? 0 : 1;

	if (r->class_sets == NULL)
		r->class_sets = arena_zalloc(r->arena, 2 * count, sizeof(struct match *));
	return &r->class_sets[row * count + oc->index];
}

/* The equality item again, for one class. */
static struct match *
for_class(const struct resolver *r, const struct match *item, const struct object_class *oc)
{
	struct match *m = node(r, MATCH_EQUALITY);

	m->desc = item->desc;
	m->rule = item->rule;
	m->raw = oc->names[0];
	return rule_normalize_assertion(m->rule, r->schema, r->arena, oc->oid, &m->normal) == 0
		   ? m
		   : undefined(r);
}

static struct match *
make_class_set(const struct resolver *r, const struct match *item, const struct object_class *oc)
{
	struct match *any = node(r, MATCH_OR);
	size_t cap = 0;

	any->desc = item->desc;
	any->raw = item->raw;
	if (oc == schema_known(r->schema)->top) {
		any->kind = MATCH_PRESENT;
		return any;
	}
	for (size_t i = 0; i < schema_class_count(r->schema); i++) {
		const struct object_class *sub = schema_class_at(r->schema, i);
		if (schema_class_is_a(sub, oc))
			add_child(r, any, &cap, for_class(r, item, sub));
	}
	return any->child_count == 1 ? any->children[0] : any;
}

/*
 * An entry of a class is of its superclasses too, whether they are listed or not (RFC 4512 3.3),
 * so asserting a class asserts any of its subclasses. Every entry is of class top. A class that
 * the filter names again gets the same node: many terms cannot make many copies of a big set.
 */
static struct match *
class_set(struct resolver *r, const struct match *item, struct bv value)
{
	const struct object_class *oc = schema_object_class(r->schema, value);

	if (oc == NULL)
		return undefined(r);
	struct match **place = class_set_place(r, item->desc->type, oc);
	if (*place == NULL)
		*place = make_class_set(r, item, oc);
	return *place;
}

/* Classes are asserted by the attribute itself with its own rule; RDN values stand alone. */
static bool
asserts_class(const struct resolver *r, const struct match *m)
{
	const struct schema_known *known = schema_known(r->schema);

	if (m->desc == NULL || m->rule != m->desc->type->equality)
		return false;
	return m->desc == desc_of_type(r->schema, known->object_class) ||
	       m->desc == desc_of_type(r->schema, known->structural_object_class);
}

/* A class in the entry's name counts only as it stands there. */
static struct match *
class_or_name(struct resolver *r, struct match *m, struct bv value)
{
	struct match *set = class_set(r, m, value), *either = node(r, MATCH_OR);
	size_t cap = 0;

	if (!m->dn_attributes)
		return set;
	add_child(r, either, &cap, set);
	add_child(r, either, &cap, m);
	return either;
}

/* Gives the node its rule and assertion; undefined when the value is none of the rule's. */
static struct match *
assert_value(struct resolver *r, struct match *m, const struct match_rule *rule, struct bv value)
{
	m->rule = rule;
	if (rule == NULL ||
	    rule_normalize_assertion(rule, r->schema, r->arena, value, &m->normal) != 0)
		return undefined(r);
	return asserts_class(r, m) ? class_or_name(r, m, value) : m;
}

/*
 * A description with ;binary asserts the BER form, an option range (lang-fr-) no attribute in
 * particular; both are resolved as they stand, evaluation compares descriptions.
 */
static struct match *
resolve_equality(struct resolver *r, const struct filter *f)
{
	struct match *m = described(r, MATCH_EQUALITY, f);

	return m == NULL ? undefined(r) : assert_value(r, m, m->desc->type->equality, f->value);
}

/* Without an approximate rule, or without a word in the assertion, it is equality (RFC 4511). */
static struct match *
resolve_approx(struct resolver *r, const struct filter *f)
{
	struct match *m = described(r, MATCH_APPROX, f);

	if (m == NULL)
		return undefined(r);
	if (m->desc->type->approx == NULL)
		return resolve_equality(r, f);
	m = assert_value(r, m, m->desc->type->approx, f->value);
	if (m->kind == MATCH_UNDEFINED)
		return m;
	m->approx_count = rule_approx_codes(r->arena, m->normal, &m->approx_codes);
	return m->approx_count == 0 ? resolve_equality(r, f) : m;
}

static struct match *
resolve_ordering(struct resolver *r, enum match_kind kind, const struct filter *f)
{
	struct match *m = described(r, kind, f);

	if (m == NULL)
		return undefined(r);
	m = assert_value(r, m, m->desc->type->ordering, f->value);
	if (m->kind == MATCH_UNDEFINED ||
	    rule_order_key(m->rule, r->arena, m->normal, &m->order_key) != 0)
		return undefined(r);
	return m;
}

static struct match *
resolve_substrings(struct resolver *r, const struct filter *f)
{
	struct match *m = described(r, MATCH_SUBSTRINGS, f);
	struct substrings given = {f->initial, f->any, f->any_count, f->final};

	if (m == NULL || m->desc->type->substr == NULL)
		return undefined(r);
	m->rule = m->desc->type->substr;
	if (rule_normalize_substrings(m->rule, r->schema, r->arena, &given, &m->sub) != 0)
		return undefined(r);
	return m;
}

static struct match *
resolve_present(struct resolver *r, const struct filter *f)
{
	struct match *m = described(r, MATCH_PRESENT, f);

	return m == NULL ? undefined(r) : m;
}

/* An ordering rule by name holds for values before the asserted one (RFC 4517 4.2.12). */
static struct match *
assert_bound(struct resolver *r, struct match *m)
{
	if (m->kind != MATCH_EXTENSIBLE || m->rule->kind != RULE_ORDERING)
		return m;
	if (rule_order_key(m->rule, r->arena, m->normal, &m->order_key) != 0)
		return undefined(r);
	return m;
}

static struct match *
resolve_extensible(struct resolver *r, const struct filter *f)
{
	struct match *m =
	    f->desc.p == NULL ? node(r, MATCH_EXTENSIBLE) : described(r, MATCH_EXTENSIBLE, f);
	const struct match_rule *rule = NULL;

	if (m == NULL)
		return undefined(r);
	m->raw = f->value;
	m->dn_attributes = f->dn_attributes;
	if (f->rule.p != NULL)
		rule = schema_match_rule(r->schema, f->rule);
	else if (m->desc != NULL)
		rule = m->desc->type->equality;
	if (rule == NULL || rule->kind == RULE_SUBSTRINGS)
		return undefined(r);
	if (m->desc != NULL && !rule_applies_to(rule, m->desc->type))
		return undefined(r);
	return assert_bound(r, assert_value(r, m, rule, f->value));
}

static struct match *resolve(struct resolver *r, const struct filter *f);

static struct match *
resolve_not(struct resolver *r, const struct filter *f)
{
	struct match *child = resolve(r, f->children[0]);

	switch (child->kind) {
	case MATCH_TRUE:
		return node(r, MATCH_FALSE);
	case MATCH_FALSE:
		return node(r, MATCH_TRUE);
	case MATCH_UNDEFINED:
		return child;
	case MATCH_NOT:
		return child->children[0];
	case MATCH_AND:
	case MATCH_OR:
	case MATCH_PRESENT:
	case MATCH_EQUALITY:
	case MATCH_APPROX:
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
	case MATCH_SUBSTRINGS:
	case MATCH_EXTENSIBLE:
		break;
	}
	struct match *m = node(r, MATCH_NOT);
	m->children = arena_alloc(r->arena, sizeof(struct match *));
	m->children[0] = child;
	m->child_count = 1;
	return m;
}

/*
 * Returns whether adding the child changes nothing: a second UNDEFINED, or the same class set.
 * Other children are not looked for: the search would be long and find little.
 */
static bool
is_repeated(const struct match *set, const struct match *child)
{
	bool is_class_set = child->kind == MATCH_OR && child->desc != NULL;

	if (!is_class_set && child->kind != MATCH_UNDEFINED)
		return false;
	for (size_t i = 0; i < set->child_count; i++)
		if (set->children[i] == child ||
		    (!is_class_set && set->children[i]->kind == MATCH_UNDEFINED))
			return true;
	return false;
}

/* Adds a resolved child, or its children when it is the same connective (class sets stay whole). */
static void
merge_child(const struct resolver *r, struct match *set, size_t *cap, struct match *child)
{
	bool flatten = child->kind == set->kind && child->desc == NULL;

	for (size_t i = 0; flatten && i < child->child_count; i++)
		merge_child(r, set, cap, child->children[i]);
	if (!flatten && !is_repeated(set, child))
		add_child(r, set, cap, child);
}

/* neutral says nothing in this connective; the other constant, decisive, settles it. */
static struct match *
resolve_set(struct resolver *r, enum match_kind kind, const struct filter *f)
{
	enum match_kind neutral = kind == MATCH_AND ? MATCH_TRUE : MATCH_FALSE;
	enum match_kind decisive = kind == MATCH_AND ? MATCH_FALSE : MATCH_TRUE;
	struct match *set = node(r, kind);
	size_t cap = 0;

	for (size_t i = 0; i < f->child_count; i++) {
		struct match *child = resolve(r, f->children[i]);
		if (child->kind == decisive)
			return child;
		if (child->kind != neutral)
			merge_child(r, set, &cap, child);
	}
	if (set->child_count == 0)
		return node(r, neutral);
	return set->child_count == 1 ? set->children[0] : set;
}

static struct match *
resolve(struct resolver *r, const struct filter *f)
{
	switch (f->kind) {
	case FILTER_AND:
		return resolve_set(r, MATCH_AND, f);
	case FILTER_OR:
		return resolve_set(r, MATCH_OR, f);
	case FILTER_NOT:
		return resolve_not(r, f);
	case FILTER_EQUALITY:
		return resolve_equality(r, f);
	case FILTER_SUBSTRINGS:
		return resolve_substrings(r, f);
	case FILTER_GREATER_OR_EQUAL:
		return resolve_ordering(r, MATCH_GREATER_OR_EQUAL, f);
	case FILTER_LESS_OR_EQUAL:
		return resolve_ordering(r, MATCH_LESS_OR_EQUAL, f);
	case FILTER_PRESENT:
		return resolve_present(r, f);
	case FILTER_APPROX:
		return resolve_approx(r, f);
	case FILTER_EXTENSIBLE:
		return resolve_extensible(r, f);
	}
	return undefined(r);
}

struct match *
match_resolve(const struct schema *s, struct arena *a, const struct filter *f)
{
	struct resolver r = {.schema = s, .arena = a};

	return resolve(&r, f);
}

int
match_resolve_compare(
    const struct schema *s, struct arena *a, struct bv desc, struct bv value, struct match *out)
{
	struct resolver r = {.schema = s, .arena = a};
	struct match *m = node(&r, MATCH_EQUALITY);

	m->raw = value;
	if (desc_parse(s, a, desc, &m->desc, NULL) != 0)
		return LDAP_UNDEFINED_TYPE;
	if (m->desc->type->equality == NULL)
		return LDAP_INAPPROPRIATE_MATCHING;
	m = assert_value(&r, m, m->desc->type->equality, value);
	if (m->kind == MATCH_UNDEFINED)
		return LDAP_INVALID_SYNTAX;
	*out = *m;
	return 0;
}
