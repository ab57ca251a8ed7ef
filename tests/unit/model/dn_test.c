#include "model_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "model/desc.h"
#include "model/dn.h"

/* Distinguished names: the forms that are read, both texts, what is refused, and properties. */

static const struct schema *schema;
static struct arena *arena;
static struct arena *schema_arena;

static int
suite_setup(void **state)
{
	(void)state;
	schema_arena = arena_new(0);
	arena = arena_new(0);
	schema = model_schema(schema_arena);
	return 0;
}

static int
suite_teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	arena_free(&schema_arena);
	return 0;
}

static void
expect_text(const char *input, const char *what, struct bv got, const char *wanted)
{
	if (!bv_eq(got, bv_str(wanted)))
		fail_msg("%s: %s is '%.*s', not '%s'", input, what, BV(got), wanted);
}

static const struct {
	const char *text, *pretty, *normal;
} accepted[] = {
    {"", "", ""},
    {"uid=user12345,ou=People,dc=falcot,dc=com", "uid=user12345,ou=People,dc=falcot,dc=com",
	"uid=user12345,ou=people,dc=falcot,dc=com"},
    /* RFC 4514 4 */
    {"UID=jsmith,DC=example,DC=net", "uid=jsmith,dc=example,dc=net",
	"uid=jsmith,dc=example,dc=net"},
    {"OU=Sales+CN=J.  Smith,DC=example,DC=net", "cn=J.  Smith+ou=Sales,dc=example,dc=net",
	"cn=j. smith+ou=sales,dc=example,dc=net"},
    {"CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net",
	"cn=James \\22Jim\\22 Smith\\2C III,dc=example,dc=net",
	"cn=james \\22jim\\22 smith\\2C iii,dc=example,dc=net"},
    {"CN=Before\\0dAfter,DC=example,DC=net", "cn=Before\rAfter,dc=example,dc=net",
	"cn=before after,dc=example,dc=net"},
    {"CN=Lu\\C4\\8Di\\C4\\87", "cn=Lu\xc4\x8di\xc4\x87", "cn=lu\xc4\x8di\xc4\x87"},
    /* RFC 2253 and 1779 forms */
    {"cn=a;dc=x", "cn=a,dc=x", "cn=a,dc=x"},
    {" cn = a b  , dc = x ", "cn=a b,dc=x", "cn=a b,dc=x"},
    {"\tcn\t=\ta\t,\n dc=x\r\n", "cn=a,dc=x", "cn=a,dc=x"},
    {"cn=\"a,b\" , dc=x", "cn=a\\2Cb,dc=x", "cn=a\\2Cb,dc=x"},
    {"cn=\"a\\\"b\"", "cn=a\\22b", "cn=a\\22b"},
    {"cn=\"a#b=c<d>e;f+g\"", "cn=a#b\\3Dc\\3Cd\\3Ee\\3Bf\\2Bg", "cn=a#b\\3Dc\\3Cd\\3Ee\\3Bf\\2Bg"},
    {"cn=\"\\2ca\\20\"", "cn=\\2Ca\\20", "cn=\\2Ca"},
    {"OID.2.5.4.3=a,oid.2.5.4.10=b", "cn=a,o=b", "cn=a,o=b"},
    {"2.5.4.3=a", "cn=a", "cn=a"},
    /* types */
    {"commonName=A,ORGANIZATIONNAME=B", "cn=A,o=B", "cn=a,o=b"},
    {"UIDNUMBER=5", "uidNumber=5", "uidnumber=5"},
    /* AVAs are sorted */
    {"sn=a+cn=b+uid=c", "cn=b+sn=a+uid=c", "cn=b+sn=a+uid=c"},
    {"uid=c + cn=b + sn=a", "cn=b+sn=a+uid=c", "cn=b+sn=a+uid=c"},
    /* hex */
    {"cn=#0403616263", "cn=abc", "cn=abc"},
    {"cn=#0c03616263 , dc=x", "cn=abc,dc=x", "cn=abc,dc=x"},
    {"cn=#048103616263", "cn=abc", "cn=abc"},
    {"cn=\\#ab", "cn=\\23ab", "cn=\\23ab"},
    {"cn=a#b", "cn=a#b", "cn=a#b"},
    /* spaces and escapes */
    {"cn=\\20a\\20", "cn=\\20a\\20", "cn=a"},
    {"cn=\\ a\\ ", "cn=\\20a\\20", "cn=a"},
    {"cn=a\\ ,dc=x", "cn=a\\20,dc=x", "cn=a,dc=x"},
    {"cn=a\\\\ ,dc=x", "cn=a\\5C,dc=x", "cn=a\\5C,dc=x"},
    {"cn=\\20\\20a", "cn=\\20 a", "cn=a"},
    {"cn=a\\09", "cn=a\\09", "cn=a"},
    {"cn=a=b", "cn=a\\3Db", "cn=a\\3Db"},
    {"cn=\\61", "cn=a", "cn=a"},
    {"cn=\\+\\\"\\\\\\<\\>\\;\\=\\#\\,", "cn=\\2B\\22\\5C\\3C\\3E\\3B\\3D#\\2C",
	"cn=\\2B\\22\\5C\\3C\\3E\\3B\\3D#\\2C"},
    {"o=(a*b)", "o=(a*b)", "o=(a*b)"},
    /* values under their rules */
    {"cn=\xc3\x89", "cn=\xc3\x89", "cn=\xc3\xa9"},
    {"cn=e\\cc\\81", "cn=e\xcc\x81", "cn=\xc3\xa9"},
    {"homeDirectory=/Home/A", "homeDirectory=/Home/A", "homedirectory=/Home/A"},
    {"mail=A@B.com", "mail=A@B.com", "mail=a@b.com"},
    {"jpegPhoto=X", "jpegPhoto=X", "jpegphoto=X"},
    {"objectClass=PERSON", "objectClass=person", NULL},
    {"userPassword=\\ff\\c3,dc=x", "userPassword=\\FF\\C3,dc=x", "userpassword=\\FF\\C3,dc=x"},
    {"member=cn\\3DA\\2C dc\\3DX", "member=cn\\3DA\\2Cdc\\3DX", "member=cn\\3Da\\2Cdc\\3Dx"},
    {"member=\"cn=A, dc=X\"", "member=cn\\3DA\\2Cdc\\3DX", "member=cn\\3Da\\2Cdc\\3Dx"},
    {"member=member=member=cn=a", "member=member\\3Dmember\\5C3Dcn\\5C5C3Da",
	"member=member\\3Dmember\\5C3Dcn\\5C5C3Da"},
};

static void
test_parse_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		struct errbuf e = {""};
		struct dn dn;
		if (dn_parse(schema, arena, bv_str(accepted[i].text), &dn, &e) != 0)
			fail_msg("%s: %s", accepted[i].text, e.text);
		expect_text(accepted[i].text, "pretty", dn.pretty, accepted[i].pretty);
		if (accepted[i].normal != NULL)
			expect_text(accepted[i].text, "normal", dn.normal, accepted[i].normal);
	}
}

static const struct {
	const char *text;
	int rc;
	const char *place; /* what the error text begins with */
} refused[] = {
    {"cn", ERR_SYNTAX, "character 3:"},
    {"bad", ERR_SYNTAX, "character 4:"},
    {" ", ERR_SYNTAX, "character 2:"},
    {"=x", ERR_SYNTAX, "character 1:"},
    {"cn=", ERR_SYNTAX, "character 4:"},
    {"cn=,dc=x", ERR_SYNTAX, "character 4:"},
    {"cn=\"\"", ERR_SYNTAX, "character 4:"},
    {"cn=   ", ERR_SYNTAX, "character 7:"},
    {"dc=", ERR_SYNTAX, "character 4:"},
    {"userPassword=", ERR_SYNTAX, "character 14:"},
    {"cn=a,", ERR_SYNTAX, "character 6:"},
    {"cn=a;", ERR_SYNTAX, "character 6:"},
    {"cn=a+", ERR_SYNTAX, "character 6:"},
    {",cn=a", ERR_SYNTAX, "character 1:"},
    {"+cn=a", ERR_SYNTAX, "character 1:"},
    {"cn=a,,dc=x", ERR_SYNTAX, "character 6:"},
    {"cn=a\\", ERR_SYNTAX, "character 5:"},
    {"cn=a\\zz", ERR_SYNTAX, "character 5:"},
    {"cn=a\\0", ERR_SYNTAX, "character 5:"},
    {"cn=\\6,dc=x", ERR_SYNTAX, "character 4:"},
    {"cn=a\\-b", ERR_SYNTAX, "character 5:"},
    {"cn=a\"b", ERR_SYNTAX, "character 5:"},
    {"cn=a<b", ERR_SYNTAX, "character 5:"},
    {"cn=a>b", ERR_SYNTAX, "character 5:"},
    {"cn=a+b", ERR_SYNTAX, "character 7:"},
    {"cn=\"a", ERR_SYNTAX, "character 4:"},
    {"cn=\"a\\", ERR_SYNTAX, "character 6:"},
    {"cn=\"a\"b", ERR_SYNTAX, "character 7:"},
    {"cn=\"a\" b", ERR_SYNTAX, "character 8:"},
    {"\"cn\"=a", ERR_SYNTAX, "character 1:"},
    {"<cn=a>", ERR_SYNTAX, "character 1:"},
    {"/dc=x/cn=a", ERR_SYNTAX, "character 1:"},
    {"c n=a", ERR_SYNTAX, "character 3:"},
    {"cn:=a", ERR_SYNTAX, "character 3:"},
    {"cn_x=a", ERR_SYNTAX, "character 3:"},
    {"cn;lang-fr=A", ERR_SYNTAX, "character 3:"},
    {"cn;binary=A", ERR_SYNTAX, "character 3:"},
    {"cn=#", ERR_SYNTAX, "character 4:"},
    {"cn=#zz", ERR_SYNTAX, "character 4:"},
    {"cn=#040", ERR_SYNTAX, "character 4:"},
    {"cn=#04", ERR_SYNTAX, "character 1:"},
    {"cn=#0400", ERR_SYNTAX, "character 1:"},
    {"cn=#04036162", ERR_SYNTAX, "character 1:"},
    {"cn=#04024142434445", ERR_SYNTAX, "character 1:"},
    {"cn=#0480616200", ERR_SYNTAX, "character 1:"},
    {"cn=#04ffffffffffffffffff", ERR_SYNTAX, "character 1:"},
    {"cn=#0484ffffffff41", ERR_SYNTAX, "character 1:"},
    {"cn=#3003020105", ERR_SYNTAX, "character 1:"},
    {"cn=a+cn=b", ERR_SYNTAX, "character 6:"},
    {"cn=a+cn=a", ERR_SYNTAX, "character 6:"},
    {"cn=a+sn=c+2.5.4.3=b", ERR_SYNTAX, "character 11:"},
    {"cn=\\ff", ERR_SYNTAX, "character 1:"},
    {"cn=\\c3", ERR_SYNTAX, "character 1:"},
    {"dc=x,uidNumber=abc", ERR_SYNTAX, "character 6:"},
    {"uidNumber=005", ERR_SYNTAX, "character 1:"},
    {"c=FRA", ERR_SYNTAX, "character 1:"},
    {"member=notadn", ERR_SYNTAX, "character 1:"},
    {"objectClass=nosuch", ERR_SYNTAX, "character 1:"},
    {"nosuch=x", ERR_UNDEFINED, "character 1:"},
    {"dc=x, 1.2.3.4=abc", ERR_UNDEFINED, "character 7:"},
    {"1.3.6.1.4.1.1466.0=#04024869", ERR_UNDEFINED, "character 1:"},
    {"oid.=x", ERR_UNDEFINED, "character 1:"},
    {"1cn=a", ERR_UNDEFINED, "character 1:"},
    {"2.5.4.3.=a", ERR_UNDEFINED, "character 1:"},
};

static void
test_parse_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *text = refused[i].text, *place = refused[i].place;
		struct errbuf e = {""};
		struct dn dn = {.rdn_count = 77};
		int rc = dn_parse(schema, arena, bv_str(text), &dn, &e);
		if (rc != refused[i].rc || strncmp(e.text, place, strlen(place)) != 0)
			fail_msg(
			    "%s: %d '%s', not %d '%s'", text, rc, e.text, refused[i].rc, place);
		assert_int_equal(dn.rdn_count, 77);
		assert_int_equal(dn_parse(schema, arena, bv_str(text), &dn, NULL), rc);
	}
}

static void
test_parse_nul_bytes(void **state)
{
	(void)state;
	struct dn dn;

	assert_int_equal(dn_parse(schema, arena, bv_make("cn=a\0b", 6), &dn, NULL), ERR_SYNTAX);
	assert_int_equal(dn_parse(schema, arena, bv_make("c\0n=ab", 6), &dn, NULL), ERR_SYNTAX);
	assert_int_equal(dn_parse(schema, arena, bv_make("cn=\"a\0\"", 7), &dn, NULL), ERR_SYNTAX);
}

static struct bv
repeated(const char *part, size_t count, const char *end)
{
	size_t n = strlen(part);
	uint8_t *p = arena_alloc(arena, n * count + strlen(end));

	for (size_t i = 0; i < count; i++)
		memcpy(p + i * n, part, n);
	memcpy(p + count * n, end, strlen(end));
	return bv_make(p, n * count + strlen(end));
}

static void
test_parse_limits(void **state)
{
	(void)state;
	struct dn dn;
	struct errbuf e;

	assert_int_equal(dn_parse(schema, arena, repeated("dc=a,", 1023, "dc=b"), &dn, &e), 0);
	assert_int_equal(dn.rdn_count, 1024);
	assert_int_equal(dn_text_depth(dn.normal), 1024);
	assert_int_equal(
	    dn_parse(schema, arena, repeated("dc=a,", 1024, "dc=b"), &dn, &e), ERR_LIMIT);
	assert_int_equal(
	    dn_parse(schema, arena, repeated("dc=a+", 64, "dc=b"), &dn, &e), ERR_LIMIT);
	assert_int_equal(
	    dn_parse(schema, arena, repeated("dc=a+", 63, "dc=b"), &dn, &e), ERR_SYNTAX);
	assert_int_not_equal(
	    dn_parse(schema, arena, repeated("member=", 1100, "cn=a"), &dn, &e), 0);
	assert_int_equal(dn_parse(schema, arena, repeated("member=", 3, "cn=a"), &dn, &e), 0);
	assert_int_not_equal(dn_parse(schema, arena, repeated("member=", 4, "cn=a"), &dn, &e), 0);
	/* The count of nested DNs is back at none after a refusal. */
	assert_int_equal(dn_parse(schema, arena, repeated("member=", 3, "cn=a"), &dn, &e), 0);
}

static void
test_parse_structure(void **state)
{
	(void)state;
	char text[] = "uid=J\\2C+cn=A\\20B+sn=\\,,ou=P,dc=X";
	struct dn dn;

	assert_int_equal(dn_parse(schema, arena, bv_str(text), &dn, NULL), 0);
	memset(text, '!', strlen(text)); /* the result does not refer to what was read */
	assert_int_equal(dn.rdn_count, 3);
	assert_int_equal(dn.rdns[0].ava_count, 3);
	expect_text("rdn", "pretty", dn.rdns[0].pretty, "cn=A B+sn=\\2C+uid=J\\2C");
	expect_text("rdn", "normal", dn.rdns[0].normal, "cn=a b+sn=\\2C+uid=j\\2C");
	expect_text("ava", "type", dn.rdns[0].avas[2].desc->name, "uid");
	expect_text("ava", "value", dn.rdns[0].avas[2].value, "J,");
	expect_text("ava", "normal", dn.rdns[0].avas[2].normal, "j,");
	expect_text("ava", "value", dn.rdns[2].avas[0].value, "X");
	expect_text("ava", "normal", dn.rdns[2].avas[0].normal, "x");
	struct dn up = dn_parent(&dn);
	expect_text("parent", "pretty", up.pretty, "ou=P,dc=X");
	expect_text("parent", "normal", up.normal, "ou=p,dc=x");
	assert_int_equal(up.rdn_count, 2);
	up = dn_parent(&up);
	up = dn_parent(&up);
	assert_int_equal(up.rdn_count, 0);
	assert_int_equal(up.pretty.n, 0);
	assert_non_null(up.normal.p);
}

static void
test_parse_rdn(void **state)
{
	(void)state;
	struct rdn rdn;

	assert_int_equal(dn_parse_rdn(schema, arena, BV_LIT("CN=r6 + sn=z"), &rdn, NULL), 0);
	expect_text("rdn", "pretty", rdn.pretty, "cn=r6+sn=z");
	assert_int_equal(dn_parse_rdn(schema, arena, BV_LIT("cn=x,ou=y"), &rdn, NULL), ERR_SYNTAX);
	assert_int_equal(dn_parse_rdn(schema, arena, BV_LIT(""), &rdn, NULL), ERR_SYNTAX);
	assert_int_equal(dn_parse_rdn(schema, arena, BV_LIT("zz"), &rdn, NULL), ERR_SYNTAX);
}

static void
test_join(void **state)
{
	(void)state;
	struct dn superior, root, joined;
	struct rdn rdn;

	assert_int_equal(dn_parse(schema, arena, BV_LIT("OU=P,DC=X"), &superior, NULL), 0);
	assert_int_equal(dn_parse(schema, arena, BV_LIT(""), &root, NULL), 0);
	assert_int_equal(dn_parse_rdn(schema, arena, BV_LIT("cn=A\\,"), &rdn, NULL), 0);
	joined = dn_join(arena, &rdn, &superior);
	expect_text("join", "pretty", joined.pretty, "cn=A\\2C,ou=P,dc=X");
	expect_text("join", "normal", joined.normal, "cn=a\\2C,ou=p,dc=x");
	assert_int_equal(joined.rdn_count, 3);
	expect_text("join", "last rdn", joined.rdns[2].pretty, "dc=X");
	expect_text("join", "first rdn", joined.rdns[0].normal, "cn=a\\2C");
	assert_ptr_equal(joined.rdns[1].normal.p, joined.normal.p + joined.rdns[0].normal.n + 1);
	joined = dn_join(arena, &rdn, &root);
	expect_text("join", "pretty", joined.pretty, "cn=A\\2C");
	assert_int_equal(joined.rdn_count, 1);
}

static void
test_texts(void **state)
{
	(void)state;
	assert_true(dn_normal_is_under(BV_LIT("cn=a,dc=x"), BV_LIT("dc=x")));
	assert_true(dn_normal_is_under(BV_LIT("dc=x"), BV_LIT("dc=x")));
	assert_true(dn_normal_is_under(BV_LIT("dc=x"), BV_LIT("")));
	assert_true(dn_normal_is_under(BV_LIT(""), BV_LIT("")));
	assert_false(dn_normal_is_under(BV_LIT(""), BV_LIT("dc=x")));
	assert_false(dn_normal_is_under(BV_LIT("dc=x"), BV_LIT("cn=a,dc=x")));
	assert_false(dn_normal_is_under(BV_LIT("cn=a,adc=x"), BV_LIT("dc=x")));
	assert_false(dn_normal_is_under(BV_LIT("cn=a\\2Cdc=x"), BV_LIT("dc=x")));
	expect_text("parent", "of one", dn_text_parent(BV_LIT("dc=x")), "");
	expect_text("parent", "of root", dn_text_parent(BV_LIT("")), "");
	expect_text("parent", "of absent", dn_text_parent(BV_NONE), "");
	expect_text("parent", "of two", dn_text_parent(BV_LIT("cn=a\\2C,dc=x")), "dc=x");
	expect_text("rdn", "of two", dn_text_rdn(BV_LIT("cn=a\\2C+sn=b,dc=x")), "cn=a\\2C+sn=b");
	expect_text("rdn", "of root", dn_text_rdn(BV_LIT("")), "");
	assert_int_equal(dn_text_depth(BV_LIT("")), 0);
	assert_int_equal(dn_text_depth(BV_LIT("dc=x")), 1);
	assert_int_equal(dn_text_depth(BV_LIT("a=b,c=d,e=f")), 3);
	expect_text("escape", "edges", dn_escape(arena, BV_LIT(" #a,\\ ")), "\\20#a\\2C\\5C\\20");
	expect_text("escape", "sharp", dn_escape(arena, BV_LIT("#")), "\\23");
	expect_text("escape", "nul", dn_escape(arena, bv_make("\0", 1)), "\\00");
	expect_text("escape", "empty", dn_escape(arena, BV_LIT("")), "");
	expect_text(
	    "escape", "latin 1", dn_escape(arena, BV_LIT("\xe9t\xc3\xa9")), "\\E9t\\C3\\A9");
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* A value of pieces that are special somewhere, escaped for the text. */
static struct bv
random_value(uint32_t *seed)
{
	static const char *const pieces[] = {"a", "B", " ", "  ", ",", "+", "=", "#", "\\", "\"",
	    "<", ">", ";", "\xc3\x89", "\xc3\xa9", "e\xcc\x81", "\t", "\n", "0", "41", "x y"};
	uint8_t raw[64];
	size_t n = 0;

	raw[n++] = 'v';
	for (size_t i = next_random(seed) % 6; i > 0; i--) {
		const char *piece =
		    pieces[next_random(seed) % (sizeof(pieces) / sizeof(pieces[0]))];
		memcpy(raw + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return dn_escape(arena, bv_make(raw, n));
}

static struct bv
random_dn(uint32_t *seed)
{
	static const char *const types[] = {
	    "cn", "2.5.4.4", "OU", "member", "homeDirectory", "uid"};
	struct bv text = BV_LIT("dc=x");

	for (size_t i = next_random(seed) % 4; i > 0; i--) {
		const char *type = types[next_random(seed) % 6];
		const char *separator = next_random(seed) % 3 == 0 && i > 1 ? "+" : " , ";
		struct bv value = random_value(seed);
		if (strcmp(type, "member") == 0)
			value = dn_escape(arena, arena_printf(arena, "cn=%.*s", BV(value)));
		text = arena_printf(arena, "%s=%.*s%s%.*s", type, BV(value), separator, BV(text));
	}
	return text;
}

static void
test_random_properties(void **state)
{
	(void)state;
	uint32_t seed = 7;
	unsigned accepted_count = 0;

	for (int i = 0; i < 20000; i++) {
		struct arena_mark mark = arena_mark(arena);
		struct bv text = random_dn(&seed);
		struct dn dn, pretty, normal;
		if (dn_parse(schema, arena, text, &dn, NULL) == 0) {
			accepted_count++;
			assert_int_equal(dn_parse(schema, arena, dn.pretty, &pretty, NULL), 0);
			assert_true(dn_eq(&dn, &pretty));
			assert_true(bv_eq(dn.pretty, pretty.pretty));
			assert_int_equal(dn_parse(schema, arena, dn.normal, &normal, NULL), 0);
			assert_true(dn_eq(&dn, &normal));
			assert_int_equal(dn_text_depth(dn.pretty), dn.rdn_count);
			assert_int_equal(dn_text_depth(dn.normal), dn.rdn_count);
		}
		arena_rewind(arena, mark);
	}
	assert_true(accepted_count > 15000);
}

/* Different values never share a normal form: the texts can be read back to the values. */
static void
test_normal_is_injective(void **state)
{
	(void)state;
	static const char *const distinct[] = {"cn=a\\,b", "cn=a,o=b", "cn=a+o=b", "cn=a\\+o\\=b",
	    "cn=a\\5c2Cb", "cn=a\\5cb", "cn=ab", "cn=\\#ab", "cn=#0403234142", "cn=a\\,o\\=b",
	    "homeDirectory=a", "homeDirectory=A", "userPassword=\\c3\\a9", "userPassword=\\e9"};
	struct dn dns[sizeof(distinct) / sizeof(distinct[0])];
	size_t count = sizeof(distinct) / sizeof(distinct[0]);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(dn_parse(schema, arena, bv_str(distinct[i]), &dns[i], NULL), 0);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++) {
			bool same = (i == 8 && k == 7); /* the same value in two forms */
			if (dn_eq(&dns[i], &dns[k]) != same)
				fail_msg("%s and %s", distinct[k], distinct[i]);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_accepted),
	    cmocka_unit_test(test_parse_refused),
	    cmocka_unit_test(test_parse_nul_bytes),
	    cmocka_unit_test(test_parse_limits),
	    cmocka_unit_test(test_parse_structure),
	    cmocka_unit_test(test_parse_rdn),
	    cmocka_unit_test(test_join),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_random_properties),
	    cmocka_unit_test(test_normal_is_injective),
	};
	return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
