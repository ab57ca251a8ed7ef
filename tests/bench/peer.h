#ifndef TESTS_BENCH_PEER_H
#define TESTS_BENCH_PEER_H

/*
 * One connection of the load generator, and the group whose script it sends. Answers are matched
 * to requests by message ID and judged: a result code or a number of entries that is not the
 * expected one is counted as wrong and the first one is kept as text.
 */

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "tests/bench/hist.h"
#include "tests/bench/recipe.h"
#include "tests/bench/stream.h"

enum { PEER_DEPTH_MAX = 256, PEER_CODES = 128 };

/* Connections that do the same, and what they counted since group_reset. */
struct group {
	const char *name;
	const char *suffix;
	unsigned connections;
	unsigned depth; /* requests in flight on each connection */
	struct script script;
	size_t next;	/* of the script's requests */
	uint64_t limit; /* requests to send; 0: no limit */
	uint64_t sent;
	uint64_t done;
	uint64_t entries;
	uint64_t bytes;
	uint64_t wrong;
	uint64_t codes[PEER_CODES]; /* results; the last counts all higher codes */
	struct errbuf first_wrong;
	struct hist latency_ns;
};

/* A request in flight. */
struct slot {
	uint64_t sent_ns;
	int64_t entries;
	const struct request *request;
	int32_t id; /* 0 when free */
};

struct peer {
	struct stream stream;
	struct group *group;
	struct buf in;
	struct buf out;
	size_t written; /* of out */
	struct slot slots[PEER_DEPTH_MAX];
	uint8_t free_slots[PEER_DEPTH_MAX];
	unsigned free_count;
	unsigned generation;
	struct buf cookie; /* where a paged dump goes on; empty: at the beginning */
	bool armed;	   /* epoll waits for room to write */
};

/* Returns nanoseconds of the monotonic clock. */
uint64_t peer_now_ns(void);

/* Forgets what the group has counted; its place in the script stays. */
void group_reset(struct group *g);

/* Returns whether the group has nothing more to send. */
bool group_exhausted(const struct group *g);

/* Connects for a group. Returns 0 or ERR_IO with *e. */
int peer_init(struct peer *p, struct group *g, const struct stream_address *to, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Closes and frees. */
void peer_done(struct peer *p);

/*
 * Sends one request (message ID RECIPE_FIRST_ID) and waits for its result, at most timeout_ms.
 * Returns the result code, or ERR_IO with *e. Nothing else may be in flight.
 */
int peer_ask(struct peer *p, struct bv request, int timeout_ms, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Puts requests of the group's script in flight until depth is reached. */
void peer_fill(struct peer *p);

/* Writes what is waiting. Returns 0, ERR_AGAIN when the socket is full, ERR_CLOSED. */
int peer_flush(struct peer *p) __attribute__((warn_unused_result));

/*
 * Reads and judges what has come. Returns 0, ERR_CLOSED when the server closed, ERR_SYNTAX when
 * what came is no answer to anything, with *e.
 */
int peer_read(struct peer *p, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns how many requests are in flight. */
unsigned peer_in_flight(const struct peer *p);

#endif
