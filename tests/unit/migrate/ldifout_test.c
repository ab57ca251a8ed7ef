/* LDIF: what is encoded, how lines are folded, and that everything comes back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "migrate/ldifout.h"

struct value_case {
	const char *name;
	struct bv value;
	size_t wrap;
	const char *line;
};

static const struct value_case cases[] = {
    {"plain", BV_LIT("abc"), 76, "cn: abc\n"},
    {"empty", BV_LIT(""), 76, "cn: \n"},
    {"blank first", BV_LIT(" a"), 76, "cn:: IGE=\n"},
    {"blank last", BV_LIT("a "), 76, "cn:: YSA=\n"},
    {"colon first", BV_LIT(":a"), 76, "cn:: OmE=\n"},
    {"less-than first", BV_LIT("<a"), 76, "cn:: PGE=\n"},
    {"colon inside", BV_LIT("a: <b"), 76, "cn: a: <b\n"},
    {"hash first", BV_LIT("#a"), 76, "cn: #a\n"},
    {"NUL", BV_LIT("a\0b"), 76, "cn:: YQBi\n"},
    {"line end", BV_LIT("a\nb"), 76, "cn:: YQpi\n"},
    {"carriage return", BV_LIT("a\rb"), 76, "cn:: YQ1i\n"},
    {"UTF-8", BV_LIT("\xc3\xa9"), 76, "cn:: w6k=\n"},
    {"folded", BV_LIT("abcdefghij"), 8, "cn: abcd\n efghij\n"},
    {"folded twice", BV_LIT("abcdefghijk"), 6, "cn: ab\n cdefg\n hijk\n"},
    {"folded base64", BV_LIT("\xc3\xa9\xc3\xa9"), 8, "cn:: w6n\n DqQ==\n"},
    {"exactly as wide", BV_LIT("abcd"), 8, "cn: abcd\n"},
    {"not folded", BV_LIT("abcdefghij"), 0, "cn: abcdefghij\n"},
    {"silly width", BV_LIT("abc"), 1, "cn: abc\n"},
};

static void
test_ldifout_value_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		ldifout_value(out, "cn", cases[i].value, cases[i].wrap);
		fclose(out);
		if (strcmp(text, cases[i].line) != 0)
			fail_msg("%s: %s", cases[i].name, text);
		free(text);
	}
}

static void
test_ldifout_read_takes_what_was_written(void **state)
{
	struct arena *arena = arena_new(0);
	uint8_t bytes[67];

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);
		struct bv name, value;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 37 + n * 11);
		ldifout_value(out, "+cn", bv_make(bytes, n), 0);
		fclose(out);
		assert_true(ldifout_read(arena, bv_make(text, size - 1), &name, &value));
		assert_true(bv_eq(name, BV_LIT("+cn")));
		assert_true(bv_eq(value, bv_make(bytes, n)));
		free(text);
	}
	arena_free(&arena);
}

static void
test_ldifout_read_refuses(void **state)
{
	static const char *const bad[] = {"", "cn", ":", ": a", "cn:", "cn:a", "cn:: a",
	    "cn:: a===", "cn:: =aaa", "cn:: aa=a",
	    "cn:: ====", "cn:: aa\xff=", "cn:< file:///etc/shadow"};
	struct arena *arena = arena_new(0);
	struct bv name, value;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ldifout_read(arena, bv_str(bad[i]), &name, &value))
			fail_msg("taken: %s", bad[i]);
	}
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ldifout_value_cases),
	    cmocka_unit_test(test_ldifout_read_takes_what_was_written),
	    cmocka_unit_test(test_ldifout_read_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
