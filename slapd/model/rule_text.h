#ifndef SLAPD_MODEL_RULE_TEXT_H
#define SLAPD_MODEL_RULE_TEXT_H

/*
 * Normal forms and matches of character strings (RFC 4517 4.2, RFC 4518). The
 * normalizers return 0 or ERR_SYNTAX; results may borrow the value; s is not used.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"
#include "model/prep.h"

struct arena;
struct schema;

/* Directory strings: well-formed, not empty. */
int rule_text_ignore(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_text_exact(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* IA5 strings: ASCII, may be empty. */
int rule_text_ia5_ignore(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_text_ia5_exact(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* Numeric strings without their spaces; telephone numbers without spaces and hyphens. */
int rule_text_numeric(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_text_phone(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* Postal address: each line prepared, with a line feed, which prepared text never holds, between.
 */
int rule_text_list(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* One line of a postal address, or a substring component of one: \24 and \5C resolved, prepared. */
int rule_text_list_line(struct arena *a, struct bv v, enum prep_spaces spaces, struct bv *out);

/* authPassword (RFC 3112): scheme in upper case, no spaces around the parts. */
int rule_text_auth_password(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* Whether asserted is one of the words of stored (wordMatch), or of its keywords (keywordMatch). */
bool rule_text_has_word(struct bv stored, struct bv asserted);
bool rule_text_has_keyword(struct bv stored, struct bv asserted);

/* Whether the phonetic codes of asserted occur among those of stored, in order. */
bool rule_text_sounds_like(struct bv stored, struct bv asserted);

/* The phonetic codes of the words of a prepared value, in the arena; returns their count. */
size_t rule_text_codes(struct arena *a, struct bv normal, struct bv **codes_out);

#endif
