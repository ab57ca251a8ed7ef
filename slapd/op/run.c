#include "op/run.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "op/access.h"
#include "op/confop.h"
#include "op/controls.h"
#include "op/handlers.h"
#include "op/host.h"
#include "op/monlog.h"
#include "op/op.h"
#include "op/oplog.h"
#include "op/restrict.h"
#include "op/world.h"
#include "op/write.h"
#include "store/store.h"

/*
 * The runner. One row per request says what applies to it; the runner enforces the
 * row, so that a handler cannot forget to. It is the only place that sends results,
 * and it fails closed: a success for which nobody asked for access becomes `other`.
 */

enum row_flag {
	ROW_WRITE = 1,	     /* prepared on the loop, applied on the database's writer */
	ROW_NEED_ACCESS = 2, /* success without an access decision is a bug */
	ROW_DURING_BIND = 4, /* allowed between two steps of a SASL bind */
	ROW_SILENT = 8,	     /* never answered */
};

struct row {
	enum ldap_tag tag;
	unsigned flags;
	unsigned restrict_bit; /* enum conf_restrict */
	int (*run)(struct op *op);
	int (*apply)(struct op *op, struct store_write *w);
	int (*finish)(struct op *op);
};

static const struct row rows[] = {
    {LDAP_REQ_BIND, ROW_DURING_BIND, CONF_OP_BIND, op_bind, NULL, op_bind_finish},
    {LDAP_REQ_UNBIND, ROW_DURING_BIND | ROW_SILENT, 0, op_unbind, NULL, NULL},
    {LDAP_REQ_SEARCH, 0, CONF_OP_SEARCH, op_search, NULL, NULL},
    {LDAP_REQ_COMPARE, ROW_NEED_ACCESS, CONF_OP_COMPARE, op_compare, NULL, NULL},
    {LDAP_REQ_MODIFY, ROW_WRITE | ROW_NEED_ACCESS, CONF_OP_MODIFY, op_modify_prepare,
	op_modify_apply, NULL},
    {LDAP_REQ_ADD, ROW_WRITE | ROW_NEED_ACCESS, CONF_OP_ADD, op_add_prepare, op_add_apply, NULL},
    {LDAP_REQ_DELETE, ROW_WRITE | ROW_NEED_ACCESS, CONF_OP_DELETE, op_delete_prepare,
	op_delete_apply, NULL},
    {LDAP_REQ_MODDN, ROW_WRITE | ROW_NEED_ACCESS, CONF_OP_RENAME, op_moddn_prepare, op_moddn_apply,
	NULL},
    {LDAP_REQ_ABANDON, ROW_DURING_BIND | ROW_SILENT, 0, op_abandon, NULL, NULL},
    {LDAP_REQ_EXTENDED, 0, CONF_OP_EXTENDED, op_extended, NULL, NULL},
};

static const struct row *
row_of(const struct op *op)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].tag == op->msg.tag)
			return &rows[i];
	}
	return NULL;
}

/*
 * What is said when a handler had no more to say. A hidden entry and an absent one, an unknown name
 * and a wrong password must read alike, so these never depend on what is stored.
 */
static const struct {
	int code;
	const char *text;
} plain_texts[] = {
    {LDAP_TIMELIMIT_EXCEEDED,
	"the time limit is over: what was sent is not all; narrow the search"},
    {LDAP_SIZELIMIT_EXCEEDED, "more entries match than the size limit allows: what was sent is not "
			      "all; narrow the search or page through it"},
    {LDAP_ADMINLIMIT_EXCEEDED, "the request goes beyond a limit that this server sets"},
    {LDAP_NO_SUCH_ATTRIBUTE, "the entry has no such attribute or value"},
    {LDAP_NO_SUCH_OBJECT, "there is no such entry, or it may not be seen"},
    {LDAP_INVALID_CREDENTIALS, "the name or the password is wrong"},
    {LDAP_INSUFFICIENT_ACCESS, "the access rules do not allow this to the identity bound"},
    {LDAP_ALREADY_EXISTS, "there is an entry with this name already"},
    {LDAP_CANCELLED, "the operation was cancelled"},
    {LDAP_ASSERTION_FAILED, "the assertion does not hold for the entry; nothing was done"},
    {LDAP_NO_OPERATION, "no-op: the operation would succeed; nothing was changed"},
};

static void
explain(struct op *op)
{
	for (size_t i = 0; i < sizeof(plain_texts) / sizeof(plain_texts[0]); i++) {
		if (op->text.n == 0 && plain_texts[i].code == op->code)
			op->text = bv_str(plain_texts[i].text);
	}
}

static bool
is_success(int code)
{
	return code == LDAP_SUCCESS || code == LDAP_COMPARE_TRUE || code == LDAP_COMPARE_FALSE;
}

static void
send_result(struct op *op)
{
	enum ldap_tag tag = message_response_tag(op->msg.tag);

	if (tag == 0)
		return;
	if (op->refusal.n > 0 &&
	    (op->code == LDAP_INSUFFICIENT_ACCESS || op->code == LDAP_NO_SUCH_OBJECT))
		op->text = op->refusal;
	explain(op);
	struct wire_result r = {
	    .tag = tag,
	    .code = op->code,
	    .matched = op->matched,
	    .text = op->text,
	    .referrals = op->referrals,
	    .referral_count = op->referral_count,
	    .sasl_creds = op->sasl_creds,
	    .response_oid = op->response_oid,
	    .response_value = op->response_value,
	    .controls = op->response_controls,
	    .control_count = op->response_control_count,
	};

	size_t before = op->out->n;
	message_put_result(op->out, op->msg.id, &r);
	counters_sent(op, before);
	oplog_result(op, r.tag);
}

static enum run_state
end_with(struct op *op, const struct row *row, int code)
{
	if (code == OP_YIELD)
		return RUN_YIELD;
	if (code == OP_QUEUED) {
		op->state = OP_WAITING;
		return RUN_WAIT;
	}
	op->state = OP_DONE;
	if (code == OP_NO_REPLY || (row->flags & ROW_SILENT) != 0)
		return RUN_DONE;
	op->code = code;
	if ((row->flags & ROW_NEED_ACCESS) != 0 && is_success(code) && !op->access_asked)
		op_fail(op, LDAP_OTHER, "internal error: access was not decided");
	if (!atomic_load(&op->abandoned) || op->cancelled_reply)
		send_result(op);
	return RUN_DONE;
}

static void
clear_outcome(struct op *op)
{
	op->code = LDAP_SUCCESS;
	op->matched = op->text = BV_NONE;
	op->referral_count = 0;
	op->response_control_count = 0;
	op->hard_error = 0;
}

/*
 * The configuration may have changed since the operation was prepared. With another schema nothing
 * of that holds, so it is prepared again, in the newest world.
 */
static int
prepare_again(struct op *op, struct store_write *w)
{
	const struct store *store = op->be->store;
	struct host *host = op->world->host;

	if (host == NULL || op->world->conf->schema == store_write_schema(w))
		return 0;
	world_unref(&op->own_world);
	op->world = op->own_world = host->newest(host->arg);
	op->prepared = NULL;
	op->decides = NULL;
	int code = op->row->run(op);
	if (code != 0)
		return code;
	if (op->be->store == store && op->world->conf->schema == store_write_schema(w))
		return 0;
	return op_fail(op, LDAP_BUSY, "the configuration is being changed; try again");
}

static int
job_run(struct write_job *job, struct store_write *w)
{
	struct op *op = (struct op *)job;

	int expected = OP_UNCLAIMED;

	/* A batch may be run again: then the claim is the writer's already. */
	if (!atomic_compare_exchange_strong(&op->claim, &expected, OP_CLAIMED_BY_WRITER) &&
	    expected == OP_CLAIMED_BY_CANCEL) {
		op->code = LDAP_CANCELLED;
		return 0;
	}
	clear_outcome(op);
	access_enter_write(op);
	op->code = prepare_again(op, w);
	op->write = w;
	if (op->code == 0)
		op->code = op->row->apply(op, w);
	access_leave_write(op);
	op->write = NULL;
	if (op->foreign != NULL)
		reader_set_free(&op->foreign);
	return op->hard_error;
}

static void
job_done(struct write_job *job, int error, const char *text)
{
	struct op *op = (struct op *)job;

	if (error != 0) {
		op->response_control_count = 0;
		op_store_error(op, error, text);
	}
	op->finished(op);
}

static int
submit(struct op *op)
{
	if (op->be->conf->type == CONF_DB_MONITOR)
		return monlog_modify(op);
	op->job.run = job_run;
	op->job.done = job_done;
	int err = writer_submit(op->be->writer, &op->job);
	return err == 0 ? OP_QUEUED : op_store_error(op, err, "the write queue");
}

static int
check_row(struct op *op, const struct row *row)
{
	if (op->session->saslbind_in_progress && (row->flags & ROW_DURING_BIND) == 0)
		return op_fail(op, LDAP_OPERATIONS_ERROR, "SASL bind in progress");
	int code = controls_read(op);
	return code != 0 ? code : restrict_check(op, row->restrict_bit);
}

enum run_state
run_start(struct op *op)
{
	const struct row *row = row_of(op);

	if (row == NULL) {
		run_refuse(op, LDAP_PROTOCOL_ERROR, "unknown LDAP request");
		return RUN_DONE;
	}
	op->row = row;
	op->state = OP_RUNNING;
	op->started_us = clock_mono_us();
	op->who = op->session->identity;
	counters_begin(op);
	oplog_request(op);
	int code = check_row(op, row);
	if (code == 0 && (row->flags & ROW_WRITE) != 0)
		code = write_may_start(op);
	if (code == 0 && (row->flags & ROW_WRITE) != 0 && confop_takes(op))
		return end_with(op, row, confop_start(op));
	if (code == 0)
		code = row->run(op);
	if (code == 0 && (row->flags & ROW_WRITE) != 0)
		code = submit(op);
	return end_with(op, row, code);
}

enum run_state
run_continue(struct op *op)
{
	const struct row *row = op->row;

	if (!atomic_load(&op->abandoned))
		return end_with(op, row, row->run(op));
	run_drop(op);
	return end_with(op, row, LDAP_CANCELLED);
}

enum run_state
run_finish(struct op *op)
{
	const struct row *row = op->row;
	int code = row->finish == NULL ? op->code : row->finish(op);

	op->state = OP_RUNNING;
	return end_with(op, row, code);
}

void
run_refuse(struct op *op, int code, const char *text)
{
	op->started_us = clock_mono_us();
	op_fail(op, code, "%s", text);
	send_result(op);
	op->state = OP_DONE;
}

void
run_drop(struct op *op)
{
	if (op->msg.tag == LDAP_REQ_SEARCH)
		op_search_drop(op);
}
