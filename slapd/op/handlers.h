#ifndef SLAPD_OP_HANDLERS_H
#define SLAPD_OP_HANDLERS_H

/*
 * The handlers that run.c's table names. Each returns an LDAP result code (or an
 * OP_* code) and has set text, matched and referrals.
 */

struct op;
struct store_write;

int op_bind(struct op *op);	    /* RFC 4511 4.2 */
int op_bind_finish(struct op *op);  /* on the loop, after the password was verified on a worker */
int op_unbind(struct op *op);	    /* 4.3 */
int op_search(struct op *op);	    /* 4.5; called again after OP_YIELD */
void op_search_drop(struct op *op); /* frees cursors of an unfinished search */
int op_compare(struct op *op);	    /* 4.10 */
int op_abandon(struct op *op);	    /* 4.11 */
int op_extended(struct op *op);	    /* 4.12 */

/* Writes: _prepare runs on the loop and touches no database; _apply runs on the writer, may be run
 * again. */
int op_modify_prepare(struct op *op); /* 4.6 */
int op_modify_apply(struct op *op, struct store_write *w);
int op_add_prepare(struct op *op); /* 4.7 */
int op_add_apply(struct op *op, struct store_write *w);
int op_delete_prepare(struct op *op); /* 4.8 */
int op_delete_apply(struct op *op, struct store_write *w);
int op_moddn_prepare(struct op *op); /* 4.9 */
int op_moddn_apply(struct op *op, struct store_write *w);

#endif
