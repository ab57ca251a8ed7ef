#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/err.h"
#include "certificate.h"
#include "model/der.h"
#include "model/der_name.h"
#include "model/schema.h"
#include "model/syntax.h"

/* Every syntax: values that are of it, and clumsy or hostile ones that are not. */

struct value_case {
	enum syntax_id syntax;
	const char *value;
	bool ok;
};

static const struct value_case CASES[] = {
    {SYNTAX_BIT_STRING, "'0101'B", true},
    {SYNTAX_BIT_STRING, "''B", true},
    {SYNTAX_BIT_STRING, "'012'B", false},
    {SYNTAX_BIT_STRING, "'01'", false},
    {SYNTAX_BIT_STRING, "'B", false},
    {SYNTAX_BIT_STRING, "", false},
    {SYNTAX_BOOLEAN, "TRUE", true},
    {SYNTAX_BOOLEAN, "FALSE", true},
    {SYNTAX_BOOLEAN, "true", false},
    {SYNTAX_BOOLEAN, "TRUE ", false},
    {SYNTAX_BOOLEAN, "", false},
    {SYNTAX_COUNTRY, "FR", true},
    {SYNTAX_COUNTRY, "FRA", false},
    {SYNTAX_COUNTRY, "F", false},
    {SYNTAX_COUNTRY, "F\xc3", false},
    {SYNTAX_DN, "cn=a,dc=b", false}, /* dc is not in the bare schema */
    {SYNTAX_DN, "cn=a,uid=b", true},
    {SYNTAX_DN, "", true},
    {SYNTAX_DN, "cn", false},
    {SYNTAX_DN, "cn=a,", false},
    {SYNTAX_RDN, "cn=a", true},
    {SYNTAX_RDN, "cn=a+uid=b", true},
    {SYNTAX_RDN, "cn=a,uid=b", false},
    {SYNTAX_NAME_UID, "cn=a#'0101'B", true},
    {SYNTAX_NAME_UID, "cn=a", true},
    {SYNTAX_NAME_UID, "#'01'B", true},
    {SYNTAX_NAME_UID, "cn#'01'B", false},
    {SYNTAX_DELIVERY_METHOD, "telephone", true},
    {SYNTAX_DELIVERY_METHOD, "any $ mhs$g3fax", true},
    {SYNTAX_DELIVERY_METHOD, "pigeon", false},
    {SYNTAX_DELIVERY_METHOD, "any $", false},
    {SYNTAX_DELIVERY_METHOD, "", false},
    {SYNTAX_DIRECTORY_STRING, "a", true},
    {SYNTAX_DIRECTORY_STRING, " ", true},
    {SYNTAX_DIRECTORY_STRING, "\xc3\xa9", true},
    {SYNTAX_DIRECTORY_STRING, "", false},
    {SYNTAX_DIRECTORY_STRING, "\xe9", false},
    {SYNTAX_DIRECTORY_STRING, "\xed\xa0\x80", false},
    {SYNTAX_FACSIMILE_TELEPHONE_NUMBER, "+33 4 77", true},
    {SYNTAX_FACSIMILE_TELEPHONE_NUMBER, "+33 4 77$fineResolution$b4Width", true},
    {SYNTAX_FACSIMILE_TELEPHONE_NUMBER, "+33 4 77$colour", true},
    {SYNTAX_FACSIMILE_TELEPHONE_NUMBER, "$fineResolution", false},
    {SYNTAX_TIME, "199412161032Z", true},
    {SYNTAX_TIME, "199412160532-0500", true},
    {SYNTAX_TIME, "20201122083635Z", true},
    {SYNTAX_TIME, "20201122083635.5Z", true},
    {SYNTAX_TIME, "20201122083635,25+01", true},
    {SYNTAX_TIME, "2020112208Z", true},
    {SYNTAX_TIME, "2020112208.5Z", true},
    {SYNTAX_TIME, "20200229000000Z", true},
    {SYNTAX_TIME, "20161231235960Z", true},
    {SYNTAX_TIME, "20190229000000Z", false},
    {SYNTAX_TIME, "20201122083635", false},
    {SYNTAX_TIME, "20201322083635Z", false},
    {SYNTAX_TIME, "20200022083635Z", false},
    {SYNTAX_TIME, "20201100083635Z", false},
    {SYNTAX_TIME, "20201122243635Z", false},
    {SYNTAX_TIME, "20201122086035Z", false},
    {SYNTAX_TIME, "20201122083661Z", false},
    {SYNTAX_TIME, "20201122083635.Z", false},
    {SYNTAX_TIME, "20201122083635Z ", false},
    {SYNTAX_TIME, "20201122083635+2400", false},
    {SYNTAX_TIME, "20201122083635+0160", false},
    {SYNTAX_TIME, "20201122083635+1", false},
    {SYNTAX_TIME, "00000101000000+0100", false}, /* before year 0 in UTC */
    {SYNTAX_TIME, "99991231235959-0100", false},
    {SYNTAX_TIME, "20201122083635.000000000000000000000000000000000001Z", false},
    {SYNTAX_TIME, "2020112208363", false},
    {SYNTAX_TIME, "-0201122083635Z", false},
    {SYNTAX_TIME, "", false},
    {SYNTAX_UTC_TIME, "9412161032Z", true},
    {SYNTAX_UTC_TIME, "941216103200+0500", true},
    {SYNTAX_UTC_TIME, "9413161032Z", false},
    {SYNTAX_UTC_TIME, "941216", false},
    {SYNTAX_IA5, "a@b", true},
    {SYNTAX_IA5, "", true},
    {SYNTAX_IA5, "\xc3\xa9", false},
    {SYNTAX_IA5, "\x80", false},
    {SYNTAX_INTEGER, "0", true},
    {SYNTAX_INTEGER, "-1", true},
    {SYNTAX_INTEGER, "123456789012345678901234567890", true},
    {SYNTAX_INTEGER, "", false},
    {SYNTAX_INTEGER, "-", false},
    {SYNTAX_INTEGER, "-0", false},
    {SYNTAX_INTEGER, "01", false},
    {SYNTAX_INTEGER, "+1", false},
    {SYNTAX_INTEGER, "1.0", false},
    {SYNTAX_INTEGER, "1 ", false},
    {SYNTAX_INTEGER, "0x10", false},
    {SYNTAX_JPEG, "anything", true},
    {SYNTAX_NUMERIC, "12 34", true},
    {SYNTAX_NUMERIC, "", false},
    {SYNTAX_NUMERIC, "12-34", false},
    {SYNTAX_OID, "1.2.3", true},
    {SYNTAX_OID, "person", true},
    {SYNTAX_OID, "my_class-2", true},
    {SYNTAX_OID, "1.2.", false},
    {SYNTAX_OID, ".1.2", false},
    {SYNTAX_OID, "1..2", false},
    {SYNTAX_OID, "1.02", false},
    {SYNTAX_OID, "1", false},
    {SYNTAX_OID, "-a", false},
    {SYNTAX_OID, "a b", false},
    {SYNTAX_OID, "", false},
    {SYNTAX_OTHER_MAILBOX, "smtp$a@b", true},
    {SYNTAX_OTHER_MAILBOX, "a@b", true},
    {SYNTAX_OTHER_MAILBOX, "", false},
    {SYNTAX_OTHER_MAILBOX, "smtp$\xe9", false},
    {SYNTAX_OTHER_MAILBOX, "$a@b", false},
    {SYNTAX_OCTETS, "", true},
    {SYNTAX_OCTETS, "\xff\xfe", true},
    {SYNTAX_POSTAL, "1 rue X$42000 Saint-\xc3\x89tienne", true},
    {SYNTAX_POSTAL, "a\\24b$c\\5Cd\\5ce", true},
    {SYNTAX_POSTAL, "a$$b", true},
    {SYNTAX_POSTAL, "a\\b", false},
    {SYNTAX_POSTAL, "a\\2", false},
    {SYNTAX_POSTAL, "a\\", false},
    {SYNTAX_POSTAL, "\xff", false},
    {SYNTAX_POSTAL, "", false},
    {SYNTAX_PRINTABLE, "Ab9 '()+,-./:?=", true},
    {SYNTAX_PRINTABLE, "a@b", false},
    {SYNTAX_PRINTABLE, "a*b", false},
    {SYNTAX_PRINTABLE, "", false},
    {SYNTAX_PHONE, "+33 (0)4 77-00", true},
    {SYNTAX_PHONE, "", false},
    {SYNTAX_PHONE, "12#34", false},
    {SYNTAX_SUBTREESPECIFICATION, "{ }", true},
    {SYNTAX_SUBTREESPECIFICATION, "{ base \"\" }", true},
    {SYNTAX_SUBTREESPECIFICATION, "base", false},
    {SYNTAX_SUBTREESPECIFICATION, "{", false},
    {SYNTAX_TELEX_NUMBER, "1$fr$x", true},
    {SYNTAX_TELEX_NUMBER, "1", true},
    {SYNTAX_TELEX_NUMBER, "", false},
    {SYNTAX_TELEX_NUMBER, "1$", false},
    {SYNTAX_TELEX_NUMBER, "1$$x", false},
    {SYNTAX_ATTR_TYPE, "( 1.2 NAME 'x' )", true},
    {SYNTAX_ATTR_TYPE, "1.2", false},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "(host.example.com,jean,example.com)", true},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "(,,)", true},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "(-,jean,-)", true},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "(a,b)", false},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "(a,b,c,d)", false},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "a,b,c", false},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "(a,(b),c)", false},
    {SYNTAX_NIS_NETGROUP_TRIPLE, "(a,b,c", false},
    {SYNTAX_BOOT_PARAMETER, "root=server:/export/root", true},
    {SYNTAX_BOOT_PARAMETER, "root=server", false},
    {SYNTAX_BOOT_PARAMETER, "=server:/x", false},
    {SYNTAX_BOOT_PARAMETER, "root=:/x", true},
    {SYNTAX_BOOT_PARAMETER, "root=server:", true},
    {SYNTAX_UUID, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", true},
    {SYNTAX_UUID, "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", true},
    {SYNTAX_UUID, "f81d4fae7dec11d0a76500a0c91e6bf6", false},
    {SYNTAX_UUID, "f81d4fae-7dec-11d0-a765-00a0c91e6bfg", false},
    {SYNTAX_UUID, "f81d4fae-7dec-11d0-a765-00a0c91e6bf", false},
    {SYNTAX_UUID, "", false},
    {SYNTAX_CSN, "20201122083635.123456Z#000000#001#000000", true},
    {SYNTAX_CSN, "20201122083635Z#00000A#01#000000", true},
    {SYNTAX_CSN, "20201122083635.123456Z#000000#001#00000", false},
    {SYNTAX_CSN, "20201122083635.12345Z#000000#001#000000", false},
    {SYNTAX_CSN, "20201122083635.123456Z#00000g#001#000000", false},
    {SYNTAX_CSN, "20201122083635.123456Z#000000#0001#000000", false},
    {SYNTAX_CSN, "20201122083635.123456Z#000000#001#000000 ", false},
    {SYNTAX_CSN, "20201122083635.123456Z", false},
    {SYNTAX_CSN, "", false},
    {SYNTAX_CSN_SID, "1", true},
    {SYNTAX_CSN_SID, "fff", true},
    {SYNTAX_CSN_SID, "1000", false},
    {SYNTAX_CSN_SID, "g", false},
    {SYNTAX_VOID, "", false},
    {SYNTAX_VOID, "x", false},
    {SYNTAX_AUTH_PASSWORD, "MD5$salt$hash", true},
    {SYNTAX_AUTH_PASSWORD, "X-RANDOM $ $ hash", true},
    {SYNTAX_AUTH_PASSWORD, "MD5$hash", false},
    {SYNTAX_AUTH_PASSWORD, "$a$b", false},
    {SYNTAX_AUTH_PASSWORD, "MD5$a$", false},
    {SYNTAX_AUTH_PASSWORD, "MD5$a$b$c", false},
    {SYNTAX_CERTIFICATE, "", false},
    {SYNTAX_CERTIFICATE, "0", false},
    {SYNTAX_CERTIFICATE, "0\x80", false},
    {SYNTAX_CERTIFICATE, "0\x84\xff\xff\xff\xff", false},
    {SYNTAX_CERTIFICATE, "not a certificate", false},
    {SYNTAX_CERTIFICATE_PAIR, "0\x02\x05", false},
    {SYNTAX_PRIVATE_KEY, "x", false},
};

static const struct schema *
bare_schema(struct arena *a)
{
	return schema_build(schema_builder_new(a));
}

static void
test_validate_cases(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		const struct value_case *c = &CASES[i];
		const struct syntax *syn = &syntax_table[c->syntax];
		int rc = syn->validate == NULL ? 0 : syn->validate(s, bv_str(c->value));
		if ((rc == 0) != c->ok)
			fail_msg("%.*s \"%s\": %d", BV(syn->desc), c->value, rc);
	}
	arena_free(&a);
}

/* No validator reads past its value or accepts what its syntax can never hold: all short strings
 * of bytes that matter to some syntax. */
static void
test_validate_survives_short_values(void **state)
{
	static const char BYTES[] = {'\0', ' ', '(', ')', '$', '\\', '\'', '#', '{', '0', '1', 'B',
	    'Z', '.', '-', '=', ',', '\x30', '\x80', '\xff'};
	enum { N = sizeof BYTES };
	struct arena *a = arena_new(0);
	const struct schema *s = bare_schema(a);
	char value[3];

	(void)state;
	for (size_t i = 0; i < SYNTAX_COUNT; i++) {
		for (size_t k = 0; k < (size_t)N * N * N; k++) {
			value[0] = BYTES[k % N];
			value[1] = BYTES[k / N % N];
			value[2] = BYTES[k / N / N];
			if (i == SYNTAX_DN || i == SYNTAX_RDN || i == SYNTAX_NAME_UID)
				continue;
			if (syntax_table[i].validate != NULL)
				(void)syntax_table[i].validate(s, bv_make(value, 1 + k % 3));
		}
	}
	arena_free(&a);
}

static void
test_certificate_fields(void **state)
{
	struct arena *a = arena_new(0);
	struct bv cert = bv_make(test_certificate, sizeof test_certificate);
	struct bv serial, issuer, text;

	(void)state;
	assert_int_equal(der_check_certificate(NULL, cert), 0);
	assert_int_equal(der_certificate_id(cert, &serial, &issuer), 0);
	assert_int_equal(der_integer_text(a, serial, &text), 0);
	assert_true(bv_eq(text, BV_LIT("1311768467294899695")));
	assert_int_equal(der_name_text(a, issuer, &text), 0);
	assert_true(bv_eq(text, BV_LIT("2.5.4.3=Falcot CA,2.5.4.10=Falcot Corp,2.5.4.6=FR")));
	arena_free(&a);
}

/* Every truncation and every changed length byte is refused or read within bounds (ASan). */
static void
test_certificate_damage(void **state)
{
	struct arena *a = arena_new(0);
	uint8_t copy[sizeof test_certificate];
	struct bv serial, issuer, text;

	(void)state;
	for (size_t n = 0; n < sizeof copy; n++)
		assert_int_equal(
		    der_certificate_id(bv_make(test_certificate, n), &serial, &issuer), ERR_SYNTAX);
	for (size_t i = 0; i < sizeof copy; i++) {
		for (int flip = 1; flip < 256; flip <<= 1) {
			memcpy(copy, test_certificate, sizeof copy);
			copy[i] ^= (uint8_t)flip;
			if (der_certificate_id(bv_make(copy, sizeof copy), &serial, &issuer) == 0)
				(void)!der_name_text(a, issuer, &text);
		}
	}
	arena_free(&a);
}

static void
test_integer_text_cases(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} INTEGERS[] = {
	    {"\x00", 1, "0"},
	    {"\x7f", 1, "127"},
	    {"\x80", 1, "-128"},
	    {"\xff", 1, "-1"},
	    {"\x00\xff", 2, "255"},
	    {"\x01\x00", 2, "256"},
	    {"\x00\xff\xff\xff\xff\xff\xff\xff\xff", 9, "18446744073709551615"},
	};
	struct arena *a = arena_new(0);
	uint8_t huge[65] = {1};
	struct bv out;

	(void)state;
	for (size_t i = 0; i < sizeof INTEGERS / sizeof *INTEGERS; i++) {
		assert_int_equal(
		    der_integer_text(a, bv_make(INTEGERS[i].bytes, INTEGERS[i].n), &out), 0);
		assert_true(bv_eq(out, bv_str(INTEGERS[i].want)));
	}
	assert_int_equal(der_integer_text(a, BV_NONE, &out), ERR_SYNTAX);
	assert_int_equal(der_integer_text(a, bv_make(huge, 65), &out), ERR_SYNTAX);
	assert_int_equal(der_integer_text(a, bv_make(huge, 64), &out), 0);
	arena_free(&a);
}

static void
test_name_text_forms(void **state)
{
	/* SEQ { SET { SEQ { OID 2.5.4.3, T61String "e acute, b" } } } and a BMPString, an INTEGER
	 */
	static const uint8_t LATIN[] = {0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04,
	    0x03, 0x14, 0x02, 0xe9, 'b'};
	static const uint8_t BMP[] = {0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55, 0x04,
	    0x03, 0x1e, 0x04, 0x20, 0xac, 0x00, 'a'};
	static const uint8_t NUMBER[] = {
	    0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x02, 0x01, 0x05};
	struct arena *a = arena_new(0);
	struct bv out;

	(void)state;
	assert_int_equal(der_name_text(a, bv_make(LATIN, sizeof LATIN), &out), 0);
	assert_true(bv_eq(out, BV_LIT("2.5.4.3=\xc3\xa9"
				      "b")));
	assert_int_equal(der_name_text(a, bv_make(BMP, sizeof BMP), &out), 0);
	assert_true(bv_eq(out, BV_LIT("2.5.4.3=\xe2\x82\xac"
				      "a")));
	assert_int_equal(der_name_text(a, bv_make(NUMBER, sizeof NUMBER), &out), 0);
	assert_true(bv_eq(out, BV_LIT("2.5.4.3=#020105")));
	assert_int_equal(der_name_text(a, bv_make("\x30\x01", 2), &out), ERR_SYNTAX);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_validate_cases),
	    cmocka_unit_test(test_validate_survives_short_values),
	    cmocka_unit_test(test_certificate_fields),
	    cmocka_unit_test(test_certificate_damage),
	    cmocka_unit_test(test_integer_text_cases),
	    cmocka_unit_test(test_name_text_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
