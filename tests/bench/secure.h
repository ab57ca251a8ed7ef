#ifndef TESTS_BENCH_SECURE_H
#define TESTS_BENCH_SECURE_H

/* The client's side of TLS over a connected socket. The one file that knows OpenSSL is secure.c. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct errbuf;
struct secure;

/*
 * Shakes hands on a blocking socket. The certificate is not checked: this measures, it protects
 * nothing. Returns 0 with *out, or ERR_IO with *e. The socket stays the caller's.
 */
int secure_open(int fd, struct secure **out, struct errbuf *e) __attribute__((warn_unused_result));

/* Frees the session without a farewell to the peer. */
void secure_free(struct secure **s);

/* Reads; returns the bytes, 0 when nothing is there now, ERR_CLOSED at the end or on an error. */
ssize_t secure_read(struct secure *s, void *p, size_t n);

/* Writes what it can; returns the bytes, 0 when the socket is full, ERR_CLOSED on an error. */
ssize_t secure_write(struct secure *s, const void *p, size_t n);

/* Returns whether bytes wait in the session, of which epoll knows nothing. */
bool secure_pending(const struct secure *s);

#endif
