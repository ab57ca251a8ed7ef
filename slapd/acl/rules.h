#ifndef SLAPD_ACL_RULES_H
#define SLAPD_ACL_RULES_H

/*
 * Access rules (slapd.access(5)) as compiled when a configuration is read: `to <what>
 * by <who> <access> [<control>] ...`. Immutable; decide.h asks them. Everything lives
 * in the arena given to rules_compile and points into the configuration's schema.
 */

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct attr_desc;
struct conf;
struct conf_db;
struct decide_table;
struct errbuf;
struct match;
struct match_rule;
struct object_class;
struct schema;
struct sets;

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

/*
 * How a DN, attribute value or text is compared. EXPAND is not made: whether $n is put in is told
 * by the flag `expand`, whatever the style.
 */
enum rules_style {
	RULES_EXACT, /* base, baseObject */
	RULES_ONE,   /* exactly one below */
	RULES_SUBTREE,
	RULES_CHILDREN, /* subtree without its top */
	RULES_REGEX,
	RULES_EXPAND,
	RULES_LEVEL, /* level{n}: the n-th superior */
};

/* A DN pattern of <what> or <who>. */
struct rules_dn {
	enum rules_style style;
	struct bv text;	  /* as written: pattern of REGEX, template when expand */
	struct bv normal; /* normal form, when fixed (neither REGEX nor expand) */
	regex_t *regex;	  /* REGEX without expansion */
	struct bv tail;	  /* REGEX of <what>: what matches ends with, case aside; may be empty */
	bool expand;	  /* text holds $n: put together for each decision */
	int level;	  /* RULES_LEVEL: 2 or more in a DN; in `self` below 0 too */
};

enum rules_attr_kind {
	RULES_ATTR_DESC,
	RULES_ATTR_ENTRY,
	RULES_ATTR_CHILDREN,
	RULES_ATTR_CLASS,	    /* @class: what the class requires or allows */
	RULES_ATTR_NOT_CLASS,	    /* !class: everything else */
	RULES_ATTR_ALL_USER,	    /* "*" */
	RULES_ATTR_ALL_OPERATIONAL, /* "+" */
};

struct rules_attr {
	enum rules_attr_kind kind;
	const struct attr_desc *desc; /* matches it and its subtypes */
	const struct object_class *oc;
};

/* val[/rule][.style]= : one attribute only. */
struct rules_value {
	enum rules_style
	    style; /* EXACT, REGEX; for DN-valued attributes also ONE, SUBTREE, CHILDREN */
	const struct match_rule *rule; /* NULL: the attribute's equality rule */
	struct bv text;
	struct bv normal; /* by the rule */
	regex_t *regex;
};

struct rules_what {
	bool has_dn;
	struct rules_dn dn;
	const struct match *filter; /* NULL: none */
	const struct rules_attr *attrs;
	size_t attr_count; /* 0: every attribute, entry and children */
	bool has_value;
	struct rules_value value;
};

/* The conditions of one <who>; all present ones must hold. */
enum rules_who_kind {
	RULES_WHO_ANYBODY, /* "*" */
	RULES_WHO_ANONYMOUS,
	RULES_WHO_USERS,
	RULES_WHO_SELF, /* dn.style LEVEL: self.level{n} */
	RULES_WHO_DN,
	RULES_WHO_DN_ATTR, /* dnattr=: the entry's attribute holds the requestor's DN */
	RULES_WHO_GROUP,
	RULES_WHO_SET,
	RULES_WHO_PEERNAME,
	RULES_WHO_SOCKNAME,
	RULES_WHO_SOCKURL,
	RULES_WHO_DOMAIN,
	RULES_WHO_SSF,	   /* ssf, transport_ssf, tls_ssf, sasl_ssf: number at least */
	RULES_WHO_OP,	   /* op=: only for these operations */
	RULES_WHO_CONTROL, /* control=: only when the request carries this control */
	RULES_WHO_DYNACL,  /* aci and others that are not here: refused when compiled */
};

enum rules_text_style {
	RULES_TEXT_EXACT,
	RULES_TEXT_REGEX,
	RULES_TEXT_SUB,
	RULES_TEXT_IP,
	RULES_TEXT_IPV6,
	RULES_TEXT_PATH
};

enum rules_ssf { RULES_SSF_ANY, RULES_SSF_TRANSPORT, RULES_SSF_TLS, RULES_SSF_SASL };

struct rules_group {
	struct rules_dn dn; /* EXACT or expand */
	const struct object_class *oc;
	const struct attr_desc *attr;
};

struct rules_text {
	enum rules_text_style style;
	struct bv text;
	regex_t *regex; /* REGEX without expansion */
	bool expand;
	uint8_t address[16], mask[16]; /* IP: 4 bytes, IPV6: 16 */
	int port;		       /* -1: any */
};

struct rules_who {
	enum rules_who_kind kind;
	bool real; /* realdn, realself, realanonymous, realusers ...: the identity that bound */
	struct rules_dn dn;	      /* SELF (level), DN */
	const struct attr_desc *attr; /* DN_ATTR */
	bool self_only; /* DN_ATTR in a clause with selfwrite and the like; see rules_by.self */
	struct rules_group group;
	const struct sets *set; /* compiled set expression (sets.h) */
	struct rules_text text; /* PEERNAME, SOCKNAME, SOCKURL, DOMAIN; SET: text and expand, for
				   $n inside the brackets of its literals */
	enum rules_ssf ssf_kind;
	unsigned ssf;
	unsigned ops;		      /* OP: bits by enum rules_op */
	const char *control;	      /* CONTROL: OID */
	const struct rules_who *next; /* further condition of the same clause */
};

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

/* As rules_check, with the warnings to warn instead of the log. */
int rules_check_with(const struct conf *c, void (*warn)(void *arg, const char *text), void *arg,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Returns whether an expression into which text was put may still be compiled: its size is bounded,
 * its repetitions written out. */
bool rules_regex_fits(struct bv pattern);

/* Returns the bits of a level's name ("read"), 0 with *known false when it is none. */
unsigned rules_level_bits(struct bv name, bool *known);

/* Returns bits as text: "read(=rscxd)" like slapacl's; in the arena. */
struct bv rules_bits_text(struct arena *a, unsigned bits);

#endif
