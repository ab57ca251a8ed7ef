#ifndef SLAPD_NET_CONN_H
#define SLAPD_NET_CONN_H

/*
 * A connection: bytes in, operations, bytes out. It belongs to one event loop. What
 * a peer can make it hold is bounded: one request being read, the operations the
 * limits allow, and a bounded amount of output it has not read.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "net/conntls.h"
#include "op/op.h"

struct listener;
struct loop;
struct tls_session;

struct conn {
	struct conn *prev, *next;   /* of the loop's connections */
	struct conn *next_runnable; /* of the loop's queue of those with work to do */
	struct loop *loop;
	int fd; /* -1: closed, waiting for outstanding operations */
	char peer_label[128];
	struct session session;
	struct buf in; /* bytes not yet decoded, when they could not be used at once */
	struct buf out;
	size_t sent;	/* bytes of out already written */
	struct op *ops; /* outstanding */
	unsigned op_count;
	uint64_t next_op_id;
	struct op *held;  /* a Bind that waits until nothing is outstanding */
	bool binding;	  /* a Bind is being verified: nothing else starts */
	bool runnable;	  /* is in the loop's queue */
	bool input_waits; /* whole requests may still be in `in` */
	bool peer_done;	  /* the peer has closed its side */
	bool closing;	  /* close when out is empty */
	unsigned events;  /* what epoll watches for */
	int64_t active_ms;
	int64_t request_began_ms; /* 0: no partial request */
	int64_t blocked_since_ms; /* 0: output flows */
	const char *close_reason;
	char close_text[128]; /* a reason that is not constant */
	enum conntls_state tls_state;
	struct tls_session *tls; /* from the first byte of the handshake */
	struct arena *tls_names; /* holds session.tls_subject; absent: NULL */
	int64_t tls_began_ms;
};

/* Makes a connection for an accepted socket and registers it with the loop. Closes fd on failure.
 */
void conn_open(struct loop *l, int fd, const struct listener *from, const char *peer_label);

/* The loop calls these. Each may close (and free) the connection. */
void conn_readable(struct conn *c);
void conn_writable(struct conn *c);
void conn_hung_up(struct conn *c); /* the peer is gone: use what it sent, then close */
void conn_run(struct conn *c);	   /* one turn of what waits on the connection */
void conn_finished(struct conn *c, struct op *op); /* a queued operation is ready */
void conn_tick(struct conn *c, int64_t now_ms);	   /* timeouts, once a second */
void conn_shut_down(struct conn *c);		   /* the server stops */
void conn_give_up(struct conn *c);		   /* the server has waited long enough */

#endif
