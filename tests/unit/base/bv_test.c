#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "base/bv.h"
#include "base/err.h"
#include "base/log.h"

/* Byte views, error texts and log levels: the small tables of base. */

static void
test_to_i64_cases(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t want;
	} cases[] = {
	    {"", false, 0},
	    {"-", false, 0},
	    {"+", false, 0},
	    {" 1", false, 0},
	    {"1 ", false, 0},
	    {"1x", false, 0},
	    {"--1", false, 0},
	    {"9223372036854775808", false, 0},
	    {"-9223372036854775809", false, 0},
	    {"99999999999999999999999", false, 0},
	    {"0", true, 0},
	    {"-0", true, 0},
	    {"+7", true, 7},
	    {"007", true, 7},
	    {"9223372036854775807", true, INT64_MAX},
	    {"-9223372036854775808", true, INT64_MIN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t v = 42;
		if (bv_to_i64(bv_str(cases[i].text), &v) != cases[i].ok ||
		    v != (cases[i].ok ? cases[i].want : 42))
			fail_msg("\"%s\"", cases[i].text);
	}
}

static void
test_absent_and_empty_compare_equal(void **state)
{
	(void)state;
	assert_true(bv_eq(BV_NONE, BV_LIT("")));
	assert_true(bv_eq_nocase(BV_NONE, BV_LIT("")));
	assert_int_equal(bv_cmp(BV_NONE, BV_LIT("")), 0);
	assert_int_equal(bv_find(BV_NONE, 0, 'x'), 0);
	assert_int_equal(bv_trim(BV_NONE).n, 0);
	assert_true(bv_is(BV_NONE, ""));
	assert_null(bv_str(NULL).p);
}

static void
test_order(void **state)
{
	static const char *const rising[] = {"", "A", "AB", "B", "a", "aa", "b", "\x80", "\xff"};

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		for (size_t j = 0; j < 9; j++) {
			int d = bv_cmp(bv_str(rising[i]), bv_str(rising[j]));
			assert_int_equal((d > 0) - (d < 0), (i > j) - (i < j));
		}
	}
	assert_true(bv_cmp(bv_make("a\0b", 3), bv_make("a\0a", 3)) > 0);
	assert_true(bv_eq_nocase(BV_LIT("Ab-Z"), BV_LIT("aB-z")));
	assert_false(bv_eq_nocase(BV_LIT("[\xc3"), BV_LIT("{\xe3")));
	assert_true(bv_cmp_nocase(BV_LIT("B"), BV_LIT("a")) > 0);
	assert_false(bv_is(BV_LIT("abc"), "ab"));
}

static void
test_find_and_trim(void **state)
{
	(void)state;
	assert_int_equal(bv_find(BV_LIT("abca"), 1, 'a'), 3);
	assert_int_equal(bv_find(BV_LIT("abca"), 4, 'a'), 4);
	assert_int_equal(bv_find(BV_LIT("abca"), 99, 'a'), 4);
	assert_true(bv_eq(bv_trim(BV_LIT(" \t a b\t ")), BV_LIT("a b")));
	assert_int_equal(bv_trim(BV_LIT(" \t ")).n, 0);
}

static void
test_err_texts_are_cut_and_terminated(void **state)
{
	struct errbuf e;
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	assert_int_equal(err_set(&e, ERR_IO, "%s", text), ERR_IO);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(err_prefix(&e, ERR_IO, "here %d", 1), ERR_IO);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_memory_equal(e.text, "here 1: xx", 10);
	err_prefix(&e, ERR_IO, "%s", text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(err_set(NULL, ERR_FULL, "x"), ERR_FULL);
	assert_int_equal(err_prefix(NULL, ERR_FULL, "x"), ERR_FULL);
}

static void
test_err_text_of_any_code(void **state)
{
	(void)state;
	for (int code = ERR_UNDEFINED; code <= 0; code++)
		assert_string_not_equal(err_text(code), "unknown error");
	assert_string_equal(err_text(ERR_UNDEFINED - 1), "unknown error");
	assert_string_equal(err_text(1), "unknown error");
	assert_string_equal(err_text(-2147483647), "unknown error");
}

static void
test_log_level_from_text_cases(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int want;
	} cases[] = {{"", false, 0}, {" 1", false, 0}, {"frob", false, 0}, {"1x", false, 0},
	    {"-2", false, 0}, {"99999999999999999999", false, 0}, {"stats", true, 256},
	    {"STATS", true, 256}, {"any", true, -1}, {"-1", true, -1}, {"0x100", true, 256},
	    {"0", true, 0}, {"none", true, 32768}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int bits = 7;
		if (log_level_from_text(bv_str(cases[i].text), &bits) != cases[i].ok ||
		    bits != (cases[i].ok ? cases[i].want : 7))
			fail_msg("\"%s\": %d", cases[i].text, bits);
	}
	assert_string_equal(log_level_name(LOG_L_STATS), "stats");
	assert_null(log_level_name(3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_to_i64_cases),
	    cmocka_unit_test(test_absent_and_empty_compare_equal),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_find_and_trim),
	    cmocka_unit_test(test_err_texts_are_cut_and_terminated),
	    cmocka_unit_test(test_err_text_of_any_code),
	    cmocka_unit_test(test_log_level_from_text_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
