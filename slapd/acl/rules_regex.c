#include "acl/rules_impl.h"

#include "base/arena.h"
#include "base/err.h"

/*
 * Regular expressions (POSIX extended, case ignored), bounded before regcomp sees them.
 * The C library writes repetitions out: "x{9}" takes nine times the memory of x and "x+"
 * twice, and so on for those nested in each other; its tables grow with the square of
 * that. The size is worked out here first. Back references are refused, as matching them
 * may take exponential time.
 */

enum { MAX_DEPTH = 64, MAX_COUNT = 100000 };

/* One pair of parentheses that is open: what it holds, and the last atom, which a repetition
 * behind it multiplies. */
struct level {
	unsigned long sum, last;
};

struct size {
	struct level levels[MAX_DEPTH + 1];
	size_t depth;
};

static void
add_atom(struct level *l, unsigned long nodes)
{
	l->sum += l->last;
	l->last = nodes;
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

/* Takes the byte at i, and what belongs to it, into account; returns the last byte taken. */
static size_t
take(struct size *s, struct bv p, size_t i)
{
	struct level *l = &s->levels[s->depth];
	unsigned long inner;

	switch (p.p[i]) {
	case '(':
		s->levels[++s->depth] = (struct level){1, 0};
		return i;
	case ')':
		inner = l->sum + l->last;
		s->depth -= s->depth > 0;
		add_atom(&s->levels[s->depth], inner);
		return i;
	case '*':
	case '?':
		l->last++;
		return i;
	case '+':
		l->last = l->last * 2 + 1;
		return i;
	case '{':
		l->last *= count_at(p, i, &i);
		l->last++;
		return i;
	case '[':
		add_atom(l, 1);
		return bracket_end(p, i);
	default:
		add_atom(l, 1);
		return p.p[i] == '\\' ? i + 1 : i;
	}
}

static int
too_large(struct rules_reader *r, struct bv p)
{
	return err_set(r->e, ERR_CONFIG,
	    "regular expression \"%.*s\" is too large with its repetitions written out: more than "
	    "%d parts, or parentheses more than %d deep",
	    BV(p), RULES_MAX_NODES, MAX_DEPTH);
}

static int
check_size(struct rules_reader *r, struct bv p)
{
	struct size s = {.depth = 0};
	const struct level *l = s.levels;

	for (size_t i = 0; i < p.n; i++) {
		bool escaped = p.p[i] == '\\' && i + 1 < p.n;
		if (escaped && p.p[i + 1] >= '1' && p.p[i + 1] <= '9')
			return err_set(r->e, ERR_CONFIG,
			    "regular expression \"%.*s\": \\%c is a back reference, which is not "
			    "supported; a backslash itself is \\\\",
			    BV(p), p.p[i + 1]);
		if (p.p[i] == '(' && s.depth == MAX_DEPTH)
			return too_large(r, p);
		i = take(&s, p, i);
		l = &s.levels[s.depth];
		if (l->sum + l->last > RULES_MAX_NODES)
			return too_large(r, p);
	}
	unsigned long nodes = l->sum + l->last;
	r->regex_work += nodes * nodes;
	if (++r->regex_count > RULES_MAX_REGEXES || r->regex_work > RULES_MAX_WORK)
		return err_set(r->e, ERR_CONFIG,
		    "too many or too large regular expressions in one database, %d at most; use "
		    "other styles",
		    RULES_MAX_REGEXES);
	return 0;
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
