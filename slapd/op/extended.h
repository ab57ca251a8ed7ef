#ifndef SLAPD_OP_EXTENDED_H
#define SLAPD_OP_EXTENDED_H

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct conf;

/* Returns whether there is such an operation. */
bool extended_knows(struct bv oid);

/* The OIDs published in supportedExtension, by number from 0; NULL behind the last. */
const char *extended_supported(const struct conf *c, size_t number);

#endif
