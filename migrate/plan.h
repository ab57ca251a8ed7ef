#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

/* What must change for an entry of the directory to hold what the source says. */

#include <stdio.h>
#include "record.h"

enum plan_kind {
	PLAN_SAME,     /* nothing to do */
	PLAN_ADD,      /* the entry is missing */
	PLAN_CHANGE,   /* values are missing or replaced */
	PLAN_CONFLICT, /* an entry of this name exists that cannot hold the record */
};

enum plan_op {
	PLAN_PART_ADD,	   /* values to add */
	PLAN_PART_REPLACE, /* values in place of the old ones */
	PLAN_PART_DELETE,  /* values to delete (undo only) */
	PLAN_PART_KEPT,	   /* the directory's value differs and stays, without --update */
};

/* One attribute's part in a change. */
struct plan_part {
	struct plan_part *next;
	enum plan_op op;
	const char *name;
	const struct attr_type *type;
	struct bv *values;
	size_t count;
	const struct record_attr *old; /* what the directory holds; NULL: nothing */
};

struct plan_change {
	enum plan_kind kind;
	const struct record *want;
	const struct record *have; /* NULL: missing */
	struct plan_part *parts;
	bool kept; /* a part is PLAN_PART_KEPT */
};

/*
 * Compares what is wanted with what the directory has (NULL: nothing) and fills *out. Values are
 * only ever added; a differing value of a single-valued attribute is replaced when update is set.
 * Containers that exist are never changed.
 */
void plan_compare(
    const struct record *want, const struct record *have, bool update, struct plan_change *out);

/* Returns a part in the arena with room for count values. */
struct plan_part *plan_part_new(struct arena *arena, enum plan_op op, const char *name,
    size_t count) __attribute__((returns_nonnull));

/* Returns the values of one that the other lacks, or NULL when there is none; both may be NULL. */
struct plan_part *plan_missing(
    struct arena *arena, const struct record_attr *one, const struct record_attr *other);

/* Writes the change as a diff; secrets are not shown. PLAN_SAME without parts writes nothing. */
void plan_print(FILE *out, const struct plan_change *change);

/* Writes a value for a person: printable, secrets as their length. */
void plan_print_value(FILE *out, const struct attr_type *type, struct bv value);

#endif
