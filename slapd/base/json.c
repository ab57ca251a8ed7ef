#include "json.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Escapes one character after the other; UTF-8 is checked by the table of RFC 3629 4. */

enum { ESCAPE_BYTES = 16 };

/* First bytes of longer sequences, and what the second byte may be; the rest is 80 to BF. */
static const struct {
	uint8_t first, last, low, high;
	size_t length;
} rows[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* Returns the length of the UTF-8 sequence at i, or 0 when there is none. */
static size_t
sequence(struct bv t, size_t i)
{
	size_t row = 0, n = 1;

	if (t.p[i] < 0x80)
		return 1;
	while (row < sizeof(rows) / sizeof(rows[0]) && t.p[i] > rows[row].last)
		row++;
	if (row == sizeof(rows) / sizeof(rows[0]) || t.p[i] < rows[row].first ||
	    rows[row].length > t.n - i || t.p[i + 1] < rows[row].low || t.p[i + 1] > rows[row].high)
		return 0;
	while (n < rows[row].length && (t.p[i + n] & 0xc0) == 0x80)
		n++;
	return n == rows[row].length ? n : 0;
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
