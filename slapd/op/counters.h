#ifndef SLAPD_OP_COUNTERS_H
#define SLAPD_OP_COUNTERS_H

/*
 * What the server counts about itself. Each event loop has counters of its own, on cache
 * lines of its own, that only its thread writes; a reader adds them up. What a connection
 * shows is written by its loop, too; the list of connections has a lock, taken when one
 * opens, closes or changes its identity, and by readers.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct buf;
struct op;
struct session;

/* In the order of cn=Operations,cn=Monitor. */
enum counters_op {
	COUNTERS_BIND,
	COUNTERS_UNBIND,
	COUNTERS_SEARCH,
	COUNTERS_COMPARE,
	COUNTERS_MODIFY,
	COUNTERS_MODDN,
	COUNTERS_ADD,
	COUNTERS_DELETE,
	COUNTERS_ABANDON,
	COUNTERS_EXTENDED,
	COUNTERS_OPS
};

/* Sums over all loops, since the start. */
struct counters_sum {
	uint64_t opened, current, peak;		  /* connections */
	uint64_t pdus, bytes, entries, referrals; /* sent */
	uint64_t initiated[COUNTERS_OPS], completed[COUNTERS_OPS];
	uint64_t read_waiters, write_waiters; /* connections */
	unsigned loops, busy_loops;
};

/* What a connection shows; part of its session. */
struct counters_conn {
	struct counters_conn *prev, *next; /* of its loop's list */
	struct counters *loop;
	uint64_t number;
	struct bv listener, peer, local; /* as long as the connection */
	int64_t opened_s;		 /* since the epoch */
	struct arena *names;		 /* holds authz */
	struct bv authz;		 /* changed under the loop's lock */
	_Atomic uint64_t received, started, completed;
	_Atomic uint64_t gets, reads, writes;
	_Atomic uint64_t protocol;
	_Atomic uint64_t events; /* what epoll watches for */
	_Atomic int64_t active_ms;
};

/* A copy for a reader. */
struct counters_view {
	uint64_t number, received, started, completed, gets, reads, writes, protocol;
	int64_t opened_s, active_s;
	bool reading, writing;
	struct bv listener, peer, local, authz;
};

/* A socket that is listened on. */
struct counters_listener {
	struct bv url, local;
};

/* The name of an operation as cn=Operations spells it. */
const char *counters_name(enum counters_op op);

/* A loop begins or ends a turn of work. The first call of a thread makes its counters. */
void counters_turn(bool busy);

/* A connection opens or closes; on its loop's thread. The session's names and peer are set. */
void counters_conn_open(struct session *s);
void counters_conn_close(struct session *s);

/* A whole request was taken; run_start began one; it is over and its answer written. */
void counters_received(struct session *s);
void counters_begin(const struct op *op);
void counters_end(const struct op *op);

/* One message went to op->out, which held `before` bytes until then. */
void counters_sent(const struct op *op, size_t before);
void counters_sent_entry(const struct op *op, size_t before);
void counters_sent_reference(const struct op *op, size_t before);

/* A notice that belongs to no request went to a connection's output. */
void counters_sent_notice(size_t bytes);

/* The socket could be read or, after it was blocked, written; what is waited for changes. */
void counters_socket_read(struct session *s);
void counters_socket_write(struct session *s);
void counters_watch(struct session *s, unsigned epoll_events);

/* Tells once which sockets are listened on; the list lives as long as the process serves. */
void counters_set_listeners(const struct counters_listener *list, size_t count);
const struct counters_listener *counters_listeners(size_t *count_out);

/* When the first loop began, in seconds since the epoch; 0: none has. */
int64_t counters_start_s(void);

/* Adds up. */
void counters_read(struct counters_sum *out);

/* Copies what the open connections show, in the order of their numbers. */
size_t counters_conns(struct arena *a, struct counters_view **out);

#endif
