#ifndef SLAPD_MODEL_DESC_H
#define SLAPD_MODEL_DESC_H

/* Attribute descriptions (RFC 4512 2.5): a type and options. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct attr_type;
struct errbuf;
struct schema;

struct attr_desc {
	const struct attr_type *type;
	struct bv options; /* lower case, sorted, ';' between them, none before; "" when none;
			      without binary */
	bool binary;	   /* ;binary was given */
	struct bv name;	   /* canonical text: names[0] of the type, then ";opt" for each option */
	bool is_range; /* requested with an option ending in '-': every option with the prefix (RFC
			  3866 style) */
};

/*
 * Reads a description. 0; ERR_SYNTAX when it is not one (RFC 4512 2.5 grammar); ERR_UNDEFINED when
 * the type or an option is unknown, ;binary on a type whose syntax forbids it included. Without
 * options the result is a shared, immutable structure of the schema: pointers compare.
 */
int desc_parse(const struct schema *s, struct arena *a, struct bv text,
    const struct attr_desc **out, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns the shared description of a type without options. */
const struct attr_desc *desc_of_type(const struct schema *s, const struct attr_type *t);

/*
 * Returns a description for a stored attribute name even when its type is not in the schema any
 * more: an undefined type with octet string matching, so that data is never lost.
 */
const struct attr_desc *desc_for_stored(const struct schema *s, struct arena *a, struct bv text);

/* Returns whether both name the same attribute: type and option set. */
bool desc_eq(const struct attr_desc *x, const struct attr_desc *y);

/* Returns whether sub is sup or a subtype of it: type descends and options are a superset (RFC
 * 4512 2.5). */
bool desc_is_subtype(const struct attr_desc *sub, const struct attr_desc *sup);

#endif
