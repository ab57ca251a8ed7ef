#ifndef SLAPD_ACL_DECIDE_IMPL_H
#define SLAPD_ACL_DECIDE_IMPL_H

/*
 * What the parts of deciding share: the table prepared with the rules, what a decide
 * remembers during an operation, and one question. For the files decide*.c alone.
 */

#include <regex.h>
#include "acl/decide.h"
#include "store/layout.h"
#include "store/test.h"

enum { DECIDE_MATCHES = 32 }; /* submatches kept: $0 to $31 */

/* Attributes that the same rules list: every question about one has the answer of the other. */
struct decide_class {
	const uint32_t *rules; /* their positions, ascending */
	size_t count;
	uint64_t hash;
	bool by_value; /* one of the rules looks at values */
	bool optioned; /* one of the rules lists attributes with options */
	bool shown;    /* not of the pseudo attribute children alone */
};

struct decide_table {
	const struct acl_rules *rules;
	const uint32_t *class_of; /* by attribute index, then entry, children, undefined types */
	size_t attr_count;
	const struct decide_class *classes;
	size_t class_count;
	const uint32_t *first_clause; /* by rule: where its clauses are among those of all */
	size_t clause_count;
	const bool *fills;    /* by rule: a clause uses $n */
	const bool *optioned; /* by rule: it lists attributes with options */
	const bool *by_entry; /* by rule: its <what> looks at nothing but the entry */
	const uint8_t *lasts; /* by clause, enum decide_lasts */
};

/* Whether a rule's <what> takes in the entries of the region. */
enum decide_touch { TOUCH_UNKNOWN, TOUCH_NEVER, TOUCH_SOMETIMES, TOUCH_ALWAYS };

/* Whether a condition holds for the requestor. HOLDS_FAILED: it could not be found out; the clause
 * may be one that takes rights away, so nothing is granted. */
enum decide_holds { HOLDS_UNKNOWN, HOLDS_NO, HOLDS_YES, HOLDS_VARIES, HOLDS_FAILED };

/* For whom the answer of a clause outlives an operation. */
enum decide_lasts { LASTS_FOR_ALL, LASTS_FOR_ANONYMOUS, LASTS_FOR_NONE };

/* The bits granted on a class of attributes on every entry, and on some. */
struct decide_span {
	uint8_t known, least, most;
};

/* What was decided about the entry asked about last. */
struct decide_kept {
	struct decide_seen {
		uint64_t id;
		uint8_t head[LAYOUT_HEADER_BYTES]; /* of its record: the checksums are in it */
	} seen;
	struct bv dn; /* a copy, in dn_room bytes */
	size_t dn_room;
	uint64_t serial;   /* of the entry, from 1; 0: none yet */
	uint64_t *serials; /* by class: of the entry that bits are for */
	uint8_t *bits;
	uint8_t *whats; /* by rule, enum decide_holds: whether its <what> takes in the entry */
};

struct decide_group {
	struct decide_group *next;
	struct bv dn;
	const struct rules_group *group;
	bool holds;
};

struct decide {
	const struct acl_rules *rules;
	const struct decide_table *table;
	struct acl_who who;
	struct acl_env env;
	struct bv region;
	uint8_t *touches;	   /* by rule, enum decide_touch; NULL: nothing was asked yet */
	uint8_t *clauses;	   /* by clause, enum decide_holds */
	struct decide_span *spans; /* by class */
	struct decide_slot *slot;  /* of the memo; NULL: none */
	uint64_t slot_serial;
	bool fleeting; /* a clause was looked at whose answer is not kept in the memo */
	unsigned all;  /* bits known to be certain for every class that is shown */
	struct decide_kept kept;
	struct decide_group *groups;
	struct test **tests; /* by rule with a filter; NULL: none yet */
	struct test_env test_env;
	struct bv asked_dn; /* of the entry a filter is tested on */
	unsigned rebinds;
	bool failed; /* a look-up of the clause asked about could not be made */
};

/* One question, and what came of it. */
struct decide_ask {
	struct decide *d;
	const struct acl_entry *entry;
	const struct acl_target *target;
	const struct record *record; /* of the entry, made when first needed; NULL: not yet */
	const struct attr_map *map;
	bool kept; /* answers about the entry are kept */
	struct record made;
	size_t dn_matches, value_matches; /* how many submatches there are */
	regmatch_t dn_match[DECIDE_MATCHES], value_match[DECIDE_MATCHES];
	const struct rules_rule *rule; /* the last one that applied; NULL: none */
	const struct rules_by *by;     /* its clause; NULL: none of its clauses */
	bool failed;		       /* the rule could not be decided */
};

/* decide_table.c: the position of an attribute in class_of; whether an item of attrs= takes in what
 * stands there, options aside. */
size_t decide_table_slot(
    const struct decide_table *t, enum acl_part part, const struct attr_desc *desc);
bool decide_table_lists(
    const struct decide_table *table, const struct rules_attr *item, size_t slot);

/* decide.c: the walk for one question, and whether rules have a say at all (*bits_out when not). */
unsigned decide_walk(struct decide_ask *ask);
bool decide_by_rules(struct decide *d, const struct acl_entry *e, unsigned *bits_out);

/* decide_keep.c: whether answers about the entry can be kept, those about another one forgotten. */
bool decide_keep(struct decide *d, const struct acl_entry *e);

/* decide_memo.c: takes what is known of the requestor; hands on what was worked out. */
void decide_memo_recall(struct decide *d);
void decide_memo_touch(struct decide *d, size_t rule);
void decide_memo_clause(struct decide *d, size_t clause);
void decide_memo_span(struct decide *d, size_t class);

/* decide_what.c: whether a rule applies. */
enum decide_touch decide_what_touches(const struct decide *d, const struct rules_rule *r);
bool decide_what_holds(struct decide_ask *ask, size_t rule);
/* The bytes of a value that patterns are matched with; absent when no value is asked about. */
struct bv decide_what_text(const struct decide_ask *ask);
/* Returns whether dn stands to the pattern as the style says. */
bool decide_what_dn(const struct rules_dn *p, struct bv dn, struct bv pattern);

/* decide_who.c: whether a clause holds; ask NULL: for every question, HOLDS_VARIES when it depends.
 */
enum decide_holds decide_who_holds(
    struct decide *d, struct decide_ask *ask, const struct rules_by *by);

/* decide_group.c: whether who is a member; ask may be NULL. */
bool decide_group_holds(
    struct decide *d, struct decide_ask *ask, const struct rules_group *g, struct bv dn);

/* decide_set.c: whether a set expression has a member; ask may be NULL. */
bool decide_set_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w);

/* decide_peer.c: whether text about the connection matches; the pattern filled in already. */
bool decide_peer_holds(const struct rules_text *t, struct bv pattern, struct bv have);

/* decide_fill.c: puts submatches into a template; false: there is no such submatch. */
bool decide_fill(const struct decide_ask *ask, struct bv text, bool regex, struct bv *out);
/* Matches a filled-in regular expression. */
bool decide_fill_matches(const struct decide_ask *ask, struct bv pattern, struct bv have);
/* Matches a compiled one; matches may be NULL. */
bool decide_fill_regex(const regex_t *re, struct bv have, size_t count, regmatch_t *matches);

/* decide_entry.c: the entry asked about. The record is made in scratch memory when there is none.
 */
bool decide_entry_record(struct decide_ask *ask);
bool decide_entry_has(struct decide_ask *ask, const struct attr_desc *desc, struct bv normal);
int decide_entry_values(struct decide_ask *ask, const struct attr_desc *desc, struct arena *a,
    const struct bv **values_out, const struct bv **normals_out);

#endif
