#include "base64.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Base64 (RFC 4648 4). Decoding wants whole groups of four with their padding and
 * nothing else; bits behind the last whole byte are ignored, as deployed decoders do.
 */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
put_group(uint8_t *out, const uint8_t *p, size_t n)
{
	uint32_t bits = (uint32_t)p[0] << 16;

	if (n > 1)
		bits |= (uint32_t)p[1] << 8;
	if (n > 2)
		bits |= p[2];
	out[0] = (uint8_t)digits[bits >> 18];
	out[1] = (uint8_t)digits[bits >> 12 & 63];
	out[2] = n > 1 ? (uint8_t)digits[bits >> 6 & 63] : '=';
	out[3] = n > 2 ? (uint8_t)digits[bits & 63] : '=';
}

void
base64_put(struct buf *out, struct bv v)
{
	size_t groups = v.n / 3 + (v.n % 3 != 0);
	uint8_t *to = buf_reserve(out, groups * 4);

	for (size_t i = 0; i < v.n; i += 3, to += 4)
		put_group(to, v.p + i, v.n - i < 3 ? v.n - i : 3);
	out->n += groups * 4;
}

/* Returns the value of a digit, or -1. */
static int
digit_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Decodes the digits of one group (2 to 4 of them) to out; returns false on another byte. */
static bool
take_group(const uint8_t *p, size_t n, uint8_t *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int v = i < n ? digit_value(p[i]) : 0;
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
	}
	for (size_t i = 0; i + 1 < n; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return true;
}

int
base64_decode(struct arena *a, struct bv text, struct bv *out)
{
	size_t pad = 0, n = 0;

	if (text.n % 4 != 0)
		return ERR_SYNTAX;
	while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
		pad++;
	uint8_t *to = arena_alloc(a, text.n / 4 * 3 + 1);
	for (size_t i = 0; i < text.n; i += 4) {
		size_t used = i + 4 == text.n ? 4 - pad : 4;
		if (!take_group(text.p + i, used, to + n))
			return ERR_SYNTAX;
		n += used - 1;
	}
	to[n] = 0;
	*out = bv_make(to, n);
	return 0;
}
