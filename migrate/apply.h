#ifndef MIGRATE_APPLY_H
#define MIGRATE_APPLY_H

/* --plan and --apply: from the comparison to the server. */

#include "snapshot.h"

/* Prints what an apply would change, and the counts. Returns the number of conflicts. */
size_t apply_plan(struct snapshot *s);

/*
 * Writes the changes into the server, containers first, and the receipt. Sets *failed_out to the
 * operations that the server refused. Returns 0 and the number of conflicts in *conflicts_out, or
 * ERR_IO when it had to stop.
 */
int apply_run(struct snapshot *s, size_t *failed_out, size_t *conflicts_out)
    __attribute__((warn_unused_result));

#endif
