#ifndef SLAPD_OP_COMPARE_H
#define SLAPD_OP_COMPARE_H

#include <stdbool.h>

struct acl_entry;
struct arena;
struct attr_desc;
struct attr_map;
struct match;
struct op;
struct record;

/* Resolves the assertion of a compare request; 0, or 17, 18, 21 with OpenLDAP's texts. */
int compare_resolve(struct op *op, struct match *out);

/* Compares on an entry, stored or in memory, on which the attribute asked for may be compared:
 * compareTrue, compareFalse, 16, or what a subtype that may not be compared gives. */
int compare_entry(struct op *op, const struct acl_entry *e, struct match *m);

/* Returns whether the record has the attribute or a subtype of it. */
bool compare_has_attr(
    const struct record *r, const struct attr_map *map, struct arena *a, const struct attr_desc *d);

#endif
