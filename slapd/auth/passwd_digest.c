#include <inttypes.h>
#include <openssl/crypto.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "passwd.h"
#include "passwd_scheme.h"
#include "wire/base64.h"

/*
 * Digests (RFC 2307 5.3 and its salted and SHA-2 kin): base64 of digest, then salt.
 * PBKDF2 (RFC 8018 5.2) in the form passlib and OpenLDAP's contributed module
 * share: "iterations$salt$key", both in base64 with "." for "+" and no padding.
 */

enum {
	MAX_SALT = 256,
	MAX_ITERATIONS = 2000000, /* about two seconds */
};

/* Appends b's copy of view v in base64 and returns it in the arena. */
static struct bv
encode(struct arena *a, struct bv v)
{
	struct buf b;
	struct bv out;

	buf_init(&b);
	base64_put(&b, v);
	out = arena_dup(a, buf_bv(&b));
	buf_done_secret(&b);
	return out;
}

/* Digest of clear, then salt; out has room for EVP_MAX_MD_SIZE bytes. */
static bool
digest(const struct passwd_scheme *s, struct arena *a, const struct bv parts[2], uint8_t *out)
{
	size_t n = parts[0].n + parts[1].n;
	uint8_t *joined = arena_alloc(a, n);
	unsigned size = 0;

	if (parts[0].n > 0)
		memcpy(joined, parts[0].p, parts[0].n);
	if (parts[1].n > 0)
		memcpy(joined + parts[0].n, parts[1].p, parts[1].n);
	return EVP_Digest(joined, n, out, &size, s->digest(), NULL) == 1;
}

static size_t
digest_size(const struct passwd_scheme *s)
{
	return (size_t)EVP_MD_get_size(s->digest());
}

bool
passwd_digest_verify(
    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear)
{
	size_t size = digest_size(s);
	uint8_t *made = arena_alloc(a, EVP_MAX_MD_SIZE);
	struct bv raw;

	if (base64_decode(a, text, &raw) != 0 || raw.n < size || raw.n > size + MAX_SALT)
		return false;
	if ((raw.n > size) != (s->salt_bytes > 0))
		return false;
	if (!digest(s, a, (struct bv[2]){clear, bv_from(raw, size)}, made))
		return false;
	return CRYPTO_memcmp(made, raw.p, size) == 0;
}

int
passwd_digest_make(const struct passwd_scheme *s, struct arena *a, const struct passwd_cost *cost,
    struct bv clear, struct bv *out, struct errbuf *e)
{
	size_t size = digest_size(s);
	uint8_t *raw = arena_alloc(a, EVP_MAX_MD_SIZE + s->salt_bytes);
	uint8_t *salt = arena_alloc(a, s->salt_bytes + 1);

	(void)cost;
	passwd_random(salt, s->salt_bytes);
	if (!digest(s, a, (struct bv[2]){clear, {salt, s->salt_bytes}}, raw))
		return err_set(e, ERR_UNSUPPORTED,
		    "the TLS library refuses the digest of %s: choose another scheme", s->name);
	memcpy(raw + size, salt, s->salt_bytes);
	*out = encode(a, bv_make(raw, size + s->salt_bytes));
	return 0;
}

/* Base64 with "." for "+" and without padding into the arena: 0 or ERR_SYNTAX. */
static int
adapted_decode(struct arena *a, struct bv text, struct bv *out)
{
	size_t padding = (4 - text.n % 4) % 4;
	uint8_t *p = arena_alloc(a, text.n + 3);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '+' || text.p[i] == '=')
			return ERR_SYNTAX;
		p[i] = text.p[i] == '.' ? '+' : text.p[i];
	}
	memset(p + text.n, '=', padding);
	return base64_decode(a, bv_make(p, text.n + padding), out);
}

static struct bv
adapted_encode(struct arena *a, struct bv v)
{
	struct bv plain = encode(a, v);
	uint8_t *p = arena_alloc(a, plain.n);
	size_t n = 0;

	for (size_t i = 0; i < plain.n && plain.p[i] != '='; i++)
		p[n++] = plain.p[i] == '+' ? '.' : plain.p[i];
	return bv_make(p, n);
}

struct pbkdf2 {
	int64_t iterations;
	struct bv salt;
	struct bv key;
};

static bool
pbkdf2_read(struct arena *a, struct bv text, struct pbkdf2 *out)
{
	size_t first = bv_find(text, 0, '$');
	size_t second = first < text.n ? bv_find(text, first + 1, '$') : text.n;

	if (second == text.n || first == 0 || text.p[0] < '0' || text.p[0] > '9')
		return false;
	if (!bv_to_i64(bv_make(text.p, first), &out->iterations) || out->iterations < 1 ||
	    out->iterations > MAX_ITERATIONS)
		return false;
	if (adapted_decode(a, bv_make(text.p + first + 1, second - first - 1), &out->salt) != 0)
		return false;
	if (adapted_decode(a, bv_from(text, second + 1), &out->key) != 0)
		return false;
	return out->salt.n > 0 && out->salt.n <= MAX_SALT;
}

static bool
pbkdf2_derive(const struct passwd_scheme *s, struct bv clear, const struct pbkdf2 *p, uint8_t *out)
{
	return PKCS5_PBKDF2_HMAC((const char *)clear.p, (int)clear.n, p->salt.p, (int)p->salt.n,
		   (int)p->iterations, s->digest(), (int)digest_size(s), out) == 1;
}

bool
passwd_pbkdf2_verify(
    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear)
{
	uint8_t *made = arena_alloc(a, EVP_MAX_MD_SIZE);
	struct pbkdf2 p;

	if (!pbkdf2_read(a, text, &p) || p.key.n != digest_size(s))
		return false;
	return pbkdf2_derive(s, clear, &p, made) && CRYPTO_memcmp(made, p.key.p, p.key.n) == 0;
}

int
passwd_pbkdf2_make(const struct passwd_scheme *s, struct arena *a, const struct passwd_cost *cost,
    struct bv clear, struct bv *out, struct errbuf *e)
{
	uint8_t *key = arena_alloc(a, EVP_MAX_MD_SIZE);
	uint8_t *salt = arena_alloc(a, s->salt_bytes);
	struct pbkdf2 p = {cost->pbkdf2_iterations, {salt, s->salt_bytes}, {key, digest_size(s)}};

	if (p.iterations < 1 || p.iterations > MAX_ITERATIONS)
		return err_set(e, ERR_LIMIT, "PBKDF2 takes 1 to %d iterations", MAX_ITERATIONS);
	passwd_random(salt, s->salt_bytes);
	if (!pbkdf2_derive(s, clear.n == 0 ? BV_LIT("") : clear, &p, key))
		return err_set(e, ERR_UNSUPPORTED,
		    "the TLS library refuses the digest of %s: choose another scheme", s->name);
	struct bv salt_text = adapted_encode(a, p.salt);
	struct bv key_text = adapted_encode(a, p.key);
	*out = arena_printf(a, "%" PRId64 "$%.*s$%.*s", p.iterations, BV(salt_text), BV(key_text));
	return 0;
}
