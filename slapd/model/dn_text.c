#include "dn_text.h"

#include <stdbool.h>
#include "base/arena.h"
#include "dn.h"
#include "prep.h"

/*
 * DN texts as this server writes them, pretty or normal. Every special byte is written as \XX,
 * never as \c, so a raw ',' always separates RDNs and a raw '+' AVAs: finding superiors is a
 * search for one byte. UTF-8 stays as it is; the upper half of a value that is not UTF-8 is
 * escaped, so that the text is.
 */

enum { T_SPECIAL = 1, T_HIGH = 2, T_EDGE = 4 /* at either end */, T_FIRST = 8 };

static const uint8_t text_class[256] = {
    ['\0'] = T_SPECIAL,
    ['"'] = T_SPECIAL,
    ['+'] = T_SPECIAL,
    [','] = T_SPECIAL,
    [';'] = T_SPECIAL,
    ['<'] = T_SPECIAL,
    ['='] = T_SPECIAL,
    ['>'] = T_SPECIAL,
    ['\\'] = T_SPECIAL,
    ['#'] = T_FIRST,
    [' '] = T_EDGE,
    ['\t'] = T_EDGE,
    ['\n'] = T_EDGE,
    ['\r'] = T_EDGE,
    [0x80 ... 0xff] = T_HIGH,
};

/* Copies the value and returns the classes of its bytes: mostly that is all there is to do. */
static unsigned
copy_bytes(uint8_t *out, struct bv value)
{
	unsigned classes = 0;

	for (size_t i = 0; i < value.n; i++) {
		out[i] = value.p[i];
		classes |= text_class[value.p[i]];
	}
	return classes;
}

/* The classes that must be escaped at offset i. */
static unsigned
escaped_at(struct bv value, size_t i, unsigned everywhere)
{
	if (i == 0)
		return everywhere | T_EDGE | T_FIRST;
	return i == value.n - 1 ? everywhere | T_EDGE : everywhere;
}

static size_t
put_escaped(uint8_t *out, struct bv value, unsigned everywhere)
{
	static const char digits[] = "0123456789ABCDEF";
	uint8_t *p = out;

	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];
		if ((text_class[c] & escaped_at(value, i, everywhere)) == 0) {
			*p++ = c;
			continue;
		}
		*p++ = '\\';
		*p++ = (uint8_t)digits[c >> 4];
		*p++ = (uint8_t)digits[c & 15];
	}
	return (size_t)(p - out);
}

size_t
dn_text_put_value(uint8_t *out, struct bv value)
{
	unsigned classes = copy_bytes(out, value), everywhere = T_SPECIAL;

	if (classes == 0)
		return value.n;
	if ((classes & T_HIGH) != 0 && !prep_is_utf8(value))
		everywhere |= T_HIGH;
	return put_escaped(out, value, everywhere);
}

struct bv
dn_escape(struct arena *a, struct bv value)
{
	uint8_t *p = arena_alloc(a, DN_TEXT_EXPANSION * value.n);

	return bv_make(p, dn_text_put_value(p, value));
}

bool
dn_normal_is_under(struct bv sub, struct bv sup)
{
	if (sup.n == 0)
		return true;
	if (sub.n < sup.n || memcmp(sub.p + sub.n - sup.n, sup.p, sup.n) != 0)
		return false;
	return sub.n == sup.n || sub.p[sub.n - sup.n - 1] == ',';
}

struct bv
dn_text_parent(struct bv text)
{
	size_t comma = bv_find(text, 0, ',');

	return comma == text.n ? BV_LIT("") : bv_from(text, comma + 1);
}

struct bv
dn_text_rdn(struct bv text)
{
	return bv_make(text.p, bv_find(text, 0, ','));
}

size_t
dn_text_depth(struct bv text)
{
	size_t count = text.n > 0 ? 1 : 0;

	for (size_t at = bv_find(text, 0, ','); at < text.n; at = bv_find(text, at + 1, ','))
		count++;
	return count;
}
