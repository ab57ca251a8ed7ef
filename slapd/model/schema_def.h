#ifndef SLAPD_MODEL_SCHEMA_DEF_H
#define SLAPD_MODEL_SCHEMA_DEF_H

/*
 * Reading and writing schema descriptions (RFC 4512 4.1) as fields, without
 * knowing what they mean: one reader for all kinds, driven by a table of fields.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct errbuf;

/* Kinds of descriptions, as bits: which fields each may have. */
enum schema_def_kind {
	SCHEMA_DEF_ATTR = 1,
	SCHEMA_DEF_CLASS = 2,
	SCHEMA_DEF_SYNTAX = 4,
	SCHEMA_DEF_CONTENT = 8,
};

/* Fields in the order in which they are written. */
enum schema_def_field {
	DEF_NAME,
	DEF_DESC,
	DEF_OBSOLETE,
	DEF_SUP,
	DEF_EQUALITY,
	DEF_ORDERING,
	DEF_SUBSTR,
	DEF_SYNTAX,
	DEF_SINGLE_VALUE,
	DEF_COLLECTIVE,
	DEF_NO_USER_MODIFICATION,
	DEF_USAGE,
	DEF_ABSTRACT,
	DEF_STRUCTURAL,
	DEF_AUXILIARY,
	DEF_AUX,
	DEF_MUST,
	DEF_MAY,
	DEF_NOT,
	DEF_FIELD_COUNT,
};

/* The values of one field; items point into the text that was read. */
struct schema_def_list {
	bool given;
	struct bv *items;
	size_t count;
	size_t cap;
};

/* An X- extension. */
struct schema_def_ext {
	struct bv key;
	struct schema_def_list values;
};

struct schema_def {
	struct bv oid;
	struct schema_def_list fields[DEF_FIELD_COUNT];
	size_t bound; /* {n} behind the syntax; 0: none */
	struct schema_def_ext *exts;
	size_t ext_count;
	size_t ext_cap;
};

/* Longest description, in bytes. */
enum { SCHEMA_DEF_MAX_BYTES = 65536 };

/*
 * Reads text, fields in any order, each once; names and OIDs with or without quotes. The result
 * borrows text. 0; ERR_SYNTAX with what is wrong at which character; ERR_LIMIT when it is too long.
 */
int schema_def_read(struct arena *a, enum schema_def_kind kind, struct bv text,
    struct schema_def *out, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns the canonical text in the arena. */
struct bv schema_def_write(struct arena *a, const struct schema_def *def);

/* Returns the first value of an extension (any case), or the absent view. */
struct bv schema_def_extension(const struct schema_def *def, const char *key);

/* Returns the first value of a field, or the absent view. */
struct bv schema_def_value(const struct schema_def *def, enum schema_def_field field);

#endif
