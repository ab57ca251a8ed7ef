#ifndef SLAPD_NET_LISTENER_H
#define SLAPD_NET_LISTENER_H

/* Sockets the server listens on, from the URLs of `slapd -h`. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct conf;
struct errbuf;

struct listener {
	int fd;
	bool local;	 /* ldapi */
	bool tls;	 /* ldaps */
	struct bv label; /* "IP=127.0.0.1:389" or "PATH=/run/slapd/ldapi", for the log */
	struct bv path;	 /* ldapi: the socket file, removed at the end */
	struct bv url;	 /* as given to -h: "ldap://127.0.0.1:389/" */
};

/*
 * Opens every URL of a list separated by spaces or commas (ldap://, ldaps://, ldapi://). A host
 * name may give several sockets. 0 with the list in the arena; ERR_CONFIG or ERR_IO with a text
 * that says what to do.
 */
int listener_open_all(struct arena *a, struct bv urls, int family, struct listener **out,
    size_t *count_out, struct errbuf *e) __attribute__((warn_unused_result));

/* Gives a new connection the buffers that the configuration wants for its listener. */
void listener_tune(const struct listener *from, const struct conf *c, int fd);

/* Closes the sockets and removes the files of local ones. */
void listener_close_all(struct listener *list, size_t count);

#endif
