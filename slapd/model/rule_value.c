#include "rule_value.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/dn.h"
#include "model/rule.h"
#include "model/rule_text.h"
#include "model/schema.h"
#include "model/stamp.h"
#include "model/syntax_text.h"

/*
 * Values with an inner meaning. Integers have any length: their normal form is the
 * decimal text, and the order key is a sign byte, the count of digits and the digits,
 * all inverted when negative, so that memcmp gives the numeric order.
 */

int
rule_value_refuse(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	(void)s;
	(void)a;
	(void)v;
	(void)out;
	return ERR_SYNTAX;
}

int
rule_value_octets(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	(void)s;
	(void)a;
	*out = v;
	return 0;
}

static int
checked(int rc, struct bv v, struct bv *out)
{
	if (rc == 0)
		*out = v;
	return rc;
}

int
rule_value_boolean(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	(void)a;
	return checked(syntax_text_boolean(s, v), v, out);
}

int
rule_value_integer(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	(void)a;
	return checked(syntax_text_integer(s, v), v, out);
}

int
rule_value_bits(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	(void)a;
	return checked(syntax_text_bits(s, v), v, out);
}

int
rule_value_time(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	char text[STAMP_TIME_BYTES];
	size_t n;

	(void)s;
	if (stamp_time(v, text, &n) != 0)
		return ERR_SYNTAX;
	*out = bv_eq(v, bv_make(text, n)) ? v : arena_dup(a, bv_make(text, n));
	return 0;
}

int
rule_value_uuid(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	uint8_t id[STAMP_UUID_BYTES];

	(void)s;
	if (stamp_uuid(v, id) != 0)
		return ERR_SYNTAX;
	*out = arena_dup(a, bv_make(id, sizeof id));
	return 0;
}

int
rule_value_csn(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	char csn[STAMP_CSN_BYTES];

	(void)s;
	if (stamp_csn(v, csn) != 0)
		return ERR_SYNTAX;
	*out = bv_eq(v, bv_make(csn, sizeof csn)) ? v : arena_dup(a, bv_make(csn, sizeof csn));
	return 0;
}

int
rule_value_csn_sid(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	char csn[STAMP_CSN_BYTES];

	(void)s;
	if (stamp_csn(v, csn) != 0)
		return ERR_SYNTAX;
	*out = arena_dup(a, bv_make(csn + 30, 3));
	return 0;
}

int
rule_value_sid(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	char sid[3];

	(void)s;
	if (stamp_sid(v, sid) != 0)
		return ERR_SYNTAX;
	*out = arena_dup(a, bv_make(sid, sizeof sid));
	return 0;
}

/* Returns the OID of whatever in the schema has the name, or the absent view. */
static struct bv
oid_of_name(const struct schema *s, struct bv name)
{
	const struct object_class *oc = schema_object_class(s, name);
	const struct attr_type *at;
	const struct match_rule *rule;

	if (oc != NULL)
		return oc->oid;
	at = schema_attr_type(s, name);
	if (at != NULL)
		return at->oid;
	rule = schema_match_rule(s, name);
	return rule != NULL ? rule->oid : BV_NONE;
}

static struct bv
lower_case(struct arena *a, struct bv v)
{
	uint8_t *p = arena_alloc(a, v.n);

	for (size_t i = 0; i < v.n; i++)
		p[i] = v.p[i] >= 'A' && v.p[i] <= 'Z' ? (uint8_t)(v.p[i] + 32) : v.p[i];
	return (struct bv){p, v.n};
}

int
rule_value_oid_asserted(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct bv oid;

	(void)a;
	if (syntax_text_is_oid(v)) {
		*out = v;
		return 0;
	}
	oid = oid_of_name(s, v);
	if (oid.p == NULL)
		return ERR_SYNTAX;
	*out = oid;
	return 0;
}

int
rule_value_oid(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	if (rule_value_oid_asserted(s, a, v, out) == 0)
		return 0;
	if (!syntax_text_is_descr(v))
		return ERR_SYNTAX;
	*out = lower_case(a, v);
	return 0;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0d);
}

/* Returns the first token inside the parentheses of v, or v when it has none. */
static struct bv
first_component(struct bv v)
{
	size_t n = 0;

	if (v.n == 0 || v.p[0] != '(')
		return v;
	v = bv_from(v, 1);
	while (v.n > 0 && is_blank(v.p[0]))
		v = bv_from(v, 1);
	if (v.n > 0 && v.p[0] == '\'') {
		v = bv_from(v, 1);
		v.n = bv_find(v, 0, '\'');
		return v;
	}
	while (n < v.n && !is_blank(v.p[n]) && v.p[n] != ')')
		n++;
	v.n = n;
	return v;
}

int
rule_value_oid_first(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	return rule_value_oid(s, a, first_component(v), out);
}

int
rule_value_integer_first(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	return rule_value_integer(s, a, first_component(v), out);
}

int
rule_value_string_first(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	return rule_text_ignore(s, a, first_component(v), out);
}

bool
rule_value_bits_and(struct bv stored, struct bv asserted)
{
	int64_t have, want;

	if (!bv_to_i64(stored, &have) || !bv_to_i64(asserted, &want))
		return false;
	return (have & want) == want;
}

bool
rule_value_bits_or(struct bv stored, struct bv asserted)
{
	int64_t have, want;

	if (!bv_to_i64(stored, &have) || !bv_to_i64(asserted, &want))
		return false;
	return (have & want) != 0;
}

bool
rule_value_dn_subtree(struct bv stored, struct bv asserted)
{
	return dn_normal_is_under(stored, asserted);
}

bool
rule_value_dn_one_level(struct bv stored, struct bv asserted)
{
	return stored.n > 0 && bv_eq(dn_text_parent(stored), asserted);
}

bool
rule_value_dn_subordinate(struct bv stored, struct bv asserted)
{
	return !bv_eq(stored, asserted) && dn_normal_is_under(stored, asserted);
}

bool
rule_value_dn_superior(struct bv stored, struct bv asserted)
{
	return dn_normal_is_under(asserted, stored);
}

/* Count of digits below SHORT takes one byte; a longer one SHORT and four more. */
int
rule_value_integer_key(struct arena *a, struct bv normal, struct bv *out)
{
	enum { NEGATIVE = 1, POSITIVE = 2, SHORT = 0xff };
	bool negative = normal.n > 0 && normal.p[0] == '-';
	struct bv digits = negative ? bv_from(normal, 1) : normal;
	uint8_t *key = arena_alloc(a, digits.n + 6);
	size_t n = 0;

	if (digits.n == 0 || digits.n > UINT32_MAX)
		return ERR_SYNTAX;
	key[n++] = negative ? NEGATIVE : POSITIVE;
	key[n++] = digits.n < SHORT ? (uint8_t)digits.n : SHORT;
	for (int shift = 24; digits.n >= SHORT && shift >= 0; shift -= 8)
		key[n++] = (uint8_t)(digits.n >> shift);
	memcpy(key + n, digits.p, digits.n);
	n += digits.n;
	for (size_t i = 1; negative && i < n; i++)
		key[i] = (uint8_t)~key[i];
	*out = (struct bv){key, n};
	return 0;
}

/* Without the Z, a fraction sorts behind the whole second. */
int
rule_value_time_key(struct arena *a, struct bv normal, struct bv *out)
{
	(void)a;
	if (normal.n == 0)
		return ERR_SYNTAX;
	*out = (struct bv){normal.p, normal.n - 1};
	return 0;
}
