#ifndef SLAPD_MODEL_PREP_H
#define SLAPD_MODEL_PREP_H

/* String preparation for matching (RFC 4518): transcode, map, normalize, prohibit, spaces. */

#include <stdbool.h>
#include "base/bv.h"

struct arena;

enum prep_spaces {
	PREP_SPACES_WHOLE,   /* a complete value: one leading and trailing space rule, 2.6.1 */
	PREP_SPACES_INITIAL, /* a substring component at the start of the value */
	PREP_SPACES_ANY,     /* one in the middle */
	PREP_SPACES_FINAL,   /* one at the end */
	PREP_SPACES_NUMERIC, /* numericString: all spaces removed, 2.6.2 */
	PREP_SPACES_PHONE,   /* telephoneNumber: spaces and hyphens removed, 2.6.3 */
};

/*
 * Prepares UTF-8 for comparison, folding case when fold is set. ASCII input takes a fast path.
 * A whole value comes out without leading and trailing spaces and with single inner spaces, which
 * compares exactly as RFC 4518's form does. Returns 0, or ERR_SYNTAX for malformed UTF-8 or
 * prohibited code points. The result may borrow the input when nothing changes.
 */
int prep_string(struct arena *a, struct bv value, bool fold, enum prep_spaces spaces,
    struct bv *out) __attribute__((warn_unused_result));

/* Returns whether b is well-formed UTF-8 (RFC 3629: no overlongs, surrogates, above 10FFFF). */
bool prep_is_utf8(struct bv b);

#endif
