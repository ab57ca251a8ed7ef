#ifndef SLAPD_OP_SELECTVAL_H
#define SLAPD_OP_SELECTVAL_H

/* The matched values control (RFC 3876): which values of an attribute are returned. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"
#include "store/record.h"

struct acl_entry;
struct arena;
struct attr_desc;
struct buf;
struct match;
struct op;
struct schema;

/* What is put to the values of one attribute: the control's items, and whether each may be read. */
struct value_test {
	struct op *op;
	const struct acl_entry *entry; /* NULL: values are not asked for one by one */
	bool filter;		       /* the control was given */
	const struct schema *schema;
	struct match *const *items;
	size_t item_count;
	const struct attr_desc *desc;
	struct arena *scratch;
};

/* Returns whether the value is returned: an item that applies to the attribute matches it, and it
 * may be read. */
bool selectval_holds(const struct value_test *t, struct bv value, struct bv normal);

/* Appends an attribute with those of its values that are returned; nothing when none does. */
void selectval_put(const struct value_test *t, const struct record_attr *a, struct buf *out);

#endif
