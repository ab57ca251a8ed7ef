#include "acl/rules_impl.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/rule.h"
#include "model/schema.h"
#include "wire/filter.h"

/*
 *	what = 1*( "*" / dn / filter / attrs / val ), each at most once
 *	dn = "dn" [ "." style ] "=" DN		filter = "filter=" RFC 4515 filter
 *	attrs = "attrs=" attr *( "," attr )	val = "val" [ "/" rule ] [ "." style ] "=" value
 *
 * The value is read when all the rest is known: it is of the one attribute named.
 */

struct what {
	struct rules_what *out;
	bool dn, filter;
	struct rules_attr *attrs;
	size_t attr_cap;
	struct rules_word value; /* of val; name absent without */
};

/* ---- DN ---- */

enum {
	DN_STYLES = SPELT_EXACT | SPELT_ONE | SPELT_SUBTREE | SPELT_CHILDREN | SPELT_REGEX,
};

static int
no_expand(struct rules_reader *r, const struct rules_word *w)
{
	if (!w->expand)
		return 0;
	return err_set(
	    r->e, ERR_CONFIG, "%.*s: expand has a meaning after \"by\" only", BV(w->whole));
}

static int
read_dn_regex(struct rules_reader *r, struct bv pattern, struct rules_what *out)
{
	if (pattern.n == 0) { /* as OpenLDAP has it: the root DSE */
		out->has_dn = true;
		return rules_dn_fixed(r, pattern, &out->dn);
	}
	if (bv_is(pattern, "*") || bv_is(pattern, ".*"))
		return 0;
	out->has_dn = true;
	out->dn.style = RULES_REGEX;
	out->dn.text = pattern;
	out->dn.tail = rules_regex_tail(pattern);
	return rules_regex(r, pattern, &out->dn.regex);
}

static int
read_dn(struct rules_reader *r, const struct rules_word *w, struct what *what)
{
	struct rules_what *out = what->out;
	int code = rules_word_styles(r, w, DN_STYLES);

	if (code == 0)
		code = no_expand(r, w);
	if (code == 0 && w->value.p == NULL)
		code = rules_word_needs_value(r, w);
	if (code != 0 || bv_is(w->value, "*"))
		return code;
	if (w->style == SPELT_REGEX)
		return read_dn_regex(r, w->value, out);
	if (w->style == SPELT_SUBTREE && w->value.n == 0)
		return 0;
	out->has_dn = true;
	out->dn.style = rules_dn_style(w->style);
	return rules_dn_fixed(r, w->value, &out->dn);
}

/* Everything, or a DN: one of the two, once. */
static int
claim_dn(struct rules_reader *r, struct what *what)
{
	if (what->dn)
		return err_set(r->e, ERR_CONFIG,
		    "\"%.*s\": the entries are given already; one of \"*\" and dn= per rule",
		    BV(rules_word_next(r)));
	what->dn = true;
	return 0;
}

/* ---- filter ---- */

static int
read_filter(struct rules_reader *r, const struct rules_word *w, struct what *what)
{
	struct errbuf why = {""};
	struct filter *f;
	int code = rules_word_styles(r, w, 0);

	if (code == 0 && what->filter)
		code =
		    err_set(r->e, ERR_CONFIG, "filter= is given twice; join the two with (&...)");
	if (code == 0)
		code = rules_word_needs_value(r, w);
	if (code != 0)
		return code;
	what->filter = true;
	if (filter_parse(r->arena, w->value, &filter_default_limits, &f, &why) != 0)
		return err_set(
		    r->e, ERR_CONFIG, "\"%.*s\" is not a filter: %s", BV(w->value), why.text);
	what->out->filter = match_resolve(r->schema, r->arena, f);
	return 0;
}

/* ---- attributes ---- */

static int
read_class(struct rules_reader *r, struct bv name, struct rules_attr *out)
{
	struct bv bare = bv_from(name, 1);

	out->kind = name.p[0] == '!' ? RULES_ATTR_NOT_CLASS : RULES_ATTR_CLASS;
	out->oc = schema_object_class(r->schema, bare);
	return out->oc != NULL ? 0 : rules_unknown_attr(r, bare, false, true);
}

/* A name without a mark: an attribute, or else a class. */
static int
read_desc(struct rules_reader *r, struct bv name, struct rules_attr *out)
{
	struct errbuf why = {""};

	out->kind = RULES_ATTR_DESC;
	if (desc_parse(r->schema, r->arena, name, &out->desc, &why) == 0)
		return 0;
	out->kind = RULES_ATTR_CLASS;
	out->oc = schema_object_class(r->schema, name);
	if (out->oc != NULL)
		return 0;
	if (bv_find(name, 0, ';') < name.n)
		return err_set(r->e, ERR_CONFIG, "\"%.*s\": %s", BV(name), why.text);
	return rules_unknown_attr(r, name, true, true);
}

static int
read_attr(struct rules_reader *r, struct bv name, struct rules_attr *out)
{
	static const struct {
		const char *name;
		enum rules_attr_kind kind;
	} words[] = {
	    {"entry", RULES_ATTR_ENTRY},
	    {"children", RULES_ATTR_CHILDREN},
	    {"*", RULES_ATTR_ALL_USER},
	    {"+", RULES_ATTR_ALL_OPERATIONAL},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (bv_is(name, words[i].name)) {
			out->kind = words[i].kind;
			return 0;
		}
	}
	if (name.n > 1 && strchr("@!+", name.p[0]) != NULL)
		return read_class(r, name, out);
	return read_desc(r, name, out);
}

static int
push_attr(struct rules_reader *r, struct what *what, struct bv name)
{
	size_t n = what->out->attr_count;
	struct rules_attr attr = {.kind = RULES_ATTR_DESC};
	int code = read_attr(r, name, &attr);

	if (code != 0)
		return code;
	if (n == RULES_MAX_ATTRS)
		return err_set(r->e, ERR_CONFIG, "more than %d attributes in one rule", (int)n);
	if (n == what->attr_cap) {
		what->attr_cap = n == 0 ? 4 : n * 2;
		what->attrs =
		    arena_grow(r->arena, what->attrs, n, what->attr_cap, sizeof(*what->attrs));
	}
	what->attrs[n] = attr;
	what->out->attrs = what->attrs;
	what->out->attr_count = n + 1;
	return 0;
}

static int
read_attrs(struct rules_reader *r, const struct rules_word *w, struct what *what)
{
	size_t before = what->out->attr_count;
	int code = rules_word_styles(r, w, 0);

	for (size_t at = 0; code == 0 && at < w->value.n;) {
		size_t end = bv_find(w->value, at, ',');
		if (end > at)
			code = push_attr(r, what, bv_make(w->value.p + at, end - at));
		at = end + 1;
	}
	if (code == 0 && what->out->attr_count == before)
		code = err_set(r->e, ERR_CONFIG,
		    "%.*s= names nothing; expected attributes, entry, children, @class or !class",
		    BV(w->whole));
	return code;
}

/* ---- one value ---- */

enum { DN_VALUE_STYLES = SPELT_ONE | SPELT_SUBTREE | SPELT_CHILDREN };

/* Finds the matching rule: the one named, or the attribute's own. */
static int
value_rule(struct rules_reader *r, const struct rules_word *w, const struct attr_type *t,
    const struct match_rule **out)
{
	const struct match_rule *rule = t->equality;

	if (w->options.p != NULL) {
		rule = schema_match_rule(r->schema, w->options);
		if (rule == NULL)
			return err_set(r->e, ERR_CONFIG, "%.*s: unknown matching rule \"%.*s\"",
			    BV(w->whole), BV(w->options));
		if (!rule_applies_to(rule, t) || rule->kind == RULE_SUBSTRINGS)
			return err_set(r->e, ERR_CONFIG,
			    "%.*s: matching rule %.*s does not apply to attribute %.*s",
			    BV(w->whole), BV(rule->name), BV(t->names[0]));
	}
	if (rule == NULL && w->style != SPELT_REGEX)
		return err_set(r->e, ERR_CONFIG,
		    "%.*s: attribute %.*s has no equality rule to compare values with",
		    BV(w->whole), BV(t->names[0]));
	*out = rule;
	return 0;
}

static int
read_dn_value(struct rules_reader *r, struct rules_value *v)
{
	struct rules_dn dn;
	int code = rules_dn_fixed(r, v->text, &dn);

	if (code == 0)
		v->normal = dn.normal;
	return code;
}

static int
read_value(struct rules_reader *r, const struct rules_word *w, const struct attr_type *t,
    struct rules_value *v)
{
	const struct match_rule *rule = NULL;
	int code = value_rule(r, w, t, &rule);

	if (code != 0)
		return code;
	v->rule = w->options.p != NULL ? rule : NULL;
	v->style = rules_dn_style(w->style);
	v->text = w->value;
	if (v->style == RULES_REGEX)
		return rules_regex(r, v->text, &v->regex);
	if ((w->style & DN_VALUE_STYLES) != 0)
		return read_dn_value(r, v);
	if (rule_normalize_assertion(rule, r->schema, r->arena, v->text, &v->normal) != 0)
		return err_set(r->e, ERR_CONFIG, "%.*s: \"%.*s\" is not a value of %.*s",
		    BV(w->whole), BV(v->text), BV(t->names[0]));
	return 0;
}

static int
finish_value(struct rules_reader *r, struct what *what)
{
	const struct rules_word *w = &what->value;
	const struct rules_what *out = what->out;

	if (w->name.p == NULL)
		return 0;
	if (out->attr_count != 1 || out->attrs[0].kind != RULES_ATTR_DESC)
		return err_set(r->e, ERR_CONFIG,
		    "%.*s needs attrs= with exactly one attribute, the one whose value is meant",
		    BV(w->whole));
	const struct attr_type *t = out->attrs[0].desc->type;
	if ((w->style & DN_VALUE_STYLES) != 0 && !rules_holds_dns(t, false))
		return err_set(r->e, ERR_CONFIG,
		    "%.*s: this style is for DNs, and the values of %.*s are none", BV(w->whole),
		    BV(t->names[0]));
	what->out->has_value = true;
	return read_value(r, w, t, &what->out->value);
}

static int
note_value(struct rules_reader *r, const struct rules_word *w, struct what *what)
{
	int code = rules_word_styles(r, w, DN_STYLES);

	if (code == 0)
		code = no_expand(r, w);
	if (code == 0 && what->value.name.p != NULL)
		code = err_set(r->e, ERR_CONFIG, "val= is given twice; write two rules");
	if (code == 0)
		code = rules_word_needs_value(r, w);
	if (code == 0)
		what->value = *w;
	return code;
}

/* ---- all of it ---- */

static int
expected_what(struct rules_reader *r, struct bv name)
{
	static const char *const names[] = {"dn", "filter", "attrs", "val"};
	struct near n;

	near_init(&n, name);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		near_try(&n, bv_str(names[i]));
	if (n.best.p != NULL)
		return rules_unknown(r, "after \"to\": unknown word", &n);
	return err_set(r->e, ERR_CONFIG,
	    "\"%.*s\" is not known after \"to\"; expected *, dn=, filter=, attrs= or val=",
	    BV(rules_word_next(r)));
}

static int
read_word(struct rules_reader *r, struct what *what)
{
	struct bv text = rules_word_next(r), name = rules_word_name(text);
	struct rules_word w;

	if (bv_is(text, "*"))
		return claim_dn(r, what);
	bool attrs = bv_is(name, "attrs") || bv_is(name, "attr") || bv_is(name, "attrlist");
	if (!attrs && !bv_is(name, "dn") && !bv_is(name, "filter") && !bv_is(name, "val"))
		return expected_what(r, name);
	int code = rules_word_read(r, text, &w);
	if (code == 0 && w.options.p != NULL && !bv_is(name, "val"))
		code = err_set(r->e, ERR_CONFIG, "%.*s: \"/\" has no meaning here", BV(w.whole));
	if (code != 0)
		return code;
	if (attrs)
		return read_attrs(r, &w, what);
	if (bv_is(name, "filter"))
		return read_filter(r, &w, what);
	if (bv_is(name, "val"))
		return note_value(r, &w, what);
	code = claim_dn(r, what);
	return code == 0 ? read_dn(r, &w, what) : code;
}

int
rules_what_read(struct rules_reader *r, struct rules_what *out)
{
	struct what what = {.out = out};
	size_t first = r->at;
	int code = 0;

	while (code == 0 && r->at < r->words.n && !bv_is(rules_word_next(r), "by")) {
		code = read_word(r, &what);
		r->at++;
	}
	if (code == 0 && r->at == first)
		code = err_set(r->e, ERR_CONFIG,
		    "nothing stands after \"to\"; expected *, dn=, filter= or attrs=");
	return code == 0 ? finish_value(r, &what) : code;
}
