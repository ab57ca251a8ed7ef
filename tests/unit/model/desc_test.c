#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/schema.h"

/* Attribute descriptions: options in any order and case, ;binary, ranges, hostile forms. */

static const struct schema *
make_schema(struct arena *a)
{
	struct schema_builder *b = schema_builder_new(a);

	assert_int_equal(schema_add_attr_type(b,
			     BV_LIT("( 2.5.4.36 NAME 'userCertificate' EQUALITY "
				    "certificateExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.8 )"),
			     NULL),
	    0);
	return schema_build(b);
}

static void
test_parse_cases(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *name;
		const char *options;
	} CASES[] = {
	    {"cn", 0, "cn", ""},
	    {"CommonName", 0, "cn", ""},
	    {"2.5.4.3", 0, "cn", ""},
	    {"CN;LANG-fr", 0, "cn;lang-fr", "lang-fr"},
	    {"cn;lang-fr;lang-en", 0, "cn;lang-en;lang-fr", "lang-en;lang-fr"},
	    {"cn;lang-en;lang-EN", 0, "cn;lang-en", "lang-en"},
	    {"cn;lang-en-", 0, "cn;lang-en-", "lang-en-"},
	    {"userCertificate;binary", 0, "userCertificate;binary", ""},
	    {"usercertificate;BINARY;lang-x", 0, "userCertificate;lang-x;binary", "lang-x"},
	    {"cn;binary", ERR_UNDEFINED, NULL, NULL},
	    {"cn;nosuch", ERR_UNDEFINED, NULL, NULL},
	    {"nosuch", ERR_UNDEFINED, NULL, NULL},
	    {"nosuch;lang-en", ERR_UNDEFINED, NULL, NULL},
	    {"1.2.3", ERR_UNDEFINED, NULL, NULL},
	    {"", ERR_SYNTAX, NULL, NULL},
	    {";lang-en", ERR_SYNTAX, NULL, NULL},
	    {"cn;", ERR_SYNTAX, NULL, NULL},
	    {"cn;;lang-en", ERR_SYNTAX, NULL, NULL},
	    {"cn;lang en", ERR_SYNTAX, NULL, NULL},
	    {"cn;lang\xc3\xa9", ERR_SYNTAX, NULL, NULL},
	    {"bad attr", ERR_SYNTAX, NULL, NULL},
	    {"cn ", ERR_SYNTAX, NULL, NULL},
	    {"2.5.4.", ERR_SYNTAX, NULL, NULL},
	};
	struct arena *a = arena_new(0);
	const struct schema *s = make_schema(a);

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		const struct attr_desc *d = NULL;
		struct errbuf e = {{0}};
		int rc = desc_parse(s, a, bv_str(CASES[i].text), &d, &e);
		if (rc != CASES[i].want)
			fail_msg("\"%s\": %d \"%s\"", CASES[i].text, rc, e.text);
		if (rc != 0) {
			assert_null(d);
			assert_int_not_equal(e.text[0], 0);
			continue;
		}
		if (!bv_eq(d->name, bv_str(CASES[i].name)) ||
		    !bv_eq(d->options, bv_str(CASES[i].options)))
			fail_msg("\"%s\": \"%.*s\" \"%.*s\"", CASES[i].text, BV(d->name),
			    BV(d->options));
	}
	arena_free(&a);
}

static void
test_plain_descriptions_are_shared(void **state)
{
	struct arena *a = arena_new(0), *scratch = arena_new(0);
	const struct schema *s = make_schema(a);
	const struct attr_desc *x, *y;
	size_t before = arena_mark(scratch).used;

	(void)state;
	assert_int_equal(desc_parse(s, scratch, BV_LIT("cn"), &x, NULL), 0);
	assert_int_equal(desc_parse(s, scratch, BV_LIT("COMMONNAME"), &y, NULL), 0);
	assert_ptr_equal(x, y);
	assert_ptr_equal(x, desc_of_type(s, schema_attr_type(s, BV_LIT("cn"))));
	assert_int_equal(arena_mark(scratch).used, before);
	arena_free(&scratch);
	arena_free(&a);
}

static void
test_too_many_options(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = make_schema(a);
	const struct attr_desc *d;
	struct bv text = BV_LIT("cn");

	(void)state;
	for (int i = 0; i < 33; i++)
		text = arena_printf(a, "%.*s;lang-%d", BV(text), i);
	assert_int_equal(desc_parse(s, a, text, &d, NULL), ERR_SYNTAX);
	for (int i = 0; i < 8; i++)
		text = arena_printf(a, "%.*s%.*s", BV(text), BV(text));
	assert_int_equal(desc_parse(s, a, text, &d, NULL), ERR_SYNTAX);
	arena_free(&a);
}

static const struct attr_desc *
parse(const struct schema *s, struct arena *a, const char *text)
{
	const struct attr_desc *d = NULL;

	assert_int_equal(desc_parse(s, a, bv_str(text), &d, NULL), 0);
	return d;
}

static void
test_subtypes(void **state)
{
	static const struct {
		const char *sub, *sup;
		bool want, equal;
	} CASES[] = {
	    {"cn", "cn", true, true},
	    {"cn", "name", true, false},
	    {"name", "cn", false, false},
	    {"cn;lang-en", "cn", true, false},
	    {"cn;lang-en", "name", true, false},
	    {"cn", "cn;lang-en", false, false},
	    {"cn;lang-en;lang-fr", "cn;lang-fr", true, false},
	    {"cn;lang-en", "cn;lang-fr", false, false},
	    {"cn;lang-en;lang-fr", "cn;lang-fr;lang-en", true, true},
	    {"cn;lang-en", "cn;lang-", true, false},
	    {"cn;lang-en-us", "cn;lang-en-", true, false},
	    {"cn;lang-en", "cn;lang-en-", true, false},
	    {"cn;lang-english", "cn;lang-en-", false, false},
	    {"cn", "cn;lang-", false, false},
	    {"userCertificate;binary", "userCertificate", true, true},
	};
	struct arena *a = arena_new(0);
	const struct schema *s = make_schema(a);

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		const struct attr_desc *sub = parse(s, a, CASES[i].sub);
		const struct attr_desc *sup = parse(s, a, CASES[i].sup);
		if (desc_is_subtype(sub, sup) != CASES[i].want ||
		    desc_eq(sub, sup) != CASES[i].equal)
			fail_msg("%s under %s", CASES[i].sub, CASES[i].sup);
	}
	arena_free(&a);
}

static void
test_for_stored(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = make_schema(a);
	const struct attr_desc *gone = desc_for_stored(s, a, BV_LIT("goneAttr;x-opt"));
	const struct attr_desc *again = desc_for_stored(s, a, BV_LIT("GONEATTR;X-OPT"));

	(void)state;
	assert_ptr_equal(desc_for_stored(s, a, BV_LIT("cn")), parse(s, a, "cn"));
	assert_true(gone->type->undefined);
	assert_int_equal(gone->type->index, UINT_MAX);
	assert_true(bv_eq(gone->name, BV_LIT("goneAttr;x-opt")));
	assert_non_null(gone->type->equality);
	assert_non_null(gone->type->syntax);
	assert_true(desc_eq(gone, again));
	assert_true(desc_is_subtype(gone, again));
	assert_false(desc_eq(gone, desc_for_stored(s, a, BV_LIT("goneAttr"))));
	assert_false(desc_eq(gone, parse(s, a, "cn")));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_cases),
	    cmocka_unit_test(test_plain_descriptions_are_shared),
	    cmocka_unit_test(test_too_many_options),
	    cmocka_unit_test(test_subtypes),
	    cmocka_unit_test(test_for_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
