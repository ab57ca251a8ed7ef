#include "op/selectval.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/rule.h"
#include "model/schema.h"
#include "wire/message.h"

/* RFC 3876 2: a value is returned when a filter item that applies to its attribute matches it. */

static bool
ordering_holds(const struct match *m, struct bv normal, struct arena *scratch)
{
	struct bv key;

	if (rule_order_key(m->rule, scratch, normal, &key) != 0)
		return false;
	int d = bv_cmp(key, m->order_key);
	return m->kind == MATCH_GREATER_OR_EQUAL ? d >= 0 : d <= 0;
}

static bool
approx_holds(const struct match *m, struct bv normal, struct arena *scratch)
{
	struct bv *codes;
	size_t n = rule_approx_codes(scratch, normal, &codes), next = 0;

	if (m->approx_count == 0)
		return bv_eq(normal, m->normal);
	for (size_t i = 0; i < n && next < m->approx_count; i++)
		next += bv_eq(codes[i], m->approx_codes[next]) ? 1 : 0;
	return next == m->approx_count;
}

/* Extensible items may name another rule than the attribute's: normalize the value under it. */
static bool
extensible_holds(
    const struct schema *s, const struct match *m, struct bv value, struct arena *scratch)
{
	struct bv normal;

	return m->rule != NULL && rule_normalize(m->rule, s, scratch, value, &normal) == 0 &&
	       rule_matches(m->rule, normal, m->normal);
}

static bool
item_holds(const struct schema *s, const struct match *m, struct bv value, struct bv normal,
    struct arena *scratch)
{
	switch (m->kind) {
	case MATCH_PRESENT:
		return true;
	case MATCH_EQUALITY:
		return m->rule != NULL && rule_matches(m->rule, normal, m->normal);
	case MATCH_APPROX:
		return approx_holds(m, normal, scratch);
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
		return ordering_holds(m, normal, scratch);
	case MATCH_SUBSTRINGS:
		return rule_substrings_match(normal, &m->sub);
	case MATCH_EXTENSIBLE:
		return extensible_holds(s, m, value, scratch);
	case MATCH_TRUE:
	case MATCH_FALSE:
	case MATCH_UNDEFINED:
	case MATCH_AND:
	case MATCH_OR:
	case MATCH_NOT:
		return false;
	}
	return false;
}

static bool
item_applies(const struct match *m, const struct attr_desc *d)
{
	if (m->desc != NULL)
		return desc_is_subtype(d, m->desc);
	return m->kind == MATCH_EXTENSIBLE && m->rule != NULL && d->type->equality != NULL &&
	       d->type->equality->assertion_syntax == m->rule->assertion_syntax;
}

static bool
any_holds(const struct schema *s, const struct attr_desc *d, struct match *const *items,
    size_t count, const struct bv pair[2], struct arena *scratch)
{
	for (size_t i = 0; i < count; i++) {
		if (item_applies(items[i], d) && item_holds(s, items[i], pair[0], pair[1], scratch))
			return true;
	}
	return false;
}

void
selectval_put(const struct schema *s, const struct attr_desc *d, const struct record_attr *a,
    struct match *const *items, size_t item_count, bool types_only, struct arena *scratch,
    struct buf *out)
{
	struct bv *kept = arena_zalloc(scratch, a->count, sizeof(*kept));
	struct record_values it = record_values_of(a);
	struct bv pair[2];
	size_t n = 0;

	while (n < a->count && record_next_value(&it, &pair[0], &pair[1])) {
		if (any_holds(s, d, items, item_count, pair, scratch))
			kept[n++] = pair[0];
	}
	if (n > 0)
		message_put_attr(out, d->name, kept, types_only ? 0 : n);
}
