#include "acl/rules_impl.h"

#include "acl/rules_ref.h"
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

int
rules_template_check(struct rules_reader *r, struct bv text, bool regex, bool *expands_out)
{
	int code = rules_length_check(r, text);
	bool expands = false;

	for (size_t i = 0; code == 0 && i < text.n; i++) {
		if (text.p[i] != '$')
			continue;
		struct rules_ref ref = rules_ref_at(text, i);
		if (ref.length == 0 && (!regex || (i + 1 < text.n && text.p[i + 1] == '{')))
			return err_set(r->e, ERR_CONFIG,
			    "\"%.*s\": \"$\" must be followed by a digit, by {n}, {dn} or {vn} "
			    "with a number n, or by another \"$\"",
			    BV(text));
		expands |= ref.length > 0 && !ref.dollar;
		i += ref.length > 0 ? ref.length - 1 : 0;
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
		struct rules_ref ref = {.length = 0};
		if (text.p[i] == '$')
			ref = rules_ref_at(text, i);
		p[n++] = ref.length > 0 && !ref.dollar ? 'x' : text.p[i];
		i += ref.length > 0 ? ref.length - 1 : 0;
	}
	p[n] = 0;
	return bv_make(p, n);
}

void
rules_template_refs(struct bv text, int *dn_out, int *value_out)
{
	*dn_out = *value_out = -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '$')
			continue;
		struct rules_ref ref = rules_ref_at(text, i);
		int *most = ref.value ? value_out : dn_out;
		if (ref.length > 0 && !ref.dollar && (int)ref.number > *most)
			*most = (int)ref.number;
		i += ref.length > 0 ? ref.length - 1 : 0;
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
