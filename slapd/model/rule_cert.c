#include "rule_cert.h"

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/der.h"
#include "model/der_name.h"
#include "model/stamp.h"
#include "model/syntax_name.h"
#include "model/syntax_text.h"

/*
 * Assertions are read in two forms:
 *   GSER (RFC 3641):  { serialNumber 42, issuer rdnSequence:"cn=CA" }, parts in any order
 *   older:            42$cn=CA
 * A quotation mark inside the quoted DN is written twice.
 */

enum { MAX_SERIAL_DIGITS = 160, MAX_ASSERTION_BYTES = 16384 };

/* The named parts of an assertion; absent until read. */
struct parts {
	struct bv key; /* serial number or time */
	struct bv issuer;
};

static struct bv
fold(struct arena *a, struct bv v)
{
	uint8_t *p = arena_alloc(a, v.n);

	for (size_t i = 0; i < v.n; i++)
		p[i] = v.p[i] >= 'A' && v.p[i] <= 'Z' ? (uint8_t)(v.p[i] + 32) : v.p[i];
	return (struct bv){p, v.n};
}

static struct bv
issuer_normal(const struct schema *s, struct arena *a, struct bv text)
{
	struct bv normal;

	if (syntax_name_normal_dn(s, a, text, &normal) == 0)
		return normal;
	return fold(a, text);
}

static struct bv
join(struct arena *a, struct bv key, struct bv issuer)
{
	uint8_t *p = arena_alloc(a, key.n + 1 + issuer.n);

	memcpy(p, key.p, key.n);
	p[key.n] = '$';
	if (issuer.n > 0)
		memcpy(p + key.n + 1, issuer.p, issuer.n);
	return (struct bv){p, key.n + 1 + issuer.n};
}

int
rule_cert_normal(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct bv serial, name, key, issuer;

	if (der_certificate_id(v, &serial, &name) != 0 || der_integer_text(a, serial, &key) != 0 ||
	    der_name_text(a, name, &issuer) != 0)
		return ERR_SYNTAX;
	*out = join(a, key, issuer_normal(s, a, issuer));
	return 0;
}

static int
time_normal(struct arena *a, struct bv v, struct bv *out)
{
	char text[STAMP_TIME_BYTES];
	size_t n;

	if (stamp_time(v, text, &n) != 0)
		return ERR_SYNTAX;
	*out = arena_dup(a, bv_make(text, n));
	return 0;
}

int
rule_cert_crl_normal(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct bv name, update, key, issuer;

	if (der_crl_id(a, v, &name, &update) != 0 || time_normal(a, update, &key) != 0 ||
	    der_name_text(a, name, &issuer) != 0)
		return ERR_SYNTAX;
	*out = join(a, key, issuer_normal(s, a, issuer));
	return 0;
}

static void
skip_blanks(struct bv *v)
{
	while (v->n > 0 && (v->p[0] == ' ' || (v->p[0] >= 0x09 && v->p[0] <= 0x0d)))
		*v = bv_from(*v, 1);
}

/* Takes the word off the front of *v when it is there, and blanks behind it. */
static bool
take_word(struct bv *v, const char *word)
{
	struct bv w = bv_str(word);

	if (v->n < w.n || !bv_eq_nocase((struct bv){v->p, w.n}, w))
		return false;
	*v = bv_from(*v, w.n);
	skip_blanks(v);
	return true;
}

/* StringValue = dquote *SafeUTF8Character dquote, doubled inside */
static bool
take_quoted(struct arena *a, struct bv *v, struct bv *out)
{
	uint8_t *p;
	size_t n = 0, i = 1;

	if (v->n < 2 || v->p[0] != '"')
		return false;
	p = arena_alloc(a, v->n);
	for (; i < v->n; i++) {
		if (v->p[i] == '"') {
			if (i + 1 == v->n || v->p[i + 1] != '"')
				break;
			i++;
		}
		p[n++] = v->p[i];
	}
	if (i == v->n)
		return false;
	*v = bv_from(*v, i + 1);
	skip_blanks(v);
	*out = (struct bv){p, n};
	return true;
}

static bool
take_token(struct bv *v, struct bv *out)
{
	size_t n = 0;

	while (n < v->n && v->p[n] != ' ' && v->p[n] != ',' && v->p[n] != '}')
		n++;
	*out = (struct bv){v->p, n};
	*v = bv_from(*v, n);
	skip_blanks(v);
	return n > 0;
}

/* One part: the key under its name, or the issuer. */
static bool
take_part(struct arena *a, struct bv *v, const char *key_name, struct parts *out)
{
	if (take_word(v, "issuer"))
		return take_word(v, "rdnSequence:") && take_quoted(a, v, &out->issuer);
	if (!take_word(v, key_name))
		return false;
	(void)(take_word(v, "utcTime:") || take_word(v, "generalTime:"));
	return v->n > 0 && v->p[0] == '"' ? take_quoted(a, v, &out->key) : take_token(v, &out->key);
}

/* "{" sp part "," sp part sp "}" */
static bool
read_gser(struct arena *a, struct bv v, const char *key_name, struct parts *out)
{
	if (!take_word(&v, "{") || !take_part(a, &v, key_name, out) || !take_word(&v, ",") ||
	    !take_part(a, &v, key_name, out) || !take_word(&v, "}"))
		return false;
	return v.n == 0 && out->key.p != NULL && out->issuer.p != NULL;
}

static bool
read_assertion(struct arena *a, struct bv v, const char *key_name, struct parts *out)
{
	*out = (struct parts){BV_NONE, BV_NONE};
	if (v.n > MAX_ASSERTION_BYTES)
		return false;
	skip_blanks(&v);
	if (v.n > 0 && v.p[0] == '{')
		return read_gser(a, v, key_name, out);
	out->key = bv_trim(syntax_text_cut(&v, '$'));
	out->issuer = v;
	return v.p != NULL;
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A serial number as decimal, or as 'hex'H. */
static int
serial_text(struct arena *a, struct bv v, struct bv *out)
{
	uint8_t bytes[MAX_SERIAL_DIGITS / 2];
	size_t n = 0;

	if (v.n < 5 || v.p[0] != '\'') {
		*out = v;
		return v.n <= MAX_SERIAL_DIGITS ? syntax_text_integer(NULL, v) : ERR_SYNTAX;
	}
	if (v.n > MAX_SERIAL_DIGITS || v.p[v.n - 2] != '\'' || v.p[v.n - 1] != 'H' || v.n % 2 == 0)
		return ERR_SYNTAX;
	for (size_t i = 1; i + 2 < v.n; i += 2) {
		int high = hex_digit(v.p[i]), low = hex_digit(v.p[i + 1]);
		if (high < 0 || low < 0)
			return ERR_SYNTAX;
		bytes[n++] = (uint8_t)(high << 4 | low);
	}
	return der_integer_text(a, bv_make(bytes, n), out);
}

int
rule_cert_asserted(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct parts parts;
	struct bv key;

	if (der_check_certificate(s, v) == 0)
		return rule_cert_normal(s, a, v, out);
	if (!read_assertion(a, v, "serialNumber", &parts) || serial_text(a, parts.key, &key) != 0)
		return ERR_SYNTAX;
	*out = join(a, key, issuer_normal(s, a, parts.issuer));
	return 0;
}

int
rule_cert_crl_asserted(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct parts parts;
	struct bv key;

	if (der_check_certificate_list(s, v) == 0)
		return rule_cert_crl_normal(s, a, v, out);
	if (!read_assertion(a, v, "thisUpdate", &parts) || time_normal(a, parts.key, &key) != 0)
		return ERR_SYNTAX;
	*out = join(a, key, issuer_normal(s, a, parts.issuer));
	return 0;
}
