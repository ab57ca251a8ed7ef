#ifndef SLAPD_OP_COMPARE_H
#define SLAPD_OP_COMPARE_H

#include <stdbool.h>

struct arena;
struct attr_desc;
struct attr_map;
struct match;
struct op;
struct record;

/* Resolves the assertion of a compare request; 0, or 17, 18, 21 with OpenLDAP's texts. */
int compare_resolve(struct op *op, struct match *out);

/* Returns whether the record has the attribute or a subtype of it. */
bool compare_has_attr(
    const struct record *r, const struct attr_map *map, struct arena *a, const struct attr_desc *d);

#endif
