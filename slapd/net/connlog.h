#ifndef SLAPD_NET_CONNLOG_H
#define SLAPD_NET_CONNLOG_H

/* The `stats` lines of connections, in the form OpenLDAP's log readers know. */

struct conn;

/* A connection was accepted; one is closed for a reason, or (NULL) by its peer. */
void connlog_accept(const struct conn *c);
void connlog_closed(const struct conn *c, const char *reason);

#endif
