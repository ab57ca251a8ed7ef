#include "net/loop.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "net/conn.h"
#include "net/listener.h"
#include "net/server.h"
#include "net/tls_box.h"

/*
 * The event loop. Listeners are shared by all loops with EPOLLEXCLUSIVE; a connection
 * stays with the loop that accepted it. Each turn: events, operations that other
 * threads have finished, one slice for every connection with work, once a second the
 * timeouts.
 */

enum {
	MAX_EVENTS = 256,
	KEEP_OPS = 64,
	KEEP_ASSEMBLY_BYTES = 64 * 1024,
	STOP_MS = 30000,
	HANDSHAKE_US = 2000
};

const struct conf *
loop_conf(const struct loop *l)
{
	return l->readers->world->conf;
}

struct op *
loop_op_new(struct loop *l)
{
	struct op *op = l->free_ops;
	struct arena *arena;
	struct buf assembly;

	if (op == NULL) {
		op = malloc(sizeof(*op));
		if (op == NULL)
			abort();
		arena = arena_new(4096);
		buf_init(&assembly);
	} else {
		l->free_ops = op->next;
		l->free_op_count--;
		arena = op->arena;
		assembly = op->assembly;
	}
	memset(op, 0, sizeof(*op));
	op->arena = arena;
	op->assembly = assembly;
	op->world = l->readers->world;
	op->readers = l->readers;
	op->readers->users++;
	op->finished = loop_op_finished;
	return op;
}

void
loop_op_free(struct loop *l, struct op *op)
{
	const struct bv *secret = &op->msg.u.bind.password;

	counters_end(op);
	op->readers->users--;
	world_unref(&op->own_world);
	if (op->msg.tag == LDAP_REQ_BIND && secret->n > 0)
		explicit_bzero((void *)(uintptr_t)secret->p, secret->n);
	if (l->free_op_count >= KEEP_OPS) {
		arena_free(&op->arena);
		buf_done(&op->assembly);
		free(op);
		return;
	}
	arena_reset(op->arena);
	op->assembly.n = 0;
	buf_shrink(&op->assembly, KEEP_ASSEMBLY_BYTES);
	op->next = l->free_ops;
	l->free_ops = op;
	l->free_op_count++;
}

void
loop_wake(struct loop *l)
{
	uint64_t one = 1;

	if (write(l->wake_fd, &one, sizeof(one)) < 0)
		return; /* the counter is full: the loop is awake anyway */
}

void
loop_op_finished(struct op *op)
{
	struct conn *c = op->owner;
	struct loop *l = c->loop;
	struct op *head = atomic_load(&l->finished);

	do {
		op->next_finished = head;
	} while (!atomic_compare_exchange_weak(&l->finished, &head, op));
	if (head == NULL)
		loop_wake(l);
}

bool
loop_has_handshake_time(const struct loop *l)
{
	return l->handshake_us < HANDSHAKE_US;
}

void
loop_make_runnable(struct loop *l, struct conn *c)
{
	if (c->runnable)
		return;
	c->runnable = true;
	c->next_runnable = NULL;
	*l->runnable_last = c;
	l->runnable_last = &c->next_runnable;
}

void
loop_watch(struct loop *l, struct conn *c, unsigned events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};

	if (c->events == events || c->fd < 0)
		return;
	c->events = events;
	counters_watch(&c->session, events);
	epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev);
}

/* Operations come in reverse order of finishing; they are answered in order. */
static void
drain_finished(struct loop *l)
{
	struct op *op = atomic_exchange(&l->finished, NULL), *in_order = NULL;

	while (op != NULL) {
		struct op *next = op->next_finished;
		op->next_finished = in_order;
		in_order = op;
		op = next;
	}
	while (in_order != NULL) {
		struct op *next = in_order->next_finished;
		conn_finished(in_order->owner, in_order);
		in_order = next;
	}
}

static void
run_runnable(struct loop *l)
{
	struct conn *c = l->runnable_first;

	l->runnable_first = NULL;
	l->runnable_last = &l->runnable_first;
	while (c != NULL) {
		struct conn *next = c->next_runnable;
		c->runnable = false;
		conn_run(c);
		c = next;
	}
}

/* Returns whether the peer is the administrator of this machine, by what the kernel says. */
static bool
is_administrator(const struct listener *from, int fd)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	return from->local && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

/* However many are kept free, half of all serve; the administrator gets half of what is kept, to
 * mend what uses up the others. */
static bool
fds_are_short(const struct loop *l, const struct listener *from, int fd)
{
	rlim_t kept = loop_conf(l)->reserved_fds;
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return false;
	if (kept > r.rlim_cur / 2)
		kept = r.rlim_cur / 2;
	if ((rlim_t)fd + kept < r.rlim_cur)
		return false;
	return (rlim_t)fd + kept / 2 >= r.rlim_cur || !is_administrator(from, fd);
}

static void
peer_label(const struct listener *from, int fd, char *out, size_t size)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);
	char host[NI_MAXHOST], port[NI_MAXSERV];

	snprintf(out, size, "%.*s", BV(from->label));
	if (from->local || getpeername(fd, (struct sockaddr *)&ss, &n) != 0 ||
	    getnameinfo((struct sockaddr *)&ss, n, host, sizeof(host), port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	snprintf(out, size, ss.ss_family == AF_INET6 ? "IP=[%s]:%s" : "IP=%s:%s", host, port);
}

/* Says it once a minute: a flood of connections must not become one of log lines. */
static void
say_fds_are_short(struct loop *l)
{
	static _Atomic int64_t next_ms;

	if (l->now_ms < atomic_load(&next_ms))
		return;
	atomic_store(&next_ms, l->now_ms + 60000);
	log_error("connections are refused: file descriptors run out; raise the limit (ulimit -n, "
		  "LimitNOFILE)");
}

static void
accept_from(struct loop *l, const struct listener *from)
{
	char label[128];
	int one = 1;

	for (int i = 0; i < 16; i++) {
		int fd = accept4(from->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		if (fds_are_short(l, from, fd)) {
			say_fds_are_short(l);
			close(fd);
			return;
		}
		if (!from->local)
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		peer_label(from, fd, label, sizeof(label));
		conn_open(l, fd, from, label);
	}
}

static bool
is_listener(const struct loop *l, const void *p)
{
	const struct listener *x = p;

	return x >= l->listeners && x < l->listeners + l->listener_count;
}

static void
handle(struct loop *l, const struct epoll_event *ev)
{
	uint64_t count;

	if (ev->data.ptr == l) {
		if (read(l->wake_fd, &count, sizeof(count)) < 0)
			return;
	} else if (is_listener(l, ev->data.ptr)) {
		accept_from(l, ev->data.ptr);
	} else if ((ev->events & (EPOLLHUP | EPOLLERR)) != 0) {
		conn_hung_up(ev->data.ptr);
	} else if ((ev->events & EPOLLOUT) != 0) {
		conn_writable(ev->data.ptr);
	} else {
		conn_readable(ev->data.ptr);
	}
}

/* Goes over to the newest world; operations that run keep theirs. */
static void
change_world(struct loop *l)
{
	unsigned newest = server_generation(l->server);

	if (l->generation == newest)
		return;
	l->generation = newest;
	struct world *w = server_world(l->server);
	l->readers->next = l->leaving;
	l->leaving = l->readers;
	l->readers = reader_set_new(w);
	world_unref(&w);
}

static void
leave_worlds(struct loop *l)
{
	struct reader_set **at = &l->leaving;

	while (*at != NULL) {
		struct reader_set *r = *at;
		if (r->users > 0) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		reader_set_free(&r);
	}
}

static void
tick(struct loop *l)
{
	static const int64_t period_ms = 1000;
	static _Thread_local int64_t last_ms;

	if (l->now_ms - last_ms < period_ms)
		return;
	last_ms = l->now_ms;
	if (l->number == 0)
		tls_box_tick(l->tls);
	for (struct conn *c = l->conns, *next; c != NULL; c = next) {
		next = c->next;
		conn_tick(c, l->now_ms);
	}
}

static void
begin_stop(struct loop *l)
{
	if (!l->accepting)
		return;
	l->accepting = false;
	l->stop_deadline_ms = l->now_ms + STOP_MS;
	for (size_t i = 0; i < l->listener_count; i++)
		epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, l->listeners[i].fd, NULL);
	for (struct conn *c = l->conns, *next; c != NULL; c = next) {
		next = c->next;
		conn_shut_down(c);
	}
}

/* Past the deadline nobody is waited for but the writer and the workers, who hold operations. */
static bool
is_over(struct loop *l)
{
	bool late = !l->accepting && l->now_ms > l->stop_deadline_ms;

	for (struct conn *c = late ? l->conns : NULL, *next; c != NULL; c = next) {
		next = c->next;
		conn_give_up(c);
	}
	return !l->accepting && l->conns == NULL;
}

static void *
run(void *arg)
{
	struct loop *l = arg;
	struct epoll_event events[MAX_EVENTS];
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	l->now_ms = clock_mono_ms();
	while (!is_over(l)) {
		int timeout = l->runnable_first != NULL ? 0 : 1000;
		counters_turn(false);
		int n = epoll_wait(l->epoll_fd, events, MAX_EVENTS, timeout);
		counters_turn(true);
		l->now_ms = clock_mono_ms();
		change_world(l);
		l->handshake_us = 0;
		for (int i = 0; i < n; i++)
			handle(l, &events[i]);
		drain_finished(l);
		run_runnable(l);
		tick(l);
		leave_worlds(l);
		if (atomic_load(&l->stopping))
			begin_stop(l);
	}
	return NULL;
}

static int
watch_listeners(struct loop *l, struct errbuf *e)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = l};

	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->wake_fd, &ev) != 0)
		return err_set(e, ERR_IO, "epoll: %s", strerror(errno));
	for (size_t i = 0; i < l->listener_count; i++) {
		union {
			const struct listener *given;
			void *plain;
		} p = {.given = &l->listeners[i]};
		ev = (struct epoll_event){.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = p.plain};
		if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->listeners[i].fd, &ev) != 0)
			return err_set(e, ERR_IO, "epoll: %s", strerror(errno));
	}
	return 0;
}

int
loop_start(struct loop *l, unsigned number, struct server *server, struct errbuf *e)
{
	l->number = number;
	l->server = server;
	l->listeners = server_listeners(server, &l->listener_count);
	l->runnable_last = &l->runnable_first;
	l->accepting = true;
	l->read_buffer = malloc(LOOP_READ_BYTES);
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->read_buffer == NULL || l->epoll_fd < 0 || l->wake_fd < 0)
		return err_set(e, ERR_IO, "an event loop cannot start: %s", strerror(errno));
	l->generation = server_generation(server);
	struct world *w = server_world(server);
	l->readers = reader_set_new(w);
	world_unref(&w);
	int err = watch_listeners(l, e);
	if (err != 0)
		return err;
	err = pthread_create(&l->thread, NULL, run, l);
	return err == 0 ? 0 : err_set(e, ERR_IO, "a thread cannot start: %s", strerror(err));
}

void
loop_stop(struct loop *l)
{
	atomic_store(&l->stopping, true);
	loop_wake(l);
}

void
loop_join(struct loop *l)
{
	pthread_join(l->thread, NULL);
	while (l->free_ops != NULL) {
		struct op *op = l->free_ops;
		l->free_ops = op->next;
		arena_free(&op->arena);
		buf_done(&op->assembly);
		free(op);
	}
	leave_worlds(l);
	reader_set_free(&l->readers);
}

void
loop_done(struct loop *l)
{
	close(l->epoll_fd);
	close(l->wake_fd);
	free(l->read_buffer);
}
