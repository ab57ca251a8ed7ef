#ifndef SLAPD_NET_LOOP_H
#define SLAPD_NET_LOOP_H

/* An event loop: one thread, one epoll, its own connections. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "op/world.h"

struct conf;
struct conn;
struct errbuf;
struct listener;
struct op;
struct server;
struct tls_box;

enum { LOOP_READ_BYTES = 64 * 1024 };

struct loop {
	pthread_t thread;
	unsigned number;
	int epoll_fd;
	int wake_fd;
	struct server *server;
	struct reader_set *readers; /* of the newest world this loop has seen */
	struct reader_set *leaving; /* of former worlds that operations still use */
	unsigned generation;	    /* of readers, as server.h counts */
	const struct listener *listeners;
	size_t listener_count;
	struct conn *conns;
	size_t conn_count;
	struct conn *runnable_first, **runnable_last;
	struct op *free_ops;
	unsigned free_op_count;
	int64_t now_ms;
	int64_t stop_deadline_ms;
	bool accepting;
	_Atomic(struct op *) finished; /* pushed by other threads */
	atomic_bool stopping;
	uint8_t *read_buffer; /* LOOP_READ_BYTES */
	struct tls_box *tls;  /* the server's; set before loop_start */
	int64_t handshake_us; /* spent on handshakes in this turn */
	size_t handshakes;    /* connections whose handshake is not over */
};

/*
 * Starts the thread of loop number `number` on the server's listeners, in its newest world. l is
 * zero but for tls. 0, or ERR_IO with a text.
 */
int loop_start(struct loop *l, unsigned number, struct server *s, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Makes the loop look around: the world has changed. From any thread. */
void loop_wake(struct loop *l);

/* Returns the newest configuration this loop has seen; for use at once. */
const struct conf *loop_conf(const struct loop *l);

/* Asks the loop to finish its operations and end; loop_join waits for it. loop_done takes away what
 * other threads wake it with: only once none of them may still be about to, be it with an
 * operation that the loop has seen already. */
void loop_stop(struct loop *l);
void loop_join(struct loop *l);
void loop_done(struct loop *l);

/* Returns whether there is time for a step of a handshake in this turn. */
bool loop_has_handshake_time(const struct loop *l);

/* Queues a connection for conn_run in this turn or the next. */
void loop_make_runnable(struct loop *l, struct conn *c);

/* Changes what epoll watches for on a connection. */
void loop_watch(struct loop *l, struct conn *c, unsigned events);

/* Operations are reused; a new one is zeroed but for its arena and assembly buffer. */
struct op *loop_op_new(struct loop *l);
void loop_op_free(struct loop *l, struct op *op);

/* op->finished: hands a queued operation back to the loop of its connection, from any thread. */
void loop_op_finished(struct op *op);

#endif
