#ifndef MIGRATE_ACCOUNTS_H
#define MIGRATE_ACCOUNTS_H

/* passwd and shadow: accounts. */

#include "migration.h"

/*
 * Reads passwd, and shadow when it is wanted, into account or inetOrgPerson entries with
 * posixAccount and shadowAccount (RFC 2307 5.1, RFC 2798). Returns 0, or ERR_IO when a file
 * cannot be read.
 */
int accounts_read(struct migration *m) __attribute__((warn_unused_result));

/*
 * Checks a login or group name. Returns NULL when it can be taken, or why not: a constant phrase
 * that completes "the name ...".
 */
const char *accounts_name_fault(struct bv name);

/*
 * Returns the userPassword value for a password field: {CRYPT} before a hash or a lock mark;
 * absent for "x" (kept elsewhere). An empty field gives a locked value, never an open one.
 */
struct bv accounts_password(struct arena *arena, struct bv field);

#endif
