#include "tests/bench/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/bench/secure.h"

/* Sockets as a client opens them: TCP without delay, connected one after the other. */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static int
parse_path(const char *text, struct stream_address *out, struct errbuf *e)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&out->addr;
	size_t n = 0;

	for (; *text != '\0' && n < sizeof(un->sun_path) - 1; text++) {
		if (*text == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0) {
			un->sun_path[n++] = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
			text += 2;
		} else {
			un->sun_path[n++] = *text;
		}
	}
	while (n > 1 && un->sun_path[n - 1] == '/')
		un->sun_path[--n] = '\0';
	if (*text != '\0' || un->sun_path[0] != '/')
		return err_set(
		    e, ERR_SYNTAX, "ldapi:// needs an absolute path of less than 108 bytes");
	un->sun_family = AF_UNIX;
	out->n = sizeof(*un);
	return 0;
}

static int
parse_inet(const char *text, struct stream_address *out, struct errbuf *e)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&out->addr;
	char host[64];
	unsigned port;

	if (sscanf(text, "%63[0-9.]:%u", host, &port) != 2 || port == 0 || port > 65535 ||
	    inet_pton(AF_INET, host, &in->sin_addr) != 1)
		return err_set(e, ERR_SYNTAX,
		    "\"%s\": expected an IPv4 address and a port, 127.0.0.1:389", text);
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	out->n = sizeof(*in);
	return 0;
}

int
stream_parse(const char *url, struct stream_address *out, struct errbuf *e)
{
	memset(out, 0, sizeof(*out));
	if (strncmp(url, "ldapi://", 8) == 0)
		return parse_path(url + 8, out, e);
	if (strncmp(url, "ldap://", 7) == 0)
		return parse_inet(url + 7, out, e);
	if (strncmp(url, "ldaps://", 8) == 0) {
		out->secure = true;
		return parse_inet(url + 8, out, e);
	}
	return err_set(e, ERR_SYNTAX, "\"%s\" is no URL of ldap://, ldaps:// or ldapi://", url);
}

int
stream_open(const struct stream_address *to, struct stream *out, struct errbuf *e)
{
	struct stream s = {.fd = socket(to->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	int one = 1, rc = 0;

	if (s.fd < 0)
		return err_set(e, ERR_IO, "socket: %s", strerror(errno));
	if (connect(s.fd, (const struct sockaddr *)&to->addr, to->n) < 0)
		rc = err_set(e, ERR_IO, "connect: %s", strerror(errno));
	if (rc == 0 && to->addr.ss_family == AF_INET &&
	    setsockopt(s.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) < 0)
		rc = err_set(e, ERR_IO, "TCP_NODELAY: %s", strerror(errno));
	if (rc == 0 && to->secure)
		rc = secure_open(s.fd, &s.secure, e);
	if (rc == 0 && fcntl(s.fd, F_SETFL, O_NONBLOCK) < 0)
		rc = err_set(e, ERR_IO, "O_NONBLOCK: %s", strerror(errno));
	if (rc != 0) {
		stream_close(&s);
		return rc;
	}
	*out = s;
	return 0;
}

void
stream_close(struct stream *s)
{
	secure_free(&s->secure);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

ssize_t
stream_read(struct stream *s, void *p, size_t n)
{
	ssize_t got;

	if (s->secure != NULL)
		return secure_read(s->secure, p, n);
	got = recv(s->fd, p, n, 0);
	if (got > 0)
		return got;
	return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : ERR_CLOSED;
}

ssize_t
stream_write(struct stream *s, const void *p, size_t n)
{
	ssize_t sent;

	if (s->secure != NULL)
		return secure_write(s->secure, p, n);
	sent = send(s->fd, p, n, MSG_NOSIGNAL);
	if (sent >= 0)
		return sent;
	return errno == EAGAIN || errno == EINTR ? 0 : ERR_CLOSED;
}

bool
stream_pending(const struct stream *s)
{
	return s->secure != NULL && secure_pending(s->secure);
}

void
stream_wait(const struct stream *s, bool to_write, int timeout_ms)
{
	struct pollfd p = {.fd = s->fd, .events = to_write ? POLLOUT : POLLIN};

	/* Whatever it says, the caller tries and looks at its own deadline. */
	if (poll(&p, 1, timeout_ms) < 0)
		return;
}
