#ifndef SLAPD_AUTH_POOL_H
#define SLAPD_AUTH_POOL_H

/*
 * A bounded pool of threads for work that blocks or computes for milliseconds: password hashing,
 * later SASL steps. The queue is bounded; a full one is refused, not waited for.
 */

#include <stddef.h>

struct errbuf;
struct pool;

/* A piece of work; the owner embeds it. run() is called once on a pool thread. */
struct pool_job {
	struct pool_job *next;
	void (*run)(struct pool_job *job);
};

/* Starts threads (at least 1). queue_max: jobs waiting (0: 64 per thread). */
int pool_start(unsigned threads, size_t queue_max, struct pool **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Queues a job from any thread: 0, ERR_BUSY (full) or ERR_CLOSED (stopping). */
int pool_submit(struct pool *p, struct pool_job *job) __attribute__((warn_unused_result));

/* What a pool does at the moment. */
struct pool_load {
	unsigned threads, busy;
	size_t waiting, waiting_max;
};

/* Tells it; from any thread. */
void pool_load(struct pool *p, struct pool_load *out);

/* Runs what is queued, ends the threads, frees. NULL in *p is fine. */
void pool_stop(struct pool **p);

#endif
