#include "rule.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/prep.h"
#include "model/rule_table.h"
#include "model/rule_text.h"
#include "model/schema.h"

/*
 * What is common to all matching rules. The rules themselves are rows of
 * rule_table; each family's normal form is made in one place, so that values,
 * assertions, substring components and index keys cannot disagree.
 */

bool
rule_applies_to(const struct match_rule *r, const struct attr_type *t)
{
	const struct syntax *syntax = t->syntax->base != NULL ? t->syntax->base : t->syntax;

	if (syntax == r->assertion_syntax)
		return true;
	for (size_t i = 0; r->also != NULL && r->also[i] != NULL; i++) {
		if (r->also[i] == syntax)
			return true;
	}
	return false;
}

int
rule_normalize(const struct match_rule *r, const struct schema *s, struct arena *a, struct bv value,
    struct bv *out)
{
	return r->normalize(s, a, value, out);
}

int
rule_normalize_assertion(const struct match_rule *r, const struct schema *s, struct arena *a,
    struct bv value, struct bv *out)
{
	if (r->normalize_assertion != NULL)
		return r->normalize_assertion(s, a, value, out);
	return r->normalize(s, a, value, out);
}

static enum prep_spaces
spaces_of(enum rule_family family, enum prep_spaces part)
{
	if (family == FAMILY_NUMERIC)
		return PREP_SPACES_NUMERIC;
	return family == FAMILY_PHONE ? PREP_SPACES_PHONE : part;
}

static bool
is_blank(struct bv v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] != ' ')
			return false;
	}
	return true;
}

/* A component must be of characters that values compared by the rule can have. */
static bool
can_be_part(const struct match_rule *r, const struct schema *s, struct bv v)
{
	bool narrow = r->family == FAMILY_PHONE || r->family == FAMILY_NUMERIC;
	const struct syntax *of = narrow && r->also != NULL ? r->also[0] : r->assertion_syntax;

	return of->validate == NULL || is_blank(v) || of->validate(s, v) == 0;
}

/* Normalizes one component for its place in the value; an absent one stays absent. */
static int
component(
    const struct match_rule *r, struct arena *a, struct bv v, enum prep_spaces part, struct bv *out)
{
	enum rule_family family = (enum rule_family)r->family;
	bool fold = family == FAMILY_IGNORE || family == FAMILY_PHONE;
	struct bv empty = BV_LIT("");
	int rc = 0;

	*out = v;
	if (v.p == NULL || family == FAMILY_OCTETS)
		return 0;
	if (family == FAMILY_LIST)
		rc = rule_text_list_line(a, v, part, out);
	else
		rc = prep_string(a, v, fold, spaces_of(family, part), out);
	if (rc == 0 && out->n == 0)
		*out = empty;
	return rc;
}

int
rule_normalize_substrings(const struct match_rule *r, const struct schema *s, struct arena *a,
    const struct substrings *in, struct substrings *out)
{
	struct bv *any = arena_alloc(a, in->any_count * sizeof *any);
	struct substrings made = {.any = any, .any_count = in->any_count};

	if (r->kind != RULE_SUBSTRINGS || !can_be_part(r, s, in->initial) ||
	    !can_be_part(r, s, in->final))
		return ERR_SYNTAX;
	if (component(r, a, in->initial, PREP_SPACES_INITIAL, &made.initial) != 0 ||
	    component(r, a, in->final, PREP_SPACES_FINAL, &made.final) != 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < in->any_count; i++) {
		if (!can_be_part(r, s, in->any[i]) ||
		    component(r, a, in->any[i], PREP_SPACES_ANY, &any[i]) != 0)
			return ERR_SYNTAX;
	}
	*out = made;
	return 0;
}

static bool
starts_with(struct bv v, struct bv part)
{
	return v.n >= part.n && bv_eq((struct bv){v.p, part.n}, part);
}

static bool
ends_with(struct bv v, struct bv part)
{
	return v.n >= part.n && bv_eq(bv_from(v, v.n - part.n), part);
}

/* Moves *v behind the first occurrence of part; memmem is linear. */
static bool
skip_past(struct bv *v, struct bv part)
{
	const uint8_t *at;

	if (part.n == 0)
		return true;
	if (v->n < part.n)
		return false;
	at = memmem(v->p, v->n, part.p, part.n);
	if (at == NULL)
		return false;
	*v = bv_from(*v, (size_t)(at - v->p) + part.n);
	return true;
}

bool
rule_substrings_match(struct bv normal, const struct substrings *sub)
{
	struct bv rest = normal;

	if (!starts_with(rest, sub->initial))
		return false;
	rest = bv_from(rest, sub->initial.n);
	if (!ends_with(rest, sub->final))
		return false;
	rest.n -= sub->final.n;
	for (size_t i = 0; i < sub->any_count; i++) {
		if (!skip_past(&rest, sub->any[i]))
			return false;
	}
	return true;
}

bool
rule_matches(const struct match_rule *r, struct bv stored, struct bv asserted)
{
	return r->matches != NULL ? r->matches(stored, asserted) : bv_eq(stored, asserted);
}

int
rule_order_key(const struct match_rule *r, struct arena *a, struct bv normal, struct bv *out)
{
	if (r->order_key != NULL)
		return r->order_key(a, normal, out);
	*out = normal;
	return 0;
}

size_t
rule_approx_codes(struct arena *a, struct bv normal, struct bv **codes_out)
{
	return rule_text_codes(a, normal, codes_out);
}
