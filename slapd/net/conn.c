#include "net/conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "net/connlog.h"
#include "net/connops.h"
#include "net/listener.h"
#include "net/loop.h"
#include "op/run.h"
#include "op/world.h"
#include "wire/ber.h"

/*
 * Connections. Requests that arrive together are decoded and answered in one pass
 * with one write. A connection whose peer does not read stops being read and run
 * until it does; the others never notice. A closed connection stays in memory, without
 * its descriptor, until the operations that other threads hold have come back.
 */

enum {
	REQUESTS_PER_TURN = 64,
	KEEP_OUT_BYTES = 4096,
	SESSION_ARENA_BYTES = 128,
	STOP_PATIENCE_MS = 3000
};

static _Atomic uint64_t next_conn_id = 1000;

static void
read_peer_credentials(struct conn *c)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	c->session.peer_uid = c->session.peer_gid = UINT32_MAX;
	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
		return;
	c->session.peer_uid = cred.uid;
	c->session.peer_gid = cred.gid;
}

void
conn_open(struct loop *l, int fd, const struct listener *from, const char *peer)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};

	if (c == NULL || epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0) {
		free(c);
		close(fd);
		return;
	}
	c->loop = l;
	c->fd = fd;
	c->events = EPOLLIN;
	c->active_ms = l->now_ms;
	c->session.conn_id = atomic_fetch_add(&next_conn_id, 1);
	c->session.arena = arena_new(SESSION_ARENA_BYTES);
	c->session.identity = (struct identity){BV_LIT(""), BV_LIT(""), false};
	c->session.local = from->local;
	snprintf(c->peer_label, sizeof(c->peer_label), "%s", peer);
	c->session.peer = (struct acl_peer){
	    .peername = bv_str(c->peer_label),
	    .sockname = from->label,
	    .sockurl = from->url,
	    .ssf = from->local ? loop_conf(l)->local_ssf : 0,
	    .transport_ssf = from->local ? loop_conf(l)->local_ssf : 0,
	};
	listener_tune(from, loop_conf(l), fd);
	c->session.owner = c;
	c->session.find = connops_find;
	c->session.start_tls = conntls_start;
	if (from->local)
		read_peer_credentials(c);
	counters_conn_open(&c->session);
	c->next = l->conns;
	if (l->conns != NULL)
		l->conns->prev = c;
	l->conns = c;
	l->conn_count++;
	if (from->tls)
		conntls_begin(c);
	connlog_accept(c);
}

static void
unlink_runnable(struct loop *l, struct conn *c)
{
	struct conn **at = &l->runnable_first;

	if (!c->runnable)
		return;
	while (*at != NULL && *at != c)
		at = &(*at)->next_runnable;
	if (*at == NULL)
		return;
	*at = c->next_runnable;
	if (*at == NULL)
		l->runnable_last = at;
	c->runnable = false;
}

static void
conn_free(struct conn *c)
{
	struct loop *l = c->loop;

	unlink_runnable(l, c);
	counters_conn_close(&c->session);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		l->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	l->conn_count--;
	arena_free(&c->session.arena);
	arena_free(&c->tls_names);
	buf_done(&c->in);
	buf_done(&c->out);
	free(c);
}

/* Closes the socket; frees the connection unless operations are out. Returns with c possibly gone.
 */
static void
conn_close(struct conn *c, const char *reason)
{
	if (c->fd >= 0) {
		connlog_closed(c, reason);
		conntls_end(c);
		close(c->fd);
		c->fd = -1;
		connops_drop(c);
	}
	if (c->op_count == 0)
		conn_free(c);
}

static const struct conf *
conf_of(const struct conn *c)
{
	return loop_conf(c->loop);
}

static size_t
unread_bytes(const struct conn *c)
{
	return c->out.n - c->sent;
}

/* Half of what may wait is where operations pause, so that each may finish the entry it is at. */
static size_t
pause_bytes(const struct conn *c)
{
	return conf_of(c)->max_unread_output_bytes / 2;
}

static bool
output_is_full(const struct conn *c)
{
	return unread_bytes(c) >= pause_bytes(c);
}

/* Forgets what was sent when that is most of it: a slow reader costs what it has not read. */
static void
drop_sent(struct conn *c)
{
	if (c->sent <= c->out.n / 2)
		return;
	buf_consume(&c->out, c->sent);
	c->sent = 0;
}

static bool
may_start_more(const struct conn *c)
{
	unsigned max =
	    c->session.authenticated ? conf_of(c)->max_pending_auth : conf_of(c)->max_pending;

	return !c->closing && !c->binding && c->held == NULL && !output_is_full(c) &&
	       c->tls_state != CONNTLS_AWAITED && (max == 0 || c->op_count < max);
}

static void
disconnect(struct conn *c, int code, const char *text)
{
	size_t before = c->out.n;

	message_put_disconnection(&c->out, code, bv_str(text));
	counters_sent_notice(c->out.n - before);
	c->closing = true;
	c->close_reason = text;
	c->input_waits = false;
	c->in.n = 0;
}

/* Puts an operation that is not over yet on the list, or frees it. */
static void
after_start(struct conn *c, struct op *op, enum run_state state)
{
	if (op->close_after) {
		c->closing = true;
		c->close_reason = NULL;
	}
	if (state == RUN_DONE) {
		loop_op_free(c->loop, op);
		return;
	}
	op->next = c->ops;
	c->ops = op;
	c->op_count++;
	c->binding = op->msg.tag == LDAP_REQ_BIND;
	if (state == RUN_YIELD)
		loop_make_runnable(c->loop, c);
}

static void
start(struct conn *c, struct op *op)
{
	if (op->msg.tag == LDAP_REQ_BIND && c->op_count > 0) {
		c->held = op;
		return;
	}
	after_start(c, op, run_start(op));
}

static void
request(struct conn *c, struct bv pdu)
{
	struct op *op = loop_op_new(c->loop);
	struct errbuf e = {""};
	int code = 0;

	op->session = &c->session;
	op->out = &c->out;
	op->owner = c;
	op->op_id = c->next_op_id++;
	counters_received(&c->session);
	op->received_us = c->loop->now_ms * 1000;
	switch (message_decode(op->arena, arena_dup(op->arena, pdu), &conf_of(c)->message_limits,
	    &op->msg, &code, &e)) {
	case MESSAGE_OK:
		start(c, op);
		return;
	case MESSAGE_REFUSE:
		run_refuse(op, code, e.text);
		break;
	case MESSAGE_DISCONNECT:
		disconnect(c, code == 0 ? LDAP_PROTOCOL_ERROR : code, e.text);
		break;
	}
	loop_op_free(c->loop, op);
}

/*
 * What came in clear behind a StartTLS request may be anybody's and is never run; who sent it does
 * not follow RFC 4511 4.14.1, or is not alone on the line.
 */
static void
refuse_behind_start_tls(struct conn *c, size_t bytes)
{
	if (bytes == 0)
		return;
	c->closing = true;
	c->close_reason = "bytes in clear behind StartTLS";
	c->in.n = 0;
}

/*
 * Starts what is complete in the bytes given. Returns how many were used; sets input_waits when it
 * stopped although more may be complete.
 */
static size_t
take_requests(struct conn *c, struct bv bytes)
{
	size_t used = 0;
	size_t max = c->session.authenticated ? conf_of(c)->max_incoming_auth_bytes
					      : conf_of(c)->max_incoming_bytes;

	c->input_waits = false;
	for (int n = 0; !c->closing && used < bytes.n; n++) {
		struct bv rest = bv_from(bytes, used);
		int64_t whole = ber_frame(rest);
		if (whole < 0 || rest.p[0] != BER_SEQUENCE) {
			disconnect(c, LDAP_PROTOCOL_ERROR, "the bytes are not an LDAP message");
			break;
		}
		if (whole > 0 && (uint64_t)whole > max) {
			/* RFC 4511 4.4.1: a notice says protocolError or unavailable. */
			disconnect(c, LDAP_PROTOCOL_ERROR, "the request is larger than allowed");
			break;
		}
		if (whole == 0 || (uint64_t)whole > rest.n)
			break;
		if (n >= REQUESTS_PER_TURN || !may_start_more(c)) {
			c->input_waits = true;
			break;
		}
		request(c, bv_make(rest.p, (size_t)whole));
		used += (size_t)whole;
		if (c->tls_state == CONNTLS_AWAITED) {
			refuse_behind_start_tls(c, bytes.n - used);
			break;
		}
		max = c->session.authenticated ? conf_of(c)->max_incoming_auth_bytes
					       : conf_of(c)->max_incoming_bytes;
	}
	return used;
}

static void
note_partial(struct conn *c)
{
	if (c->in.n == 0 || c->input_waits)
		c->request_began_ms = 0;
	else if (c->request_began_ms == 0)
		c->request_began_ms = c->loop->now_ms;
}

/* Uses bytes just read, straight from the loop's buffer when nothing was kept before. */
static void
input(struct conn *c, struct bv bytes)
{
	if (c->in.n > 0) {
		buf_put_bv(&c->in, bytes);
		size_t used = take_requests(c, buf_bv(&c->in));
		if (c->in.n > 0)
			buf_consume(&c->in, used < c->in.n ? used : c->in.n);
	} else {
		size_t used = take_requests(c, bytes);
		if (!c->closing && used < bytes.n)
			buf_put_bv(&c->in, bv_from(bytes, used));
	}
	buf_shrink(&c->in, 0);
	note_partial(c);
	if (c->input_waits && may_start_more(c))
		loop_make_runnable(c->loop, c);
}

static bool
wants_input(const struct conn *c)
{
	return !c->peer_done && !c->closing && !c->input_waits && may_start_more(c);
}

static void
update_watch(struct conn *c)
{
	bool read_more = wants_input(c);
	unsigned events =
	    (read_more ? (unsigned)EPOLLIN : 0U) | (unread_bytes(c) > 0 ? (unsigned)EPOLLOUT : 0U);

	loop_watch(c->loop, c, conntls_events(c, events));
	if (read_more && conntls_pending(c))
		loop_make_runnable(c->loop, c);
}

/* Writes what there is. Returns false when the connection is gone. */
static bool
flush(struct conn *c)
{
	while (unread_bytes(c) > 0) {
		ssize_t n = conntls_write(c, c->out.p + c->sent, unread_bytes(c));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			if (c->blocked_since_ms == 0)
				c->blocked_since_ms = c->loop->now_ms;
			drop_sent(c);
			update_watch(c);
			return true;
		}
		if (n <= 0) {
			conn_close(c, "connection lost on write");
			return false;
		}
		c->sent += (size_t)n;
		c->blocked_since_ms = 0;
		c->active_ms = c->loop->now_ms;
	}
	c->out.n = c->sent = 0;
	c->blocked_since_ms = 0;
	buf_shrink(&c->out, KEEP_OUT_BYTES);
	if (c->closing ||
	    (c->peer_done && c->op_count == 0 && c->held == NULL && !c->input_waits)) {
		conn_close(c, c->closing ? c->close_reason : NULL);
		return false;
	}
	if (c->tls_state == CONNTLS_AWAITED)
		conntls_begin(c);
	update_watch(c);
	return true;
}

/* Goes on with the handshake; what came right behind it is used. */
static void
shake_hands(struct conn *c)
{
	if (!conntls_step(c))
		conn_close(c, CONNTLS_FAILURE);
	else if (c->tls_state == CONNTLS_ON)
		flush(c);
}

/* Reads once and uses what came. Returns false when the connection is gone. */
static bool
receive(struct conn *c)
{
	ssize_t n = conntls_read(c, c->loop->read_buffer, LOOP_READ_BYTES);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n < 0) {
		conn_close(c, "connection lost");
		return false;
	}
	if (n == 0) {
		c->peer_done = true;
	} else {
		c->active_ms = c->loop->now_ms;
		counters_socket_read(&c->session);
		input(c, bv_make(c->loop->read_buffer, (size_t)n));
	}
	return true;
}

void
conn_readable(struct conn *c)
{
	if (c->tls_state == CONNTLS_HANDSHAKE)
		shake_hands(c);
	else if (receive(c))
		flush(c);
}

void
conn_hung_up(struct conn *c)
{
	ssize_t n = 0;

	if (c->tls_state == CONNTLS_HANDSHAKE) {
		conn_close(c, conntls_step(c) ? "connection lost" : CONNTLS_FAILURE);
		return;
	}
	while (c->tls_state != CONNTLS_AWAITED &&
	       (n = conntls_read(c, c->loop->read_buffer, LOOP_READ_BYTES)) > 0)
		input(c, bv_make(c->loop->read_buffer, (size_t)n));
	conn_close(c, n < 0 && errno != EAGAIN ? "connection lost" : NULL);
}

static void
start_held(struct conn *c)
{
	struct op *op = c->held;

	if (op == NULL || c->op_count > 0)
		return;
	c->held = NULL;
	after_start(c, op, run_start(op));
}

void
conn_run(struct conn *c)
{
	if (c->fd < 0)
		return;
	if (c->tls_state == CONNTLS_HANDSHAKE) {
		shake_hands(c);
		return;
	}
	connops_continue(c, pause_bytes(c));
	start_held(c);
	if (c->in.n > 0 && may_start_more(c)) {
		size_t used = take_requests(c, buf_bv(&c->in));
		if (c->in.n > 0)
			buf_consume(&c->in, used < c->in.n ? used : c->in.n);
		buf_shrink(&c->in, 0);
		note_partial(c);
	}
	if (wants_input(c) && conntls_pending(c) && !receive(c))
		return;
	if (!flush(c))
		return;
	if (!output_is_full(c) && (connops_any_yielded(c) || (c->input_waits && may_start_more(c))))
		loop_make_runnable(c->loop, c);
}

void
conn_writable(struct conn *c)
{
	counters_socket_write(&c->session);
	if (c->tls_state == CONNTLS_HANDSHAKE) {
		shake_hands(c);
		return;
	}
	if (conntls_read_waits(c) && !receive(c))
		return;
	if (!flush(c))
		return;
	if (!output_is_full(c))
		loop_make_runnable(c->loop, c);
}

void
conn_finished(struct conn *c, struct op *op)
{
	if (c->fd < 0) {
		connops_forget(c, op);
		if (c->op_count == 0)
			conn_free(c);
		return;
	}
	c->active_ms = c->loop->now_ms;
	if (op->msg.tag == LDAP_REQ_BIND)
		c->binding = false;
	if (run_finish(op) == RUN_DONE)
		connops_forget(c, op);
	loop_make_runnable(c->loop, c);
}

/* How long a peer may leave its answers unread. */
static int64_t
patience_ms(const struct conn *c)
{
	const struct conf *conf = conf_of(c);
	int64_t ms = conf->write_timeout_s > 0 ? conf->write_timeout_s * 1000 : INT64_MAX;

	return !c->loop->accepting && ms > STOP_PATIENCE_MS ? STOP_PATIENCE_MS : ms;
}

void
conn_tick(struct conn *c, int64_t now_ms)
{
	const struct conf *conf = conf_of(c);
	int64_t idle_s =
	    c->session.authenticated ? conf->idle_timeout_auth_s : conf->idle_timeout_s;

	if (c->fd < 0)
		return;
	if (c->tls_state == CONNTLS_HANDSHAKE) {
		if (conntls_is_late(c, now_ms))
			conn_close(c, CONNTLS_FAILURE ": timeout");
		return;
	}
	if (c->blocked_since_ms > 0 && now_ms - c->blocked_since_ms > patience_ms(c)) {
		conn_close(c, "writetimeout");
		return;
	}
	if (conf->request_timeout_s > 0 && c->request_began_ms > 0 &&
	    now_ms - c->request_began_ms > conf->request_timeout_s * 1000) {
		conn_close(c, "request timeout");
		return;
	}
	if (idle_s > 0 && c->op_count == 0 && unread_bytes(c) == 0 &&
	    now_ms - c->active_ms > idle_s * 1000)
		conn_close(c, "idletimeout");
}

void
conn_shut_down(struct conn *c)
{
	if (c->fd < 0)
		return;
	if (c->tls_state == CONNTLS_HANDSHAKE) {
		conn_close(c, "the server is shutting down");
		return;
	}
	if (c->op_count == 0 && c->held == NULL)
		disconnect(c, LDAP_UNAVAILABLE, "the server is shutting down");
	else
		c->peer_done = true; /* nothing more is read; closed when the operations are over */
	c->input_waits = false;
	flush(c);
}

void
conn_give_up(struct conn *c)
{
	conn_close(c, "the server is shutting down");
}
