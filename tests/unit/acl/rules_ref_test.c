/* References in templates: what counts as one, and how far it goes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "acl/rules_ref.h"

static const struct {
	const char *text;
	struct rules_ref want;
} cases[] = {
    {"$0", {2, false, false, 0}},
    {"$9", {2, false, false, 9}},
    {"$12", {2, false, false, 1}},
    {"$$", {2, true, false, 0}},
    {"$$1", {2, true, false, 0}},
    {"${1}", {4, false, false, 1}},
    {"${d2}", {5, false, false, 2}},
    {"${v3}x", {5, false, true, 3}},
    {"${99}", {5, false, false, 99}},
    {"${100}", {0, false, false, 10}},
    {"${}", {0, false, false, 0}},
    {"${d}", {0, false, false, 0}},
    {"${1", {0, false, false, 1}},
    {"${x1}", {0, false, false, 0}},
    {"${", {0, false, false, 0}},
    {"$", {0, false, false, 0}},
    {"$x", {0, false, false, 0}},
};

static void
test_rules_ref_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rules_ref got = rules_ref_at(bv_str(cases[i].text), 0);
		if (got.length != cases[i].want.length)
			fail_msg("%s: length %zu", cases[i].text, got.length);
		if (got.length == 0)
			continue;
		assert_int_equal(got.dollar, cases[i].want.dollar);
		assert_int_equal(got.value, cases[i].want.value);
		assert_int_equal(got.number, cases[i].want.number);
	}
}

static void
test_rules_ref_at_the_end_of_the_text(void **state)
{
	(void)state;
	assert_int_equal(rules_ref_at(bv_make("a$1", 2), 1).length, 0);
	assert_int_equal(rules_ref_at(bv_make("a${12}", 5), 1).length, 0);
	assert_int_equal(rules_ref_at(bv_make("a$1", 3), 1).length, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules_ref_at),
	    cmocka_unit_test(test_rules_ref_at_the_end_of_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
