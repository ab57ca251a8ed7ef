#include "config/optcipher.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Two languages meet here. OpenSSL: items between ':', ',' or ' '; those that begin with
 * TLS_ are for TLS 1.3. GnuTLS: a keyword, then changes (+ adds, - and ! remove, %
 * switches). Of the latter what can be said with the strong ciphers offered here is
 * translated; what old ciphers and versions it removes is never offered anyway.
 */

enum { AES256 = 1, CHACHA = 2, AES128 = 4, DHE = 8, V12 = 16, V13 = 32 };

enum { ALL_CIPHERS = AES256 | CHACHA | AES128, ALL = ALL_CIPHERS | DHE | V12 | V13 };

static const struct {
	const char *name;
	unsigned means;
} keywords[] = {
    {"NORMAL", ALL},
    {"PERFORMANCE", ALL},
    {"LEGACY", ALL},
    {"PFS", ALL},
    {"SECURE", ALL},
    {"SECURE128", ALL},
    {"SECURE192", ALL & ~(unsigned)AES128},
    {"SECURE256", ALL & ~(unsigned)AES128},
};

/* What may stand behind +, - and !; bits 0: never offered, or of no matter. */
static const struct {
	const char *name;
	unsigned bits;
} items[] = {
    {"AES-256-GCM", AES256},
    {"AES-128-GCM", AES128},
    {"CHACHA20-POLY1305", CHACHA},
    {"DHE-RSA", DHE},
    {"VERS-TLS1.2", V12},
    {"VERS-TLS1.3", V13},
    {"VERS-TLS-ALL", V12 | V13},
    {"VERS-ALL", V12 | V13},
    {"CIPHER-ALL", ALL_CIPHERS},
    {"VERS-SSL3.0", 0},
    {"VERS-TLS1.0", 0},
    {"VERS-TLS1.1", 0},
    {"VERS-DTLS-ALL", 0},
    {"RSA", 0},
    {"DHE-DSS", 0},
    {"MD5", 0},
    {"SHA1", 0},
    {"ARCFOUR-128", 0},
    {"ARCFOUR-40", 0},
    {"3DES-CBC", 0},
    {"DES-CBC", 0},
    {"RC2-40", 0},
    {"NULL", 0},
    {"AES-128-CBC", 0},
    {"AES-256-CBC", 0},
    {"CAMELLIA-128-CBC", 0},
    {"CAMELLIA-256-CBC", 0},
    {"ANON-DH", 0},
    {"ANON-ECDH", 0},
    {"COMP-ALL", 0},
    {"COMP-NULL", 0},
    {"COMP-DEFLATE", 0},
    {"SIGN-RSA-MD5", 0},
    {"SIGN-RSA-SHA1", 0},
    {"SIGN-DSA-SHA1", 0},
    {"SIGN-ALL", 0},
    {"MAC-ALL", 0},
    {"CURVE-ALL", 0},
    {"GROUP-ALL", 0},
    {"CTYPE-X509", 0},
    {"CTYPE-ALL", 0},
    {"CTYPE-X.509", 0},
};

static const char *const switches[] = {"%SERVER_PRECEDENCE", "%COMPAT", "%SAFE_RENEGOTIATION",
    "%PARTIAL_RENEGOTIATION", "%DISABLE_SAFE_RENEGOTIATION", "%UNSAFE_RENEGOTIATION",
    "%NEW_PADDING", "%LATEST_RECORD_VERSION", "%PROFILE_MEDIUM", "%PROFILE_LOW"};

/* Beginnings of names that only GnuTLS has. */
static const char *const gnutls_only[] = {"VERS-", "COMP-", "CTYPE-", "SIGN-", "MAC-", "GROUP-",
    "CURVE-", "CIPHER-", "KX-", "AES-", "ARCFOUR-"};

static struct bv
take_item(struct bv *rest, const char *separators)
{
	size_t n = 0;

	while (n < rest->n && strchr(separators, rest->p[n]) == NULL)
		n++;
	struct bv item = bv_make(rest->p, n);
	*rest = bv_from(*rest, n < rest->n ? n + 1 : n);
	return item;
}

static bool
has_prefix(struct bv b, const char *prefix)
{
	size_t n = strlen(prefix);

	return b.n >= n && memcmp(b.p, prefix, n) == 0;
}

static bool
is_sign(uint8_t c)
{
	return c == '+' || c == '-' || c == '!';
}

static bool
keyword(struct bv item, unsigned *means_out)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (!bv_is(item, keywords[i].name))
			continue;
		*means_out = keywords[i].means;
		return true;
	}
	return false;
}

static bool
is_gnutls_item(struct bv item)
{
	unsigned means;

	if (keyword(item, &means) || bv_is(item, "NONE") || bv_is(item, "@SYSTEM") ||
	    (item.n > 0 && item.p[0] == '%'))
		return true;
	if (item.n < 2 || !is_sign(item.p[0]))
		return false;
	for (size_t i = 0; i < sizeof(gnutls_only) / sizeof(gnutls_only[0]); i++) {
		if (has_prefix(bv_from(item, 1), gnutls_only[i]))
			return true;
	}
	return false;
}

static bool
is_gnutls(struct bv text)
{
	while (text.n > 0) {
		if (is_gnutls_item(take_item(&text, ":")))
			return true;
	}
	return false;
}

static bool
is_switch(struct bv item)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (bv_is(item, switches[i]))
			return true;
	}
	return false;
}

/* Applies one item of a priority string; returns whether it is understood. */
static bool
change(struct bv item, unsigned *set)
{
	if (keyword(item, set) || is_switch(item))
		return true;
	if (item.n < 2 || !is_sign(item.p[0]))
		return false;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		if (!bv_is(bv_from(item, 1), items[i].name))
			continue;
		if (item.p[0] == '+')
			*set |= items[i].bits;
		else
			*set &= ~items[i].bits;
		return true;
	}
	return false;
}

static void
add(struct buf *b, const char *name)
{
	buf_printf(b, "%s%s", b->n == 0 ? "" : ":", name);
}

/* Writes what is left of the strong ciphers in OpenSSL's names. */
static void
print(struct arena *a, unsigned set, struct optcipher *out)
{
	static const struct {
		unsigned bit;
		const char *with_ecdhe, *with_dhe, *suite;
	} names[] = {
	    {AES256, "ECDHE+AESGCM+AES256", "DHE+AESGCM+AES256", "TLS_AES_256_GCM_SHA384"},
	    {CHACHA, "ECDHE+CHACHA20", "DHE+CHACHA20", "TLS_CHACHA20_POLY1305_SHA256"},
	    {AES128, "ECDHE+AESGCM+AES128", "DHE+AESGCM+AES128", "TLS_AES_128_GCM_SHA256"},
	};
	struct buf list, suites;

	buf_init(&list);
	buf_init(&suites);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((set & names[i].bit) == 0)
			continue;
		add(&list, names[i].with_ecdhe);
		add(&suites, names[i].suite);
		if ((set & DHE) != 0)
			add(&list, names[i].with_dhe);
	}
	*out = (struct optcipher){
	    arena_dup(a, buf_bv(&list)), arena_dup(a, buf_bv(&suites)), (set & V12) == 0, true};
	buf_done(&list);
	buf_done(&suites);
}

static int
translate(struct arena *a, struct bv text, struct optcipher *out, struct errbuf *e)
{
	unsigned set = 0;
	struct bv rest = text;

	while (rest.n > 0) {
		struct bv item = take_item(&rest, ":");
		if (!change(item, &set))
			return err_set(e, ERR_CONFIG,
			    "\"%.*s\" belongs to GnuTLS's priority strings and has no translation; "
			    "write OpenSSL's form, such as \"ECDHE+AESGCM:ECDHE+CHACHA20\" (see "
			    "ciphers(1))",
			    BV(item));
	}
	if ((set & ALL_CIPHERS) == 0 || (set & V13) == 0)
		return err_set(e, ERR_CONFIG,
		    "\"%.*s\" leaves no cipher or no TLS 1.3; write OpenSSL's form, such as "
		    "\"ECDHE+AESGCM:ECDHE+CHACHA20\" (see ciphers(1))",
		    BV(text));
	print(a, set, out);
	return 0;
}

int
optcipher_read(struct arena *a, struct bv text, struct optcipher *out, struct errbuf *e)
{
	struct buf list, suites;
	struct bv rest = text;

	if (text.n == 0 || bv_find(text, 0, 0) < text.n)
		return err_set(e, ERR_CONFIG,
		    "expected a list of ciphers, such as \"ECDHE+AESGCM:ECDHE+CHACHA20\" (see "
		    "ciphers(1))");
	if (is_gnutls(text))
		return translate(a, text, out, e);
	buf_init(&list);
	buf_init(&suites);
	while (rest.n > 0) {
		struct bv item = take_item(&rest, ":, ");
		struct buf *to = has_prefix(item, "TLS_") ? &suites : &list;
		if (item.n > 0)
			buf_printf(to, "%s%.*s", to->n == 0 ? "" : ":", BV(item));
	}
	*out = (struct optcipher){list.n == 0 ? BV_NONE : arena_dup(a, buf_bv(&list)),
	    suites.n == 0 ? BV_NONE : arena_dup(a, buf_bv(&suites)), false, false};
	buf_done(&list);
	buf_done(&suites);
	return 0;
}
