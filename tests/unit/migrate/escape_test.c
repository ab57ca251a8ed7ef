/* Names: escaping for RFC 4514 and comparing. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "migrate/escape.h"

struct value_case {
	const char *name;
	struct bv value;
	const char *escaped;
};

static const struct value_case values[] = {
    {"plain", BV_LIT("abc"), "abc"},
    {"specials", BV_LIT("a,b+c\"d\\e<f>g;h=i"), "a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h\\=i"},
    {"hash first", BV_LIT("#a#"), "\\#a#"},
    {"blank first and last", BV_LIT("  a  "), "\\  a \\ "},
    {"one blank", BV_LIT(" "), "\\ "},
    {"NUL", BV_LIT("a\0b"), "a\\00b"},
    {"control characters", BV_LIT("\n\x7f"), "\\0A\\7F"},
    {"UTF-8", BV_LIT("\xc3\xa9"), "\xc3\xa9"},
    {"empty", BV_LIT(""), ""},
};

static void
test_escape_value_cases(void **state)
{
	struct arena *arena = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct bv got = escape_value(arena, values[i].value);

		if (!bv_eq(got, bv_str(values[i].escaped)))
			fail_msg("%s: %.*s", values[i].name, BV(got));
	}
	arena_free(&arena);
}

/* Every byte that UTF-8 text can hold must come back from the library's parser as it went in. */
static void
test_escape_value_comes_back(void **state)
{
	struct arena *arena = arena_new(0);

	(void)state;
	for (unsigned c = 1; c < 128; c++) {
		const uint8_t bytes[4] = {(uint8_t)c, 'm', (uint8_t)c, 0};
		struct bv value = bv_make(bytes, 3);
		struct bv dn = escape_join(arena, escape_rdn(arena, "cn", value), BV_LIT("dc=x"));
		struct bv type, got, up;

		assert_true(escape_first(arena, dn, &type, &got, &up));
		if (!bv_eq(got, value) || !bv_eq(up, BV_LIT("dc=x")))
			fail_msg("byte %u: %.*s", c, BV(dn));
	}
	arena_free(&arena);
}

struct key_case {
	const char *a;
	const char *b;
	bool equal;
};

static const struct key_case keys[] = {
    {"cn=A,dc=X", "CN=a, DC=x", true},
    {"cn=a\\2Cb,dc=x", "cn=a\\,b,dc=x", true},
    {"cn=a+sn=b,dc=x", "sn=B+cn=A,dc=x", true},
    {"cn=a  b,dc=x", "cn=a b,dc=x", true},
    {"cn=\xc3\x84,dc=x", "cn=\xc3\xa4,dc=x", true},
    {"cn=a,dc=x", "cn=a,dc=y", false},
    {"cn=a,dc=x", "dc=x", false},
    {"cn=a\\,dc\\=x", "cn=a,dc=x", false},
    {"cn=a+sn=b", "cn=a,sn=b", false},
    {"not a name", "not a name", true},
    {"not a name", "cn=a", false},
    {"", "", true},
};

static void
test_escape_dn_key_cases(void **state)
{
	struct arena *arena = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct bv a = escape_dn_key(arena, bv_str(keys[i].a));
		struct bv b = escape_dn_key(arena, bv_str(keys[i].b));

		if (bv_eq(a, b) != keys[i].equal)
			fail_msg("%s and %s: %.*s and %.*s", keys[i].a, keys[i].b, BV(a), BV(b));
	}
	arena_free(&arena);
}

static void
test_escape_first_refuses_what_is_no_single_part(void **state)
{
	static const struct bv none[] = {BV_LIT(""), BV_LIT("x"), BV_LIT("cn=a+sn=b,dc=x"),
	    BV_LIT("cn=a\0b,dc=x"), BV_LIT("=a"), BV_LIT("cn=a,,dc=x")};
	struct arena *arena = arena_new(0);
	struct bv type, value, up;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (escape_first(arena, none[i], &type, &value, &up))
			fail_msg("%.*s", BV(none[i]));
	}
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_escape_value_cases),
	    cmocka_unit_test(test_escape_value_comes_back),
	    cmocka_unit_test(test_escape_dn_key_cases),
	    cmocka_unit_test(test_escape_first_refuses_what_is_no_single_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
