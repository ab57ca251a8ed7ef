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
	struct bv value;  /* as given, unescaped */
	struct bv normal; /* under the type's equality rule; the value itself when it has none */
};

struct rdn {
	struct bv pretty; /* RFC 4514 text of this RDN, AVAs in the order given */
	struct bv normal; /* canonical lower-case type names and normal values, AVAs sorted, '+'
			     between */
	struct ava *avas; /* in the order given */
	size_t ava_count;
};

struct dn {
	struct bv pretty; /* "" for the root */
	struct bv normal;
	struct rdn *rdns; /* leaf first, as written; views into pretty and normal */
	size_t rdn_count;
};

/*
 * Reads RFC 4514 text, also hex strings (#...), \xx and \c escapes, spaces around separators,
 * LDAPv2's quoted values and ';' separators, OID.1.2.3 prefixes. 0; ERR_SYNTAX with the position
 * and reason (empty value parts, unknown attribute type: ERR_UNDEFINED; value against the type's
 * syntax). Length is bounded by the caller; the count of RDNs and AVAs here (ERR_LIMIT).
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

/* Returns rdn joined onto superior, in the arena. */
struct dn dn_join(struct arena *a, const struct rdn *rdn, const struct dn *superior);

/* Returns the value escaped for use in an RDN (RFC 4514 2.4). */
struct bv dn_escape(struct arena *a, struct bv value);

#endif
