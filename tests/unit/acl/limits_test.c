#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "acl/limits.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "config/confread.h"
#include "config/conftree.h"

/* Lines of limits: whom they fit, and what is said about wrong ones. */

#define DB "database mdb\nsuffix cn=x\ndirectory /nonexistent\n"

static struct conf *
build(const char *text)
{
	struct conf_tree *t = NULL;
	struct conf *c = NULL;
	struct errbuf e = {""};

	if (confread_text(bv_str(text), "t.conf", &t, &e) != 0 || conf_build(&t, &c, &e) != 0)
		fail_msg("%s\n%s", text, e.text);
	return c;
}

/* The only group there is: cn=g has the member cn=a. */
static bool
is_member(void *arg, const struct limits_group *g, struct bv who)
{
	unsigned *asked = arg;

	++*asked;
	return bv_eq(g->dn.normal, BV_LIT("cn=g")) && bv_eq(who, BV_LIT("cn=a"));
}

/* Returns the soft size limit of who, searching below cn=x. */
static int64_t
size_of(const struct conf *c, const char *who, unsigned *asked)
{
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	const struct limits *l = NULL;
	const struct limits_request r = {bv_str(who), BV_LIT("cn=y,cn=x"), is_member, asked};
	const struct conf_db *db = &c->dbs[c->db_count - 1];

	if (limits_compile(a, c, db, &l, &e) != 0)
		fail_msg("%s", e.text);
	int64_t size = limits_find(l, &db->limits, &r)->size_soft;
	arena_free(&a);
	return size;
}

static void
test_who(void **state)
{
	static const struct {
		const char *who;
		const char *fits; /* letters of: nobody bound, cn=a, cn=b,cn=a */
	} cases[] = {
	    {"*", "nab"},
	    {"anonymous", "n"},
	    {"users", "ab"},
	    {"cn=a", "a"},
	    {"dn=CN=A", "a"},
	    {"dn.self.base=cn=a", "a"},
	    {"dn.onelevel=cn=a", "b"},
	    {"dn.one=cn=b,cn=a", ""},
	    {"dn.subtree=cn=a", "ab"},
	    {"dn.sub=cn=b,cn=a", "b"},
	    {"dn.children=cn=a", "b"},
	    {"dn.regex=^cn=.,", "b"},
	    {"dn.regex=.*", "nab"},
	    {"dn.regex=", "ab"},
	    {"dn.exact=", ""},
	    {"dn.children=", ""},
	    {"dn.subtree=*", "nab"},
	    {"dn.anonymous=cn=a", "n"},
	    {"dn.this.exact=cn=y,cn=x", "nab"},
	    {"dn.this.onelevel=cn=x", "nab"},
	    {"dn.this.children=cn=y,cn=x", ""},
	    {"dn.this.regex=y", "nab"},
	    {"group=cn=g", "a"},
	    {"group=cn=other", ""},
	    {"group/top=cn=g", "a"},
	    {"group/top/seeAlso=CN=G", "a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[300], fits[4] = "";
		size_t n = 0;
		unsigned asked = 0;

		snprintf(text, sizeof(text),
		    "objectclass ( 1.2.3.4 NAME 'groupOfNames' SUP top MAY cn )\n"
		    "attributetype ( 2.5.4.31 NAME 'member' SUP distinguishedName )\n" DB
		    "limits \"%s\" size=3\n",
		    cases[i].who);
		struct conf *c = build(text);
		if (size_of(c, "", &asked) == 3)
			fits[n++] = 'n';
		if (size_of(c, "cn=a", &asked) == 3)
			fits[n++] = 'a';
		if (size_of(c, "cn=b,cn=a", &asked) == 3)
			fits[n++] = 'b';
		if (strcmp(fits, cases[i].fits) != 0)
			fail_msg("%s fits \"%s\"", cases[i].who, fits);
		/* No group is asked about nobody, and none when there is none. */
		assert_int_equal(asked, strncmp(cases[i].who, "group", 5) == 0 ? 2 : 0);
		conf_unref(&c);
	}
}

static void
test_order_and_what_is_left_open(void **state)
{
	unsigned asked = 0;
	struct conf *c = build("database frontend\nlimits users size=7\n" DB
			       "sizelimit 9\nlimits cn=a time=5\nlimits cn=b,cn=a size=4\n"
			       "limits cn=a size=1\n");

	(void)state;
	assert_int_equal(size_of(c, "cn=a", &asked), 9);
	assert_int_equal(size_of(c, "cn=b,cn=a", &asked), 4);
	assert_int_equal(size_of(c, "cn=c", &asked), 7);
	assert_int_equal(size_of(c, "", &asked), 9);
	conf_unref(&c);
}

static void
test_no_lines(void **state)
{
	const struct conf_limits own = {5, 0, 0, 0, 0, 0, 0};
	const struct limits_request r = {BV_LIT(""), BV_LIT(""), is_member, NULL};

	(void)state;
	assert_ptr_equal(limits_find(NULL, &own, &r), &own);
}

static void
test_wrong_lines_name_their_place(void **state)
{
	static const char *const cases[][2] = {
	    {"dn size=1", "t.conf:4: limits: dn: expected \"=\""},
	    {"dn.nosuch=cn=a size=1", "dn.nosuch=cn=a: expected dn[.self|.this]"},
	    {"dn.self.self=cn=a size=1", "expected dn[.self|.this]"},
	    {"dn.exact=bad size=1", "\"bad\" is not a DN"},
	    {"dn.regex=( size=1", "regular expression \"(\": "},
	    {"dn.regex=(((a{1,250}){1,250}){1,250}){1,250} size=1",
		"too large with its repetitions"},
	    {"dn.regex=(.*)\\\\1 size=1", "is a back reference"},
	    {"dn.this size=1", "expected \"=\" and a pattern"},
	    {"group size=1", "expected group[/<class>"},
	    {"group.exact=cn=a size=1", "expected group[/<class>"},
	    {"group/nosuch=cn=a size=1", "object class \"nosuch\" is not in the schema"},
	    {"group/top/nosuch=cn=a size=1", "attribute \"nosuch\" is not in the schema"},
	    {"group/top/cn=bad size=1", "\"bad\" is not a DN"},
	    {"dnx=cn=a size=1", "is not a DN"},
	    {"\"\" size=1", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[300];
		struct errbuf e = {""};

		snprintf(text, sizeof(text), DB "limits %s\n", cases[i][0]);
		struct conf *c = build(text);
		int code = limits_check(c, &e);
		if (cases[i][1] == NULL ? code != 0
					: code != ERR_CONFIG || strstr(e.text, cases[i][1]) == NULL)
			fail_msg("%s: %d %s", cases[i][0], code, e.text);
		conf_unref(&c);
	}
}

static void
count(void *arg, const char *text)
{
	size_t *n = arg;

	assert_non_null(strstr(text, "database {1}mdb"));
	++*n;
}

static void
test_lines_that_never_fit(void **state)
{
	static const struct {
		const char *lines;
		size_t warnings;
	} cases[] = {
	    {"limits users size=1\nlimits * size=2\n", 0},
	    {"limits * size=1\nlimits users size=2\nlimits * size=3\n", 2},
	    {"limits dn= size=1\nlimits dn.regex= size=2\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[300];
		struct errbuf e = {""};
		size_t n = 0;

		snprintf(text, sizeof(text), DB "%s", cases[i].lines);
		struct conf *c = build(text);
		assert_int_equal(limits_check_with(c, count, &n, &e), 0);
		assert_int_equal(n, cases[i].warnings);
		conf_unref(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who),
	    cmocka_unit_test(test_order_and_what_is_left_open),
	    cmocka_unit_test(test_no_lines),
	    cmocka_unit_test(test_wrong_lines_name_their_place),
	    cmocka_unit_test(test_lines_that_never_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
