#include "schema_def.h"

#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/syntax_text.h"

/*
 * description = "(" WSP numericoid *( SP field ) WSP ")"
 *
 * A token is a parenthesis, a dollar, a quoted string or a run of other
 * characters. Deployed files are looser than the RFC: names and OIDs come quoted
 * or bare, fields in any order, white space is optional around parentheses.
 */

enum token_kind { TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_DOLLAR, TOKEN_WORD, TOKEN_QUOTED };

struct token {
	enum token_kind kind;
	struct bv text;
	size_t at; /* 1 for the first character */
};

struct reader {
	struct arena *arena;
	struct bv text;
	size_t at;
	struct token token; /* the one being looked at */
	enum schema_def_kind kind;
	struct errbuf *err;
};

enum shape { SHAPE_FLAG, SHAPE_NAMES, SHAPE_TEXT, SHAPE_OID, SHAPE_OIDS, SHAPE_SYNTAX, SHAPE_WORD };

static const struct {
	const char *keyword;
	enum shape shape;
	unsigned kinds;
} FIELDS[DEF_FIELD_COUNT] = {
    /* The RFC gives syntaxes no names; pmi.schema does. */
    [DEF_NAME] = {"NAME", SHAPE_NAMES,
	SCHEMA_DEF_ATTR | SCHEMA_DEF_CLASS | SCHEMA_DEF_CONTENT | SCHEMA_DEF_SYNTAX},
    [DEF_DESC] = {"DESC", SHAPE_TEXT,
	SCHEMA_DEF_ATTR | SCHEMA_DEF_CLASS | SCHEMA_DEF_CONTENT | SCHEMA_DEF_SYNTAX},
    [DEF_OBSOLETE] = {"OBSOLETE", SHAPE_FLAG,
	SCHEMA_DEF_ATTR | SCHEMA_DEF_CLASS | SCHEMA_DEF_CONTENT},
    [DEF_SUP] = {"SUP", SHAPE_OIDS, SCHEMA_DEF_ATTR | SCHEMA_DEF_CLASS},
    [DEF_EQUALITY] = {"EQUALITY", SHAPE_OID, SCHEMA_DEF_ATTR},
    [DEF_ORDERING] = {"ORDERING", SHAPE_OID, SCHEMA_DEF_ATTR},
    [DEF_SUBSTR] = {"SUBSTR", SHAPE_OID, SCHEMA_DEF_ATTR},
    [DEF_SYNTAX] = {"SYNTAX", SHAPE_SYNTAX, SCHEMA_DEF_ATTR},
    [DEF_SINGLE_VALUE] = {"SINGLE-VALUE", SHAPE_FLAG, SCHEMA_DEF_ATTR},
    [DEF_COLLECTIVE] = {"COLLECTIVE", SHAPE_FLAG, SCHEMA_DEF_ATTR},
    [DEF_NO_USER_MODIFICATION] = {"NO-USER-MODIFICATION", SHAPE_FLAG, SCHEMA_DEF_ATTR},
    [DEF_USAGE] = {"USAGE", SHAPE_WORD, SCHEMA_DEF_ATTR},
    [DEF_ABSTRACT] = {"ABSTRACT", SHAPE_FLAG, SCHEMA_DEF_CLASS},
    [DEF_STRUCTURAL] = {"STRUCTURAL", SHAPE_FLAG, SCHEMA_DEF_CLASS},
    [DEF_AUXILIARY] = {"AUXILIARY", SHAPE_FLAG, SCHEMA_DEF_CLASS},
    [DEF_AUX] = {"AUX", SHAPE_OIDS, SCHEMA_DEF_CONTENT},
    [DEF_MUST] = {"MUST", SHAPE_OIDS, SCHEMA_DEF_CLASS | SCHEMA_DEF_CONTENT},
    [DEF_MAY] = {"MAY", SHAPE_OIDS, SCHEMA_DEF_CLASS | SCHEMA_DEF_CONTENT},
    [DEF_NOT] = {"NOT", SHAPE_OIDS, SCHEMA_DEF_CONTENT},
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0d);
}

static bool
ends_word(uint8_t c)
{
	return is_blank(c) || c == '(' || c == ')' || c == '$' || c == '\'';
}

static void
set_token(struct reader *r, enum token_kind kind, size_t from, size_t to)
{
	r->token = (struct token){kind, {r->text.p + from, to - from}, from + 1};
}

static int
fail(const struct reader *r, const char *what)
{
	if (r->token.kind == TOKEN_END)
		return err_set(r->err, ERR_SYNTAX, "%s, but the description ends at character %zu",
		    what, r->token.at);
	return err_set(r->err, ERR_SYNTAX, "%s at character %zu, not \"%.*s\"", what, r->token.at,
	    (int)(r->token.text.n < 64 ? r->token.text.n : 64), (const char *)r->token.text.p);
}

static int
quoted(struct reader *r)
{
	size_t from = r->at + 1, to = bv_find(r->text, from, '\'');

	if (to == r->text.n)
		return err_set(r->err, ERR_SYNTAX,
		    "the quoted string that begins at character %zu has no end", r->at + 1);
	set_token(r, TOKEN_QUOTED, from, to);
	r->at = to + 1;
	return 0;
}

/* Moves to the next token. */
static int
advance(struct reader *r)
{
	size_t from;

	while (r->at < r->text.n && is_blank(r->text.p[r->at]))
		r->at++;
	from = r->at;
	if (from == r->text.n) {
		set_token(r, TOKEN_END, from, from);
		return 0;
	}
	switch (r->text.p[from]) {
	case '(':
		set_token(r, TOKEN_OPEN, from, ++r->at);
		return 0;
	case ')':
		set_token(r, TOKEN_CLOSE, from, ++r->at);
		return 0;
	case '$':
		set_token(r, TOKEN_DOLLAR, from, ++r->at);
		return 0;
	case '\'':
		return quoted(r);
	default:
		while (r->at < r->text.n && !ends_word(r->text.p[r->at]))
			r->at++;
		set_token(r, TOKEN_WORD, from, r->at);
		return 0;
	}
}

static bool
at_text(const struct reader *r)
{
	return r->token.kind == TOKEN_WORD || r->token.kind == TOKEN_QUOTED;
}

static void
append(struct reader *r, struct schema_def_list *list, struct bv item)
{
	if (list->count == list->cap) {
		list->cap = list->cap == 0 ? 4 : list->cap * 2;
		list->items =
		    arena_grow(r->arena, list->items, list->count, list->cap, sizeof *list->items);
	}
	list->items[list->count++] = item;
}

static int
read_names(struct reader *r, struct schema_def_list *list)
{
	bool many = r->token.kind == TOKEN_OPEN;

	if (many && advance(r) != 0)
		return ERR_SYNTAX;
	do {
		if (many && r->token.kind == TOKEN_CLOSE)
			break;
		if (!at_text(r))
			return fail(r, "expected a name");
		if (!syntax_text_is_descr(r->token.text))
			return fail(r, "expected a name of letters, digits and hyphens that begins "
				       "with a letter");
		append(r, list, r->token.text);
		if (advance(r) != 0)
			return ERR_SYNTAX;
	} while (many);
	return many ? advance(r) : 0;
}

static int
read_oid(struct reader *r, struct schema_def_list *list)
{
	if (!at_text(r) || r->token.text.n == 0)
		return fail(r, "expected a name or OID");
	append(r, list, r->token.text);
	return advance(r);
}

/* oids = oid / ( "(" oid *( "$" oid ) ")" ) */
static int
read_oids(struct reader *r, struct schema_def_list *list)
{
	if (r->token.kind != TOKEN_OPEN)
		return read_oid(r, list);
	do {
		if (advance(r) != 0 || read_oid(r, list) != 0)
			return ERR_SYNTAX;
	} while (r->token.kind == TOKEN_DOLLAR);
	if (r->token.kind != TOKEN_CLOSE)
		return fail(r, "expected \"$\" or \")\"");
	return advance(r);
}

static int
read_any(struct reader *r, struct schema_def_list *list)
{
	append(r, list, r->token.text);
	return advance(r);
}

static int
read_text(struct reader *r, struct schema_def_list *list)
{
	if (r->token.kind != TOKEN_QUOTED)
		return fail(r, "expected a string in quotes");
	return read_any(r, list);
}

/* Takes "{n}" off the end of *v; false when it is no number within bounds. */
static bool
take_bound(struct bv *v, size_t *bound_out)
{
	size_t open = bv_find(*v, 0, '{');
	int64_t bound;

	if (open == v->n)
		return true;
	if (v->p[v->n - 1] != '}')
		return false;
	if (!bv_to_i64((struct bv){v->p + open + 1, v->n - open - 2}, &bound) || bound < 0)
		return false;
	*bound_out = (size_t)bound;
	v->n = open;
	return true;
}

/* noidlen = numericoid [ "{" len "}" ], the OID in quotes or not */
static int
read_syntax(struct reader *r, struct schema_def *def, struct schema_def_list *list)
{
	struct bv text = r->token.text;
	bool was_quoted = r->token.kind == TOKEN_QUOTED;

	if (!at_text(r) || !take_bound(&text, &def->bound) || text.n == 0)
		return fail(r, "expected a syntax OID with perhaps {length}");
	append(r, list, text);
	if (advance(r) != 0)
		return ERR_SYNTAX;
	text = r->token.text;
	if (!was_quoted || r->token.kind != TOKEN_WORD || text.p[0] != '{')
		return 0;
	if (!take_bound(&text, &def->bound))
		return fail(r, "expected {length}");
	return advance(r);
}

static int
read_value(struct reader *r, struct schema_def *def, enum schema_def_field field)
{
	struct schema_def_list *list = &def->fields[field];

	switch (FIELDS[field].shape) {
	case SHAPE_FLAG:
		return 0;
	case SHAPE_NAMES:
		return read_names(r, list);
	case SHAPE_TEXT:
		return read_text(r, list);
	case SHAPE_OID:
	case SHAPE_WORD:
		return read_oid(r, list);
	case SHAPE_OIDS:
		return read_oids(r, list);
	case SHAPE_SYNTAX:
		return read_syntax(r, def, list);
	}
	return fail(r, "unexpected field");
}

static bool
is_extension(struct bv word)
{
	return word.n > 2 && bv_is((struct bv){word.p, 2}, "X-");
}

/* Returns the field with the keyword that this kind may have, or DEF_FIELD_COUNT. */
static enum schema_def_field
find_field(enum schema_def_kind kind, struct bv keyword)
{
	for (int i = 0; i < DEF_FIELD_COUNT; i++) {
		if ((FIELDS[i].kinds & kind) != 0 && bv_is(keyword, FIELDS[i].keyword))
			return (enum schema_def_field)i;
	}
	return DEF_FIELD_COUNT;
}

/* Returns whether the token is a word that cannot be the next keyword. */
static bool
at_bare_value(const struct reader *r)
{
	return r->token.kind == TOKEN_WORD && !is_extension(r->token.text) &&
	       find_field(r->kind, r->token.text) == DEF_FIELD_COUNT;
}

/* X-key with a string, a list of strings, a bare word or nothing. */
static int
read_extension(struct reader *r, struct schema_def *def)
{
	struct schema_def_ext *ext;

	if (def->ext_count == def->ext_cap) {
		def->ext_cap = def->ext_cap == 0 ? 2 : def->ext_cap * 2;
		def->exts = arena_grow(
		    r->arena, def->exts, def->ext_count, def->ext_cap, sizeof *def->exts);
	}
	ext = &def->exts[def->ext_count++];
	*ext = (struct schema_def_ext){.key = r->token.text};
	if (advance(r) != 0)
		return ERR_SYNTAX;
	if (r->token.kind == TOKEN_QUOTED || at_bare_value(r))
		return read_any(r, &ext->values);
	if (r->token.kind != TOKEN_OPEN)
		return 0;
	if (advance(r) != 0)
		return ERR_SYNTAX;
	while (at_text(r)) {
		append(r, &ext->values, r->token.text);
		if (advance(r) != 0)
			return ERR_SYNTAX;
	}
	if (r->token.kind != TOKEN_CLOSE)
		return fail(r, "expected \")\" after the values of an extension");
	return advance(r);
}

static int
read_field(struct reader *r, struct schema_def *def)
{
	enum schema_def_field field;

	if (r->token.kind != TOKEN_WORD)
		return fail(r, "expected a keyword or \")\"");
	if (is_extension(r->token.text))
		return read_extension(r, def);
	field = find_field(r->kind, r->token.text);
	if (field == DEF_FIELD_COUNT)
		return fail(r, "expected a keyword of this kind of description");
	if (def->fields[field].given)
		return fail(r, "each keyword may come once, a new one was expected");
	def->fields[field].given = true;
	if (advance(r) != 0)
		return ERR_SYNTAX;
	return read_value(r, def, field);
}

int
schema_def_read(struct arena *a, enum schema_def_kind kind, struct bv text, struct schema_def *out,
    struct errbuf *e)
{
	struct reader r = {.arena = a, .text = text, .kind = kind, .err = e};
	struct schema_def def = {.bound = 0};

	if (text.n > SCHEMA_DEF_MAX_BYTES)
		return err_set(e, ERR_LIMIT, "a description of %zu bytes is longer than %d", text.n,
		    SCHEMA_DEF_MAX_BYTES);
	if (advance(&r) != 0)
		return ERR_SYNTAX;
	if (r.token.kind != TOKEN_OPEN)
		return fail(&r, "expected \"(\"");
	if (advance(&r) != 0)
		return ERR_SYNTAX;
	if (!at_text(&r) || r.token.text.n == 0)
		return fail(&r, "expected an OID");
	def.oid = r.token.text;
	if (advance(&r) != 0)
		return ERR_SYNTAX;
	while (r.token.kind != TOKEN_CLOSE) {
		if (read_field(&r, &def) != 0)
			return ERR_SYNTAX;
	}
	if (advance(&r) != 0)
		return ERR_SYNTAX;
	if (r.token.kind != TOKEN_END)
		return fail(&r, "expected nothing after \")\"");
	*out = def;
	return 0;
}

static void
write_quoted(struct buf *b, const struct schema_def_list *list)
{
	if (list->count != 1)
		buf_put_bv(b, BV_LIT(" ("));
	for (size_t i = 0; i < list->count; i++)
		buf_printf(b, " '%.*s'", BV(list->items[i]));
	if (list->count != 1)
		buf_put_bv(b, BV_LIT(" )"));
}

static void
write_oids(struct buf *b, const struct schema_def_list *list)
{
	if (list->count != 1)
		buf_put_bv(b, BV_LIT(" ("));
	for (size_t i = 0; i < list->count; i++)
		buf_printf(b, "%s %.*s", i > 0 ? " $" : "", BV(list->items[i]));
	if (list->count != 1)
		buf_put_bv(b, BV_LIT(" )"));
}

static void
write_field(struct buf *b, const struct schema_def *def, enum schema_def_field field)
{
	buf_printf(b, " %s", FIELDS[field].keyword);
	switch (FIELDS[field].shape) {
	case SHAPE_FLAG:
		return;
	case SHAPE_NAMES:
	case SHAPE_TEXT:
		write_quoted(b, &def->fields[field]);
		return;
	case SHAPE_SYNTAX:
		write_oids(b, &def->fields[field]);
		if (def->bound > 0)
			buf_printf(b, "{%zu}", def->bound);
		return;
	case SHAPE_OID:
	case SHAPE_OIDS:
	case SHAPE_WORD:
		write_oids(b, &def->fields[field]);
		return;
	}
}

struct bv
schema_def_write(struct arena *a, const struct schema_def *def)
{
	struct buf b;
	struct bv out;

	buf_init(&b);
	buf_printf(&b, "( %.*s", BV(def->oid));
	for (int i = 0; i < DEF_FIELD_COUNT; i++) {
		if (def->fields[i].given)
			write_field(&b, def, (enum schema_def_field)i);
	}
	for (size_t i = 0; i < def->ext_count; i++) {
		buf_printf(&b, " %.*s", BV(def->exts[i].key));
		if (def->exts[i].values.count > 0)
			write_quoted(&b, &def->exts[i].values);
	}
	buf_put_bv(&b, BV_LIT(" )"));
	out = arena_dup(a, buf_bv(&b));
	buf_done(&b);
	return out;
}

struct bv
schema_def_extension(const struct schema_def *def, const char *key)
{
	for (size_t i = 0; i < def->ext_count; i++) {
		if (bv_is(def->exts[i].key, key) && def->exts[i].values.count > 0)
			return def->exts[i].values.items[0];
	}
	return BV_NONE;
}

struct bv
schema_def_value(const struct schema_def *def, enum schema_def_field field)
{
	const struct schema_def_list *list = &def->fields[field];

	return list->count > 0 ? list->items[0] : BV_NONE;
}
