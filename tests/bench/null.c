/*
 * null: answers every LDAP request with canned bytes, as the floor under what a server costs.
 *
 *   null -l ldap://127.0.0.1:PORT|ldapi://PATH [-e ENTRIES]
 *
 * One thread, one epoll loop: read, for each request one answer, one write. A search gets ENTRIES
 * (1) entries of an ordinary account and a result, a compare compareTrue, all else success. Ends on
 * SIGTERM.
 */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "tests/bench/stream.h"
#include "wire/ber.h"
#include "wire/ldap.h"
#include "wire/message.h"

enum { EVENTS = 256, READ_BYTES = 65536 };

struct client {
	struct stream stream;
	struct buf in;
	struct buf out;
	bool armed;
};

static struct {
	struct buf entry; /* a SearchResultEntry without its envelope */
	unsigned long entries;
	int epoll_fd;
} null_server;

/* Encodes the entry that every search gets: fourteen attributes, some 600 bytes. */
static void
make_entry(struct buf *out)
{
	static const char *const attrs[][2] = {{"uid", "u4711"}, {"cn", "Jean Dupont 4711"},
	    {"givenName", "Jean"}, {"sn", "Dupont803"}, {"mail", "u4711@falcot.com"},
	    {"telephoneNumber", "+33 4 77 00 47 11"}, {"title", "Engineer"},
	    {"departmentNumber", "3"}, {"employeeType", "permanent"}, {"uidNumber", "14711"},
	    {"gidNumber", "20211"}, {"gecos", "Jean Dupont"}, {"homeDirectory", "/home/u4711"},
	    {"loginShell", "/bin/bash"}};
	static const struct bv classes[] = {
	    {(const uint8_t *)"inetOrgPerson", 13}, {(const uint8_t *)"posixAccount", 12}};
	size_t op = ber_open(out, LDAP_RES_SEARCH_ENTRY), list;

	ber_put_octets(out, BER_OCTETS, BV_LIT("uid=u4711,ou=People,dc=falcot,dc=com"));
	list = ber_open(out, BER_SEQUENCE);
	message_put_attr(out, BV_LIT("objectClass"), classes, 2);
	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		struct bv value = bv_str(attrs[i][1]);

		message_put_attr(out, bv_str(attrs[i][0]), &value, 1);
	}
	ber_close(out, list);
	ber_close(out, op);
}

static void
put_canned(struct buf *out, int64_t id, struct bv op)
{
	size_t id_bytes = 2 + ber_int_bytes(id);

	ber_put_header(out, BER_SEQUENCE, id_bytes + op.n);
	ber_put_int(out, BER_INTEGER, id);
	buf_put_bv(out, op);
}

static void
put_result(struct buf *out, int64_t id, uint8_t tag, uint8_t code)
{
	const uint8_t op[] = {tag, 7, BER_ENUM, 1, code, BER_OCTETS, 0, BER_OCTETS, 0};

	put_canned(out, id, bv_make(op, sizeof(op)));
}

/* Answers one request; returns whether the connection goes on. */
static bool
answer(struct client *c, struct bv pdu)
{
	struct ber_in outer = ber_in_of(pdu), message = ber_enter(&outer, BER_SEQUENCE);
	int64_t id = ber_int(&message, BER_INTEGER);
	int tag = ber_peek(&message);
	uint8_t response = message_response_tag((enum ldap_tag)tag);

	if (message.bad || tag == LDAP_REQ_UNBIND)
		return false;
	for (unsigned long i = 0; tag == LDAP_REQ_SEARCH && i < null_server.entries; i++)
		put_canned(&c->out, id, buf_bv(&null_server.entry));
	if (response != 0)
		put_result(&c->out, id, response,
		    tag == LDAP_REQ_COMPARE ? LDAP_COMPARE_TRUE : LDAP_SUCCESS);
	return true;
}

static bool
answer_all(struct client *c)
{
	size_t off = 0;
	bool on = true;

	while (on) {
		struct bv rest = bv_make(c->in.p + off, c->in.n - off);
		int64_t n = ber_frame(rest);

		if (n < 0)
			return false;
		if (n == 0 || (size_t)n > rest.n)
			break;
		on = answer(c, bv_make(rest.p, (size_t)n));
		off += (size_t)n;
	}
	buf_consume(&c->in, off);
	return on;
}

static bool
flush(struct client *c)
{
	struct epoll_event ev = {.data.ptr = c};
	ssize_t n = 0;

	while (c->out.n > 0 && (n = stream_write(&c->stream, c->out.p, c->out.n)) > 0)
		buf_consume(&c->out, (size_t)n);
	if (n < 0)
		return false;
	if ((c->out.n > 0) == c->armed)
		return true;
	c->armed = c->out.n > 0;
	/* A client that does not read is not read from either. */
	ev.events = c->armed ? EPOLLOUT : EPOLLIN;
	return epoll_ctl(null_server.epoll_fd, EPOLL_CTL_MOD, c->stream.fd, &ev) == 0;
}

static void
serve(struct client *c)
{
	bool on = true;
	ssize_t n;

	if (!c->armed) {
		n = stream_read(&c->stream, buf_reserve(&c->in, READ_BYTES), READ_BYTES);
		on = n >= 0;
		c->in.n += on ? (size_t)n : 0;
		on = on && answer_all(c);
	}
	if (on && flush(c))
		return;
	stream_close(&c->stream);
	buf_done(&c->in);
	buf_done(&c->out);
	free(c);
}

static void
accept_one(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
	struct client *c;
	struct epoll_event ev = {.events = EPOLLIN};

	if (fd < 0)
		return;
	/* Fails on a Unix socket, which has no delay to switch off. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		abort();
	c->stream.fd = fd;
	buf_init(&c->in);
	buf_init(&c->out);
	ev.data.ptr = c;
	if (epoll_ctl(null_server.epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0) {
		close(fd);
		free(c);
	}
}

static int
listen_on(const char *url, struct errbuf *e)
{
	struct stream_address at;
	int fd, one = 1, rc = stream_parse(url, &at, e);

	if (rc != 0)
		return rc;
	if (at.secure)
		return err_set(e, ERR_UNSUPPORTED, "TLS is not offered");
	fd = socket(at.addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    bind(fd, (const struct sockaddr *)&at.addr, at.n) < 0 || listen(fd, 1024) < 0)
		return err_set(e, ERR_IO, "%s: %s", url, strerror(errno));
	return fd;
}

static void
loop(int listener)
{
	struct epoll_event events[EVENTS], ev = {.events = EPOLLIN, .data.ptr = NULL};

	null_server.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (null_server.epoll_fd < 0 ||
	    epoll_ctl(null_server.epoll_fd, EPOLL_CTL_ADD, listener, &ev) < 0)
		abort();
	for (;;) {
		int n = epoll_wait(null_server.epoll_fd, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == NULL)
				accept_one(listener);
			else
				serve(events[i].data.ptr);
		}
	}
}

int
main(int argc, char **argv)
{
	const char *url = NULL;
	struct errbuf e = {""};
	int letter, fd;

	null_server.entries = 1;
	while ((letter = getopt(argc, argv, "l:e:")) != -1) {
		if (letter == 'l')
			url = optarg;
		else if (letter == 'e')
			null_server.entries = strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (url == NULL || optind != argc) {
		fprintf(stderr, "usage: null -l URL [-e ENTRIES]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	make_entry(&null_server.entry);
	fd = listen_on(url, &e);
	if (fd < 0) {
		fprintf(stderr, "null: %s\n", e.text);
		return 1;
	}
	loop(fd);
	return 0;
}
