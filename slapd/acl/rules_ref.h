#ifndef SLAPD_ACL_RULES_REF_H
#define SLAPD_ACL_RULES_REF_H

/* References of templates (slapd.access(5)): what a "$" in a pattern stands for. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct rules_ref {
	size_t length; /* in the template; 0: the "$" is no reference */
	bool dollar;   /* "$$": a dollar, no submatch */
	bool value;    /* a submatch of the value, not of the DN */
	size_t number; /* of the submatch, 0 to 99 */
};

/* Reads the reference at a "$". */
struct rules_ref rules_ref_at(struct bv text, size_t at);

#endif
