#ifndef SLAPD_OP_MEMORY_H
#define SLAPD_OP_MEMORY_H

/* Entries that live in memory: the root DSE, cn=Subschema, cn=config. */

#include <stddef.h>
#include "base/bv.h"

struct arena;
struct backend;
struct conf;
struct dn;
struct entry;
struct memory_db;
struct memory_entry;
struct op;
struct schema;
struct world;

/* Builds the in-memory form of entries. Everything lives in the arena. */
void memory_build(struct arena *a, const struct schema *s, const struct entry *entries,
    size_t count, struct memory_db *out);

/* The root DSE (RFC 4512 5.1) and the subschema subentry (4.2) of a world. 0 or ERR_*. */
int memory_build_rootdse(struct world *w) __attribute__((warn_unused_result));
int memory_build_subschema(struct world *w) __attribute__((warn_unused_result));

/* Finds an entry by normal DN; NULL when there is none. */
const struct memory_entry *memory_find(const struct memory_db *db, struct bv normal_dn);

/* Searches a tree in memory from base; returns a result code. */
int memory_search(struct op *op, const struct memory_db *db);

/* Compares on an entry in memory; returns a result code. */
int memory_compare(struct op *op, const struct memory_db *db);

#endif
