#ifndef SLAPD_MODEL_SYNTAX_TEXT_H
#define SLAPD_MODEL_SYNTAX_TEXT_H

/*
 * Validators of the character-string syntaxes (RFC 4517 3.3). Each returns 0 or
 * ERR_SYNTAX; the schema is not used and may be NULL.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct schema;

/* Returns whether c is a PrintableCharacter (RFC 4517 3.2). */
bool syntax_text_is_printable(uint8_t c);

/* Returns whether v is a keystring, underscores allowed (RFC 4512 1.4). */
bool syntax_text_is_descr(struct bv v);

/* Returns whether v is a dotted-decimal OID of two or more parts (RFC 4512 1.4). */
bool syntax_text_is_oid(struct bv v);

/* Cuts the piece before the first sep off *rest and returns it; *rest is then absent at the end. */
struct bv syntax_text_cut(struct bv *rest, uint8_t sep);

int syntax_text_never(const struct schema *s, struct bv v); /* no value is valid */
int syntax_text_utf8(const struct schema *s, struct bv v);  /* UTF-8, may be empty */
int syntax_text_directory(const struct schema *s, struct bv v);
int syntax_text_ia5(const struct schema *s, struct bv v);
int syntax_text_printable(const struct schema *s, struct bv v);
int syntax_text_numeric(const struct schema *s, struct bv v);
int syntax_text_country(const struct schema *s, struct bv v);
int syntax_text_boolean(const struct schema *s, struct bv v);
int syntax_text_integer(const struct schema *s, struct bv v);
int syntax_text_bits(const struct schema *s, struct bv v);
int syntax_text_oid(const struct schema *s, struct bv v);
int syntax_text_postal(const struct schema *s, struct bv v);
int syntax_text_fax_number(const struct schema *s, struct bv v);
int syntax_text_telex(const struct schema *s, struct bv v);
int syntax_text_delivery(const struct schema *s, struct bv v);
int syntax_text_mailbox(const struct schema *s, struct bv v);
int syntax_text_netgroup(const struct schema *s, struct bv v);
int syntax_text_boot_parameter(const struct schema *s, struct bv v);
int syntax_text_parens(const struct schema *s, struct bv v); /* a description: ( ... ) */
int syntax_text_braces(const struct schema *s, struct bv v); /* a GSER value: { ... } */
int syntax_text_auth_password(const struct schema *s, struct bv v);

#endif
