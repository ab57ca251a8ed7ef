#ifndef SLAPD_NET_CONNLOG_H
#define SLAPD_NET_CONNLOG_H

/* The `stats` lines of connections, in the form OpenLDAP's log readers know. */

#include "base/bv.h"

struct conn;
struct tls_facts;

/* A connection was accepted; one is closed for a reason, or (NULL) by its peer. */
void connlog_accept(const struct conn *c);
void connlog_closed(const struct conn *c, const char *reason);

/* A TLS handshake succeeded, with the name of the client's certificate (absent: none); or not. */
void connlog_tls(const struct conn *c, const struct tls_facts *f);
void connlog_tls_name(const struct conn *c, struct bv dn);
void connlog_tls_failed(const struct conn *c, const char *why);

#endif
