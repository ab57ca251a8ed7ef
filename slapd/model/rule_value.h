#ifndef SLAPD_MODEL_RULE_VALUE_H
#define SLAPD_MODEL_RULE_VALUE_H

/*
 * Normal forms, matches and order keys of values that are not text (RFC 4517 4.2,
 * RFC 4530). The normalizers return 0 or ERR_SYNTAX; results may borrow the value.
 */

#include <stdbool.h>
#include "base/bv.h"

struct arena;
struct schema;

/*
 * Normalizers, one per kind of value: refuse takes nothing, octets and bits keep the value as it
 * is, time turns every form into UTC.
 */
int rule_value_refuse(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_octets(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_boolean(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_integer(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_bits(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_time(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_uuid(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_csn(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* The server ID of a CSN; and a server ID by itself, as asserted. */
int rule_value_csn_sid(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_sid(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* An OID or name to dotted decimal. Stored: an unknown name becomes lower case; asserted: it is
 * refused, which makes the assertion undefined (RFC 4517 4.2.26). */
int rule_value_oid(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_oid_asserted(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* The first component of "( first ... )", or the value itself when it has no parentheses. */
int rule_value_oid_first(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_integer_first(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_value_string_first(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* Whether all bits of the asserted integer, or any of them, are set in the stored one. */
bool rule_value_bits_and(struct bv stored, struct bv asserted);
bool rule_value_bits_or(struct bv stored, struct bv asserted);

/* Normal DNs: stored is at or under, one level under, under, at or above the asserted one. */
bool rule_value_dn_subtree(struct bv stored, struct bv asserted);
bool rule_value_dn_one_level(struct bv stored, struct bv asserted);
bool rule_value_dn_subordinate(struct bv stored, struct bv asserted);
bool rule_value_dn_superior(struct bv stored, struct bv asserted);

/* Keys that memcmp orders as the values: 0 or ERR_SYNTAX. */
int rule_value_integer_key(struct arena *a, struct bv normal, struct bv *out);
int rule_value_time_key(struct arena *a, struct bv normal, struct bv *out);

#endif
