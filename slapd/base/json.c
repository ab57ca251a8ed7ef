#include "json.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Escapes one character after the other; UTF-8 is checked by the table of RFC 3629 4. */

enum { ESCAPE_BYTES = 16 };

static bool
is_tail(struct bv t, size_t i)
{
	return i < t.n && (t.p[i] & 0xc0) == 0x80;
}

/* Returns the length of the UTF-8 sequence at i, or 0 when there is none. */
static size_t
sequence(struct bv t, size_t i)
{
	uint8_t c = t.p[i], next = i + 1 < t.n ? t.p[i + 1] : 0;

	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return is_tail(t, i + 1) ? 2 : 0;
	if ((c & 0xf0) == 0xe0) {
		if ((c == 0xe0 && next < 0xa0) || (c == 0xed && next > 0x9f))
			return 0;
		return is_tail(t, i + 1) && is_tail(t, i + 2) ? 3 : 0;
	}
	if (c < 0xf0 || c > 0xf4 || (c == 0xf0 && next < 0x90) || (c == 0xf4 && next > 0x8f))
		return 0;
	return is_tail(t, i + 1) && is_tail(t, i + 2) && is_tail(t, i + 3) ? 4 : 0;
}

/* Writes the character at i to one (ESCAPE_BYTES); returns how many bytes of text it was. */
static size_t
escape_one(struct bv t, size_t i, char *one)
{
	size_t n = sequence(t, i);
	uint8_t c = t.p[i];

	if (n == 0) {
		snprintf(one, ESCAPE_BYTES, "\\\\x%02x", c);
		return 1;
	}
	if (c == '"' || c == '\\') {
		snprintf(one, ESCAPE_BYTES, "\\%c", c);
	} else if (c < ' ' || c == 0x7f) {
		snprintf(one, ESCAPE_BYTES, "\\u%04x", c);
	} else if (n == 2 && c == 0xc2 && t.p[i + 1] < 0xa0) {
		snprintf(one, ESCAPE_BYTES, "\\u%04x", t.p[i + 1]);
	} else {
		memcpy(one, t.p + i, n);
		one[n] = 0;
	}
	return n;
}

size_t
json_escape(struct bv text, char *out, size_t size, size_t *n_out)
{
	char one[ESCAPE_BYTES];
	size_t i = 0, n = 0;

	while (i < text.n) {
		size_t used = escape_one(text, i, one), len = strlen(one);
		if (len == 0 || n + len >= size)
			break;
		memcpy(out + n, one, len);
		n += len;
		i += used;
	}
	out[n] = 0;
	*n_out = n;
	return i;
}
