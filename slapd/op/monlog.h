#ifndef SLAPD_OP_MONLOG_H
#define SLAPD_OP_MONLOG_H

struct montree;
struct op;

/* Adds cn=Log,cn=Monitor: the levels that go to syslog. */
void monlog_add(struct montree *t);

/*
 * Modifies an entry of the monitor database: only managedInfo of cn=Log can be changed, for as
 * long as the process runs. Returns a result code.
 */
int monlog_modify(struct op *op);

#endif
