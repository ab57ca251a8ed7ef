#ifndef SLAPD_OP_RESTRICT_H
#define SLAPD_OP_RESTRICT_H

/*
 * Conditions on sessions and operations (slapd.conf(5) restrict, require, security, disallow):
 * asked before anything is looked up.
 */

#include <stdbool.h>

struct backend;
struct op;

/*
 * Checks an operation other than Bind against the conditions of the frontend and of the database
 * that its DN names. bit: enum conf_restrict of the request. 0, or the code to answer: 13, 8, 1, 53
 * or, for controls, 2. What no database holds is left to the handler.
 */
int restrict_check(struct op *op, unsigned bit);

/* Returns whether a search that begins elsewhere may go on into a database, as one that began there
 * could: a subordinate database is not to be reached around its own conditions. */
bool restrict_may_enter(struct op *op, const struct backend *be);

enum restrict_bind_kind { RESTRICT_BIND_ANONYMOUS, RESTRICT_BIND_SIMPLE, RESTRICT_BIND_SASL };

/* The same for a Bind, once it is known what kind it is and, for passwords, whose database (be; may
 * be NULL). */
int restrict_bind(struct op *op, enum restrict_bind_kind kind, const struct backend *be);

/* Refuses a password over the network in the clear when plainpasswords is off: 0 or 13. */
int restrict_password(struct op *op);

#endif
