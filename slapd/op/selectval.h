#ifndef SLAPD_OP_SELECTVAL_H
#define SLAPD_OP_SELECTVAL_H

/* The matched values control (RFC 3876): which values of an attribute are returned. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"
#include "store/record.h"

struct arena;
struct attr_desc;
struct buf;
struct match;
struct schema;

/* The control's items put to the values of one attribute. */
struct value_test {
	const struct schema *schema;
	struct match *const *items;
	size_t item_count;
	const struct attr_desc *desc;
	struct arena *scratch;
};

/* Returns whether an item that applies to the attribute matches the value. */
bool selectval_holds(const struct value_test *t, struct bv value, struct bv normal);

/* Appends an attribute with those of its values that an item matches; nothing when none does. */
void selectval_put(const struct value_test *t, const struct record_attr *a, struct buf *out);

#endif
