#include "op/tlsop.h"

#include <stddef.h>

#include "auth/pool.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/logline.h"
#include "config/conf.h"
#include "op/host.h"
#include "op/op.h"
#include "op/oplog.h"
#include "op/world.h"

/*
 * StartTLS only asks the transport; the handshake begins when the response is out. Files
 * are read where the configuration changes, so that neither overtakes the other.
 */

enum { STATUS_BYTES = 4096 };

static void
log_anonymous(const struct op *op)
{
	struct logline l;

	if (!oplog_begin(&l, op, "AUTHZ anonymous"))
		return;
	logline_bare(&l, "mech", BV_LIT("starttls"));
	logline_number(&l, "ssf", op->session->peer.ssf);
	logline_end(&l);
}

/* An identity that was claimed in clear does not go with the connection into TLS. */
static void
forget_identity(struct op *op)
{
	struct session *s = op->session;

	if (s->identity.normal.n > 0)
		log_anonymous(op);
	arena_reset(s->arena);
	s->identity = (struct identity){BV_LIT(""), BV_LIT(""), false};
	s->authenticated = s->sasl_bound = s->saslbind_in_progress = false;
	op->who = s->identity;
}

int
tlsop_start(struct op *op)
{
	const char *text = NULL;
	struct session *s = op->session;

	oplog_word(op, "STARTTLS");
	if (op->msg.u.extended.value.p != NULL)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "no request data expected");
	if (s->start_tls == NULL)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "this connection does not offer TLS");
	int code = s->start_tls(s->owner, &text);
	if (code != LDAP_SUCCESS)
		return op_fail(op, code, "%s", text);
	if ((op->world->conf->disallow & CONF_DISALLOW_TLS_2_ANON) == 0)
		forget_identity(op);
	op->response_oid = BV_LIT(LDAP_OID_STARTTLS);
	return op_code(op, LDAP_SUCCESS);
}

static int
check_root(struct op *op)
{
	if (op->msg.u.extended.value.p != NULL)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "no request data expected");
	if (!op->who.machine_root)
		return op_fail(op, LDAP_INSUFFICIENT_ACCESS,
		    "only root on this machine may ask for this, over ldapi:/// with SASL "
		    "EXTERNAL");
	return op->world->host == NULL
		   ? op_fail(op, LDAP_UNWILLING_TO_PERFORM, "there is no server to ask")
		   : LDAP_SUCCESS;
}

static void
reload(struct pool_job *job)
{
	struct op *op = (struct op *)((char *)job - offsetof(struct op, work));
	const struct host *host = op->world->host;
	struct errbuf e = {""};

	if (host->reload_tls(host->arg, &e) == 0)
		op_code(op, LDAP_SUCCESS);
	else
		op_fail(
		    op, LDAP_UNWILLING_TO_PERFORM, "the old certificate stays in use. %s", e.text);
	op->finished(op);
}

int
tlsop_reload(struct op *op)
{
	int code = check_root(op);

	if (code != LDAP_SUCCESS)
		return code;
	op->work.run = reload;
	int err = pool_submit(op->world->host->changes, &op->work);
	return err == 0 ? OP_QUEUED : op_store_error(op, err, "the queue of configuration changes");
}

int
tlsop_status(struct op *op)
{
	char text[STATUS_BYTES];
	const struct host *host = op->world->host;
	int code = check_root(op);

	if (code != LDAP_SUCCESS)
		return code;
	if (host->describe_tls(host->arg, text, sizeof(text)) != 0)
		return op_fail(op, LDAP_NO_SUCH_OBJECT,
		    "no TLS certificate is configured; set olcTLSCertificateFile and "
		    "olcTLSCertificateKeyFile in cn=config");
	op->response_value = arena_dup(op->arena, bv_str(text));
	return op_code(op, LDAP_SUCCESS);
}
