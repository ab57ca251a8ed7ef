#ifndef SLAPD_MODEL_RULE_H
#define SLAPD_MODEL_RULE_H

/*
 * Matching rules (RFC 4517 4). A rule turns stored values and assertion values
 * into normalized bytes once; matching is then a comparison of bytes, which is
 * what records, indexes and duplicate checks hold and use.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct attr_type;
struct schema;
struct syntax;

enum rule_kind { RULE_EQUALITY, RULE_ORDERING, RULE_SUBSTRINGS, RULE_APPROX, RULE_EXTENDED };

/* The components of a substring assertion; absent parts have p == NULL. */
struct substrings {
	struct bv initial;
	const struct bv *any;
	size_t any_count;
	struct bv final;
};

struct match_rule {
	struct bv oid;
	struct bv name;
	enum rule_kind kind;
	const struct syntax *assertion_syntax;
	/* Further syntaxes whose values the rule compares beside assertion_syntax, NULL last; NULL:
	 * none. */
	const struct syntax *const *also;
	bool hidden;
	/* Identity of the normal form: rules with the same family produce the same bytes for a
	 * value. */
	unsigned family;
	/* Stored value -> normal form. ERR_SYNTAX when the value is not of the rule's syntax. */
	int (*normalize)(const struct schema *s, struct arena *a, struct bv value, struct bv *out);
	/* Assertion value -> normal form; NULL: as normalize. */
	int (*normalize_assertion)(
	    const struct schema *s, struct arena *a, struct bv value, struct bv *out);
	/* Match of two normal forms; NULL: equality of bytes. */
	bool (*matches)(struct bv stored, struct bv asserted);
	/* Ordering rules: normal form -> bytes that sort by memcmp as the rule orders; NULL: as
	 * they are. */
	int (*order_key)(struct arena *a, struct bv normal, struct bv *out);
};

/* Returns whether values of the type can be compared by the rule (RFC 4512 4.1.4). */
bool rule_applies_to(const struct match_rule *r, const struct attr_type *t);

/* Returns 0 with the normal form of a stored value (may borrow value), or ERR_SYNTAX. */
int rule_normalize(const struct match_rule *r, const struct schema *s, struct arena *a,
    struct bv value, struct bv *out) __attribute__((warn_unused_result));

/* Likewise for an assertion value of an equality, ordering, approximate or extended match. */
int rule_normalize_assertion(const struct match_rule *r, const struct schema *s, struct arena *a,
    struct bv value, struct bv *out) __attribute__((warn_unused_result));

/*
 * Normalizes the components of a substring assertion for a substrings rule (RFC 4518 2.6.1: inner
 * spaces at component edges). ERR_SYNTAX when one is not of the syntax. A component that becomes
 * empty is kept empty and matches anywhere.
 */
int rule_normalize_substrings(const struct match_rule *r, const struct schema *s, struct arena *a,
    const struct substrings *in, struct substrings *out) __attribute__((warn_unused_result));

/* Returns whether a normalized stored value has the components in order without overlap. */
bool rule_substrings_match(struct bv normal, const struct substrings *sub);

/* Returns whether two normal forms match under an equality, approx or extended rule. */
bool rule_matches(const struct match_rule *r, struct bv stored, struct bv asserted);

/* Writes the order-preserving key of a normal form. 0 or ERR_SYNTAX. */
int rule_order_key(const struct match_rule *r, struct arena *a, struct bv normal, struct bv *out)
    __attribute__((warn_unused_result));

/*
 * Approximate match: the phonetic codes of the words of a value, each a few bytes, in the arena.
 * A value matches approximately when every code of the assertion is among its codes, in order.
 */
size_t rule_approx_codes(struct arena *a, struct bv normal, struct bv **codes_out);

#endif
