#ifndef SLAPD_OP_WRITE_H
#define SLAPD_OP_WRITE_H

/* What the four write operations share. All run on the writer, inside its transaction. */

#include <stdbool.h>
#include <stdint.h>
#include "store/record.h"

struct attr_desc;
struct entry;
struct op;
struct store_write;
struct store_read;
struct wire_attr;
struct errbuf;

/* Common checks before any database is looked at: identity, read-only, restrict. 8, 53 ... or 0. */
int write_may_start(struct op *op);

/* Evaluates the assertion control on an entry: 122 when it does not hold. */
int write_assert(struct op *op, struct store_read *r, uint64_t id, const struct record *rec);

/* Adds the pre-read or post-read response control for an entry as it stands in r. */
int write_read_control(struct op *op, struct store_read *r, uint64_t id, bool post);

/* Sets entryCSN, modifiersName, modifyTimestamp (unless lastmod is off or given under relax). */
int write_stamp_modify(struct op *op, struct entry *e);

/* Sets structuralObjectClass, entryUUID, creatorsName, createTimestamp and the modify stamps. */
int write_stamp_add(struct op *op, struct entry *e, struct bv structural);

/*
 * Resolves a request's attribute: description (17 with OpenLDAP's texts), user modifiable (19)
 * unless relaxed. Returns a result code.
 */
int write_resolve(struct op *op, struct bv text, const struct attr_desc **out);

/* Checks a list of values against syntax, single value, and repetition: 2, 19, 20, 21 with text. */
int write_check_values(struct op *op, const struct attr_desc *d, const struct wire_attr *a);

/* Ends an apply that succeeded so far: 16654 for no-op requests. */
bool write_is_noop(const struct op *op);

#endif
