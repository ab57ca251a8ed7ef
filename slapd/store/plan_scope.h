#ifndef SLAPD_STORE_PLAN_SCOPE_H
#define SLAPD_STORE_PLAN_SCOPE_H

/* The scope of a search: tests of single entries, and collecting small subtrees. */

#include <stdbool.h>
#include "idset.h"
#include "read.h"
#include "wire/ldap.h"

enum { SCOPE_CACHE = 64 };

struct scope {
	uint64_t base; /* 0: above all entries */
	enum ldap_scope kind;
	bool whole; /* the base is the suffix entry or 0, so every entry is in the subtree */
	unsigned generation; /* of the transaction that the cache is from */
	struct {
		uint64_t id;
		bool inside;
	} cache[SCOPE_CACHE];
};

/* Prepares. 0, or ERR_* when the base cannot be read. */
int scope_init(struct scope *s, struct store_read *r, uint64_t base, enum ldap_scope kind)
    __attribute__((warn_unused_result));

/* Returns whether every entry is in scope. */
bool scope_is_all(const struct scope *s);

/* Whether id is in scope: 1, 0 (also when it is gone), ERR_CORRUPT, ERR_IO. */
int scope_has(struct scope *s, struct store_read *r, uint64_t id)
    __attribute__((warn_unused_result));

/* Adds the entries in scope to set, at most max. 1: all there; 0: more than that; ERR_*. */
int scope_collect(const struct scope *s, struct store_read *r, uint64_t max, struct idset *set)
    __attribute__((warn_unused_result));

#endif
