#include "net/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "op/counters.h"
#include "wire/url.h"

/* Listening sockets: TCP on every address a host name has, and local sockets. */

enum { BACKLOG = 1024, LDAP_PORT = 389, LDAPS_PORT = 636, MAX_LISTENERS = 64 };

#define DEFAULT_LDAPI MUSTER_LOCALSTATEDIR "/run/slapd/ldapi"

struct opening {
	struct arena *a;
	int family; /* AF_INET, AF_INET6; AF_UNSPEC: both */
	struct listener *list;
	size_t count;
	struct errbuf *e;
};

static int
add(struct opening *o, int fd, bool local, struct bv label, struct bv path)
{
	if (o->count >= MAX_LISTENERS) {
		close(fd);
		return err_set(o->e, ERR_LIMIT, "more than %d listeners", MAX_LISTENERS);
	}
	o->list = arena_grow(o->a, o->list, o->count, o->count + 1, sizeof(*o->list));
	o->list[o->count++] =
	    (struct listener){.fd = fd, .local = local, .label = label, .path = path};
	return 0;
}

static struct bv
label_of(struct arena *a, const struct addrinfo *ai)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, host, sizeof(host), port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return BV_LIT("IP=unknown");
	return arena_printf(a, ai->ai_family == AF_INET6 ? "IP=[%s]:%s" : "IP=%s:%s", host, port);
}

static int
open_address(struct opening *o, const struct addrinfo *ai)
{
	int one = 1;
	struct bv label = label_of(o->a, ai);
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return errno == EAFNOSUPPORT
			   ? 0
			   : err_set(o->e, ERR_IO, "%.*s: %s", BV(label), strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		int err = errno;
		close(fd);
		if (ai->ai_family == AF_INET6 && err == EADDRNOTAVAIL)
			return 0;
		return err_set(o->e, ERR_IO, "%.*s: %s%s", BV(label), strerror(err),
		    err == EACCES	? "; ports below 1024 need root or CAP_NET_BIND_SERVICE"
		    : err == EADDRINUSE ? "; another server listens there"
					: "");
	}
	return add(o, fd, false, label, BV_NONE);
}

static int
open_tcp(struct opening *o, const struct url *u)
{
	char port[16];
	struct addrinfo hints = {
	    .ai_family = o->family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found;
	size_t before = o->count;
	unsigned port_default = u->scheme == URL_LDAPS ? LDAPS_PORT : LDAP_PORT;
	bool any = u->host.n == 0 || bv_is(u->host, "*");

	snprintf(port, sizeof(port), "%u", u->port == 0 ? port_default : u->port);
	int rc = getaddrinfo(any ? NULL : arena_str(o->a, u->host), port, &hints, &found);
	if (rc != 0)
		return err_set(
		    o->e, ERR_CONFIG, "listener host \"%.*s\": %s", BV(u->host), gai_strerror(rc));
	int err = 0;
	for (struct addrinfo *ai = found; ai != NULL && err == 0; ai = ai->ai_next)
		err = open_address(o, ai);
	freeaddrinfo(found);
	if (err == 0 && o->count == before)
		return err_set(o->e, ERR_IO,
		    "listener host \"%.*s\" has no address of this machine", BV(u->host));
	return err;
}

/* A socket file that nobody answers on is left over from a crash. */
static int
remove_stale(struct opening *o, const struct sockaddr_un *sa)
{
	struct stat st;

	if (lstat(sa->sun_path, &st) != 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(o->e, ERR_CONFIG,
		    "%s exists and is not a socket; remove it or "
		    "choose another path",
		    sa->sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0;
	if (fd >= 0)
		close(fd);
	if (alive)
		return err_set(o->e, ERR_BUSY, "%s: another server listens there", sa->sun_path);
	unlink(sa->sun_path);
	return 0;
}

static unsigned
mode_of(const struct url *u)
{
	for (size_t i = 0; i < u->extension_count; i++) {
		struct bv x = u->extensions[i];
		if (x.n > 0 && x.p[0] == '!')
			x = bv_from(x, 1);
		if (x.n > 6 && memcmp(x.p, "x-mod=", 6) == 0)
			return (unsigned)strtoul((const char *)x.p + 6, NULL, 8) & 0777U;
	}
	return 0777;
}

static int
open_local(struct opening *o, const struct url *u)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct bv path = u->host.n == 0 ? BV_LIT(DEFAULT_LDAPI) : u->host;

	if (path.n >= sizeof(sa.sun_path))
		return err_set(o->e, ERR_CONFIG, "socket path \"%.*s\" is longer than %zu bytes",
		    BV(path), sizeof(sa.sun_path) - 1);
	memcpy(sa.sun_path, path.p, path.n);
	int err = remove_stale(o, &sa);
	if (err != 0)
		return err;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		err = errno;
		if (fd >= 0)
			close(fd);
		return err_set(o->e, ERR_IO, "%s: %s%s", sa.sun_path, strerror(err),
		    err == ENOENT ? "; make its directory first" : "");
	}
	chmod(sa.sun_path, mode_of(u));
	struct bv kept = arena_dup(o->a, path);
	return add(o, fd, true, arena_printf(o->a, "PATH=%.*s", BV(kept)), kept);
}

static int
open_url(struct opening *o, struct bv text)
{
	struct url u;

	int err = url_parse(o->a, text, &u, o->e);
	if (err != 0)
		return err_prefix(o->e, ERR_CONFIG, "listener \"%.*s\"", BV(text));
	if (u.scheme == URL_LDAPI)
		return open_local(o, &u);
	size_t before = o->count;
	err = open_tcp(o, &u);
	for (size_t i = before; i < o->count; i++)
		o->list[i].tls = u.scheme == URL_LDAPS;
	return err;
}

static int
open_one(struct opening *o, struct bv text)
{
	size_t before = o->count;
	int err = open_url(o, text);

	for (size_t i = before; i < o->count; i++)
		o->list[i].url = arena_dup(o->a, text);
	return err;
}

static bool
is_separator(uint8_t c)
{
	return c == ' ' || c == ',' || c == '\t';
}

/* Tells cn=Monitor what is listened on. */
static void
announce(struct arena *a, const struct listener *list, size_t count)
{
	struct counters_listener *shown = arena_zalloc(a, count, sizeof(*shown));

	for (size_t i = 0; i < count; i++)
		shown[i] = (struct counters_listener){list[i].url, list[i].label};
	counters_set_listeners(shown, count);
}

int
listener_open_all(struct arena *a, struct bv urls, int family, struct listener **out,
    size_t *count_out, struct errbuf *e)
{
	struct opening o = {a, family, NULL, 0, e};
	int err = 0;

	for (size_t i = 0; i < urls.n && err == 0;) {
		size_t from = i;
		while (i < urls.n && !is_separator(urls.p[i]))
			i++;
		if (i > from)
			err = open_one(&o, bv_make(urls.p + from, i - from));
		i++;
	}
	if (err == 0 && o.count == 0)
		err = err_set(e, ERR_CONFIG, "no listener given");
	if (err != 0) {
		listener_close_all(o.list, o.count);
		return err;
	}
	announce(a, o.list, o.count);
	*out = o.list;
	*count_out = o.count;
	return 0;
}

void
listener_tune(const struct listener *from, const struct conf *c, int fd)
{
	for (size_t i = 0; !from->local && i < c->tcp_buffer_count; i++) {
		const struct conf_tcp_buffer *b = &c->tcp_buffers[i];
		if (b->listener.n > 0 && !bv_eq_nocase(b->listener, from->url))
			continue;
		if (b->read_bytes > 0)
			setsockopt(
			    fd, SOL_SOCKET, SO_RCVBUF, &b->read_bytes, sizeof(b->read_bytes));
		if (b->write_bytes > 0)
			setsockopt(
			    fd, SOL_SOCKET, SO_SNDBUF, &b->write_bytes, sizeof(b->write_bytes));
	}
}

void
listener_close_all(struct listener *list, size_t count)
{
	counters_set_listeners(NULL, 0);
	for (size_t i = 0; i < count; i++) {
		close(list[i].fd);
		if (list[i].path.n > 0)
			unlink((const char *)list[i].path.p);
	}
}
