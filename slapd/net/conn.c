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
#include "net/conninput.h"
#include "net/connlog.h"
#include "net/connops.h"
#include "net/listener.h"
#include "net/loop.h"
#include "op/run.h"
#include "op/world.h"

/*
 * Connections: opening, reading, writing, closing. What arrives goes to conninput.c, through
 * conntls.c when it is inside TLS; answers to one reading leave with one write. A connection whose
 * peer does not read stops being read and run until it does; the others never notice. A closed
 * connection stays in memory, without its descriptor, until the operations that other threads hold
 * have come back.
 */

enum { KEEP_OUT_BYTES = 4096, SESSION_ARENA_BYTES = 128, STOP_PATIENCE_MS = 3000 };

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
wants_input(const struct conn *c)
{
	return !c->peer_done && !c->closing && !c->input_waits && conninput_may_start(c);
}

static void
update_watch(struct conn *c)
{
	bool read_more = wants_input(c);
	unsigned events = (read_more ? (unsigned)EPOLLIN : 0U) |
			  (conninput_unread_bytes(c) > 0 ? (unsigned)EPOLLOUT : 0U);

	loop_watch(c->loop, c, conntls_events(c, events));
	if (read_more && conntls_pending(c))
		loop_make_runnable(c->loop, c);
}

/* Writes what there is. Returns false when the connection is gone. */
static bool
flush(struct conn *c)
{
	while (conninput_unread_bytes(c) > 0) {
		ssize_t n = conntls_write(c, c->out.p + c->sent, conninput_unread_bytes(c));
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
		conninput_put(c, bv_make(c->loop->read_buffer, (size_t)n));
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
		conninput_put(c, bv_make(c->loop->read_buffer, (size_t)n));
	conn_close(c, n < 0 && errno != EAGAIN ? "connection lost" : NULL);
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
	connops_continue(c, conninput_pause_bytes(c));
	conninput_go_on(c);
	if (wants_input(c) && conntls_pending(c) && !receive(c))
		return;
	if (!flush(c))
		return;
	if (!conninput_output_is_full(c) &&
	    (connops_any_yielded(c) || (c->input_waits && conninput_may_start(c))))
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
	if (!conninput_output_is_full(c))
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
	if (idle_s > 0 && c->op_count == 0 && conninput_unread_bytes(c) == 0 &&
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
		conninput_disconnect(c, LDAP_UNAVAILABLE, "the server is shutting down");
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
