#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "tests/bench/usage.h"

/* The kernel's accounts, as texts and of this very process. */

static void
test_parse_stat_odd_names(void **state)
{
	static const struct {
		const char *text;
		int64_t ticks;
	} rows[] = {
	    {"12 (slapd) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20 0 1 0 9", 42},
	    {"12 (a) b) S (x) S 1 2 3 4 5 6 7 8 9 10 7 8 0 0", 15},
	    {"12 (a) R 1 (b) S 1 -2 3 4 -1 6 7 8 9 10 7 8 0 0", 15},
	    {"12 (slapd) S 1 2", -1},
	    {"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ticks = -1;
		int rc = usage_parse_stat(rows[i].text, &ticks);

		assert_int_equal(rc, rows[i].ticks < 0 ? ERR_SYNTAX : 0);
		assert_int_equal(ticks, rows[i].ticks);
	}
}

static void
test_parse_schedstat(void **state)
{
	int64_t ns, switches;

	(void)state;
	assert_int_equal(usage_parse_schedstat("5123456789 77 31\n", &ns, &switches), 0);
	assert_int_equal(ns, 5123456789);
	assert_int_equal(switches, 31);
	assert_int_equal(usage_parse_schedstat("1 2\n", &ns, &switches), ERR_SYNTAX);
}

static void
test_parse_status_lines(void **state)
{
	const char *text = "Name:\tslapd\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";

	(void)state;
	assert_int_equal(usage_parse_status(text, "VmRSS"), 1024 * 1024);
	assert_int_equal(usage_parse_status(text, "VmHWM"), 2048 * 1024);
	assert_int_equal(usage_parse_status(text, "VmR"), -1);
	assert_int_equal(usage_parse_status("", "VmRSS"), -1);
}

/* Work of this process is seen, in nanoseconds. */
static void
test_read_own_work(void **state)
{
	struct usage before, after;
	struct errbuf e;
	volatile unsigned long n = 0;

	(void)state;
	assert_int_equal(usage_read(getpid(), &before, &e), 0);
	do {
		for (int i = 0; i < 100000; i++)
			n = n + 1;
		assert_int_equal(usage_read(getpid(), &after, &e), 0);
	} while (after.cpu_ns == before.cpu_ns && n < 100000UL * 100000);
	assert_true(after.cpu_ns > before.cpu_ns);
	assert_int_equal(after.thread_count, 1);
	assert_true(after.rss_bytes > 0 && after.anon_bytes > 0);
	assert_true(after.peak_bytes >= after.rss_bytes);
}

static void
test_read_no_process(void **state)
{
	struct usage u = {.cpu_ns = 5};
	struct errbuf e;

	(void)state;
	assert_int_equal(usage_read(2000000000, &u, &e), ERR_IO);
	assert_int_equal(u.cpu_ns, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_stat_odd_names),
	    cmocka_unit_test(test_parse_schedstat),
	    cmocka_unit_test(test_parse_status_lines),
	    cmocka_unit_test(test_read_own_work),
	    cmocka_unit_test(test_read_no_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
