#include "model_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "model/desc.h"
#include "model/entry.h"

/* Whole entries against the schema: what is refused, with which code and which words. */

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

/* "sn: x" lines, one value each, under the DN. */
static struct entry
read_entry(const char *dn_text, const char *lines)
{
	struct entry e;
	struct dn dn;

	assert_int_equal(dn_parse(schema, arena, bv_str(dn_text), &dn, NULL), 0);
	entry_init(&e, arena, &dn);
	for (const char *end; *lines != '\0'; lines = *end == '\n' ? end + 1 : end) {
		end = strchrnul(lines, '\n');
		const char *colon = strchr(lines, ':');
		const struct attr_desc *d;
		struct bv name = bv_make(lines, (size_t)(colon - lines));
		struct bv value = bv_make(colon + 2, (size_t)(end - colon - 2));
		assert_int_equal(desc_parse(schema, arena, name, &d, NULL), 0);
		assert_int_equal(entry_add_values(schema, &e, d, &value, 1, NULL, NULL), 0);
	}
	return e;
}

#define PERSON "objectClass: person\ncn: a\nsn: b\n"

static const struct {
	const char *name, *dn, *lines;
	int rc;
	const char *text; /* of the refusal; the structural class when there is none */
} entries[] = {
    {"person", "cn=a,dc=x", PERSON, 0, "person"},
    {"top listed", "cn=a,dc=x", PERSON "objectClass: top", 0, "person"},
    {"root entry", "", PERSON, 0, "person"},
    {"whole chain, lowest first", "cn=a",
	"objectClass: inetOrgPerson\nobjectClass: organizationalPerson\n" PERSON, 0,
	"inetOrgPerson"},
    {"whole chain, highest first", "cn=a",
	PERSON "objectClass: organizationalPerson\nobjectClass: inetOrgPerson", 0, "inetOrgPerson"},
    {"inherited MAY", "cn=a", "objectClass: inetOrgPerson\ncn: a\nsn: b\ntitle: t\nmail: m", 0,
	"inetOrgPerson"},
    {"no classes", "cn=a", "cn: a\nsn: b", 65, "no objectClass attribute"},
    {"nothing", "cn=a", "", 65, "no objectClass attribute"},
    {"only top", "cn=a", "objectClass: top\ncn: a", 65, "no structural object class provided"},
    {"only auxiliary", "dc=a", "objectClass: dcObject\ndc: a", 65,
	"no structural object class provided"},
    {"two structural", "cn=a", PERSON "objectClass: organization\no: x", 65,
	"invalid structural object class chain (person/organization)"},
    {"two structural, other order", "cn=a", "objectClass: organization\no: x\n" PERSON, 65,
	"invalid structural object class chain (organization/person)"},
    {"two joined by a third", "cn=a", PERSON "objectClass: organization\no: x\nobjectClass: ocBoth",
	0, "ocBoth"},
    {"several superiors", "cn=a", "objectClass: ocBoth\ncn: a\nsn: b", 65,
	"object class 'ocBoth' requires attribute 'o'"},
    {"missing MUST", "cn=a", "objectClass: person\ncn: a", 65,
	"object class 'person' requires attribute 'sn'"},
    {"missing inherited MUST", "cn=a", "objectClass: inetOrgPerson\ncn: a", 65,
	"object class 'inetOrgPerson' requires attribute 'sn'"},
    {"MUST with options", "cn=a", "objectClass: person\ncn: a\nsn;lang-fr: b", 0, "person"},
    {"MUST of an auxiliary", "cn=a", PERSON "objectClass: dcObject", 65,
	"object class 'dcObject' requires attribute 'dc'"},
    {"not allowed", "cn=a", PERSON "mail: m", 65, "attribute 'mail' not allowed"},
    {"not allowed with options", "cn=a", PERSON "title;lang-fr: m", 65,
	"attribute 'title;lang-fr' not allowed"},
    {"supertype not allowed", "cn=a", PERSON "name: m", 65, "attribute 'name' not allowed"},
    {"extensibleObject", "cn=a", PERSON "mail: m\nobjectClass: extensibleObject", 0, "person"},
    {"operational attributes", "cn=a", PERSON "structuralObjectClass: person", 0, "person"},
    {"single value", "cn=a",
	"objectClass: inetOrgPerson\ncn: a\nsn: b\ndisplayName: x\n"
	"displayName: y",
	19, "attribute 'displayName' cannot have multiple values"},
    {"single value per option", "cn=a",
	"objectClass: inetOrgPerson\ncn: a\nsn: b\n"
	"displayName: x\ndisplayName;lang-fr: y",
	0, "inetOrgPerson"},
    {"collective", "cn=a", PERSON "objectClass: ocAny\ntCollective: x", 65,
	"'tCollective' can only appear in collectiveAttributeSubentry"},
    {"alias's attribute elsewhere", "cn=a", PERSON "aliasedObjectName: cn=b", 65,
	"attribute 'aliasedObjectName' only allowed in the object class 'alias'"},
    {"referral's attribute elsewhere", "cn=a", PERSON "ref: ldap://a", 65,
	"attribute 'ref' only allowed in the object class 'referral'"},
    {"obsolete class", "cn=a", PERSON "objectClass: ocObsolete", 65,
	"objectClass 'ocObsolete' is OBSOLETE"},
    {"abstract class", "cn=a", PERSON "objectClass: ocAbstract\ntWanted: x", 65,
	"instantiation of abstract objectClass 'ocAbstract' not allowed"},
    {"abstract class inherited", "cn=a", PERSON "objectClass: ocConcrete\ntWanted: x", 0, "person"},
    {"abstract class beside its child", "cn=a",
	PERSON "objectClass: ocConcrete\nobjectClass: ocAbstract\ntWanted: x", 0, "person"},
    {"MUST of an abstract class", "cn=a", PERSON "objectClass: ocConcrete", 65,
	"object class 'ocConcrete' requires attribute 'tWanted'"},
    {"content rule MUST", "cn=a", "objectClass: ocRuled\ncn: a\nsn: b", 65,
	"content rule 'crRuled' requires attribute 'tWanted'"},
    {"content rule NOT", "cn=a",
	"objectClass: ocRuled\ncn: a\nsn: b\ntWanted: x\ntelephoneNumber: 1", 65,
	"content rule 'crRuled' precluded attribute 'telephoneNumber'"},
    {"content rule AUX", "cn=a",
	"objectClass: ocRuled\ncn: a\nsn: b\ntWanted: x\n"
	"objectClass: ocAny",
	65, "class 'ocAny' not allowed by content rule 'crRuled'"},
    {"content rule keeps extensibleObject out", "cn=a",
	"objectClass: ocRuled\ncn: a\nsn: b\ntWanted: x\nobjectClass: extensibleObject", 65,
	"class 'extensibleObject' not allowed by content rule 'crRuled'"},
    {"content rule fulfilled", "cn=a",
	"objectClass: ocRuled\ncn: a\nsn: b\ntWanted: x\n"
	"objectClass: ocPermitted\ntitle: t",
	0, "ocRuled"},
    {"naming attribute absent", "cn=a", "objectClass: organization\no: x", 64,
	"naming attribute 'cn' is not present in entry"},
    {"naming value absent", "cn=other", PERSON, 64,
	"value of naming attribute 'cn' is not present in entry"},
    {"second naming value absent", "cn=a+sn=c", PERSON, 64,
	"value of naming attribute 'sn' is not present in entry"},
    {"naming only under an option", "description=d", PERSON "description;lang-fr: d", 64,
	"naming attribute 'description' is not present in entry"},
    {"naming value by equality", "CN=\\20A", PERSON, 0, "person"},
    {"naming before MUST", "cn=a", "objectClass: person\nsn: a", 64,
	"naming attribute 'cn' is not present in entry"},
    {"naming operational", "creatorsName=cn\\3Da", PERSON "creatorsName: cn=a", 64,
	"naming attribute 'creatorsName' is operational"},
    {"naming without equality", "jpegPhoto=x", PERSON "objectClass: ocAny\njpegPhoto: x", 64,
	"naming attribute 'jpegPhoto' has no equality matching rule"},
    {"naming obsolete", "tObsolete=x", PERSON "objectClass: ocAny\ntObsolete: x", 64,
	"naming attribute 'tObsolete' is obsolete"},
    {"naming not allowed", "uid=z", PERSON "uid: z", 65, "attribute 'uid' not allowed"},
};

static void
test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct entry e = read_entry(entries[i].dn, entries[i].lines);
		const struct object_class *structural = NULL;
		struct errbuf text = {""};
		int rc = entry_check(schema, &e, false, &structural, &text);
		const char *got = rc != 0	       ? text.text
				  : structural == NULL ? "none"
						       : arena_str(arena, structural->names[0]);
		if (rc != entries[i].rc || strcmp(got, entries[i].text) != 0)
			fail_msg("%s: %d '%s'", entries[i].name, rc, got);
		assert_int_equal(rc == 0, structural != NULL);
		assert_int_equal(entry_check(schema, &e, false, NULL, NULL), rc);
	}
}

static void
test_check_manage(void **state)
{
	(void)state;
	struct entry e = read_entry("cn=a", PERSON "objectClass: ocObsolete");

	assert_int_equal(entry_check(schema, &e, true, NULL, NULL), 0);
	e = read_entry("tObsolete=x", PERSON "objectClass: ocAny\ntObsolete: x");
	assert_int_equal(entry_check(schema, &e, true, NULL, NULL), 0);
	e = read_entry("cn=a", "objectClass: person\ncn: a");
	assert_int_equal(entry_check(schema, &e, true, NULL, NULL), 65);
}

/* A class that left the schema after the entry was stored. */
static void
test_check_unrecognized_class(void **state)
{
	(void)state;
	struct entry e = read_entry("cn=a", PERSON);
	const struct object_class *oc;
	struct errbuf text;

	e.attrs[0].values[0] = BV_LIT("gone");
	assert_int_equal(entry_check(schema, &e, false, NULL, &text), 65);
	assert_string_equal(text.text, "unrecognized objectClass 'gone'");
	assert_int_equal(entry_structural(schema, &e.attrs[0], &oc, &text), 65);
}

/* An attribute whose type left the schema stays readable, but is no class's attribute. */
static void
test_check_undefined_type(void **state)
{
	(void)state;
	struct entry e = read_entry("cn=a", PERSON "description: d");
	struct errbuf text;

	e.attrs[3].desc = desc_for_stored(schema, arena, BV_LIT("goneType"));
	assert_int_equal(entry_check(schema, &e, false, NULL, &text), 65);
	assert_string_equal(text.text, "attribute 'goneType' not allowed");
}

static void
test_check_writable(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int rc;
		const char *text;
	} cases[] = {
	    {"cn", 0, ""},
	    {"entryUUID", 19, "entryUUID: no user modification allowed"},
	    {"hasSubordinates", 19, "hasSubordinates: no user modification allowed"},
	    {"tObsolete", 19, "tObsolete: attribute is obsolete"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct attr_desc *d;
		struct errbuf text = {""};
		assert_int_equal(desc_parse(schema, arena, bv_str(cases[i].name), &d, NULL), 0);
		assert_int_equal(entry_check_writable(d, false, &text), cases[i].rc);
		assert_string_equal(text.text, cases[i].text);
		assert_int_equal(entry_check_writable(d, true, &text), 0);
	}
}

static void
test_check_structural_change(void **state)
{
	(void)state;
	const struct object_class *person = schema_object_class(schema, BV_LIT("person"));
	const struct object_class *inet = schema_object_class(schema, BV_LIT("inetOrgPerson"));
	struct errbuf text;

	assert_int_equal(entry_check_structural_change(person, person, false, &text), 0);
	assert_int_equal(entry_check_structural_change(person, inet, true, &text), 0);
	assert_int_equal(entry_check_structural_change(person, inet, false, &text), 69);
	assert_string_equal(text.text,
	    "structural object class modification from 'person' to 'inetOrgPerson' not allowed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_check_manage),
	    cmocka_unit_test(test_check_unrecognized_class),
	    cmocka_unit_test(test_check_undefined_type),
	    cmocka_unit_test(test_check_writable),
	    cmocka_unit_test(test_check_structural_change),
	};
	return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
