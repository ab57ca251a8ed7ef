#ifndef SLAPD_STORE_USES_H
#define SLAPD_STORE_USES_H

/* Whether any entry holds an attribute type or object class: looks at a bounded number of entries.
 */

#include "read.h"

struct attr_type;
struct object_class;

/*
 * Whether some entry has the type itself (not just a subtype), with any option: 0: none; 1: the
 * entry *id_out, or (*id_out 0) that is not known because there are too many entries to look at;
 * ERR_*. r's transaction is open; t is of its schema.
 */
int uses_attr(struct store_read *r, const struct attr_type *t, uint64_t *id_out)
    __attribute__((warn_unused_result));

/* As uses_attr by indexes and the attribute table alone; ERR_AGAIN when they do not tell. */
int uses_in_index(struct store_read *r, const struct attr_type *t, uint64_t *id_out)
    __attribute__((warn_unused_result));

/*
 * Looks through the entries for one of several attribute numbers: ids has an element for each
 * number of r's map, and one before. 0: none; 1: the entry *id_out has number *attr_out, or
 * (*id_out 0) not known; ERR_*.
 */
int uses_in_entries(struct store_read *r, const bool *ids, uint32_t *attr_out, uint64_t *id_out)
    __attribute__((warn_unused_result));

/* Likewise for entries that name the class in objectClass. */
int uses_class(struct store_read *r, const struct object_class *oc, uint64_t *id_out)
    __attribute__((warn_unused_result));

/* Writes "such as <name>", or why the name is not known, for a text. */
void uses_example(struct store_read *r, uint64_t id, struct arena *a, struct bv *out);

#endif
