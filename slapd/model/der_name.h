#ifndef SLAPD_MODEL_DER_NAME_H
#define SLAPD_MODEL_DER_NAME_H

/* X.501 names in DER as RFC 4514 text. */

#include "base/bv.h"

struct arena;

/*
 * Writes a Name (whole element) as RFC 4514 text, types as dotted OIDs; values that are not
 * character strings as #hex. ERR_SYNTAX when it is not one or has more than 128 RDNs.
 */
int der_name_text(struct arena *a, struct bv name, struct bv *out)
    __attribute__((warn_unused_result));

#endif
