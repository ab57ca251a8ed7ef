#ifndef SLAPD_OP_CONFOP_H
#define SLAPD_OP_CONFOP_H

/*
 * Changes of cn=config while the server runs. A change is applied to a copy of the
 * tree; from the copy come a snapshot and a world with everything opened; only when all of that
 * holds and the configuration directory is durable, new operations run in it.
 */

#include <stdbool.h>

struct op;

/* Returns whether a write request is one on cn=config that this server can carry out. */
bool confop_takes(struct op *op);

/* Checks access and hands the request to the thread that changes the configuration: OP_QUEUED, or
 * the result code of a refusal. */
int confop_start(struct op *op);

#endif
