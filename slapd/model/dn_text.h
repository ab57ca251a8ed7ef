#ifndef SLAPD_MODEL_DN_TEXT_H
#define SLAPD_MODEL_DN_TEXT_H

/* Writing values into DN texts; the readers of such texts are in dn.h. */

#include <stddef.h>
#include "base/bv.h"

/* The most bytes that one byte of a value takes in a DN text. */
enum { DN_TEXT_EXPANSION = 3 };

/*
 * Writes the value escaped (RFC 4514 2.4, each escape as \XX) at out, which has room for
 * DN_TEXT_EXPANSION * value.n bytes. Returns how many bytes it wrote. Different values give
 * different texts, and none holds an unescaped ',' or '+'.
 */
size_t dn_text_put_value(uint8_t *out, struct bv value);

#endif
