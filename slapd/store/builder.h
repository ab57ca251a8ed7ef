#ifndef SLAPD_STORE_BUILDER_H
#define SLAPD_STORE_BUILDER_H

/* Index building, one bounded step at a time. */

#include "env.h"

/* Builds or drops in one transaction of at most so many entries or milliseconds. 1: call again; 0:
 * all is ready; ERR_*. */
int builder_step(struct store *s, size_t max_entries, int64_t ms, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
