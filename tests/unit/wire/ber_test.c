#include "bytes.h"
#include "wire/ber.h"

/* BER: hostile framing first, then readers, then writers against known encodings. */

static struct arena *a;

static const struct {
	const char *name;
	const char *hex;
	int64_t want;
} frames[] = {
    {"nothing yet", "", 0},
    {"tag only", "30", 0},
    {"length missing one octet", "30 82 01", 0},
    {"indefinite", "30 80", ERR_SYNTAX},
    {"nine length octets", "30 89", ERR_SYNTAX},
    {"reserved length octet", "30 ff", ERR_SYNTAX},
    {"length above 2^31-1", "30 84 80 00 00 00", ERR_SYNTAX},
    {"length that overflows", "30 88 ff ff ff ff ff ff ff ff", ERR_SYNTAX},
    {"overflow seen before all octets", "30 88 01 00 00 00 00", ERR_SYNTAX},
    {"multi-byte tag", "1f", ERR_SYNTAX},
    {"largest length", "30 84 7f ff ff ff", 2147483653},
    {"length longer than needed", "30 84 00 00 00 01", 7},
    {"short", "30 03 02 01 07", 5},
    {"content not there", "30 81 80", 131},
};

static void
test_frame_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		if (ber_frame(bytes(a, frames[i].hex)) != frames[i].want)
			fail_msg("%s", frames[i].name);
	}
}

static const struct {
	const char *name;
	const char *hex;
	bool bad;
	int64_t want;
} ints[] = {
    {"empty content", "02 00", true, 0},
    {"nine octets", "02 09 00 00 00 00 00 00 00 00 01", true, 0},
    {"truncated", "02 02 01", true, 0},
    {"wrong tag", "04 01 01", true, 0},
    {"no bytes", "", true, 0},
    {"zero", "02 01 00", false, 0},
    {"minus one", "02 01 ff", false, -1},
    {"128 needs two", "02 02 00 80", false, 128},
    {"-128", "02 01 80", false, -128},
    {"padded zero", "02 04 00 00 00 05", false, 5},
    {"smallest", "02 08 80 00 00 00 00 00 00 00", false, INT64_MIN},
    {"largest", "02 08 7f ff ff ff ff ff ff ff", false, INT64_MAX},
};

static void
test_int_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ints) / sizeof(ints[0]); i++) {
		struct ber_in in = ber_in_of(bytes(a, ints[i].hex));
		int64_t v = ber_int(&in, BER_INTEGER);
		if (v != ints[i].want || in.bad != ints[i].bad || !ber_at_end(&in))
			fail_msg("%s", ints[i].name);
	}
}

static void
test_bool_cases(void **state)
{
	static const struct {
		const char *hex;
		bool bad, want;
	} cases[] = {
	    {"01 00", true, false},
	    {"01 02 ff ff", true, false},
	    {"02 01 ff", true, false},
	    {"01 01 00", false, false},
	    {"01 01 01", false, true},
	    {"01 01 ff", false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ber_in in = ber_in_of(bytes(a, cases[i].hex));
		bool v = ber_bool(&in, BER_BOOLEAN);
		if (v != cases[i].want || in.bad != cases[i].bad)
			fail_msg("%s", cases[i].hex);
	}
}

static void
test_reader_is_sticky(void **state)
{
	struct ber_in in = ber_in_of(bytes(a, "04 05 'ab'"));
	uint8_t tag = 0;

	(void)state;
	assert_null(ber_any(&in, &tag).p);
	assert_true(in.bad && ber_at_end(&in));
	assert_int_equal(ber_peek(&in), -1);
	assert_int_equal(ber_int(&in, BER_INTEGER), 0);
	assert_null(ber_octets(&in, BER_OCTETS).p);
	struct ber_in inner = ber_enter(&in, BER_SEQUENCE);
	assert_true(inner.bad && ber_at_end(&inner));
}

static void
test_leave_refuses_bytes_left_and_bad_inner(void **state)
{
	struct ber_in in = ber_in_of(bytes(a, "30 06 02 01 01 02 01 02"));
	struct ber_in inner = ber_enter(&in, BER_SEQUENCE);

	(void)state;
	assert_int_equal(ber_count(&inner), 2);
	assert_int_equal(ber_int(&inner, BER_INTEGER), 1);
	ber_leave(&in, &inner);
	assert_true(in.bad);
	in = ber_in_of(bytes(a, "30 02 02 01"));
	inner = ber_enter(&in, BER_SEQUENCE);
	ber_int(&inner, BER_INTEGER);
	assert_false(in.bad);
	ber_leave(&in, &inner);
	assert_true(in.bad);
}

static void
test_absent_and_empty(void **state)
{
	struct ber_in in = ber_in_of(BV_NONE);

	(void)state;
	assert_true(ber_at_end(&in));
	assert_false(in.bad);
	in = ber_in_of(bytes(a, "04 00 05 00 05 01 00"));
	assert_non_null(ber_octets(&in, BER_OCTETS).p);
	ber_null(&in, BER_NULL);
	assert_false(in.bad);
	ber_null(&in, BER_NULL);
	assert_true(in.bad);
}

static void
test_put_int_is_shortest_and_reads_back(void **state)
{
	static const int64_t values[] = {0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768,
	    INT32_MAX, INT32_MIN, (int64_t)1 << 55, INT64_MAX, INT64_MIN};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct buf out = {0};
		ber_put_int(&out, BER_ENUM, values[i]);
		assert_int_equal(out.n, 2 + ber_int_bytes(values[i]));
		if (out.p[1] > 1)
			assert_false((out.p[2] == 0 && out.p[3] < 0x80) ||
				     (out.p[2] == 0xff && out.p[3] >= 0x80));
		struct ber_in in = ber_in_of(buf_bv(&out));
		assert_true(ber_int(&in, BER_ENUM) == values[i] && !in.bad);
		buf_done(&out);
	}
}

static void
test_close_writes_shortest_length(void **state)
{
	static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536, 70000};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf out = {0};
		uint8_t *content = arena_zalloc(a, sizes[i] + 1, 1);
		memset(content, 'x', sizes[i]);
		buf_put_byte(&out, 0xee);
		size_t outer = ber_open(&out, BER_SEQUENCE);
		size_t inner = ber_open(&out, BER_SET);
		buf_put(&out, content, sizes[i]);
		ber_close(&out, inner);
		ber_close(&out, outer);
		size_t set = ber_header_bytes(sizes[i]) + sizes[i];
		assert_int_equal(out.n, 1 + ber_header_bytes(set) + set);
		struct ber_in in = ber_in_of(bv_from(buf_bv(&out), 1));
		struct ber_in seq = ber_enter(&in, BER_SEQUENCE);
		assert_bv(ber_octets(&seq, BER_SET), bv_make(content, sizes[i]));
		ber_leave(&in, &seq);
		assert_true(!in.bad && ber_at_end(&in));
		buf_done(&out);
	}
}

static void
test_put_known_bytes(void **state)
{
	struct buf out = {0};

	(void)state;
	ber_put_octets(&out, BER_OCTETS, BV_LIT("ab"));
	ber_put_octets(&out, BER_OCTETS, BV_NONE);
	ber_put_bool(&out, BER_BOOLEAN, true);
	ber_put_bool(&out, BER_CONTEXT | 4, false);
	ber_put_header(&out, BER_SEQUENCE, 300);
	assert_bv(buf_bv(&out), bytes(a, "04 02 'ab' 04 00 01 01 ff 84 01 00 30 82 01 2c"));
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_frame_cases),
	    cmocka_unit_test(test_int_cases),
	    cmocka_unit_test(test_bool_cases),
	    cmocka_unit_test(test_reader_is_sticky),
	    cmocka_unit_test(test_leave_refuses_bytes_left_and_bad_inner),
	    cmocka_unit_test(test_absent_and_empty),
	    cmocka_unit_test(test_put_int_is_shortest_and_reads_back),
	    cmocka_unit_test(test_close_writes_shortest_length),
	    cmocka_unit_test(test_put_known_bytes),
	};

	a = arena_new(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&a);
	return failed;
}
