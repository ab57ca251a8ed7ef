#ifndef SLAPD_OP_EXTENDED_H
#define SLAPD_OP_EXTENDED_H

#include <stddef.h>

struct conf;

/* The OIDs published in supportedExtension, by number from 0; NULL behind the last. */
const char *extended_supported(const struct conf *c, size_t number);

#endif
