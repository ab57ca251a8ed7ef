#ifndef SLAPD_OP_HOST_H
#define SLAPD_OP_HOST_H

/*
 * What the process offers to the operations that change or describe it. net/server
 * fills it; tools have none (NULL in world).
 */

#include <stddef.h>

struct buf;
struct conf;
struct confstore;
struct errbuf;
struct pool;
struct world;

struct host {
	void *arg;
	struct pool *changes; /* one thread: the only place where the configuration changes */
	struct confstore
	    *storage; /* slapd.d; NULL: started from slapd.conf, changes are not kept */
	const char *storage_failure; /* why slapd.d cannot be changed; NULL: it can */
	/*
	 * Checks a snapshot as far as the network is concerned (certificates ...) and makes it
	 * ready, without using it. 0 with *ready_out, or ERR_* with a text that says what to do.
	 */
	int (*prepare)(void *arg, const struct conf *c, void **ready_out, struct errbuf *e);
	/* Forgets what was made ready. */
	void (*discard)(void *arg, void *ready);
	/* Makes a world the one of all new operations; takes over ready and the reference to w. */
	void (*publish)(void *arg, struct world *w, void *ready);
	/* Returns the newest world with a reference of the caller's. */
	struct world *(*newest)(void *arg);
	/* Reads the certificates again. 0, or ERR_* with the file, why, and its owner in e; what
	 * was in use stays. */
	int (*reload_tls)(void *arg, struct errbuf *e);
	/* Writes what certificate is in use as lines of text; ERR_NOT_FOUND: none. */
	int (*describe_tls)(void *arg, char *out, size_t size);
};

#endif
