#ifndef SLAPD_OP_OPLOG_H
#define SLAPD_OP_OPLOG_H

/* The `stats` lines of the log, in the form OpenLDAP's log readers know. */

struct op;

/* One line for the request, before it runs. */
void oplog_request(const struct op *op);

/* One line for the result. tag: the response's, as sent. */
void oplog_result(const struct op *op, unsigned tag);

#endif
