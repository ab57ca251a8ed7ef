#include "filter.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "hex.h"

/*
 * Filters as text (RFC 4515), read as deployed tools do: spaces between items and a
 * missing outer pair of parentheses are fine, and a backslash may stand before one of
 * ( ) * \ instead of two hex digits. Descriptions and rules are escaped like values, so
 * that every filter that came over the wire prints and reads back unchanged.
 * Parsing is recursive and stops at limits->depth.
 */

struct parser {
	struct arena *arena;
	const struct filter_limits *limits;
	struct bv text;
	size_t at;
	unsigned depth;
	size_t nodes;
	struct errbuf *e;
};

static int parse_component(struct parser *p, struct filter **out);

static int
wrong(struct parser *p, size_t at, const char *what)
{
	return err_set(p->e, ERR_SYNTAX, "filter, character %zu: %s", at + 1, what);
}

static int
count_nodes(struct parser *p, size_t n)
{
	p->nodes += n;
	if (p->nodes <= p->limits->nodes)
		return 0;
	return err_set(p->e, ERR_LIMIT, "filter has more than %u items", p->limits->nodes);
}

static int
peek(const struct parser *p)
{
	return p->at < p->text.n ? p->text.p[p->at] : -1;
}

static void
skip_spaces(struct parser *p)
{
	while (peek(p) == ' ' || peek(p) == '\t' || peek(p) == '\r' || peek(p) == '\n')
		p->at++;
}

/* Reads the escape at raw.p[i] (a backslash); returns the bytes it takes, 0 when it is wrong. */
static size_t
escape(struct bv raw, size_t i, uint8_t *out)
{
	int byte = hex_pair(raw, i + 1);

	if (byte >= 0) {
		*out = (uint8_t)byte;
		return 3;
	}
	if (i + 1 < raw.n && memchr("()*\\", raw.p[i + 1], 4) != NULL) {
		*out = raw.p[i + 1];
		return 2;
	}
	return 0;
}

/* Copies the text from..to into the arena with its escapes undone. */
static int
unescape(struct parser *p, size_t from, size_t to, struct bv *out)
{
	struct bv raw = bv_make(p->text.p + from, to - from);
	uint8_t *copy = arena_alloc(p->arena, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; n++) {
		size_t taken = 1;
		copy[n] = raw.p[i];
		if (raw.p[i] == '\\')
			taken = escape(raw, i, &copy[n]);
		if (taken == 0)
			return wrong(p, from + i, "a backslash must be followed by two hex digits");
		i += taken;
	}
	copy[n] = 0;
	*out = bv_make(copy, n);
	return 0;
}

/* Returns the offset of the next unescaped byte c in from..to, or to. */
static size_t
find_plain(const struct parser *p, size_t from, size_t to, uint8_t c)
{
	for (; from < to && p->text.p[from] != c; from++) {
		if (p->text.p[from] == '\\' && from + 1 < to)
			from++;
	}
	return from < to ? from : to;
}

/* Returns where the item that starts at p->at ends: an unescaped parenthesis or the end. */
static size_t
item_end(const struct parser *p)
{
	size_t close = find_plain(p, p->at, p->text.n, ')');

	return find_plain(p, p->at, close, '(');
}

/* Stores the part from..to of a substring item in *slot; an empty part is passed over. */
static int
add_part(struct parser *p, size_t from, size_t to, struct bv *slot)
{
	if (from == to)
		return 0;
	int r = unescape(p, from, to, slot);
	return r != 0 ? r : count_nodes(p, 1);
}

/* Returns where part i of an item with that many stars belongs. */
static struct bv *
part_slot(struct filter *f, size_t i, size_t stars)
{
	if (i == 0)
		return &f->initial;
	return i == stars ? &f->final : &f->any[f->any_count];
}

static size_t
count_stars(const struct parser *p, size_t from, size_t to)
{
	size_t n = 0;

	for (; (from = find_plain(p, from, to, '*')) < to; from++)
		n++;
	return n;
}

/* initial "*" *(any "*") final; empty parts between stars are passed over. */
static int
parse_substrings(struct parser *p, struct filter *f, size_t from, size_t to)
{
	size_t stars = count_stars(p, from, to), start = from;
	int r = 0;

	if (stars == to - from) {
		f->kind = FILTER_PRESENT;
		return 0;
	}
	f->kind = FILTER_SUBSTRINGS;
	if (stars > p->limits->nodes)
		return count_nodes(p, stars);
	f->any = arena_zalloc(p->arena, stars, sizeof(*f->any));
	for (size_t i = 0; i <= stars && r == 0; i++) {
		size_t star = find_plain(p, start, to, '*');
		struct bv *slot = part_slot(f, i, stars);
		r = add_part(p, start, star, slot);
		if (i > 0 && i < stars && slot->p != NULL)
			f->any_count++;
		start = star + 1;
	}
	return r;
}

/* [type] [":dn"] [":" rule] ":=" value; from..to is what stands before ":=". */
static int
parse_extensible(struct parser *p, struct filter *f, size_t from, size_t to)
{
	size_t colon = find_plain(p, from, to, ':');
	int r = colon == from ? 0 : unescape(p, from, colon, &f->desc);

	f->kind = FILTER_EXTENSIBLE;
	if (r == 0 && colon < to) {
		size_t next = find_plain(p, colon + 1, to, ':');
		if (bv_is(bv_make(p->text.p + colon + 1, next - colon - 1), "dn")) {
			f->dn_attributes = true;
			colon = next;
		}
	}
	if (r == 0 && colon < to)
		r = unescape(p, colon + 1, to, &f->rule);
	if (r != 0)
		return r;
	if (f->rule.p != NULL && (f->rule.n == 0 || find_plain(p, colon + 1, to, ':') < to))
		return wrong(p, colon, "a matching rule is expected between \":\" and \":=\"");
	if (f->rule.p == NULL && f->desc.p == NULL)
		return wrong(p, from, "an attribute or a matching rule must stand before \":=\"");
	return 0;
}

/* Sets the kind by the character before "="; returns how many characters the operator has. */
static size_t
operator_of(const struct parser *p, size_t from, size_t equals, enum filter_kind *kind)
{
	static const struct {
		uint8_t c;
		enum filter_kind kind;
	} operators[] = {
	    {'~', FILTER_APPROX},
	    {'>', FILTER_GREATER_OR_EQUAL},
	    {'<', FILTER_LESS_OR_EQUAL},
	    {':', FILTER_EXTENSIBLE},
	};

	*kind = FILTER_EQUALITY;
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		if (equals > from && p->text.p[equals - 1] == operators[i].c) {
			*kind = operators[i].kind;
			return 2;
		}
	}
	return 1;
}

/* item = simple / present / substring / extensible, from p->at to end */
static int
parse_item(struct parser *p, struct filter *f, size_t end)
{
	size_t from = p->at, equals = find_plain(p, from, end, '=');
	int r = 0;

	if (equals == end)
		return wrong(p, from, "\"=\" is missing: an item is attribute=value");
	size_t before = equals + 1 - operator_of(p, from, equals, &f->kind);
	if (f->kind == FILTER_EXTENSIBLE)
		r = parse_extensible(p, f, from, before);
	else if (before == from)
		r = wrong(p, from, "the attribute name before the operator is missing");
	else
		r = unescape(p, from, before, &f->desc);
	if (r == 0 && f->kind == FILTER_EQUALITY && count_stars(p, equals + 1, end) > 0)
		r = parse_substrings(p, f, equals + 1, end);
	else if (r == 0)
		r = unescape(p, equals + 1, end, &f->value);
	p->at = end;
	return r;
}

/* Appends a child, doubling the array at powers of two. */
static void
add_child(struct parser *p, struct filter *f, struct filter *child)
{
	size_t n = f->child_count;

	if ((n & (n - 1)) == 0)
		f->children =
		    arena_grow(p->arena, f->children, n, n == 0 ? 1 : 2 * n, sizeof(*f->children));
	f->children[f->child_count++] = child;
}

/* Parses one filter of a list, one level further down. */
static int
parse_child(struct parser *p, struct filter *f)
{
	struct filter *child;

	if (p->depth >= p->limits->depth)
		return err_set(
		    p->e, ERR_LIMIT, "filter nested deeper than %u levels", p->limits->depth);
	int r = count_nodes(p, 1);
	if (r != 0)
		return r;
	p->depth++;
	r = parse_component(p, &child);
	p->depth--;
	if (r == 0)
		add_child(p, f, child);
	return r;
}

/* filterlist = *filter, up to a closing parenthesis or the end */
static int
parse_list(struct parser *p, struct filter *f)
{
	int r = 0;

	for (skip_spaces(p); r == 0 && peek(p) == '('; skip_spaces(p))
		r = parse_child(p, f);
	return r;
}

static int
parse_not(struct parser *p, struct filter *f)
{
	size_t at = p->at;
	int r = parse_list(p, f);

	if (r == 0 && f->child_count != 1)
		r = wrong(p, at, "\"!\" takes exactly one filter in parentheses");
	return r;
}

/* filtercomp = and / or / not / item, without the parentheses around it */
static int
parse_inner(struct parser *p, struct filter **out)
{
	struct filter *f = arena_zalloc(p->arena, 1, sizeof(*f));

	*out = f;
	skip_spaces(p);
	switch (peek(p)) {
	case '&':
	case '|':
		f->kind = p->text.p[p->at++] == '&' ? FILTER_AND : FILTER_OR;
		return parse_list(p, f);
	case '!':
		f->kind = FILTER_NOT;
		p->at++;
		return parse_not(p, f);
	default:
		return parse_item(p, f, item_end(p));
	}
}

/* filter = "(" filtercomp ")" */
static int
parse_component(struct parser *p, struct filter **out)
{
	size_t open = p->at++;
	int r = parse_inner(p, out);

	if (r != 0)
		return r;
	if (peek(p) != ')')
		return wrong(p, open, "the parenthesis that opens here is not closed");
	p->at++;
	return 0;
}

int
filter_parse(struct arena *a, struct bv text, const struct filter_limits *limits,
    struct filter **out, struct errbuf *e)
{
	struct parser p = {.arena = a, .limits = limits, .text = text, .depth = 1, .e = e};
	struct filter *f;
	int r = count_nodes(&p, 1);

	if (r != 0)
		return r;
	skip_spaces(&p);
	if (p.at == text.n)
		return wrong(&p, 0, "the filter is empty");
	r = peek(&p) == '(' ? parse_component(&p, &f) : parse_inner(&p, &f);
	if (r != 0)
		return r;
	skip_spaces(&p);
	if (p.at < text.n)
		return wrong(&p, p.at, "nothing may follow the end of the filter");
	*out = f;
	return 0;
}

static void
put_escaped_byte(struct buf *out, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t text[3] = {'\\', (uint8_t)hex[c >> 4], (uint8_t)hex[c & 15]};

	buf_put(out, text, sizeof(text));
}

static void
put_value(struct buf *out, struct bv v)
{
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (c < 0x20 || c > 0x7e || memchr("()*\\", c, 4) != NULL)
			put_escaped_byte(out, c);
		else
			buf_put_byte(out, c);
	}
}

static bool
is_name_byte(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == ';' || c == '.' || c == '_';
}

static void
put_name(struct buf *out, struct bv v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (is_name_byte(v.p[i]))
			buf_put_byte(out, v.p[i]);
		else
			put_escaped_byte(out, v.p[i]);
	}
}

static void
print_substrings(const struct filter *f, struct buf *out)
{
	put_name(out, f->desc);
	buf_put_byte(out, '=');
	put_value(out, f->initial);
	buf_put_byte(out, '*');
	for (size_t i = 0; i < f->any_count; i++) {
		put_value(out, f->any[i]);
		buf_put_byte(out, '*');
	}
	put_value(out, f->final);
}

/* A rule that is called "dn" is escaped, as it would read as the dnAttributes flag. */
static void
print_extensible(const struct filter *f, struct buf *out)
{
	put_name(out, f->desc);
	if (f->dn_attributes)
		buf_put_bv(out, BV_LIT(":dn"));
	if (f->rule.p != NULL) {
		bool flag = bv_is(f->rule, "dn");
		buf_put_byte(out, ':');
		if (flag)
			put_escaped_byte(out, f->rule.p[0]);
		put_name(out, flag ? bv_from(f->rule, 1) : f->rule);
	}
	buf_put_bv(out, BV_LIT(":="));
	put_value(out, f->value);
}

static void
print_simple(const struct filter *f, const char *op, struct buf *out)
{
	put_name(out, f->desc);
	buf_put_bv(out, bv_str(op));
	put_value(out, f->value);
}

static void
print_list(const struct filter *f, uint8_t op, struct buf *out)
{
	buf_put_byte(out, op);
	for (size_t i = 0; i < f->child_count; i++)
		filter_print(f->children[i], out);
}

static void
print_inner(const struct filter *f, struct buf *out)
{
	switch (f->kind) {
	case FILTER_AND:
		print_list(f, '&', out);
		return;
	case FILTER_OR:
		print_list(f, '|', out);
		return;
	case FILTER_NOT:
		print_list(f, '!', out);
		return;
	case FILTER_EQUALITY:
		print_simple(f, "=", out);
		return;
	case FILTER_SUBSTRINGS:
		print_substrings(f, out);
		return;
	case FILTER_GREATER_OR_EQUAL:
		print_simple(f, ">=", out);
		return;
	case FILTER_LESS_OR_EQUAL:
		print_simple(f, "<=", out);
		return;
	case FILTER_PRESENT:
		print_simple(f, "=*", out);
		return;
	case FILTER_APPROX:
		print_simple(f, "~=", out);
		return;
	case FILTER_EXTENSIBLE:
		print_extensible(f, out);
		return;
	}
}

void
filter_print(const struct filter *f, struct buf *out)
{
	buf_put_byte(out, '(');
	print_inner(f, out);
	buf_put_byte(out, ')');
}
