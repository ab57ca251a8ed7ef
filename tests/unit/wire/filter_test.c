#include "bytes.h"
#include "wire/ber.h"
#include "wire/filter.h"

/* Filters: hostile BER, text that must be refused, printing, limits, round trips. */

static struct arena *a;

static const struct {
	const char *name;
	const char *hex;
	int want;
	const char *text; /* what it prints when it decodes */
} decoded[] = {
    {"no bytes", "", ERR_SYNTAX, NULL},
    {"unknown choice", "ab 00", 0, "(\\3f=undefined)"},
    {"a plain sequence", "30 00", ERR_SYNTAX, NULL},
    {"truncated", "a3 10 04 02 'cn' 04 01", ERR_SYNTAX, NULL},
    {"equality without value", "a3 04 04 02 'cn'", ERR_SYNTAX, NULL},
    {"equality with a third member", "a3 09 04 02 'cn' 04 00 04 01 'x'", ERR_SYNTAX, NULL},
    {"empty description", "a3 05 04 00 04 01 'x'", 0, "(\\3f=undefined)"},
    {"present with empty description", "87 00", 0, "(\\3f=undefined)"},
    {"not without filter", "a2 00", ERR_SYNTAX, NULL},
    {"not with two filters", "a2 06 87 01 'a' 87 01 'b'", ERR_SYNTAX, NULL},
    {"substrings without component", "a4 06 04 02 'cn' 30 00", 0, "(\\3f=undefined)"},
    {"substrings: empty any", "a4 08 04 02 'cn' 30 02 81 00", 0, "(\\3f=undefined)"},
    {"substrings: two initials", "a4 0c 04 02 'cn' 30 06 80 01 'a' 80 01 'b'", 0,
	"(\\3f=undefined)"},
    {"substrings: any behind final", "a4 0c 04 02 'cn' 30 06 82 01 'a' 81 01 'b'", 0,
	"(\\3f=undefined)"},
    {"substrings: two finals", "a4 0c 04 02 'cn' 30 06 82 01 'a' 82 01 'b'", 0, "(\\3f=undefined)"},
    {"substrings: unknown component", "a4 09 04 02 'cn' 30 03 83 01 'a'", 0, "(\\3f=undefined)"},
    {"extensible without rule and type", "a9 03 83 01 'x'", 0, "(\\3f=undefined)"},
    {"extensible without value", "a9 04 82 02 'cn'", ERR_SYNTAX, NULL},
    {"extensible with empty rule", "a9 07 81 00 82 01 'a' 83 00", 0, "(\\3f=undefined)"},
    {"extensible out of order", "a9 09 82 01 'a' 81 01 'r' 83 01 'x'", ERR_SYNTAX, NULL},
    {"and of nothing", "a0 00", 0, "(&)"},
    {"or of nothing", "a1 00", 0, "(|)"},
    {"equality", "a3 07 04 02 'cn' 04 01 'x'", 0, "(cn=x)"},
    {"empty value", "a3 06 04 02 'cn' 04 00", 0, "(cn=)"},
    {"value of specials", "a3 0a 04 01 'a' 04 05 '*()\\' 00", 0, "(a=\\2a\\28\\29\\5c\\00)"},
    {"name of specials", "a3 08 04 03 'a=*' 04 01 'x'", 0, "(a\\3d\\2a=x)"},
    {"name that looks like an operator", "a3 07 04 02 '&>' 04 01 'x'", 0, "(\\26\\3e=x)"},
    {"high bytes", "a3 07 04 01 'a' 04 02 c3 a9", 0, "(a=\\c3\\a9)"},
    {"ordering", "a0 15 a5 05 04 01 'a' 04 00 a6 05 04 01 'b' 04 00 a8 05 04 01 'c' 04 00", 0,
	"(&(a>=)(b<=)(c~=))"},
    {"substrings", "a4 13 04 01 'a' 30 0e 80 01 'i' 81 01 'j' 81 02 'kl' 82 02 'mn'", 0,
	"(a=i*j*kl*mn)"},
    {"only final", "a4 08 04 01 'a' 30 03 82 01 'z'", 0, "(a=*z)"},
    {"only any", "a4 08 04 01 'a' 30 03 81 01 'z'", 0, "(a=*z*)"},
    {"present", "87 02 'cn'", 0, "(cn=*)"},
    {"not", "a2 04 87 02 'cn'", 0, "(!(cn=*))"},
    {"extensible", "a9 0c 81 01 'r' 82 01 'a' 83 01 'x' 84 01 01", 0, "(a:dn:r:=x)"},
    {"rule called dn", "a9 07 81 02 'dn' 83 01 'x'", 0, "(:\\64n:=x)"},
    {"rule called DN with the flag", "a9 0a 81 02 'DN' 83 01 'x' 84 01 ff", 0, "(:dn:\\44N:=x)"},
    {"dnAttributes false", "a9 09 82 01 'a' 83 01 'x' 84 01 00", 0, "(a:=x)"},
};

static void
check_round_trip(const struct filter *f, const char *want)
{
	struct buf text = {0}, first = {0}, second = {0};
	struct filter *again;

	filter_print(f, &text);
	assert_bv(buf_bv(&text), bv_str(want));
	filter_encode(f, &first);
	assert_int_equal(filter_parse(a, buf_bv(&text), &filter_default_limits, &again, NULL), 0);
	filter_encode(again, &second);
	assert_bv(buf_bv(&second), buf_bv(&first));
	buf_done(&text);
	buf_done(&first);
	buf_done(&second);
}

static void
test_decode_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++) {
		struct ber_in in = ber_in_of(bytes(a, decoded[i].hex));
		struct filter *f = NULL;
		int r = filter_decode(a, &in, &filter_default_limits, &f);
		if (r != decoded[i].want)
			fail_msg("%s: %d", decoded[i].name, r);
		if (r == 0)
			check_round_trip(f, decoded[i].text);
	}
}

static const struct {
	const char *text;
	int want;
	const char *prints; /* NULL: refused, for this reason */
	const char *reason;
} parsed[] = {
    {"", ERR_SYNTAX, NULL, "empty"},
    {"   ", ERR_SYNTAX, NULL, "empty"},
    {"(", ERR_SYNTAX, NULL, "\"=\" is missing"},
    {"()", ERR_SYNTAX, NULL, "\"=\" is missing"},
    {"(cn)", ERR_SYNTAX, NULL, "\"=\" is missing"},
    {"(=x)", ERR_SYNTAX, NULL, "name before the operator"},
    {"(>=x)", ERR_SYNTAX, NULL, "name before the operator"},
    {"(:=x)", ERR_SYNTAX, NULL, "must stand before"},
    {"(:dn:=x)", ERR_SYNTAX, NULL, "must stand before"},
    {"(cn::=x)", ERR_SYNTAX, NULL, "matching rule is expected"},
    {"(cn:a:b:=x)", ERR_SYNTAX, NULL, "matching rule is expected"},
    {"(cn=x", ERR_SYNTAX, NULL, "not closed"},
    {"(cn=x))", ERR_SYNTAX, NULL, "nothing may follow"},
    {"(cn=x)(sn=y)", ERR_SYNTAX, NULL, "nothing may follow"},
    {"(cn=a(b)", ERR_SYNTAX, NULL, "not closed"},
    {"(!)", ERR_SYNTAX, NULL, "exactly one"},
    {"(!(a=b)(c=d))", ERR_SYNTAX, NULL, "exactly one"},
    {"(&(a=b)c=d)", ERR_SYNTAX, NULL, "not closed"},
    {"(cn=\\zz)", ERR_SYNTAX, NULL, "two hex digits"},
    {"(cn=\\4)", ERR_SYNTAX, NULL, "two hex digits"},
    {"cn=\\", ERR_SYNTAX, NULL, "two hex digits"},
    {"cn=x", 0, "(cn=x)", NULL},
    {"&(a=b)(c=d)", 0, "(&(a=b)(c=d))", NULL},
    {" ( & ( a=b ) (c=d)\n) ", 0, "(&(a=b )(c=d))", NULL},
    {"(a=b*)", 0, "(a=b*)", NULL},
    {"(a=*)", 0, "(a=*)", NULL},
    {"(a=***)", 0, "(a=*)", NULL},
    {"(a=b***c)", 0, "(a=b*c)", NULL},
    {"(a=\\2a)", 0, "(a=\\2a)", NULL},
    {"(a=\\(b\\)\\*\\\\)", 0, "(a=\\28b\\29\\2a\\5c)", NULL},
    {"(a;lang-en_x=1=2)", 0, "(a;lang-en_x=1=2)", NULL},
    {"(a:DN:2.5.13.2:=x)", 0, "(a:dn:2.5.13.2:=x)", NULL},
    {"(a:=x*y)", 0, "(a:=x\\2ay)", NULL},
    {"(a>=x*)", 0, "(a>=x\\2a)", NULL},
    {"(|(&)(!(|)))", 0, "(|(&)(!(|)))", NULL},
};

static void
test_parse_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parsed) / sizeof(parsed[0]); i++) {
		struct filter *f;
		struct errbuf e = {""};
		struct buf out = {0};
		int r = filter_parse(a, bv_str(parsed[i].text), &filter_default_limits, &f, &e);
		if (r != parsed[i].want)
			fail_msg("\"%s\": %d %s", parsed[i].text, r, e.text);
		if (r == 0)
			filter_print(f, &out);
		else if (strstr(e.text, parsed[i].reason) == NULL)
			fail_msg("\"%s\": \"%s\"", parsed[i].text, e.text);
		if (r == 0 && !bv_eq(buf_bv(&out), bv_str(parsed[i].prints)))
			fail_msg("\"%s\": %.*s", parsed[i].text, BV(buf_bv(&out)));
		buf_done(&out);
	}
}

/* Returns "(!(!...(a=b)...))" with the number of levels, the item counted. */
static struct bv
nested(unsigned levels)
{
	struct buf out = {0};

	for (unsigned i = 1; i < levels; i++)
		buf_put_bv(&out, BV_LIT("(!"));
	buf_put_bv(&out, BV_LIT("(a=b)"));
	for (unsigned i = 1; i < levels; i++)
		buf_put_byte(&out, ')');
	struct bv text = arena_dup(a, buf_bv(&out));
	buf_done(&out);
	return text;
}

static void
test_depth_limit_is_the_same_for_text_and_ber(void **state)
{
	static const struct filter_limits wide = {.depth = 20000, .nodes = 100000};
	static const struct {
		unsigned levels;
		int want;
	} cases[] = {{1, 0}, {99, 0}, {100, 0}, {101, ERR_LIMIT}, {10000, ERR_LIMIT}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filter *f, *g;
		struct buf ber = {0};
		struct bv text = nested(cases[i].levels);
		assert_int_equal(
		    filter_parse(a, text, &filter_default_limits, &g, NULL), cases[i].want);
		assert_int_equal(filter_parse(a, text, &wide, &f, NULL), 0);
		filter_encode(f, &ber);
		struct ber_in in = ber_in_of(buf_bv(&ber));
		assert_int_equal(filter_decode(a, &in, &filter_default_limits, &g), cases[i].want);
		buf_done(&ber);
	}
}

static void
test_node_limit_counts_components(void **state)
{
	static const struct filter_limits five = {.depth = 10, .nodes = 5};
	static const struct filter_limits none = {.depth = 0, .nodes = 0};
	struct errbuf e;
	struct filter *f;

	(void)state;
	assert_int_equal(filter_parse(a, BV_LIT("(&(a=1)(b=2)(c=3)(d=4))"), &five, &f, &e), 0);
	assert_int_equal(
	    filter_parse(a, BV_LIT("(&(a=1)(b=2)(c=3)(d=4)(e=5))"), &five, &f, &e), ERR_LIMIT);
	assert_non_null(strstr(e.text, "more than 5"));
	assert_int_equal(filter_parse(a, BV_LIT("(a=1*2*3*4)"), &five, &f, &e), 0);
	assert_int_equal(filter_parse(a, BV_LIT("(a=1*2*3*4*5)"), &five, &f, &e), ERR_LIMIT);
	assert_int_equal(filter_parse(a, BV_LIT("(a=1)"), &none, &f, &e), ERR_LIMIT);
	struct ber_in in = ber_in_of(
	    bytes(a, "a0 12 87 01 'a' 87 01 'a' 87 01 'a' 87 01 'a' 87 01 'a' 87 01 'a'"));
	assert_int_equal(filter_decode(a, &in, &five, &f), ERR_LIMIT);
	in = ber_in_of(bytes(a, "87 01 'a'"));
	assert_int_equal(filter_decode(a, &in, &none, &f), ERR_LIMIT);
}

static void
test_decode_leaves_what_follows(void **state)
{
	struct ber_in in = ber_in_of(bytes(a, "87 01 'a' 30 00"));
	struct filter *f;

	(void)state;
	assert_int_equal(filter_decode(a, &in, &filter_default_limits, &f), 0);
	assert_int_equal(ber_peek(&in), BER_SEQUENCE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decode_cases),
	    cmocka_unit_test(test_parse_cases),
	    cmocka_unit_test(test_depth_limit_is_the_same_for_text_and_ber),
	    cmocka_unit_test(test_node_limit_counts_components),
	    cmocka_unit_test(test_decode_leaves_what_follows),
	};

	a = arena_new(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&a);
	return failed;
}
