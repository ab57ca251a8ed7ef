#ifndef SLAPD_OP_OPLOG_H
#define SLAPD_OP_OPLOG_H

/* The `stats` lines of the log, in the form OpenLDAP's log readers know. */

#include <stdbool.h>
#include <stdint.h>
#include "base/bv.h"

struct logline;
struct op;
struct plan;

/* Begins a line at level stats about an operation. Returns whether it is logged. */
bool oplog_begin(struct logline *l, const struct op *op, const char *event);

/* A line of one value in quotation marks. */
void oplog_named(const struct op *op, const char *event, const char *key, struct bv value);

/* Likewise of a number; and a line of the event's name alone. */
void oplog_numbered(const struct op *op, const char *event, const char *key, int64_t value);
void oplog_word(const struct op *op, const char *event);

/* Who a SASL bind proved to be, and for whom it wants to act. */
void oplog_authorized(const struct op *op, struct bv authcid, struct bv authzid);

/* A bind that succeeded; and the loss of the identity that the connection had. */
void oplog_bound(const struct op *op, struct bv dn, struct bv mechanism);
void oplog_unbound(const struct op *op);

/* One line for the request, before it runs. */
void oplog_request(const struct op *op);

/* One line for the result. tag: the response's, as sent. */
void oplog_result(const struct op *op, unsigned tag);

/* Says, once for each attribute type, that a search of the plan looks at everything. */
void oplog_missing_index(const struct op *op, const struct plan *p);

#endif
