#include "ldif.h"

#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base64.h"

/*
 * Writing LDIF byte for byte as OpenLDAP's tools do: lines of 78 columns, base64 for
 * whatever is not printable ASCII, and always for userPassword, so that dumps compare.
 */

enum { DEFAULT_WRAP = 78 };

/* RFC 2849 SAFE-STRING; a trailing space is not safe either. */
static bool
needs_base64(struct bv value)
{
	if (value.n == 0)
		return false;
	if (value.p[0] == ' ' || value.p[0] == ':' || value.p[0] == '<' ||
	    value.p[value.n - 1] == ' ')
		return true;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < 0x20 || value.p[i] > 0x7e)
			return true;
	}
	return false;
}

/* Appends text, beginning a new line whenever wrap columns are full. */
static void
put_folded(struct buf *out, struct bv text, size_t column, size_t wrap)
{
	size_t room = column < wrap ? wrap - column : 0;

	while (text.n > room) {
		buf_put(out, text.p, room);
		buf_put_bv(out, BV_LIT("\n "));
		text = bv_from(text, room);
		room = wrap - 1;
	}
	buf_put_bv(out, text);
}

static void
put_base64(struct buf *out, struct bv value, size_t column, size_t wrap)
{
	struct buf text;

	buf_init(&text);
	base64_put(&text, value);
	put_folded(out, buf_bv(&text), column, wrap);
	buf_done_secret(&text);
}

void
ldif_put(struct buf *out, struct bv desc, struct bv value, size_t wrap)
{
	bool base64 = needs_base64(value) ||
		      (value.n > 0 && (bv_is(desc, "userPassword") || bv_is(desc, "2.5.4.35")));

	if (wrap == 0)
		wrap = DEFAULT_WRAP;
	if (wrap < 2)
		wrap = 2;
	buf_put_bv(out, desc);
	buf_put_bv(out, base64 ? BV_LIT(":: ") : BV_LIT(":"));
	if (base64) {
		put_base64(out, value, desc.n + 3, wrap);
	} else if (value.n > 0) {
		buf_put_byte(out, ' ');
		put_folded(out, value, desc.n + 2, wrap);
	}
	buf_put_byte(out, '\n');
}
