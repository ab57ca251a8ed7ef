#ifndef TESTS_BENCH_STREAM_H
#define TESTS_BENCH_STREAM_H

/* A connection to an LDAP URL: ldap://ADDRESS:PORT, ldaps://ADDRESS:PORT or ldapi://PATH. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct errbuf;
struct secure;

struct stream {
	int fd;
	struct secure *secure; /* NULL without TLS */
};

struct stream_address {
	struct sockaddr_storage addr;
	socklen_t n;
	bool secure;
};

/* Reads a URL; the address must be a number, the path may be percent-encoded. 0 or ERR_SYNTAX. */
int stream_parse(const char *url, struct stream_address *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Connects, shakes hands for ldaps, and leaves the socket non-blocking. 0 or ERR_IO with *e. */
int stream_open(const struct stream_address *to, struct stream *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Closes without a word. */
void stream_close(struct stream *s);

/* Reads; returns the bytes, 0 when nothing is there now, ERR_CLOSED at the end or on an error. */
ssize_t stream_read(struct stream *s, void *p, size_t n);

/* Writes what it can; returns the bytes, 0 when the peer takes none now, ERR_CLOSED on an error. */
ssize_t stream_write(struct stream *s, const void *p, size_t n);

/* Returns whether more can be read although epoll would not say so. */
bool stream_pending(const struct stream *s);

/* Waits until something can be read or, if to_write, written, or timeout_ms is over. */
void stream_wait(const struct stream *s, bool to_write, int timeout_ms);

#endif
