#ifndef TESTS_BENCH_DRIVE_H
#define TESTS_BENCH_DRIVE_H

/* Runs the connections of several groups against one server with one epoll loop. */

#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct errbuf;
struct group;
struct peer;
struct stream_address;

struct drive {
	struct group *groups; /* set by the caller, with group_count, before drive_open */
	size_t group_count;
	struct peer *peers;
	size_t peer_count;
	int epoll_fd;
	uint64_t stall_ns; /* silence of the server that ends a run as failed */
};

/*
 * Opens all connections of the groups. When login is present each sends these bytes first, a bind
 * with the ID RECIPE_FIRST_ID, and must be answered with success. Returns 0 or an error with *e;
 * call drive_close in both cases.
 */
int drive_open(struct drive *d, const struct stream_address *to, struct bv login, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Sends for so many seconds, or until every group is exhausted, then waits for what is in flight:
 * all that was sent is answered and counted when it returns. *elapsed_ns_out is from the first
 * request to the last answer. Returns 0, or an error with *e when the server is silent, closes or
 * answers what was not asked.
 */
int drive_run(struct drive *d, double seconds, uint64_t *elapsed_ns_out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Closes all connections and frees the memory. */
void drive_close(struct drive *d);

#endif
