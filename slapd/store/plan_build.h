#ifndef SLAPD_STORE_PLAN_BUILD_H
#define SLAPD_STORE_PLAN_BUILD_H

/* Whole filters as iterators. */

#include "plan_term.h"

/* Returns an iterator over a superset of the entries that satisfy m, ready for seeking; it->exact
 * tells whether it is the set itself. Errors are left in b->error. */
struct iter *plan_filter(struct plan_build *b, const struct match *m);

#endif
