#ifndef SLAPD_OP_OP_H
#define SLAPD_OP_OP_H

/*
 * An operation: from the decoded request to the last byte of its response. One
 * thread owns it at a time: the connection's event loop, or while it is queued the
 * database's writer or a worker. Handlers fill code, text, matched and referrals by
 * op_fail() and return the code; only run.c sends results.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "base/buf.h"
#include "auth/pool.h"
#include "model/dn.h"
#include "op/session.h"
#include "store/writer.h"
#include "wire/message.h"

struct arena;
struct backend;
struct decide;
struct filter;
struct match;
struct reader_set;
struct row; /* run.c's table */
struct search;
struct store_read;
struct store_write;
struct world;

/* Request controls, decoded (RFC 4511 4.1.11). */
enum op_control {
	OP_CTL_MANAGE_DSA_IT = 1 << 0,
	OP_CTL_PAGED = 1 << 1,
	OP_CTL_ASSERTION = 1 << 2,
	OP_CTL_PRE_READ = 1 << 3,
	OP_CTL_POST_READ = 1 << 4,
	OP_CTL_VALUES_RETURN = 1 << 5,
	OP_CTL_SUBENTRIES = 1 << 6,
	OP_CTL_DONT_USE_COPY = 1 << 7,
	OP_CTL_RELAX = 1 << 8,
	OP_CTL_NOOP = 1 << 9,
	OP_CTL_TREE_DELETE = 1 << 10,
	OP_CTL_DOMAIN_SCOPE = 1 << 11,
	OP_CTL_PERMISSIVE_MODIFY = 1 << 12,
	OP_CTL_EXPLAIN = 1 << 13,
};

struct op_controls {
	unsigned given;	   /* enum op_control */
	unsigned critical; /* those marked critical */
	int32_t page_size;
	struct bv page_cookie;
	struct filter *assertion;
	struct filter **value_filters;
	size_t value_filter_count;
	struct bv *pre_attrs, *post_attrs;
	size_t pre_count, post_count;
	bool subentries_visible;
};

/* Codes below zero that handlers may return beside LDAP result codes. */
enum {
	OP_YIELD = -100,    /* more to do: call run_continue when the output has room */
	OP_QUEUED = -101,   /* a writer or worker has it; op->finished will be called */
	OP_NO_REPLY = -102, /* nothing to send (abandon, unbind) */
};

enum op_claim { OP_UNCLAIMED, OP_CLAIMED_BY_WRITER, OP_CLAIMED_BY_CANCEL };

enum op_state { OP_NEW, OP_RUNNING, OP_WAITING, OP_DONE };

struct op {
	struct write_job job; /* for the writer's queue; first, so that a job is its operation */
	struct pool_job work; /* for the worker pool's queue */
	struct op *next;      /* for the owner's lists */
	struct op *next_finished; /* of the loop's list of those other threads have finished */
	struct arena *arena;
	struct world *world;
	struct session *session;
	struct identity who;
	struct reader_set *readers; /* of its connection's loop */
	struct reader_set *foreign; /* on the writer: for databases other than the one written */
	struct world *own_world;    /* a reference, when it is not the readers' world */
	struct buf *out; /* where responses go; only while the connection's loop runs it */
	uint64_t op_id;	 /* number within the connection, for the log */
	int64_t received_us;
	int64_t started_us;
	const struct row *row;
	struct message msg;
	struct op_controls ctl;
	const struct backend *be;
	struct dn target;
	struct decide **decides; /* by backend index, then the frontend's; made when first asked */
	bool explain;		 /* the explain control: a refusal's text says which rule decided */
	bool access_asked;	 /* a success without it is refused by the runner */
	struct bv refusal;	 /* the rule that refused it, for a requestor who may know */
	struct arena *write_scratch; /* access.c's, inside an apply */
	enum op_state state;
	atomic_int claim;      /* enum op_claim: who got a queued write first */
	atomic_bool abandoned; /* by Abandon, Cancel or the end of the connection */
	bool cancelled_reply;  /* abandoned by Cancel: answer cancelled(118) */

	int code;
	struct bv matched;
	struct bv text;
	struct bv *referrals;
	size_t referral_count;
	struct bv sasl_creds;
	struct bv response_oid, response_value;
	struct wire_control *response_controls;
	size_t response_control_count;

	struct buf
	    assembly; /* scratch for entries put together from pieces; freed with the operation */
	struct search *search;	   /* search.c's */
	struct store_write *write; /* inside an apply */
	int hard_error; /* ERR_*: the store failed half-way; the transaction must not be committed
			 */
	void *prepared; /* what a write prepared on the loop for its apply on the writer */
	uint64_t entries_sent;
	bool close_after; /* the connection ends when the response is out */
	void *owner;	  /* the connection, for finished() */
	void (*finished)(struct op
		*op); /* called on the other thread when a queued operation is ready to answer */
};

/* Sets code and text; returns the code. The text tells the client what to do next. */
int op_fail(struct op *op, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Sets a code without text; returns it. */
int op_code(struct op *op, int code);

/* Sends one entry: the only way entries leave. attrs: encoded PartialAttributes. */
void op_emit(struct op *op, struct bv dn, struct bv attrs);

/* Adds a response control; its value (in the op's arena) may be absent. */
void op_add_control(struct op *op, const char *oid, struct bv value);

/* Translates an ERR_* of store or model into a result code with text; returns the code. */
int op_store_error(struct op *op, int err, const char *text);

/* Notes that the store failed half-way in an apply; returns the result code to give up with. */
int op_hard_error(struct op *op, int err, const char *text);

/* Returns whether the requester is the root identity of the operation's backend. */
bool op_is_root(const struct op *op, const struct backend *be);

/* Takes an operation back if its effects have not begun: 0, or LDAP_TOO_LATE. reply: it answers
 * canceled. */
int op_take_back(struct op *op, bool reply);

/* Returns the operation's read handle for a backend: the thread's, or the writer's inside a write.
 */
struct store_read *op_reader(struct op *op, const struct backend *be);

#endif
