#ifndef SLAPD_OP_SELECTVAL_H
#define SLAPD_OP_SELECTVAL_H

#include <stdbool.h>
#include <stddef.h>
#include "store/record.h"

struct arena;
struct attr_desc;
struct buf;
struct match;
struct schema;

/*
 * Matched values (RFC 3876): appends the PartialAttribute with the values of a that at least one
 * item matches; nothing when none does.
 */
void selectval_put(const struct schema *s, const struct attr_desc *d, const struct record_attr *a,
    struct match *const *items, size_t item_count, bool types_only, struct arena *scratch,
    struct buf *out);

#endif
