#include "bytes.h"
#include "wire/ldap.h"
#include "wire/url.h"

/* LDAP URLs: what is refused and why, what is read, and what printing gives back. */

static struct arena *a;

static const struct {
	const char *text;
	const char *want; /* printed again; NULL: refused */
	const char *reason;
} cases[] = {
    {"", NULL, "must begin with"},
    {"ldap:/", NULL, "must begin with"},
    {"http://h/", NULL, "must begin with"},
    {"ldap://h:0", NULL, "port"},
    {"ldap://h:65536", NULL, "port"},
    {"ldap://h:-1", NULL, "port"},
    {"ldap://h:+1", NULL, "port"},
    {"ldap://h:1x", NULL, "port"},
    {"ldap://h:99999999999999999999", NULL, "port"},
    {"ldap://[::1", NULL, "\"]\""},
    {"ldap://[::1]x", NULL, "only \":port\""},
    {"ldap://h%00", NULL, "zero byte"},
    {"ldapi://%zz", NULL, "two hex digits"},
    {"ldap:///%4", NULL, "two hex digits"},
    {"ldap://h?x", NULL, "\"/\" is missing"},
    {"ldap:///?a,,b", NULL, "empty member"},
    {"ldap:///??all", NULL, "scope"},
    {"ldap:///?????", NULL, "four"},
    {"ldap://", "ldap://", NULL},
    {"LDAPS://h:636/", "ldaps://h:636", NULL},
    {"ldap://h:", "ldap://h", NULL},
    {"ldap://[::1]:389/dc=x", "ldap://[::1]:389/dc=x", NULL},
    {"ldapi://%2Frun%2fldapi", "ldapi://%2Frun%2Fldapi", NULL},
    {"ldap:///cn=a b,dc=x", "ldap:///cn=a%20b,dc=x", NULL},
    {"ldap:///a%3fb", "ldap:///a%3Fb", NULL},
    {"ldap://h/dc=x?cn,sn?SUB?(a=%3f)?!e=1,f", "ldap://h/dc=x?cn,sn?sub?(a=%3F)?!e=1,f", NULL},
    {"ldap:///??subtree?", "ldap:///??sub", NULL},
    {"ldap:///??children", "ldap:///??subordinate", NULL},
    {"ldap:///?a%2cb", "ldap:///?a%2Cb", NULL},
    {"ldap:///????x=%41", "ldap:///????x=%41", NULL},
};

static void
test_parse_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url u;
		struct errbuf e = {""};
		int r = url_parse(a, bv_str(cases[i].text), &u, &e);
		if (r != (cases[i].want == NULL ? ERR_SYNTAX : 0))
			fail_msg("%s: %d %s", cases[i].text, r, e.text);
		if (r != 0 && strstr(e.text, cases[i].reason) == NULL)
			fail_msg("%s: %s", cases[i].text, e.text);
		if (r == 0 && !bv_eq(url_print(a, &u), bv_str(cases[i].want)))
			fail_msg("%s: %.*s", cases[i].text, BV(url_print(a, &u)));
	}
}

static void
test_parse_members(void **state)
{
	struct url u;

	(void)state;
	assert_int_equal(
	    url_parse(a, BV_LIT("ldap://h:389/dc=x?cn,sn?one?(a=b)?!e,f"), &u, NULL), 0);
	assert_bv(u.host, BV_LIT("h"));
	assert_int_equal(u.port, 389);
	assert_true(u.has_dn);
	assert_int_equal(u.attr_count, 2);
	assert_bv(u.attrs[1], BV_LIT("sn"));
	assert_int_equal(u.scope, LDAP_SCOPE_SINGLE_LEVEL);
	assert_bv(u.filter, BV_LIT("(a=b)"));
	assert_int_equal(u.extension_count, 2);
	assert_bv(u.extensions[0], BV_LIT("!e"));
	assert_int_equal(url_parse(a, BV_LIT("ldap:///"), &u, NULL), 0);
	assert_false(u.has_dn);
	assert_int_equal(u.scope, -1);
	assert_null(u.filter.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_cases),
	    cmocka_unit_test(test_parse_members),
	};

	a = arena_new(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&a);
	return failed;
}
