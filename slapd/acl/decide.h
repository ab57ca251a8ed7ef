#ifndef SLAPD_ACL_DECIDE_H
#define SLAPD_ACL_DECIDE_H

/*
 * Deciding. A `struct decide` is one database's rules seen by one requestor in one
 * operation: clauses that depend on the requestor alone are settled when first met, the rest
 * is asked per entry or per value. Every read, search term, comparison and write comes here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "acl/peer.h"
#include "acl/rules.h"
#include "base/bv.h"

struct arena;
struct attr_map;
struct buf;
struct decide;
struct decide_memo;
struct entry;
struct record;
struct store_read;

/* Who asks, in what operation. */
struct acl_who {
	struct bv normal_dn;	  /* "" anonymous */
	struct bv real_normal_dn; /* before proxied authorization; usually the same */
	bool is_root;		  /* rules do not apply */
	const struct acl_peer *peer;
	unsigned op;		     /* one bit of enum rules_op */
	const char *const *controls; /* OIDs of the request's controls */
	size_t control_count;
};

/* What the callbacks return when they cannot tell: a database failed, or a bound was met. Then
 * nothing is granted, whatever clauses follow. */
enum { ACL_ENV_FAILED = -2 };

/* How decisions read the directory. Callbacks may be slow; results are kept for the operation. */
struct acl_env {
	const struct schema *schema;
	struct arena *arena;   /* of the operation: for what a decide keeps */
	struct arena *scratch; /* rewound before each call returns, unless it is arena; of the
				  thread that asks: see decide_set_scratch */
	/*
	 * Presented and normalized values of an attribute (with its subtypes) of the entry with
	 * this DN, in whatever database; *_out in arena a. Returns the count, -1 when there is no
	 * such entry, ACL_ENV_FAILED. Access is not asked.
	 */
	int (*values)(void *arg, struct bv normal_dn, const struct attr_desc *d, struct arena *a,
	    const struct bv **values_out, const struct bv **normals_out);
	/* Runs a search (an ldap:/// URL of a set expression); normal DNs. Bounded; -1 when there
	 * is nothing to search, ACL_ENV_FAILED. */
	int (*search)(void *arg, struct bv url, struct arena *a, const struct bv **dns_out);
	void *arg;
	struct decide_memo *memo; /* NULL: everything is worked out anew */
};

/* The entry asked about: a record of a database or of memory, or an entry about to be added. */
struct acl_entry {
	struct bv normal_dn;
	const struct record *record; /* NULL: entry */
	const struct attr_map *map;
	struct store_read *read; /* NULL: in memory */
	uint64_t id;
	const struct entry *entry;
};

enum acl_part { ACL_PART_ATTR, ACL_PART_ENTRY, ACL_PART_CHILDREN };

struct acl_target {
	enum acl_part part;
	const struct attr_desc *desc; /* ACL_PART_ATTR */
	struct bv value;	      /* presented form; absent: the attribute as a whole */
	struct bv value_normal;
};

/* What is worked out from rules alone, once for a configuration. Lives as long as they do. */
struct decide_table;
const struct decide_table *decide_prepare(struct arena *a, const struct acl_rules *rules);

/*
 * What reading operations of one thread keep for those that follow, for one set of rules and one
 * region. Lives as long as its arena, in bounded memory.
 */
struct decide_memo *decide_memo_new(struct arena *a);

/*
 * Begins. region: every entry asked about lies at or below this normal DN ("": anywhere); rules
 * that cannot touch it are left out. Costs nothing but memory until something is asked. who and env
 * are copied; what they point to lives as long as the decide.
 */
struct decide *decide_new(const struct acl_rules *rules, const struct acl_who *who,
    const struct acl_env *env, struct bv region);

/* Where scratch memory comes from, when an operation goes on in another thread. */
void decide_set_scratch(struct decide *d, struct arena *scratch);

/* Returns the bits (enum acl_bit) granted on the target. */
unsigned decide_bits(struct decide *d, const struct acl_entry *e, const struct acl_target *t);

/* Returns whether all of want is granted. An attribute as a whole is granted as OpenLDAP does it:
 * the rules with a value condition do not apply. */
bool decide_allows(
    struct decide *d, const struct acl_entry *e, const struct acl_target *t, unsigned want);

enum decide_once { DECIDE_NO, DECIDE_YES, DECIDE_PER_ENTRY };

/* Returns the answer for the attribute on every entry of the region when it is the same on all;
 * remembered, so that asking again is an array look-up. */
enum decide_once decide_once(
    struct decide *d, enum acl_part part, const struct attr_desc *desc, unsigned want);

/* Returns the number of the attribute's class: on one entry, decide_allows answers alike for the
 * attributes of a class as wholes. DECIDE_NO_CLASS: nothing is known of that. */
#define DECIDE_NO_CLASS UINT32_MAX
uint32_t decide_class(struct decide *d, const struct attr_desc *desc);

/* Returns whether a rule tells values of this attribute apart. */
bool decide_by_value(struct decide *d, const struct attr_desc *desc);

/* Returns whether every attribute, and the entry itself, may be read (searched, compared) on every
 * entry of the region: whole records may be copied. */
bool decide_all(struct decide *d, unsigned want);

/*
 * Appends why decide_bits gives what it gives: "access rule {2} of olcDatabase={1}mdb (file:line):
 * to
 * ...: by self write: granted read(=rscxd)" on one line, the rule and clause that decided last.
 */
void decide_explain(
    struct decide *d, const struct acl_entry *e, const struct acl_target *t, struct buf *out);

#endif
