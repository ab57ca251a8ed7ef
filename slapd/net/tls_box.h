#ifndef SLAPD_NET_TLS_BOX_H
#define SLAPD_NET_TLS_BOX_H

/*
 * Where the context that new connections get is kept: replaced by a change of the
 * configuration, by a reload, or because its files have changed. From any thread.
 */

#include <stddef.h>

struct conf;
struct errbuf;
struct tls_box;
struct tls_context;

/*
 * Makes a box with the context of c; NULL: an empty one. A certificate that has expired is served
 * all the same, and said so loudly: an old one is no reason not to start. 0, or ERR_* as
 * tls_context_new.
 */
int tls_box_new(const struct conf *c, struct tls_box **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Frees it; connections may still hold the context. */
void tls_box_free(struct tls_box **b);

/* Returns the context with a reference of the caller's, or NULL: no certificate is configured. */
struct tls_context *tls_box_get(struct tls_box *b);

/*
 * Makes the context of a changed configuration without using it: the one in use when its settings
 * are the same, NULL for none. A certificate that is not valid now is an error. 0 with a reference
 * of the caller's, or ERR_* as tls_context_new.
 */
int tls_box_prepare(struct tls_box *b, const struct conf *c, struct tls_context **out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Puts a context (NULL: none) in place, taking over the reference. */
void tls_box_set(struct tls_box *b, struct tls_context *x);

/* Reads the files again. 0, or ERR_* with the file, why, and its owner; the old context stays. */
int tls_box_reload(struct tls_box *b, struct errbuf *e) __attribute__((warn_unused_result));

/* Once a second, on one thread: reads the files again when they have changed and rest. */
void tls_box_tick(struct tls_box *b);

/* Describes the certificate in use as lines of text; ERR_NOT_FOUND when there is none. */
int tls_box_describe(struct tls_box *b, char *out, size_t size) __attribute__((warn_unused_result));

#endif
