#include "tests/bench/drive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/peer.h"

/*
 * A turn: wait, read and judge what came, put new requests in flight, write them with one call
 * for each connection. After the deadline nothing new is sent and the loop ends with the last
 * answer.
 */

enum { EVENTS = 256, WAIT_MS = 100 };

/* One run: what ends it. */
struct run {
	uint64_t deadline_ns;
	uint64_t heard_ns; /* when the server last said something */
	uint64_t in_flight;
	bool over;
};

static int
open_group(struct drive *d, const struct stream_address *to, struct group *g, struct errbuf *e)
{
	for (unsigned i = 0; i < g->connections; i++) {
		struct peer *p = &d->peers[d->peer_count++];
		struct epoll_event ev = {.events = EPOLLIN, .data.ptr = p};
		int rc = peer_init(p, g, to, e);

		if (rc != 0)
			return rc;
		if (epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, p->stream.fd, &ev) < 0)
			return err_set(e, ERR_IO, "epoll_ctl: %s", strerror(errno));
	}
	return 0;
}

static int
login_all(struct drive *d, struct bv login, struct errbuf *e)
{
	for (size_t i = 0; i < d->peer_count; i++) {
		int code = peer_ask(&d->peers[i], login, 30000, e);

		if (code < 0)
			return code;
		if (code != 0)
			return err_set(
			    e, ERR_DENIED, "the bind before the run got result %d", code);
	}
	return 0;
}

int
drive_open(struct drive *d, const struct stream_address *to, struct bv login, struct errbuf *e)
{
	size_t count = 0;
	int rc = 0;

	for (size_t i = 0; i < d->group_count; i++)
		count += d->groups[i].connections;
	d->peer_count = 0;
	d->peers = calloc(count > 0 ? count : 1, sizeof(*d->peers));
	if (d->peers == NULL)
		abort();
	d->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (d->epoll_fd < 0)
		return err_set(e, ERR_IO, "epoll_create1: %s", strerror(errno));
	for (size_t i = 0; i < d->group_count && rc == 0; i++)
		rc = open_group(d, to, &d->groups[i], e);
	return rc == 0 && login.n > 0 ? login_all(d, login, e) : rc;
}

/* Writes; waits for room with epoll when the socket is full, and only then. */
static int
flush(struct drive *d, struct peer *p, struct errbuf *e)
{
	int rc = peer_flush(p);
	struct epoll_event ev = {.data.ptr = p};

	if (rc != 0 && rc != ERR_AGAIN)
		return err_set(e, rc, "the server closed a connection of %s", p->group->name);
	if ((rc == ERR_AGAIN) == p->armed)
		return 0;
	p->armed = rc == ERR_AGAIN;
	ev.events = EPOLLIN | (p->armed ? (uint32_t)EPOLLOUT : 0);
	if (epoll_ctl(d->epoll_fd, EPOLL_CTL_MOD, p->stream.fd, &ev) < 0)
		return err_set(e, ERR_IO, "epoll_ctl: %s", strerror(errno));
	return 0;
}

/* Puts requests in flight and writes them. */
static int
feed(struct drive *d, struct run *r, struct peer *p, struct errbuf *e)
{
	unsigned before = peer_in_flight(p);

	if (!r->over)
		peer_fill(p);
	r->in_flight += peer_in_flight(p) - before;
	return p->out.n > 0 ? flush(d, p, e) : 0;
}

static int
serve(struct drive *d, struct run *r, const struct epoll_event *ev, struct errbuf *e)
{
	struct peer *p = ev->data.ptr;
	unsigned before = peer_in_flight(p);
	int rc = 0;

	if ((ev->events & ~(uint32_t)EPOLLOUT) != 0) {
		rc = peer_read(p, e);
		r->in_flight -= before - peer_in_flight(p);
	}
	return rc == 0 ? feed(d, r, p, e) : rc;
}

static int
turn(struct drive *d, struct run *r, struct errbuf *e)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(d->epoll_fd, events, EVENTS, WAIT_MS), rc = 0;
	uint64_t now = peer_now_ns();

	if (n < 0 && errno != EINTR)
		return err_set(e, ERR_IO, "epoll_wait: %s", strerror(errno));
	if (n > 0)
		r->heard_ns = now;
	else if (now - r->heard_ns > d->stall_ns)
		return err_set(e, ERR_IO,
		    "the server has been silent for %llu s with %llu requests "
		    "in flight",
		    (unsigned long long)(d->stall_ns / 1000000000U),
		    (unsigned long long)r->in_flight);
	r->over = now >= r->deadline_ns;
	for (int i = 0; i < n && rc == 0; i++)
		rc = serve(d, r, &events[i], e);
	return rc;
}

int
drive_run(struct drive *d, double seconds, uint64_t *elapsed_ns_out, struct errbuf *e)
{
	uint64_t begin = peer_now_ns();
	struct run r = {.deadline_ns = begin + (uint64_t)(seconds * 1e9), .heard_ns = begin};
	int rc = 0;

	for (size_t i = 0; i < d->peer_count && rc == 0; i++)
		rc = feed(d, &r, &d->peers[i], e);
	while (rc == 0 && r.in_flight > 0)
		rc = turn(d, &r, e);
	*elapsed_ns_out = peer_now_ns() - begin;
	return rc;
}

void
drive_close(struct drive *d)
{
	for (size_t i = 0; i < d->peer_count; i++)
		peer_done(&d->peers[i]);
	free(d->peers);
	d->peers = NULL;
	d->peer_count = 0;
	if (d->epoll_fd >= 0)
		close(d->epoll_fd);
	d->epoll_fd = -1;
}
