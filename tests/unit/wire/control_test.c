#include "bytes.h"
#include "wire/control.h"
#include "wire/filter.h"

/* Control values: each decoder against wrong values first, then right ones. */

static struct arena *a;

static int
paged(struct bv v)
{
	int32_t size;
	struct bv cookie;

	return control_paged_decode(v, &size, &cookie);
}

static int
read_entry(struct bv v)
{
	struct bv *attrs;
	size_t n;

	return control_read_entry_decode(a, v, &attrs, &n);
}

static int
assertion(struct bv v)
{
	struct filter *f;

	return control_assertion_decode(a, v, &filter_default_limits, &f);
}

static int
values_return(struct bv v)
{
	static const struct filter_limits two = {.depth = 2, .nodes = 2};
	struct filter **items;
	size_t n;

	return control_values_return_decode(a, v, &two, &items, &n);
}

static int
subentries(struct bv v)
{
	bool visible;

	return control_subentries_decode(v, &visible);
}

static int
cancel(struct bv v)
{
	int32_t id;

	return control_cancel_decode(v, &id);
}

static int
passmod(struct bv v)
{
	struct bv user, old, new;

	return control_passmod_decode(v, &user, &old, &new);
}

static const struct {
	const char *name;
	int (*decode)(struct bv v);
	const char *hex;
	int want;
} cases[] = {
    {"paged: nothing", paged, "", ERR_SYNTAX},
    {"paged: no cookie", paged, "30 03 02 01 01", ERR_SYNTAX},
    {"paged: negative", paged, "30 05 02 01 ff 04 00", ERR_SYNTAX},
    {"paged: above maxInt", paged, "30 09 02 05 00 80 00 00 00 04 00", ERR_SYNTAX},
    {"paged: more inside", paged, "30 07 02 01 01 04 00 05 00", ERR_SYNTAX},
    {"paged: more behind", paged, "30 05 02 01 01 04 00 00", ERR_SYNTAX},
    {"paged: right", paged, "30 05 02 01 01 04 00", 0},
    {"read entry: nothing", read_entry, "", ERR_SYNTAX},
    {"read entry: integer in it", read_entry, "30 03 02 01 01", ERR_SYNTAX},
    {"read entry: behind", read_entry, "30 00 00", ERR_SYNTAX},
    {"read entry: empty", read_entry, "30 00", 0},
    {"assertion: nothing", assertion, "", ERR_SYNTAX},
    {"assertion: behind", assertion, "87 01 'a' 00", ERR_SYNTAX},
    {"assertion: right", assertion, "87 01 'a'", 0},
    {"values: nothing", values_return, "", ERR_SYNTAX},
    {"values: empty list", values_return, "30 00", ERR_SYNTAX},
    {"values: and", values_return, "30 02 a0 00", ERR_SYNTAX},
    {"values: not", values_return, "30 05 a2 03 87 01 'a'", ERR_SYNTAX},
    {"values: dnAttributes", values_return, "30 0b a9 09 82 01 'a' 83 01 'x' 84 01 ff", ERR_SYNTAX},
    {"values: too many", values_return, "30 09 87 01 'a' 87 01 'a' 87 01 'a'", ERR_LIMIT},
    {"values: two", values_return, "30 06 87 01 'a' 87 01 'b'", 0},
    {"subentries: nothing", subentries, "", ERR_SYNTAX},
    {"subentries: in a sequence", subentries, "30 03 01 01 ff", ERR_SYNTAX},
    {"subentries: behind", subentries, "01 01 ff 00", ERR_SYNTAX},
    {"subentries: right", subentries, "01 01 ff", 0},
    {"cancel: nothing", cancel, "", ERR_SYNTAX},
    {"cancel: negative", cancel, "30 03 02 01 ff", ERR_SYNTAX},
    {"cancel: right", cancel, "30 03 02 01 05", 0},
    {"passmod: empty value", passmod, "", ERR_SYNTAX},
    {"passmod: order", passmod, "30 06 81 01 'o' 80 01 'u'", ERR_SYNTAX},
    {"passmod: unknown member", passmod, "30 02 83 00", ERR_SYNTAX},
    {"passmod: empty", passmod, "30 00", 0},
};

static void
test_decode_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = cases[i].decode(bytes(a, cases[i].hex));
		if (r != cases[i].want)
			fail_msg("%s: %d", cases[i].name, r);
	}
}

static void
test_absent_value_is_an_empty_password_request(void **state)
{
	struct bv user, old, new;

	(void)state;
	assert_int_equal(control_passmod_decode(BV_NONE, &user, &old, &new), 0);
	assert_true(user.p == NULL && old.p == NULL && new.p == NULL);
	assert_int_equal(
	    control_passmod_decode(bytes(a, "30 05 80 01 'u' 82 00"), &user, &old, &new), 0);
	assert_bv(user, BV_LIT("u"));
	assert_true(old.p == NULL && new.p != NULL &&new.n == 0);
	assert_int_equal(paged(BV_NONE), ERR_SYNTAX);
	assert_int_equal(subentries(BV_NONE), ERR_SYNTAX);
}

static void
test_encoders(void **state)
{
	struct buf out = {0};
	int32_t size;
	struct bv cookie;

	(void)state;
	control_paged_encode(&out, 1000, BV_LIT("c"));
	assert_int_equal(control_paged_decode(buf_bv(&out), &size, &cookie), 0);
	assert_int_equal(size, 1000);
	assert_bv(cookie, BV_LIT("c"));
	buf_consume(&out, out.n);
	control_passmod_encode(&out, BV_LIT("pw"));
	control_read_entry_encode(&out, BV_LIT("d"), BV_LIT(""));
	assert_bv(buf_bv(&out), bytes(a, "30 04 80 02 'pw' 64 05 04 01 'd' 30 00"));
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decode_cases),
	    cmocka_unit_test(test_absent_value_is_an_empty_password_request),
	    cmocka_unit_test(test_encoders),
	};

	a = arena_new(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&a);
	return failed;
}
