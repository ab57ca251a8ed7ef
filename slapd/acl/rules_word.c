#include "acl/rules_impl.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/schema.h"

/*
 * One word of an access line:
 *
 *	word = name [ "/" options ] [ "." style [ "," modifier ] ] [ "=" value ]
 *	style = "exact" / "base" / ... / "level{" [ "-" ] digits "}"
 *
 * A number behind a dot is no style, so that an OID may stand among the options.
 */

static const struct {
	const char *name;
	enum rules_spelt style;
} styles[] = {
    {"exact", SPELT_EXACT},
    {"base", SPELT_EXACT},
    {"baseObject", SPELT_EXACT},
    {"one", SPELT_ONE},
    {"onelevel", SPELT_ONE},
    {"subtree", SPELT_SUBTREE},
    {"sub", SPELT_SUBTREE},
    {"children", SPELT_CHILDREN},
    {"regex", SPELT_REGEX},
    {"expand", SPELT_EXPAND},
    {"level{n}", SPELT_LEVEL},
    {"ip", SPELT_IP},
    {"ipv6", SPELT_IPV6},
    {"path", SPELT_PATH},
};

enum { STYLE_COUNT = sizeof(styles) / sizeof(styles[0]) };

static int
unknown_style(struct rules_reader *r, const struct rules_word *w, struct bv style)
{
	struct near n;

	near_init(&n, style);
	for (size_t i = 0; i < STYLE_COUNT; i++)
		near_try(&n, bv_str(styles[i].name));
	if (n.best.p == NULL)
		return err_set(r->e, ERR_CONFIG,
		    "%.*s: \"%.*s\" is not a style; expected exact, one, subtree, children, regex "
		    "or another of slapd.access(5)",
		    BV(w->whole), BV(style));
	return err_set(r->e, ERR_CONFIG, "%.*s: \"%.*s\" is not a style; did you mean %.*s?",
	    BV(w->whole), BV(style), BV(n.best));
}

/* Reads "level{n}". */
static int
read_level(struct rules_reader *r, struct rules_word *w, struct bv style)
{
	struct bv number = bv_from(style, 5);
	int64_t level;

	if (number.n < 3 || number.p[0] != '{' || number.p[number.n - 1] != '}' ||
	    !bv_to_i64(bv_make(number.p + 1, number.n - 2), &level))
		return err_set(
		    r->e, ERR_CONFIG, "%.*s: expected level{n} with a number n", BV(w->whole));
	if (level < -RULES_MAX_LEVEL || level > RULES_MAX_LEVEL)
		return err_set(r->e, ERR_CONFIG, "%.*s: no DN has that many levels; at most %d",
		    BV(w->whole), RULES_MAX_LEVEL);
	w->style = SPELT_LEVEL;
	w->level = (int)level;
	return 0;
}

static int
read_style(struct rules_reader *r, struct rules_word *w, struct bv style)
{
	size_t comma = bv_find(style, 0, ',');

	if (comma < style.n) {
		struct bv modifier = bv_from(style, comma + 1);
		if (!bv_is(modifier, "expand"))
			return err_set(r->e, ERR_CONFIG,
			    "%.*s: \"%.*s\" is not a modifier; expected expand", BV(w->whole),
			    BV(modifier));
		w->expand = true;
		style.n = comma;
	}
	if (style.n >= 5 && bv_is(bv_make(style.p, 5), "level"))
		return read_level(r, w, style);
	for (size_t i = 0; i < STYLE_COUNT; i++) {
		if (bv_is(style, styles[i].name)) {
			w->style = styles[i].style;
			return 0;
		}
	}
	return unknown_style(r, w, style);
}

struct bv
rules_word_name(struct bv text)
{
	size_t n = 0;

	while (n < text.n && strchr("/.=", text.p[n]) == NULL)
		n++;
	return bv_make(text.p, n);
}

/* Returns where the last dot that a letter follows is, or left.n. */
static size_t
find_style(struct bv left, size_t from)
{
	size_t found = left.n;

	for (size_t i = from; i + 1 < left.n; i++) {
		if (left.p[i] == '.' && (left.p[i + 1] < '0' || left.p[i + 1] > '9'))
			found = i;
		if (found == i && left.p[from] != '/')
			break;
	}
	return found;
}

int
rules_word_read(struct rules_reader *r, struct bv text, struct rules_word *out)
{
	struct bv left = bv_make(text.p, bv_find(text, 0, '='));
	struct bv name = rules_word_name(left);
	size_t dot = find_style(left, name.n);
	struct rules_word w = {.whole = left, .name = name, .style = SPELT_NONE};
	int code = 0;

	if (left.n < text.n)
		w.value = bv_from(text, left.n + 1);
	if (dot < left.n)
		code = read_style(r, &w, bv_from(left, dot + 1));
	if (code != 0)
		return code;
	if (dot > name.n && left.p[name.n] != '/')
		return err_set(r->e, ERR_CONFIG, "\"%.*s\": \"%.*s\" is not a style", BV(left),
		    BV(bv_from(left, name.n + 1)));
	if (dot > name.n)
		w.options = bv_make(left.p + name.n + 1, dot - name.n - 1);
	*out = w;
	return 0;
}

int
rules_word_styles(struct rules_reader *r, const struct rules_word *w, unsigned allowed)
{
	char list[160] = "";
	size_t n = 0;

	if ((w->style & (allowed | SPELT_NONE)) != 0)
		return 0;
	for (size_t i = 0; i < STYLE_COUNT; i++) {
		bool first = i == 0 || styles[i].style != styles[i - 1].style;
		if (!first || (styles[i].style & allowed) == 0)
			continue;
		const char *comma = n == 0 ? "" : ", ";
		for (const char *p = comma; *p != 0; p++)
			list[n++] = *p;
		for (const char *p = styles[i].name; *p != 0; p++)
			list[n++] = *p;
	}
	list[n] = 0;
	if (n == 0)
		return err_set(
		    r->e, ERR_CONFIG, "%.*s: %.*s takes no style", BV(w->whole), BV(w->name));
	return err_set(
	    r->e, ERR_CONFIG, "%.*s: %.*s takes the styles %s", BV(w->whole), BV(w->name), list);
}

int
rules_word_needs_value(struct rules_reader *r, const struct rules_word *w)
{
	if (w->value.n > 0)
		return 0;
	return err_set(
	    r->e, ERR_CONFIG, "%.*s needs a value: write %.*s=...", BV(w->whole), BV(w->whole));
}

struct bv
rules_word_next(const struct rules_reader *r)
{
	return r->at < r->words.n ? r->words.v[r->at] : BV_NONE;
}

struct bv
rules_word_join(const struct rules_reader *r, size_t from)
{
	struct conflex_words part = {r->words.v, r->at};

	return conflex_join(r->arena, &part, from);
}

int
rules_unknown(struct rules_reader *r, const char *what, const struct near *n)
{
	if (n->best.p == NULL)
		return err_set(r->e, ERR_CONFIG, "%s \"%.*s\"", what, BV(n->word));
	return err_set(
	    r->e, ERR_CONFIG, "%s \"%.*s\"; did you mean %.*s?", what, BV(n->word), BV(n->best));
}

/* Names that the schema holds back are not offered. */
static void
try_attr(const struct schema *s, const struct attr_type *t, struct near *n)
{
	for (size_t i = 0; i < t->name_count; i++) {
		if (schema_attr_type(s, t->names[i]) == t)
			near_try(n, t->names[i]);
	}
}

static void
try_class(const struct schema *s, const struct object_class *oc, struct near *n)
{
	for (size_t i = 0; i < oc->name_count; i++) {
		if (schema_object_class(s, oc->names[i]) == oc)
			near_try(n, oc->names[i]);
	}
}

int
rules_unknown_attr(struct rules_reader *r, struct bv name, bool attrs, bool classes)
{
	const struct schema *s = r->schema;
	struct near n;

	near_init(&n, name);
	for (size_t i = 0; attrs && i < schema_attr_count(s); i++)
		try_attr(s, schema_attr_at(s, i), &n);
	for (size_t i = 0; classes && i < schema_class_count(s); i++)
		try_class(s, schema_class_at(s, i), &n);
	return rules_unknown(r, attrs ? "unknown attribute" : "unknown object class", &n);
}
