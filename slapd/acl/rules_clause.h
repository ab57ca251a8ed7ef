#ifndef SLAPD_ACL_RULES_CLAUSE_H
#define SLAPD_ACL_RULES_CLAUSE_H

/*
 * What an access rule is about and whom a clause names, compiled: the <what> and <who> of
 * slapd.access(5). rules.h puts them together.
 */

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct attr_desc;
struct match;
struct match_rule;
struct object_class;
struct sets;

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

#endif
