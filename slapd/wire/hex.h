#ifndef SLAPD_WIRE_HEX_H
#define SLAPD_WIRE_HEX_H

/* Hexadecimal digits in escapes: "\xx" of filters, "%xx" of URLs. */

#include <stdint.h>
#include "base/bv.h"

struct arena;

/* Returns the byte that the two hex digits at text.p[at] stand for, or -1 when they are none. */
int hex_pair(struct bv text, size_t at);

/* Copies raw into the arena with every %xx decoded (RFC 3986 2.1); 0 or ERR_SYNTAX. */
int hex_unpercent(struct arena *a, struct bv raw, struct bv *out)
    __attribute__((warn_unused_result));

#endif
