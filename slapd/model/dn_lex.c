#include "dn_lex.h"

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"

/*
 * RFC 4514 3, with the older forms of RFC 2253 4 and RFC 1779 that must be read:
 *
 *   rdn       = ava *( "+" ava ),  separated by "," or ";"
 *   ava       = *WS [ "OID." ] type *WS "=" *WS value *WS
 *   value     = "#" 1*( HEX HEX ) / DQUOTE *( quoted / pair ) DQUOTE / *( char / pair )
 *   pair      = "\" ( special / HEX HEX )
 *   special   = "," / "=" / "+" / "<" / ">" / "#" / ";" / "\" / DQUOTE / SP
 *
 * Unescaped white space around a value is not part of it. An empty value is refused: no
 * syntax that can name an entry has one.
 */

enum { C_PLAIN = 0, C_SEPARATOR, C_ESCAPE, C_FORBIDDEN };

/* What a byte means in an unquoted value. */
static const uint8_t value_class[256] = {
    ['\0'] = C_FORBIDDEN,
    ['"'] = C_FORBIDDEN,
    ['<'] = C_FORBIDDEN,
    ['>'] = C_FORBIDDEN,
    [','] = C_SEPARATOR,
    [';'] = C_SEPARATOR,
    ['+'] = C_SEPARATOR,
    ['\\'] = C_ESCAPE,
};

static int
fail(struct errbuf *e, size_t at, const char *why)
{
	return err_set(e, ERR_SYNTAX, "character %zu: %s", at + 1, why);
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The bytes of names and numeric OIDs (RFC 4512 1.4). */
static const bool type_byte[256] = {
    ['a' ... 'z'] = true,
    ['A' ... 'Z'] = true,
    ['0' ... '9'] = true,
    ['-'] = true,
    ['.'] = true,
};

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_special(uint8_t c)
{
	return c != 0 && strchr(",=+<>#;\\\" ", c) != NULL;
}

static size_t
skip_spaces(struct bv text, size_t pos)
{
	while (pos < text.n && is_space(text.p[pos]))
		pos++;
	return pos;
}

static struct bv
without_oid_prefix(struct bv type)
{
	bool prefixed = type.n > 4 && bv_is(bv_make(type.p, 4), "oid.");

	return prefixed ? bv_from(type, 4) : type;
}

static int
lex_type(struct bv text, size_t *pos, struct dn_token *out, struct errbuf *e)
{
	size_t start = skip_spaces(text, *pos), end = start;

	out->at = start;
	while (end < text.n && type_byte[text.p[end]])
		end++;
	if (end == start)
		return fail(e, start, "an attribute type is expected");
	out->type = without_oid_prefix(bv_make(text.p + start, end - start));
	end = skip_spaces(text, end);
	if (end == text.n || text.p[end] != '=')
		return fail(e, end, "'=' is expected after the attribute type");
	*pos = skip_spaces(text, end + 1);
	return 0;
}

/* Returns the length of the pair at pos (2 or 3), or 0 when it is none. */
static size_t
pair_length(struct bv text, size_t pos)
{
	if (pos + 1 < text.n && is_special(text.p[pos + 1]))
		return 2;
	if (pos + 2 < text.n && hex_value(text.p[pos + 1]) >= 0 && hex_value(text.p[pos + 2]) >= 0)
		return 3;
	return 0;
}

static int
lex_quoted(struct bv text, size_t *pos, struct dn_token *out, struct errbuf *e)
{
	size_t start = *pos + 1, at = start;

	while (at < text.n && text.p[at] != '"') {
		size_t step = text.p[at] == '\\' ? pair_length(text, at) : 1;
		if (step == 0 || text.p[at] == 0)
			return fail(e, at, "this byte must be written as \\xx");
		at += step;
	}
	if (at == text.n)
		return fail(e, start - 1, "the closing quote is missing");
	out->raw = bv_make(text.p + start, at - start);
	out->form = DN_LEX_ESCAPED;
	*pos = at + 1;
	return 0;
}

static int
lex_hex(struct bv text, size_t *pos, struct dn_token *out, struct errbuf *e)
{
	size_t start = *pos + 1, at = start;

	while (at < text.n && hex_value(text.p[at]) >= 0)
		at++;
	if (at == start || (at - start) % 2 != 0)
		return fail(e, start - 1, "'#' needs pairs of hex digits; write \\23 for a '#'");
	out->raw = bv_make(text.p + start, at - start);
	out->form = DN_LEX_HEX;
	*pos = at;
	return 0;
}

static int
lex_plain(struct bv text, size_t *pos, struct dn_token *out, struct errbuf *e)
{
	size_t start = *pos, at = start, kept = start;

	for (; at < text.n; at++) {
		uint8_t class = value_class[text.p[at]];
		if (class == C_PLAIN)
			continue;
		if (class == C_SEPARATOR)
			break;
		size_t step = class == C_ESCAPE ? pair_length(text, at) : 0;
		if (step == 0)
			return fail(e, at, "this byte must be escaped with a backslash");
		at += step - 1;
		kept = at + 1;
	}
	*pos = at;
	out->form = kept > start ? DN_LEX_ESCAPED : DN_LEX_PLAIN;
	while (at > kept && is_space(text.p[at - 1]))
		at--;
	out->raw = bv_make(text.p + start, at - start);
	return 0;
}

static int
lex_value(struct bv text, size_t *pos, struct dn_token *out, struct errbuf *e)
{
	size_t start = *pos;
	uint8_t first = start < text.n ? text.p[start] : 0;
	int rc;

	if (first == '"')
		rc = lex_quoted(text, pos, out, e);
	else if (first == '#')
		rc = lex_hex(text, pos, out, e);
	else
		rc = lex_plain(text, pos, out, e);
	if (rc == 0 && out->raw.n == 0)
		return fail(e, start, "the value is empty");
	return rc;
}

int
dn_lex_next(struct bv text, size_t *pos, struct dn_token *out, struct errbuf *e)
{
	int rc = lex_type(text, pos, out, e);

	if (rc == 0)
		rc = lex_value(text, pos, out, e);
	if (rc != 0)
		return rc;
	*pos = skip_spaces(text, *pos);
	out->ending = 0;
	if (*pos == text.n)
		return 0;
	uint8_t c = text.p[*pos];
	if (value_class[c] != C_SEPARATOR)
		return fail(e, *pos, "a separator is expected after the value");
	out->ending = c == '+' ? '+' : ',';
	++*pos;
	return 0;
}

static uint8_t
hex_byte(const uint8_t *p)
{
	return (uint8_t)(hex_value(p[0]) << 4 | hex_value(p[1]));
}

static struct bv
unescape(struct arena *a, struct bv raw)
{
	uint8_t *p = arena_alloc(a, raw.n);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] != '\\') {
			p[n++] = raw.p[i];
		} else if (is_special(raw.p[i + 1])) {
			p[n++] = raw.p[++i];
		} else {
			p[n++] = hex_byte(raw.p + i + 1);
			i += 2;
		}
	}
	return bv_make(p, n);
}

/* OCTET STRING and the string types whose bytes are UTF-8 or a subset of it. */
static bool
is_string_tag(uint8_t tag)
{
	return tag == 0x04 || tag == 0x0c || tag == 0x12 || tag == 0x13 || tag == 0x16 ||
	       tag == 0x1a;
}

/* BER: tag, definite length, contents that fill the rest. */
static int
string_contents(struct bv ber, struct bv *out)
{
	size_t header = 2, length;

	if (ber.n < 2 || !is_string_tag(ber.p[0]))
		return ERR_SYNTAX;
	length = ber.p[1];
	if (length >= 0x80) {
		size_t octets = length & 0x7f;
		if (octets == 0 || octets > 4 || ber.n < 2 + octets)
			return ERR_SYNTAX;
		for (length = 0; header < 2 + octets; header++)
			length = length << 8 | ber.p[header];
	}
	if (length == 0 || length != ber.n - header)
		return ERR_SYNTAX;
	*out = bv_from(ber, header);
	return 0;
}

int
dn_lex_value(struct arena *a, const struct dn_token *t, struct bv *out)
{
	if (t->form == DN_LEX_PLAIN) {
		*out = t->raw;
		return 0;
	}
	if (t->form == DN_LEX_ESCAPED) {
		*out = unescape(a, t->raw);
		return 0;
	}
	uint8_t *p = arena_alloc(a, t->raw.n / 2);
	for (size_t i = 0; i < t->raw.n / 2; i++)
		p[i] = hex_byte(t->raw.p + 2 * i);
	return string_contents(bv_make(p, t->raw.n / 2), out);
}
