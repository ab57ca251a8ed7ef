#ifndef MIGRATE_TEXT_H
#define MIGRATE_TEXT_H

/* Text of the source files: character sets, fields, words, numbers. */

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/bv.h"

/* Returns whether b is well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates. */
bool text_is_utf8(struct bv b);

/* Returns whether b holds bytes 0 to 127 only. */
bool text_is_ascii(struct bv b);

/* Returns whether b holds a control character (below 32, or 127). */
bool text_has_control(struct bv b);

/* Returns the UTF-8 form of the ISO-8859-1 text b. */
struct bv text_from_latin1(struct arena *arena, struct bv b);

/*
 * Returns the form in which texts that differ only in letter case or in the length of runs of
 * spaces are the same bytes (what caseIgnoreMatch calls equal, without Unicode normalisation).
 */
struct bv text_fold(struct arena *arena, struct bv b);

/* Returns b with every byte that a terminal could act on, or that is no UTF-8, as \xHH. */
struct bv text_printable(struct arena *arena, struct bv b);

/*
 * Splits line at every sep into at most max views in fields_out. Returns how many fields there
 * are, which may be more than max; the ones beyond are not stored.
 */
size_t text_split(struct bv line, char sep, struct bv *fields_out, size_t max);

/* Takes the next word (spaces and tabs separate) off *rest; {NULL, 0} when there is none. */
struct bv text_word(struct bv *rest);

/*
 * Reads an unsigned decimal number of at most max, digits only, leading zeros allowed. Returns
 * whether b is one; *out is untouched when not.
 */
bool text_number(struct bv b, unsigned long max, unsigned long *out);

#endif
