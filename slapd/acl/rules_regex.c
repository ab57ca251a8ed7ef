#include "acl/rules_impl.h"

#include "base/arena.h"
#include "base/err.h"

/*
 * Regular expressions (POSIX extended, case ignored), bounded before regcomp sees them.
 * The C library writes repetitions out: "x{9}" takes nine times the memory of x and "x+"
 * twice, and so on for those nested in each other; its tables grow with the square of
 * that. In a loop whose body may be empty it follows each way through the body that takes
 * nothing, and those multiply: "((a*|b*)(a*|b*)...)*". Both are worked out here first. Back
 * references are refused, as matching them may take exponential time.
 */

enum { MAX_DEPTH = 64, MAX_COUNT = 100000, MAX_PATHS = 64, MANY_PATHS = 1 << 20 };

/* A part of an expression. */
struct part {
	unsigned long nodes;
	unsigned long paths; /* ways through it that take no byte; at most MANY_PATHS */
};

/* One pair of parentheses that is open. */
struct level {
	unsigned long nodes; /* of all but the last part */
	unsigned long other; /* paths of the alternatives before this one */
	unsigned long paths; /* of this alternative without its last part */
	struct part last;    /* what a repetition behind it repeats */
};

struct size {
	struct level levels[MAX_DEPTH + 1];
	size_t depth;
};

static unsigned long
times(unsigned long x, unsigned long y)
{
	unsigned long product = x * y; /* both are small */

	return product > MANY_PATHS ? MANY_PATHS : product;
}

static void
add_part(struct level *l, unsigned long nodes, unsigned long paths)
{
	l->nodes += l->last.nodes;
	l->paths = times(l->paths, l->last.paths);
	l->last = (struct part){nodes, paths};
}

/* What a level holds as one part, its parentheses closed. */
static struct part
whole(const struct level *l)
{
	unsigned long paths = l->other + times(l->paths, l->last.paths);

	return (struct part){l->nodes + l->last.nodes + 1, times(paths, 1)};
}

static void
add_alternative(struct level *l)
{
	add_part(l, 1, 1);
	l->other = times(l->other + l->paths, 1);
	l->paths = 1;
}

/* Repeats the last part: n times, and as often as one likes when loop. False: too many paths. */
static bool
repeat(struct level *l, unsigned long n, bool loop)
{
	unsigned long one = l->last.paths + 1, paths = loop ? 2 * l->last.paths + 1 : 1;

	if (loop && l->last.paths > MAX_PATHS)
		return false;
	for (unsigned long i = 0; i < n && one > 1 && paths < MANY_PATHS; i++)
		paths = times(paths, one);
	l->last = (struct part){l->last.nodes * (n + loop) + 1, paths};
	return true;
}

/* Returns where the bracket expression that begins at i ends: the offset of its "]". */
static size_t
bracket_end(struct bv p, size_t i)
{
	size_t at = i + 1;

	at += at < p.n && p.p[at] == '^';
	at += at < p.n && p.p[at] == ']';
	while (at < p.n && p.p[at] != ']') {
		bool class = p.p[at] == '[' && at + 1 < p.n && strchr(":.=", p.p[at + 1]) != NULL;
		uint8_t kind = class ? p.p[at + 1] : 0;
		at += class ? 2 : 1;
		while (class && at + 1 < p.n && (p.p[at] != kind || p.p[at + 1] != ']'))
			at++;
		at += class ? 2 : 0;
	}
	return at;
}

/* Returns the larger number of "{m,n}" at i, at least 1; *end_out: its last byte. */
static unsigned long
count_at(struct bv p, size_t i, size_t *end_out)
{
	unsigned long n = 0, most = 1;

	for (i++; i < p.n && (p.p[i] == ',' || (p.p[i] >= '0' && p.p[i] <= '9')); i++) {
		n = p.p[i] == ',' ? 0 : n * 10 + (p.p[i] - '0');
		n = n > MAX_COUNT ? MAX_COUNT : n;
		most = n > most ? n : most;
	}
	*end_out = i < p.n && p.p[i] == '}' ? i : i - 1;
	return most;
}

/* Closes a level. */
static void
close_level(struct size *s)
{
	struct part inner = whole(&s->levels[s->depth]);

	s->depth -= s->depth > 0;
	add_part(&s->levels[s->depth], inner.nodes, inner.paths);
}

/* An escape is a byte, or a condition on the place: GNU's \b and the like. */
static size_t
take_escape(struct level *l, struct bv p, size_t i)
{
	bool place = i + 1 < p.n && strchr("bB<>`'", p.p[i + 1]) != NULL;

	add_part(l, 1, place);
	return i + 1;
}

/* Takes the byte at *at, and what belongs to it, into account; *at becomes the last byte taken.
 * False: too many paths. */
static bool
take(struct size *s, struct bv p, size_t *at)
{
	struct level *l = &s->levels[s->depth];
	unsigned long count;

	switch (p.p[*at]) {
	case '(':
		s->levels[++s->depth] = (struct level){.paths = 1, .last = {0, 1}};
		return true;
	case ')':
		close_level(s);
		return true;
	case '|':
		add_alternative(l);
		return true;
	case '*':
		return repeat(l, 0, true);
	case '?':
		return repeat(l, 1, false);
	case '+':
		return repeat(l, 1, true);
	case '{':
		count = count_at(p, *at, at);
		return repeat(l, count, true);
	case '[':
		add_part(l, 1, 0);
		*at = bracket_end(p, *at);
		return true;
	case '\\':
		*at = take_escape(l, p, *at);
		return true;
	default:
		add_part(l, 1, p.p[*at] == '^' || p.p[*at] == '$');
		return true;
	}
}

static bool
is_back_reference(struct bv p, size_t i)
{
	return p.p[i] == '\\' && i + 1 < p.n && p.p[i + 1] >= '1' && p.p[i + 1] <= '9';
}

/* Works out the nodes of an expression. False: there are more than most, or other bounds are
 * exceeded. */
static bool
measure(struct bv p, unsigned long most, unsigned long *nodes_out)
{
	struct size s = {.depth = 0};
	unsigned long nodes = 0;

	s.levels[0] = (struct level){.paths = 1, .last = {0, 1}};
	for (size_t i = 0; i < p.n; i++) {
		if ((p.p[i] == '(' && s.depth == MAX_DEPTH) || !take(&s, p, &i))
			return false;
		nodes = whole(&s.levels[s.depth]).nodes;
		if (nodes > most)
			return false;
	}
	*nodes_out = nodes;
	return true;
}

static int
check_size(struct rules_reader *r, struct bv p)
{
	unsigned long nodes;

	for (size_t i = 0; i < p.n; i += p.p[i] == '\\' ? 2 : 1) {
		if (is_back_reference(p, i))
			return err_set(r->e, ERR_CONFIG,
			    "regular expression \"%.*s\": \\%c is a back reference, which is not "
			    "supported; a backslash itself is \\\\",
			    BV(p), p.p[i + 1]);
	}
	if (!measure(p, RULES_MAX_NODES, &nodes))
		return err_set(r->e, ERR_CONFIG,
		    "regular expression \"%.*s\" is too large with its repetitions written out: "
		    "more than %d parts, parentheses more than %d deep, or repetitions of what may "
		    "be empty",
		    BV(p), RULES_MAX_NODES, MAX_DEPTH);
	r->regex_work += nodes * nodes;
	if (++r->regex_count > RULES_MAX_REGEXES || r->regex_work > RULES_MAX_WORK)
		return err_set(r->e, ERR_CONFIG,
		    "too many or too large regular expressions in one database, %d at most; use "
		    "other styles",
		    RULES_MAX_REGEXES);
	return 0;
}

bool
rules_regex_fits(struct bv pattern)
{
	unsigned long nodes;

	return measure(pattern, RULES_MAX_FILLED_NODES, &nodes);
}

static bool
is_literal(uint8_t c)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

	return letter || (c >= '0' && c <= '9') || c == '=' || c == ',' || c == ' ' || c == '-';
}

struct bv
rules_regex_tail(struct bv p)
{
	size_t end = p.n == 0 ? 0 : p.n - 1, start = end;

	if (p.n == 0 || p.p[end] != '$' || bv_find(p, 0, '|') < p.n || bv_find(p, 0, 0) < p.n)
		return BV_NONE;
	while (start > 0 && is_literal(p.p[start - 1]))
		start--;
	if (start > 0 && start < end && p.p[start - 1] == '\\')
		start++; /* it stands for something else */
	return bv_make(p.p + start, end - start);
}

static void
free_regex(void *arg)
{
	regfree(arg);
}

int
rules_regex(struct rules_reader *r, struct bv pattern, regex_t **out)
{
	regex_t *regex = arena_zalloc(r->arena, 1, sizeof(*regex));
	char why[128];
	int code = rules_length_check(r, pattern);

	if (code == 0)
		code = check_size(r, pattern);
	if (code != 0)
		return code;
	int rc = regcomp(regex, arena_str(r->arena, pattern), REG_EXTENDED | REG_ICASE);
	if (rc != 0) {
		regerror(rc, regex, why, sizeof(why));
		return err_set(
		    r->e, ERR_CONFIG, "regular expression \"%.*s\": %s", BV(pattern), why);
	}
	arena_on_release(r->arena, free_regex, regex);
	*out = regex;
	return 0;
}
