#ifndef SLAPD_MODEL_SCHEMA_IMPL_H
#define SLAPD_MODEL_SCHEMA_IMPL_H

/*
 * The inside of a schema, for the files that build and publish it: schema.c,
 * schema_attr.c, schema_class.c, schema_publish.c and desc.c. Others use schema.h.
 */

#include "model/desc.h"
#include "model/names.h"
#include "model/schema.h"

struct schema_def;
struct schema_def_list;
struct errbuf;

/* A growing list of pointers, in order of definition. */
struct schema_list {
	const void **items;
	size_t count;
	size_t cap;
};

struct schema {
	struct arena *arena;
	struct names attr_names; /* -> struct attr_type */
	struct names class_names;
	struct names rule_names;
	struct names syntax_oids;
	struct names macros; /* -> struct bv: the OID */
	struct schema_list attrs;
	struct schema_list classes;
	struct schema_list syntaxes;
	struct schema_list content_rules;
	struct schema_list options; /* of struct bv, lower case */
	struct attr_desc *plain;    /* by attribute index */
	struct schema_known known;
};

struct schema_builder {
	struct schema *schema;
	enum schema_origin origin; /* of what is added now */
	bool hidden;
};

/* Appends to a list in the schema's arena. */
void schema_list_add(struct schema *s, struct schema_list *list, const void *item);

/* Resolves an OID or macro form; 0 or ERR_SYNTAX with text. Also used for SYNTAX. */
int schema_resolve_oid(const struct schema *s, struct bv text, struct bv *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Adds an attribute type or class to the schema: its names, its OID, its index. */
void schema_insert_attr(struct schema *s, struct attr_type *t);
void schema_insert_class(struct schema *s, struct object_class *oc);

/*
 * Copies text to the schema's arena and reads it, with the OID resolved. As schema_def_read.
 * kind_name begins error texts: "attribute type".
 */
int schema_read(struct schema_builder *b, int kind, struct bv text, struct schema_def *out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Resolves the attribute types of a MUST, MAY or NOT list. 0 or ERR_UNDEFINED. */
int schema_resolve_attrs(const struct schema *s, const struct schema_def_list *list,
    const struct attr_type *const **out, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns names, or the OID as the only one when there are none. */
struct bv *schema_names(struct schema *s, const struct schema_def *def, size_t *count_out);

/* Returns names[0] or the OID of what a description defines, for error texts. */
struct bv schema_label(const struct schema_def *def);

#endif
