#ifndef MIGRATE_PROFILE_H
#define MIGRATE_PROFILE_H

/* The configuration profile that clients read (RFC 4876). */

#include "migration.h"

/* Adds cn=default,ou=profile below the base. Returns 0. */
int profile_make(struct migration *m) __attribute__((warn_unused_result));

#endif
