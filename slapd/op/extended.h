#ifndef SLAPD_OP_EXTENDED_H
#define SLAPD_OP_EXTENDED_H

#include <stddef.h>

/* The OIDs published in supportedExtension. */
const char *const *extended_supported(size_t *count_out);

#endif
