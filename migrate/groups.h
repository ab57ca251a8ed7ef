#ifndef MIGRATE_GROUPS_H
#define MIGRATE_GROUPS_H

/* group and gshadow: groups. */

#include "migration.h"

/*
 * Reads group, and gshadow when it is wanted, into posixGroup entries: RFC 2307 with memberUid, or
 * RFC 2307bis with member. Returns 0, or ERR_IO when a file cannot be read.
 */
int groups_read(struct migration *m) __attribute__((warn_unused_result));

#endif
