/* Rules that take rights away must do so when the directory cannot be read: nothing fails open. */

#include "aclcase.h"

static int
failing_values(void *arg, struct bv dn, const struct attr_desc *d, struct arena *a,
    const struct bv **values_out, const struct bv **normals_out)
{
	(void)arg, (void)dn, (void)d, (void)a, (void)values_out, (void)normals_out;
	return ACL_ENV_FAILED;
}

static int
failing_search(void *arg, struct bv url, struct arena *a, const struct bv **dns_out)
{
	(void)arg, (void)url, (void)a, (void)dns_out;
	return ACL_ENV_FAILED;
}

static struct decide *
decide_of(struct aclcase *x, bool values, bool search)
{
	const struct acl_who who = {.normal_dn = BV_LIT(ACL_B),
	    .real_normal_dn = BV_LIT(ACL_B),
	    .peer = &x->peer,
	    .op = RULES_OP_SEARCH};
	const struct acl_env env = {.schema = x->conf->schema,
	    .arena = x->arena,
	    .scratch = x->scratch,
	    .values = values ? failing_values : aclcase_values,
	    .search = search ? failing_search : aclcase_search,
	    .arg = x};

	return decide_new(x->rules, &who, &env, BV_LIT(""));
}

static const struct {
	const char *name, *rules;
	bool values, search; /* what fails */
	const char *bits;
} cases[] = {
    {"a group that is read", "access to * by group=cn=g,dc=x none by * read", false, false,
	"read(=rscxd)"},
    {"a group", "access to * by group=cn=g,dc=x none by * read", true, false, "none(=0)"},
    {"a group that depends on the entry",
	"access to dn.regex=\"^(.*)$\" by group.expand=\"cn=g,dc=x\" none by * read", true, false,
	"none(=0)"},
    {"a group behind others", "access to * by group=cn=g,dc=x none break\naccess to * by * read",
	true, false, "none(=0)"},
    {"rights that were there go", "access to * by * read continue by group=cn=g,dc=x -r", true,
	false, "none(=0)"},
    {"a group of URLs", "access to * by group/groupOfURLs/memberURL=cn=d,dc=x none by * read",
	false, true, "none(=0)"},
    {"a set", "access to * by set=\"[cn=g,dc=x]/member & user\" none by * read", true, false,
	"none(=0)"},
    {"a set of the entry", "access to * by set=\"this/manager/manager & user\" none by * read",
	true, false, "none(=0)"},
    {"a set's search",
	"access to * by set=\"[ldap:///dc=x??sub?(cn=*)]/member & user\" none"
	" by * read",
	false, true, "none(=0)"},
    {"an earlier clause decides", "access to * by users search by group=cn=g,dc=x none by * read",
	true, false, "search(=scxd)"},
    {"another condition decides", "access to * by anonymous group=cn=g,dc=x none by * read", true,
	false, "read(=rscxd)"},
};

static void
test_decide_bits_failing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct aclcase x;
		aclcase_init(&x, cases[i].rules);
		struct decide *d = decide_of(&x, cases[i].values, cases[i].search);
		struct acl_entry e = aclcase_record(&x, &x.entries[2]);
		struct acl_target t = aclcase_target(&x, "cn");
		for (int again = 0; again < 2; again++) {
			unsigned bits = decide_bits(d, &e, &t);
			struct bv got = rules_bits_text(x.arena, bits);
			if (!bv_is(got, cases[i].bits))
				fail_msg("%s: %.*s, not %s", cases[i].name, BV(got), cases[i].bits);
			enum decide_once once = decide_once(d, t.part, t.desc, ACL_B_READ);
			if (once != DECIDE_PER_ENTRY &&
			    (once == DECIDE_YES) != ((bits & ACL_B_READ) != 0))
				fail_msg("%s: decided once: %d", cases[i].name, once);
		}
		aclcase_done(&x);
	}
}

static void
test_decide_explain_failing(void **state)
{
	struct aclcase x;
	struct buf b;

	(void)state;
	aclcase_init(&x, "access to * by group=cn=g,dc=x none by * read");
	struct acl_entry e = aclcase_record(&x, &x.entries[2]);
	struct acl_target t = aclcase_target(&x, "cn");
	buf_init(&b);
	decide_explain(decide_of(&x, true, false), &e, &t, &b);
	buf_put(&b, "", 1);
	assert_non_null(strstr((const char *)b.p, "could not be read"));
	assert_non_null(strstr((const char *)b.p, "granted none(=0)"));
	buf_done(&b);
	aclcase_done(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decide_bits_failing),
	    cmocka_unit_test(test_decide_explain_failing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
