#ifndef SLAPD_OP_MEMORY_H
#define SLAPD_OP_MEMORY_H

/* Entries that live in memory: the root DSE, cn=Subschema, cn=config. */

#include <stddef.h>
#include "base/bv.h"

struct acl_entry;
struct arena;
struct backend;
struct conf;
struct dn;
struct entry;
struct memory_db;
struct memory_entry;
struct match;
struct op;
struct schema;
struct world;

/* Finds an entry by normal DN; NULL when there is none. */
const struct memory_entry *memory_find(const struct memory_db *db, struct bv normal_dn);

/* The entry for access questions. */
struct acl_entry memory_asked(const struct memory_db *db, const struct memory_entry *m);

/* Builds the in-memory form of entries. Everything lives in the arena. */
void memory_build(struct arena *a, const struct schema *s, const struct entry *entries,
    size_t count, struct memory_db *out);

/* The root DSE (RFC 4512 5.1) and the subschema subentry (4.2) of a world. 0 or ERR_*. */
int memory_build_rootdse(struct world *w) __attribute__((warn_unused_result));
int memory_build_subschema(struct world *w) __attribute__((warn_unused_result));

/* The one entry of a monitor database, in the world's arena. 0 or ERR_*. */
int memory_build_monitor(struct world *w, struct memory_db *out)
    __attribute__((warn_unused_result));

/* Searches a tree in memory from base; returns a result code. */
int memory_search(struct op *op, const struct memory_db *db);

/* Tests the assertion control, when given, on an entry about to be added. Returns 0 or 122. */
int memory_assert(struct op *op, const struct entry *e);

/* Tests it on the entry of a tree that op->target names; a missing entry is not told. 0 or 122. */
int memory_assert_at(struct op *op, const struct memory_db *db);

/* Compares on an entry in memory, with the assertion resolved; returns a result code. */
int memory_compare(struct op *op, const struct memory_db *db, struct match *match);

#endif
