#include "hex.h"

#include "base/arena.h"
#include "base/err.h"

/* Hexadecimal escapes, both letter cases; shared by filters, URLs and LDIF's file names. */

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
hex_pair(struct bv text, size_t at)
{
	if (at >= text.n || text.n - at < 2)
		return -1;
	int high = digit(text.p[at]), low = digit(text.p[at + 1]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

int
hex_unpercent(struct arena *a, struct bv raw, struct bv *out)
{
	uint8_t *copy = arena_alloc(a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++, n++) {
		copy[n] = raw.p[i];
		if (raw.p[i] != '%')
			continue;
		int byte = hex_pair(raw, i + 1);
		if (byte < 0)
			return ERR_SYNTAX;
		copy[n] = (uint8_t)byte;
		i += 2;
	}
	copy[n] = 0;
	*out = bv_make(copy, n);
	return 0;
}
