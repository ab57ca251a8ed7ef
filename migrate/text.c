#include "text.h"

#include <locale.h>
#include <wctype.h>

#include "base/buf.h"

/*
 * Everything here takes views and never trusts them to be text. Case folding
 * uses the C library's C.UTF-8 table, whatever the user's locale is; when that
 * locale is missing only ASCII letters fold, and the server still has the last
 * word on equality.
 */

/* Returns the length of the UTF-8 sequence at the start of b and its code point, or 0. */
static size_t
decode(struct bv b, unsigned *code_out)
{
	static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned lead = b.p[0];
	size_t n = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (n == 0 || lead > 0xf4 || n > b.n)
		return 0;
	unsigned code = n == 1 ? lead : lead & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((b.p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (b.p[i] & 0x3fU);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*code_out = code;
	return n;
}

static size_t
encode(unsigned code, uint8_t *out)
{
	if (code < 0x80) {
		out[0] = (uint8_t)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, code >>= 6)
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
	out[0] = (uint8_t)((0xf00U >> n & 0xf0) | code);
	return n;
}

bool
text_is_utf8(struct bv b)
{
	unsigned code;
	size_t n;

	for (; b.n > 0; b = bv_from(b, n)) {
		n = decode(b, &code);
		if (n == 0)
			return false;
	}
	return true;
}

bool
text_is_ascii(struct bv b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] > 127)
			return false;
	}
	return true;
}

bool
text_has_control(struct bv b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] < 32 || b.p[i] == 127)
			return true;
	}
	return false;
}

struct bv
text_from_latin1(struct arena *arena, struct bv b)
{
	uint8_t *out = arena_alloc(arena, 2 * b.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < b.n; i++)
		n += encode(b.p[i], out + n);
	out[n] = 0;
	return bv_make(out, n);
}

static unsigned
fold_code(unsigned code)
{
	static locale_t utf8;

	if (code < 0x80)
		return code >= 'A' && code <= 'Z' ? code + 32 : code;
	if (utf8 == (locale_t)0)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return utf8 == (locale_t)0 ? code : (unsigned)towlower_l((wint_t)code, utf8);
}

struct bv
text_fold(struct arena *arena, struct bv b)
{
	uint8_t *out =
	    arena_alloc(arena, 2 * b.n + 1); /* a lower-case form may be one byte longer */
	size_t used = 0;
	bool space = false;

	while (b.n > 0) {
		unsigned code = 0;
		size_t n = decode(b, &code);
		bool blank = n == 1 && code == ' ';

		if (!blank) {
			if (space && used > 0)
				out[used++] = ' ';
			if (n == 0)
				out[used++] = b.p[0];
			else
				used += encode(fold_code(code), out + used);
		}
		space = blank;
		b = bv_from(b, n == 0 ? 1 : n);
	}
	out[used] = 0;
	return bv_make(out, used);
}

struct bv
text_printable(struct arena *arena, struct bv b)
{
	static const char hex[] = "0123456789abcdef";
	char *out = arena_alloc(arena, 4 * b.n + 1);
	size_t used = 0;

	while (b.n > 0) {
		unsigned code = 0;
		size_t n = decode(b, &code);
		bool plain = n > 0 && code >= 32 && code != 127 && (code < 0x80 || code >= 0xa0);

		if (plain) {
			memcpy(out + used, b.p, n);
			used += n;
		} else {
			out[used++] = '\\';
			out[used++] = 'x';
			out[used++] = hex[b.p[0] >> 4];
			out[used++] = hex[b.p[0] & 15];
			n = 1;
		}
		b = bv_from(b, n);
	}
	out[used] = 0;
	return bv_make(out, used);
}

size_t
text_split(struct bv line, char sep, struct bv *fields_out, size_t max)
{
	size_t count = 0;

	for (;;) {
		size_t end = bv_find(line, 0, (uint8_t)sep);

		if (count < max)
			fields_out[count] = bv_make(line.p, end);
		count++;
		if (end == line.n)
			return count;
		line = bv_from(line, end + 1);
	}
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

struct bv
text_word(struct bv *rest)
{
	size_t n = 0;

	while (rest->n > 0 && is_blank(rest->p[0]))
		*rest = bv_from(*rest, 1);
	if (rest->n == 0)
		return BV_NONE;
	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	struct bv word = bv_make(rest->p, n);
	*rest = bv_from(*rest, n);
	return word;
}

bool
text_number(struct bv b, unsigned long max, unsigned long *out)
{
	unsigned long value = 0;

	if (b.n == 0 || b.n > 20)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] < '0' || b.p[i] > '9')
			return false;
		unsigned long digit = b.p[i] - '0';
		if (value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}
