#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/clock.h"
#include "model/desc.h"
#include "model/entry.h"
#include "op/modlist.h"
#include "tests/unit/model/model_schema.h"
#include "wire/ldap.h"
#include "wire/message.h"

/*
 * Modifications on an entry with sn: a b c, description: One Two, uidNumber: 10. A change is
 * written "+sn:d,e" (add), "-sn:a" (delete), "=sn:z" (replace) or "#uidNumber:1" (increment),
 * several with spaces between; "?" is an operation that does not exist.
 */

struct row {
	const char *name;
	const char *changes;
	unsigned flags;
	int code;
	const char *result; /* the text of a failure, or the attributes afterwards */
};

static const struct row rows[] = {
    {"add a value", "+sn:d", 0, 0, "sn=a,b,c,d description=One,Two uidNumber=10"},
    {"add existing", "+sn:A", 0, 20, "modify/add: sn: value #0 already exists"},
    {"add a value twice", "+sn:x,X", 0, 20, "sn: value #0 provided more than once"},
    {"add a later one twice", "+sn:p,q,r,Q", 0, 20, "sn: value #1 provided more than once"},
    {"add a new attribute", "+title:t", 0, 0, "sn=a,b,c description=One,Two uidNumber=10 title=t"},
    {"add nothing", "+sn:", 0, 2, "modify/add operation requires values"},
    {"add by another name", "+surname:d", 0, 0, "sn=a,b,c,d description=One,Two uidNumber=10"},
    {"add by OID", "+2.5.4.4:d", 0, 0, "sn=a,b,c,d description=One,Two uidNumber=10"},
    {"add bad syntax", "+seeAlso:x", 0, 21, "seeAlso: value #0 invalid per syntax"},
    {"add bad second value", "+seeAlso:sn=x,x", 0, 21, "seeAlso: value #1 invalid per syntax"},
    {"add unknown class", "+objectClass:nosuch", 0, 21, "objectClass: value #0 invalid per syntax"},
    {"add two of a single one", "=displayName:x,y", 0, 19, "displayName: multiple values provided"},
    {"add unknown", "+nosuch:x", 0, 17, "nosuch: attribute type undefined"},
    {"add unknown option", "+sn;x:x", 0, 17, "unknown attribute option \"x\""},
    {"add tagged", "+sn;lang-fr:x", 0, 0, "sn=a,b,c description=One,Two uidNumber=10 sn;lang-fr=x"},
    {"add without rule", "+jpegPhoto:x", 0, 0,
	"sn=a,b,c description=One,Two uidNumber=10 jpegPhoto=x"},
    {"add twice without rule", "+jpegPhoto:x +jpegPhoto:y", 0, 18,
	"modify/add: jpegPhoto: no equality matching rule"},
    {"delete a value", "-sn:B", 0, 0, "sn=a,c description=One,Two uidNumber=10"},
    {"delete equal values", "-sn:a,A", 0, 0, "sn=b,c description=One,Two uidNumber=10"},
    {"delete all values", "-description:two,one", 0, 0, "sn=a,b,c uidNumber=10"},
    {"delete an attribute", "-description:", 0, 0, "sn=a,b,c uidNumber=10"},
    {"delete absent value", "-sn:z", 0, 16, "modify/delete: sn: no such value"},
    {"delete absent attribute", "-title:", 0, 16, "modify/delete: title: no such attribute"},
    {"delete by supertype", "-name:a", 0, 16, "modify/delete: name: no such attribute"},
    {"delete bad syntax", "-seeAlso:x", 0, 21, "seeAlso: value #0 invalid per syntax"},
    {"delete without rule", "+jpegPhoto:x -jpegPhoto:x", 0, 18,
	"modify/delete: jpegPhoto: no equality matching rule"},
    {"replace moves to the end", "=sn:z,y", 0, 0, "description=One,Two uidNumber=10 sn=z,y"},
    {"replace by nothing", "=description:", 0, 0, "sn=a,b,c uidNumber=10"},
    {"replace absent by nothing", "=title:", 0, 0, "sn=a,b,c description=One,Two uidNumber=10"},
    {"replace by equal values", "=sn:x,X", 0, 20, "sn: value #0 provided more than once"},
    {"delete then add", "-sn:a +sn:a", 0, 0, "sn=b,c,a description=One,Two uidNumber=10"},
    {"no changes", "", 0, 0, "sn=a,b,c description=One,Two uidNumber=10"},
    {"unknown operation", "?sn:x", 0, 2, "unrecognized modify operation"},
    {"form comes before effect", "-sn:z +seeAlso:x", 0, 21, "seeAlso: value #0 invalid per syntax"},
    {"unknown operation comes first", "-nosuch: ?sn:x", 0, 2, "unrecognized modify operation"},
    {"increment", "#uidNumber:5", 0, 0, "sn=a,b,c description=One,Two uidNumber=15"},
    {"increment below zero", "#uidNumber:-20", 0, 0, "sn=a,b,c description=One,Two uidNumber=-10"},
    {"increment twice", "#uidNumber:1 #uidNumber:5", 0, 0,
	"sn=a,b,c description=One,Two uidNumber=16"},
    {"increment by none", "#uidNumber:", 0, 2, "modify/increment operation requires value"},
    {"increment by two", "#uidNumber:1,2", 0, 2,
	"modify/increment operation requires single value"},
    {"increment by text", "#uidNumber:abc", 0, 21, "uidNumber: value #0 invalid per syntax"},
    {"increment by too much", "#uidNumber:99999999999999999999", 0, 21,
	"modify/increment: invalid syntax of increment"},
    {"increment over the top", "#uidNumber:9223372036854775807", 0, 19,
	"modify/increment: uidNumber: the sum does not fit in 64 bits"},
    {"increment below the bottom", "#uidNumber:-9223372036854775808 #uidNumber:-11", 0, 19,
	"modify/increment: uidNumber: the sum does not fit in 64 bits"},
    {"increment a text", "#homeDirectory:1", 0, 19,
	"homeDirectory: attribute syntax inappropriate for increment"},
    {"increment absent", "#gidNumber:1", 0, 16, "modify/increment: gidNumber: no such attribute"},
    {"permissive add", "+sn:a,d,B,e", MODLIST_PERMISSIVE, 0,
	"sn=a,b,c,d,e description=One,Two uidNumber=10"},
    {"permissive add of what is there", "+sn:c,a", MODLIST_PERMISSIVE, 0,
	"sn=a,b,c description=One,Two uidNumber=10"},
    {"permissive add twice", "+sn:x,X", MODLIST_PERMISSIVE, 20,
	"sn: value #0 provided more than once"},
    {"permissive delete of absent attribute", "-title: -title:x", MODLIST_PERMISSIVE, 0,
	"sn=a,b,c description=One,Two uidNumber=10"},
    {"permissive delete of absent values", "-sn:zz,a,yy,A", MODLIST_PERMISSIVE, 0,
	"sn=b,c description=One,Two uidNumber=10"},
    {"operational", "=entryUUID:b1b1b1b1-0000-1000-8000-000000000000", 0, 19,
	"entryUUID: no user modification allowed"},
    {"operational, deleted", "-creatorsName:", 0, 19, "creatorsName: no user modification allowed"},
    {"operational, relaxed", "=entryUUID:b1b1b1b1-0000-1000-8000-000000000000", MODLIST_RELAX, 0,
	"sn=a,b,c description=One,Two uidNumber=10 "
	"entryUUID=b1b1b1b1-0000-1000-8000-000000000000"},
    {"computed, relaxed", "=hasSubordinates:TRUE", MODLIST_RELAX, 19,
	"hasSubordinates: no user modification allowed"},
    {"structural class, relaxed", "=structuralObjectClass:person", MODLIST_RELAX, 19,
	"structuralObjectClass: no user modification allowed"},
    {"increment by nothing", "#uidNumber:0", 0, 0, "sn=a,b,c description=One,Two uidNumber=10"},
    {"increment what is absent, permissive", "#gidNumber:5", MODLIST_PERMISSIVE, 0,
	"sn=a,b,c description=One,Two uidNumber=10 gidNumber=5"},
    {"values before the right to set them", "=entryUUID:x", 0, 21,
	"entryUUID: value #0 invalid per syntax"},
};

static enum ldap_mod_op
read_op(char c)
{
	static const char letters[] = "+-=#";
	const char *at = strchr(letters, c);

	return at == NULL ? (enum ldap_mod_op)7 : (enum ldap_mod_op)(at - letters);
}

static void
read_mod(struct arena *a, struct bv text, struct wire_mod *out)
{
	size_t colon = bv_find(text, 0, ':');
	size_t at = colon + 1;

	*out =
	    (struct wire_mod){read_op((char)text.p[0]), {bv_make(text.p + 1, colon - 1), NULL, 0}};
	out->attr.values = arena_zalloc(a, text.n, sizeof(struct bv));
	while (at < text.n) {
		size_t end = bv_find(text, at, ',');
		out->attr.values[out->attr.count++] = bv_make(text.p + at, end - at);
		at = end + 1;
	}
}

static size_t
read_mods(struct arena *a, struct bv text, struct wire_mod *out)
{
	size_t count = 0;

	for (size_t at = 0; at < text.n;) {
		size_t end = bv_find(text, at, ' ');
		read_mod(a, bv_make(text.p + at, end - at), &out[count++]);
		at = end + 1;
	}
	return count;
}

static void
put(const struct schema *s, struct entry *e, const char *name, const char *value)
{
	const struct attr_desc *d;
	struct bv v = bv_str(value);

	assert_int_equal(desc_parse(s, e->arena, bv_str(name), &d, NULL), 0);
	assert_int_equal(entry_add_values(s, e, d, &v, 1, NULL, NULL), 0);
}

static struct entry
make_entry(const struct schema *s, struct arena *a)
{
	static const struct dn nameless;
	struct entry e;

	entry_init(&e, a, &nameless);
	put(s, &e, "sn", "a");
	put(s, &e, "sn", "b");
	put(s, &e, "sn", "c");
	put(s, &e, "description", "One");
	put(s, &e, "description", "Two");
	put(s, &e, "uidNumber", "10");
	return e;
}

static const char *
show(struct arena *a, const struct entry *e)
{
	struct bv text = BV_LIT("");

	for (size_t i = 0; i < e->count; i++) {
		text = arena_printf(
		    a, "%.*s%s%.*s", BV(text), i == 0 ? "" : " ", BV(e->attrs[i].desc->name));
		for (size_t j = 0; j < e->attrs[i].count; j++)
			text = arena_printf(a, "%.*s%s%.*s", BV(text), j == 0 ? "=" : ",",
			    BV(e->attrs[i].values[j]));
	}
	return arena_str(a, text);
}

static void
test_apply(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = model_schema(a);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct errbuf text = {""};
		struct modlist m = {s, a, rows[i].flags, &text};
		struct entry e = make_entry(s, a);
		struct wire_mod mods[8];
		size_t count = read_mods(a, bv_str(rows[i].changes), mods);
		int code = modlist_apply(&m, &e, mods, count);
		const char *got = code == 0 ? show(a, &e) : text.text;
		if (code != rows[i].code || strcmp(got, rows[i].result) != 0)
			fail_msg("%s: %d \"%s\"", rows[i].name, code, got);
	}
	arena_free(&a);
}

/* The caller's entry is another one: values are shared, arrays are not. */
static void
test_apply_leaves_the_original(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = model_schema(a);
	struct errbuf text = {""};
	struct modlist m = {s, a, 0, &text};
	struct entry e = make_entry(s, a);
	struct entry copy = entry_copy(a, &e);
	struct wire_mod mods[8];
	size_t count =
	    read_mods(a, BV_LIT("+sn:d -description:one #uidNumber:1 =sn:q -title:"), mods);

	(void)state;
	assert_int_equal(modlist_apply(&m, &copy, mods, count), 16);
	assert_string_equal(show(a, &e), "sn=a,b,c description=One,Two uidNumber=10");
	arena_free(&a);
}

/* After an increment the attribute's values must be found by their new form. */
static void
test_increment_then_match(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = model_schema(a);
	struct errbuf text = {""};
	struct modlist m = {s, a, 0, &text};
	struct entry e = make_entry(s, a);
	struct wire_mod mods[8];

	(void)state;
	size_t count = read_mods(a, BV_LIT("#uidNumber:1 -uidNumber:11"), mods);
	assert_int_equal(modlist_apply(&m, &e, mods, count), 0);
	assert_string_equal(show(a, &e), "sn=a,b,c description=One,Two");
	arena_free(&a);
}

/* Lists as long as a request may be must not cost their square. */
static void
test_permissive_lists_are_not_quadratic(void **state)
{
	enum { COUNT = 50000 };
	struct arena *a = arena_new(0);
	const struct schema *s = model_schema(a);
	struct errbuf text = {""};
	struct modlist m = {s, a, MODLIST_PERMISSIVE, &text};
	struct entry e = make_entry(s, a);
	struct wire_mod mods[4];
	struct bv *values = arena_alloc(a, COUNT * sizeof(*values));
	int64_t start = clock_mono_ms();

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		values[i] = arena_printf(a, "value %zu", i);
	struct wire_attr all = {BV_LIT("sn"), values, COUNT};
	struct wire_attr most = {BV_LIT("sn"), values + 1, COUNT - 1};
	mods[0] = (struct wire_mod){LDAP_MOD_OP_ADD, most};
	mods[1] = (struct wire_mod){LDAP_MOD_OP_ADD, all};
	mods[2] = (struct wire_mod){LDAP_MOD_OP_DELETE, most};
	mods[3] = (struct wire_mod){LDAP_MOD_OP_DELETE, all};
	assert_int_equal(modlist_apply(&m, &e, mods, 4), 0);
	assert_string_equal(show(a, &e), "sn=a,b,c description=One,Two uidNumber=10");
	assert_in_range(clock_mono_ms() - start, 0, 5000);
	arena_free(&a);
}

/* Makes modification i of a long list on few different values, so that most meet each other. */
static struct wire_mod
random_mod(struct arena *a, unsigned i, unsigned *seed)
{
	static const char ops[] = "++--+-=#";
	struct bv *values = arena_alloc(a, 3 * sizeof(*values));
	struct wire_mod mod = {.attr = {BV_LIT("sn"), values, 1 + (unsigned)rand_r(seed) % 3}};
	char op = ops[(unsigned)rand_r(seed) % 6];

	if (i % 61 == 60)
		op = ops[6 + i % 2];
	if (op == '#') {
		mod.attr.desc = BV_LIT("uidNumber");
		values[0] = BV_LIT("1");
		mod.attr.count = 1;
		mod.op = LDAP_MOD_OP_INCREMENT;
		return mod;
	}
	for (size_t k = 0; k < mod.attr.count; k++)
		values[k] = arena_printf(a, "v%zu%u", k, (unsigned)rand_r(seed) % 200);
	mod.op = op == '+' ? LDAP_MOD_OP_ADD : op == '-' ? LDAP_MOD_OP_DELETE : LDAP_MOD_OP_REPLACE;
	return mod;
}

/* A long list leaves what its modifications leave one by one, values in the same order. */
static void
test_list_equals_its_parts(void **state)
{
	enum { LISTS = 40, MODS = 500 };

	(void)state;
	for (unsigned seed = 0; seed < LISTS; seed++) {
		struct arena *a = arena_new(0);
		const struct schema *s = model_schema(a);
		struct errbuf text = {""};
		struct modlist m = {s, a, seed % 2 != 0 ? MODLIST_PERMISSIVE : 0, &text};
		struct entry whole = make_entry(s, a), parts = make_entry(s, a);
		struct wire_mod mods[MODS];
		size_t count = 0;
		unsigned random = seed;
		for (unsigned i = 0; i < MODS; i++) {
			mods[count] = random_mod(a, i, &random);
			struct entry before = entry_copy(a, &parts);
			if (modlist_apply(&m, &parts, &mods[count], 1) == 0)
				count++;
			else
				parts = before;
		}
		assert_true(count > MODS / 4);
		assert_int_equal(modlist_apply(&m, &whole, mods, count), 0);
		assert_string_equal(show(a, &whole), show(a, &parts));
		arena_free(&a);
	}
}

/* Taking values from a large attribute one by one costs no more than all at once. */
static void
test_single_deletes_are_not_quadratic(void **state)
{
	enum { COUNT = 300000, DELETES = 4096 };
	struct arena *a = arena_new(0);
	const struct schema *s = model_schema(a);
	struct errbuf text = {""};
	struct modlist m = {s, a, 0, &text};
	struct entry e = make_entry(s, a);
	struct wire_mod *mods = arena_alloc(a, 2 * DELETES * sizeof(*mods));
	struct bv *values = arena_alloc(a, COUNT * sizeof(*values));

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		values[i] = arena_printf(a, "value %zu", i);
	mods[0] = (struct wire_mod){LDAP_MOD_OP_ADD, {BV_LIT("sn"), values, COUNT}};
	assert_int_equal(modlist_apply(&m, &e, mods, 1), 0);
	for (size_t i = 0; i < DELETES; i++) {
		struct wire_attr one = {BV_LIT("sn"), &values[i], 1};
		mods[2 * i] = (struct wire_mod){LDAP_MOD_OP_DELETE, one};
		mods[2 * i + 1] =
		    (struct wire_mod){i % 2 == 0 ? LDAP_MOD_OP_ADD : LDAP_MOD_OP_DELETE, one};
		if (i % 2 != 0)
			mods[2 * i + 1].attr.values = &values[COUNT - i];
	}
	int64_t start = clock_mono_ms();
	assert_int_equal(modlist_apply(&m, &e, mods, 2 * DELETES), 0);
	assert_in_range(clock_mono_ms() - start, 0, 5000);
	assert_int_equal(e.attrs[0].count, 3 + COUNT - DELETES);
	assert_true(bv_is(e.attrs[0].values[3], "value 4096"));
	assert_true(bv_is(e.attrs[0].values[e.attrs[0].count - 1], "value 4094"));
	arena_free(&a);
}

static void
test_check_values(void **state)
{
	struct arena *a = arena_new(0);
	const struct schema *s = model_schema(a);
	struct errbuf text = {""};
	struct modlist m = {s, a, 0, &text};
	const struct attr_desc *d;
	struct bv values[] = {BV_LIT("x"), BV_LIT("y"), BV_LIT("Y")};

	(void)state;
	assert_int_equal(modlist_resolve(&m, BV_LIT("sn"), &d), 0);
	struct wire_attr attr = {BV_LIT("sn"), values, 0};
	assert_int_equal(modlist_check_values(&m, d, &attr), 2);
	assert_string_equal(text.text, "no values for attribute type");
	attr.count = 2;
	assert_int_equal(modlist_check_values(&m, d, &attr), 0);
	attr.count = 3;
	assert_int_equal(modlist_check_values(&m, d, &attr), 20);
	assert_string_equal(text.text, "sn: value #1 provided more than once");
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_apply),
	    cmocka_unit_test(test_apply_leaves_the_original),
	    cmocka_unit_test(test_increment_then_match),
	    cmocka_unit_test(test_permissive_lists_are_not_quadratic),
	    cmocka_unit_test(test_list_equals_its_parts),
	    cmocka_unit_test(test_single_deletes_are_not_quadratic),
	    cmocka_unit_test(test_check_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
