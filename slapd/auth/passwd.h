#ifndef SLAPD_AUTH_PASSWD_H
#define SLAPD_AUTH_PASSWD_H

/* Stored passwords (RFC 2307 5.3 "{SCHEME}text", RFC 3112 in spirit): making and verifying. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct errbuf;

/* Cost of the default scheme; HARDENING's defaults: 19456 KiB, 2 passes, 1 lane. */
struct passwd_cost {
	unsigned argon2_m_kib;
	unsigned argon2_t;
	unsigned argon2_p;
	unsigned pbkdf2_iterations;
	const char *crypt_prefix;  /* for {CRYPT}: "$y$", "$6$"; NULL: libcrypt's default */
	const char *crypt_setting; /* a complete setting with its salt instead; NULL: none */
};
extern const struct passwd_cost passwd_default_cost;

/*
 * Returns whether a clear password matches a stored value. A malformed stored value, one that asks
 * for more work than the caps (argon2 m <= 256 MiB, t <= 16, m * t <= 1 GiB), or a password that is
 * empty, above 1024 bytes or has a NUL never matches; nor does a value that names a scheme unknown
 * here. Compares in constant time.
 */
bool passwd_verify(struct bv stored, struct bv clear);

/* Returns whether verifying takes long enough (milliseconds) to belong on the worker pool. */
bool passwd_is_slow(struct bv stored);

/*
 * Makes a stored value under a scheme such as "{ARGON2}", "{SSHA}", "{SSHA256}", "{SSHA512}",
 * "{SHA}", "{MD5}",
 * "{SMD5}", "{CRYPT}", "{PBKDF2-SHA256}", "{CLEARTEXT}" (any ASCII case). 0, ERR_UNSUPPORTED
 * (unknown scheme; e lists those there are), ERR_LIMIT (password too long), ERR_SYNTAX (NUL in it).
 * Result in the arena.
 */
int passwd_make(struct arena *a, struct bv scheme, const struct passwd_cost *cost, struct bv clear,
    struct bv *out, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns whether value begins with a known {SCHEME}. */
bool passwd_is_hashed(struct bv value);

/* Does the work of one verification under the default scheme and throws it away: absent users cost
 * the same. */
void passwd_waste(struct bv clear);

/* Returns a generated password of length characters without look-alikes, in the arena. */
struct bv passwd_generate(struct arena *a, size_t length);

#endif
