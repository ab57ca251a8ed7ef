#ifndef MIGRATE_VERIFY_H
#define MIGRATE_VERIFY_H

/* --verify: does the directory answer what the source and the machine say? */

#include "snapshot.h"

/*
 * Compares every record of the migration with the snapshot, field by field, and prints the
 * differences. Returns how many there are.
 */
size_t verify_source(struct snapshot *s);

/*
 * Lists the maps with getent and compares those answers too. Returns 0 and the number of
 * differences in *differences_out, or ERR_IO when getent cannot be read.
 */
int verify_getent(struct snapshot *s, size_t *differences_out) __attribute__((warn_unused_result));

#endif
