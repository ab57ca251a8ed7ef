#include "der_name.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/der.h"
#include "model/dn.h"

/*
 * Name ::= SEQUENCE OF RDN, root first; RDN ::= SET OF SEQUENCE { type OID, value }.
 * RFC 4514 wants the leaf first, so RDNs are collected and written backwards.
 */

enum {
	TAG_OID = 0x06,
	TAG_UTF8 = 0x0c,
	TAG_PRINTABLE = 0x13,
	TAG_TELETEX = 0x14,
	TAG_IA5 = 0x16,
	TAG_BMP = 0x1e,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	MAX_RDNS = 128,
	MAX_OID_BYTES = 64,
	MAX_NAME_BYTES = 16384,
	EXPANSION = 8,
};

/* Text being written; a name never becomes more than EXPANSION times as long. */
struct text {
	struct arena *arena;
	uint8_t *p;
	size_t n;
};

static void
append(struct text *t, struct bv piece)
{
	if (piece.n > 0)
		memcpy(t->p + t->n, piece.p, piece.n);
	t->n += piece.n;
}

/* Appends the arcs of one OID; the first byte group holds two. */
static int
append_oid(struct text *t, struct bv oid)
{
	uint64_t arc = 0;
	bool first = true;

	if (oid.n == 0 || oid.n > MAX_OID_BYTES || (oid.p[oid.n - 1] & 0x80) != 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < oid.n; i++) {
		if (arc >> 56 != 0)
			return ERR_SYNTAX;
		arc = arc << 7 | (oid.p[i] & 0x7f);
		if ((oid.p[i] & 0x80) != 0)
			continue;
		if (first) {
			uint64_t top = arc < 80 ? arc / 40 : 2;
			append(t, arena_printf(t->arena, "%u.%llu", (unsigned)top,
				      (unsigned long long)(arc - top * 40)));
		} else {
			append(t, arena_printf(t->arena, ".%llu", (unsigned long long)arc));
		}
		first = false;
		arc = 0;
	}
	return 0;
}

/* One code point below 10000 hex as UTF-8; the bytes written. */
static size_t
put_utf8(uint8_t *out, unsigned c)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	out[0] = (uint8_t)(0xe0 | c >> 12);
	out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c & 0x3f));
	return 3;
}

/* Code points of width bytes each (1: Latin-1, 2: BMP) to UTF-8. */
static struct bv
widen(struct arena *a, struct bv v, size_t width)
{
	uint8_t *out = arena_alloc(a, v.n * 2 + 3);
	size_t n = 0;

	for (size_t i = 0; i + width <= v.n; i += width)
		n += put_utf8(out + n, width == 1 ? v.p[i] : (unsigned)(v.p[i] << 8 | v.p[i + 1]));
	return (struct bv){out, n};
}

static struct bv
hex_form(struct arena *a, struct bv whole)
{
	uint8_t *out = arena_alloc(a, whole.n * 2 + 1);

	out[0] = '#';
	for (size_t i = 0; i < whole.n; i++) {
		out[1 + i * 2] = (uint8_t) "0123456789abcdef"[whole.p[i] >> 4];
		out[2 + i * 2] = (uint8_t) "0123456789abcdef"[whole.p[i] & 15];
	}
	return (struct bv){out, whole.n * 2 + 1};
}

static struct bv
value_text(struct arena *a, const struct der_tlv *t)
{
	switch (t->tag) {
	case TAG_UTF8:
	case TAG_PRINTABLE:
	case TAG_IA5:
		return dn_escape(a, t->content);
	case TAG_TELETEX:
		return dn_escape(a, widen(a, t->content, 1));
	case TAG_BMP:
		return dn_escape(a, widen(a, t->content, 2));
	default:
		return hex_form(a, t->whole);
	}
}

/* AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY } */
static int
append_ava(struct text *t, struct bv content)
{
	struct der_tlv type, value;

	if (!der_next(&content, &type) || type.tag != TAG_OID || !der_next(&content, &value) ||
	    content.n != 0)
		return ERR_SYNTAX;
	if (append_oid(t, type.content) != 0)
		return ERR_SYNTAX;
	append(t, BV_LIT("="));
	append(t, value_text(t->arena, &value));
	return 0;
}

static int
append_rdn(struct text *t, struct bv set)
{
	struct der_tlv ava;
	bool first = true;

	while (set.n > 0) {
		if (!der_next(&set, &ava) || ava.tag != TAG_SEQUENCE)
			return ERR_SYNTAX;
		if (!first)
			append(t, BV_LIT("+"));
		if (append_ava(t, ava.content) != 0)
			return ERR_SYNTAX;
		first = false;
	}
	return first ? ERR_SYNTAX : 0;
}

/* Collects the contents of the RDN sets, root first; the count, or -1. */
static int
split_rdns(struct bv name, struct bv *sets)
{
	struct der_tlv t;
	int n = 0;

	if (!der_next(&name, &t) || t.tag != TAG_SEQUENCE || name.n != 0)
		return -1;
	name = t.content;
	while (name.n > 0) {
		if (n == MAX_RDNS || !der_next(&name, &t) || t.tag != TAG_SET)
			return -1;
		sets[n++] = t.content;
	}
	return n;
}

int
der_name_text(struct arena *a, struct bv name, struct bv *out)
{
	struct text t = {a, NULL, 0};
	struct bv sets[MAX_RDNS];
	int n;

	if (name.n > MAX_NAME_BYTES)
		return ERR_SYNTAX;
	n = split_rdns(name, sets);
	if (n < 0)
		return ERR_SYNTAX;
	t.p = arena_alloc(a, name.n * EXPANSION);
	for (int i = n; i-- > 0;) {
		if (append_rdn(&t, sets[i]) != 0)
			return ERR_SYNTAX;
		if (i > 0)
			append(&t, BV_LIT(","));
	}
	*out = (struct bv){t.p, t.n};
	return 0;
}
