#ifndef MIGRATE_BASE_H
#define MIGRATE_BASE_H

/* The entry at the base and the containers of the maps. */

#include "migration.h"

/*
 * Adds the base entry and one organizational unit per level of every wanted map's container.
 * Returns 0, or ERR_SYNTAX after saying why the base cannot be made.
 */
int base_make(struct migration *m) __attribute__((warn_unused_result));

#endif
