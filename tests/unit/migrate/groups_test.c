/* group and gshadow lines, in the form of RFC 2307 and of RFC 2307bis. */

#include "reader.h"

static const struct reader_case cases[] = {
    {"plain", "staff:*:50:a,b\n",
	"dn: cn=staff,ou=Group,dc=x\nobjectClass: posixGroup\ncn: staff\ngidNumber: 50\n"
	"userPassword: {CRYPT}*\nmemberUid: a\nmemberUid: b\n",
	NULL, 1, 0},
    {"no members", "staff::50:\n", "gidNumber: 50\n\n", NULL, 1, 0},
    {"x", "staff:x:50:\n", "gidNumber: 50\n\n", NULL, 1, 0},
    {"member twice", "staff::50:a,a,b\n", "memberUid: a\nmemberUid: b\n\n", NULL, 1, 0},
    {"members differ in case", "staff::50:a,A\n", "memberUid: a\nmemberUid: A\n\n", NULL, 1, 0},
    {"commas", "staff::50:,a,,b,\n", "memberUid: a\nmemberUid: b\n\n", "comma too many", 1, 0},
    {"member not ASCII", "staff::50:j\xc3\xb6,a\n", "gidNumber: 50\nmemberUid: a\n\n",
	"partly refused: \"j\xc3\xb6\" left out", 1, 0},
    {"same gid", "a::50:\nb::50:\n", "cn: b\n", "has gid 50 like \"a\"", 2, 0},
    {"same name", "a::50:\na::51:\n", "gidNumber: 50\n", ":2: refused: \"a\" has a line already", 1,
	1},
    {"name in other case", "ab::50:\nAb::51:\n", "gidNumber: 50\n", "rename one", 1, 1},
    {"three fields", "a:x:50\n", NULL, "3 fields where group has 4", 0, 1},
    {"five fields", "a:x:50:b:c\n", NULL, "5 fields", 0, 1},
    {"no gid", "a:x::b\n", NULL, "gid is no number", 0, 1},
    {"NIS", "+:::\n", NULL, "NIS syntax", 0, 1},
    {"no name", ":x:50:\n", NULL, "is empty", 0, 1},
};

static void
test_groups_read_cases(void **state)
{
	(void)state;
	READER_TABLE(MAP_GROUP, cases);
}

static void
run_with_gshadow(struct reader *r, const char *group, const char *gshadow)
{
	reader_init(r);
	reader_file(r, MAP_GROUP, group, strlen(group));
	reader_file(r, MAP_GSHADOW, gshadow, strlen(gshadow));
	reader_run(r);
}

static void
test_groups_read_gshadow(void **state)
{
	struct reader r;

	(void)state;
	run_with_gshadow(&r, "a:x:50:u\nb:x:51:\n", "a:$6$x$y:boss:u,v\nb:!::\nc:*::\nbad:*\n");
	assert_non_null(
	    strstr(r.ldif, "userPassword: {CRYPT}$6$x$y\nmemberUid: u\nmemberUid: v\n\n"));
	assert_non_null(strstr(r.ldif, "userPassword: {CRYPT}!\n\n"));
	assert_non_null(strstr(r.report, ":1: partly refused: the administrators \"boss\""));
	assert_non_null(strstr(r.report, ":3: refused: \"c\": no such account"));
	assert_non_null(strstr(r.report, ":4: refused: wrong number of fields"));
	reader_done(&r);
}

static void
run_bis(struct reader *r, enum options_groups kind, bool with_passwd)
{
	static const char passwd[] = "joe:*:1001:1::/h:/s\n";
	static const char group[] = "empty::50:\ng::51:joe,ghost\n";

	reader_init(r);
	r->opt.groups = kind;
	if (with_passwd)
		reader_file(r, MAP_PASSWD, passwd, sizeof(passwd) - 1);
	reader_file(r, MAP_GROUP, group, sizeof(group) - 1);
	reader_run(r);
}

static void
test_groups_read_members_as_names(void **state)
{
	struct reader r;

	(void)state;
	run_bis(&r, OPTIONS_GROUPOFMEMBERS, true);
	assert_non_null(strstr(r.ldif, "objectClass: groupOfMembers\nobjectClass: posixGroup\n"));
	assert_non_null(strstr(r.ldif, "member: uid=joe,ou=People,dc=x\nmemberUid: ghost\n\n"));
	assert_non_null(strstr(r.report, "\"ghost\" has no entry: kept as memberUid"));
	reader_done(&r);
	run_bis(&r, OPTIONS_GROUPOFMEMBERS, false);
	assert_non_null(
	    strstr(r.ldif, "member: uid=joe,ou=People,dc=x\nmember: uid=ghost,ou=People,dc=x\n\n"));
	reader_done(&r);
}

static void
test_groups_read_empty_group_of_names(void **state)
{
	struct reader r;

	(void)state;
	run_bis(&r, OPTIONS_GROUPOFNAMES, true);
	assert_non_null(strstr(r.ldif, "cn: empty\ngidNumber: 50\nmember: ou=Group,dc=x\n\n"));
	reader_done(&r);
}

static void
test_groups_read_fifty_thousand_members(void **state)
{
	enum { COUNT = 50000, WIDTH = 8 };
	char *text = malloc(COUNT * WIDTH + 16);
	struct reader r;

	(void)state;
	assert_non_null(text);
	size_t n = (size_t)sprintf(text, "all::50:");
	for (int i = 0; i < COUNT; i++)
		n += (size_t)sprintf(text + n, "u%06d,", i);
	text[n - 1] = '\n';
	reader_init(&r);
	reader_file(&r, MAP_GROUP, text, n);
	reader_run(&r);
	assert_int_equal(record_get(r.m.records.items[0], ATTR_MEMBERUID)->count, COUNT);
	reader_done(&r);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_groups_read_cases),
	    cmocka_unit_test(test_groups_read_gshadow),
	    cmocka_unit_test(test_groups_read_members_as_names),
	    cmocka_unit_test(test_groups_read_empty_group_of_names),
	    cmocka_unit_test(test_groups_read_fifty_thousand_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
