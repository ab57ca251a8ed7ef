#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "certificate.h"
#include "model/rule.h"
#include "model/schema.h"

/* Matching rules: pairs that match and pairs that do not, orders, substrings, phonetics. */

static const struct schema *
bare_schema(struct arena *a)
{
	return schema_build(schema_builder_new(a));
}

enum outcome { NO, YES, BAD_VALUE, BAD_ASSERTION };

struct pair {
	const char *rule;
	const char *stored;
	const char *asserted;
	enum outcome want;
};

static const struct pair PAIRS[] = {
    {"caseIgnoreMatch", "Jean  Dupont", " jean dupont ", YES},
    {"caseIgnoreMatch", "\xc3\x89mile", "e\xcc\x81mile", YES},
    {"caseIgnoreMatch", "jean", "jeanne", NO},
    {"caseIgnoreMatch", "jean", "", BAD_ASSERTION},
    {"caseIgnoreMatch", "jean", "\xff", BAD_ASSERTION},
    {"caseIgnoreMatch", "\xff", "jean", BAD_VALUE},
    {"caseIgnoreMatch", "\xef\xbf\xbdX", "\xef\xbf\xbdX", YES}, /* prohibited: bytes */
    {"caseIgnoreMatch", "\xef\xbf\xbdX", "\xef\xbf\xbdx", NO},
    {"caseIgnoreMatch", "\xee\x80\x80", "a", NO},
    {"caseExactMatch", "Jean", "Jean ", YES},
    {"caseExactMatch", "Jean", "jean", NO},
    {"caseIgnoreIA5Match", "A@B.fr", "a@b.FR", YES},
    {"caseIgnoreIA5Match", "a", "\xc3\xa9", BAD_ASSERTION},
    {"caseIgnoreIA5Match", "", "", YES},
    {"caseExactIA5Match", "/home/Jean", "/home/jean", NO},
    {"caseExactIA5Match", "/home/jean", "/home/jean", YES},
    {"numericStringMatch", "12 34", "1234", YES},
    {"numericStringMatch", "12 34", "12345", NO},
    {"numericStringMatch", "1234", "12a4", BAD_ASSERTION},
    {"telephoneNumberMatch", "+33 4-77", "+33477", YES},
    {"telephoneNumberMatch", "+33 4-77", "33477", NO},
    {"telephoneNumberMatch", "1", "1#", BAD_ASSERTION},
    {"caseIgnoreListMatch", "1 Rue X$Lyon", "1  rue x$LYON", YES},
    {"caseIgnoreListMatch", "a$b", "a\\24b", NO},
    {"caseIgnoreListMatch", "a\\24b", "A\\24B", YES},
    {"caseIgnoreListMatch", "a$b", "a$b$c", NO},
    {"caseIgnoreListMatch", "a$b", "a\\b", BAD_ASSERTION},
    {"booleanMatch", "TRUE", "TRUE", YES},
    {"booleanMatch", "TRUE", "FALSE", NO},
    {"booleanMatch", "TRUE", "true", BAD_ASSERTION},
    {"integerMatch", "10001", "10001", YES},
    {"integerMatch", "10001", "1000", NO},
    {"integerMatch", "-5", "5", NO},
    {"integerMatch", "1", "abc", BAD_ASSERTION},
    {"integerMatch", "99999999999999999999999999", "99999999999999999999999999", YES},
    {"bitStringMatch", "'01'B", "'01'B", YES},
    {"bitStringMatch", "'01'B", "'010'B", NO},
    {"octetStringMatch", "Ab", "Ab", YES},
    {"octetStringMatch", "Ab", "ab", NO},
    {"generalizedTimeMatch", "20201122083635Z", "20201122093635+0100", YES},
    {"generalizedTimeMatch", "20201122083635.500Z", "20201122083635,5Z", YES},
    {"generalizedTimeMatch", "202011220830Z", "2020112208.5Z", YES},
    {"generalizedTimeMatch", "20201231233000Z", "20210101003000+01", YES},
    {"generalizedTimeMatch", "20200301000000Z", "20200229230000-0100", YES},
    {"generalizedTimeMatch", "20201122083635.0Z", "20201122083635Z", YES},
    {"generalizedTimeMatch", "20201122083635Z", "20201122083636Z", NO},
    {"generalizedTimeMatch", "20201122083635Z", "2020", BAD_ASSERTION},
    {"objectIdentifierMatch", "person", "2.5.6.0", NO},
    {"objectIdentifierMatch", "top", "2.5.6.0", YES},
    {"objectIdentifierMatch", "TOP", "top", YES},
    {"objectIdentifierMatch", "cn", "commonName", YES},
    {"objectIdentifierMatch", "2.5.4.3", "CN", YES},
    {"objectIdentifierMatch", "top", "nosuch", BAD_ASSERTION},
    {"objectIdentifierMatch", "nosuch", "1.2.3", NO},
    {"objectIdentifierMatch", "no such", "1.2.3", BAD_VALUE},
    {"objectIdentifierFirstComponentMatch", "( 2.5.4.3 NAME 'cn' )", "2.5.4.3", YES},
    {"objectIdentifierFirstComponentMatch", "(2.5.4.3 NAME 'cn' )", "cn", YES},
    {"objectIdentifierFirstComponentMatch", "( 2.5.4.3)", "2.5.4.4", NO},
    {"objectIdentifierFirstComponentMatch", "( )", "2.5.4.4", BAD_VALUE},
    {"objectIdentifierFirstComponentMatch", "(", "2.5.4.4", BAD_VALUE},
    {"integerFirstComponentMatch", "( 7 NAME 'x' )", "7", YES},
    {"integerFirstComponentMatch", "7", "7", YES},
    {"integerFirstComponentMatch", "( 7 NAME 'x' )", "8", NO},
    {"directoryStringFirstComponentMatch", "( 'Some Name' 1 )", "some name", YES},
    {"directoryStringFirstComponentMatch", "( 'x", "X", YES},
    {"distinguishedNameMatch", "CN=A, UID=b", "commonName=a,uid=B", YES},
    {"distinguishedNameMatch", "cn=a,uid=b", "uid=b,cn=a", NO},
    {"distinguishedNameMatch", "cn=a", "nosuch=a", BAD_ASSERTION},
    {"distinguishedNameMatch", "cn=a", "cn", BAD_ASSERTION},
    {"rdnMatch", "cn=A+uid=B", "uid=b+cn=a", YES},
    {"uniqueMemberMatch", "cn=A#'01'B", "cn=a#'01'B", YES},
    {"uniqueMemberMatch", "cn=A#'01'B", "cn=a", NO},
    {"dnSubtreeMatch", "cn=a,uid=b", "uid=b", YES},
    {"dnSubtreeMatch", "uid=b", "uid=b", YES},
    {"dnSubtreeMatch", "cn=a,uid=bb", "uid=b", NO},
    {"dnOneLevelMatch", "cn=a,uid=b", "uid=b", YES},
    {"dnOneLevelMatch", "cn=a,cn=x,uid=b", "uid=b", NO},
    {"dnOneLevelMatch", "", "", NO},
    {"dnSubordinateMatch", "cn=a,cn=x,uid=b", "uid=b", YES},
    {"dnSubordinateMatch", "uid=b", "uid=b", NO},
    {"dnSuperiorMatch", "uid=b", "cn=a,uid=b", YES},
    {"dnSuperiorMatch", "cn=a,uid=b", "uid=b", NO},
    {"UUIDMatch", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
	YES},
    {"UUIDMatch", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf7",
	NO},
    {"UUIDMatch", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "zz", BAD_ASSERTION},
    {"CSNMatch", "20201122083635Z#00000A#01#000000", "20201122083635.000000Z#00000a#001#000000",
	YES},
    {"CSNSIDMatch", "20201122083635.000000Z#00000a#00F#000000", "f", YES},
    {"CSNSIDMatch", "20201122083635.000000Z#00000a#00F#000000", "1", NO},
    {"CSNSIDMatch", "20201122083635.000000Z#00000a#00F#000000", "1000", BAD_ASSERTION},
    {"integerBitAndMatch", "7", "3", YES},
    {"integerBitAndMatch", "5", "3", NO},
    {"integerBitAndMatch", "99999999999999999999", "1", NO},
    {"integerBitOrMatch", "5", "3", YES},
    {"integerBitOrMatch", "4", "3", NO},
    {"integerBitOrMatch", "-1", "64", YES},
    {"wordMatch", "Jean-Paul Sartre", "sartre", YES},
    {"wordMatch", "Jean-Paul Sartre", "paul", NO},
    {"keywordMatch", "Jean-Paul Sartre", "paul", YES},
    {"keywordMatch", "Jean-Paul Sartre", "pau", NO},
    {"authPasswordExactMatch", "md5$salt$hash", "MD5 $ salt $ hash", YES},
    {"authPasswordExactMatch", "md5$salt$hash", "md5$salt$HASH", NO},
    {"authzMatch", "dn:CN=A", "dn.exact:cn=a", YES},
    {"authzMatch", "u:jean", "u:Jean", NO},
    {"privateKeyMatch", "x", "x", YES},
    {"directoryStringApproxMatch", "Stephen Smith", "Steven Smyth", YES},
    {"directoryStringApproxMatch", "Philip Knight", "filip night", YES},
    {"directoryStringApproxMatch", "Jean Dupont", "dupond", YES},
    {"directoryStringApproxMatch", "Jean Dupont", "dupont jean", NO},
    {"directoryStringApproxMatch", "Jean Dupont", "Martin", NO},
    {"directoryStringApproxMatch", "Jean", "--", NO},
    {"certificateMatch", "x", "{ }", BAD_VALUE},
};

static void
check_pair(const struct schema *s, const struct pair *p)
{
	const struct match_rule *r = schema_match_rule(s, bv_str(p->rule));
	struct arena *a = arena_new(0);
	struct bv stored = BV_NONE, asserted = BV_NONE;
	enum outcome got;

	assert_non_null(r);
	if (rule_normalize(r, s, a, bv_str(p->stored), &stored) != 0)
		got = BAD_VALUE;
	else if (rule_normalize_assertion(r, s, a, bv_str(p->asserted), &asserted) != 0)
		got = BAD_ASSERTION;
	else
		got = rule_matches(r, stored, asserted) ? YES : NO;
	if (got != p->want)
		fail_msg("%s \"%s\" \"%s\": %d, not %d (\"%.*s\" \"%.*s\")", p->rule, p->stored,
		    p->asserted, (int)got, (int)p->want, BV(stored), BV(asserted));
	arena_free(&a);
}

static void
test_match_pairs(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);

	(void)state;
	for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
		check_pair(s, &PAIRS[i]);
	arena_free(&a);
}

static const struct {
	const char *rule;
	const char *asserted;
	enum outcome want;
} certificate_cases[] = {
    {"certificateExactMatch",
	"{ serialNumber 1311768467294899695, issuer rdnSequence:\"cn=falcot ca,o=Falcot "
	"Corp,c=FR\" }",
	YES},
    {"certificateExactMatch",
	"{issuer rdnSequence:\"cn=Falcot CA,o=Falcot Corp,c=fr\",serialNumber "
	"1311768467294899695}",
	YES},
    {"certificateExactMatch",
	"{ serialNumber '1234567890ABCDEF'H, issuer rdnSequence:\"cn=Falcot "
	"CA,o=Falcot Corp,c=FR\" }",
	YES},
    {"certificateExactMatch", "1311768467294899695$cn=Falcot CA,o=Falcot Corp,c=FR", YES},
    {"certificateExactMatch", "1311768467294899695 $ cn=Falcot CA, o=Falcot Corp, c=FR", YES},
    {"certificateExactMatch", "7$cn=Falcot CA,o=Falcot Corp,c=FR", NO},
    {"certificateExactMatch", "1311768467294899695$cn=Other,o=Falcot Corp,c=FR", NO},
    {"certificateExactMatch", "", BAD_ASSERTION},
    {"certificateExactMatch", "12", BAD_ASSERTION},
    {"certificateExactMatch", "x$cn=a", BAD_ASSERTION},
    {"certificateExactMatch", "{", BAD_ASSERTION},
    {"certificateExactMatch", "{ serialNumber 1 }", BAD_ASSERTION},
    {"certificateExactMatch", "{ serialNumber 1, serialNumber 2 }", BAD_ASSERTION},
    {"certificateExactMatch", "{ serialNumber 1, issuer rdnSequence:\"cn=a }", BAD_ASSERTION},
    {"certificateExactMatch", "{ serialNumber 1, issuer rdnSequence:\"cn=a\" } x", BAD_ASSERTION},
    {"certificateExactMatch", "{ serialNumber 'F'H, issuer rdnSequence:\"cn=a\" }", BAD_ASSERTION},
    {"certificateListExactMatch",
	"{ issuer rdnSequence:\"cn=Falcot CA,o=Falcot Corp,c=FR\", thisUpdate "
	"\"20261122083635Z\" }",
	YES},
    {"certificateListExactMatch",
	"{ issuer rdnSequence:\"cn=Falcot CA,o=Falcot Corp,c=FR\", thisUpdate "
	"utcTime:\"20261122083636Z\" }",
	NO},
    {"certificateListExactMatch", "{ issuer rdnSequence:\"cn=a\", thisUpdate \"yesterday\" }",
	BAD_ASSERTION},
};

static void
test_certificate_assertions(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	const struct schema *s;

	(void)state;
	assert_int_equal(
	    schema_add_attr_type(b, BV_LIT("( 2.5.4.10 NAME 'o' SUP name )"), NULL), 0);
	assert_int_equal(schema_add_attr_type(b, BV_LIT("( 2.5.4.6 NAME 'c' SUP name )"), NULL), 0);
	s = schema_build(b);
	for (size_t i = 0; i < sizeof certificate_cases / sizeof *certificate_cases; i++) {
		const struct match_rule *r =
		    schema_match_rule(s, bv_str(certificate_cases[i].rule));
		bool crl = strcmp(certificate_cases[i].rule, "certificateListExactMatch") == 0;
		struct bv value = crl ? bv_make(test_crl, sizeof test_crl)
				      : bv_make(test_certificate, sizeof test_certificate);
		struct bv stored, asserted;
		enum outcome got = BAD_ASSERTION;
		assert_int_equal(rule_normalize(r, s, a, value, &stored), 0);
		if (rule_normalize_assertion(
			r, s, a, bv_str(certificate_cases[i].asserted), &asserted) == 0)
			got = rule_matches(r, stored, asserted) ? YES : NO;
		if (got != certificate_cases[i].want)
			fail_msg("%s: %d (stored \"%.*s\")", certificate_cases[i].asserted,
			    (int)got, BV(stored));
	}
	arena_free(&a);
}

/* An issuer whose types are not in the schema still matches, as text. */
static void
test_certificate_unknown_types(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);
	const struct match_rule *r = schema_match_rule(s, BV_LIT("certificateExactMatch"));
	struct bv stored, asserted;

	(void)state;
	assert_int_equal(
	    rule_normalize(r, s, a, bv_make(test_certificate, sizeof test_certificate), &stored),
	    0);
	assert_int_equal(
	    rule_normalize_assertion(r, s, a,
		BV_LIT("1311768467294899695$2.5.4.3=Falcot CA,2.5.4.10=Falcot Corp,2.5.4.6=FR"),
		&asserted),
	    0);
	assert_true(rule_matches(r, stored, asserted));
	arena_free(&a);
}

/* Values in their order; every pair of keys must compare as the positions do. */
static void
check_order(const char *rule, const char *const *values, size_t count)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);
	const struct match_rule *r = schema_match_rule(s, bv_str(rule));
	struct bv keys[32];

	assert_true(count <= 32);
	for (size_t i = 0; i < count; i++) {
		struct bv normal;
		assert_int_equal(rule_normalize(r, s, a, bv_str(values[i]), &normal), 0);
		assert_int_equal(rule_order_key(r, a, normal, &keys[i]), 0);
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			int d = bv_cmp(keys[i], keys[k]);
			if ((d < 0) != (i < k) || (d == 0) != (i == k))
				fail_msg("%s: \"%s\" and \"%s\" in the wrong order", rule,
				    values[i], values[k]);
		}
	}
	arena_free(&a);
}

#define CHECK_ORDER(rule, values) check_order(rule, values, sizeof(values) / sizeof(values)[0])

static void
test_order_keys(void **state)
{
	static const char *const INTEGERS[] = {"-99999999999999999999", "-9223372036854775808",
	    "-1000", "-999", "-100", "-99", "-10", "-9", "-2", "-1", "0", "1", "2", "9", "10", "11",
	    "99", "100", "65534", "4294967296", "18446744073709551616"};
	static const char *const TIMES[] = {"00000101000000Z", "19700101000000Z", "20201122083634Z",
	    "20201122083635Z", "20201122083635.01Z", "20201122083635.1Z", "20201122083635.11Z",
	    "20201122083635.2Z", "20201122083636Z", "20201122093600-0001", "99991231235959Z"};
	static const char *const TEXTS[] = {"A", "a b", "aa", "B", "\xc3\x89"};
	static const char *const NUMERIC[] = {"1", "1 0", "1 1", "2"};
	static const char *const CSNS[] = {"20201122083635Z#000000#00#000000",
	    "20201122083635.000001Z#000000#000#000000", "20201122083635.000001Z#00000A#000#000000",
	    "20201122083635.000001Z#00000a#001#000000"};
	static const char *const UUIDS[] = {"00000000-0000-0000-0000-000000000000",
	    "7FFFFFFF-0000-0000-0000-000000000000", "80000000-0000-0000-0000-000000000000",
	    "f0000000-0000-0000-0000-000000000000"};

	(void)state;
	CHECK_ORDER("integerOrderingMatch", INTEGERS);
	CHECK_ORDER("generalizedTimeOrderingMatch", TIMES);
	CHECK_ORDER("caseIgnoreOrderingMatch", TEXTS);
	CHECK_ORDER("numericStringOrderingMatch", NUMERIC);
	CHECK_ORDER("CSNOrderingMatch", CSNS);
	CHECK_ORDER("UUIDOrderingMatch", UUIDS);
}

static uint32_t
random_next(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

/* The order of keys is the order of numbers, for many random ones of all lengths. */
static void
test_integer_keys_random(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);
	const struct match_rule *r = schema_match_rule(s, BV_LIT("integerOrderingMatch"));
	uint32_t seed = 2463534242u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct arena_mark mark = arena_mark(a);
		int64_t n[2];
		struct bv key[2];
		for (int k = 0; k < 2; k++) {
			uint64_t u = (uint64_t)random_next(&seed) << 32 | random_next(&seed);
			n[k] = (int64_t)u >> (random_next(&seed) % 64);
			struct bv text = arena_printf(a, "%lld", (long long)n[k]);
			assert_int_equal(rule_order_key(r, a, text, &key[k]), 0);
		}
		int d = bv_cmp(key[0], key[1]);
		if ((d < 0) != (n[0] < n[1]) || (d == 0) != (n[0] == n[1]))
			fail_msg("%lld and %lld", (long long)n[0], (long long)n[1]);
		arena_rewind(a, mark);
	}
	(void)s;
	arena_free(&a);
}

/* Numbers of 254, 255 and more digits change the form of the key. */
static void
test_integer_keys_long(void **state)
{
	static const size_t LENGTHS[] = {1, 253, 254, 255, 256, 257, 70000};
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);
	const struct match_rule *r = schema_match_rule(s, BV_LIT("integerMatch"));
	struct bv last = BV_NONE, last_negative = BV_NONE;

	(void)state;
	for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
		uint8_t *p = arena_alloc(a, LENGTHS[i] + 1);
		struct bv key, negative;
		memset(p, '1', LENGTHS[i] + 1);
		p[0] = '-';
		assert_int_equal(rule_order_key(r, a, bv_make(p + 1, LENGTHS[i]), &key), 0);
		assert_int_equal(rule_order_key(r, a, bv_make(p, LENGTHS[i] + 1), &negative), 0);
		assert_true(last.p == NULL || bv_cmp(last, key) < 0);
		assert_true(last.p == NULL || bv_cmp(last_negative, negative) > 0);
		assert_true(bv_cmp(negative, key) < 0);
		last = key;
		last_negative = negative;
	}
	arena_free(&a);
}

struct sub_case {
	const char *rule;
	const char *equality;
	const char *stored;
	const char *initial, *any0, *any1, *final; /* NULL: absent */
	bool want;
};

static const struct sub_case SUBS[] = {
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "Jean Dupont", "JE", NULL, NULL, NULL, true},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "Jean Dupont", NULL, NULL, NULL, "ont", true},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "Jean Dupont", NULL, "an d", NULL, NULL, true},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "Jean Dupont", NULL, "an  D", NULL, NULL,
	true},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "Jean  Dupont", "jean ", NULL, NULL, " dupont",
	false}, /* one space cannot serve twice */
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "abc", "ab", NULL, NULL, "bc", false},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "abbc", "ab", NULL, NULL, "bc", true},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "aXbXc", "a", "x", "x", "c", true},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "aXbc", "a", "x", "x", "c", false},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "abab", NULL, "ba", "ab", NULL, false},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "abc", NULL, "", NULL, NULL, true},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "abc", "abcd", NULL, NULL, NULL, false},
    {"caseIgnoreSubstringsMatch", "caseIgnoreMatch", "\xc3\x89mile", "\xc3\xa9", NULL, NULL, "LE",
	true},
    {"caseExactSubstringsMatch", "caseExactMatch", "Jean", "je", NULL, NULL, NULL, false},
    {"caseExactSubstringsMatch", "caseExactMatch", "Jean", "Je", NULL, NULL, NULL, true},
    {"caseIgnoreIA5SubstringsMatch", "caseIgnoreIA5Match", "a@b.fr", NULL, "@B", NULL, NULL, true},
    {"numericStringSubstringsMatch", "numericStringMatch", "12 34", NULL, "2 3", NULL, NULL, true},
    {"telephoneNumberSubstringsMatch", "telephoneNumberMatch", "+33 4 77-00", NULL, "47 7", NULL,
	"0-0", true},
    {"caseIgnoreListSubstringsMatch", "caseIgnoreListMatch", "1 Rue X$Lyon", NULL, "rue", NULL,
	"LYON", true},
    {"caseIgnoreListSubstringsMatch", "caseIgnoreListMatch", "ab$cd", NULL, "bc", NULL, NULL,
	false}, /* a component lies within one line */
    {"caseIgnoreListSubstringsMatch", "caseIgnoreListMatch", "a\\24b", NULL, "\\24", NULL, NULL,
	true},
    {"octetStringSubstringsMatch", "octetStringMatch", "A b", NULL, " ", NULL, NULL, true},
    {"octetStringSubstringsMatch", "octetStringMatch", "A b", "a", NULL, NULL, NULL, false},
};

static void
test_substrings(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);

	(void)state;
	for (size_t i = 0; i < sizeof SUBS / sizeof *SUBS; i++) {
		const struct sub_case *c = &SUBS[i];
		const struct match_rule *sub = schema_match_rule(s, bv_str(c->rule));
		const struct match_rule *eq = schema_match_rule(s, bv_str(c->equality));
		struct bv any[2] = {bv_str(c->any0), bv_str(c->any1)};
		struct substrings in = {
		    .initial = bv_str(c->initial), .final = bv_str(c->final), .any = any};
		struct substrings out;
		struct bv normal;
		in.any_count = c->any0 == NULL ? 0 : c->any1 == NULL ? 1 : 2;
		assert_int_equal(sub->family, eq->family);
		assert_int_equal(rule_normalize(eq, s, a, bv_str(c->stored), &normal), 0);
		assert_int_equal(rule_normalize_substrings(sub, s, a, &in, &out), 0);
		if (rule_substrings_match(normal, &out) != c->want)
			fail_msg("substring case %zu, \"%s\"", i, c->stored);
	}
	arena_free(&a);
}

static void
test_substrings_refused(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);
	struct substrings in = {.initial = BV_LIT("\xff")}, out;

	(void)state;
	assert_int_equal(
	    rule_normalize_substrings(
		schema_match_rule(s, BV_LIT("caseIgnoreSubstringsMatch")), s, a, &in, &out),
	    ERR_SYNTAX);
	in.initial = BV_LIT("a");
	assert_int_equal(rule_normalize_substrings(
			     schema_match_rule(s, BV_LIT("caseIgnoreMatch")), s, a, &in, &out),
	    ERR_SYNTAX);
	arena_free(&a);
}

static void
test_approx_codes(void **state)
{
	struct arena *a = arena_new(0);
	struct bv *one, *two;

	(void)state;
	assert_int_equal(rule_approx_codes(a, BV_LIT(""), &one), 0);
	assert_int_equal(rule_approx_codes(a, BV_LIT("- ."), &one), 0);
	assert_int_equal(rule_approx_codes(a, BV_LIT("jean dupont"), &one), 2);
	assert_int_equal(rule_approx_codes(a, BV_LIT("dupond"), &two), 1);
	assert_true(bv_eq(one[1], two[0]));
	assert_true(one[1].n <= 8);
	arena_free(&a);
}

static void
test_applies_to(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);
	const struct attr_type *cn = schema_attr_type(s, BV_LIT("cn"));
	const struct attr_type *number = schema_attr_type(s, BV_LIT("uidNumber"));

	(void)state;
	assert_true(rule_applies_to(schema_match_rule(s, BV_LIT("caseExactMatch")), cn));
	assert_false(rule_applies_to(schema_match_rule(s, BV_LIT("integerMatch")), cn));
	assert_true(rule_applies_to(schema_match_rule(s, BV_LIT("integerBitAndMatch")), number));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_match_pairs),
	    cmocka_unit_test(test_certificate_assertions),
	    cmocka_unit_test(test_certificate_unknown_types),
	    cmocka_unit_test(test_order_keys),
	    cmocka_unit_test(test_integer_keys_random),
	    cmocka_unit_test(test_integer_keys_long),
	    cmocka_unit_test(test_substrings),
	    cmocka_unit_test(test_substrings_refused),
	    cmocka_unit_test(test_approx_codes),
	    cmocka_unit_test(test_applies_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
