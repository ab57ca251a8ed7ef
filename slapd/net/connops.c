#include "net/connops.h"

#include "net/conn.h"
#include "net/loop.h"
#include "op/run.h"

/*
 * The list of outstanding operations. One is on it from when it could not be answered at
 * once until its response is complete; those that other threads hold cannot be freed.
 */

struct op *
connops_find(void *owner, int32_t id, const struct op *except)
{
	struct conn *c = owner;

	for (struct op *op = c->ops; op != NULL; op = op->next) {
		if (op->msg.id == id && op != except)
			return op;
	}
	return NULL;
}

void
connops_forget(struct conn *c, struct op *op)
{
	for (struct op **at = &c->ops; *at != NULL; at = &(*at)->next) {
		if (*at != op)
			continue;
		*at = op->next;
		c->op_count--;
		break;
	}
	loop_op_free(c->loop, op);
}

void
connops_drop(struct conn *c)
{
	for (struct op *op = c->ops, *next; op != NULL; op = next) {
		next = op->next;
		if (op->state == OP_WAITING) {
			(void)op_take_back(op, false);
			continue;
		}
		run_drop(op);
		connops_forget(c, op);
	}
	if (c->held != NULL)
		loop_op_free(c->loop, c->held);
	c->held = NULL;
}

void
connops_continue(struct conn *c, size_t pause_bytes)
{
	for (struct op *op = c->ops, *next; op != NULL; op = next) {
		next = op->next;
		if (op->state != OP_RUNNING)
			continue;
		if (c->out.n - c->sent >= pause_bytes)
			return;
		enum run_state state = run_continue(op);
		if (state == RUN_DONE)
			connops_forget(c, op);
	}
}

bool
connops_any_yielded(const struct conn *c)
{
	for (const struct op *op = c->ops; op != NULL; op = op->next) {
		if (op->state == OP_RUNNING)
			return true;
	}
	return false;
}
