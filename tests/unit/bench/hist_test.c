#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/bench/hist.h"

/* The histogram of the load generator: percentiles near the true ones, at the ends of the range. */

static void
test_percentile_empty(void **state)
{
	struct hist h;

	(void)state;
	hist_init(&h);
	assert_int_equal(hist_percentile(&h, 500), 0);
	assert_int_equal(hist_mean(&h), 0);
}

static void
test_percentile_one_value(void **state)
{
	static const uint64_t values[] = {0, 1, 63, 64, 65, 127, 128, 1000, 123456789, 5000000000};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct hist h;

		hist_init(&h);
		hist_add(&h, values[i]);
		for (unsigned p = 0; p <= 1000; p += 250)
			assert_int_equal(hist_percentile(&h, p), values[i]);
		assert_int_equal(h.min, values[i]);
		assert_int_equal(h.max, values[i]);
	}
}

static void
test_percentile_small_values_exact(void **state)
{
	struct hist h;

	(void)state;
	hist_init(&h);
	for (uint64_t v = 1; v <= 60; v++)
		hist_add(&h, v);
	assert_int_equal(hist_percentile(&h, 500), 30);
	assert_int_equal(hist_percentile(&h, 900), 54);
	assert_int_equal(hist_percentile(&h, 1000), 60);
	assert_int_equal(hist_percentile(&h, 0), 1);
}

static int
compare_values(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Against sorting, over values of every size: never below, at most 1.6 percent above. */
static void
test_percentile_near_sorted(void **state)
{
	enum { COUNT = 20000 };
	static const unsigned points[] = {1, 100, 500, 900, 990, 999};
	uint64_t *values = malloc(COUNT * sizeof(*values)), x = 12345;
	struct hist h;

	(void)state;
	assert_non_null(values);
	hist_init(&h);
	for (size_t i = 0; i < COUNT; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		values[i] = (x >> 24) >> (x >> 59);
		hist_add(&h, values[i]);
	}
	qsort(values, COUNT, sizeof(*values), compare_values);
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		uint64_t exact = values[((uint64_t)COUNT * points[i] + 999) / 1000 - 1];
		uint64_t got = hist_percentile(&h, points[i]);

		assert_true(got >= exact);
		assert_true(got - exact <= exact / HIST_SUB);
	}
	free(values);
}

static void
test_add_beyond_range(void **state)
{
	struct hist h;

	(void)state;
	hist_init(&h);
	hist_add(&h, UINT64_MAX);
	hist_add(&h, 7);
	assert_int_equal(h.count, 2);
	assert_int_equal(hist_percentile(&h, 500), 7);
	assert_true(hist_percentile(&h, 1000) == UINT64_MAX);
}

static void
test_merge_equals_adding(void **state)
{
	struct hist all, parts[2], merged;

	(void)state;
	hist_init(&all);
	hist_init(&parts[0]);
	hist_init(&parts[1]);
	hist_init(&merged);
	for (uint64_t v = 1; v < 100000; v += 7) {
		hist_add(&all, v);
		hist_add(&parts[v % 2], v);
	}
	hist_merge(&merged, &parts[0]);
	hist_merge(&merged, &parts[1]);
	assert_memory_equal(&merged, &all, sizeof(all));
	hist_init(&parts[0]);
	hist_merge(&merged, &parts[0]);
	assert_memory_equal(&merged, &all, sizeof(all));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_percentile_empty),
	    cmocka_unit_test(test_percentile_one_value),
	    cmocka_unit_test(test_percentile_small_values_exact),
	    cmocka_unit_test(test_percentile_near_sorted),
	    cmocka_unit_test(test_add_beyond_range),
	    cmocka_unit_test(test_merge_equals_adding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
