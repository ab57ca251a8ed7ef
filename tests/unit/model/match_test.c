#include "model_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "model/desc.h"
#include "model/match.h"
#include "wire/filter.h"

/* Filters resolved: what they mean, what means nothing, and that folding keeps the logic. */

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

static struct match *
resolved(const char *text)
{
	struct filter *f;
	struct errbuf e = {""};

	if (filter_parse(arena, bv_str(text), &filter_default_limits, &f, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return match_resolve(schema, arena, f);
}

static struct bv show(const struct match *m);

static struct bv
show_set(const struct match *m, char sign)
{
	struct bv all = arena_printf(arena, "(%c", sign);

	for (size_t i = 0; i < m->child_count; i++) {
		struct bv child = show(m->children[i]);
		all = arena_printf(arena, "%.*s%.*s", BV(all), BV(child));
	}
	return arena_printf(arena, "%.*s)", BV(all));
}

static struct bv
show_item(const struct match *m, const char *sign, struct bv value)
{
	struct bv name = m->desc == NULL ? BV_LIT("") : m->desc->name;

	return arena_printf(arena, "(%.*s%s%.*s)", BV(name), sign, BV(value));
}

static struct bv
show_substrings(const struct match *m)
{
	struct bv all = arena_printf(arena, "%.*s*", BV(m->sub.initial));

	for (size_t i = 0; i < m->sub.any_count; i++)
		all = arena_printf(arena, "%.*s%.*s*", BV(all), BV(m->sub.any[i]));
	all = arena_printf(arena, "%.*s%.*s", BV(all), BV(m->sub.final));
	return show_item(m, "=", all);
}

static struct bv
show_extensible(const struct match *m)
{
	return show_item(m, m->dn_attributes ? ":dn:=" : ":=", m->normal);
}

static struct bv
show(const struct match *m)
{
	switch (m->kind) {
	case MATCH_TRUE:
		return BV_LIT("T");
	case MATCH_FALSE:
		return BV_LIT("F");
	case MATCH_UNDEFINED:
		return BV_LIT("U");
	case MATCH_AND:
		return show_set(m, '&');
	case MATCH_OR:
		return show_set(m, '|');
	case MATCH_NOT:
		return show_set(m, '!');
	case MATCH_PRESENT:
		return show_item(m, "=*", BV_LIT(""));
	case MATCH_EQUALITY:
		return show_item(m, "=", m->normal);
	case MATCH_APPROX:
		return show_item(m, "~=", m->normal);
	case MATCH_GREATER_OR_EQUAL:
		return show_item(m, ">=", m->raw);
	case MATCH_LESS_OR_EQUAL:
		return show_item(m, "<=", m->raw);
	case MATCH_SUBSTRINGS:
		return show_substrings(m);
	case MATCH_EXTENSIBLE:
		return show_extensible(m);
	}
	return BV_LIT("?");
}

static const struct {
	const char *filter, *meaning;
} filters[] = {
    {"(objectClass=*)", "(objectClass=*)"},
    {"(nosuch=*)", "U"},
    {"(sn=LEF\xc3\x88VRE)", "(sn=lef\xc3\xa8vre)"},
    {"(SURNAME= a  b )", "(sn=a b)"},
    {"(2.5.4.4=x)", "(sn=x)"},
    {"(nosuch=x)", "U"},
    {"(!(nosuch=x))", "U"},
    {"(sn;foo=x)", "U"},
    {"(sn;lang-fr=X)", "(sn;lang-fr=x)"},
    {"(uidNumber=abc)", "U"},
    {"(!(uidNumber=abc))", "U"},
    {"(uidNumber=1*)", "U"},
    {"(sn=\\ff)", "U"},
    {"(!(sn=\\ff))", "U"},
    {"(objectClass=nosuch)", "U"},
    {"(!(objectClass=nosuch))", "U"},
    {"(jpegPhoto=x)", "U"},
    {"(jpegPhoto=*)", "(jpegPhoto=*)"},
    {"(member=x)", "U"},
    {"(member=CN=A, DC=X)", "(member=cn=a,dc=x)"},
    {"(homeDirectory=/home/*)", "U"},
    {"(homeDirectory=/Home)", "(homeDirectory=/Home)"},
    {"(cn>=j)", "U"},
    {"(objectClass>=a)", "U"},
    {"(jpegPhoto>=a)", "U"},
    {"(uidNumber>=10)", "(uidNumber>=10)"},
    {"(uidNumber<=10)", "(uidNumber<=10)"},
    {"(uidNumber>=x)", "U"},
    {"(cn=J*a*N)", "(cn=j*a*n)"},
    {"(cn=*\\ff*)", "U"},
    {"(objectClass=per*)", "U"},
    {"(objectClass=posixAccount)", "(objectClass=1.3.6.1.1.1.2.0)"},
    {"(objectClass=DCOBJECT)", "(objectClass=1.3.6.1.4.1.1466.344)"},
    {"(objectClass=organizationalPerson)",
	"(|(objectClass=2.5.6.7)(objectClass=2.16.840.1.113730.3.2.2))"},
    {"(structuralObjectClass=2.5.6.7)",
	"(|(structuralObjectClass=2.5.6.7)(structuralObjectClass=2.16.840.1.113730.3.2.2))"},
    {"(objectClass~=organization)", "(|(objectClass=2.5.6.4)(objectClass=1.9.27))"},
    {"(objectClass:=organization)", "(|(objectClass=2.5.6.4)(objectClass=1.9.27))"},
    {"(objectClass:caseIgnoreMatch:=organization)", "U"},
    {"(objectClass=top)", "(objectClass=*)"},
    {"(objectClass:dn:=organization)",
	"(|(|(objectClass=2.5.6.4)(objectClass=1.9.27))(objectClass:dn:=2.5.6.4))"},
    {"(|(objectClass=organization)(cn=a)(objectClass=2.5.6.4))",
	"(|(|(objectClass=2.5.6.4)(objectClass=1.9.27))(cn=a))"},
    {"(objectClass=1.2.3.4)", "U"},
    {"(|(cn=a)(objectClass=organization))",
	"(|(cn=a)(|(objectClass=2.5.6.4)(objectClass=1.9.27)))"},
    {"(!(objectClass=ocAbstract))", "(!(|(objectClass=1.9.21)(objectClass=1.9.22)))"},
    {"(uidNumber~=5)", "(uidNumber=5)"},
    {"(cn~=jon dupont)", "(cn~=jon dupont)"},
    {"(nosuch~=x)", "U"},
    /* extensible */
    {"(uid:=JEAN)", "(uid:=jean)"},
    {"(uid:caseExactMatch:=Jean)", "(uid:=Jean)"},
    {"(uid:2.5.13.5:=Jean)", "(uid:=Jean)"},
    {"(ou:dn:=People)", "(ou:dn:=people)"},
    {"(:dn:2.5.13.2:=People)", "(:dn:=people)"},
    {"(:caseIgnoreMatch:=A)", "(:=a)"},
    {"(telephoneNumber:caseIgnoreMatch:=A)", "(telephoneNumber:=a)"},
    {"(c:caseIgnoreIA5Match:=FR)", "(c:=fr)"},
    {"(sn:booleanMatch:=TRUE)", "U"},
    {"(sn:2.5.13.17:=a)", "U"},
    {"(cn:caseIgnoreIA5Match:=a)", "U"},
    {"(uid:nosuch:=x)", "U"},
    {"(:nosuch:=x)", "U"},
    {"(nosuch:caseIgnoreMatch:=x)", "U"},
    {"(jpegPhoto:=x)", "U"},
    {"(uidNumber:integerMatch:=x)", "U"},
    {"(cn:caseIgnoreOrderingMatch:=x)", "(cn:=x)"},
    {"(uidNumber:integerOrderingMatch:=x)", "U"},
    {"(telephoneNumber=_*)", "U"},
    {"(telephoneNumber=1*_*2)", "U"},
    {"(mail=*\\c3\\a9)", "U"},
    {"(cn:caseIgnoreSubstringsMatch:=x)", "U"},
    {"(!(sn:booleanMatch:=TRUE))", "U"},
    /* folding */
    {"(&)", "T"},
    {"(|)", "F"},
    {"(!(&))", "F"},
    {"(!(|))", "T"},
    {"(&(cn=a))", "(cn=a)"},
    {"(|(cn=a))", "(cn=a)"},
    {"(&(cn=a)(&))", "(cn=a)"},
    {"(&(cn=a)(|))", "F"},
    {"(|(cn=a)(&))", "T"},
    {"(|(cn=a)(|))", "(cn=a)"},
    {"(&(|)(nosuch=x))", "F"},
    {"(&(nosuch=x)(|))", "F"},
    {"(|(nosuch=x)(&))", "T"},
    {"(&(nosuch=x)(&))", "U"},
    {"(&(nosuch=x)(nosuch=y))", "U"},
    {"(&(nosuch=x)(cn=a)(nosuch=y))", "(&U(cn=a))"},
    {"(|(nosuch=x)(cn=a))", "(|U(cn=a))"},
    {"(!(&(nosuch=x)(cn=a)))", "(!(&U(cn=a)))"},
    {"(&(cn=a)(&(sn=b)(&(uid=c))))", "(&(cn=a)(sn=b)(uid=c))"},
    {"(|(|(cn=a)(sn=b))(|(uid=c)))", "(|(cn=a)(sn=b)(uid=c))"},
    {"(&(|(cn=a)(sn=b))(uid=c))", "(&(|(cn=a)(sn=b))(uid=c))"},
    {"(!(!(cn=a)))", "(cn=a)"},
    {"(!(!(!(cn=a))))", "(!(cn=a))"},
    {"(!(!(nosuch=x)))", "U"},
};

static void
test_resolve(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct match *m = resolved(filters[i].filter);
		struct bv meaning = show(m);
		if (!bv_eq(meaning, bv_str(filters[i].meaning)))
			fail_msg("%s is %.*s", filters[i].filter, BV(meaning));
	}
}

static void
test_resolve_fields(void **state)
{
	(void)state;
	struct match *m = resolved("(uidNumber>=10)");

	assert_ptr_equal(m->rule, schema_match_rule(schema, BV_LIT("integerOrderingMatch")));
	assert_true(bv_eq(m->raw, BV_LIT("10")));
	struct match *less = resolved("(uidNumber<=9)");
	assert_true(bv_cmp(less->order_key, m->order_key) < 0);
	m = resolved("(cn~=jon dupont)");
	assert_int_equal(m->approx_count, 2);
	m = resolved("(cn=*b*)");
	assert_null(m->sub.initial.p);
	assert_null(m->sub.final.p);
	assert_int_equal(m->sub.any_count, 1);
	assert_ptr_equal(m->rule, schema_match_rule(schema, BV_LIT("caseIgnoreSubstringsMatch")));
	m = resolved("(:dn:caseExactMatch:=b)");
	assert_null(m->desc);
	assert_true(m->dn_attributes);
	assert_ptr_equal(m->rule, schema_match_rule(schema, BV_LIT("caseExactMatch")));
}

/* A filter as the decoder makes it, without a type and without a rule. */
static void
test_resolve_nothing_named(void **state)
{
	(void)state;
	struct filter f = {.kind = FILTER_EXTENSIBLE, .value = BV_LIT("x")};

	assert_int_equal(match_resolve(schema, arena, &f)->kind, MATCH_UNDEFINED);
	f = (struct filter){.kind = (enum filter_kind)0xaa, .value = BV_LIT("x")};
	assert_int_equal(match_resolve(schema, arena, &f)->kind, MATCH_UNDEFINED);
	f = (struct filter){.kind = FILTER_PRESENT, .desc = BV_LIT("bad attr")};
	assert_int_equal(match_resolve(schema, arena, &f)->kind, MATCH_UNDEFINED);
	f = (struct filter){.kind = FILTER_EQUALITY, .desc = BV_LIT(""), .value = BV_LIT("x")};
	assert_int_equal(match_resolve(schema, arena, &f)->kind, MATCH_UNDEFINED);
}

static const struct {
	const char *desc, *value;
	int rc;
	const char *normal;
} compares[] = {
    {"uid", "JEAN", 0, "jean"},
    {"UID", "x", 0, "x"},
    {"name", "Dupont", 0, "dupont"},
    {"cn;lang-en", "x", 0, "x"},
    {"nosuch", "x", 17, NULL},
    {"", "x", 17, NULL},
    {"bad attr!", "x", 17, NULL},
    {"sn;foo", "x", 17, NULL},
    {"jpegPhoto", "x", 18, NULL},
    {"uidNumber", "abc", 21, NULL},
    {"objectClass", "nosuch", 21, NULL},
    {"objectClass", "posixAccount", 0, "1.3.6.1.1.1.2.0"},
    {"member", "notadn", 21, NULL},
};

static void
test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(compares) / sizeof(compares[0]); i++) {
		struct match m = {.child_count = 77};
		int rc = match_resolve_compare(
		    schema, arena, bv_str(compares[i].desc), bv_str(compares[i].value), &m);
		if (rc != compares[i].rc)
			fail_msg("%s: %d", compares[i].desc, rc);
		if (rc != 0)
			assert_int_equal(m.child_count, 77);
		else
			assert_true(bv_eq(m.normal, bv_str(compares[i].normal)));
	}
}

/* A compare of a class is true of entries of its subclasses. */
static void
test_compare_class(void **state)
{
	(void)state;
	struct match m;

	assert_int_equal(
	    match_resolve_compare(schema, arena, BV_LIT("objectClass"), BV_LIT("organization"), &m),
	    0);
	assert_int_equal(m.kind, MATCH_OR);
	assert_int_equal(m.child_count, 2);
	assert_true(bv_eq(m.desc->name, BV_LIT("objectClass")));
	assert_int_equal(
	    match_resolve_compare(schema, arena, BV_LIT("objectClass"), BV_LIT("top"), &m), 0);
	assert_int_equal(m.kind, MATCH_PRESENT);
	assert_true(bv_eq(m.desc->name, BV_LIT("objectClass")));
}

/* Three-valued logic as numbers: FALSE 0, UNDEFINED 1, TRUE 2. */
static int
evaluate_filter(const struct filter *f, const int leaf[3])
{
	int value = f->kind == FILTER_AND ? 2 : 0;

	if (f->kind == FILTER_EQUALITY)
		return bv_is(f->desc, "nosuch") ? 1 : leaf[f->value.p[0] - 'a'];
	if (f->kind == FILTER_NOT)
		return 2 - evaluate_filter(f->children[0], leaf);
	for (size_t i = 0; i < f->child_count; i++) {
		int child = evaluate_filter(f->children[i], leaf);
		if (f->kind == FILTER_AND ? child < value : child > value)
			value = child;
	}
	return value;
}

static int
evaluate_match(const struct match *m, const int leaf[3])
{
	int value = m->kind == MATCH_AND ? 2 : 0;

	if (m->kind == MATCH_TRUE || m->kind == MATCH_FALSE || m->kind == MATCH_UNDEFINED)
		return m->kind == MATCH_TRUE ? 2 : m->kind == MATCH_FALSE ? 0 : 1;
	if (m->kind == MATCH_EQUALITY)
		return leaf[m->normal.p[0] - 'a'];
	if (m->kind == MATCH_NOT)
		return 2 - evaluate_match(m->children[0], leaf);
	for (size_t i = 0; i < m->child_count; i++) {
		int child = evaluate_match(m->children[i], leaf);
		if (m->kind == MATCH_AND ? child < value : child > value)
			value = child;
	}
	return value;
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct bv
random_filter(uint32_t *seed, unsigned depth)
{
	static const char *const leaves[] = {
	    "(cn=a)", "(cn=b)", "(cn=c)", "(nosuch=x)", "(&)", "(|)"};
	static const char connectives[] = "&|!";
	char sign = connectives[next_random(seed) % 3];
	struct bv all = arena_printf(arena, "(%c", sign);

	if (depth == 0 || next_random(seed) % 4 == 0)
		return bv_str(leaves[next_random(seed) % 6]);
	for (size_t i = sign == '!' ? 1 : next_random(seed) % 4; i > 0; i--) {
		struct bv child = random_filter(seed, depth - 1);
		all = arena_printf(arena, "%.*s%.*s", BV(all), BV(child));
	}
	return arena_printf(arena, "%.*s)", BV(all));
}

/* Folded trees hold no constant, no AND in an AND, no double NOT. */
static void
assert_folded(const struct match *m, const char *text)
{
	for (size_t i = 0; i < m->child_count; i++) {
		enum match_kind kind = m->children[i]->kind;
		if (kind == MATCH_TRUE || kind == MATCH_FALSE || kind == m->kind)
			fail_msg("%s: not folded", text);
		assert_folded(m->children[i], text);
	}
}

static void
test_folding_keeps_the_logic(void **state)
{
	(void)state;
	uint32_t seed = 11;

	for (int i = 0; i < 5000; i++) {
		struct arena_mark mark = arena_mark(arena);
		struct bv text = random_filter(&seed, 5);
		struct filter *f;
		struct errbuf e = {""};
		if (filter_parse(arena, text, &filter_default_limits, &f, &e) != 0)
			fail_msg("%.*s: %s", BV(text), e.text);
		struct match *m = match_resolve(schema, arena, f);
		assert_folded(m, (const char *)text.p);
		for (int v = 0; v < 27; v++) {
			const int leaf[3] = {v % 3, v / 3 % 3, v / 9};
			if (evaluate_filter(f, leaf) != evaluate_match(m, leaf))
				fail_msg("%.*s", BV(text));
		}
		arena_rewind(arena, mark);
	}
}

static void
test_deep_filters(void **state)
{
	(void)state;
	struct bv text = BV_LIT("(cn=a)");

	for (int i = 0; i < 98; i++)
		text = arena_printf(arena, "(!%.*s)", BV(text));
	struct filter *f;
	assert_int_equal(filter_parse(arena, text, &filter_default_limits, &f, NULL), 0);
	assert_int_equal(match_resolve(schema, arena, f)->kind, MATCH_EQUALITY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_resolve),
	    cmocka_unit_test(test_resolve_fields),
	    cmocka_unit_test(test_resolve_nothing_named),
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_compare_class),
	    cmocka_unit_test(test_folding_keeps_the_logic),
	    cmocka_unit_test(test_deep_filters),
	};
	return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
