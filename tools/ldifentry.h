#ifndef TOOLS_LDIFENTRY_H
#define TOOLS_LDIFENTRY_H

/* Entries from LDIF records, checked and stamped as the server would have done. */

#include <stdbool.h>
#include "base/bv.h"

struct arena;
struct conf_db;
struct entry;
struct errbuf;
struct ldif_record;
struct schema;

struct ldifentry {
	const struct schema *schema;
	const struct conf_db *db; /* whose rootdn and lastmod matter */
	unsigned sid;		  /* server ID in new CSNs */
	bool unchecked;		  /* schema violations are let pass */
};

/*
 * Makes the entry of a record whose DN is *dn. Attributes that the server computes are left out,
 * operational attributes that are given stay, missing ones are made up, naming values are added. 0
 * or an LDAP result code with text.
 */
int ldifentry_build(const struct ldifentry *how, struct arena *a, const struct ldif_record *rec,
    struct entry *out, struct errbuf *e) __attribute__((warn_unused_result));

/* Checks an entry against the schema unless unchecked: 0 or a result code with text. */
int ldifentry_check(const struct ldifentry *how, const struct entry *e, struct errbuf *text)
    __attribute__((warn_unused_result));

/* Returns whether the type is one that the server computes and never stores. */
struct attr_type;
bool ldifentry_is_computed(const struct schema *s, const struct attr_type *t);

/* Sets one operational attribute, replacing what there was: 0 or 80 with text. */
int ldifentry_stamp(const struct ldifentry *how, struct entry *e, const struct attr_type *t,
    struct bv value, struct errbuf *text) __attribute__((warn_unused_result));

/* Returns the name that new entries and changes carry: the rootdn, or cn=anonymous. */
struct bv ldifentry_who(const struct ldifentry *how);

#endif
