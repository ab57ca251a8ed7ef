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

/* Gives the node its rule and assertion; undefined when the value is none of the rule's. */
static struct match *
assert_value(
    const struct resolver *r, struct match *m, const struct match_rule *rule, struct bv value)
{
	m->rule = rule;
	if (rule == NULL ||
	    rule_normalize_assertion(rule, r->schema, r->arena, value, &m->normal) != 0)
		return undefined(r);
	return m;
}

/*
 * A description with ;binary asserts the BER form, an option range (lang-fr-) no attribute in
 * particular; both are resolved as they stand, evaluation compares descriptions.
 */
static struct match *
resolve_equality(const struct resolver *r, const struct filter *f)
{
	struct match *m = described(r, MATCH_EQUALITY, f);

	return m == NULL ? undefined(r) : assert_value(r, m, m->desc->type->equality, f->value);
}

/* Without an approximate rule, or without a word in the assertion, it is equality (RFC 4511). */
static struct match *
resolve_approx(const struct resolver *r, const struct filter *f)
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
resolve_ordering(const struct resolver *r, enum match_kind kind, const struct filter *f)
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
resolve_substrings(const struct resolver *r, const struct filter *f)
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
resolve_present(const struct resolver *r, const struct filter *f)
{
	struct match *m = described(r, MATCH_PRESENT, f);

	return m == NULL ? undefined(r) : m;
}

/* Rules that test one value against another; not those that order or search inside. */
static bool
is_comparing(const struct match_rule *rule)
{
	return rule->kind == RULE_EQUALITY || rule->kind == RULE_APPROX ||
	       rule->kind == RULE_EXTENDED;
}

static struct match *
resolve_extensible(const struct resolver *r, const struct filter *f)
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
	if (rule == NULL || !is_comparing(rule))
		return undefined(r);
	if (m->desc != NULL && !rule_applies_to(rule, m->desc->type))
		return undefined(r);
	return assert_value(r, m, rule, f->value);
}

static struct match *resolve(const struct resolver *r, const struct filter *f);

static struct match *
resolve_not(const struct resolver *r, const struct filter *f)
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

static bool
has_undefined(const struct match *set)
{
	for (size_t i = 0; i < set->child_count; i++)
		if (set->children[i]->kind == MATCH_UNDEFINED)
			return true;
	return false;
}

/* Adds a resolved child: its own children when it is the same connective; one UNDEFINED only. */
static void
merge_child(const struct resolver *r, struct match *set, size_t *cap, struct match *child)
{
	if (child->kind == MATCH_UNDEFINED && has_undefined(set))
		return;
	if (child->kind != set->kind) {
		add_child(r, set, cap, child);
		return;
	}
	for (size_t i = 0; i < child->child_count; i++)
		merge_child(r, set, cap, child->children[i]);
}

/* neutral says nothing in this connective; the other constant, decisive, settles it. */
static struct match *
resolve_set(const struct resolver *r, enum match_kind kind, const struct filter *f)
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
resolve(const struct resolver *r, const struct filter *f)
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
	struct resolver r = {s, a};

	return resolve(&r, f);
}

int
match_resolve_compare(
    const struct schema *s, struct arena *a, struct bv desc, struct bv value, struct match *out)
{
	struct match m = {.kind = MATCH_EQUALITY, .raw = value};

	if (desc_parse(s, a, desc, &m.desc, NULL) != 0)
		return LDAP_UNDEFINED_TYPE;
	m.rule = m.desc->type->equality;
	if (m.rule == NULL)
		return LDAP_INAPPROPRIATE_MATCHING;
	if (rule_normalize_assertion(m.rule, s, a, value, &m.normal) != 0)
		return LDAP_INVALID_SYNTAX;
	*out = m;
	return 0;
}
