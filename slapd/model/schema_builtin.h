#ifndef SLAPD_MODEL_SCHEMA_BUILTIN_H
#define SLAPD_MODEL_SCHEMA_BUILTIN_H

/* The definitions that are compiled in. */

struct schema_builder;

/* Adds them to an empty builder; leaves b->hidden as the last row set it. */
void schema_builtin_load(struct schema_builder *b);

#endif
