#include "net/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/conf.h"
#include "op/exposition.h"

/*
 * The smallest server that Prometheus needs (RFC 9112): one request per connection, a bounded
 * number of connections, each with a deadline for all of it. When all places are taken,
 * others wait in the kernel's queue.
 */

enum { MAX_CLIENTS = 8, REQUEST_BYTES = 4096, DEADLINE_MS = 5000, BACKLOG = 16, REST_READS = 64 };

struct client {
	int fd; /* -1: free */
	int64_t deadline_ms;
	size_t in_count;
	char in[REQUEST_BYTES + 1];
	struct buf out; /* empty while the request is read */
	size_t sent;
};

struct metrics {
	pthread_t thread;
	struct metrics_source source;
	char host[INET6_ADDRSTRLEN]; /* as configured */
	uint16_t port;
	int listen_fd;
	int wake_fd;
	struct client clients[MAX_CLIENTS];
};

static void
drop(struct client *c)
{
	close(c->fd);
	buf_done(&c->out);
	c->fd = -1;
}

static void
answer(struct client *c, const char *status, struct bv body, bool with_body)
{
	buf_printf(&c->out,
	    "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n%s\r\n",
	    status, body.n, strncmp(status, "405", 3) == 0 ? "Allow: GET, HEAD\r\n" : "");
	if (with_body)
		buf_put_bv(&c->out, body);
}

static void
answer_text(struct client *c, const char *status, const char *body)
{
	answer(c, status, bv_str(body), true);
}

static void
answer_metrics(struct metrics *m, struct client *c, bool with_body)
{
	struct world *w = m->source.take(m->source.arg);
	struct buf body;

	buf_init(&body);
	exposition_print(w, &body);
	m->source.give_back(&w);
	answer(c, "200 OK", buf_bv(&body), with_body);
	buf_done(&body);
}

/* Request-Line = method SP request-target SP HTTP-version (RFC 9112 3). */
static void
respond(struct metrics *m, struct client *c)
{
	char *line_end = strstr(c->in, "\r\n"), *rest = c->in;

	if (line_end == NULL || strlen(c->in) != c->in_count) {
		answer_text(c, "400 Bad Request", "This is no HTTP request.\n");
		return;
	}
	*line_end = 0;
	const char *method = strsep(&rest, " "), *target = strsep(&rest, " ?");
	const char *version = rest == NULL ? NULL : strstr(rest, "HTTP/1.");
	bool head = strcmp(method, "HEAD") == 0;
	if (target == NULL || version == NULL)
		answer_text(c, "400 Bad Request", "This is no HTTP/1.1 request.\n");
	else if (!head && strcmp(method, "GET") != 0)
		answer_text(c, "405 Method Not Allowed", "Only GET is known here.\n");
	else if (strcmp(target, "/metrics") != 0)
		answer_text(c, "404 Not Found", "Only /metrics is served here.\n");
	else
		answer_metrics(m, c, !head);
}

static void
receive(struct metrics *m, struct client *c)
{
	ssize_t n = recv(c->fd, c->in + c->in_count, REQUEST_BYTES - c->in_count, 0);

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			drop(c);
		return;
	}
	c->in_count += (size_t)n;
	c->in[c->in_count] = 0;
	if (memmem(c->in, c->in_count, "\r\n\r\n", 4) != NULL)
		respond(m, c);
	else if (c->in_count == REQUEST_BYTES)
		answer_text(c, "431 Request Header Fields Too Large", "The request is too long.\n");
}

/* What the peer sent and nobody read would make the kernel cut the answer off: it is read first,
 * but not for as long as the peer sends. */
static void
transmit(struct client *c)
{
	char rest[1024];

	ssize_t n = send(c->fd, c->out.p + c->sent, c->out.n - c->sent, MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->sent += (size_t)n;
	if (n >= 0 && c->sent < c->out.n)
		return;
	shutdown(c->fd, SHUT_WR);
	for (int i = 0; i < REST_READS && recv(c->fd, rest, sizeof(rest), 0) > 0; i++)
		continue;
	drop(c);
}

static void
take_connection(struct metrics *m)
{
	struct client *c = m->clients;

	while (c < m->clients + MAX_CLIENTS && c->fd >= 0)
		c++;
	if (c == m->clients + MAX_CLIENTS)
		return;
	int fd = accept4(m->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		(void)poll(NULL, 0, 100); /* descriptors run out: not in a circle */
		return;
	}
	c->fd = fd;
	c->in_count = c->sent = 0;
	c->deadline_ms = clock_mono_ms() + DEADLINE_MS;
	buf_init(&c->out);
}

/* Fills what poll watches: the wake-up, the listener while there is room, and the clients. */
static int
watch(const struct metrics *m, struct pollfd fds[MAX_CLIENTS + 2])
{
	int64_t now = clock_mono_ms(), next = now + DEADLINE_MS;
	bool room = false;

	for (size_t i = 0; i < MAX_CLIENTS; i++) {
		const struct client *c = &m->clients[i];
		fds[i + 2] = (struct pollfd){c->fd, c->out.n > 0 ? POLLOUT : POLLIN, 0};
		room = room || c->fd < 0;
		if (c->fd >= 0 && c->deadline_ms < next)
			next = c->deadline_ms;
	}
	fds[0] = (struct pollfd){m->wake_fd, POLLIN, 0};
	fds[1] = (struct pollfd){room ? m->listen_fd : -1, POLLIN, 0};
	return next <= now ? 0 : (int)(next - now) + 1;
}

static void *
serve(void *arg)
{
	struct metrics *m = arg;
	struct pollfd fds[MAX_CLIENTS + 2];
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (;;) {
		int timeout_ms = watch(m, fds);
		(void)poll(fds, MAX_CLIENTS + 2, timeout_ms);
		if (fds[0].revents != 0)
			return NULL;
		for (size_t i = 0; i < MAX_CLIENTS; i++) {
			struct client *c = &m->clients[i];
			if (c->fd >= 0 && fds[i + 2].revents != 0 && c->out.n > 0)
				transmit(c);
			else if (c->fd >= 0 && fds[i + 2].revents != 0)
				receive(m, c);
			if (c->fd >= 0 && clock_mono_ms() > c->deadline_ms)
				drop(c);
		}
		if (fds[1].revents != 0)
			take_connection(m);
	}
}

static int
open_socket(const struct conf *c, struct errbuf *e)
{
	const char *host = (const char *)c->metrics_host.p;
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(c->metrics_port)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(c->metrics_port)};
	bool is_four = inet_pton(AF_INET, host, &four.sin_addr) == 1;
	const struct sockaddr *sa =
	    is_four ? (const struct sockaddr *)&four : (const struct sockaddr *)&six;
	int one = 1;

	if (!is_four && inet_pton(AF_INET6, host, &six.sin6_addr) != 1)
		return err_set(e, ERR_CONFIG, "metricslisten: %s is no address", host);
	int fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, sa, is_four ? sizeof(four) : sizeof(six)) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		int err = err_set(e, ERR_IO, "metricslisten: %s, port %u: %s%s", host,
		    c->metrics_port, strerror(errno),
		    errno == EADDRINUSE ? "; another program listens there" : "");
		if (fd >= 0)
			close(fd);
		return err;
	}
	return fd;
}

int
metrics_check(const struct metrics *m, const struct conf *c, struct errbuf *e)
{
	if (c->metrics_host.n == 0 ||
	    (m != NULL && m->port == c->metrics_port && bv_eq(bv_str(m->host), c->metrics_host)))
		return 0;
	int fd = open_socket(c, e);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int
metrics_start(const struct conf *c, const struct metrics_source *source, struct metrics **out,
    struct errbuf *e)
{
	*out = NULL;
	if (c->metrics_host.n == 0)
		return 0;
	struct metrics *m = calloc(1, sizeof(*m));
	if (m == NULL)
		return err_set(e, ERR_FULL, "out of memory starting the metrics listener");
	m->source = *source;
	for (size_t i = 0; i < MAX_CLIENTS; i++)
		m->clients[i].fd = -1;
	int fd = open_socket(c, e);
	if (fd < 0) {
		free(m);
		return fd;
	}
	snprintf(m->host, sizeof(m->host), "%.*s", BV(c->metrics_host));
	m->port = c->metrics_port;
	m->listen_fd = fd;
	m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int err = m->wake_fd < 0 ? errno : pthread_create(&m->thread, NULL, serve, m);
	if (err != 0) {
		close(fd);
		if (m->wake_fd >= 0)
			close(m->wake_fd);
		free(m);
		return err_set(e, ERR_IO, "the metrics thread cannot start: %s", strerror(err));
	}
	*out = m;
	return 0;
}

void
metrics_stop(struct metrics **mp)
{
	struct metrics *m = *mp;
	uint64_t one = 1;

	if (m == NULL)
		return;
	*mp = NULL;
	if (write(m->wake_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
		pthread_join(m->thread, NULL);
	for (size_t i = 0; i < MAX_CLIENTS; i++) {
		if (m->clients[i].fd >= 0)
			drop(&m->clients[i]);
	}
	close(m->listen_fd);
	close(m->wake_fd);
	free(m);
}
