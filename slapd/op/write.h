#ifndef SLAPD_OP_WRITE_H
#define SLAPD_OP_WRITE_H

/* What the four write operations share: apply functions run on the writer, in its transaction. */

#include <stdbool.h>
#include <stdint.h>
#include "base/bv.h"

struct entry;
struct errbuf;
struct modlist;
struct object_class;
struct op;
struct record;
struct store_read;

/* Checks before any database is looked at: 8 for anonymous. */
int write_may_start(struct op *op);

/* Fills *m for modlist.h's functions under the request's controls; texts go to *text. */
void write_modlist(struct op *op, struct modlist *m, struct errbuf *text);

/* Evaluates the assertion control on an entry (RFC 4528): 0, or 122 when it does not hold. */
int write_assert(struct op *op, struct store_read *r, uint64_t id, const struct record *rec);

/* Adds the pre-read or post-read response control (RFC 4527) when asked for; 0 or a result code. */
int write_read_control(struct op *op, struct store_read *r, uint64_t id, bool post);

/* Reads entry id and decodes it under its DN: 0 or a result code. */
int write_load(struct op *op, struct store_read *r, const struct record *rec, struct entry *out);

/* Checks the changed entry as a whole (schema, structural class against the old one, NULL for new
 * entries). */
int write_check(struct op *op, const struct entry *e, const struct entry *old,
    const struct object_class **structural_out);

/* Sets entryCSN, modifiersName and modifyTimestamp, unless lastmod is off or the request set them.
 */
int write_stamp_modify(struct op *op, struct entry *e);

/* Sets structuralObjectClass, entryUUID, creatorsName, createTimestamp and the modify stamps. */
int write_stamp_add(struct op *op, struct entry *e, const struct object_class *structural);

/* Returns whether the request is a no-op one: everything is checked, nothing changed, 16654. */
bool write_is_noop(const struct op *op);

#endif
