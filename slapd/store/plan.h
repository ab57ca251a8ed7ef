#ifndef SLAPD_STORE_PLAN_H
#define SLAPD_STORE_PLAN_H

/*
 * The planner: turns scope and filter into one iterator of candidate entry IDs in
 * ascending order. Candidates are a superset of the answer; plan_exact tells when the
 * filter needs no second test. AND leapfrogs from the rarest term, OR merges; terms
 * without a ready index are left to the test. Scope is part of the plan: base is one ID,
 * one-level and subtree are checked against the tree, or drive it when they are rarer
 * than any index term.
 */

#include <stdbool.h>
#include <stdint.h>
#include "wire/ldap.h"

struct arena;
struct attr_desc;
struct match;
struct plan;
struct store_read;

struct plan_query {
	uint64_t base;
	enum ldap_scope scope;
	const struct match *match;
};

/* Makes a plan inside r's open transaction; memory from the arena. */
struct plan *plan_new(struct store_read *r, struct arena *a, const struct plan_query *q);

/* Beside 1 and 0 of plan_next. */
enum { PLAN_AGAIN = 2 };

/* About how many index keys and entries one plan_next looks at before it says PLAN_AGAIN. */
enum { PLAN_STEPS = 1024 };

/*
 * Next candidate in scope with an ID above the last one given. 1 with *id_out; 0 at the end;
 * PLAN_AGAIN: none met yet, call again, now or after plan_pause and plan_resume; ERR_CORRUPT,
 * ERR_IO.
 */
int plan_next(struct plan *p, uint64_t *id_out) __attribute__((warn_unused_result));

/* Sets the position so that the next candidate is above id: paged results, sessions across slices.
 */
void plan_seek(struct plan *p, uint64_t id);

/* Before store_read_end: closes cursors. After the next store_read_begin: opens them again behind
 * the last ID; entries added meanwhile may or may not be met. */
void plan_pause(struct plan *p);
void plan_resume(struct plan *p);

/* Returns whether every candidate is known to satisfy the filter (access rights apart). */
bool plan_exact(const struct plan *p);

/* Returns an upper estimate of candidates, for limits. */
uint64_t plan_estimate(const struct plan *p);

/* When no index served the filter: an attribute whose index would have helped and the kind, else
 * NULL. */
const struct attr_desc *plan_missing_index(const struct plan *p, unsigned *kind_out);

#endif
