#include "acl/rules_impl.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/dn.h"
#include "model/schema.h"

/* Patterns: templates with $n, DNs, styles. */

int
rules_length_check(struct rules_reader *r, struct bv p)
{
	if (p.n > RULES_MAX_PATTERN_BYTES)
		return err_set(r->e, ERR_CONFIG, "the pattern \"%.32s...\" is longer than %d bytes",
		    (const char *)p.p, RULES_MAX_PATTERN_BYTES);
	return 0;
}

/* ---- templates ---- */

static bool
is_digit(struct bv t, size_t i)
{
	return i < t.n && t.p[i] >= '0' && t.p[i] <= '9';
}

/* Returns how long the reference at t[i], a "$", is: 0 when it is none ("$$" is 2). */
static size_t
reference_at(struct bv t, size_t i)
{
	size_t end = i + 2;

	if (is_digit(t, i + 1))
		return 2;
	if (i + 1 >= t.n || (t.p[i + 1] != '$' && t.p[i + 1] != '{'))
		return 0;
	if (t.p[i + 1] == '$')
		return 2;
	if (end < t.n && (t.p[end] == 'd' || t.p[end] == 'v'))
		end++;
	size_t first = end;
	while (is_digit(t, end))
		end++;
	bool good = end > first && end - first <= 2 && end < t.n && t.p[end] == '}';
	return good ? end + 1 - i : 0;
}

int
rules_template_check(struct rules_reader *r, struct bv text, bool regex, bool *expands_out)
{
	int code = rules_length_check(r, text);
	bool expands = false;

	for (size_t i = 0; code == 0 && i < text.n; i++) {
		if (text.p[i] != '$')
			continue;
		size_t n = reference_at(text, i);
		if (n == 0 && (!regex || (i + 1 < text.n && text.p[i + 1] == '{')))
			return err_set(r->e, ERR_CONFIG,
			    "\"%.*s\": \"$\" must be followed by a digit, by {n}, {dn} or {vn} "
			    "with a number n, or by another \"$\"",
			    BV(text));
		expands |= n > 0 && text.p[i + 1] != '$';
		i += n > 0 ? n - 1 : 0;
	}
	if (code == 0)
		*expands_out = expands;
	return code;
}

struct bv
rules_template_trial(struct arena *a, struct bv text)
{
	uint8_t *p = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		size_t skip = text.p[i] == '$' ? reference_at(text, i) : 0;
		p[n++] = skip > 0 && text.p[i + 1] != '$' ? 'x' : text.p[i];
		i += skip > 0 ? skip - 1 : 0;
	}
	p[n] = 0;
	return bv_make(p, n);
}

void
rules_template_refs(struct bv text, int *dn_out, int *value_out)
{
	*dn_out = *value_out = -1;
	for (size_t i = 0; i < text.n; i++) {
		size_t n = text.p[i] == '$' ? reference_at(text, i) : 0;
		if (n == 0)
			continue;
		int number = 0,
		    *most = bv_find(bv_make(text.p + i, n), 0, 'v') < n ? value_out : dn_out;
		for (size_t k = i; k < i + n; k++)
			number = is_digit(text, k) ? number * 10 + (text.p[k] - '0') : number;
		if (text.p[i + 1] != '$' && number > *most)
			*most = number;
		i += n - 1;
	}
}

int
rules_template_regex(struct rules_reader *r, struct bv text, bool *expand_out, regex_t **out)
{
	bool expands;
	regex_t *regex;
	int code = rules_template_check(r, text, true, &expands);

	if (code == 0)
		code = rules_regex(r, rules_template_trial(r->arena, text), &regex);
	if (code != 0)
		return code;
	*expand_out = expands;
	*out = expands ? NULL : regex;
	return 0;
}

/* ---- DNs ---- */

int
rules_dn_fixed(struct rules_reader *r, struct bv text, struct rules_dn *dn)
{
	struct errbuf why = {""};
	struct dn parsed;

	if (text.n > RULES_MAX_PATTERN_BYTES * 4)
		return err_set(
		    r->e, ERR_CONFIG, "a DN is longer than %d bytes", RULES_MAX_PATTERN_BYTES * 4);
	if (dn_parse(r->schema, r->arena, text, &parsed, &why) != 0)
		return err_set(r->e, ERR_CONFIG, "\"%.*s\" is not a DN: %s", BV(text), why.text);
	dn->text = parsed.pretty;
	dn->normal = parsed.normal;
	return 0;
}

static const struct {
	enum rules_spelt spelt;
	enum rules_style style;
} dn_styles[] = {
    {SPELT_NONE, RULES_EXACT},
    {SPELT_EXACT, RULES_EXACT},
    {SPELT_ONE, RULES_ONE},
    {SPELT_SUBTREE, RULES_SUBTREE},
    {SPELT_CHILDREN, RULES_CHILDREN},
    {SPELT_REGEX, RULES_REGEX},
    {SPELT_EXPAND, RULES_EXACT},
    {SPELT_LEVEL, RULES_LEVEL},
};

enum rules_style
rules_dn_style(enum rules_spelt spelt)
{
	for (size_t i = 0; i < sizeof(dn_styles) / sizeof(dn_styles[0]); i++) {
		if (dn_styles[i].spelt == spelt)
			return dn_styles[i].style;
	}
	return RULES_EXACT;
}

bool
rules_holds_dns(const struct attr_type *t, bool with_uid)
{
	const struct syntax *syntax = t->syntax->base != NULL ? t->syntax->base : t->syntax;

	return bv_is(syntax->oid, "1.3.6.1.4.1.1466.115.121.1.12") ||
	       (with_uid && bv_is(syntax->oid, "1.3.6.1.4.1.1466.115.121.1.34"));
}
