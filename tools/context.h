#ifndef TOOLS_CONTEXT_H
#define TOOLS_CONTEXT_H

/* contextCSN (slapadd -w): the newest entryCSN of each server ID, kept at the suffix entry. */

#include <stddef.h>
#include "base/bv.h"

struct arena;
struct common;
struct entry;
struct schema;

struct context {
	struct arena *arena;
	struct bv *csns; /* one per server ID, none first */
	size_t count;
	size_t cap;
};

void context_init(struct context *c, struct arena *a);

/* Looks at an entry that was added. */
void context_note(struct context *c, const struct schema *s, const struct entry *e);

/* Writes what was noted into the suffix entry of the chosen database: an exit status. */
int context_write(const struct context *c, struct common *common);

/* Goes through all entries of the chosen database, then context_write: an exit status. */
int context_refresh(struct common *common);

#endif
