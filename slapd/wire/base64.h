#ifndef SLAPD_WIRE_BASE64_H
#define SLAPD_WIRE_BASE64_H

/* Base64 (RFC 4648 4), used by LDIF and by stored passwords. */

#include "base/bv.h"

struct arena;
struct buf;

/* Appends the encoding of v, with padding, without line breaks. */
void base64_put(struct buf *out, struct bv v);

/* Decodes text (padding required, no white space) into the arena; 0 or ERR_SYNTAX. */
int base64_decode(struct arena *a, struct bv text, struct bv *out)
    __attribute__((warn_unused_result));

#endif
