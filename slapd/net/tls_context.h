#ifndef SLAPD_NET_TLS_CONTEXT_H
#define SLAPD_NET_TLS_CONTEXT_H

/*
 * Everything the configuration says about TLS, read, checked and ready for
 * connections. Immutable and counted; connections keep the one they began with.
 */

#include <stdbool.h>
#include <stddef.h>

struct conf;
struct conf_tls;
struct errbuf;
struct tls_context;

/*
 * Reads and checks what c says. 0 with a context that has one reference, or with NULL when no
 * certificate is configured. ERR_* with a text that names option, file, owner and cure. What is
 * only doubtful is logged. From any thread.
 */
int tls_context_new(const struct conf *c, struct tls_context **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Reads the same files again. As tls_context_new. */
int tls_context_again(const struct tls_context *old, struct tls_context **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Adds a reference; returns x, which may be NULL. */
struct tls_context *tls_context_ref(struct tls_context *x);

/* Gives a reference back; sets *x to NULL. NULL in it is fine. */
void tls_context_unref(struct tls_context **x);

/* Returns whether x was made from these settings; NULL: from none. */
bool tls_context_is_of(const struct tls_context *x, const struct conf_tls *t);

/*
 * Returns why clients will refuse the certificate at this time, "" when nothing is known: it has
 * expired, or is not valid yet. As long as x.
 */
const char *tls_context_problem(const struct tls_context *x);

struct tls_mark;

/* The files and directories read, as they were then. */
const struct tls_mark *tls_context_marks(const struct tls_context *x, size_t *count_out);

/* Describes the certificate in lines "name: value" of text; at most size bytes, terminated. */
void tls_context_describe(const struct tls_context *x, char *out, size_t size);

#endif
