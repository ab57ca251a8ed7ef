#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>
#include "base/clock.h"

/* Clocks: stamps at the edges of time, CSNs that always grow, UUIDs of the right form. */

static void
test_gtime_at_cases(void **state)
{
	static const struct {
		int64_t epoch;
		const char *want;
	} cases[] = {
	    {0, "19700101000000Z"},
	    {951782400, "20000229000000Z"},
	    {4102444799, "20991231235959Z"},
	    {-1, "19691231235959Z"},
	};
	char out[CLOCK_GTIME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bv v = clock_gtime_at(cases[i].epoch, out);
		assert_string_equal(out, cases[i].want);
		assert_int_equal(v.n, 15);
	}
	clock_gtime_at(INT64_MAX, out);
	clock_gtime_at(INT64_MIN, out);
	assert_int_equal(clock_gtime(out).n, 15);
}

/* Returns NULL, or arg when a stamp was malformed or not later than the one before. */
static void *
csn_run(void *arg)
{
	char before[CLOCK_CSN_BYTES] = "", now[CLOCK_CSN_BYTES];

	for (int i = 0; i < 20000; i++) {
		struct bv v = clock_csn(0xabc, now);
		if (v.n != 40 || strcmp(now, before) <= 0)
			return arg;
		memcpy(before, now, sizeof(now));
	}
	return NULL;
}

static void
test_csn_grows_in_every_thread(void **state)
{
	pthread_t other;
	void *bad = NULL;
	char out[CLOCK_CSN_BYTES];

	(void)state;
	assert_int_equal(pthread_create(&other, NULL, csn_run, out), 0);
	assert_null(csn_run(out));
	pthread_join(other, &bad);
	assert_null(bad);
	clock_csn(0xabc, out);
	assert_string_equal(out + 29, "#abc#000000");
}

static void
test_uuid_form(void **state)
{
	char one[CLOCK_UUID_BYTES], two[CLOCK_UUID_BYTES];

	(void)state;
	assert_int_equal(clock_uuid(one).n, 36);
	assert_int_equal(clock_uuid(two).n, 36);
	assert_string_not_equal(one, two);
	assert_int_equal(one[14], '4');
	assert_non_null(strchr("89ab", one[19]));
	assert_int_equal(strspn(one, "0123456789abcdef-"), 36);
}

static void
test_mono_does_not_go_back(void **state)
{
	int64_t before = clock_mono_us();

	(void)state;
	assert_true(clock_mono_us() >= before);
	assert_true(clock_mono_ms() >= before / 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_gtime_at_cases),
	    cmocka_unit_test(test_csn_grows_in_every_thread),
	    cmocka_unit_test(test_uuid_form),
	    cmocka_unit_test(test_mono_does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
