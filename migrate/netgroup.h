#ifndef MIGRATE_NETGROUP_H
#define MIGRATE_NETGROUP_H

/* netgroup: triples of host, user, domain, and other netgroups (RFC 2307 5.8). */

#include "migration.h"

/* Reads netgroup into nisNetgroup entries. Returns 0, or ERR_IO when it cannot be read. */
int netgroup_read(struct migration *m) __attribute__((warn_unused_result));

/*
 * Takes the next member off *rest: a triple, without the blanks in it, or a name. Returns the
 * absent view at the end; a present empty view when what stands there is neither.
 */
struct bv netgroup_member(struct arena *arena, struct bv *rest);

#endif
