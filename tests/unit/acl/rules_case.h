#ifndef TESTS_UNIT_ACL_RULES_CASE_H
#define TESTS_UNIT_ACL_RULES_CASE_H

/* A configuration without files, for the tests of rules: a schema, a frontend, one database. */

#include <stdio.h>
#include <stdlib.h>
#include "acl/rules.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/schema.h"

static const char *const rules_case_types[] = {
    "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )",
    "( 2.5.4.11 NAME ( 'ou' 'organizationalUnitName' ) SUP name )",
    "( 2.5.4.12 NAME 'title' SUP name )",
    "( 0.9.2342.19200300.100.1.25 NAME ( 'dc' 'domainComponent' ) EQUALITY caseIgnoreIA5Match "
    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )",
    "( 2.5.4.31 NAME 'member' SUP distinguishedName )",
    "( 2.5.4.32 NAME 'owner' SUP distinguishedName )",
    "( 2.5.4.50 NAME 'uniqueMember' EQUALITY uniqueMemberMatch "
    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.34 )",
    "( 1.9.1 NAME 'memberURL' SUP labeledURI )",
    "( 1.3.6.1.1.1.1.12 NAME 'memberUid' EQUALITY caseExactIA5Match "
    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )",
    "( 0.9.2342.19200300.100.1.60 NAME 'jpegPhoto' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )",
    "( 2.5.4.36 NAME 'userCertificate' SYNTAX 1.3.6.1.4.1.1466.115.121.1.8 )",
};

static const char *const rules_case_classes[] = {
    "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) "
    "MAY ( userPassword $ seeAlso $ description ) )",
    "( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( member $ cn ) MAY owner )",
    "( 1.9.20 NAME 'bigGroup' SUP groupOfNames STRUCTURAL MAY title )",
    "( 2.5.6.17 NAME 'groupOfUniqueNames' SUP top STRUCTURAL MUST ( uniqueMember $ cn ) )",
    "( 1.9.21 NAME 'groupOfURLs' SUP top STRUCTURAL MUST cn MAY memberURL )",
    "( 1.3.6.1.1.1.2.2 NAME 'posixGroup' SUP top AUXILIARY MUST gidNumber MAY memberUid )",
};

struct rules_case {
	struct arena *arena;	    /* of rules; may be reset */
	struct arena *schema_arena; /* of the rest */
	struct conf conf;
	struct conf_db dbs[2]; /* frontend, {1}mdb dc=falcot,dc=com */
	struct dn suffix;
};

static inline void
rules_case_init(struct rules_case *c)
{
	struct errbuf e = {""};
	int bad = 0;

	memset(c, 0, sizeof(*c));
	c->arena = arena_new(0);
	c->schema_arena = arena_new(0);
	struct schema_builder *b = schema_builder_new(c->schema_arena);
	for (size_t i = 0; i < sizeof(rules_case_types) / sizeof(*rules_case_types); i++)
		bad |= schema_add_attr_type(b, bv_str(rules_case_types[i]), &e);
	for (size_t i = 0; i < sizeof(rules_case_classes) / sizeof(*rules_case_classes); i++)
		bad |= schema_add_object_class(b, bv_str(rules_case_classes[i]), &e);
	c->conf.schema = schema_build(b);
	bad |=
	    dn_parse(c->conf.schema, c->schema_arena, BV_LIT("dc=falcot,dc=com"), &c->suffix, &e);
	if (bad != 0) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	c->dbs[0] = (struct conf_db){.type = CONF_DB_FRONTEND, .name = BV_LIT("{-1}frontend")};
	c->dbs[1] = (struct conf_db){.type = CONF_DB_MDB, .name = BV_LIT("{1}mdb")};
	c->dbs[1].suffixes = &c->suffix;
	c->dbs[1].suffix_count = 1;
	c->conf.dbs = c->dbs;
	c->conf.db_count = 2;
	c->conf.frontend = &c->dbs[0];
}

static inline void
rules_case_done(struct rules_case *c)
{
	arena_free(&c->arena);
	arena_free(&c->schema_arena);
}

/* Gives a database the lines of text, one rule each. */
static inline void
rules_case_lines(struct rules_case *c, struct conf_db *db, struct bv text)
{
	size_t count = 1, n = 0;

	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == '\n';
	struct bv *lines = arena_zalloc(c->arena, count, sizeof(*lines));
	struct conf_place *places = arena_zalloc(c->arena, count, sizeof(*places));
	for (size_t at = 0; at < text.n; n++) {
		size_t end = bv_find(text, at, '\n');
		lines[n] = bv_make(text.p + at, end - at);
		places[n] = (struct conf_place){"t.conf", n + 1};
		at = end + 1;
	}
	db->access = lines;
	db->access_places = places;
	db->access_count = n;
}

/* A warning that nobody reads. */
static inline void
rules_case_ignore(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

#endif
