/* Characters, fields, words, numbers; and the hash table under them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "migrate/hash.h"
#include "migrate/text.h"

struct utf8_case {
	const char *name;
	struct bv text;
	bool good;
};

static const struct utf8_case utf8[] = {
    {"empty", BV_LIT(""), true},
    {"ASCII", BV_LIT("abc\0\x7f"), true},
    {"two, three, four bytes", BV_LIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), true},
    {"last code point", BV_LIT("\xf4\x8f\xbf\xbf"), true},
    {"beyond it", BV_LIT("\xf4\x90\x80\x80"), false},
    {"cut off", BV_LIT("a\xc3"), false},
    {"cut off in three", BV_LIT("\xe2\x82"), false},
    {"continuation alone", BV_LIT("\x80"), false},
    {"no continuation", BV_LIT("\xc3("), false},
    {"overlong", BV_LIT("\xc0\x80"), false},
    {"overlong three", BV_LIT("\xe0\x80\xaf"), false},
    {"surrogate", BV_LIT("\xed\xbf\xbf"), false},
    {"ff", BV_LIT("\xff"), false},
};

static void
test_text_is_utf8_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++) {
		if (text_is_utf8(utf8[i].text) != utf8[i].good)
			fail_msg("%s", utf8[i].name);
	}
}

static void
check_text(struct bv got, const char *expected)
{
	if (!bv_eq(got, bv_str(expected)))
		fail_msg("\"%.*s\" instead of \"%s\"", BV(got), expected);
}

static void
test_text_fold_and_printable(void **state)
{
	struct arena *arena = arena_new(0);

	(void)state;
	check_text(text_fold(arena, BV_LIT("  A  b ")), "a b");
	check_text(text_fold(arena, BV_LIT("\xc3\x89T\xc3\x89")), "\xc3\xa9t\xc3\xa9");
	check_text(text_fold(arena, BV_LIT("\xc8\xba")), "\xe2\xb1\xa5");
	check_text(text_fold(arena, BV_LIT("\xff")), "\xff");
	check_text(text_fold(arena, BV_LIT("   ")), "");
	check_text(text_printable(arena, BV_LIT("a\x1b\n\x7f\xff\xc3\xa9\xc2\x9b")),
	    "a\\x1b\\x0a\\x7f\\xff\xc3\xa9\\xc2\\x9b");
	check_text(text_from_latin1(arena, BV_LIT("\xe9\xff\x80")), "\xc3\xa9\xc3\xbf\xc2\x80");
	arena_free(&arena);
}

static void
test_text_number_bounds(void **state)
{
	unsigned long value = 7;

	(void)state;
	assert_true(text_number(BV_LIT("0"), 0xffff, &value) && value == 0);
	assert_true(text_number(BV_LIT("65535"), 65535, &value) && value == 65535);
	assert_true(text_number(BV_LIT("00012"), 65535, &value) && value == 12);
	assert_true(text_number(BV_LIT("18446744073709551615"), (unsigned long)-1, &value));
	value = 7;
	static const char *const bad[] = {"", "65536", "-1", "+1", " 1", "1 ", "0x10", "1e3",
	    "99999999999999999999", "000000000000000000001"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (text_number(bv_str(bad[i]), 65535, &value))
			fail_msg("taken: \"%s\"", bad[i]);
	}
	assert_int_equal(value, 7);
}

static void
test_text_split_and_words(void **state)
{
	struct bv fields[3] = {BV_NONE};
	struct bv rest = BV_LIT(" \ta  b\t");

	(void)state;
	assert_int_equal(text_split(BV_LIT("a::b:c"), ':', fields, 3), 4);
	check_text(fields[2], "b");
	assert_int_equal(text_split(BV_LIT(""), ':', fields, 3), 1);
	assert_int_equal(text_split(BV_LIT(":"), ':', fields, 3), 2);
	check_text(text_word(&rest), "a");
	check_text(text_word(&rest), "b");
	assert_null(text_word(&rest).p);
	assert_null(text_word(&rest).p);
}

static void
test_hash_put_keeps_the_first(void **state)
{
	enum { COUNT = 5000 };
	struct arena *arena = arena_new(0);
	struct hash *h = hash_new(arena);
	static int values[COUNT];

	(void)state;
	for (int i = 0; i < COUNT; i++)
		assert_null(hash_put(h, arena_printf(arena, "key%d", i), &values[i]));
	for (int i = 0; i < COUNT; i++) {
		struct bv key = arena_printf(arena, "key%d", i);

		assert_ptr_equal(hash_put(h, key, &values[0]), &values[i]);
		assert_ptr_equal(hash_get(h, key), &values[i]);
	}
	assert_null(hash_get(h, BV_LIT("absent")));
	assert_null(hash_get(h, BV_LIT("")));
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_is_utf8_cases),
	    cmocka_unit_test(test_text_fold_and_printable),
	    cmocka_unit_test(test_text_number_bounds),
	    cmocka_unit_test(test_text_split_and_words),
	    cmocka_unit_test(test_hash_put_keeps_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
