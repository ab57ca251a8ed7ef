#include "net/connlog.h"

#include <stdio.h>

#include "base/log.h"
#include "base/logline.h"
#include "net/conn.h"
#include "net/tls_session.h"

/* Connections have a number for their life and a descriptor that others use before and after. */

static bool
begin(struct logline *l, const struct conn *c, const char *event)
{
	if (!logline_begin(l, LOG_L_STATS))
		return false;
	logline_number(l, "conn", (int64_t)c->session.conn_id);
	logline_number(l, "fd", c->fd);
	logline_event(l, event);
	return true;
}

void
connlog_accept(const struct conn *c)
{
	const struct acl_peer *p = &c->session.peer;
	char words[512];
	struct logline l;

	if (!begin(&l, c, "ACCEPT"))
		return;
	snprintf(words, sizeof(words), " from %.*s (%.*s)", BV(p->peername), BV(p->sockname));
	logline_words(&l, bv_str(words));
	logline_json(&l, "from", p->peername);
	logline_json(&l, "listener", p->sockname);
	logline_end(&l);
}

void
connlog_closed(const struct conn *c, const char *reason)
{
	char words[256];
	struct logline l;

	if (!begin(&l, c, "closed"))
		return;
	if (reason != NULL) {
		snprintf(words, sizeof(words), " (%s)", reason);
		logline_words(&l, bv_str(words));
		logline_json(&l, "reason", bv_str(reason));
	}
	logline_end(&l);
}

void
connlog_tls(const struct conn *c, const struct tls_facts *f)
{
	struct logline l;

	if (!begin(&l, c, "TLS established"))
		return;
	logline_number(&l, "tls_ssf", f->ssf);
	logline_number(&l, "ssf", c->session.peer.ssf);
	logline_bare(&l, "tls_proto", bv_str(f->protocol));
	logline_bare(&l, "tls_cipher", bv_str(f->cipher));
	logline_end(&l);
}

void
connlog_tls_name(const struct conn *c, struct bv dn)
{
	struct logline l;

	if (!begin(&l, c, "TLS client certificate"))
		return;
	logline_quoted(&l, "dn", dn);
	logline_end(&l);
}

void
connlog_tls_failed(const struct conn *c, const char *why)
{
	char words[512];
	struct logline l;

	if (!begin(&l, c, "TLS negotiation failure"))
		return;
	snprintf(words, sizeof(words), ": %s", why);
	logline_words(&l, bv_str(words));
	logline_json(&l, "reason", bv_str(why));
	logline_end(&l);
}
