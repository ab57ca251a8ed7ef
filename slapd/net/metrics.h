#ifndef SLAPD_NET_METRICS_H
#define SLAPD_NET_METRICS_H

/*
 * GET /metrics over HTTP/1.1 for Prometheus, in a thread of its own. It gives no entry and
 * asks for no password, so the configuration keeps it on the loopback (optmonitor.h).
 */

struct conf;
struct errbuf;
struct metrics;
struct world;

/* Where the thread gets the newest world, for as long as it reads it. */
struct metrics_source {
	void *arg;
	struct world *(*take)(void *arg);
	void (*give_back)(struct world **w);
};

/*
 * Listens where c says and starts the thread. 0 with *out, which is NULL when c has no metrics;
 * ERR_IO with a text.
 */
int metrics_start(const struct conf *c, const struct metrics_source *source, struct metrics **out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Tries where c says, unless m listens there already; NULL for m is fine. 0 or ERR_* with a text.
 */
int metrics_check(const struct metrics *m, const struct conf *c, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Ends the thread. NULL in *m is fine. */
void metrics_stop(struct metrics **m);

#endif
