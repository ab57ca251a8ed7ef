#ifndef SLAPD_OP_AREA_H
#define SLAPD_OP_AREA_H

/*
 * The areas of a search: (database, base, scope) triples. One to begin with; glued
 * databases and, when aliases are dereferenced in searching, the entries aliases
 * point to, add more (RFC 4511 4.5.1.3, RFC 4512 2.6).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "store/record.h"
#include "wire/ldap.h"

struct backend;
struct op;
struct store_read;

struct area {
	const struct backend *be;
	uint64_t base;
	enum ldap_scope scope;
	struct bv normal; /* of the base */
};

struct areas {
	struct area *list;
	size_t count;
	size_t aliases; /* followed so far */
};

enum { AREA_MAX = 4096 };

/*
 * Finds the base of a search, dereferencing aliases on the way when the request says so. 0 with the
 * area, or the result code to answer (10, 32, 33, 34). On success r is left with an open
 * transaction.
 */
int area_find_base(struct op *op, struct area *out);

/* What a referral URL ends with to carry on a search of this scope: "??sub" and so on. */
const char *area_scope_suffix(int64_t scope);

/* Adds the databases glued under the base as far as the scope reaches them. */
int area_add_glued(struct op *op, const struct area *base, struct areas *areas);

/* Adds, for every alias in the areas, the area of what it points to; again for those, without
 * repeating. */
int area_add_aliased(struct op *op, struct areas *areas);

/* Adds one area unless it is there already. Returns 0 or 11 when there are too many. */
int area_add(struct op *op, struct areas *areas, const struct area *a);

/* Returns whether an entry was already answered by an area before number `current`. */
bool area_seen(const struct areas *areas, size_t current, const struct backend *be, uint64_t id,
    const struct record *rec, struct bv normal);

/* Returns whether the search follows the aliases that it finds below its base. */
bool area_wants_aliases(const struct op *op);

/* Returns whether a record is of the kind that this search returns: subentries, referrals, glue and
 * aliases are for those who ask for them (RFC 3672, RFC 3296). current: the area it was found in.
 */
bool area_shows(const struct op *op, const struct areas *areas, size_t current, uint64_t id,
    const struct record *rec);

#endif
