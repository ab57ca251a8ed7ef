#include "sets.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "sets_impl.h"

/*
 * Reading a set expression:
 *   set     = term *( ("&" / "|" / "+") term )                  from left to right
 *   term    = primary *( ("/" / "->") step )
 *   primary = "(" set ")" / "[" *(any but "]") "]" / "this" / "user"
 *   step    = attribute ["*"] / "-" number / "-*"
 * White space may stand between all of them.
 */

enum { MAX_TEXT = 8192, MAX_DEPTH = 32, MAX_NODES = 256, MAX_LEVEL = 1024 };

struct parser {
	struct arena *arena;
	const struct schema *schema;
	struct bv text;
	size_t at;
	int depth;
	int nodes;
	struct sets *set;
	struct errbuf *e;
};

static int parse_set(struct parser *p, const struct sets_node **out);

static int
wrong(struct parser *p, const char *expected)
{
	struct bv rest = bv_from(p->text, p->at);

	if (rest.n == 0)
		return err_set(
		    p->e, ERR_SYNTAX, "set expression ends where %s was expected", expected);
	return err_set(p->e, ERR_SYNTAX,
	    "set expression: expected %s at character %zu, before \"%.*s\"", expected, p->at + 1,
	    rest.n > 40 ? 40 : (int)rest.n, (const char *)rest.p);
}

/* Skips white space and returns the next byte, 0 at the end. */
static uint8_t
peek(struct parser *p)
{
	while (p->at < p->text.n && memchr(" \t\r\n", p->text.p[p->at], 4) != NULL)
		p->at++;
	return p->at < p->text.n ? p->text.p[p->at] : 0;
}

/* Returns a new node, or NULL when there are too many. */
static struct sets_node *
node(struct parser *p, enum sets_kind kind, const struct sets_node *left)
{
	if (++p->nodes > MAX_NODES)
		return NULL;
	struct sets_node *n = arena_zalloc(p->arena, 1, sizeof(*n));
	n->kind = kind;
	n->left = left;
	return n;
}

static int
too_many(struct parser *p)
{
	return err_set(p->e, ERR_LIMIT, "set expression has more than %d parts", MAX_NODES);
}

static bool
is_name_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == ';' || c == '.';
}

/* A name; a hyphen belongs to it only when more of the name follows ("manager->cn"). */
static struct bv
take_name(struct parser *p)
{
	size_t start = p->at;

	for (; p->at < p->text.n; p->at++) {
		uint8_t c = p->text.p[p->at];
		uint8_t next = p->at + 1 < p->text.n ? p->text.p[p->at + 1] : 0;
		if (!is_name_char(c) && !(c == '-' && (is_name_char(next) || next == '-')))
			break;
	}
	return bv_make(p->text.p + start, p->at - start);
}

static bool
has_submatch(struct bv text)
{
	for (size_t i = bv_find(text, 0, '$'); i + 1 < text.n; i = bv_find(text, i + 2, '$')) {
		uint8_t c = text.p[i + 1];
		if (c == '{' || (c >= '0' && c <= '9'))
			return true;
	}
	return false;
}

static int
parse_literal(struct parser *p, const struct sets_node **out)
{
	size_t end = bv_find(p->text, p->at, ']');

	if (end == p->text.n)
		return err_set(p->e, ERR_SYNTAX,
		    "set expression: \"[\" at character %zu has no \"]\"", p->at + 1);
	struct sets_node *n = node(p, SETS_LITERAL, NULL);
	if (n == NULL)
		return too_many(p);
	n->literal = arena_dup(p->arena, bv_make(p->text.p + p->at + 1, end - p->at - 1));
	n->expand = has_submatch(n->literal);
	p->set->asks_entry |= n->expand;
	p->at = end + 1;
	*out = n;
	return 0;
}

static int
parse_name(struct parser *p, const struct sets_node **out)
{
	static const char expected[] = "\"this\", \"user\", \"[text]\" or \"(\"";
	size_t start = p->at;
	struct bv name = take_name(p);

	bool self = bv_eq(name, BV_LIT("this"));
	if (!self && !bv_eq(name, BV_LIT("user"))) {
		p->at = start;
		return wrong(p, expected);
	}
	struct sets_node *n = node(p, self ? SETS_THIS : SETS_USER, NULL);
	if (n == NULL)
		return too_many(p);
	p->set->asks_entry |= self;
	p->set->asks_user |= !self;
	*out = n;
	return 0;
}

static int
parse_primary(struct parser *p, const struct sets_node **out)
{
	uint8_t c = peek(p);

	if (c == '[')
		return parse_literal(p, out);
	if (c != '(')
		return parse_name(p, out);
	if (++p->depth > MAX_DEPTH)
		return err_set(p->e, ERR_LIMIT,
		    "set expression has more than %d nested parentheses", MAX_DEPTH);
	p->at++;
	int rc = parse_set(p, out);
	if (rc != 0)
		return rc;
	if (peek(p) != ')')
		return wrong(p, "\")\"");
	p->at++;
	p->depth--;
	return 0;
}

/* "-" number / "-*", the hyphen already read. */
static int
parse_superior(struct parser *p, const struct sets_node **set)
{
	int level = 0;
	uint8_t c = p->at < p->text.n ? p->text.p[p->at] : 0;

	if (c != '*' && (c < '0' || c > '9'))
		return wrong(p, "a number or \"*\" behind \"/-\"");
	struct sets_node *n = node(p, c == '*' ? SETS_PARENTS : SETS_PARENT, *set);
	if (n == NULL)
		return too_many(p);
	if (c == '*')
		p->at++;
	for (; p->at < p->text.n && p->text.p[p->at] >= '0' && p->text.p[p->at] <= '9' && c != '*';
	     p->at++) {
		level = level * 10 + (p->text.p[p->at] - '0');
		if (level > MAX_LEVEL)
			return err_set(p->e, ERR_LIMIT,
			    "set expression: a DN has at most %d superiors", MAX_LEVEL);
	}
	n->level = level;
	*set = n;
	return 0;
}

static int
parse_attribute(struct parser *p, const struct sets_node **set)
{
	struct bv name = take_name(p);
	struct errbuf why = {""};

	if (name.n == 0)
		return wrong(p, "an attribute behind \"/\"");
	struct sets_node *n = node(p, SETS_CHASE, *set);
	if (n == NULL)
		return too_many(p);
	int rc = desc_parse(p->schema, p->arena, arena_dup(p->arena, name), &n->desc, &why);
	if (rc != 0)
		return err_set(p->e, rc, "set expression: %s", why.text);
	n->closure = p->at < p->text.n && p->text.p[p->at] == '*';
	p->at += n->closure ? 1 : 0;
	*set = n;
	return 0;
}

/* Reads "/" or "->". Returns whether there was one. */
static bool
take_arrow(struct parser *p)
{
	uint8_t c = peek(p);
	bool arrow = c == '-' && p->at + 1 < p->text.n && p->text.p[p->at + 1] == '>';

	if (c != '/' && !arrow)
		return false;
	p->at += arrow ? 2 : 1;
	return true;
}

static int
parse_term(struct parser *p, const struct sets_node **out)
{
	int rc = parse_primary(p, out);

	while (rc == 0 && take_arrow(p)) {
		bool superior = peek(p) == '-';
		p->at += superior ? 1 : 0;
		rc = superior ? parse_superior(p, out) : parse_attribute(p, out);
	}
	return rc;
}

static int
parse_set(struct parser *p, const struct sets_node **out)
{
	int rc = parse_term(p, out);

	while (rc == 0) {
		uint8_t c = peek(p);
		if (c != '&' && c != '|' && c != '+')
			break;
		p->at++;
		struct sets_node *n = node(p,
		    c == '&'   ? SETS_BOTH
		    : c == '|' ? SETS_EITHER
			       : SETS_JOINED,
		    *out);
		if (n == NULL)
			return too_many(p);
		rc = parse_term(p, &n->right);
		*out = n;
	}
	return rc;
}

int
sets_compile(struct arena *a, const struct schema *s, struct bv text, const struct sets **out,
    struct errbuf *e)
{
	struct sets *set = arena_zalloc(a, 1, sizeof(*set));
	struct parser p = {.arena = a, .schema = s, .text = text, .set = set, .e = e};

	if (text.n > MAX_TEXT)
		return err_set(e, ERR_LIMIT, "set expression is longer than %d bytes", MAX_TEXT);
	int rc = parse_set(&p, &set->root);
	if (rc != 0)
		return rc;
	if (peek(&p) != 0 || p.at < text.n)
		return wrong(&p, "\"&\", \"|\", \"+\", \"/\" or the end");
	*out = set;
	return 0;
}

bool
sets_ask_entry(const struct sets *s)
{
	return s->asks_entry;
}
