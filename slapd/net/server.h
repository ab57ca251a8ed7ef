#ifndef SLAPD_NET_SERVER_H
#define SLAPD_NET_SERVER_H

/* The running server: loops and workers around a world. */

#include <stddef.h>

struct errbuf;
struct listener;
struct server;
struct world;

/* Starts the worker pool and one event loop per core (or as configured). The world is borrowed. */
int server_start(struct world *w, const struct listener *listeners, size_t listener_count,
    struct server **out, struct errbuf *e) __attribute__((warn_unused_result));

/* Finishes running operations, closes connections, ends the threads, frees. */
void server_stop(struct server **s);

#endif
