#ifndef TESTS_UNIT_ACL_ACLCASE_H
#define TESTS_UNIT_ACL_ACLCASE_H

/* A small directory in memory and rules from texts, for the tests of decisions. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "acl/decide.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "config/confread.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/rule.h"
#include "model/schema.h"
#include "store/attrmap.h"
#include "store/record.h"

#define ACL_A "cn=a,ou=p,dc=x"
#define ACL_B "cn=b,ou=p,dc=x"
#define ACL_G "cn=g,dc=x"

static const char acl_head[] =
    "attributetype ( 2.5.4.4 NAME 'sn' SUP name )\n"
    "attributetype ( 2.5.4.11 NAME 'ou' SUP name )\n"
    "attributetype ( 2.5.4.12 NAME 'title' SUP name )\n"
    "attributetype ( 0.9.2342.19200300.100.1.25 NAME 'dc' EQUALITY caseIgnoreIA5Match "
    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )\n"
    "attributetype ( 0.9.2342.19200300.100.1.10 NAME 'manager' SUP distinguishedName )\n"
    "attributetype ( 2.5.4.31 NAME 'member' SUP distinguishedName )\n"
    "attributetype ( 2.5.4.32 NAME 'owner' SUP distinguishedName )\n"
    "attributetype ( 2.5.4.50 NAME 'uniqueMember' EQUALITY uniqueMemberMatch "
    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.34 )\n"
    "attributetype ( 1.9.1 NAME 'memberURL' SUP labeledURI )\n"
    "objectclass ( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) "
    "MAY ( userPassword $ seeAlso $ description ) )\n"
    "objectclass ( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP person STRUCTURAL "
    "MAY ( title $ manager $ ou ) )\n"
    "objectclass ( 2.5.6.5 NAME 'organizationalUnit' SUP top STRUCTURAL MUST ou )\n"
    "objectclass ( 1.9.2 NAME 'domain' SUP top STRUCTURAL MUST dc )\n"
    "objectclass ( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( member $ cn ) "
    "MAY ( owner $ seeAlso ) )\n"
    "objectclass ( 2.5.6.17 NAME 'groupOfUniqueNames' SUP top STRUCTURAL "
    "MUST ( uniqueMember $ cn ) )\n"
    "objectclass ( 1.9.3 NAME 'groupOfURLs' SUP top STRUCTURAL MUST cn MAY memberURL )\n"
    "database mdb\nsuffix dc=x\nrootdn cn=admin,dc=x\ndirectory /nonexistent\n";

static const char *const acl_data[] = {
    "dc=x|objectClass: domain|dc: x",
    "ou=p,dc=x|objectClass: organizationalUnit|ou: p",
    ACL_A "|objectClass: inetOrgPerson|cn: a|sn: Alpha|title: Boss|manager: " ACL_B
	  "|description: one|cn;lang-fr: ah|userPassword: secret",
    ACL_B "|objectClass: inetOrgPerson|cn: b|sn: Beta|manager: " ACL_A "|seeAlso: " ACL_G,
    ACL_G "|objectClass: groupOfNames|cn: g|member: " ACL_A "|owner: " ACL_B,
    "cn=d,dc=x|objectClass: groupOfURLs|cn: d|memberURL: ldap:///ou=p,dc=x??sub?(sn=beta)"
    "|memberURL: ldap://elsewhere/ou=p,dc=x??sub?(sn=*)|memberURL: nonsense",
    "cn=n,dc=x|objectClass: groupOfUniqueNames|cn: n|uniqueMember: " ACL_A "|uniqueMember: " ACL_B
    "#'01'B",
    "cn=w,dc=x|objectClass: groupOfNames|cn: w|member: cn=w,dc=x|seeAlso: " ACL_G,
};

enum { ACL_ENTRIES = sizeof(acl_data) / sizeof(acl_data[0]) };

struct aclcase {
	struct conf *conf;
	struct arena *arena, *scratch;
	const struct acl_rules *rules;
	struct entry entries[ACL_ENTRIES];
	struct acl_peer peer;
	struct decide_memo *memo;
	int reads, searches; /* how often the directory was looked at */
};

static inline void
aclcase_value(struct aclcase *x, struct entry *en, const char *line)
{
	const char *colon = strstr(line, ": ");
	struct bv value = bv_str(colon + 2);
	const struct attr_desc *d;
	struct errbuf e = {""};

	if (desc_parse(x->conf->schema, x->arena, bv_make(line, (size_t)(colon - line)), &d, &e) !=
		0 ||
	    entry_add_values(x->conf->schema, en, d, &value, 1, NULL, &e) != 0)
		fail_msg("%s: %s", line, e.text);
}

static inline void
aclcase_entry(struct aclcase *x, struct entry *en, const char *text)
{
	char *copy = arena_str(x->arena, bv_str(text)), *rest = copy;
	struct errbuf e = {""};
	struct dn dn;

	if (dn_parse(x->conf->schema, x->arena, bv_str(strsep(&rest, "|")), &dn, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	entry_init(en, x->arena, &dn);
	while (rest != NULL)
		aclcase_value(x, en, strsep(&rest, "|"));
}

static inline void
aclcase_done(struct aclcase *x)
{
	arena_free(&x->scratch);
	arena_free(&x->arena);
	if (x->conf != NULL)
		conf_unref(&x->conf);
}

/* Compiles the rules, "access to ..." lines; the test fails when they are refused. */
static inline void
aclcase_init(struct aclcase *x, const char *rules)
{
	struct conf_tree *t = NULL;
	struct errbuf e = {""};

	*x = (struct aclcase){.arena = arena_new(0), .scratch = arena_new(0)};
	struct bv text = arena_printf(x->arena, "%s%s\n", acl_head, rules);
	if (confread_text(text, "t.conf", &t, &e) != 0 || conf_build(&t, &x->conf, &e) != 0 ||
	    rules_compile(x->arena, x->conf, &x->conf->dbs[x->conf->db_count - 1], &x->rules, &e) !=
		0)
		fail_msg("refused: %s\n%s", e.text, rules);
	for (size_t i = 0; i < ACL_ENTRIES; i++)
		aclcase_entry(x, &x->entries[i], acl_data[i]);
}

static inline const struct entry *
aclcase_find(const struct aclcase *x, struct bv dn)
{
	for (size_t i = 0; i < ACL_ENTRIES; i++) {
		if (bv_eq(x->entries[i].dn.normal, dn))
			return &x->entries[i];
	}
	return NULL;
}

static inline int
aclcase_values(void *arg, struct bv dn, const struct attr_desc *d, struct arena *a,
    const struct bv **values_out, const struct bv **normals_out)
{
	struct aclcase *x = arg;
	const struct entry *e = aclcase_find(x, dn);
	const struct attr *attr = e == NULL ? NULL : entry_find_type(e, d->type);

	(void)a;
	x->reads++;
	if (e == NULL)
		return -1;
	*values_out = attr == NULL ? NULL : attr->values;
	*normals_out = attr == NULL ? NULL : attr->normals;
	return attr == NULL ? 0 : (int)attr->count;
}

/* Answers the two URLs that the tests use. */
static inline int
aclcase_search(void *arg, struct bv url, struct arena *a, const struct bv **dns_out)
{
	struct aclcase *x = arg;
	struct bv *found = arena_alloc(a, 2 * sizeof(*found));

	x->searches++;
	found[0] = BV_LIT(ACL_B);
	found[1] = BV_LIT(ACL_A);
	*dns_out = found;
	if (bv_is(url, "ldap:///" ACL_B "??base?(sn=beta)"))
		return 1;
	return bv_is(url, "ldap:///ou=p,dc=x?manager?one?(cn=*)") ? 2 : 0;
}

static inline struct decide *
aclcase_decide(struct aclcase *x, struct acl_who who, const char *region)
{
	struct acl_env env = {.schema = x->conf->schema,
	    .arena = x->arena,
	    .scratch = x->scratch,
	    .values = aclcase_values,
	    .search = aclcase_search,
	    .arg = x,
	    .memo = x->memo};

	if (who.peer == NULL)
		who.peer = &x->peer;
	if (who.real_normal_dn.p == NULL)
		who.real_normal_dn = who.normal_dn;
	return decide_new(x->rules, &who, &env, bv_str(region));
}

/* Reads "entry", "children", "attr" or "attr:value". */
static inline struct acl_target
aclcase_target(struct aclcase *x, const char *text)
{
	const char *colon = strchr(text, ':');
	struct acl_target t = {.part = ACL_PART_ATTR};
	struct errbuf e = {""};

	if (strcmp(text, "entry") == 0 || strcmp(text, "children") == 0) {
		t.part = *text == 'e' ? ACL_PART_ENTRY : ACL_PART_CHILDREN;
		return t;
	}
	struct bv name = colon == NULL ? bv_str(text) : bv_make(text, (size_t)(colon - text));
	if (desc_parse(x->conf->schema, x->arena, name, &t.desc, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	if (colon == NULL)
		return t;
	t.value = bv_str(colon + 1);
	const struct match_rule *r = t.desc->type->equality;
	if (r == NULL ||
	    rule_normalize(r, x->conf->schema, x->arena, t.value, &t.value_normal) != 0)
		t.value_normal = t.value;
	return t;
}

/* The entry as a record of its own map. */
static inline struct acl_entry
aclcase_record(struct aclcase *x, const struct entry *e)
{
	struct acl_entry out = {.normal_dn = e->dn.normal};
	struct record *r = arena_alloc(x->arena, sizeof(*r));
	struct buf b;

	buf_init(&b);
	out.map = attr_map_of_entries(x->conf->schema, x->arena, e, 1);
	record_encode(x->conf->schema, out.map, e, 0, true, &b);
	assert_int_equal(record_open(arena_dup(x->arena, buf_bv(&b)), r), 0);
	buf_done(&b);
	out.record = r;
	return out;
}

#endif
