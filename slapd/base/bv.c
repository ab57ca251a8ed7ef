#include "bv.h"

/* Byte views: comparison and small lexical helpers. ASCII only; Unicode is model/prep's. */

static int
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static size_t
min_len(struct bv a, struct bv b)
{
	return a.n < b.n ? a.n : b.n;
}

static int
by_length(struct bv a, struct bv b)
{
	return (a.n > b.n) - (a.n < b.n);
}

int
bv_cmp(struct bv a, struct bv b)
{
	size_t n = min_len(a, b);
	int d = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return d != 0 ? d : by_length(a, b);
}

int
bv_cmp_nocase(struct bv a, struct bv b)
{
	size_t n = min_len(a, b);

	for (size_t i = 0; i < n; i++) {
		int d = lower(a.p[i]) - lower(b.p[i]);
		if (d != 0)
			return d;
	}
	return by_length(a, b);
}

bool
bv_eq_nocase(struct bv a, struct bv b)
{
	return a.n == b.n && bv_cmp_nocase(a, b) == 0;
}

bool
bv_is(struct bv b, const char *s)
{
	return bv_eq_nocase(b, bv_str(s));
}

size_t
bv_find(struct bv b, size_t from, uint8_t c)
{
	if (from >= b.n)
		return b.n;
	const uint8_t *at = memchr(b.p + from, c, b.n - from);
	return at == NULL ? b.n : (size_t)(at - b.p);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

struct bv
bv_trim(struct bv b)
{
	while (b.n > 0 && is_blank(b.p[0]))
		b = bv_from(b, 1);
	while (b.n > 0 && is_blank(b.p[b.n - 1]))
		b.n--;
	return b;
}

bool
bv_to_i64(struct bv b, int64_t *out)
{
	bool negative = b.n > 0 && b.p[0] == '-';
	size_t i = b.n > 0 && (b.p[0] == '-' || b.p[0] == '+') ? 1 : 0;
	int64_t v = 0;

	if (i == b.n)
		return false;
	for (; i < b.n; i++) {
		int digit = b.p[i] - '0';
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	if (!negative && __builtin_mul_overflow(v, -1, &v))
		return false;
	*out = v;
	return true;
}
