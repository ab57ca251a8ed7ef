#ifndef SLAPD_CONFIG_OPTION_H
#define SLAPD_CONFIG_OPTION_H

/*
 * The option table: one row per configuration option. The row feeds the slapd.conf
 * reader, the cn=config attribute (schema, parser, dump), and the manual.
 */

#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct conf_build;
struct errbuf;

enum option_scope {
	OPTION_GLOBAL = 1,   /* cn=config */
	OPTION_FRONTEND = 2, /* olcDatabase={-1}frontend: before any database directive, too */
	OPTION_DB = 4,	     /* any database */
	OPTION_MDB = 8,
	OPTION_MODULE = 16,  /* cn=module{n} */
	OPTION_SCHEMA = 32,  /* cn=schema and below */
	OPTION_BACKEND = 64, /* olcBackend={n}mdb */
};

enum option_type {
	OPTION_T_BOOL,
	OPTION_T_INT, /* min..max, with unit */
	OPTION_T_TEXT,
	OPTION_T_DN,
	OPTION_T_WORDS, /* several words kept as one value */
	OPTION_T_OWN,	/* one word of a form that apply knows */
};

/* How a row's values are written and what becomes of them. */
enum option_flag {
	OPTION_F_EACH = 1,    /* slapd.conf: every word is a value of its own */
	OPTION_F_LIST = 2,    /* slapd.conf: one value per item of the first word's comma list */
	OPTION_F_APPEND = 4,  /* a repeated line adds its words to the one value */
	OPTION_F_RAW = 8,     /* slapd.conf: the rest of the line as it stands: definitions */
	OPTION_F_EXACT = 16,  /* values compare with case */
	OPTION_F_SECRET = 32, /* never shown in a text */
	OPTION_F_INERT = 64,  /* accepted; this server has no need of it */
	OPTION_F_LATER = 128, /* kept; a warning at start says that it has no effect yet */
	OPTION_F_REFUSED =
	    256,	     /* a value is an error: ignoring it would not protect, or not work */
	OPTION_F_NODE = 512, /* begins or names an entry of the tree */
	OPTION_F_BINARY = 1024,	   /* an X.509 object, with ;binary */
	OPTION_F_DIRECTIVE = 2048, /* exists in slapd.conf only */
	OPTION_F_EMPTY = 4096,	   /* slapd.conf: the keyword alone means TRUE */
};

struct option {
	const char *keyword; /* slapd.conf; NULL: in cn=config only */
	const char *olc;     /* cn=config attribute */
	const char *oid;     /* OpenLDAP's OID of that attribute, or ours */
	unsigned scope;	     /* enum option_scope bits */
	enum option_type type;
	bool multi;   /* several values */
	bool ordered; /* X-ORDERED 'VALUES': {n} prefixes */
	int64_t min, max;
	const char *fallback; /* default, as text; NULL: none */
	const char *unit;     /* "seconds", "bytes", "entries"; NULL */
	const char *help;     /* one or two sentences for the manual */
	/* Where a plain value goes: in struct conf_db when the scope is databases only, else in
	 * struct conf; 0: nowhere. */
	size_t offset;
	size_t width;	   /* bytes of an integer field: 4 or 8 */
	unsigned flags;	   /* enum option_flag */
	const char *usage; /* what follows the keyword, for the manual and for errors */
	/* Applies one value; NULL: stored by type at offset, or kept without effect. */
	int (*apply)(
	    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
};

/* Finds a row by slapd.conf keyword, or by olc attribute name; ASCII case ignored; NULL when none.
 */
const struct option *option_by_keyword(struct bv keyword);
const struct option *option_by_olc(struct bv attribute);

/* Returns the known keyword nearest to a misspelt one, for "did you mean"; NULL when none is near.
 */
const char *option_nearest(struct bv keyword);

/* Likewise for a cn=config attribute name. */
const char *option_nearest_olc(struct bv attribute);

/* All rows. Those of one entry apply in this order. */
const struct option *option_rows(size_t *count_out);

#endif
