#include "acl/rules_ref.h"

/*
 * $0 to $9, ${n} and ${dn} stand for what the pattern of <what> matched in the entry's name, ${vn}
 * in the value; $$ for a dollar.
 */

enum { MOST_DIGITS = 2 };

static bool
is_digit(struct bv t, size_t i)
{
	return i < t.n && t.p[i] >= '0' && t.p[i] <= '9';
}

/* Reads "${" ["d" / "v"] 1*2DIGIT "}" at the "$". */
static struct rules_ref
braced(struct bv t, size_t at)
{
	struct rules_ref r = {.length = 0};
	size_t i = at + 2;

	if (i < t.n && (t.p[i] == 'd' || t.p[i] == 'v'))
		r.value = t.p[i++] == 'v';
	size_t first = i;
	for (; is_digit(t, i) && i - first < MOST_DIGITS; i++)
		r.number = r.number * 10 + (size_t)(t.p[i] - '0');
	if (i > first && i < t.n && t.p[i] == '}')
		r.length = i + 1 - at;
	return r;
}

struct rules_ref
rules_ref_at(struct bv text, size_t at)
{
	uint8_t next = at + 1 < text.n ? text.p[at + 1] : 0;

	if (next == '$')
		return (struct rules_ref){.length = 2, .dollar = true};
	if (next >= '0' && next <= '9')
		return (struct rules_ref){.length = 2, .number = (size_t)(next - '0')};
	return next == '{' ? braced(text, at) : (struct rules_ref){.length = 0};
}
