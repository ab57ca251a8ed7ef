#include "net/conntls.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/der_name.h"
#include "model/dn.h"
#include "net/conn.h"
#include "net/connlog.h"
#include "net/loop.h"
#include "net/tls_box.h"
#include "net/tls_context.h"
#include "net/tls_session.h"
#include "wire/ldap.h"

/*
 * A step of a handshake is arithmetic that takes about a millisecond, so a loop does few
 * of them in each of its turns; a flood of them delays each other and hardly anybody else. What it
 * takes to hold a connection's state is made when its first byte comes.
 */

enum { NAMES_BYTES = 256, HANDSHAKES_AT_EASE = 1000, PRESSED_MS = 1000 };

void
conntls_begin(struct conn *c)
{
	c->tls_state = CONNTLS_HANDSHAKE;
	c->tls_began_ms = c->loop->now_ms;
	c->loop->handshakes++;
}

bool
conntls_is_late(const struct conn *c, int64_t now_ms)
{
	int64_t patience_ms = loop_conf(c->loop)->tls_handshake_timeout_s * 1000;

	if (c->loop->handshakes > HANDSHAKES_AT_EASE && patience_ms > PRESSED_MS)
		patience_ms = PRESSED_MS;
	return c->tls_state == CONNTLS_HANDSHAKE && now_ms - c->tls_began_ms > patience_ms;
}

int
conntls_start(void *owner, const char **text_out)
{
	struct conn *c = owner;

	if (c->tls_state != CONNTLS_CLEAR) {
		*text_out = "TLS already started";
		return LDAP_OPERATIONS_ERROR;
	}
	if (c->op_count > 0 || c->held != NULL) {
		*text_out = "cannot start TLS when operations are outstanding";
		return LDAP_OPERATIONS_ERROR;
	}
	struct tls_context *x = tls_box_get(c->loop->tls);
	if (x == NULL) {
		*text_out = "no TLS certificate is configured on this server";
		return LDAP_PROTOCOL_ERROR;
	}
	tls_context_unref(&x);
	c->tls_state = CONNTLS_AWAITED;
	return LDAP_SUCCESS;
}

/*
 * The verified subject becomes a DN of this schema; a name that cannot be one names nobody, and
 * neither does one below cn=auth, where the names of local users are.
 */
static void
read_subject(struct conn *c, struct bv der)
{
	struct bv text;
	struct dn dn;
	const struct schema *s = loop_conf(c->loop)->schema;

	c->tls_names = arena_new(NAMES_BYTES);
	if (der_name_text(c->tls_names, der, &text) == 0 &&
	    dn_parse(s, c->tls_names, text, &dn, NULL) == 0 && dn.rdn_count > 0 &&
	    !dn_normal_is_under(dn.normal, BV_LIT("cn=auth")))
		c->session.tls_subject = dn.normal;
	else
		connlog_tls_name(
		    c, BV_LIT("(not used: no name of this schema, or one below cn=auth)"));
}

static void
established(struct conn *c)
{
	struct acl_peer *peer = &c->session.peer;
	struct tls_facts f;

	tls_session_facts(c->tls, &f);
	c->tls_state = CONNTLS_ON;
	c->loop->handshakes--;
	c->session.tls = true;
	peer->tls_ssf = f.ssf;
	if (peer->ssf < f.ssf)
		peer->ssf = f.ssf;
	if (f.subject.n > 0)
		read_subject(c, f.subject);
	connlog_tls(c, &f);
	if (c->session.tls_subject.n > 0)
		connlog_tls_name(c, c->session.tls_subject);
}

static bool
fail(const struct conn *c, const char *why)
{
	connlog_tls_failed(c, why);
	return false;
}

static bool
make_session(struct conn *c)
{
	struct tls_context *x = tls_box_get(c->loop->tls);

	if (x == NULL)
		return fail(c, "no certificate is configured; set olcTLSCertificateFile and "
			       "olcTLSCertificateKeyFile in cn=config");
	c->tls = tls_session_new(x, c->fd);
	tls_context_unref(&x);
	return c->tls != NULL || fail(c, "out of memory");
}

bool
conntls_step(struct conn *c)
{
	struct errbuf e = {""};

	if (!loop_has_handshake_time(c->loop)) {
		loop_make_runnable(c->loop, c);
		return true;
	}
	if (c->tls == NULL && !make_session(c))
		return false;
	int64_t began_us = clock_mono_us();
	enum tls_step step = tls_session_handshake(c->tls, &e);
	c->loop->handshake_us += clock_mono_us() - began_us;
	switch (step) {
	case TLS_STEP_DONE:
		established(c);
		return true;
	case TLS_STEP_READ:
		loop_watch(c->loop, c, EPOLLIN);
		return true;
	case TLS_STEP_WRITE:
		loop_watch(c->loop, c, EPOLLOUT);
		return true;
	case TLS_STEP_FAILED:
		break;
	}
	return fail(c, e.text);
}

ssize_t
conntls_read(struct conn *c, uint8_t *p, size_t n)
{
	return c->tls_state == CONNTLS_ON ? tls_session_read(c->tls, p, n) : recv(c->fd, p, n, 0);
}

ssize_t
conntls_write(struct conn *c, const uint8_t *p, size_t n)
{
	return c->tls_state == CONNTLS_ON ? tls_session_write(c->tls, p, n)
					  : send(c->fd, p, n, MSG_NOSIGNAL);
}

bool
conntls_pending(const struct conn *c)
{
	return c->tls_state == CONNTLS_ON && tls_session_pending(c->tls);
}

bool
conntls_read_waits(const struct conn *c)
{
	return c->tls_state == CONNTLS_ON && tls_session_read_wants_write(c->tls);
}

unsigned
conntls_events(const struct conn *c, unsigned events)
{
	if (c->tls_state != CONNTLS_ON)
		return events;
	if (tls_session_read_wants_write(c->tls))
		events |= (unsigned)EPOLLOUT;
	if (tls_session_write_wants_read(c->tls))
		events = (events | (unsigned)EPOLLIN) & ~(unsigned)EPOLLOUT;
	return events;
}

void
conntls_end(struct conn *c)
{
	if (c->tls_state == CONNTLS_HANDSHAKE)
		c->loop->handshakes--;
	c->tls_state = CONNTLS_CLEAR;
	tls_session_free(&c->tls);
}
