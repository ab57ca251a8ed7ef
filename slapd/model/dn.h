#ifndef SLAPD_MODEL_DN_H
#define SLAPD_MODEL_DN_H

/*
 * Distinguished names (RFC 4512 2.3, text form RFC 4514). Each DN has two texts:
 * pretty, as it is returned to clients, and normal, which is equal for equal DNs.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct attr_desc;
struct errbuf;
struct schema;

struct ava {
	const struct attr_desc *desc;
	struct bv value;  /* unescaped, in the form in which it is stored */
	struct bv normal; /* under the type's equality rule; the value itself when it has none */
};

struct rdn {
	struct bv pretty; /* RFC 4514 text of this RDN: types as the schema spells them */
	struct bv normal; /* lower-case canonical type names and normal values, '+' between */
	struct ava *avas; /* sorted by canonical type name, as in both texts */
	size_t ava_count;
};

struct dn {
	struct bv pretty; /* "" for the root */
	struct bv normal;
	struct rdn *rdns; /* leaf first, as written; views into pretty and normal */
	size_t rdn_count;
};

/*
 * Reads RFC 4514 text, also hex strings (#..., the BER form of a string, for any type), \xx and \c
 * escapes, white space around separators, LDAPv2's quoted values and ';' separators, OID.1.2.3
 * prefixes. The result does not refer to text. 0; ERR_UNDEFINED for an attribute type that is not
 * in the schema; ERR_SYNTAX for everything else that is wrong: a value that is empty or against the
 * type's syntax, DNs as values of DNs more than 4 deep, a type twice in one RDN, attribute options
 * (RFC 4512 2.3.1 has none in an RDN; OpenLDAP drops them); ERR_LIMIT above 1024 RDNs or 64 AVAs in
 * one. *e names the position and the reason. Clients get invalidDNSyntax for all of these: OpenLDAP
 * answers 34 "invalid DN" in every operation for an unknown attribute type too, not noSuchObject.
 * The caller bounds the length; the arena takes some 15 times that, at the very worst 150 times.
 */
int dn_parse(const struct schema *s, struct arena *a, struct bv text, struct dn *out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Reads exactly one RDN. As dn_parse. */
int dn_parse_rdn(const struct schema *s, struct arena *a, struct bv text, struct rdn *out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Returns whether x and y are the same DN. */
static inline bool
dn_eq(const struct dn *x, const struct dn *y)
{
	return bv_eq(x->normal, y->normal);
}

/* Returns whether normal DN text sub is sup or lies under it; sup "" holds everything. */
bool dn_normal_is_under(struct bv sub, struct bv sup);

/* Returns the normal (or pretty) text of the immediate superior: a view into text; "" above one
 * RDN. */
struct bv dn_text_parent(struct bv text);

/* Returns the leading RDN of a normal or pretty DN text. */
struct bv dn_text_rdn(struct bv text);

/* Returns how many RDNs a pretty or normal DN text has. */
size_t dn_text_depth(struct bv text);

/* Returns superior of dn as a struct that shares its memory; dn must not be the root. */
struct dn dn_parent(const struct dn *dn);

/* Returns rdn joined onto superior, in the arena; the AVAs are shared with the two. */
struct dn dn_join(struct arena *a, const struct rdn *rdn, const struct dn *superior);

/*
 * Returns the value escaped for use in an RDN (RFC 4514 2.4), each special byte as \XX: no raw ','
 * or '+' is left, which is what dn_text_* rely on in pretty and normal texts.
 */
struct bv dn_escape(struct arena *a, struct bv value);

#endif
