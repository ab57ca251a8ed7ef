#include "desc.h"

#include <limits.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/rule.h"
#include "model/schema.h"
#include "model/schema_impl.h"
#include "model/syntax.h"
#include "model/syntax_text.h"

/*
 * attributedescription = attributetype *( ";" option ), option = 1*keychar
 * Options are kept in lower case, sorted, each once, so that two descriptions are
 * the same when type and option text are. ";binary" is a matter of transfer
 * (RFC 4522) and kept apart. Descriptions without options are the schema's own.
 */

enum { MAX_OPTIONS = 32, MAX_DESC_BYTES = 1024 };

struct options {
	struct bv items[MAX_OPTIONS];
	size_t count;
	bool binary;
	bool is_range;
};

const struct attr_desc *
desc_of_type(const struct schema *s, const struct attr_type *t)
{
	return &s->plain[t->index];
}

static struct bv
lower_case(struct arena *a, struct bv v)
{
	uint8_t *p = arena_alloc(a, v.n);

	for (size_t i = 0; i < v.n; i++)
		p[i] = v.p[i] >= 'A' && v.p[i] <= 'Z' ? (uint8_t)(v.p[i] + 32) : v.p[i];
	return (struct bv){p, v.n};
}

static bool
is_option(struct bv v)
{
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i] | 0x20;
		if (!(c >= 'a' && c <= 'z') && !(v.p[i] >= '0' && v.p[i] <= '9') && v.p[i] != '-')
			return false;
	}
	return v.n > 0;
}

/* Inserts in order, unless it is there. */
static void
insert(struct options *o, struct bv option)
{
	size_t at = 0;

	while (at < o->count && bv_cmp(o->items[at], option) < 0)
		at++;
	if (at < o->count && bv_eq(o->items[at], option))
		return;
	memmove(&o->items[at + 1], &o->items[at], (o->count - at) * sizeof *o->items);
	o->items[at] = option;
	o->count++;
}

static int
read_options(struct arena *a, struct bv rest, struct options *o, struct errbuf *e)
{
	while (rest.p != NULL) {
		struct bv option = syntax_text_cut(&rest, ';');
		if (!is_option(option))
			return err_set(
			    e, ERR_SYNTAX, "malformed option in an attribute description");
		if (bv_is(option, "binary")) {
			o->binary = true;
			continue;
		}
		if (o->count == MAX_OPTIONS)
			return err_set(
			    e, ERR_SYNTAX, "more than %d attribute options", MAX_OPTIONS);
		if (option.p[option.n - 1] == '-')
			o->is_range = true;
		insert(o, lower_case(a, option));
	}
	return 0;
}

static int
check_options(
    const struct schema *s, const struct attr_type *t, const struct options *o, struct errbuf *e)
{
	for (size_t i = 0; i < o->count; i++) {
		if (!schema_knows_option(s, o->items[i]))
			return err_set(
			    e, ERR_UNDEFINED, "unknown attribute option \"%.*s\"", BV(o->items[i]));
	}
	if (o->binary && !t->syntax->binary_transfer)
		return err_set(e, ERR_UNDEFINED, "option \"binary\" does not apply to \"%.*s\"",
		    BV(t->names[0]));
	return 0;
}

static const struct attr_desc *
make(struct arena *a, const struct attr_type *t, const struct options *o)
{
	struct attr_desc *d = arena_zalloc(a, 1, sizeof *d);
	struct bv options = BV_LIT("");

	for (size_t i = 0; i < o->count; i++)
		options =
		    arena_printf(a, "%.*s%s%.*s", BV(options), i > 0 ? ";" : "", BV(o->items[i]));
	d->type = t;
	d->options = options;
	d->binary = o->binary;
	d->is_range = o->is_range;
	d->name = arena_printf(a, "%.*s%s%.*s%s", BV(t->names[0]), options.n > 0 ? ";" : "",
	    BV(options), o->binary ? ";binary" : "");
	return d;
}

int
desc_parse(const struct schema *s, struct arena *a, struct bv text, const struct attr_desc **out,
    struct errbuf *e)
{
	struct options o = {.count = 0};
	struct bv rest = text, type = syntax_text_cut(&rest, ';');
	const struct attr_type *t = schema_attr_type(s, type);
	int rc;

	if (t != NULL && rest.p == NULL) {
		*out = desc_of_type(s, t);
		return 0;
	}
	if (type.n == 0)
		return err_set(e, ERR_SYNTAX, "empty attribute description");
	if (text.n > MAX_DESC_BYTES)
		return err_set(
		    e, ERR_SYNTAX, "attribute description longer than %d bytes", MAX_DESC_BYTES);
	if (t == NULL && !syntax_text_is_descr(type) && !syntax_text_is_oid(type))
		return err_set(
		    e, ERR_SYNTAX, "attribute description contains inappropriate characters");
	rc = read_options(a, rest, &o, e);
	if (rc != 0)
		return rc;
	if (t == NULL)
		return err_set(e, ERR_UNDEFINED, "%.*s: attribute type undefined", BV(type));
	rc = check_options(s, t, &o, e);
	if (rc == 0)
		*out = make(a, t, &o);
	return rc;
}

static struct attr_type *
made_up_type(struct arena *a, struct bv name)
{
	struct attr_type *t = arena_zalloc(a, 1, sizeof *t);
	struct bv *names = arena_alloc(a, sizeof *names);

	names[0] = arena_dup(a, name);
	t->index = UINT_MAX;
	t->oid = names[0];
	t->names = names;
	t->name_count = 1;
	t->syntax = &syntax_table[SYNTAX_OCTETS];
	t->undefined = true;
	t->hidden = true;
	return t;
}

/* A type whose name is gone gets octet string matching and keeps its options as they are. */
const struct attr_desc *
desc_for_stored(const struct schema *s, struct arena *a, struct bv text)
{
	const struct attr_desc *found;
	struct attr_desc *d;
	struct attr_type *t;
	size_t semicolon = bv_find(text, 0, ';');
	struct bv options = BV_LIT("");

	if (desc_parse(s, a, text, &found, NULL) == 0)
		return found;
	t = made_up_type(a, (struct bv){text.p, semicolon});
	t->equality = schema_match_rule(s, BV_LIT("octetStringMatch"));
	if (semicolon < text.n)
		options = lower_case(a, bv_from(text, semicolon + 1));
	d = arena_zalloc(a, 1, sizeof *d);
	d->type = t;
	d->options = options;
	d->name = arena_dup(a, text);
	return d;
}

bool
desc_eq(const struct attr_desc *x, const struct attr_desc *y)
{
	if (x == y)
		return true;
	if (x->type->undefined && y->type->undefined)
		return bv_eq_nocase(x->type->names[0], y->type->names[0]) &&
		       bv_eq(x->options, y->options);
	return x->type == y->type && bv_eq(x->options, y->options);
}

/* A range "lang-en-" takes in "lang-en" and all that begins with "lang-en-" (RFC 3866 2.3). */
static bool
option_matches(struct bv have, struct bv wanted)
{
	struct bv stem = {wanted.p, wanted.n - 1};

	if (bv_eq(have, wanted))
		return true;
	if (wanted.p[stem.n] != '-')
		return false;
	return bv_eq(have, stem) ||
	       (have.n > wanted.n && bv_eq((struct bv){have.p, wanted.n}, wanted));
}

static bool
has_option(struct bv options, struct bv wanted)
{
	while (options.p != NULL) {
		if (option_matches(syntax_text_cut(&options, ';'), wanted))
			return true;
	}
	return false;
}

bool
desc_is_subtype(const struct attr_desc *sub, const struct attr_desc *sup)
{
	struct bv wanted = sup->options;

	if (!schema_attr_is_a(sub->type, sup->type))
		return sub->type->undefined && desc_eq(sub, sup);
	while (wanted.n > 0) {
		if (!has_option(sub->options, syntax_text_cut(&wanted, ';')))
			return false;
	}
	return true;
}
