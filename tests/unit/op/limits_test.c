#include "opcase.h"
#include "op/limits.h"

/* What a search may use: the request's limits against soft and hard ones. */

enum { NONE = -1, MAX = INT32_MAX };

struct row {
	const char *name;
	int64_t asked, soft, hard;
	int code;
	int64_t got;
};

static const struct row rows[] = {
    {"nothing asked: soft", 0, 500, 5000, 0, 500},
    {"nothing asked, no soft limit", 0, NONE, NONE, 0, NONE},
    {"nothing asked, soft none, hard set", 0, NONE, 10, 0, NONE},
    {"hard below soft: soft", 20, 10, 5, 0, 10},
    {"hard below no soft limit: none", 20, NONE, 5, 0, 20},
    {"soft 0: nothing", 0, 0, 0, 0, 0},
    {"soft 0, something asked", 9, 0, 0, 0, 0},
    {"below soft", 3, 500, 5000, 0, 3},
    {"between soft and hard", 1000, 500, 5000, 0, 1000},
    {"at the hard limit", 5000, 500, 5000, 0, 5000},
    {"above the hard limit", 5001, 500, 5000, 0, 5000},
    {"hard 0: soft is hard", 1000, 500, 0, 0, 500},
    {"hard 0, below soft", 3, 500, 0, 0, 3},
    {"hard 0, no soft limit", 1000, NONE, 0, 0, 1000},
    {"no hard limit", 1000000, 500, NONE, 0, 1000000},
    {"as much as there is, hard set", MAX, 500, 5000, 0, 5000},
    {"as much as there is, hard none", MAX, 500, NONE, 0, NONE},
    {"as much as there is, hard 0", MAX, 500, 0, 0, 500},
    {"as much as there is, nothing limits", MAX, NONE, 0, 0, NONE},
};

static int
ask(struct opcase *c, const struct conf_limits *l, int64_t size, int64_t time_s,
    struct limits_in_force *out)
{
	c->db.has_limits = true;
	c->db.limits = *l;
	c->op.msg.u.search.size_limit = size;
	c->op.msg.u.search.time_limit = time_s;
	return limits_for_search(&c->op, &c->backend, out);
}

static void
test_size_and_time_combined(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct opcase c;
		struct limits_in_force size = {0, 0, 0}, time = {0, 0, 0};

		opcase_init(&c, LDAP_REQ_SEARCH);
		struct conf_limits of_size = {r->soft, r->hard, 7, 7, 9, 0, 0};
		struct conf_limits of_time = {7, 7, r->soft, r->hard, 9, 0, 0};
		int size_code = ask(&c, &of_size, r->asked, 0, &size);
		int time_code = ask(&c, &of_time, 0, r->asked, &time);
		if (size_code != r->code || time_code != r->code)
			fail_msg("%s: %d and %d", r->name, size_code, time_code);
		if (r->code == 0 && (size.size != r->got || time.time_s != r->got))
			fail_msg("%s: %lld and %lld", r->name, (long long)size.size,
			    (long long)time.time_s);
		if (r->code == 0)
			assert_int_equal(size.unchecked, 9);
		opcase_done(&c);
	}
}

static void
test_root_has_its_own_only(void **state)
{
	struct opcase c;
	struct limits_in_force got;
	const struct conf_limits tight = {1, 1, 1, 1, 1, 1, 1};

	(void)state;
	opcase_init(&c, LDAP_REQ_SEARCH);
	c.op.who.normal = c.db.rootdn.normal;
	assert_int_equal(ask(&c, &tight, 0, 0, &got), 0);
	assert_int_equal(got.size, NONE);
	assert_int_equal(got.time_s, NONE);
	assert_int_equal(got.unchecked, NONE);
	assert_int_equal(ask(&c, &tight, 40, 50, &got), 0);
	assert_int_equal(got.size, 40);
	assert_int_equal(got.time_s, 50);
	opcase_done(&c);
}

static void
test_database_without_limits_takes_the_frontends(void **state)
{
	struct opcase c;
	struct limits_in_force got;

	(void)state;
	opcase_init(&c, LDAP_REQ_SEARCH);
	c.conf.limits = (struct conf_limits){5, 0, 6, 0, NONE, 0, 0};
	assert_int_equal(limits_for_search(&c.op, &c.backend, &got), 0);
	assert_int_equal(got.size, 5);
	assert_int_equal(got.time_s, 6);
	assert_int_equal(got.unchecked, NONE);
	opcase_done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_size_and_time_combined),
	    cmocka_unit_test(test_root_has_its_own_only),
	    cmocka_unit_test(test_database_without_limits_takes_the_frontends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
