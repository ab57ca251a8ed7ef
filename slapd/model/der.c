#include "der.h"

#include "base/arena.h"
#include "base/err.h"

/*
 * DER: tag, definite length in at most four bytes, content; tags below 31 only.
 * Every read is checked against the bytes that are left, so a length that lies
 * ends the walk with ERR_SYNTAX.
 */

enum {
	TAG_INTEGER = 0x02,
	TAG_BIT_STRING = 0x03,
	TAG_UTC_TIME = 0x17,
	TAG_TIME = 0x18,
	TAG_SEQUENCE = 0x30,
	TAG_VERSION = 0xa0,
	MAX_INTEGER_BYTES = 64,
};

/* Reads the length octets at v->p[*at]; false when they lie or are not minimal in form. */
static bool
read_length(struct bv v, size_t *at, size_t *len_out)
{
	size_t len, count;

	if (*at >= v.n)
		return false;
	len = v.p[(*at)++];
	if (len < 0x80) {
		*len_out = len;
		return len <= v.n - *at;
	}
	count = len & 0x7f;
	if (count == 0 || count > 4 || count > v.n - *at)
		return false;
	for (len = 0; count > 0; count--)
		len = len << 8 | v.p[(*at)++];
	*len_out = len;
	return len <= v.n - *at;
}

bool
der_next(struct bv *rest, struct der_tlv *out)
{
	size_t at = 1, len;

	if (rest->n < 2 || (rest->p[0] & 0x1f) == 0x1f || !read_length(*rest, &at, &len))
		return false;
	out->tag = rest->p[0];
	out->content = (struct bv){rest->p + at, len};
	out->whole = (struct bv){rest->p, at + len};
	*rest = bv_from(*rest, at + len);
	return true;
}

static bool
expect(struct bv *rest, uint8_t tag, struct der_tlv *out)
{
	return der_next(rest, out) && out->tag == tag;
}

/* The outer shape of a signed object: SEQUENCE { SEQUENCE, SEQUENCE, BIT STRING }. */
static bool
open_signed(struct bv v, struct der_tlv *inner)
{
	struct der_tlv outer, t;

	if (!expect(&v, TAG_SEQUENCE, &outer) || v.n != 0)
		return false;
	v = outer.content;
	return expect(&v, TAG_SEQUENCE, inner) && expect(&v, TAG_SEQUENCE, &t) &&
	       expect(&v, TAG_BIT_STRING, &t) && v.n == 0;
}

/* tbsCertificate: [0] version OPTIONAL, serialNumber, signature, issuer, ... */
int
der_certificate_id(struct bv cert, struct bv *serial_out, struct bv *issuer_out)
{
	struct der_tlv body, serial, t;
	struct bv rest;

	if (!open_signed(cert, &body))
		return ERR_SYNTAX;
	rest = body.content;
	if (!der_next(&rest, &serial))
		return ERR_SYNTAX;
	if (serial.tag == TAG_VERSION && !der_next(&rest, &serial))
		return ERR_SYNTAX;
	if (serial.tag != TAG_INTEGER || serial.content.n == 0)
		return ERR_SYNTAX;
	if (!expect(&rest, TAG_SEQUENCE, &t) || !expect(&rest, TAG_SEQUENCE, &t))
		return ERR_SYNTAX;
	*serial_out = serial.content;
	*issuer_out = t.whole;
	return 0;
}

/* UTCTime "YYMMDD..." gets its century (RFC 5280 4.1.2.5.1). */
static struct bv
long_time(struct arena *a, const struct der_tlv *t)
{
	if (t->tag != TAG_UTC_TIME || t->content.n == 0)
		return t->content;
	return arena_printf(a, "%s%.*s", t->content.p[0] < '5' ? "20" : "19", BV(t->content));
}

/* tbsCertList: version OPTIONAL, signature, issuer, thisUpdate, ... */
int
der_crl_id(struct arena *a, struct bv crl, struct bv *issuer_out, struct bv *update_out)
{
	struct der_tlv body, issuer, t;
	struct bv rest;

	if (!open_signed(crl, &body))
		return ERR_SYNTAX;
	rest = body.content;
	if (!der_next(&rest, &t) || (t.tag == TAG_INTEGER && !der_next(&rest, &t)))
		return ERR_SYNTAX;
	if (t.tag != TAG_SEQUENCE || !expect(&rest, TAG_SEQUENCE, &issuer) || !der_next(&rest, &t))
		return ERR_SYNTAX;
	if (t.tag != TAG_UTC_TIME && t.tag != TAG_TIME)
		return ERR_SYNTAX;
	*issuer_out = issuer.whole;
	*update_out = long_time(a, &t);
	return 0;
}

int
der_check_certificate(const struct schema *s, struct bv v)
{
	struct bv serial, issuer;

	(void)s;
	return der_certificate_id(v, &serial, &issuer);
}

int
der_check_certificate_list(const struct schema *s, struct bv v)
{
	struct der_tlv body;

	(void)s;
	return open_signed(v, &body) ? 0 : ERR_SYNTAX;
}

int
der_check_sequence(const struct schema *s, struct bv v)
{
	struct der_tlv t;

	(void)s;
	return expect(&v, TAG_SEQUENCE, &t) && v.n == 0 ? 0 : ERR_SYNTAX;
}

/* Divides the big-endian number by ten in place; returns the remainder. */
static unsigned
divide_by_ten(uint8_t *number, size_t n)
{
	unsigned carry = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned value = carry << 8 | number[i];
		number[i] = (uint8_t)(value / 10);
		carry = value % 10;
	}
	return carry;
}

static bool
is_zero(const uint8_t *number, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (number[i] != 0)
			return false;
	}
	return true;
}

/* Replaces a two's complement number by its negation. */
static void
negate(uint8_t *number, size_t n)
{
	unsigned carry = 1;

	for (size_t i = n; i-- > 0;) {
		unsigned value = (unsigned)(uint8_t)~number[i] + carry;
		number[i] = (uint8_t)value;
		carry = value >> 8;
	}
}

int
der_integer_text(struct arena *a, struct bv content, struct bv *out)
{
	uint8_t number[MAX_INTEGER_BYTES];
	enum { TEXT_BYTES = MAX_INTEGER_BYTES * 3 };
	uint8_t *text = arena_alloc(a, TEXT_BYTES);
	size_t at = TEXT_BYTES;
	bool negative;

	if (content.n == 0 || content.n > MAX_INTEGER_BYTES)
		return ERR_SYNTAX;
	memcpy(number, content.p, content.n);
	negative = (number[0] & 0x80) != 0;
	if (negative)
		negate(number, content.n);
	do
		text[--at] = (uint8_t)('0' + divide_by_ten(number, content.n));
	while (!is_zero(number, content.n));
	if (negative)
		text[--at] = '-';
	*out = (struct bv){text + at, TEXT_BYTES - at};
	return 0;
}
