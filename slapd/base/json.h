#ifndef SLAPD_BASE_JSON_H
#define SLAPD_BASE_JSON_H

/* Text inside JSON strings (RFC 8259 7). */

#include <stddef.h>
#include "bv.h"

/*
 * Writes the bytes so that they can stand between two quotation marks, with a NUL behind: quotes,
 * backslashes and control characters escaped, a byte that is not UTF-8 as the text \xHH. Stops
 * before what does not fit in size bytes (at least 1). Returns how many bytes of the text were
 * used; *n_out is the length written.
 */
size_t json_escape(struct bv text, char *out, size_t size, size_t *n_out);

#endif
