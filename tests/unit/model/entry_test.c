#include "model_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "model/desc.h"
#include "model/entry.h"

/* Entries as containers: adding, finding and deleting values, small and in great numbers. */

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

static const struct attr_desc *
desc(const char *text)
{
	const struct attr_desc *d;

	assert_int_equal(desc_parse(schema, arena, bv_str(text), &d, NULL), 0);
	return d;
}

static struct entry
new_entry(void)
{
	struct entry e;
	struct dn dn;

	assert_int_equal(dn_parse(schema, arena, BV_LIT("cn=a,dc=x"), &dn, NULL), 0);
	entry_init(&e, arena, &dn);
	return e;
}

/* Splits "a|b|c" into views; "" is no value. */
static size_t
split(const char *text, struct bv out[16])
{
	size_t count = 0;

	for (const char *end; *text != '\0'; text = *end == '|' ? end + 1 : end) {
		end = strchrnul(text, '|');
		out[count++] = bv_make(text, (size_t)(end - text));
	}
	return count;
}

static int
add(struct entry *e, const char *name, const char *values, struct errbuf *text)
{
	struct bv list[16];
	size_t count = split(values, list);

	return entry_add_values(schema, e, desc(name), list, count, NULL, text);
}

static int
drop(struct entry *e, const char *name, const char *values, struct errbuf *text)
{
	struct bv list[16];
	size_t count = split(values, list);

	return entry_delete_values(schema, e, desc(name), list, count, text);
}

/* The values joined with '|', "-" when there is no attribute. */
static const char *
values_of(const struct entry *e, const char *name)
{
	const struct attr *a = entry_find(e, desc(name));
	struct bv all = BV_LIT("");

	if (a == NULL)
		return "-";
	for (size_t i = 0; i < a->count; i++)
		all =
		    arena_printf(arena, "%.*s%s%.*s", BV(all), i == 0 ? "" : "|", BV(a->values[i]));
	return arena_str(arena, all);
}

static const struct {
	const char *name, *before, *added;
	int rc;
	const char *text, *after;
} additions[] = {
    {"sn", "", "a|B|c", 0, "", "a|B|c"},
    {"sn", "a", "b", 0, "", "a|b"},
    {"sn", "a|b", "c|B", 20, "sn: value #1 already exists", "a|b"},
    {"sn", "", "a|b|B", 20, "sn: value #1 provided more than once", "-"},
    {"sn", "", "a|a", 20, "sn: value #0 provided more than once", "-"},
    {"sn", "x", "a|b| A ", 20, "sn: value #0 provided more than once", "x"},
    {"sn;lang-fr", "a", "b|b", 20, "sn;lang-fr: value #0 provided more than once", "a"},
    {"sn", "", " x  y ", 0, "", " x  y "},
    {"uidNumber", "", "5|abc", 21, "uidNumber: value #1 invalid per syntax", "-"},
    {"uidNumber", "5", "abc", 21, "uidNumber: value #0 invalid per syntax", "5"},
    {"uidNumber", "", "5|6", 19, "uidNumber: multiple values provided", "-"},
    {"uidNumber", "5", "6", 0, "", "5|6"}, /* entry_check refuses it */
    {"mail", "", "\xc3\xa9@x", 21, "mail: value #0 invalid per syntax", "-"},
    {"sn", "", "\xff", 21, "sn: value #0 invalid per syntax", "-"},
    {"member", "", "CN = a ; DC=\"x\"", 0, "", "cn=a,dc=x"},
    {"member", "cn=a,dc=x", "CN=A, DC=X", 20, "member: value #0 already exists", "cn=a,dc=x"},
    {"member", "", "notadn", 21, "member: value #0 invalid per syntax", "-"},
    {"objectClass", "", "PERSON|2.5.6.0", 0, "", "person|top"},
    {"objectClass", "", "person|nosuch", 21, "objectClass: value #1 invalid per syntax", "-"},
    {"objectClass", "", "person|2.5.6.6", 20, "objectClass: value #0 provided more than once", "-"},
    {"jpegPhoto", "X", "y", 0, "", "X|y"},
    {"jpegPhoto", "X", "X", 20, "jpegPhoto: value #0 already exists", "X"},
    {"tNoRule", "", "a|A", 0, "", "a|A"},
    {"telephoneNumber", "+33 1-2", "+3312", 20, "telephoneNumber: value #0 already exists",
	"+33 1-2"},
    {"sn", "a", "", 0, "", "a"},
    {"sn", "", "", 0, "", "-"},
};

static void
test_add_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(additions) / sizeof(additions[0]); i++) {
		struct entry e = new_entry();
		struct errbuf text = {""};
		assert_int_equal(add(&e, additions[i].name, additions[i].before, NULL), 0);
		int rc = add(&e, additions[i].name, additions[i].added, &text);
		const char *after = values_of(&e, additions[i].name);
		if (rc != additions[i].rc || strcmp(text.text, additions[i].text) != 0 ||
		    strcmp(after, additions[i].after) != 0)
			fail_msg("case %zu: %d '%s' %s", i, rc, text.text, after);
	}
}

static void
test_add_empty_value(void **state)
{
	(void)state;
	struct entry e = new_entry();
	struct bv empty = BV_LIT("");

	assert_int_equal(
	    entry_add_values(schema, &e, desc("description"), &empty, 1, NULL, NULL), 21);
	assert_int_equal(e.count, 0);
}

static const struct {
	const char *name, *before, *deleted;
	int rc;
	const char *text, *after;
} deletions[] = {
    {"sn", "a|b|c", "B", 0, "", "a|c"},
    {"sn", "a|b|c", "a|A", 0, "", "b|c"},
    {"sn", "a|b|c", "c|a", 0, "", "b"},
    {"sn", "a|b", "b|a", 0, "", "-"},
    {"sn", "a|b", "", 0, "", "-"},
    {"sn", "a|b", "a|x", 16, "sn: no such value", "a|b"},
    {"title", "", "x", 16, "title: no such attribute", "-"},
    {"title", "", "", 16, "title: no such attribute", "-"},
    {"uidNumber", "5", "abc", 21, "uidNumber: value #0 invalid per syntax", "5"},
    {"jpegPhoto", "x", "y", 18, "jpegPhoto: no equality matching rule", "x"},
    {"jpegPhoto", "x|y", "x", 0, "", "y"},
    {"member", "cn=a,dc=x|cn=b", "CN=A,DC=X", 0, "", "cn=b"},
};

static void
test_delete_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(deletions) / sizeof(deletions[0]); i++) {
		struct entry e = new_entry();
		struct errbuf text = {""};
		assert_int_equal(add(&e, deletions[i].name, deletions[i].before, NULL), 0);
		int rc = drop(&e, deletions[i].name, deletions[i].deleted, &text);
		const char *after = values_of(&e, deletions[i].name);
		if (rc != deletions[i].rc || strcmp(text.text, deletions[i].text) != 0 ||
		    strcmp(after, deletions[i].after) != 0)
			fail_msg("case %zu: %d '%s' %s", i, rc, text.text, after);
	}
}

static void
test_find_and_remove(void **state)
{
	(void)state;
	struct entry e = new_entry();

	assert_int_equal(add(&e, "cn", "a", NULL), 0);
	assert_int_equal(add(&e, "sn;lang-fr", "b", NULL), 0);
	assert_int_equal(add(&e, "sn", "c", NULL), 0);
	assert_null(entry_find(&e, desc("description")));
	assert_ptr_equal(entry_find(&e, desc("2.5.4.4")), &e.attrs[2]);
	assert_ptr_equal(entry_find(&e, desc("SN;lang-FR")), &e.attrs[1]);
	assert_ptr_equal(entry_find_type(&e, schema_attr_type(schema, BV_LIT("sn"))), &e.attrs[1]);
	assert_ptr_equal(
	    entry_find_type(&e, schema_attr_type(schema, BV_LIT("name"))), &e.attrs[0]);
	assert_null(entry_find_type(&e, schema_attr_type(schema, BV_LIT("mail"))));
	assert_true(entry_remove(&e, desc("cn")));
	assert_false(entry_remove(&e, desc("cn")));
	assert_int_equal(e.count, 2);
	assert_string_equal(values_of(&e, "sn"), "c");
}

static void
test_put(void **state)
{
	(void)state;
	struct entry e = new_entry();
	char bytes[] = "Some";

	assert_int_equal(
	    entry_put(schema, &e, schema_attr_type(schema, BV_LIT("cn")), bv_str(bytes)), 0);
	memset(bytes, '!', 4);
	assert_int_equal(
	    entry_put(schema, &e, schema_attr_type(schema, BV_LIT("cn")), BV_LIT("More")), 0);
	assert_string_equal(values_of(&e, "cn"), "Some|More");
	assert_true(entry_attr_has(&e.attrs[0], BV_LIT("some")));
	assert_false(entry_attr_has(&e.attrs[0], BV_LIT("Some")));
	assert_int_equal(
	    entry_put(schema, &e, schema_attr_type(schema, BV_LIT("uidNumber")), BV_LIT("x")),
	    ERR_SYNTAX);
	assert_int_equal(e.count, 1);
}

static void
test_is_class(void **state)
{
	(void)state;
	struct entry e = new_entry();
	const struct object_class *person = schema_object_class(schema, BV_LIT("person"));

	assert_false(entry_is_class(schema, &e, person));
	assert_int_equal(add(&e, "objectClass", "inetOrgPerson", NULL), 0);
	assert_true(entry_is_class(schema, &e, person));
	assert_true(entry_is_class(schema, &e, schema_known(schema)->top));
	assert_false(entry_is_class(schema, &e, schema_known(schema)->alias));
}

static void
test_copy_is_independent(void **state)
{
	(void)state;
	struct entry e = new_entry();
	struct arena *other = arena_new(0);

	assert_int_equal(add(&e, "sn", "a|b|c", NULL), 0);
	assert_int_equal(add(&e, "cn", "x", NULL), 0);
	struct entry copy = entry_copy(other, &e);
	assert_int_equal(drop(&copy, "sn", "b", NULL), 0);
	assert_int_equal(add(&copy, "sn", "d", NULL), 0);
	assert_int_equal(add(&copy, "mail", "m", NULL), 0);
	assert_true(entry_remove(&copy, desc("cn")));
	assert_string_equal(values_of(&copy, "sn"), "a|c|d");
	assert_string_equal(values_of(&e, "sn"), "a|b|c");
	assert_string_equal(values_of(&e, "cn"), "x");
	assert_int_equal(e.count, 2);
	arena_free(&other);
}

static void
test_attribute_limit(void **state)
{
	(void)state;
	struct entry e = new_entry();
	struct errbuf text = {""};
	char name[32];
	int rc = 0;

	for (int i = 0; i < 4097 && rc == 0; i++) {
		snprintf(name, sizeof(name), "cn;lang-x%d", i);
		rc = add(&e, name, "v", &text);
	}
	assert_int_equal(rc, 11);
	assert_string_equal(text.text, "an entry holds at most 4096 attributes");
	assert_int_equal(e.count, 4096);
	assert_int_equal(add(&e, "cn;lang-x7", "w", NULL), 0);
}

enum { MANY = 100000 };

static struct bv
numbered(int i)
{
	return arena_printf(arena, "uid=member%d,ou=People,dc=x", i);
}

/* A hundred thousand values in one piece, then one by one: neither may be quadratic. */
static void
test_many_values(void **state)
{
	(void)state;
	struct entry e = new_entry();
	struct bv *values = arena_alloc(arena, (MANY + 2) * sizeof(*values));
	size_t index = 99;

	for (int i = 0; i < MANY; i++)
		values[i] = numbered(i);
	const struct attr_desc *member = desc("member");
	assert_int_equal(entry_add_values(schema, &e, member, values, MANY, NULL, NULL), 0);
	assert_int_equal(e.attrs[0].count, MANY);
	struct bv again = BV_LIT("UID=Member77777,OU=people,DC=X");
	assert_int_equal(entry_add_values(schema, &e, member, &again, 1, &index, NULL), 20);
	assert_int_equal(index, 0);
	for (int i = MANY; i < 2 * MANY; i++) {
		struct bv one = numbered(i);
		assert_int_equal(entry_add_values(schema, &e, member, &one, 1, NULL, NULL), 0);
	}
	assert_int_equal(entry_add_values(schema, &e, member, &again, 1, &index, NULL), 20);
	assert_int_equal(e.attrs[0].count, 2 * MANY);
	assert_int_equal(entry_delete_values(schema, &e, member, values, MANY, NULL), 0);
	assert_int_equal(e.attrs[0].count, MANY);
	assert_int_equal(entry_add_values(schema, &e, member, &again, 1, &index, NULL), 0);
	values[MANY] = numbered(MANY + 1);
	assert_int_equal(entry_add_values(schema, &e, member, values, MANY + 1, &index, NULL), 20);
	assert_int_equal(index, 77777);
	assert_int_equal(e.attrs[0].count, MANY + 1);
	assert_int_equal(entry_delete_values(schema, &e, member, values, MANY, NULL), 16);
	assert_int_equal(e.attrs[0].count, MANY + 1);
}

/* After a refused addition nothing of it may be found. */
static void
test_refused_leaves_nothing(void **state)
{
	(void)state;
	struct entry e = new_entry();

	for (int i = 0; i < 100; i++) {
		struct bv one = arena_printf(arena, "v%d", i);
		assert_int_equal(entry_add_values(schema, &e, desc("sn"), &one, 1, NULL, NULL), 0);
	}
	assert_int_equal(add(&e, "sn", "new1|new2|v5", NULL), 20);
	assert_false(entry_attr_has(&e.attrs[0], BV_LIT("new1")));
	assert_int_equal(add(&e, "sn", "new1|new2", NULL), 0);
	assert_int_equal(add(&e, "sn", "new2", NULL), 20);
	assert_int_equal(drop(&e, "sn", "new1", NULL), 0);
	assert_false(entry_attr_has(&e.attrs[0], BV_LIT("new1")));
	assert_int_equal(add(&e, "sn", "new1", NULL), 0);
	assert_int_equal(e.attrs[0].count, 102);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_add_values),
	    cmocka_unit_test(test_add_empty_value),
	    cmocka_unit_test(test_delete_values),
	    cmocka_unit_test(test_find_and_remove),
	    cmocka_unit_test(test_put),
	    cmocka_unit_test(test_is_class),
	    cmocka_unit_test(test_copy_is_independent),
	    cmocka_unit_test(test_attribute_limit),
	    cmocka_unit_test(test_many_values),
	    cmocka_unit_test(test_refused_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
