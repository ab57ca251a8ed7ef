#ifndef SLAPD_OP_CONTROLS_H
#define SLAPD_OP_CONTROLS_H

#include <stddef.h>

struct op;

/*
 * Decodes the request's controls into op->ctl. Unknown ones, and known ones that do not apply to
 * the operation, are refused when critical (12) and ignored otherwise; malformed values and
 * repeated controls are protocol errors (2). Returns a result code.
 */
int controls_read(struct op *op);

/* The OIDs published in supportedControl. */
const char *const *controls_supported(size_t *count_out);

#endif
