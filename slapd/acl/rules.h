#ifndef SLAPD_ACL_RULES_H
#define SLAPD_ACL_RULES_H

/*
 * Access rules (slapd.access(5)) as compiled when a configuration is read: `to <what>
 * by <who> <access> [<control>] ...`. Immutable; decide.h asks them. Everything lives
 * in the arena given to rules_compile and points into the configuration's schema.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "acl/rules_clause.h"
#include "base/bv.h"

struct arena;
struct attr_type;
struct conf;
struct conf_db;
struct decide_table;
struct errbuf;
struct schema;

/* Privileges as bits. The levels of acl_level_bits include those below. */
enum acl_bit {
	ACL_B_DISCLOSE = 1,
	ACL_B_AUTH = 2,
	ACL_B_COMPARE = 4,
	ACL_B_SEARCH = 8,
	ACL_B_READ = 16,
	ACL_B_ADD = 32,	   /* "a": add values, children */
	ACL_B_DELETE = 64, /* "z": delete values, children */
	ACL_B_MANAGE = 128,
	ACL_B_WRITE = ACL_B_ADD | ACL_B_DELETE,
	ACL_B_ALL = 255,
};

/* What op= names. */
enum rules_op {
	RULES_OP_ADD = 1,
	RULES_OP_BIND = 2,
	RULES_OP_COMPARE = 4,
	RULES_OP_DELETE = 8,
	RULES_OP_EXTENDED = 16,
	RULES_OP_MODIFY = 32,
	RULES_OP_RENAME = 64,
	RULES_OP_SEARCH = 128,
};

enum rules_control { RULES_STOP, RULES_CONTINUE, RULES_BREAK };
enum rules_apply { RULES_SET, RULES_PLUS, RULES_MINUS };

struct rules_by {
	const struct rules_who *who;
	enum rules_apply apply; /* level or "=": SET */
	unsigned bits;		/* enum acl_bit */
	bool self; /* "self" before the level (selfwrite): only a value that is the requestor's own
		      DN */
	bool real_self; /* "realself" before the level: the DN that bound; self is set too */
	enum rules_control control;
	struct bv text; /* the clause as written, for explanations */
};

struct rules_rule {
	struct rules_what what;
	const struct rules_by *by;
	size_t by_count; /* behind them stands an implicit "by * none stop" */
	int number;	 /* position among the database's (or frontend's) lines, from 0: the {n} */
	bool frontend;	 /* one of the frontend's, which follow a database's own */
	const char *file;
	unsigned long line; /* 0: not known */
	struct bv text;	    /* "to ..." as written, for explanations */
};

/*
 * The rules of one database with the frontend's behind them. No rule at all: everybody reads
 * (slapd.access(5)); rules of the database or the frontend: an implicit "to * by * none" at the
 * end. cn=config: its rootdn alone unless it has rules of its own.
 */
struct acl_rules {
	const struct schema *schema;
	const struct conf_db *db; /* whose rules these are */
	const struct rules_rule *rules;
	size_t count;
	unsigned default_bits; /* of whatever no rule's what matches: READ and below, or none */
	bool add_content_acl;  /* olcAddContentAcl: adding asks for every attribute */
	const struct decide_table *table; /* of decide_prepare; NULL: made for each operation */
};

/*
 * Compiles. 0; ERR_CONFIG with "file:line: " (or the database's name and {n}) and a text that names
 * the word and what was expected in its place.
 */
int rules_compile(struct arena *a, const struct conf *c, const struct conf_db *db,
    const struct acl_rules **out, struct errbuf *e) __attribute__((warn_unused_result));

/* Says which rules and clauses can never decide anything, naming the earlier one that takes
 * everything: calls warn with a text for each. */
void rules_warn(const struct acl_rules *r, void (*warn)(void *arg, const char *text), void *arg);

/*
 * Checks every access line of a snapshot, as conf_build does the rest: for slaptest and whoever
 * builds a snapshot without serving it. As rules_compile; logs the warnings of rules_warn.
 */
int rules_check(const struct conf *c, struct errbuf *e) __attribute__((warn_unused_result));

/* Puts a warning into the log: what rules_check and limits_check do with theirs. */
void rules_log_warning(void *arg, const char *text);

/* As rules_check, with the warnings to warn instead of the log. */
int rules_check_with(const struct conf *c, void (*warn)(void *arg, const char *text), void *arg,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Returns whether an expression into which text was put may still be compiled: its size is bounded,
 * its repetitions written out. */
bool rules_regex_fits(struct bv pattern);

/* Returns whether the values of the type are DNs, or, with_uid, DNs with an optional bit string. */
bool rules_holds_dns(const struct attr_type *t, bool with_uid);

/* Returns the bit (enum rules_op) of an operation's name in op=, 0 when it is none. */
unsigned rules_op_bit(struct bv name);

/* Returns the bits of a level's name ("read"), 0 with *known false when it is none. */
unsigned rules_level_bits(struct bv name, bool *known);

/* Returns bits as text: "read(=rscxd)" like slapacl's; in the arena. */
struct bv rules_bits_text(struct arena *a, unsigned bits);

#endif
