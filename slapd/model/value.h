#ifndef SLAPD_MODEL_VALUE_H
#define SLAPD_MODEL_VALUE_H

/* One attribute value on its way in: checked, brought to its stored form, normalized. */

#include "base/bv.h"

struct arena;
struct attr_type;
struct schema;

/*
 * Checks in against the type's syntax and gives the form to store (a class name in its schema
 * spelling, a DN pretty, otherwise as given) and the normal form under the equality rule (the
 * stored form when there is none). Both may borrow in's bytes or live in the arena. 0, or
 * ERR_SYNTAX when the value is not of the syntax, ERR_LIMIT when a DN in it is out of bounds.
 */
int value_prepare(const struct schema *s, struct arena *a, const struct attr_type *t, struct bv in,
    struct bv *value_out, struct bv *normal_out) __attribute__((warn_unused_result));

#endif
