#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "tests/unit/acl/rules_case.h"

/* What can never decide is told, and nothing else is. */

#define BELOW "dc=falcot,dc=com"

static const struct {
	const char *lines;
	const char *says; /* of the only warning; NULL: there is none */
} cases[] = {
    /* Debian's rules and those of the book are right. */
    {"to attrs=userPassword by self write by anonymous auth by * none\n"
     "to attrs=description by self write by * read\nto * by * read",
	NULL},
    {"to * by dn.exact=cn=x manage by * break\nto dn.exact=\"\" by * read\n"
     "to dn.base=cn=Subschema by * read",
	"t.conf:3: access rule {2} \"to dn.base=cn=Subschema\": it can never match: no entry below "
	"\"dc=falcot,dc=com\""},
    /* clauses */
    {"to * by * none by users read",
	"t.conf:1: access rule {0} \"to *\": \"by users read\" can never decide: \"by * none\""},
    {"to * by * read break by users read", "can never decide: \"by * read break\""},
    {"to * by * read continue by users write", NULL},
    {"to * by * selfwrite by users read", NULL},
    {"to * by * ssf=71 read by users read", NULL},
    {"to * by users ssf=71 write by users read by * none", NULL},
    {"to * by users read by self write", NULL},
    {"to * by users read by dn.exact=cn=x write", "\"by dn.exact=cn=x write\" can never"},
    {"to * by users read by dn.subtree=cn=x write", NULL},
    {"to * by users read by users ssf=71 write", "\"by users ssf=71 write\" can never"},
    {"to * by users ssf=71 write by users read", NULL},
    {"to * by users read by realusers write", NULL},
    {"to * by realusers read by dn=cn=x write", NULL},
    {"to * by anonymous auth by users read by self write", "\"by self write\" can never decide"},
    {"to * by anonymous auth by users read continue by self write", NULL},
    {"to * by anonymous auth by users selfread by self write", NULL},
    {"to * by self read by self write", "\"by self write\" can never"},
    {"to * by self read by self.level{1} write", NULL},
    {"to * by dn=cn=x read by dn=CN=X write", "\"by dn=CN=X write\" can never"},
    {"to * by dn=cn=x read by dn.one=cn=x write by dn=cn=y write", NULL},
    {"to * by group=cn=x read by group.exact=cn=X write", "\"by group.exact=cn=X write\" can"},
    {"to * by group=cn=x read by group/bigGroup=cn=x write", NULL},
    {"to * by dnattr=member read by dnattr=owner read by dnattr=member write",
	"\"by dnattr=member write\" can never"},
    {"to * by anonymous read by anonymous write", "\"by anonymous write\" can never"},
    {"to * by ssf=1 read by ssf=1 write", NULL},
    {"to * by peername.ip=10.0.0.1%255.255.255.0 read", "can never match: the address has bits"},
    {"to * by peername.ip=10.0.0.0%255.255.255.0 read", NULL},
    {"to * by peername.ipv6=2001:db8::1%ffff:: read", "can never match: the address has bits"},
    {"to * by peername.ip=10.0.0.1{80} read", NULL},
    /* $n that nothing fills in */
    {"to * by dn.exact,expand=cn=$1 read", "<what> gives no match for one of its $n"},
    {"to * by dn.exact,expand=$0 read", NULL},
    {"to dn.base=" BELOW " by dn.exact,expand=$0 read", NULL},
    {"to dn.base=" BELOW " by dn.exact,expand=$1 read", "gives no match"},
    {"to dn.sub=" BELOW " by dn.sub,expand=$1 read", NULL},
    {"to dn.sub=" BELOW " by dn.sub,expand=${2} read", "gives no match"},
    {"to dn.regex=^(a)(b)$ by dn.regex=^$2$$ read", NULL},
    {"to dn.regex=^(a)(b)$ by dn.regex=^${d3}$$ read", "gives no match"},
    {"to dn.regex=^(a)(b)$ by dn.regex=^${v1}$$ read", "gives no match"},
    {"to attrs=cn val.regex=^(a)$ by group.expand=cn=${v1} read", NULL},
    {"to attrs=cn val=a by group.expand=cn=${v1} read", "gives no match"},
    {"to dn.one=" BELOW " by set.expand=\"[$2] & user\" read", "gives no match"},
    {"to dn.one=" BELOW " by peername.regex=^PATH=$$1 read", NULL},
    {"to dn.sub=" BELOW " by dn.exact=cn=$1,dc=com read", "takes $n as it stands"},
    {"to dn.sub=" BELOW " by group=cn=$1,dc=com read", "takes $n as it stands"},
    {"to dn.sub=" BELOW " by dn.exact=cn=$x,dc=com read", NULL},
    /* rules */
    {"to * by * read\nto attrs=cn by * none",
	"t.conf:2: access rule {1} \"to attrs=cn\": it can never decide: rule {0} stands before"},
    {"to * by users read\nto attrs=cn by * none", "rule {0} stands before"},
    {"to * by users read by * break\nto attrs=cn by * none", NULL},
    {"to * by users break\nto attrs=cn by * none", NULL},
    {"to attrs=cn by * read\nto * by * none", NULL},
    {"to attrs=name by * read\nto attrs=cn,sn;lang-en by * none", "rule {0} stands before"},
    {"to attrs=cn by * read\nto attrs=name by * none", NULL},
    {"to attrs=cn,sn by * read\nto attrs=sn,title by * none", NULL},
    {"to attrs=cn,sn by * read\nto attrs=sn by * none", "rule {0} stands before"},
    {"to attrs=@person by * read\nto attrs=@person by * none", "rule {0} stands before"},
    {"to attrs=@person by * read\nto attrs=!person by * none", NULL},
    {"to attrs=* by * read\nto attrs=cn by * none", "rule {0} stands before"},
    {"to attrs=* by * read\nto attrs=entryUUID,entry by * none", NULL},
    {"to attrs=+ by * read\nto attrs=entryUUID by * none", "rule {0} stands before"},
    {"to attrs=+ by * read\nto attrs=cn by * none", NULL},
    {"to attrs=entry by * read\nto attrs=children by * none", NULL},
    {"to attrs=entry by * read\nto attrs=entry by * none", "rule {0} stands before"},
    {"to filter=(cn=x) by * read\nto attrs=cn by * none", NULL},
    {"to attrs=cn val=x by * read\nto attrs=cn by * none", NULL},
    {"to attrs=cn by * read\nto attrs=cn val=x by * none", "rule {0} stands before"},
    {"to dn.sub=" BELOW " by * read\nto dn.base=cn=a," BELOW " by * none", "rule {0} stands"},
    {"to dn.sub=" BELOW " by * read\nto dn.base=" BELOW " by * none", "rule {0} stands"},
    {"to dn.children=" BELOW " by * read\nto dn.base=" BELOW " by * none", NULL},
    {"to dn.children=" BELOW " by * read\nto dn.one=" BELOW " by * none", "rule {0} stands"},
    {"to dn.children=" BELOW " by * read\nto dn.sub=cn=a," BELOW " by * none", "rule {0} stands"},
    {"to dn.children=" BELOW " by * read\nto dn.sub=" BELOW " by * none", NULL},
    {"to dn.one=" BELOW " by * read\nto dn.base=cn=a," BELOW " by * none", "rule {0} stands"},
    {"to dn.one=" BELOW " by * read\nto dn.base=" BELOW " by * none", NULL},
    {"to dn.one=" BELOW " by * read\nto dn.base=cn=b,cn=a," BELOW " by * none", NULL},
    {"to dn.one=" BELOW " by * read\nto dn.sub=cn=a," BELOW " by * none", NULL},
    {"to dn.base=" BELOW " by * read\nto dn.exact=\"DC=falcot, dc=com\" by * none", "rule {0}"},
    {"to dn.sub=" BELOW " by * read\nto * by * none", NULL},
    {"to dn.regex=^.*$ by * read\nto dn.base=" BELOW " by * none", NULL},
    {"to dn.regex=^.*$ by * read\nto dn.regex=^.*$ by * none", "rule {0} stands"},
    {"to * by * read\nto dn.regex=x by * none", "rule {0} stands"},
    /* outside */
    {"to dn.sub=dc=other by * read", "it can never match: no entry below"},
    {"to dn.base=dc=com by * read", "it can never match: no entry below"},
    {"to dn.one=dc=com by * read", NULL},
    {"to dn.sub=dc=com by * read", NULL},
    {"to dn.children=dc=com by * read", NULL},
    {"to dn.one=cn=a," BELOW " by * read", NULL},
    {"to dn.one=dc=org by * read", "it can never match"},
    {"to dn.base=\"\" attrs=children by * read", NULL},
    {"to dn.regex=dc=org by * read", NULL},
    {"to filter=(nosuch=x) by * read", "the filter names what the schema does not know"},
    {"to filter=(|(nosuch=x)(cn=x)) by * read", NULL},
};

struct told {
	size_t count;
	char text[1024];
};

static void
hear(void *arg, const char *text)
{
	struct told *t = arg;

	t->count++;
	snprintf(t->text, sizeof(t->text), "%s", text);
}

static void
test_warnings(void **state)
{
	struct rules_case c;
	struct errbuf e = {""};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told t = {0, ""};
		rules_case_init(&c);
		rules_case_lines(&c, &c.dbs[1], arena_dup(c.arena, bv_str(cases[i].lines)));
		if (rules_check_with(&c.conf, hear, &t, &e) != 0)
			fail_msg("%s\nrefused: %s", cases[i].lines, e.text);
		if (t.count != (cases[i].says == NULL ? 0 : 1) ||
		    (cases[i].says != NULL && strstr(t.text, cases[i].says) == NULL))
			fail_msg("%s\n%zu warnings: %s\nwant: %s", cases[i].lines, t.count, t.text,
			    cases[i].says == NULL ? "none" : cases[i].says);
		rules_case_done(&c);
	}
}

/* A database that decides everything by itself makes the frontend's rules no mistake. */
static void
test_frontend_is_not_blamed(void **state)
{
	struct rules_case c;
	struct errbuf e = {""};
	struct told t = {0, ""};

	(void)state;
	rules_case_init(&c);
	rules_case_lines(&c, &c.dbs[0], BV_LIT("to dn.exact=\"\" by * read"));
	rules_case_lines(&c, &c.dbs[1], BV_LIT("to * by * read"));
	assert_int_equal(rules_check_with(&c.conf, hear, &t, &e), 0);
	assert_int_equal(t.count, 0);
	rules_case_lines(&c, &c.dbs[0], BV_LIT("to * by * read\nto dn.exact=\"\" by * read"));
	assert_int_equal(rules_check_with(&c.conf, hear, &t, &e), 0);
	assert_int_equal(t.count, 1);
	rules_case_done(&c);
}

/* As many rules as there may be, each compared with those before it, take no time to speak of. */
static void
test_work_is_bounded(void **state)
{
	struct rules_case c;
	struct errbuf e = {""};
	struct told t = {0, ""};
	struct buf text;

	(void)state;
	rules_case_init(&c);
	buf_init(&text);
	for (size_t i = 0; i < 4096; i++) {
		buf_printf(&text, "to dn.one=cn=%zu," BELOW " attrs=cn", i);
		for (size_t k = 0; k < 200; k++)
			buf_printf(&text, ",sn");
		buf_printf(&text, " by dn=cn=a read by dn=cn=b read\n");
	}
	rules_case_lines(&c, &c.dbs[1], arena_dup(c.arena, buf_bv(&text)));
	assert_int_equal(rules_check_with(&c.conf, hear, &t, &e), 0);
	assert_int_equal(t.count, 0);
	buf_done(&text);
	rules_case_done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_warnings),
	    cmocka_unit_test(test_frontend_is_not_blamed),
	    cmocka_unit_test(test_work_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
