#include "op/extended.h"

#include "base/arena.h"
#include "config/conf.h"
#include "op/handlers.h"
#include "op/op.h"
#include "op/oplog.h"
#include "op/run.h"
#include "op/tlsop.h"
#include "wire/control.h"

/* Extended operations (RFC 4511 4.12): Who am I (RFC 4532), Cancel (RFC 3909); tlsop.c has those of
 * TLS. */

static int
who_am_i(struct op *op)
{
	if (op->msg.u.extended.value.p != NULL)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "no request data expected");
	oplog_word(op, "WHOAMI");
	op->response_value =
	    op->who.normal.n == 0 ? BV_LIT("") : arena_printf(op->arena, "dn:%.*s", BV(op->who.dn));
	return op_code(op, LDAP_SUCCESS);
}

/* RFC 3909 2: the cancelled operation answers `canceled`, this one success. */
static int
cancel(struct op *op)
{
	int32_t id;

	if (op->msg.u.extended.value.p == NULL)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "no message ID supplied");
	if (control_cancel_decode(op->msg.u.extended.value, &id) != 0)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "message ID parse failed");
	oplog_numbered(op, "CANCEL", "msg", id);
	struct op *other = op->session->find(op->session->owner, id, op);
	if (other == NULL)
		return op_fail(op, LDAP_NO_SUCH_OPERATION, "message ID not found");
	if (other->msg.tag == LDAP_REQ_BIND || other->msg.tag == LDAP_REQ_EXTENDED)
		return op_fail(op, LDAP_CANNOT_CANCEL, "this operation cannot be cancelled");
	if (atomic_load(&other->abandoned))
		return op_fail(
		    op, LDAP_OPERATIONS_ERROR, "the operation is already being cancelled");
	if (op_take_back(other, true) != 0)
		return op_fail(op, LDAP_TOO_LATE, "the change is already being written");
	return op_code(op, LDAP_SUCCESS);
}

static const struct {
	const char *oid;
	int (*run)(struct op *op);
} rows[] = {
    {LDAP_OID_STARTTLS, tlsop_start},
    {LDAP_OID_WHOAMI, who_am_i},
    {LDAP_OID_CANCEL, cancel},
    {TLSOP_OID_RELOAD, tlsop_reload},
    {TLSOP_OID_STATUS, tlsop_status},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

const char *
extended_supported(const struct conf *c, size_t number)
{
	bool tls = c->tls.cert_file.n > 0 || c->tls.cert_der.n > 0;
	size_t skipped = tls ? 0 : 1; /* StartTLS is the first row */

	return number + skipped < ROW_COUNT ? rows[number + skipped].oid : NULL;
}

bool
extended_knows(struct bv oid)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (bv_eq(oid, bv_str(rows[i].oid)))
			return true;
	}
	return false;
}

int
op_extended(struct op *op)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (bv_eq(op->msg.u.extended.oid, bv_str(rows[i].oid)))
			return rows[i].run(op);
	}
	return op_fail(op, LDAP_PROTOCOL_ERROR, "unsupported extended operation");
}

int
op_abandon(struct op *op)
{
	int64_t id = op->msg.u.abandon_id;
	struct op *other = id <= 0 ? NULL : op->session->find(op->session->owner, (int32_t)id, op);

	if (other != NULL && other->msg.tag != LDAP_REQ_BIND)
		(void)op_take_back(other, false);
	return OP_NO_REPLY;
}

int
op_unbind(struct op *op)
{
	op->close_after = true;
	return OP_NO_REPLY;
}
