#ifndef SLAPD_AUTH_PASSWD_SCHEME_H
#define SLAPD_AUTH_PASSWD_SCHEME_H

/*
 * The rows of password schemes, for passwd*.c only. Arenas here are secret ones:
 * what is put into them is wiped.
 */

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct errbuf;
struct passwd_cost;

enum {
	PASSWD_MAX_CLEAR = 1024,  /* bytes of a password */
	PASSWD_MAX_STORED = 1024, /* bytes of a stored value: more is no hash */
};

struct passwd_scheme {
	const char *name; /* with its braces, upper case */
	/* text is what follows the scheme. */
	bool (*verify)(
	    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear);
	/* Gives the text that follows the scheme. 0 or ERR_* with text. */
	int (*make)(const struct passwd_scheme *s, struct arena *a, const struct passwd_cost *cost,
	    struct bv clear, struct bv *out, struct errbuf *e);
	const EVP_MD *(*digest)(void);
	size_t salt_bytes; /* 0: unsalted */
	bool slow;
};

/* Fills p with n random bytes; the process ends when the kernel has none to give. */
void passwd_random(void *p, size_t n);

/* Compares without telling by time where the difference is. */
bool passwd_same(struct bv x, struct bv y);

/* passwd_digest.c: base64 of a digest, with the salt behind it, and PBKDF2. */
bool passwd_digest_verify(
    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear);
int passwd_digest_make(const struct passwd_scheme *s, struct arena *a,
    const struct passwd_cost *cost, struct bv clear, struct bv *out, struct errbuf *e);
bool passwd_pbkdf2_verify(
    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear);
int passwd_pbkdf2_make(const struct passwd_scheme *s, struct arena *a,
    const struct passwd_cost *cost, struct bv clear, struct bv *out, struct errbuf *e);

/* passwd_argon2.c */
bool passwd_argon2_verify(
    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear);
int passwd_argon2_make(const struct passwd_scheme *s, struct arena *a,
    const struct passwd_cost *cost, struct bv clear, struct bv *out, struct errbuf *e);

/* passwd_crypt.c */
bool passwd_crypt_verify(
    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear);
int passwd_crypt_make(const struct passwd_scheme *s, struct arena *a,
    const struct passwd_cost *cost, struct bv clear, struct bv *out, struct errbuf *e);

#endif
