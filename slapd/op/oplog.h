#ifndef SLAPD_OP_OPLOG_H
#define SLAPD_OP_OPLOG_H

/* The `stats` lines of the log, in the form OpenLDAP's log readers know. */

struct op;
struct plan;

/* One line for the request, before it runs. */
void oplog_request(const struct op *op);

/* One line for the result. tag: the response's, as sent. */
void oplog_result(const struct op *op, unsigned tag);

/* Says, once for each attribute type, that a search of the plan looks at everything. */
void oplog_missing_index(const struct op *op, const struct plan *p);

#endif
