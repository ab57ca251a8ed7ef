#ifndef SLAPD_CONFIG_OPTCIPHER_H
#define SLAPD_CONFIG_OPTCIPHER_H

/*
 * The value of TLSCipherSuite: OpenSSL's list, or one of the usual priority strings of
 * GnuTLS, which Debian's slapd takes.
 */

#include <stdbool.h>
#include "base/bv.h"

struct arena;
struct errbuf;

struct optcipher {
	struct bv ciphers; /* for TLS 1.2; absent: the default */
	struct bv suites;  /* for TLS 1.3; absent: the default */
	bool only_1_3;	   /* TLS 1.2 is switched off */
	bool translated;   /* it was GnuTLS's form */
};

/* Reads a value. 0, or ERR_CONFIG with a text that shows OpenSSL's form. */
int optcipher_read(struct arena *a, struct bv text, struct optcipher *out, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
