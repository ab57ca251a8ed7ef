#ifndef SLAPD_CONFIG_CONFSCHEMA_H
#define SLAPD_CONFIG_CONFSCHEMA_H

/*
 * The schema of a snapshot: what is built in, the attribute types and object classes
 * of cn=config itself (made from the option rows), and the definitions in the tree.
 */

#include <stdatomic.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct conf_build;
struct errbuf;
struct option;
struct schema_builder;

/* The memory of a schema, which the snapshots that have the same definitions share. */
struct confschema_shared {
	atomic_int refs;
	struct arena *arena;
};

/* Sets b->schema and conf->schema_shared: what b->before has when nothing differs, else a new one;
 * or fails with "file:line: reason". */
int confschema_build(struct conf_build *b, struct errbuf *e) __attribute__((warn_unused_result));

/* Adds the types and classes of cn=config. 0 or the schema's error. */
int confschema_add_own(struct schema_builder *s, struct arena *a, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Returns the RFC 4512 description of a row's attribute type, in the arena. */
struct bv confschema_attr_text(const struct option *o, struct arena *a);

#endif
