#ifndef SLAPD_BASE_NEAR_H
#define SLAPD_BASE_NEAR_H

/* The known name nearest to a misspelt word, for "did you mean": offer each name in turn. */

#include <stddef.h>
#include "base/bv.h"

struct near {
	struct bv word;
	struct bv best; /* absent: none is near */
	size_t limit;	/* a name must need fewer changes than this */
};

/* Begins with a misspelt word, which is borrowed. */
void near_init(struct near *n, struct bv word);

/* Keeps name as the best so far when it is nearer than all before; borrows it. */
void near_try(struct near *n, struct bv name);

#endif
