#include "ber.h"

#include <string.h>
#include "base/buf.h"
#include "base/err.h"

/*
 * BER in the form RFC 4511 5.1 prescribes. Invariant of every reader: p <= end, and
 * after an error p == end, so that loops over ber_at_end() always finish.
 * Lengths in more bytes than needed are read (BER allows them), never written.
 */

enum { MAX_LENGTH_OCTETS = 8 };

static const uint8_t nothing[1];

/*
 * Reads tag and length at p. Returns 1 with *header_out and *length_out, 0 when bytes are
 * missing, ERR_SYNTAX when the form is not the restricted one.
 */
static int
header(const uint8_t *p, size_t n, size_t *header_out, size_t *length_out)
{
	if (n > 0 && (p[0] & 0x1f) == 0x1f)
		return ERR_SYNTAX;
	if (n < 2)
		return 0;
	size_t octets = p[1] & 0x7f;
	if (p[1] < 0x80) {
		*header_out = 2;
		*length_out = p[1];
		return 1;
	}
	if (octets == 0 || octets > MAX_LENGTH_OCTETS)
		return ERR_SYNTAX;
	uint64_t length = 0;
	for (size_t i = 0; i < octets; i++) {
		if (2 + i >= n)
			return 0;
		length = length << 8 | p[2 + i];
		if (length > INT32_MAX)
			return ERR_SYNTAX;
	}
	*header_out = 2 + octets;
	*length_out = (size_t)length;
	return 1;
}

static struct bv
fail(struct ber_in *in)
{
	in->bad = true;
	in->p = in->end;
	return BV_NONE;
}

struct ber_in
ber_in_of(struct bv b)
{
	const uint8_t *p = b.p == NULL ? nothing : b.p;

	return (struct ber_in){p, p + b.n, false};
}

bool
ber_at_end(const struct ber_in *in)
{
	return in->p == in->end;
}

int
ber_peek(const struct ber_in *in)
{
	return ber_at_end(in) ? -1 : *in->p;
}

struct bv
ber_any(struct ber_in *in, uint8_t *tag_out)
{
	size_t head, length, left = (size_t)(in->end - in->p);

	if (in->bad || header(in->p, left, &head, &length) != 1 || length > left - head)
		return fail(in);
	struct bv content = bv_make(in->p + head, length);
	*tag_out = *in->p;
	in->p += head + length;
	return content;
}

size_t
ber_count(const struct ber_in *in)
{
	struct ber_in rest = *in;
	size_t n = 0;
	uint8_t tag;

	for (; !ber_at_end(&rest); n++)
		ber_any(&rest, &tag);
	return n;
}

struct bv
ber_octets(struct ber_in *in, uint8_t tag)
{
	uint8_t found;

	if (ber_peek(in) != tag)
		return fail(in);
	return ber_any(in, &found);
}

struct ber_in
ber_enter(struct ber_in *in, uint8_t tag)
{
	struct ber_in inner = ber_in_of(ber_octets(in, tag));

	inner.bad = in->bad;
	return inner;
}

void
ber_leave(struct ber_in *outer, const struct ber_in *inner)
{
	if (inner->bad || !ber_at_end(inner))
		fail(outer);
}

int64_t
ber_int(struct ber_in *in, uint8_t tag)
{
	struct bv v = ber_octets(in, tag);

	if (v.n < 1 || v.n > 8) {
		fail(in);
		return 0;
	}
	uint64_t bits = v.p[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < v.n; i++)
		bits = bits << 8 | v.p[i];
	return (int64_t)bits;
}

bool
ber_bool(struct ber_in *in, uint8_t tag)
{
	struct bv v = ber_octets(in, tag);

	if (v.n != 1) {
		fail(in);
		return false;
	}
	return v.p[0] != 0;
}

void
ber_null(struct ber_in *in, uint8_t tag)
{
	if (ber_octets(in, tag).n != 0)
		fail(in);
}

int64_t
ber_frame(struct bv b)
{
	size_t head, length;
	int r = header(b.p, b.n, &head, &length);

	return r == 1 ? (int64_t)(head + length) : r;
}

/* Returns how many octets follow the first length octet. */
static size_t
length_octets(size_t n)
{
	size_t octets = 0;

	if (n < 0x80)
		return 0;
	for (; n > 0; n >>= 8)
		octets++;
	return octets;
}

/* Writes the length in its shortest form at p. */
static void
write_length(uint8_t *p, size_t n)
{
	size_t octets = length_octets(n);

	if (octets == 0) {
		p[0] = (uint8_t)n;
		return;
	}
	p[0] = (uint8_t)(0x80 | octets);
	for (size_t i = octets; i > 0; i--, n >>= 8)
		p[i] = (uint8_t)n;
}

size_t
ber_header_bytes(size_t content_bytes)
{
	return 2 + length_octets(content_bytes);
}

void
ber_put_header(struct buf *out, uint8_t tag, size_t content_bytes)
{
	uint8_t *p = buf_reserve(out, ber_header_bytes(content_bytes));

	p[0] = tag;
	write_length(p + 1, content_bytes);
	out->n += ber_header_bytes(content_bytes);
}

size_t
ber_open(struct buf *out, uint8_t tag)
{
	size_t pos = out->n;

	ber_put_header(out, tag, 0);
	return pos;
}

void
ber_close(struct buf *out, size_t pos)
{
	size_t content = out->n - pos - 2;
	size_t more = length_octets(content);

	buf_reserve(out, more);
	if (more > 0)
		memmove(out->p + pos + 2 + more, out->p + pos + 2, content);
	write_length(out->p + pos + 1, content);
	out->n += more;
}

void
ber_put_octets(struct buf *out, uint8_t tag, struct bv v)
{
	ber_put_header(out, tag, v.n);
	buf_put_bv(out, v);
}

size_t
ber_int_bytes(int64_t v)
{
	size_t n = 1;

	while (n < 8 && (v < -((int64_t)1 << (8 * n - 1)) || v >= (int64_t)1 << (8 * n - 1)))
		n++;
	return n;
}

void
ber_put_int(struct buf *out, uint8_t tag, int64_t v)
{
	size_t n = ber_int_bytes(v);
	uint64_t bits = (uint64_t)v;

	ber_put_header(out, tag, n);
	uint8_t *p = buf_reserve(out, n);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(bits >> (8 * (n - 1 - i)));
	out->n += n;
}

void
ber_put_bool(struct buf *out, uint8_t tag, bool v)
{
	uint8_t content = v ? 0xff : 0;

	ber_put_octets(out, tag, bv_make(&content, 1));
}
