#ifndef MIGRATE_UNDO_H
#define MIGRATE_UNDO_H

/* --undo: takes back what a receipt lists. */

#include "server.h"

/*
 * Takes back the steps of the receipt that opt names, the latest first. An entry that is not as the
 * apply left it is refused unless opt->force. The receipt is renamed to RECEIPT.undone when nothing
 * was refused. Returns 0 and the refused steps in *refused_out, or ERR_IO or ERR_SYNTAX.
 */
int undo_run(struct arena *arena, const struct options *opt, struct server *server,
    size_t *refused_out) __attribute__((warn_unused_result));

#endif
