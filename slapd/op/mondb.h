#ifndef SLAPD_OP_MONDB_H
#define SLAPD_OP_MONDB_H

struct montree;

/* Adds cn=Backends,cn=Monitor: the types of databases. */
void mondb_add_backends(struct montree *t);

/*
 * Adds cn=Databases,cn=Monitor: each database with the use of its files, its indexes and the
 * searches that lacked one.
 */
void mondb_add_databases(struct montree *t);

#endif
