/* Set expressions: what is refused and why, what they hold, and their bounds. */

#include "acl/sets.h"
#include "aclcase.h"

static const struct {
	const char *text;
	const char *why; /* part of the error's text */
} refused[] = {
    {"", "ends where \"this\""},
    {"  ", "ends where"},
    {"nobody", "expected \"this\""},
    {"user &", "ends where"},
    {"& user", "expected \"this\""},
    {"user user", "expected \"&\""},
    {"user [x]", "expected \"&\""},
    {"user & [x", "has no \"]\""},
    {"(user", "\")\""},
    {"user)", "expected \"&\""},
    {"()", "expected \"this\""},
    {"user/", "an attribute behind"},
    {"user->", "an attribute behind"},
    {"user//cn", "an attribute behind"},
    {"user-cn", "expected \"this\""},
    {"user/nosuch", "nosuch"},
    {"user/cn**", "expected \"&\""},
    {"user/-", "a number or \"*\""},
    {"user/-x", "a number or \"*\""},
    {"user/-99999999999", "superiors"},
    {"USER", "expected \"this\""},
    {"user % this", "expected \"&\""},
};

static void
test_sets_compile_refuses(void **state)
{
	struct aclcase x;

	(void)state;
	aclcase_init(&x, "");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const struct sets *s;
		struct errbuf e = {""};
		if (sets_compile(x.arena, x.conf->schema, bv_str(refused[i].text), &s, &e) == 0)
			fail_msg("accepted: %s", refused[i].text);
		if (strstr(e.text, refused[i].why) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", refused[i].text, e.text,
			    refused[i].why);
	}
	aclcase_done(&x);
}

static void
refuse_repeated(struct aclcase *x, const char *one, size_t count, int code)
{
	struct buf b;
	struct errbuf e = {""};
	const struct sets *s;

	buf_init(&b);
	for (size_t i = 0; i < count; i++)
		buf_put(&b, one, strlen(one));
	buf_put(&b, "user", 4);
	assert_int_equal(sets_compile(x->arena, x->conf->schema, buf_bv(&b), &s, &e), code);
	assert_true(e.text[0] != 0);
	buf_done(&b);
}

static void
test_sets_compile_is_bounded(void **state)
{
	struct aclcase x;

	(void)state;
	aclcase_init(&x, "");
	refuse_repeated(&x, "(", 33, ERR_LIMIT);
	refuse_repeated(&x, "(", 32, ERR_SYNTAX);
	refuse_repeated(&x, "user|", 200, ERR_LIMIT);
	refuse_repeated(&x, "                ", 600, ERR_LIMIT);
	aclcase_done(&x);
}

static const struct {
	const char *set;
	const char *user, *self;
	bool holds;
} cases[] = {
    {"user", ACL_A, ACL_B, true},
    {"user", "", ACL_B, false},
    {"this", "", ACL_B, true},
    {"user|this", "", ACL_B, false},
    {"[x]", "", ACL_B, true},
    {"[]", "", ACL_B, true},
    {"user & this", ACL_A, ACL_A, true},
    {"user & this", ACL_A, ACL_B, false},
    {"user & [" ACL_A "]", ACL_A, ACL_B, true},
    {"user&[CN=A,ou=p,dc=x]", ACL_A, ACL_B, false},
    {"this/manager & user", ACL_B, ACL_A, true},
    {"this->manager&user", ACL_B, ACL_A, true},
    {"this / manager & user", ACL_B, ACL_A, true},
    {"user & this/manager", ACL_B, ACL_A, true},
    {"this/manager->manager & user", ACL_A, ACL_A, true},
    {"this/manager & user", ACL_A, ACL_A, false},
    {"this/manager* & user", ACL_A, ACL_A, true},
    {"this/sn & [alpha]", ACL_A, ACL_A, true},
    {"this/sn & [Alpha]", ACL_A, ACL_A, false},
    {"this/nosuch_is_refused_when_read", "", "", false},
    {"this/title", "", ACL_B, false},
    {"this/title/cn", "", ACL_A, false},
    {"[no dn]/cn", "", "", false},
    {"[cn=none,dc=x]/cn", "", "", false},
    {"[" ACL_G "]/member & user", ACL_A, "", true},
    {"[" ACL_G "]/member & user", ACL_B, "", false},
    {"[" ACL_G "]/(member)", ACL_A, "", false},
    {"([" ACL_G "]/member | [" ACL_G "]/owner) & user", ACL_B, "", true},
    {"[a] & [b] | user", ACL_B, "", true},
    {"user | [a] & [b]", ACL_B, "", false},
    {"user | ([a] & [b])", ACL_B, "", true},
    {"[cn=] + [a] + [,ou=p,dc=x] & user", ACL_A, "", true},
    {"[cn=] + user/cn + [,ou=p,dc=x] & user", ACL_B, "", true},
    {"[a] + this/title", "", ACL_B, false},
    {"this/-1 & [ou=p,dc=x]", "", ACL_A, true},
    {"this/-0 & user", ACL_A, ACL_A, true},
    {"this/-2 & user/-2", ACL_A, ACL_B, true},
    {"this/-1 & user/-1", ACL_A, ACL_G, false},
    {"this/-9 & []", "", ACL_A, true},
    {"this/-* & [dc=x]", "", ACL_A, true},
    {"this/-* & this", "", ACL_A, true},
    {"this/-* & []", "", ACL_A, true},
    {"this/-* & [cn=b]", "", ACL_A, false},
    {"user/entryDN & this", ACL_A, ACL_A, true},
    {"[ldap:///ou=p,dc=x?manager?one?(cn=*)]/entryDN & user", ACL_B, "", true},
    {"[ldap:///ou=p,dc=x?manager?one?(cn=*)]/title & [boss]", "", "", true},
    {"[ldap:///ou=p,dc=x?manager?one?(cn=*)]/title & user", ACL_B, "", true},
    {"[ldap:///nothing??one?(cn=*)]/title", "", "", false},
    {"[ldap://host/ou=p,dc=x?manager?one?(cn=*)]/title", "", "", false},
    {"[cn=d,dc=x]/memberURL/entryDN", "", "", false},
};

static int
texts(void *arg, struct bv dn, const struct attr_desc *d, struct arena *a, const struct bv **out)
{
	const struct bv *values;

	return aclcase_values(arg, dn, d, a, &values, out);
}

static bool
holds(struct aclcase *x, const char *text, const char *user, const char *self)
{
	const struct sets *s;
	struct sets_env env = {.schema = x->conf->schema,
	    .arena = x->scratch,
	    .user = bv_str(user),
	    .self = bv_str(self),
	    .values = texts,
	    .search = aclcase_search,
	    .arg = x};

	return sets_compile(x->arena, x->conf->schema, bv_str(text), &s, NULL) == 0 &&
	       sets_hold(s, &env) > 0;
}

static void
test_sets_hold(void **state)
{
	struct aclcase x;

	(void)state;
	aclcase_init(&x, "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (holds(&x, cases[i].set, cases[i].user, cases[i].self) != cases[i].holds)
			fail_msg("%s: user %s, this %s: not %d", cases[i].set, cases[i].user,
			    cases[i].self, cases[i].holds);
	}
	aclcase_done(&x);
}

static void
test_sets_ask_entry(void **state)
{
	static const struct {
		const char *set;
		bool asks;
	} rows[] = {{"user", false}, {"[x]", false}, {"[cost $]", false}, {"[$1]", true},
	    {"[${v1}]", true}, {"user|(this)", true}, {"[this]", false}};
	struct aclcase x;
	const struct sets *s;

	(void)state;
	aclcase_init(&x, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    sets_compile(x.arena, x.conf->schema, bv_str(rows[i].set), &s, NULL), 0);
		if (sets_ask_entry(s) != rows[i].asks)
			fail_msg("%s", rows[i].set);
	}
	aclcase_done(&x);
}

/* ---- a directory without end ---- */

struct endless {
	int reads;
	int width;  /* values of each entry */
	bool fresh; /* every entry leads to new ones */
};

static int
endless_values(
    void *arg, struct bv dn, const struct attr_desc *d, struct arena *a, const struct bv **out)
{
	struct endless *x = arg;
	struct bv *list = arena_alloc(a, (size_t)x->width * sizeof(*list));

	(void)dn;
	(void)d;
	x->reads++;
	for (int i = 0; i < x->width; i++)
		list[i] = arena_printf(a, "cn=%d-%d", x->fresh ? x->reads : 0, i);
	*out = list;
	return x->width;
}

static void
test_sets_hold_is_bounded(void **state)
{
	static const struct {
		const char *set;
		int width;
		bool fresh, holds;
	} rows[] = {
	    {"this/manager*", 2, false, true},
	    {"this/manager*", 2, true, false},
	    {"this/manager*", 1, true, false},
	    {"this/manager", 10000, true, true},
	    {"this/manager", 10001, true, false},
	    {"this/manager/manager", 5000, true, false},
	    {"this/manager + this/manager", 100, false, true},
	    {"this/manager + this/manager", 101, false, false},
	    {"this/manager + this/manager + this/manager", 30, false, false},
	};
	struct aclcase x;
	const struct sets *s;

	(void)state;
	aclcase_init(&x, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct endless end = {0, rows[i].width, rows[i].fresh};
		struct sets_env env = {.schema = x.conf->schema,
		    .arena = x.scratch,
		    .user = BV_LIT(""),
		    .self = BV_LIT("cn=start"),
		    .values = endless_values,
		    .arg = &end};
		assert_int_equal(
		    sets_compile(x.arena, x.conf->schema, bv_str(rows[i].set), &s, NULL), 0);
		if (sets_hold(s, &env) != (rows[i].holds ? 1 : -1))
			fail_msg("%s by %d: not %d", rows[i].set, rows[i].width, rows[i].holds);
		assert_true(end.reads <= 1000);
		assert_true(arena_bytes(x.scratch) < 100 << 20);
		arena_reset(x.scratch);
	}
	aclcase_done(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sets_compile_refuses),
	    cmocka_unit_test(test_sets_compile_is_bounded),
	    cmocka_unit_test(test_sets_hold),
	    cmocka_unit_test(test_sets_ask_entry),
	    cmocka_unit_test(test_sets_hold_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
