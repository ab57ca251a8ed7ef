#ifndef SLAPD_OP_SELECT_H
#define SLAPD_OP_SELECT_H

/*
 * Which attributes of an entry are returned (RFC 4511 4.5.1.8, RFC 3673, RFC 4529)
 * and writing them: used by search and by the read-entry controls.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "store/record.h"

struct arena;
struct attr_map;
struct buf;
struct match;
struct op;
struct select;
struct store_read;

/*
 * Compiles a list of requested attributes for one operation: names, OIDs, supertypes, options,
 * ranges,
 * "*", "+", "1.1", "@class". Unknown names are ignored. Memory from the op's arena.
 */
struct select *select_new(struct op *op, const struct bv *attrs, size_t count, bool types_only);

/* Matched values (RFC 3876): only values that one of the items matches are returned. */
void select_set_value_filters(struct op *op, struct select *s);

/* To be called when a read transaction ends: its attribute map must not be used any more. */
void select_forget_map(struct select *s);

/* The entry to write: where it is and how to read around it. */
struct select_entry {
	uint64_t id;
	const struct record *record;
	const struct attr_map *map;
	struct store_read *read; /* NULL: entry in memory */
	struct bv pretty_dn, normal_dn;
};

/*
 * Returns the PartialAttributes to send, ready encoded: borrowed from the record when everything in
 * it goes out as it is, otherwise put together in the scratch arena. Only what may be read is in
 * it.
 */
struct bv select_encode(
    struct op *op, struct select *s, const struct select_entry *e, struct arena *scratch);

/* Values the server computes for an entry: entryDN, subschemaSubentry, hasSubordinates,
 * numSubordinates. Returns -1 when desc is none of them, else the count (0 or 1) with the normal
 * form in *normals_out. */
struct attr_desc;
int select_computed(struct op *op, const struct select_entry *e, const struct attr_desc *d,
    struct arena *a, const struct bv **normals_out);

/* The same for struct test_env, on the database of op, which is the argument. */
int select_computed_of(void *op, uint64_t id, const struct record *r, const struct attr_desc *d,
    struct arena *a, const struct bv **normals_out);

#endif
