#ifndef SLAPD_NET_TLS_IMPL_H
#define SLAPD_NET_TLS_IMPL_H

/* What the files of TLS share; nobody else includes it. */

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include "config/conf_tls.h"
#include "net/tls_file.h"

struct arena;
struct errbuf;

enum { TLS_MARKS = 6 };

struct tls_context {
	atomic_int refs;
	struct arena *arena; /* secret; holds conf and what was read */
	struct conf_tls conf;
	SSL_CTX *ssl;
	X509 *cert; /* the SSL_CTX's */
	struct tls_mark marks[TLS_MARKS];
	size_t mark_count;
	char problem[256];
};

/* Reads a file of the configuration and remembers how it looked. */
int tls_load(struct tls_context *x, const char *option, struct bv path, struct bv *out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Sets e to "option: file: what (OpenSSL's reason)" and empties OpenSSL's queue. */
int tls_blame(const char *option, struct bv path, const char *what, struct errbuf *e);

/* The steps of making a context; each 0 or ERR_CONFIG with a text. tls_pair.c and tls_trust.c. */
int tls_pair_set(struct tls_context *x, struct errbuf *e) __attribute__((warn_unused_result));
int tls_trust_set(struct tls_context *x, struct errbuf *e) __attribute__((warn_unused_result));

/* Marks a handshake whose client certificate did not verify but is let pass. */
void tls_trust_mark_bad(SSL *ssl);
bool tls_trust_is_bad(const SSL *ssl);

#endif
