#ifndef SLAPD_OP_MONCONN_H
#define SLAPD_OP_MONCONN_H

struct counters_sum;
struct montree;

/* Adds cn=Connections,cn=Monitor: each open connection, and how many there are and may be. */
void monconn_add(struct montree *t, const struct counters_sum *sum);

#endif
