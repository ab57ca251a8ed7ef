#ifndef MIGRATE_SNAPSHOT_H
#define MIGRATE_SNAPSHOT_H

/* What the directory holds where the migration writes, and the comparison of the two. */

#include "migration.h"
#include "plan.h"
#include "server.h"

struct snapshot {
	struct migration *m;
	struct server *server;
	struct records records;
	bool complete; /* what is not in records does not exist */
};

/*
 * Checks that the server's schema can hold the records. A profile that it does not know is left out
 * with a note. Returns 0, or ERR_UNSUPPORTED after saying which schema to load.
 */
int snapshot_check_schema(struct migration *m, struct server *server)
    __attribute__((warn_unused_result));

/* Reads all entries of the migration's containers, and the containers, into *out. */
void snapshot_read(struct migration *m, struct server *server, struct snapshot *out);

/* Returns the directory's entry for want, or NULL when there is none. */
struct record *snapshot_find(struct snapshot *s, const struct record *want);

/*
 * Compares every record of the migration with the snapshot. Returns as many changes as there are
 * records, in their order.
 */
struct plan_change *snapshot_compare(struct snapshot *s) __attribute__((returns_nonnull));

#endif
