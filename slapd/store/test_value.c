#include "test_value.h"

#include "base/arena.h"
#include "model/match.h"
#include "model/rule.h"
#include "model/schema.h"
#include "index_key.h"

/* Assertions on single values: the normal form under the assertion's rule, then a comparison. */

static bool
codes_match(struct arena *a, const struct match *m, struct bv normal)
{
	struct bv *codes;
	size_t n, i = 0, found = 0;

	if (m->approx_count == 0)
		return bv_eq(normal, m->normal);
	n = rule_approx_codes(a, normal, &codes);
	for (; i < n && found < m->approx_count; i++)
		found += bv_eq(codes[i], m->approx_codes[found]);
	return found == m->approx_count;
}

static bool
order_matches(struct arena *a, const struct match *m, struct bv normal)
{
	struct bv key;

	if (rule_order_key(m->rule, a, normal, &key) != 0)
		return false;
	int order = bv_cmp(key, m->order_key);
	if (m->kind == MATCH_EXTENSIBLE)
		return order < 0;
	return m->kind == MATCH_GREATER_OR_EQUAL ? order >= 0 : order <= 0;
}

static bool
form_matches(struct arena *a, const struct match *m, struct bv form)
{
	switch (m->kind) {
	case MATCH_EQUALITY:
		return rule_matches(m->rule, form, m->normal);
	case MATCH_EXTENSIBLE:
		return m->rule->kind == RULE_ORDERING ? order_matches(a, m, form)
						      : rule_matches(m->rule, form, m->normal);
	case MATCH_APPROX:
		return codes_match(a, m, form);
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
		return order_matches(a, m, form);
	case MATCH_SUBSTRINGS:
		return rule_substrings_match(form, &m->sub);
	case MATCH_PRESENT:
	case MATCH_TRUE:
		return true;
	case MATCH_FALSE:
	case MATCH_UNDEFINED:
	case MATCH_AND:
	case MATCH_OR:
	case MATCH_NOT:
		return false;
	}
	return false;
}

bool
test_value(const struct schema *s, struct arena *a, const struct match *m,
    const struct attr_type *type, struct bv value, struct bv normal)
{
	if (m->rule != NULL && m->kind != MATCH_APPROX &&
	    index_form(s, a, type, m->rule, value, &normal) != 0)
		return false;
	return form_matches(a, m, normal);
}

bool
test_rule_applies(const struct attr_type *type, const struct match *m)
{
	const struct match_rule *r = m->rule;

	if (r == NULL)
		return false;
	return type->equality == r || type->ordering == r || type->substr == r ||
	       type->approx == r || rule_applies_to(r, type);
}

bool
test_is_plain(const struct match *m, const struct attr_type *type)
{
	bool equality = m->kind == MATCH_EQUALITY || m->kind == MATCH_EXTENSIBLE;

	return equality && m->rule != NULL && m->rule->kind != RULE_ORDERING &&
	       m->rule->matches == NULL && type->equality != NULL &&
	       type->equality->family == m->rule->family;
}
