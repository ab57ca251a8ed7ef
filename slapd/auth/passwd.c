#include "passwd.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "passwd_scheme.h"

/*
 * Stored passwords: one row per scheme. A value that begins with "{NAME}" belongs to
 * that scheme and to no other: when the scheme is not in the table nobody gets in with
 * it, so that a hash some other server made is never accepted as a clear password.
 * Clear copies live in an arena that is wiped before the function returns.
 */

const struct passwd_cost passwd_default_cost = {
    .argon2_m_kib = 19456,
    .argon2_t = 2,
    .argon2_p = 1,
    .pbkdf2_iterations = 210000,
};

enum { SALT_BYTES = 16, MAX_SCHEME_NAME = 32 };

static bool
clear_verify(const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear)
{
	(void)s;
	(void)a;
	return passwd_same(text, clear);
}

static int
clear_make(const struct passwd_scheme *s, struct arena *a, const struct passwd_cost *cost,
    struct bv clear, struct bv *out, struct errbuf *e)
{
	(void)s;
	(void)cost;
	(void)e;
	*out = arena_dup(a, clear);
	return 0;
}

#define DIGEST_ROW(name, md, salt)                                                                 \
	{                                                                                          \
		name, passwd_digest_verify, passwd_digest_make, md, salt, false                    \
	}
#define PBKDF2_ROW(name, md)                                                                       \
	{                                                                                          \
		name, passwd_pbkdf2_verify, passwd_pbkdf2_make, md, SALT_BYTES, true               \
	}

static const struct passwd_scheme schemes[] = {
    {"{ARGON2}", passwd_argon2_verify, passwd_argon2_make, NULL, SALT_BYTES, true},
    DIGEST_ROW("{SSHA}", EVP_sha1, SALT_BYTES),
    DIGEST_ROW("{SSHA256}", EVP_sha256, SALT_BYTES),
    DIGEST_ROW("{SSHA384}", EVP_sha384, SALT_BYTES),
    DIGEST_ROW("{SSHA512}", EVP_sha512, SALT_BYTES),
    DIGEST_ROW("{SMD5}", EVP_md5, SALT_BYTES),
    DIGEST_ROW("{SHA}", EVP_sha1, 0),
    DIGEST_ROW("{SHA256}", EVP_sha256, 0),
    DIGEST_ROW("{SHA384}", EVP_sha384, 0),
    DIGEST_ROW("{SHA512}", EVP_sha512, 0),
    DIGEST_ROW("{MD5}", EVP_md5, 0),
    PBKDF2_ROW("{PBKDF2}", EVP_sha1),
    PBKDF2_ROW("{PBKDF2-SHA1}", EVP_sha1),
    PBKDF2_ROW("{PBKDF2-SHA256}", EVP_sha256),
    PBKDF2_ROW("{PBKDF2-SHA512}", EVP_sha512),
    {"{CRYPT}", passwd_crypt_verify, passwd_crypt_make, NULL, SALT_BYTES, true},
    {"{CLEARTEXT}", clear_verify, clear_make, NULL, 0, false},
};

enum { SCHEME_COUNT = sizeof(schemes) / sizeof(schemes[0]) };

void
passwd_random(void *p, size_t n)
{
	uint8_t *at = p;

	while (n > 0) {
		size_t part = n < 256 ? n : 256;
		if (getentropy(at, part) != 0) {
			log_error("no random bytes from the kernel: cannot go on");
			abort();
		}
		at += part;
		n -= part;
	}
}

/* Digests have one length whatever the values have, so their comparison says nothing. */
bool
passwd_same(struct bv x, struct bv y)
{
	uint8_t dx[EVP_MAX_MD_SIZE];
	uint8_t dy[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	bool same = EVP_Digest(x.p, x.n, dx, &n, EVP_sha256(), NULL) == 1 &&
		    EVP_Digest(y.p, y.n, dy, &n, EVP_sha256(), NULL) == 1 &&
		    CRYPTO_memcmp(dx, dy, n) == 0;

	explicit_bzero(dx, sizeof(dx));
	explicit_bzero(dy, sizeof(dy));
	return same;
}

static bool
is_name_byte(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '/';
}

/* Returns the "{NAME}" that value begins with, or the absent view. */
static struct bv
scheme_name(struct bv value)
{
	size_t n = 1;

	if (value.n == 0 || value.p[0] != '{')
		return BV_NONE;
	while (n < value.n && n < MAX_SCHEME_NAME && is_name_byte(value.p[n]))
		n++;
	if (n == 1 || n == value.n || value.p[n] != '}')
		return BV_NONE;
	return bv_make(value.p, n + 1);
}

static const struct passwd_scheme *
find_scheme(struct bv name)
{
	for (size_t i = 0; i < SCHEME_COUNT; i++)
		if (bv_is(name, schemes[i].name))
			return &schemes[i];
	return NULL;
}

static bool
is_password(struct bv clear)
{
	return clear.n > 0 && clear.n <= PASSWD_MAX_CLEAR && memchr(clear.p, '\0', clear.n) == NULL;
}

bool
passwd_verify(struct bv stored, struct bv clear)
{
	struct bv name = scheme_name(stored);
	const struct passwd_scheme *s = find_scheme(name);
	struct arena *a;
	bool ok;

	if (!is_password(clear) || stored.n > PASSWD_MAX_STORED)
		return false;
	if (name.n == 0)
		return passwd_same(stored, clear);
	if (s == NULL)
		return false;
	a = arena_new(0);
	arena_set_secret(a);
	ok = s->verify(s, a, bv_from(stored, name.n), clear);
	arena_free(&a);
	return ok;
}

bool
passwd_is_slow(struct bv stored)
{
	const struct passwd_scheme *s = find_scheme(scheme_name(stored));

	return s != NULL && s->slow;
}

bool
passwd_is_hashed(struct bv value)
{
	return find_scheme(scheme_name(value)) != NULL;
}

static int
unknown_scheme(struct bv scheme, struct errbuf *e)
{
	char list[256];
	size_t n = 0;

	list[0] = '\0';
	for (size_t i = 0; i < SCHEME_COUNT && n < sizeof(list); i++)
		n += (size_t)snprintf(
		    list + n, sizeof(list) - n, "%s%s", i == 0 ? "" : " ", schemes[i].name);
	return err_set(e, ERR_UNSUPPORTED, "scheme not recognized: %.*s is none of %s",
	    (int)(scheme.n < 40 ? scheme.n : 40), (const char *)scheme.p, list);
}

/* Clear text goes without "{CLEARTEXT}", as OpenLDAP stores it, unless it would be misread. */
static bool
needs_name(const struct passwd_scheme *s, struct bv text)
{
	return s->verify != clear_verify || (text.n > 0 && text.p[0] == '{');
}

int
passwd_make(struct arena *a, struct bv scheme, const struct passwd_cost *cost, struct bv clear,
    struct bv *out, struct errbuf *e)
{
	const struct passwd_scheme *s = find_scheme(scheme);
	struct arena *work;
	struct bv text;
	int rc;

	if (s == NULL)
		return unknown_scheme(scheme, e);
	if (clear.n > PASSWD_MAX_CLEAR)
		return err_set(e, ERR_LIMIT, "a password has at most %d bytes", PASSWD_MAX_CLEAR);
	if (clear.n > 0 && memchr(clear.p, '\0', clear.n) != NULL)
		return err_set(e, ERR_SYNTAX, "a password cannot hold a NUL byte");
	work = arena_new(0);
	arena_set_secret(work);
	rc = s->make(s, work, cost == NULL ? &passwd_default_cost : cost, clear, &text, e);
	if (rc == 0)
		*out = arena_printf(a, "%s%.*s", needs_name(s, text) ? s->name : "", BV(text));
	arena_free(&work);
	return rc;
}

/* A hash of nothing anybody knows, made once, whose verification passwd_waste throws away. */
static struct arena *dummy_arena; /* until the process ends */
static struct bv dummy;

static void
make_dummy(void)
{
	uint8_t secret[SALT_BYTES];
	struct errbuf e;

	dummy_arena = arena_new(0);
	passwd_random(secret, sizeof(secret));
	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] |= 1;
	if (passwd_make(dummy_arena, BV_LIT("{ARGON2}"), NULL, bv_make(secret, sizeof(secret)),
		&dummy, &e) != 0)
		log_error("passwords of absent users cannot be hidden: %s", e.text);
}

void
passwd_waste(struct bv clear)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, make_dummy);
	(void)passwd_verify(dummy, clear);
}

struct bv
passwd_generate(struct arena *a, size_t length)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	const unsigned count = sizeof(letters) - 1;
	uint8_t *p = arena_alloc(a, length + 1);
	size_t n = 0;

	/* Bytes at or above the last multiple of count would favour the first letters. */
	while (n < length) {
		uint8_t byte;
		passwd_random(&byte, 1);
		if (byte < 256 / count * count)
			p[n++] = (uint8_t)letters[byte % count];
	}
	p[n] = '\0';
	return bv_make(p, n);
}
