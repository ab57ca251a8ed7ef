#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "base/json.h"

/* Text inside JSON strings: whatever the bytes are, the result is UTF-8 that any parser reads. */

#define BYTES(s)                                                                                   \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static const struct {
	const char *name;
	struct bv in;
	const char *want;
} cases[] = {
    {"empty", BYTES(""), ""},
    {"plain", BYTES("uid=jean,dc=falcot"), "uid=jean,dc=falcot"},
    {"quote", BYTES("a\"b"), "a\\\"b"},
    {"backslash", BYTES("a\\2Cb"), "a\\\\2Cb"},
    {"slash stays", BYTES("ldap://x/"), "ldap://x/"},
    {"line ends", BYTES("a\r\nb\t"), "a\\u000d\\u000ab\\u0009"},
    {"nul", BYTES("a\0b"), "a\\u0000b"},
    {"escape", BYTES("\x1b[31m"), "\\u001b[31m"},
    {"delete", BYTES("\x7f"), "\\u007f"},
    {"two bytes", BYTES("L\xc3\xa8vre"), "L\xc3\xa8vre"},
    {"three bytes", BYTES("\xe2\x82\xac"), "\xe2\x82\xac"},
    {"four bytes", BYTES("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80"},
    {"last code point", BYTES("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf"},
    {"control of two bytes",
	BYTES("\xc2\x9b"
	      "31m"),
	"\\u009b31m"},
    {"no-break space is none", BYTES("\xc2\xa0"), "\xc2\xa0"},
    {"lone tail", BYTES("\x80"), "\\\\x80"},
    {"never UTF-8", BYTES("\xff\xfe"), "\\\\xff\\\\xfe"},
    {"overlong slash", BYTES("\xc0\xaf"), "\\\\xc0\\\\xaf"},
    {"overlong of three", BYTES("\xe0\x80\xaf"), "\\\\xe0\\\\x80\\\\xaf"},
    {"overlong of four", BYTES("\xf0\x80\x80\xaf"), "\\\\xf0\\\\x80\\\\x80\\\\xaf"},
    {"surrogate", BYTES("\xed\xa0\x80"), "\\\\xed\\\\xa0\\\\x80"},
    {"beyond Unicode", BYTES("\xf4\x90\x80\x80"), "\\\\xf4\\\\x90\\\\x80\\\\x80"},
    {"five bytes", BYTES("\xf8\x88\x80\x80\x80"), "\\\\xf8\\\\x88\\\\x80\\\\x80\\\\x80"},
    {"cut after one", BYTES("a\xe2"), "a\\\\xe2"},
    {"cut after two", BYTES("a\xe2\x82"), "a\\\\xe2\\\\x82"},
    {"cut before a letter",
	BYTES("\xe2\x82"
	      "a"),
	"\\\\xe2\\\\x82a"},
};

static void
test_escape_cases(void **state)
{
	char out[256];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t used = json_escape(cases[i].in, out, sizeof(out), &n);
		if (strcmp(out, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, out);
		assert_int_equal(used, cases[i].in.n);
		assert_int_equal(n, strlen(out));
	}
}

/* In whatever room: whole escapes and characters only, and nothing behind the end. */
static void
test_escape_stops_at_a_boundary(void **state)
{
	struct bv in = BYTES("a\"\n\xe2\x82\xac\xff");
	const size_t ends[] = {0, 1, 3, 9, 12, 17};
	char out[32];
	size_t n;

	(void)state;
	for (size_t size = 1; size < 20; size++) {
		size_t want = 0;
		memset(out, '#', sizeof(out));
		size_t used = json_escape(in, out, size, &n);
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			want = ends[i] < size ? ends[i] : want;
		assert_int_equal(n, want);
		assert_int_equal(out[n], 0);
		assert_int_equal(out[size], '#');
		assert_true(used <= in.n && (used == in.n) == (size > 17));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_escape_cases),
	    cmocka_unit_test(test_escape_stops_at_a_boundary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
