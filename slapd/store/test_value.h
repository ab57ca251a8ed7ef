#ifndef SLAPD_STORE_TEST_VALUE_H
#define SLAPD_STORE_TEST_VALUE_H

/* One assertion against one value. */

#include <stdbool.h>
#include "base/bv.h"

struct arena;
struct attr_type;
struct match;
struct schema;

/* Returns whether a value of the type satisfies the assertion m (not and, or, not). May leave
 * memory in the arena. */
bool test_value(const struct schema *s, struct arena *a, const struct match *m,
    const struct attr_type *type, struct bv value, struct bv normal);

/* Returns whether a type-less extensible match with the rule looks at values of the type. */
bool test_rule_applies(const struct attr_type *type, const struct match *m);

/* Returns whether an equality of bytes between stored normal forms and m->normal decides m for
 * values of the type. */
bool test_is_plain(const struct match *m, const struct attr_type *type);

#endif
