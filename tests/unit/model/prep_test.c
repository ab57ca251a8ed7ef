#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/prep.h"

/* String preparation: RFC 4518's own examples first, then hostile UTF-8. */

struct prep_case {
	const char *in;
	bool fold;
	enum prep_spaces spaces;
	const char *want; /* NULL: ERR_SYNTAX */
};

static void
run(const struct prep_case *cases, size_t count)
{
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < count; i++) {
		struct bv out = BV_NONE;
		int rc = prep_string(a, bv_str(cases[i].in), cases[i].fold, cases[i].spaces, &out);
		if (cases[i].want == NULL) {
			if (rc != ERR_SYNTAX)
				fail_msg("case %zu \"%s\" was accepted", i, cases[i].in);
			continue;
		}
		if (rc != 0 || !bv_eq(out, bv_str(cases[i].want)))
			fail_msg("case %zu \"%s\": rc %d, \"%.*s\" instead of \"%s\"", i,
			    cases[i].in, rc, BV(out), cases[i].want);
	}
	arena_free(&a);
}

#define RUN(cases) run(cases, sizeof(cases) / sizeof(cases)[0])

static void
test_prep_whole_values(void **state)
{
	static const struct prep_case CASES[] = {
	    {"", true, PREP_SPACES_WHOLE, ""},
	    {" ", true, PREP_SPACES_WHOLE, ""},
	    {"    ", true, PREP_SPACES_WHOLE, ""},
	    {"foo", true, PREP_SPACES_WHOLE, "foo"},
	    {"Foo Bar", true, PREP_SPACES_WHOLE, "foo bar"},
	    {"Foo Bar", false, PREP_SPACES_WHOLE, "Foo Bar"},
	    {"  foo   bar  ", false, PREP_SPACES_WHOLE, "foo bar"},
	    {"foo bar  ", true, PREP_SPACES_WHOLE, "foo bar"},
	    {"a\tb\r\nc", true, PREP_SPACES_WHOLE, "a b c"},
	    {"\tfoo\n", true, PREP_SPACES_WHOLE, "foo"},
	    {"a\x01\x7f"
	     "b",
		true, PREP_SPACES_WHOLE, "ab"},
	    {"a-b", true, PREP_SPACES_WHOLE, "a-b"},
	};

	(void)state;
	RUN(CASES);
}

static void
test_prep_unicode(void **state)
{
	static const struct prep_case CASES[] = {
	    {"\xc3\x89milie", true, PREP_SPACES_WHOLE, "\xc3\xa9milie"},
	    {"E\xcc\x81milie", true, PREP_SPACES_WHOLE, "\xc3\xa9milie"}, /* NFD to NFC */
	    {"\xc3\x89", false, PREP_SPACES_WHOLE, "\xc3\x89"},
	    {"stra\xc3\x9f"
	     "e",
		true, PREP_SPACES_WHOLE, "strasse"},
	    {"\xce\xa3\xcf\x82", true, PREP_SPACES_WHOLE, "\xcf\x83\xcf\x83"},
	    {"\xef\xac\x81x", true, PREP_SPACES_WHOLE, "fix"}, /* ligature fi */
	    {"\xef\xbc\xa1", true, PREP_SPACES_WHOLE, "a"},    /* full width A */
	    {"\xe3\x8e\x92", true, PREP_SPACES_WHOLE, "mhz"},  /* square MHz */
	    {"a\xc2\xad"
	     "b",
		true, PREP_SPACES_WHOLE, "ab"}, /* soft hyphen */
	    {"a\xe2\x80\x8b"
	     "b",
		true, PREP_SPACES_WHOLE, "ab"}, /* zero width space */
	    {"\xef\xbb\xbf"
	     "a",
		true, PREP_SPACES_WHOLE, "a"}, /* byte order mark */
	    {"a\xe2\x80\xae"
	     "b",
		true, PREP_SPACES_WHOLE, "ab"}, /* right-to-left override */
	    {"a\xc2\xa0\xe3\x80\x80"
	     "b",
		true, PREP_SPACES_WHOLE, "a b"},
	    {"\xc2\xa0"
	     "a\xc2\xa0",
		true, PREP_SPACES_WHOLE, "a"},
	    {"a\xc2\x85"
	     "b",
		true, PREP_SPACES_WHOLE, "a b"},
	    {" \xcc\x81", true, PREP_SPACES_WHOLE, " \xcc\x81"}, /* a space with a mark is none */
	    {"\xf0\x9f\x98\x80", true, PREP_SPACES_WHOLE, "\xf0\x9f\x98\x80"}, /* newer than 3.2 */
	    {"\xce\x91\xce\x92", true, PREP_SPACES_WHOLE, "\xce\xb1\xce\xb2"},
	};

	(void)state;
	RUN(CASES);
}

static void
test_prep_refuses_malformed_and_prohibited(void **state)
{
	static const struct prep_case CASES[] = {
	    {"\xff", true, PREP_SPACES_WHOLE, NULL}, {"\xc3", true, PREP_SPACES_WHOLE, NULL},
	    {"a\xc3(", true, PREP_SPACES_WHOLE, NULL},
	    {"\xc0\x80", true, PREP_SPACES_WHOLE, NULL},	 /* overlong NUL */
	    {"\xe0\x80\xaf", true, PREP_SPACES_WHOLE, NULL},	 /* overlong slash */
	    {"\xed\xa0\x80", true, PREP_SPACES_WHOLE, NULL},	 /* surrogate */
	    {"\xf4\x90\x80\x80", true, PREP_SPACES_WHOLE, NULL}, /* above 10FFFF */
	    {"\xee\x80\x80", true, PREP_SPACES_WHOLE, NULL},	 /* private use */
	    {"\xef\xbf\xbd", true, PREP_SPACES_WHOLE, NULL},	 /* replacement character */
	    {"\xef\xbf\xbf", true, PREP_SPACES_WHOLE, NULL},	 /* noncharacter */
	    {"\xef\xb7\x90", true, PREP_SPACES_WHOLE, NULL},	 /* noncharacter FDD0 */
	    {"\xcd\xb8", true, PREP_SPACES_WHOLE, NULL},	 /* unassigned 0378 */
	};

	(void)state;
	RUN(CASES);
}

static void
test_prep_substring_components(void **state)
{
	static const struct prep_case CASES[] = {
	    {"  foo  ", true, PREP_SPACES_INITIAL, "foo "},
	    {"  foo  ", true, PREP_SPACES_ANY, " foo "},
	    {"  foo  ", true, PREP_SPACES_FINAL, " foo"},
	    {"foo", true, PREP_SPACES_ANY, "foo"},
	    {"   ", true, PREP_SPACES_ANY, " "},
	    {"   ", true, PREP_SPACES_INITIAL, ""},
	    {"   ", true, PREP_SPACES_FINAL, ""},
	    {" \xc3\x89 ", true, PREP_SPACES_INITIAL, "\xc3\xa9 "},
	    {" \xc3\x89 ", true, PREP_SPACES_ANY, " \xc3\xa9 "},
	    {" \xc3\x89 ", true, PREP_SPACES_FINAL, " \xc3\xa9"},
	};

	(void)state;
	RUN(CASES);
}

static void
test_prep_numbers(void **state)
{
	static const struct prep_case CASES[] = {
	    {" 12 34  5 ", false, PREP_SPACES_NUMERIC, "12345"},
	    {"   ", false, PREP_SPACES_NUMERIC, ""},
	    {"+33 4-77 00 01-50", true, PREP_SPACES_PHONE, "+33477000150"},
	    {"--", true, PREP_SPACES_PHONE, ""},
	    {"1\xe2\x80\x90"
	     "2\xe2\x88\x92"
	     "3\xd6\x8a\xef\xbc\x8d",
		true, PREP_SPACES_PHONE, "123"},
	    {"12-3", false, PREP_SPACES_NUMERIC, "12-3"},
	};

	(void)state;
	RUN(CASES);
}

static void
test_prep_borrows_when_nothing_changes(void **state)
{
	struct arena *a = arena_new(0);
	struct bv in = BV_LIT("  jean dupont 42  "), out;

	(void)state;
	assert_int_equal(prep_string(a, in, true, PREP_SPACES_WHOLE, &out), 0);
	assert_ptr_equal(out.p, in.p + 2);
	assert_int_equal(out.n, in.n - 4);
	arena_free(&a);
}

/* The two paths agree: a value and the same value behind a dropped wide character. */
static void
test_prep_paths_agree(void **state)
{
	static const char *const TEXTS[] = {"Foo", " a  B ", "x\ty", "A-b", "\x01q ", "  "};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		for (int spaces = PREP_SPACES_WHOLE; spaces <= PREP_SPACES_PHONE; spaces++) {
			struct bv fast, slow;
			struct bv wide = arena_printf(a, "\xe2\x80\x8b%s", TEXTS[i]);
			assert_int_equal(
			    prep_string(a, bv_str(TEXTS[i]), true, (enum prep_spaces)spaces, &fast),
			    0);
			assert_int_equal(
			    prep_string(a, wide, true, (enum prep_spaces)spaces, &slow), 0);
			if (!bv_eq(fast, slow))
				fail_msg("\"%s\" as %d: \"%.*s\" and \"%.*s\"", TEXTS[i], spaces,
				    BV(fast), BV(slow));
		}
	}
	arena_free(&a);
}

static void
test_prep_bounds_runs_of_marks(void **state)
{
	enum { MARKS = 100000 };
	struct arena *a = arena_new(0);
	uint8_t *p = arena_alloc(a, MARKS * 2);
	struct bv out;

	(void)state;
	for (size_t i = 0; i < MARKS; i++)
		memcpy(p + i * 2, i % 2 == 0 ? "\xcc\x81" : "\xcc\xa7", 2);
	assert_int_equal(
	    prep_string(a, bv_make(p, MARKS * 2), true, PREP_SPACES_WHOLE, &out), ERR_SYNTAX);
	assert_int_equal(prep_string(a, bv_make(p, 60), true, PREP_SPACES_WHOLE, &out), 0);
	arena_free(&a);
}

static void
test_is_utf8(void **state)
{
	(void)state;
	assert_true(prep_is_utf8(BV_LIT("")));
	assert_true(prep_is_utf8(BV_LIT("a\0b")));
	assert_true(prep_is_utf8(BV_LIT("\xf0\x9f\x98\x80")));
	assert_false(prep_is_utf8(BV_LIT("\x80")));
	assert_false(prep_is_utf8(BV_LIT("\xf0\x9f\x98")));
	assert_false(prep_is_utf8(BV_LIT("\xed\xbf\xbf")));
	assert_false(prep_is_utf8(BV_LIT("\xf8\x88\x80\x80\x80")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_prep_whole_values),
	    cmocka_unit_test(test_prep_unicode),
	    cmocka_unit_test(test_prep_refuses_malformed_and_prohibited),
	    cmocka_unit_test(test_prep_substring_components),
	    cmocka_unit_test(test_prep_numbers),
	    cmocka_unit_test(test_prep_borrows_when_nothing_changes),
	    cmocka_unit_test(test_prep_paths_agree),
	    cmocka_unit_test(test_prep_bounds_runs_of_marks),
	    cmocka_unit_test(test_is_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
