#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/names.h"
#include "model/rule.h"
#include "model/schema.h"
#include "model/syntax.h"

/* The schema: what is built in, how descriptions are read, refused and published. */

#define STRING "1.3.6.1.4.1.1466.115.121.1.15"

typedef int adder(struct schema_builder *b, struct bv text, struct errbuf *e);

struct bad {
	adder *add;
	const char *text;
	int want;
	const char *says; /* part of the error text */
};

static const struct bad BAD[] = {
    {schema_add_attr_type, "", ERR_SYNTAX, "ends at character 1"},
    {schema_add_attr_type, "x", ERR_SYNTAX, "expected \"(\" at character 1"},
    {schema_add_attr_type, "(", ERR_SYNTAX, "expected an OID"},
    {schema_add_attr_type, "( )", ERR_SYNTAX, "expected an OID at character 3"},
    {schema_add_attr_type, "( '' NAME 'x' )", ERR_SYNTAX, "expected an OID"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SYNTAX " STRING, ERR_SYNTAX, "ends at character"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SYNTAX " STRING " ) x", ERR_SYNTAX, "nothing after"},
    {schema_add_attr_type, "( 1.2 NAME 'x", ERR_SYNTAX, "character 12 has no end"},
    {schema_add_attr_type, "( 1.2 NAME x( SUP name )", ERR_SYNTAX, "character 13"},
    {schema_add_attr_type, "( 1.2 NAME '2x' SUP name )", ERR_SYNTAX, "begins with a letter"},
    {schema_add_attr_type, "( 1.2 NAME 'a;b' SUP name )", ERR_SYNTAX, "character 13"},
    {schema_add_attr_type, "( 1.2 NAME ( 'a' $ 'b' ) SUP name )", ERR_SYNTAX, "expected a name"},
    {schema_add_attr_type, "( 1.2 NAME 'x' DESC y SUP name )", ERR_SYNTAX, "string in quotes"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP name SUP name )", ERR_SYNTAX, "come once"},
    {schema_add_attr_type, "( 1.2 NAME 'x' MUST cn )", ERR_SYNTAX, "\"MUST\""},
    {schema_add_attr_type, "( 1.2 NAME 'x' FOO )", ERR_SYNTAX, "character 16, not \"FOO\""},
    {schema_add_attr_type, "( 1.2 NAME 'x' SYNTAX " STRING "{ )", ERR_SYNTAX, "length"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SYNTAX " STRING "{-1} )", ERR_SYNTAX, "length"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SYNTAX " STRING "{99999999999999999999} )", ERR_SYNTAX,
	"length"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SYNTAX {5} )", ERR_SYNTAX, "syntax OID"},
    {schema_add_attr_type, "( 1.2 NAME 'x' X-A ( 'b' )", ERR_SYNTAX, "ends"},
    {schema_add_attr_type, "( 1.2 NAME 'x' )", ERR_SYNTAX, "needs a SYNTAX or a SUP"},
    {schema_add_attr_type, "( foo NAME 'x' SUP name )", ERR_SYNTAX, "\"foo\" is neither"},
    {schema_add_attr_type, "( foo:1 NAME 'x' SUP name )", ERR_SYNTAX, "\"foo:1\" is neither"},
    {schema_add_attr_type, "( OLcfg:x NAME 'x' SUP name )", ERR_SYNTAX, "suffix"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP nosuch )", ERR_UNDEFINED, "\"nosuch\""},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP x )", ERR_UNDEFINED, "\"x\""}, /* itself */
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP ( cn $ uid ) )", ERR_SYNTAX, "one superior"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SYNTAX 9.9 )", ERR_UNDEFINED, "\"9.9\""},
    {schema_add_attr_type, "( 1.2 NAME 'x' EQUALITY nosuchMatch SYNTAX " STRING " )", ERR_UNDEFINED,
	"nosuchMatch"},
    {schema_add_attr_type, "( 1.2 NAME 'x' EQUALITY caseIgnoreSubstringsMatch SYNTAX " STRING " )",
	ERR_SYNTAX, "not an equality"},
    {schema_add_attr_type, "( 1.2 NAME 'x' EQUALITY integerMatch SYNTAX " STRING " )", ERR_SYNTAX,
	"cannot compare"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUBSTR caseIgnoreSubstringsMatch SYNTAX " STRING " )",
	ERR_SYNTAX, "EQUALITY"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP name USAGE everywhere )", ERR_SYNTAX, "everywhere"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP name USAGE dSAOperation )", ERR_SYNTAX, "USAGE"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP name NO-USER-MODIFICATION )", ERR_SYNTAX,
	"NO-USER-MODIFICATION"},
    {schema_add_attr_type, "( 1.2 NAME 'x' SUP name COLLECTIVE SINGLE-VALUE )", ERR_SYNTAX,
	"COLLECTIVE"},
    {schema_add_attr_type, "( 2.5.4.3 NAME 'x' SUP name )", ERR_EXISTS, "\"cn\""},
    {schema_add_attr_type, "( 1.2 NAME ( 'x' 'COMMONNAME' ) SUP name )", ERR_EXISTS, "2.5.4.3"},
    {schema_add_object_class, "( 1.2 NAME 'x' SUP nosuch )", ERR_UNDEFINED, "\"nosuch\""},
    {schema_add_object_class, "( 1.2 NAME 'x' SUP x )", ERR_UNDEFINED, "\"x\""},
    {schema_add_object_class, "( 1.2 NAME 'x' MUST nosuch )", ERR_UNDEFINED, "\"nosuch\""},
    {schema_add_object_class, "( 1.2 NAME 'x' MAY ( cn $ nosuch ) )", ERR_UNDEFINED, "\"nosuch\""},
    {schema_add_object_class, "( 1.2 NAME 'x' MAY ( cn uid ) )", ERR_SYNTAX, "\"$\""},
    {schema_add_object_class, "( 1.2 NAME 'x' MAY ( ) )", ERR_SYNTAX, "name or OID"},
    {schema_add_object_class, "( 1.2 NAME 'x' MAY ( cn $ ) )", ERR_SYNTAX, "name or OID"},
    {schema_add_object_class, "( 1.2 NAME 'x' ABSTRACT AUXILIARY )", ERR_SYNTAX, "exclude"},
    {schema_add_object_class, "( 1.2 NAME 'x' SUP alias AUXILIARY )", ERR_SYNTAX, "\"alias\""},
    {schema_add_object_class, "( 1.2 NAME 'x' SUP subschema )", ERR_SYNTAX, "\"subschema\""},
    {schema_add_object_class, "( 2.5.6.0 NAME 'x' )", ERR_EXISTS, "\"top\""},
    {schema_add_object_class, "( 1.2 NAME 'TOP' )", ERR_EXISTS, "2.5.6.0"},
    {schema_add_object_class, "( 1.2 NAME 'x' SYNTAX 1.2 )", ERR_SYNTAX, "\"SYNTAX\""},
    {schema_add_syntax, "( 1.3.6.1.4.1.1466.115.121.1.15 )", ERR_EXISTS, "121.1.15"},
    {schema_add_syntax, "( 1.2 X-SUBST '9.9' )", ERR_UNDEFINED, "\"9.9\""},
    {schema_add_content_rule, "( 1.2 )", ERR_UNDEFINED, "structural"},
    {schema_add_content_rule, "( 2.5.6.0 )", ERR_UNDEFINED, "structural"},
    {schema_add_content_rule, "( 2.5.6.1 AUX alias )", ERR_SYNTAX, "not auxiliary"},
    {schema_add_content_rule, "( 2.5.6.1 NOT nosuch )", ERR_UNDEFINED, "\"nosuch\""},
};

static void
test_add_refuses_with_reason(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	size_t attrs, classes;
	const struct schema *s;

	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		struct errbuf e = {{0}};
		int rc = BAD[i].add(b, bv_str(BAD[i].text), &e);
		if (rc != BAD[i].want || strstr(e.text, BAD[i].says) == NULL)
			fail_msg("\"%s\": %d \"%s\"", BAD[i].text, rc, e.text);
	}
	s = schema_build(b);
	attrs = schema_attr_count(s);
	classes = schema_class_count(s);
	assert_null(schema_attr_type(s, BV_LIT("x")));
	assert_null(schema_object_class(s, BV_LIT("x")));
	s = schema_build(schema_builder_new(a));
	assert_int_equal(schema_attr_count(s), attrs);
	assert_int_equal(schema_class_count(s), classes);
	arena_free(&a);
}

struct good {
	adder *add;
	const char *text;
	const char *canonical;
};

static const struct good GOOD[] = {
    {schema_add_attr_type, "( 1.9.1 NAME 'a1' SUP name )", "( 1.9.1 NAME 'a1' SUP name )"},
    {schema_add_attr_type,
	"(\t1.9.2\n\tSINGLE-VALUE SYNTAX '" STRING
	"'{64}\n\tSUBSTR 'caseIgnoreSubstringsMatch' EQUALITY caseIgnoreMatch DESC 'd ( x ) $' "
	"NAME('a2' 'a2-b_c'))",
	"( 1.9.2 NAME ( 'a2' 'a2-b_c' ) DESC 'd ( x ) $' EQUALITY caseIgnoreMatch SUBSTR "
	"caseIgnoreSubstringsMatch SYNTAX " STRING "{64} SINGLE-VALUE )"},
    {schema_add_attr_type, "( OLcfgGlAt:77 NAME a3 SUP 'name' USAGE userApplications )",
	"( 1.3.6.1.4.1.4203.1.12.2.3.0.77 NAME 'a3' SUP name )"},
    {schema_add_attr_type, "( OLcfg:900.1 NAME 'a4' SYNTAX OMsInteger EQUALITY integerMatch )",
	"( 1.3.6.1.4.1.4203.1.12.2.900.1 NAME 'a4' EQUALITY integerMatch SYNTAX "
	"1.3.6.1.4.1.1466.115.121.1.27 )"},
    {schema_add_attr_type,
	"( 1.9.5 SUP cn X-ORIGIN 'us' X-ORDERED ( 'VALUES' 'x' ) X-BARE yes X-NONE )",
	"( 1.9.5 SUP cn X-ORIGIN 'us' X-ORDERED ( 'VALUES' 'x' ) X-BARE 'yes' X-NONE )"},
    {schema_add_attr_type, "( 1.9.6 NAME ( ) DESC '' SUP cn OBSOLETE )",
	"( 1.9.6 NAME ( ) DESC '' OBSOLETE SUP cn )"},
    {schema_add_attr_type, "( 1.9.7 name 'a7' sup CN collective )",
	"( 1.9.7 NAME 'a7' SUP CN COLLECTIVE )"},
    {schema_add_object_class, "( 1.9.20 NAME 'c1' AUXILIARY MAY cn MUST ( uid $ a1 ) SUP top )",
	"( 1.9.20 NAME 'c1' SUP top AUXILIARY MUST ( uid $ a1 ) MAY cn )"},
    {schema_add_object_class, "( 1.9.21 NAME 'c2' SUP ( top $ c3 ) )", NULL},
    {schema_add_object_class, "( 1.9.22 NAME 'c4' MAY('cn'$'uid'))",
	"( 1.9.22 NAME 'c4' STRUCTURAL MAY ( cn $ uid ) )"},
    {schema_add_syntax, "( 1.9.30 DESC 'mine' X-SUBST '" STRING "' )", ""},
    {schema_add_syntax, "( 1.9.31 )", ""},
    {schema_add_attr_type, "( 1.9.8 NAME 'a8' EQUALITY caseExactMatch SYNTAX 1.9.30 )",
	"( 1.9.8 NAME 'a8' EQUALITY caseExactMatch SYNTAX 1.9.30 )"},
    {schema_add_content_rule, "( 1.9.22 NAME 'r' AUX c1 NOT description MUST cn )", ""},
};

static void
test_add_canonical_text(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	const struct schema *s;
	size_t at, oc;

	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
		struct errbuf e = {{0}};
		int rc = GOOD[i].add(b, bv_str(GOOD[i].text), &e);
		if ((rc == 0) != (GOOD[i].canonical != NULL))
			fail_msg("\"%s\": %d \"%s\"", GOOD[i].text, rc, e.text);
	}
	s = schema_build(b);
	for (at = 0; schema_attr_at(s, at)->origin == SCHEMA_BUILTIN; at++)
		assert_int_equal(schema_attr_at(s, at)->index, at);
	for (oc = 0; schema_class_at(s, oc)->origin == SCHEMA_BUILTIN; oc++)
		assert_int_equal(schema_class_at(s, oc)->index, oc);
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
		struct bv got = BV_NONE;
		if (GOOD[i].canonical == NULL || GOOD[i].canonical[0] == '\0')
			continue;
		if (GOOD[i].add == schema_add_attr_type)
			got = schema_attr_at(s, at++)->definition;
		else
			got = schema_class_at(s, oc++)->definition;
		if (!bv_eq(got, bv_str(GOOD[i].canonical)))
			fail_msg("\"%.*s\" instead of \"%s\"", BV(got), GOOD[i].canonical);
	}
	assert_int_equal(schema_content_rule_count(s), 1);
	assert_non_null(schema_content_rule(s, schema_object_class(s, BV_LIT("C4"))));
	assert_null(schema_content_rule(s, schema_object_class(s, BV_LIT("alias"))));
	arena_free(&a);
}

static void
test_inheritance(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	const struct schema *s;
	const struct attr_type *cn, *name, *c;

	(void)state;
	assert_int_equal(schema_add_attr_type(b,
			     BV_LIT("( 2.5.4.6 NAME 'c' SUP name SYNTAX "
				    "1.3.6.1.4.1.1466.115.121.1.11 SINGLE-VALUE )"),
			     NULL),
	    0);
	s = schema_build(b);
	cn = schema_attr_type(s, BV_LIT("CommonName"));
	name = schema_attr_type(s, BV_LIT("2.5.4.41"));
	c = schema_attr_type(s, BV_LIT("c"));
	assert_ptr_equal(cn->sup, name);
	assert_ptr_equal(cn->equality, name->equality);
	assert_ptr_equal(cn->substr, name->substr);
	assert_ptr_equal(cn->syntax, name->syntax);
	assert_int_equal(cn->bound, 32768);
	assert_true(bv_eq(cn->names[0], BV_LIT("cn")));
	assert_true(schema_attr_is_a(cn, name));
	assert_false(schema_attr_is_a(name, cn));
	assert_ptr_equal(c->syntax, &syntax_table[SYNTAX_COUNTRY]);
	assert_ptr_equal(c->equality, name->equality);
	assert_non_null(cn->approx);
	assert_null(schema_attr_type(s, BV_LIT("uidNumber"))->approx);
	assert_true(schema_class_is_a(
	    schema_object_class(s, BV_LIT("alias")), schema_object_class(s, BV_LIT("top"))));
	assert_false(schema_class_is_a(
	    schema_object_class(s, BV_LIT("top")), schema_object_class(s, BV_LIT("alias"))));
	arena_free(&a);
}

/* A lattice of classes, each above all the earlier ones, must not cost exponential time. */
static void
test_class_lattice(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	const struct schema *s;
	const struct object_class *last;

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct bv sup =
		    i < 2 ? BV_LIT("top") : arena_printf(a, "( l%d $ l%d )", i - 1, i - 2);
		struct bv text =
		    arena_printf(a, "( 1.9.%d NAME 'l%d' SUP %.*s ABSTRACT )", i + 1, i, BV(sup));
		assert_int_equal(schema_add_object_class(b, text, NULL), 0);
	}
	s = schema_build(b);
	last = schema_object_class(s, BV_LIT("l99"));
	assert_int_equal(last->ancestor_count, 100);
	assert_false(schema_class_is_a(last, schema_object_class(s, BV_LIT("alias"))));
	assert_true(schema_class_is_a(last, schema_object_class(s, BV_LIT("l0"))));
	arena_free(&a);
}

static void
test_macros(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);

	(void)state;
	assert_int_equal(schema_add_oid_macro(b, BV_LIT("root"), BV_LIT("1.2.3"), NULL), 0);
	assert_int_equal(schema_add_oid_macro(b, BV_LIT("sub"), BV_LIT("root:4.5"), NULL), 0);
	assert_int_equal(
	    schema_add_oid_macro(b, BV_LIT("ROOT"), BV_LIT("1.2.3"), NULL), ERR_EXISTS);
	assert_int_equal(
	    schema_add_oid_macro(b, BV_LIT("x"), BV_LIT("nosuch:1"), NULL), ERR_SYNTAX);
	assert_int_equal(schema_add_oid_macro(b, BV_LIT("x"), BV_LIT("root:"), NULL), ERR_SYNTAX);
	assert_int_equal(schema_add_oid_macro(b, BV_LIT("x"), BV_LIT("x:1"), NULL), ERR_SYNTAX);
	assert_int_equal(schema_add_oid_macro(b, BV_LIT("1x"), BV_LIT("1.2"), NULL), ERR_SYNTAX);
	assert_int_equal(schema_add_attr_type(b, BV_LIT("( SUB:6 NAME 'm' SUP name )"), NULL), 0);
	assert_non_null(schema_attr_type(schema_build(b), BV_LIT("1.2.3.4.5.6")));
	arena_free(&a);
}

static void
test_text_bounds(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	uint8_t *p = arena_alloc(a, 70000);
	struct errbuf e;

	(void)state;
	memset(p, '(', 70000);
	assert_int_equal(schema_add_attr_type(b, bv_make(p, 70000), &e), ERR_LIMIT);
	assert_int_equal(schema_add_attr_type(b, bv_make(p, 60000), &e), ERR_SYNTAX);
	assert_true(strlen(e.text) < 200);
	arena_free(&a);
}

static void
test_options(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	const struct schema *s;

	(void)state;
	assert_int_equal(schema_add_option(b, BV_LIT("x-phonetic"), NULL), 0);
	assert_int_equal(schema_add_option(b, BV_LIT("dept-"), NULL), 0);
	assert_int_equal(schema_add_option(b, BV_LIT("binary"), NULL), ERR_SYNTAX);
	assert_int_equal(schema_add_option(b, BV_LIT(""), NULL), ERR_SYNTAX);
	assert_int_equal(schema_add_option(b, BV_LIT("-"), NULL), ERR_SYNTAX);
	assert_int_equal(schema_add_option(b, BV_LIT("a;b"), NULL), ERR_SYNTAX);
	s = schema_build(b);
	assert_true(schema_knows_option(s, BV_LIT("LANG-en")));
	assert_true(schema_knows_option(s, BV_LIT("X-Phonetic")));
	assert_true(schema_knows_option(s, BV_LIT("dept-it")));
	assert_false(schema_knows_option(s, BV_LIT("x-phonetics")));
	assert_false(schema_knows_option(s, BV_LIT("lang")));
	b = schema_builder_new(a);
	schema_clear_options(b);
	s = schema_build(b);
	assert_false(schema_knows_option(s, BV_LIT("lang-en")));
	arena_free(&a);
}

/* shadowLastChange is nis.schema's: known without it, replaced by it, never found by name alone. */
static void
test_known_is_complete(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	const struct schema *s = schema_build(b);
	const struct schema_known *k = schema_known(s);
	const void *members[sizeof *k / sizeof(void *)];

	(void)state;
	memcpy(members, k, sizeof members);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		assert_non_null(members[i]);
	assert_true(k->shadow_last_change->undefined);
	assert_null(schema_attr_type(s, BV_LIT("shadowLastChange")));
	assert_ptr_equal(k->cn, schema_attr_type(s, BV_LIT("cn")));
	assert_ptr_equal(k->top, schema_object_class(s, BV_LIT("top")));
	b = schema_builder_new(a);
	assert_int_equal(schema_add_attr_type(b,
			     BV_LIT("( 1.3.6.1.1.1.1.5 NAME 'shadowLastChange' EQUALITY "
				    "integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )"),
			     NULL),
	    0);
	s = schema_build(b);
	assert_ptr_equal(
	    schema_known(s)->shadow_last_change, schema_attr_type(s, BV_LIT("SHADOWLASTCHANGE")));
	arena_free(&a);
}

static bool
published(const struct schema *s, struct arena *a, const char *attribute, const char *text)
{
	struct bv *values;
	size_t count = schema_publish(s, a, bv_str(attribute), &values);

	for (size_t i = 0; i < count; i++) {
		if (bv_eq(values[i], bv_str(text)))
			return true;
	}
	return false;
}

static void
test_publish(void **state)
{
	struct arena *a = arena_new(0);
	struct schema_builder *b = schema_builder_new(a);
	const struct schema *s;
	struct bv *values;

	(void)state;
	assert_int_equal(schema_add_syntax(b, BV_LIT("( 1.9.31 DESC 'mine' )"), NULL), 0);
	s = schema_build(b);
	assert_true(published(s, a, "attributeTypes",
	    "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'Common name, under which an object is "
	    "known to people' SUP name )"));
	assert_true(published(s, a, "OBJECTCLASSES",
	    "( 2.5.6.0 NAME 'top' DESC 'Root of all classes' ABSTRACT MUST objectClass )"));
	assert_true(published(s, a, "ldapSyntaxes",
	    "( 1.3.6.1.4.1.1466.115.121.1.8 DESC 'Certificate' X-BINARY-TRANSFER-REQUIRED 'TRUE' "
	    "X-NOT-HUMAN-READABLE 'TRUE' )"));
	assert_true(published(s, a, "ldapSyntaxes", "( 1.9.31 DESC 'mine' )"));
	assert_true(published(
	    s, a, "matchingRules", "( 2.5.13.2 NAME 'caseIgnoreMatch' SYNTAX " STRING " )"));
	assert_true(published(
	    s, a, "matchingRuleUse", "( 1.3.6.1.1.16.2 NAME 'UUIDMatch' APPLIES entryUUID )"));
	assert_true(published(
	    s, a, "matchingRuleUse", "( 2.5.13.17 NAME 'octetStringMatch' APPLIES userPassword )"));
	assert_int_equal(schema_publish(s, a, BV_LIT("dITContentRules"), &values), 0);
	assert_int_equal(schema_publish(s, a, BV_LIT("cn"), &values), 0);
	arena_free(&a);
}

/* What is published can be read again: the text of every type and class is its own canonical form.
 */
static void
test_publish_reads_back(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = schema_build(schema_builder_new(a));
	struct bv *values;
	size_t count = schema_publish(s, a, BV_LIT("attributeTypes"), &values);

	(void)state;
	assert_true(count > 40);
	for (size_t i = 0; i < count; i++) {
		struct errbuf e = {{0}};
		assert_int_equal(
		    schema_add_attr_type(schema_builder_new(a), values[i], &e), ERR_EXISTS);
	}
	arena_free(&a);
}

static void
test_names_table(void **state)
{
	static const int ITEM = 1, OTHER = 2;
	struct arena *a = arena_new(0);
	struct names t;

	(void)state;
	names_init(&t, a, 0);
	assert_null(names_get(&t, BV_LIT("")));
	for (int i = 0; i < 5000; i++)
		names_put(&t, a, arena_printf(a, "Name-%d", i), &ITEM);
	names_put(&t, a, BV_LIT("NAME-7"), &OTHER);
	for (int i = 0; i < 5000; i++)
		assert_ptr_equal(names_get(&t, arena_printf(a, "nAME-%d", i)), &ITEM);
	assert_null(names_get(&t, BV_LIT("name-5000")));
	assert_null(names_get(&t, BV_LIT("name-")));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_add_refuses_with_reason),
	    cmocka_unit_test(test_add_canonical_text),
	    cmocka_unit_test(test_inheritance),
	    cmocka_unit_test(test_class_lattice),
	    cmocka_unit_test(test_macros),
	    cmocka_unit_test(test_text_bounds),
	    cmocka_unit_test(test_options),
	    cmocka_unit_test(test_known_is_complete),
	    cmocka_unit_test(test_publish),
	    cmocka_unit_test(test_publish_reads_back),
	    cmocka_unit_test(test_names_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
