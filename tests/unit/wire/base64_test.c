#include "bytes.h"
#include "wire/base64.h"
#include "wire/hex.h"

/* Base64 and percent escapes: wrong text first, then every length of group. */

static struct arena *a;

static void
test_decode_refuses(void **state)
{
	static const char *const cases[] = {"A", "AA", "AAA", "AAAAA", "====", "A===", "=AAA",
	    "AA=A", "AA==AAAA", "AAA=AAAA", "AA A", "AA\nA", "AA-A", "AA_A", "!AAA", "AAA\x80"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bv out = BV_LIT("untouched");
		if (base64_decode(a, bv_str(cases[i]), &out) != ERR_SYNTAX || out.n != 9)
			fail_msg("accepted: %s", cases[i]);
	}
}

static void
test_known_pairs(void **state)
{
	static const char *const cases[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
	    {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
	    {"\xff\xfe\xfb", "//77"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = {0};
		struct bv back;
		base64_put(&out, bv_str(cases[i][0]));
		assert_bv(buf_bv(&out), bv_str(cases[i][1]));
		assert_int_equal(base64_decode(a, buf_bv(&out), &back), 0);
		assert_bv(back, bv_str(cases[i][0]));
		buf_done(&out);
	}
}

static void
test_round_trip_all_bytes(void **state)
{
	uint8_t all[256];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	for (size_t n = 0; n <= sizeof(all); n++) {
		struct buf out = {0};
		struct bv back;
		base64_put(&out, bv_make(all, n));
		assert_int_equal(base64_decode(a, buf_bv(&out), &back), 0);
		assert_bv(back, bv_make(all, n));
		buf_done(&out);
	}
}

static void
test_unpercent_cases(void **state)
{
	static const struct {
		const char *text, *want; /* want NULL: refused */
	} cases[] = {{"%", NULL}, {"%4", NULL}, {"a%4", NULL}, {"%4g", NULL}, {"%%41", NULL},
	    {"", ""}, {"%41%4a%4A", "AJJ"}, {"a+b", "a+b"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bv out;
		int r = hex_unpercent(a, bv_str(cases[i].text), &out);
		assert_int_equal(r, cases[i].want == NULL ? ERR_SYNTAX : 0);
		if (r == 0)
			assert_bv(out, bv_str(cases[i].want));
	}
	assert_int_equal(hex_pair(BV_LIT("ff"), 1), -1);
	assert_int_equal(hex_pair(BV_LIT("ff"), SIZE_MAX), -1);
	assert_int_equal(hex_pair(BV_LIT("fF"), 0), 255);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decode_refuses),
	    cmocka_unit_test(test_known_pairs),
	    cmocka_unit_test(test_round_trip_all_bytes),
	    cmocka_unit_test(test_unpercent_cases),
	};

	a = arena_new(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&a);
	return failed;
}
