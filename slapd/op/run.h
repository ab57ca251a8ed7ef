#ifndef SLAPD_OP_RUN_H
#define SLAPD_OP_RUN_H

/*
 * The runner: looks up the row of a request, enforces it, calls the handler and
 * sends the result. It is the only place that sends results.
 */

#include <stdbool.h>

struct op;

enum run_state {
	RUN_DONE,  /* the response, if any, is in op->out; the operation is over */
	RUN_YIELD, /* entries were sent or candidates looked at; call run_continue */
	RUN_WAIT,  /* op->finished will be called from another thread; then call run_finish */
};

/* Starts a decoded request. op->msg, session, world, readers, out, finished, owner are set by the
 * caller. */
enum run_state run_start(struct op *op);

/* Goes on after RUN_YIELD. */
enum run_state run_continue(struct op *op);

/* Sends the result of an operation whose finished() was called; on the loop's thread. RUN_DONE or
 * RUN_WAIT. */
enum run_state run_finish(struct op *op);

/* Answers a request that could not be decoded or may not be started. */
void run_refuse(struct op *op, int code, const char *text);

/* Releases what an operation holds when its connection goes away between slices. */
void run_drop(struct op *op);

#endif
