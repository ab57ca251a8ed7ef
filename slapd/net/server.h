#ifndef SLAPD_NET_SERVER_H
#define SLAPD_NET_SERVER_H

/*
 * The running server: loops and workers around the newest world. Configuration changes
 * come through the host that the world carries (op/host.h).
 */

#include <stdbool.h>
#include <stddef.h>

struct confstore;
struct errbuf;
struct listener;
struct server;
struct world;

struct server_options {
	const struct listener *listeners;
	size_t listener_count;
	struct confstore *storage;   /* borrowed; NULL: changes of cn=config are not kept */
	const char *storage_failure; /* why storage cannot be used: changes are refused with it */
	int log_bits; /* levels of the command line, kept over changes of olcLogLevel */
	int debug_bits;
	bool rescue; /* certificates are not looked at */
};

/* Starts the worker pool and one event loop per core (or as configured). Takes a reference to w.
 * Listeners outlive it. 0, or ERR_* with a text. */
int server_start(struct world *w, const struct server_options *o, struct server **out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Finishes running operations, closes connections, ends the threads, frees. */
void server_stop(struct server **s);

/* Returns the newest world with a reference of the caller's. From any thread. */
struct world *server_world(struct server *s);

/* Returns a number that changes with the world. From any thread. */
unsigned server_generation(const struct server *s);

/* The listeners that loops accept from. */
const struct listener *server_listeners(const struct server *s, size_t *count_out);

#endif
