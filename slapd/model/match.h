#ifndef SLAPD_MODEL_MATCH_H
#define SLAPD_MODEL_MATCH_H

/*
 * A filter with meaning: descriptions resolved, assertion values normalized, once
 * per operation. Parts that cannot be evaluated are MATCH_UNDEFINED nodes (RFC 4511
 * 4.5.1.7: three-valued logic). Evaluation is on record views, in store/.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"
#include "model/rule.h"

struct arena;
struct attr_desc;
struct filter;
struct schema;

enum match_kind {
	MATCH_TRUE,  /* RFC 4526 (&) */
	MATCH_FALSE, /* (|), and items that can never hold */
	MATCH_UNDEFINED,
	MATCH_AND,
	MATCH_OR,
	MATCH_NOT,
	MATCH_PRESENT,
	MATCH_EQUALITY,
	MATCH_APPROX,
	MATCH_GREATER_OR_EQUAL,
	MATCH_LESS_OR_EQUAL,
	MATCH_SUBSTRINGS,
	MATCH_EXTENSIBLE,
};

struct match {
	enum match_kind kind;
	struct match **children;
	size_t child_count;
	const struct attr_desc
	    *desc; /* NULL: extensible without a type: every type the rule applies to */
	const struct match_rule *rule; /* the rule that applies */
	struct bv normal;	       /* assertion, normalized by rule */
	struct bv order_key;	       /* ordering items: its order key */
	struct substrings sub;
	struct bv *approx_codes;
	size_t approx_count;
	bool dn_attributes;
	struct bv raw; /* the assertion as given, for virtual attributes such as entryDN */
};

/*
 * Resolves a filter; never fails: what is unknown becomes MATCH_UNDEFINED, as does an assertion
 * without a rule of its kind (no substrings rule, no ordering rule), with a value that is none of
 * the rule's syntax, or with a rule that does not apply to the type (or is a
 * substrings rule by name). Constants are folded, nested ANDs and ORs (class sets
 * aside) flattened, all exactly by three-valued logic. An objectClass or structuralObjectClass
 * assertion becomes an OR over the class and its subclasses (RFC 4512 3.3), "top" presence.
 * Approximate match without a rule is MATCH_EQUALITY. The result is in the arena and may borrow the
 * filter's bytes.
 */
struct match *match_resolve(const struct schema *s, struct arena *a, const struct filter *f);

/* Resolves one equality assertion (compare, RFC 4511 4.10): 0 or 17 undefined type, 18
 * inappropriate matching, 21 invalid assertion value. For a class *out is an OR or a presence
 * match, as above, with desc set. */
int match_resolve_compare(const struct schema *s, struct arena *a, struct bv desc, struct bv value,
    struct match *out) __attribute__((warn_unused_result));

#endif
