#include "op/op.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "op/world.h"
#include "store/store.h"

/* What every handler uses: setting the outcome, response controls, read handles. */

int
op_fail(struct op *op, int code, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	op->text = arena_dup(op->arena, bv_str(text));
	op->code = code;
	return code;
}

int
op_code(struct op *op, int code)
{
	op->code = code;
	return code;
}

void
op_emit(struct op *op, struct bv dn, struct bv attrs)
{
	size_t before = op->out->n;

	message_put_entry(op->out, op->msg.id, dn, attrs, NULL, 0);
	counters_sent_entry(op, before);
	op->entries_sent++;
	log_msg(LOG_L_STATS2, "conn=%llu op=%llu ENTRY dn=\"%.*s\"",
	    (unsigned long long)op->session->conn_id, (unsigned long long)op->op_id, BV(dn));
}

void
op_add_control(struct op *op, const char *oid, struct bv value)
{
	size_t n = op->response_control_count;

	op->response_controls =
	    arena_grow(op->arena, op->response_controls, n, n + 1, sizeof(*op->response_controls));
	op->response_controls[n] = (struct wire_control){bv_str(oid), false, value};
	op->response_control_count = n + 1;
}

int
op_store_error(struct op *op, int err, const char *text)
{
	log_error("conn=%llu op=%llu: %s", (unsigned long long)op->session->conn_id,
	    (unsigned long long)op->op_id, text == NULL || *text == 0 ? err_text(err) : text);
	switch (err) {
	case ERR_FULL:
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM,
		    "no room left on the server's disk; nothing was changed");
	case ERR_BUSY:
		return op_fail(op, LDAP_BUSY, "too many operations are waiting; try again later");
	case ERR_CLOSED:
		return op_fail(op, LDAP_UNAVAILABLE, "the server is shutting down");
	case ERR_LIMIT:
		return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
		    "a limit of the database is exceeded; see the server's log");
	case ERR_CORRUPT:
		return op_fail(op, LDAP_OTHER,
		    "stored data is damaged; run slapindex --check and see the server's log");
	default:
		return op_fail(op, LDAP_OTHER, "the database failed; see the server's log");
	}
}

int
op_hard_error(struct op *op, int err, const char *text)
{
	op->hard_error = err;
	return op_store_error(op, err, text);
}

bool
op_is_root(const struct op *op, const struct backend *be)
{
	bool for_machine = be->conf->type == CONF_DB_CONFIG || be->conf->type == CONF_DB_MONITOR;

	if (for_machine && op->who.machine_root && op->world->conf->machine_root)
		return true;
	return world_is_root(be, op->who.normal);
}

int
op_take_back(struct op *op, bool reply)
{
	int expected = OP_UNCLAIMED;

	if (!atomic_compare_exchange_strong(&op->claim, &expected, OP_CLAIMED_BY_CANCEL))
		return LDAP_TOO_LATE;
	op->cancelled_reply = reply;
	atomic_store(&op->abandoned, true);
	return 0;
}

struct store_read *
op_reader(struct op *op, const struct backend *be)
{
	if (op->write == NULL)
		return reader_set_get(op->readers, be);
	if (be->store == op->be->store)
		return store_write_reader(op->write);
	if (op->foreign == NULL)
		op->foreign = reader_set_new(op->world);
	return reader_set_get(op->foreign, be);
}
