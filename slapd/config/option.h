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
	OPTION_MODULE = 16, /* cn=module{n} */
	OPTION_SCHEMA = 32, /* cn=schema and below */
};

enum option_type {
	OPTION_T_BOOL,
	OPTION_T_INT, /* min..max, with unit */
	OPTION_T_TEXT,
	OPTION_T_DN,
	OPTION_T_WORDS, /* several words kept as one value */
	OPTION_T_OWN,	/* its own small function reads it */
};

struct option {
	const char *keyword; /* slapd.conf */
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
	size_t
	    offset; /* where the value goes in struct conf or struct conf_db, for the plain types */
	/* Applies one value (own types; may be NULL for options accepted without effect). */
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

/* All rows. */
const struct option *option_rows(size_t *count_out);

#endif
