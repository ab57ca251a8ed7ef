/* Decisions: rules as text, a question, the bits that are granted. */

#include "aclcase.h"

#define ONLY(what) "access to " what " by * read\naccess to * by * none"
#define BY(who) "access to * by " who " write by * read"

static const struct {
	const char *name;
	const char *rules;
	const char *who; /* "" anonymous; "real|DN": bound as real */
	const char *entry;
	const char *target;
	const char *bits;
} cases[] = {
    {"no rule: everybody reads", "", "", ACL_A, "cn", "read(=rscxd)"},
    {"no rule: nobody writes", "", ACL_A, ACL_A, "cn", "read(=rscxd)"},
    {"no rule applies", "access to attrs=sn by * read", "", ACL_A, "cn", "none(=0)"},
    {"no clause applies", "access to * by users read", "", ACL_A, "cn", "none(=0)"},
    {"the first rule decides", "access to attrs=cn by * search\naccess to * by * read", "", ACL_A,
	"cn", "search(=scxd)"},
    {"the first clause decides", "access to * by anonymous auth by * read", "", ACL_A, "cn",
	"auth(=xd)"},
    /* control */
    {"continue adds", "access to * by * =cs continue by users +r", ACL_B, ACL_A, "cn", "=rsc"},
    {"continue, then no clause", "access to * by * =cs continue by users +r", "", ACL_A, "cn",
	"none(=0)"},
    {"break adds", "access to * by * =cs break\naccess to * by * +r", "", ACL_A, "cn", "=rsc"},
    {"break at the end", "access to * by * read break", "", ACL_A, "cn", "none(=0)"},
    {"break, then no clause", "access to * by * =r break\naccess to * by users +s", "", ACL_A, "cn",
	"none(=0)"},
    {"take away", "access to * by * read continue by anonymous -s", "", ACL_A, "cn", "=rcxd"},
    {"taking delete takes add", "access to * by * =rw continue by * -z", "", ACL_A, "cn", "=r"},
    {"delete given again", "access to * by * =rw continue by * -z continue by * +z", "", ACL_A,
	"cn", "=wr"},
    {"nothing more stops", "access to * by * read continue by anonymous", "", ACL_A, "cn",
	"read(=rscxd)"},
    /* what: names */
    {"exact", ONLY("dn.exact=" ACL_A), "", ACL_A, "cn", "read(=rscxd)"},
    {"exact: other", ONLY("dn.exact=" ACL_A), "", ACL_B, "cn", "none(=0)"},
    {"exact: written otherwise", ONLY("dn=\"CN=A, OU=P, DC=X\""), "", ACL_A, "cn", "read(=rscxd)"},
    {"one", ONLY("dn.one=ou=p,dc=x"), "", ACL_A, "cn", "read(=rscxd)"},
    {"one: not itself", ONLY("dn.one=ou=p,dc=x"), "", "ou=p,dc=x", "ou", "none(=0)"},
    {"one: not deeper", ONLY("dn.one=dc=x"), "", ACL_A, "cn", "none(=0)"},
    {"subtree: itself", ONLY("dn.subtree=ou=p,dc=x"), "", "ou=p,dc=x", "ou", "read(=rscxd)"},
    {"subtree: below", ONLY("dn.subtree=dc=x"), "", ACL_A, "cn", "read(=rscxd)"},
    {"subtree: beside", ONLY("dn.subtree=ou=p,dc=x"), "", ACL_G, "cn", "none(=0)"},
    {"children: not itself", ONLY("dn.children=ou=p,dc=x"), "", "ou=p,dc=x", "ou", "none(=0)"},
    {"children: below", ONLY("dn.children=dc=x"), "", ACL_A, "cn", "read(=rscxd)"},
    {"regex", ONLY("dn.regex=\"^cn=[ab],OU=P\""), "", ACL_B, "cn", "read(=rscxd)"},
    {"regex with an end", ONLY("dn.regex=\"^cn=[ab],OU=P,dc=x$\""), "", ACL_B, "cn",
	"read(=rscxd)"},
    {"regex with an end: no", ONLY("dn.regex=\"^cn=[ab],ou=q,dc=x$\""), "", ACL_B, "cn",
	"none(=0)"},
    {"regex with two ends", ONLY("dn.regex=\"ou=p,dc=x$|dc=y$\""), "", ACL_B, "cn", "read(=rscxd)"},
    {"regex with an optional end", ONLY("dn.regex=\"dc=x(,dc=y)?$\""), "", ACL_B, "cn",
	"read(=rscxd)"},
    {"regex: no", ONLY("dn.regex=\"^cn=[ab],ou=p\""), "", ACL_G, "cn", "none(=0)"},
    /* what: attributes */
    {"subtype", ONLY("attrs=name"), "", ACL_A, "sn", "read(=rscxd)"},
    {"supertype is more", ONLY("attrs=sn"), "", ACL_A, "name", "none(=0)"},
    {"option of a type", ONLY("attrs=cn"), "", ACL_A, "cn;lang-fr", "read(=rscxd)"},
    {"type of an option", ONLY("attrs=cn;lang-fr"), "", ACL_A, "cn", "none(=0)"},
    {"option", ONLY("attrs=cn;lang-fr"), "", ACL_A, "cn;lang-fr", "read(=rscxd)"},
    {"options of a supertype", ONLY("attrs=name;lang-fr"), "", ACL_A, "cn;lang-fr", "read(=rscxd)"},
    {"other option", ONLY("attrs=cn;lang-fr"), "", ACL_A, "cn;lang-de", "none(=0)"},
    {"options beside a class", ONLY("attrs=sn;lang-fr,@organizationalUnit"), "", ACL_A, "sn",
	"none(=0)"},
    {"a class beside options", ONLY("attrs=sn;lang-fr,@organizationalUnit"), "", ACL_A, "ou",
	"read(=rscxd)"},
    {"alias name", ONLY("attrs=commonName"), "", ACL_A, "cn", "read(=rscxd)"},
    {"entry", ONLY("attrs=entry"), "", ACL_A, "entry", "read(=rscxd)"},
    {"entry is not children", ONLY("attrs=entry"), "", ACL_A, "children", "none(=0)"},
    {"children", ONLY("attrs=children"), "", ACL_A, "children", "read(=rscxd)"},
    {"class", ONLY("attrs=@inetOrgPerson"), "", ACL_A, "title", "read(=rscxd)"},
    {"class: superior's", ONLY("attrs=@inetOrgPerson"), "", ACL_A, "sn", "read(=rscxd)"},
    {"class: other", ONLY("attrs=@person"), "", ACL_A, "title", "none(=0)"},
    {"not class", ONLY("attrs=!person"), "", ACL_A, "title", "read(=rscxd)"},
    {"not class: no", ONLY("attrs=!person"), "", ACL_A, "sn", "none(=0)"},
    {"not class: entry", ONLY("attrs=!person"), "", ACL_A, "entry", "read(=rscxd)"},
    {"any class", ONLY("attrs=@extensibleObject"), "", ACL_A, "children", "read(=rscxd)"},
    {"any class, not", ONLY("attrs=!extensibleObject"), "", ACL_A, "sn", "none(=0)"},
    {"operational", ONLY("attrs=entryUUID"), "", ACL_A, "entryUUID", "read(=rscxd)"},
    /* what: values */
    {"value", ONLY("attrs=sn val=alpha"), "", ACL_A, "sn:Alpha", "read(=rscxd)"},
    {"value: other", ONLY("attrs=sn val=alpha"), "", ACL_A, "sn:beta", "none(=0)"},
    {"value: the whole", ONLY("attrs=sn val=alpha"), "", ACL_A, "sn", "none(=0)"},
    {"value: case rule", ONLY("attrs=sn val/caseExactMatch=alpha"), "", ACL_A, "sn:Alpha",
	"none(=0)"},
    {"value: regex", ONLY("attrs=sn val.regex=\"^al\""), "", ACL_A, "sn:Alpha", "read(=rscxd)"},
    {"value: regex no", ONLY("attrs=sn val.regex=\"^al$\""), "", ACL_A, "sn:Alpha", "none(=0)"},
    {"value: subtree", ONLY("attrs=member val.subtree=ou=p,dc=x"), "", ACL_G, "member:" ACL_A,
	"read(=rscxd)"},
    {"value: children no", ONLY("attrs=member val.children=" ACL_A), "", ACL_G, "member:" ACL_A,
	"none(=0)"},
    {"value: one", ONLY("attrs=member val.one=ou=p,dc=x"), "", ACL_G, "member:" ACL_A,
	"read(=rscxd)"},
    {"value: class below", ONLY("attrs=objectClass val=person"), "", ACL_A,
	"objectClass:inetOrgPerson", "read(=rscxd)"},
    {"value: class above", ONLY("attrs=objectClass val=inetOrgPerson"), "", ACL_A,
	"objectClass:person", "none(=0)"},
    /* what: filters */
    {"filter", ONLY("filter=(title=boss)"), "", ACL_A, "cn", "read(=rscxd)"},
    {"filter: no", ONLY("filter=(title=boss)"), "", ACL_B, "cn", "none(=0)"},
    {"filter: not present", ONLY("filter=(!(title=*))"), "", ACL_B, "cn", "read(=rscxd)"},
    {"filter: undefined", ONLY("filter=(!(nosuch=1))"), "", ACL_B, "cn", "none(=0)"},
    {"filter: entryDN", ONLY("filter=(entryDN=" ACL_A ")"), "", ACL_A, "cn", "read(=rscxd)"},
    /* who */
    {"anonymous", BY("anonymous"), "", ACL_A, "cn", "write(=wrscxd)"},
    {"anonymous: no", BY("anonymous"), ACL_A, ACL_A, "cn", "read(=rscxd)"},
    {"users", BY("users"), ACL_B, ACL_A, "cn", "write(=wrscxd)"},
    {"users: no", BY("users"), "", ACL_A, "cn", "read(=rscxd)"},
    {"self", BY("self"), ACL_A, ACL_A, "cn", "write(=wrscxd)"},
    {"self: other", BY("self"), ACL_B, ACL_A, "cn", "read(=rscxd)"},
    {"self: nobody at the root", BY("self"), "", "", "cn", "read(=rscxd)"},
    {"self, a level up", BY("self.level{1}"), ACL_A, "ou=p,dc=x", "ou", "write(=wrscxd)"},
    {"self, a level up: not itself", BY("self.level{1}"), ACL_A, ACL_A, "cn", "read(=rscxd)"},
    {"self, a level down", BY("self.level{-1}"), "ou=p,dc=x", ACL_A, "cn", "write(=wrscxd)"},
    {"self, above the root", BY("self.level{9}"), ACL_A, "", "cn", "read(=rscxd)"},
    {"name", BY("dn.exact=" ACL_A), ACL_A, ACL_B, "cn", "write(=wrscxd)"},
    {"name: subtree", BY("dn.subtree=ou=p,dc=x"), ACL_A, ACL_B, "cn", "write(=wrscxd)"},
    {"name: half an RDN", BY("dn.subtree=dc=x"), "cn=a,ou=p,adc=x", ACL_B, "cn", "read(=rscxd)"},
    {"name: children", BY("dn.children=" ACL_A), ACL_A, ACL_B, "cn", "read(=rscxd)"},
    {"name: level", BY("dn.level{2}=dc=x"), ACL_A, ACL_B, "cn", "write(=wrscxd)"},
    {"name: level no", BY("dn.level{2}=dc=x"), ACL_G, ACL_B, "cn", "read(=rscxd)"},
    {"name: regex", BY("dn.regex=\"^cn=[ab],\""), ACL_A, ACL_B, "cn", "write(=wrscxd)"},
    {"name: regex with an anchor", BY("dn.regex=\"ou=p,dc=x$$\""), ACL_A, ACL_B, "cn",
	"write(=wrscxd)"},
    {"name: everybody with a name", BY("dn.regex=.+"), ACL_A, ACL_B, "cn", "write(=wrscxd)"},
    {"name: regex, anonymous", BY("dn.regex=.+"), "", ACL_B, "cn", "read(=rscxd)"},
    {"dnattr", BY("dnattr=manager"), ACL_B, ACL_A, "cn", "write(=wrscxd)"},
    {"dnattr: no", BY("dnattr=manager"), ACL_A, ACL_A, "cn", "read(=rscxd)"},
    {"dnattr: subtype", BY("dnattr=distinguishedName"), ACL_B, ACL_A, "cn", "write(=wrscxd)"},
    {"two conditions", BY("dn.subtree=ou=p,dc=x dnattr=manager"), ACL_B, ACL_A, "cn",
	"write(=wrscxd)"},
    {"two conditions, one not", BY("dn.exact=" ACL_G " dnattr=manager"), ACL_B, ACL_A, "cn",
	"read(=rscxd)"},
    {"real name", BY("realdn.exact=" ACL_A), ACL_A "|" ACL_B, ACL_G, "cn", "write(=wrscxd)"},
    {"not the real name", BY("dn.exact=" ACL_A), ACL_A "|" ACL_B, ACL_G, "cn", "read(=rscxd)"},
    {"real self", BY("realself"), ACL_A "|" ACL_B, ACL_A, "cn", "write(=wrscxd)"},
    /* one's own value */
    {"own value", "access to * by users selfwrite by * read", ACL_A, ACL_G, "member:" ACL_A,
	"write(=wrscxd)"},
    {"own value: other", "access to * by users selfwrite by * read", ACL_A, ACL_G, "member:" ACL_B,
	"read(=rscxd)"},
    {"own value: the whole", "access to * by users selfwrite by * read", ACL_A, ACL_G, "member",
	"read(=rscxd)"},
    {"own value: no DN", "access to * by users selfwrite by * read", ACL_A, ACL_G, "cn:" ACL_A,
	"read(=rscxd)"},
    {"own value: listed or not", "access to * by dnattr=member selfwrite by * read", ACL_B, ACL_G,
	"member:" ACL_B, "write(=wrscxd)"},
    {"own value: the name that bound", "access to * by users realselfwrite", ACL_A "|" ACL_B, ACL_G,
	"member:" ACL_A, "write(=wrscxd)"},
    /* groups */
    {"group", BY("group=" ACL_G), ACL_A, ACL_B, "cn", "write(=wrscxd)"},
    {"group: no member", BY("group=" ACL_G), ACL_B, ACL_B, "cn", "read(=rscxd)"},
    {"group: anonymous", BY("group=" ACL_G), "", ACL_B, "cn", "read(=rscxd)"},
    {"group: none such", BY("group=cn=none,dc=x"), ACL_A, ACL_B, "cn", "read(=rscxd)"},
    {"group: other attribute", BY("group/groupOfNames/owner=" ACL_G), ACL_B, ACL_A, "cn",
	"write(=wrscxd)"},
    {"group: other class", BY("group/groupOfUniqueNames/uniqueMember=" ACL_G), ACL_A, ACL_B, "cn",
	"read(=rscxd)"},
    {"group: the superior's class", BY("group/person/seeAlso=" ACL_B), ACL_G, ACL_A, "cn",
	"read(=rscxd)"},
    {"group: unique", BY("group/groupOfUniqueNames/uniqueMember=cn=n,dc=x"), ACL_A, ACL_B, "cn",
	"write(=wrscxd)"},
    {"group: unique with a bit string", BY("group/groupOfUniqueNames/uniqueMember=cn=n,dc=x"),
	ACL_B, ACL_A, "cn", "read(=rscxd)"},
    {"group: the entry itself", BY("group=cn=w,dc=x"), "cn=w,dc=x", "cn=w,dc=x", "cn",
	"write(=wrscxd)"},
    {"group: URL", BY("group/groupOfURLs/memberURL=cn=d,dc=x"), ACL_B, ACL_A, "cn",
	"write(=wrscxd)"},
    {"group: URL no", BY("group/groupOfURLs/memberURL=cn=d,dc=x"), ACL_A, ACL_A, "cn",
	"read(=rscxd)"},
    {"group: URL out of scope", BY("group/groupOfURLs/memberURL=cn=d,dc=x"), ACL_G, ACL_A, "cn",
	"read(=rscxd)"},
    /* submatches */
    {"put in: name",
	"access to dn.regex=\"^cn=([^,]+),ou=p\" by dn.exact,expand=\"cn=$1,ou=p,dc=x\""
	" write by * read",
	ACL_A, ACL_A, "cn", "write(=wrscxd)"},
    {"put in: braces",
	"access to dn.regex=\"^cn=([^,]+),ou=p\" by dn.exact,expand="
	"\"cn=${d1},ou=p,dc=x\" write by * read",
	ACL_B, ACL_A, "cn", "read(=rscxd)"},
    {"put in: value",
	"access to attrs=manager val.regex=\"^cn=(.),\" by dn.exact,expand="
	"\"cn=${v1},ou=p,dc=x\" write by * read",
	ACL_B, ACL_A, "manager:" ACL_B, "write(=wrscxd)"},
    {"put in: all", "access to * by dn.exact,expand=$0 write by * read", ACL_A, ACL_A, "cn",
	"write(=wrscxd)"},
    {"put in: tree", "access to dn.subtree=ou=p,dc=x by dn.one,expand=$1 write by * read", ACL_B,
	ACL_A, "cn", "write(=wrscxd)"},
    {"put in: no such submatch",
	"access to dn.exact=" ACL_A " by dn.subtree,expand=$1 write"
	" by * read",
	ACL_A, ACL_A, "cn", "read(=rscxd)"},
    {"put in: no name", "access to dn.regex=\"^(cn)=a,\" by dn.exact,expand=$1 write by * read",
	ACL_A, ACL_A, "cn", "read(=rscxd)"},
    {"put in: pattern",
	"access to dn.regex=\"^cn=([^,]+),(.*)\" by dn.regex=\"^cn=.,$2$$\" write"
	" by * read",
	ACL_B, ACL_A, "cn", "write(=wrscxd)"},
    {"put in: group",
	"access to dn.regex=\"^cn=([^,]+),ou=p,(.*)\" by group.expand=\"cn=g,$2\" write"
	" by * read",
	ACL_A, ACL_B, "cn", "write(=wrscxd)"},
    {"put in: set",
	"access to dn.regex=\"^cn=([^,]+),ou=p\" by set.expand=\"[cn=$1,ou=p,dc=x]/manager"
	" & user\" write by * read",
	ACL_B, ACL_A, "cn", "write(=wrscxd)"},
    {"set: a dollar stands", BY("set=\"user & [$1]\""), ACL_A, ACL_A, "cn", "read(=rscxd)"},
    {"set: the requestor alone", BY("set=\"user/manager & [" ACL_B "]\""), ACL_A, ACL_G, "cn",
	"write(=wrscxd)"},
    {"set: class names", BY("set=\"this/objectClass & [inetOrgPerson]\""), "", ACL_A, "cn",
	"write(=wrscxd)"},
    {"set: search", BY("set=\"[ldap:///ou=p,dc=x?manager?one?(cn=*)]/title & [boss]\""), "", ACL_A,
	"cn", "write(=wrscxd)"},
};

/* Splits "real|DN". */
static struct acl_who
who_of(struct aclcase *x, const char *text)
{
	const char *bar = strchr(text, '|');
	struct acl_who who = {.normal_dn = bv_str(bar == NULL ? text : bar + 1)};

	(void)x;
	if (bar != NULL)
		who.real_normal_dn = bv_make(text, (size_t)(bar - text));
	return who;
}

static struct bv
bits_of(struct aclcase *x, struct decide *d, const struct acl_entry *e, const char *target)
{
	struct acl_target t = aclcase_target(x, target);

	return rules_bits_text(x->arena, decide_bits(d, e, &t));
}

static void
expect(const char *name, const char *how, struct bv got, const char *wanted)
{
	if (!bv_is(got, wanted))
		fail_msg("%s (%s): %.*s, not %s", name, how, BV(got), wanted);
}

/* What decide_once says of a bit must hold for the answer. */
static void
check_once(const char *name, struct aclcase *x, struct decide *d, const char *target, unsigned bits)
{
	struct acl_target t = aclcase_target(x, target);

	for (unsigned bit = 1; bit < 256; bit <<= 1) {
		enum decide_once once = decide_once(d, t.part, t.desc, bit);
		if (once != DECIDE_PER_ENTRY && (once == DECIDE_YES) != ((bits & bit) != 0))
			fail_msg("%s: decided once for %x: %d", name, bit, once == DECIDE_YES);
	}
}

/* As an entry being added and as a record; with the widest and with the narrowest region. */
static void
test_decide_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct aclcase x;
		aclcase_init(&x, cases[i].rules);
		struct acl_who who = who_of(&x, cases[i].who);
		const struct entry *en = aclcase_find(&x, bv_str(cases[i].entry));
		struct acl_entry built = {.normal_dn = bv_str(cases[i].entry), .entry = en};
		struct acl_entry kept = en == NULL ? built : aclcase_record(&x, en);
		struct decide *wide = aclcase_decide(&x, who, "");
		struct decide *narrow = aclcase_decide(&x, who, cases[i].entry);
		struct decide *wrong = aclcase_decide(&x, who, "cn=elsewhere");
		const char *name = cases[i].name, *target = cases[i].target;
		expect(name, "built", bits_of(&x, wide, &built, target), cases[i].bits);
		expect(name, "record", bits_of(&x, wide, &kept, target), cases[i].bits);
		expect(name, "again", bits_of(&x, wide, &kept, target), cases[i].bits);
		expect(name, "region", bits_of(&x, narrow, &kept, target), cases[i].bits);
		expect(name, "outside of the region", bits_of(&x, wrong, &kept, target),
		    cases[i].bits);
		struct acl_target t = aclcase_target(&x, target);
		unsigned bits = decide_bits(wide, &kept, &t);
		check_once(name, &x, wide, target, bits);
		check_once(name, &x, narrow, target, bits);
		aclcase_done(&x);
	}
}

static void
test_decide_bits_root(void **state)
{
	struct aclcase x;

	(void)state;
	aclcase_init(&x, "access to * by * none");
	struct decide *d =
	    aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT(ACL_A), .is_root = true}, "");
	struct acl_entry e = {.normal_dn = BV_LIT(ACL_A), .entry = &x.entries[2]};
	expect("root", "", bits_of(&x, d, &e, "userPassword"), "manage(=mwrscxd)");
	assert_true(decide_all(d, ACL_B_ALL));
	aclcase_done(&x);
}

/* ---- the connection ---- */

static const struct {
	const char *clause;
	const char *peername, *sockname, *sockurl, *domain;
	unsigned ssf, tls;
	bool holds;
} peers[] = {
    {"peername.exact=\"ip=10.0.0.1:99\"", "IP=10.0.0.1:99", NULL, NULL, NULL, 0, 0, true},
    {"peername=\"IP=10.0.0.1:9\"", "IP=10.0.0.1:99", NULL, NULL, NULL, 0, 0, false},
    {"peername.regex=\"^IP=10[.]\"", "IP=10.0.0.1:99", NULL, NULL, NULL, 0, 0, true},
    {"peername.regex=\"^IP=10[.]\"", "IP=110.0.0.1:99", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.1", "IP=10.0.0.1:99", NULL, NULL, NULL, 0, 0, true},
    {"peername.ip=10.0.0.1", "IP=10.0.0.11:99", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.0%255.0.0.0", "IP=10.9.9.9:1", NULL, NULL, NULL, 0, 0, true},
    {"peername.ip=10.0.0.0%255.0.0.0", "IP=11.9.9.9:1", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.1{99}", "IP=10.0.0.1:99", NULL, NULL, NULL, 0, 0, true},
    {"peername.ip=10.0.0.1{99}", "IP=10.0.0.1:98", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.1{99}", "IP=10.0.0.1", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.1", "IP=[::1]:99", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.1", "IP=:", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.1", "PATH=/10.0.0.1", NULL, NULL, NULL, 0, 0, false},
    {"peername.ipv6=2001:db8::%ffff:ffff::", "IP=[2001:db8:1::5]:99", NULL, NULL, NULL, 0, 0, true},
    {"peername.ipv6=2001:db8::%ffff:ffff::", "IP=[2001:db9::5]:99", NULL, NULL, NULL, 0, 0, false},
    {"peername.ipv6=::1{389}", "IP=[::1]:389", NULL, NULL, NULL, 0, 0, true},
    {"peername.ipv6=::1{389}", "IP=[::1", NULL, NULL, NULL, 0, 0, false},
    {"peername.ipv6=::1", "IP=10.0.0.1:99", NULL, NULL, NULL, 0, 0, false},
    {"peername.path=/run/ldapi", "PATH=/run/ldapi", NULL, NULL, NULL, 0, 0, true},
    {"peername.path=/run/ldapi", "PATH=/run/ldapi2", NULL, NULL, NULL, 0, 0, false},
    {"peername.path=/run/ldapi", "IP=/run/ldapi", NULL, NULL, NULL, 0, 0, false},
    {"peername.ip=10.0.0.1", NULL, NULL, NULL, NULL, 0, 0, false},
    {"sockname.regex=\":389$\"", NULL, "IP=10.0.0.2:389", NULL, NULL, 0, 0, true},
    {"sockname.regex=\":389$\"", NULL, "IP=10.0.0.2:3890", NULL, NULL, 0, 0, false},
    {"sockurl=\"LDAP:///\"", NULL, NULL, "ldap:///", NULL, 0, 0, true},
    {"sockurl.regex=\"^ldaps\"", NULL, NULL, "ldap:///", NULL, 0, 0, false},
    {"domain.exact=www.example.com", NULL, NULL, NULL, "WWW.example.com", 0, 0, true},
    {"domain.subtree=example.com", NULL, NULL, NULL, "www.example.com", 0, 0, true},
    {"domain.subtree=example.com", NULL, NULL, NULL, "example.com", 0, 0, true},
    {"domain.subtree=example.com", NULL, NULL, NULL, "anexample.com", 0, 0, false},
    {"domain.subtree=example.com", NULL, NULL, NULL, "com", 0, 0, false},
    {"domain.exact=example.com", NULL, NULL, NULL, NULL, 0, 0, false},
    {"ssf=56", NULL, NULL, NULL, NULL, 56, 0, true},
    {"ssf=56", NULL, NULL, NULL, NULL, 55, 128, false},
    {"tls_ssf=128", NULL, NULL, NULL, NULL, 0, 128, true},
    {"tls_ssf=128", NULL, NULL, NULL, NULL, 128, 127, false},
};

static void
test_decide_bits_connection(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		struct aclcase x;
		char rules[200];
		snprintf(
		    rules, sizeof(rules), "access to * by %s write by * read", peers[i].clause);
		aclcase_init(&x, rules);
		x.peer = (struct acl_peer){bv_str(peers[i].peername), bv_str(peers[i].sockname),
		    bv_str(peers[i].sockurl), bv_str(peers[i].domain), peers[i].ssf, 0,
		    peers[i].tls, 0};
		struct decide *d =
		    aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT("")}, "");
		enum decide_once once = decide_once(d, ACL_PART_ENTRY, NULL, ACL_B_WRITE);
		if (once != (peers[i].holds ? DECIDE_YES : DECIDE_NO))
			fail_msg("%s with %s: %d", peers[i].clause,
			    peers[i].peername == NULL ? "" : peers[i].peername, once);
		aclcase_done(&x);
	}
}

static void
test_decide_bits_operation(void **state)
{
	static const char *const relax = "1.3.6.1.4.1.4203.666.5.12";
	struct aclcase x;

	(void)state;
	aclcase_init(&x, "access to attrs=cn by * op=search,compare read\n"
			 "access to attrs=sn by * control=1.3.6.1.4.1.4203.666.5.12 write\n");
	struct acl_target cn = aclcase_target(&x, "cn"), sn = aclcase_target(&x, "sn");
	struct acl_who who = {.normal_dn = BV_LIT(""), .op = RULES_OP_SEARCH};
	struct decide *d = aclcase_decide(&x, who, "");
	assert_int_equal(decide_once(d, cn.part, cn.desc, ACL_B_READ), DECIDE_YES);
	assert_int_equal(decide_once(d, sn.part, sn.desc, ACL_B_WRITE), DECIDE_NO);
	who = (struct acl_who){
	    .normal_dn = BV_LIT(""), .op = RULES_OP_MODIFY, .controls = &relax, .control_count = 1};
	d = aclcase_decide(&x, who, "");
	assert_int_equal(decide_once(d, cn.part, cn.desc, ACL_B_READ), DECIDE_NO);
	assert_int_equal(decide_once(d, sn.part, sn.desc, ACL_B_WRITE), DECIDE_YES);
	aclcase_done(&x);
}

/* ---- once for all entries ---- */

static const struct {
	const char *name, *rules, *who, *region, *target;
	unsigned want;
	enum decide_once once;
} onces[] = {
    {"no rules", "", "", "", "cn", ACL_B_READ, DECIDE_YES},
    {"no rules, write", "", "", "", "cn", ACL_B_WRITE, DECIDE_NO},
    {"another attribute's rule",
	"access to attrs=userPassword by self write by anonymous auth\n"
	"access to * by * read",
	"", "", "cn", ACL_B_READ, DECIDE_YES},
    {"self when anonymous", "access to * by self write by * read", "", "", "cn", ACL_B_WRITE,
	DECIDE_NO},
    {"self for a user", "access to * by self write by * read", ACL_A, "", "cn", ACL_B_WRITE,
	DECIDE_PER_ENTRY},
    {"self, either way", "access to * by self write by * read", ACL_A, "", "cn", ACL_B_READ,
	DECIDE_YES},
    {"self elsewhere", "access to * by self write by * read", ACL_A, "ou=q,dc=x", "cn", ACL_B_WRITE,
	DECIDE_NO},
    {"rule elsewhere", "access to dn.subtree=ou=q,dc=x by * none\naccess to * by * read", "",
	"ou=p,dc=x", "cn", ACL_B_READ, DECIDE_YES},
    {"rule below", "access to dn.subtree=ou=p,dc=x by * none\naccess to * by * read", "", "dc=x",
	"cn", ACL_B_READ, DECIDE_PER_ENTRY},
    {"rule above", "access to dn.subtree=dc=x by * none\naccess to * by * read", "", "ou=p,dc=x",
	"cn", ACL_B_READ, DECIDE_NO},
    {"one below the region's top", "access to dn.one=dc=x by * none\naccess to * by * read", "",
	"ou=p,dc=x", "cn", ACL_B_READ, DECIDE_PER_ENTRY},
    {"exact elsewhere", "access to dn.exact=dc=x by * none\naccess to * by * read", "", "ou=p,dc=x",
	"cn", ACL_B_READ, DECIDE_YES},
    {"filter", "access to filter=(cn=a) by * none\naccess to * by * read", "", "", "cn", ACL_B_READ,
	DECIDE_PER_ENTRY},
    {"value", "access to attrs=cn val=a by * none\naccess to * by * read", "", "", "cn", ACL_B_READ,
	DECIDE_PER_ENTRY},
    {"value of another", "access to attrs=cn val=a by * none\naccess to * by * read", "", "", "sn",
	ACL_B_READ, DECIDE_YES},
    {"group", "access to * by group=" ACL_G " write by * read", ACL_A, "", "cn", ACL_B_WRITE,
	DECIDE_YES},
    {"dnattr", "access to * by dnattr=manager write", ACL_A, "", "cn", ACL_B_WRITE,
	DECIDE_PER_ENTRY},
    {"options", "access to attrs=cn;lang-fr by * none\naccess to * by * read", "", "", "cn",
	ACL_B_READ, DECIDE_PER_ENTRY},
};

static void
test_decide_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(onces) / sizeof(onces[0]); i++) {
		struct aclcase x;
		aclcase_init(&x, onces[i].rules);
		struct acl_target t = aclcase_target(&x, onces[i].target);
		struct acl_who who = {.normal_dn = bv_str(onces[i].who), .op = RULES_OP_SEARCH};
		struct decide *d = aclcase_decide(&x, who, onces[i].region);
		for (int again = 0; again < 2; again++) {
			enum decide_once got = decide_once(d, t.part, t.desc, onces[i].want);
			if (got != onces[i].once)
				fail_msg("%s: %d, not %d", onces[i].name, got, onces[i].once);
		}
		aclcase_done(&x);
	}
}

static void
test_decide_all(void **state)
{
	static const struct {
		const char *rules, *region;
		bool all;
	} rows[] = {
	    {"", "", true},
	    {"access to * by * read", "", true},
	    {"access to attrs=children by * none\naccess to * by * read", "", true},
	    {"access to attrs=entry by * none\naccess to * by * read", "", false},
	    {"access to attrs=userPassword by * auth\naccess to * by * read", "", false},
	    {"access to attrs=cn;lang-fr by * auth\naccess to * by * read", "", false},
	    {"access to dn.subtree=ou=q,dc=x by * none\naccess to * by * read", "ou=p,dc=x", true},
	    {"access to dn.subtree=ou=q,dc=x by * none\naccess to * by * read", "dc=x", false},
	    {"access to * by users read", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aclcase x;
		aclcase_init(&x, rows[i].rules);
		struct acl_who who = {.normal_dn = BV_LIT("")};
		struct decide *d = aclcase_decide(&x, who, rows[i].region);
		if (decide_all(d, ACL_B_READ) != rows[i].all)
			fail_msg("%s below \"%s\"", rows[i].rules, rows[i].region);
		assert_int_equal(decide_all(d, ACL_B_READ), rows[i].all);
		aclcase_done(&x);
	}
}

static void
test_decide_by_value(void **state)
{
	struct aclcase x;

	(void)state;
	aclcase_init(&x,
	    "access to attrs=sn val=alpha by * none\n"
	    "access to attrs=member by users selfwrite by * read\naccess to * by * read");
	struct acl_target sn = aclcase_target(&x, "sn"), cn = aclcase_target(&x, "cn"),
			  member = aclcase_target(&x, "member");
	struct decide *d = aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT("")}, "");
	assert_true(decide_by_value(d, sn.desc));
	assert_false(decide_by_value(d, cn.desc));
	assert_false(decide_by_value(d, member.desc));
	d = aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT(ACL_A)}, "");
	assert_true(decide_by_value(d, member.desc));
	aclcase_done(&x);
}

/* The same entry, changed between two questions. */
static void
test_decide_forgets_changed_entry(void **state)
{
	static const char *const texts[] = {ACL_A
	    "|objectClass: inetOrgPerson|cn: a|sn: Alpha|title: Boss",
	    ACL_A "|objectClass: inetOrgPerson|cn: a|sn: Alpha|title: Clerk"};
	struct aclcase x;
	struct entry en;

	(void)state;
	aclcase_init(&x, "access to filter=(title=boss) by * read\naccess to * by * none");
	struct decide *d = aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT("")}, "");
	for (int i = 0; i < 4; i++) {
		aclcase_entry(&x, &en, texts[i % 2]);
		struct acl_entry e = aclcase_record(&x, &en);
		expect("changed", texts[i % 2], bits_of(&x, d, &e, "cn"),
		    i % 2 == 0 ? "read(=rscxd)" : "none(=0)");
		struct acl_entry built = {.normal_dn = e.normal_dn, .entry = &en};
		expect("changed, built", texts[i % 2], bits_of(&x, d, &built, "cn"),
		    i % 2 == 0 ? "read(=rscxd)" : "none(=0)");
	}
	aclcase_done(&x);
}

/* A group that is being written counts as the operation leaves it, another one as it is stored. */
static void
test_decide_group_being_written(void **state)
{
	struct aclcase x;
	struct entry en;

	(void)state;
	aclcase_init(&x, "access to * by group=cn=w,dc=x write by * read");
	aclcase_entry(&x, &en, "cn=w,dc=x|objectClass: groupOfNames|cn: w|member: " ACL_B);
	struct acl_entry e = {.normal_dn = en.dn.normal, .entry = &en},
			 other = {.normal_dn = BV_LIT(ACL_A), .entry = &x.entries[2]};
	struct acl_who who = {.normal_dn = BV_LIT(ACL_B), .op = RULES_OP_MODIFY};
	struct decide *d = aclcase_decide(&x, who, "dc=x");
	expect("written", "itself", bits_of(&x, d, &e, "entry"), "write(=wrscxd)");
	expect("written", "another", bits_of(&x, d, &other, "entry"), "read(=rscxd)");
	who.normal_dn = BV_LIT("cn=w,dc=x");
	d = aclcase_decide(&x, who, "dc=x");
	expect("stored", "itself", bits_of(&x, d, &e, "entry"), "read(=rscxd)");
	expect("stored", "another", bits_of(&x, d, &other, "entry"), "write(=wrscxd)");
	aclcase_done(&x);
}

/* A group is looked up once, whatever is asked; a URL is asked about the requestor alone. */
static void
test_decide_keeps_groups(void **state)
{
	struct aclcase x;

	(void)state;
	aclcase_init(&x, "access to attrs=cn by group=" ACL_G " write by * read\n"
			 "access to dn.regex=\"^cn=(.),\" by group.expand=\"cn=g,dc=x\" write"
			 " by group/groupOfURLs/memberURL=cn=d,dc=x write by * read");
	struct acl_who who = {.normal_dn = BV_LIT(ACL_B), .op = RULES_OP_SEARCH};
	struct decide *d = aclcase_decide(&x, who, "");
	struct acl_entry e = aclcase_record(&x, &x.entries[2]);
	for (int i = 0; i < 10; i++) {
		expect("kept", "cn", bits_of(&x, d, &e, "cn"), "read(=rscxd)");
		expect("kept", "sn", bits_of(&x, d, &e, "sn"), "write(=wrscxd)");
	}
	assert_int_equal(x.reads, 4);
	assert_int_equal(x.searches, 1);
	aclcase_done(&x);
}

/* Entries of many maps: what is kept for a filter must not grow with their number. */
static void
test_decide_filter_on_many_maps(void **state)
{
	struct aclcase x;

	(void)state;
	aclcase_init(&x, "access to filter=(title=boss) by * read\naccess to * by * none");
	struct decide *d = aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT("")}, "");
	struct acl_entry kept[ACL_ENTRIES];
	for (size_t i = 0; i < ACL_ENTRIES; i++)
		kept[i] = aclcase_record(&x, &x.entries[i]);
	struct acl_target t = aclcase_target(&x, "cn");
	size_t before = 0;
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < ACL_ENTRIES; i++)
			assert_int_equal(decide_allows(d, &kept[i], &t, ACL_B_READ), i == 2);
		if (round == 50)
			before = arena_bytes(x.arena);
	}
	assert_int_equal(arena_bytes(x.arena), before);
	aclcase_done(&x);
}

static void
test_decide_explain(void **state)
{
	static const struct {
		const char *rules, *target, *text;
	} rows[] = {
	    {"", "cn", "there are no access rules: everybody may read: granted read(=rscxd)"},
	    {"access to attrs=sn by * read", "cn", "no access rule applies: granted none(=0)"},
	    {"access to attrs=sn by * read\naccess to * by self write by * read", "cn",
		"access rule {1} of olcDatabase={1}mdb (t.conf:22): to *: by self write: granted "
		"write(=wrscxd)"},
	    {"access to * by anonymous read", "cn",
		"access rule {0} of olcDatabase={1}mdb (t.conf:21): to *: no clause applies: "
		"granted "
		"none(=0)"},
	    {"access to * by * =r break", "cn",
		"access rule {0} of olcDatabase={1}mdb (t.conf:21): to *: by * =r break, and no "
		"further "
		"rule applies: granted none(=0)"},
	};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aclcase x;
		buf_init(&b);
		aclcase_init(&x, rows[i].rules);
		struct decide *d =
		    aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT(ACL_A)}, "");
		struct acl_entry e = {.normal_dn = BV_LIT(ACL_A), .entry = &x.entries[2]};
		struct acl_target t = aclcase_target(&x, rows[i].target);
		decide_explain(d, &e, &t, &b);
		expect("explained", rows[i].rules, buf_bv(&b), rows[i].text);
		aclcase_done(&x);
		buf_done(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decide_bits),
	    cmocka_unit_test(test_decide_bits_root),
	    cmocka_unit_test(test_decide_bits_connection),
	    cmocka_unit_test(test_decide_bits_operation),
	    cmocka_unit_test(test_decide_once),
	    cmocka_unit_test(test_decide_all),
	    cmocka_unit_test(test_decide_by_value),
	    cmocka_unit_test(test_decide_forgets_changed_entry),
	    cmocka_unit_test(test_decide_group_being_written),
	    cmocka_unit_test(test_decide_keeps_groups),
	    cmocka_unit_test(test_decide_filter_on_many_maps),
	    cmocka_unit_test(test_decide_explain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
