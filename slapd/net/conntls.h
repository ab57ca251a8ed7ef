#ifndef SLAPD_NET_CONNTLS_H
#define SLAPD_NET_CONNTLS_H

/* TLS on a connection: ldaps://, StartTLS (RFC 4511 4.14), and its bytes in either form. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct conn;

enum conntls_state {
	CONNTLS_CLEAR,
	CONNTLS_AWAITED,   /* StartTLS is granted; its response is on the way, in clear */
	CONNTLS_HANDSHAKE, /* no byte is LDAP */
	CONNTLS_ON,
};

/* The reason in the log when a handshake fails, as OpenLDAP's readers know it. */
#define CONNTLS_FAILURE "TLS negotiation failure"

/* Begins the handshake: of ldaps://, or when the response of StartTLS is out. */
void conntls_begin(struct conn *c);

/* session.start_tls. owner: the connection. */
int conntls_start(void *owner, const char **text_out);

/* Goes on with the handshake, as far as the loop has time for it. false: it has failed, close. */
bool conntls_step(struct conn *c);

/* Returns whether a handshake has taken too long; with many at once patience is shorter. */
bool conntls_is_late(const struct conn *c, int64_t now_ms);

/* As recv and send on the socket. */
ssize_t conntls_read(struct conn *c, uint8_t *p, size_t n);
ssize_t conntls_write(struct conn *c, const uint8_t *p, size_t n);

/* Returns whether conntls_read has something that the socket no longer shows. */
bool conntls_pending(const struct conn *c);

/* Returns what epoll must watch for so that these events can come about. */
unsigned conntls_events(const struct conn *c, unsigned events);

/* Returns whether a read waited until the socket could be written. */
bool conntls_read_waits(const struct conn *c);

/* Ends TLS before the socket is closed. */
void conntls_end(struct conn *c);

#endif
