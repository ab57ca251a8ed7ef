#ifndef SLAPD_NET_TLS_SESSION_H
#define SLAPD_NET_TLS_SESSION_H

/* One TLS connection over a socket that does not block. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/bv.h"

struct errbuf;
struct tls_context;
struct tls_session;

enum tls_step { TLS_STEP_DONE, TLS_STEP_READ, TLS_STEP_WRITE, TLS_STEP_FAILED };

/* What was agreed. Texts are constant; subject is the client's verified name, DER, as long as the
 * session. */
struct tls_facts {
	unsigned ssf; /* bits of the cipher's key */
	const char *protocol, *cipher;
	struct bv subject; /* absent: no certificate, or one that does not count */
};

/* Makes the server's side on a socket, with a reference to x. NULL when memory is out. */
struct tls_session *tls_session_new(struct tls_context *x, int fd);

/* Tells the peer when it is due, and frees; the socket stays open. NULL in it is fine. */
void tls_session_free(struct tls_session **s);

/* Goes on with the handshake. Failed: e says why. */
enum tls_step tls_session_handshake(struct tls_session *s, struct errbuf *e);

/* What the handshake agreed on. */
void tls_session_facts(const struct tls_session *s, struct tls_facts *out);

/* As recv and send on such a socket: bytes, 0 at the peer's end, or -1 with errno (EAGAIN, or one
 * that ends the connection). read fills the buffer from as many records as there are. */
ssize_t tls_session_read(struct tls_session *s, uint8_t *p, size_t n);
ssize_t tls_session_write(struct tls_session *s, const uint8_t *p, size_t n);

/* Returns whether a read has something to give that the socket no longer shows. */
bool tls_session_pending(const struct tls_session *s);

/* Returns whether the last read can go on only when the socket can be written, and the reverse. */
bool tls_session_read_wants_write(const struct tls_session *s);
bool tls_session_write_wants_read(const struct tls_session *s);

#endif
