#ifndef TOOLS_HOLD_H
#define TOOLS_HOLD_H

/*
 * Records whose superior has not come yet. They are kept in memory, about as large
 * as they are in the file, until the superior is added or the input ends.
 */

#include <stddef.h>
#include "base/bv.h"
#include "wire/ldif.h"

struct hold;

struct held {
	struct held *next;
	struct bv superior; /* normal DN */
	struct ldif_record record;
};

struct hold *hold_new(void);
void hold_free(struct hold **h);

/* Keeps a copy of the record under the normal DN of its superior. */
void hold_put(struct hold *h, struct bv superior, const struct ldif_record *rec);

/* Removes and returns the records that wait for this normal DN, in the order they came. */
struct held *hold_take(struct hold *h, struct bv normal_dn);

/* Returns how many wait. */
size_t hold_count(const struct hold *h);

/* Returns all that wait, hold_count of them, in the order of the file; they stay. */
struct held **hold_rest(const struct hold *h);

#endif
