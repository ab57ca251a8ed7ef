#ifndef SLAPD_ACL_SETS_H
#define SLAPD_ACL_SETS_H

/*
 * Set expressions of access rules (`by set="user & this/manager"`). A set holds texts: DNs
 * and other values in normal form. Its members come from the requestor (`user`), the entry
 * asked about (`this`), literals (`[text]`, where $n is filled in from the rule's <what>),
 * attributes (`set/attr`, `set->attr`, with their closure `attr*`), superiors (`set/-1`,
 * `set/-*`), and are combined from left to right by & (both), | (either), + (joined texts).
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct attr_desc;
struct errbuf;
struct schema;
struct sets;

/* What an evaluation asks. Everything returned lives in the arena given. */
struct sets_env {
	const struct schema *schema;
	struct arena *arena; /* for the evaluation; the caller rewinds it */
	struct bv user;	     /* normal DN; empty: anonymous, and an expression with user is empty */
	struct bv self;	     /* normal DN of the entry asked about: `this` */
	/* Values, as texts, of an attribute of the entry with a normal DN; -1: no such entry;
	 * less: it cannot be told. */
	int (*values)(void *arg, struct bv normal_dn, const struct attr_desc *d, struct arena *a,
	    const struct bv **texts_out);
	/* Normal DNs of what an ldap:/// URL finds; -1: nothing to search; less: it cannot be told.
	 */
	int (*search)(void *arg, struct bv url, struct arena *a, const struct bv **dns_out);
	/* Fills in $n of a literal; false: there is no such submatch. NULL: literals stand as
	 * they are. */
	bool (*expand)(void *arg, struct bv literal, struct arena *a, struct bv *out);
	void *arg;
};

/*
 * Reads an expression into the arena; it points into the schema. 0; ERR_SYNTAX, ERR_UNDEFINED (an
 * attribute) or ERR_LIMIT, with what stands where and what was expected.
 */
int sets_compile(struct arena *a, const struct schema *s, struct bv text, const struct sets **out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Returns whether the value depends on the entry asked about: `this`, or $n. */
bool sets_ask_entry(const struct sets *s);

/*
 * Returns 1 when the set has a member, else 0; -1 when that cannot be told: a look-up failed, or
 * the set grows out of bounds (10 000 members, 1 000 entries read, 4 MiB of text). Anonymous and a
 * missing submatch make it empty.
 */
int sets_hold(const struct sets *s, const struct sets_env *env);

#endif
