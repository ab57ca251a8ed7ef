/* The merge rule: what a comparison of an entry with its source asks for. */

#include "reader.h"

#include "migrate/escape.h"
#include "migrate/plan.h"

struct plan_case {
	const char *name;
	const char *want; /* "class[ class];attr=value;..." */
	const char *have; /* NULL: no entry */
	bool update;
	enum plan_kind kind;
	const char *diff; /* a line of the printed change; NULL: nothing is printed */
};

static const struct plan_case cases[] = {
    {"missing", "posixGroup;cn=g;gidNumber=5", NULL, false, PLAN_ADD, "+ gidNumber: 5\n"},
    {"equal", "posixGroup;cn=g;gidNumber=5", "posixGroup;cn=g;gidNumber=5", false, PLAN_SAME, NULL},
    {"equal in other case", "posixGroup;cn=g", "POSIXGROUP;cn=G", false, PLAN_SAME, NULL},
    {"more in the directory", "posixGroup;cn=g", "posixGroup top;cn=g;memberUid=x", false,
	PLAN_SAME, NULL},
    {"member missing", "posixGroup;cn=g;memberUid=a;memberUid=b", "posixGroup;cn=g;memberUid=a",
	false, PLAN_CHANGE, "+ memberUid: b\n"},
    {"members compare with case", "posixGroup;cn=g;memberUid=A", "posixGroup;cn=g;memberUid=a",
	false, PLAN_CHANGE, "+ memberUid: A\n"},
    {"member DNs compare as names", "groupOfMembers posixGroup;cn=g;member=uid=A, dc=x",
	"groupOfMembers posixGroup;cn=g;member=UID=a,dc=x", false, PLAN_SAME, NULL},
    {"single value differs", "posixGroup;cn=g;gidNumber=5", "posixGroup;cn=g;gidNumber=6", false,
	PLAN_SAME, "! gidNumber: 5"},
    {"single value replaced", "posixGroup;cn=g;gidNumber=5", "posixGroup;cn=g;gidNumber=6", true,
	PLAN_CHANGE, "- gidNumber: 6\n+ gidNumber: 5\n"},
    {"no second password", "posixGroup;cn=g;userPassword={CRYPT}!",
	"posixGroup;cn=g;userPassword={SSHA}x", false, PLAN_SAME,
	"! userPassword: (8 bytes, not shown)"},
    {"passwords are not shown", "posixGroup;cn=g;userPassword={CRYPT}!", "posixGroup;cn=g", false,
	PLAN_CHANGE, "+ userPassword: (8 bytes, not shown)\n"},
    {"class added", "account posixAccount;uid=u;uidNumber=5", "account;uid=u", false, PLAN_CHANGE,
	"+ objectClass: posixAccount\n"},
    {"a person stays a person", "account posixAccount;uid=u", "inetOrgPerson posixAccount;uid=u",
	false, PLAN_SAME, NULL},
    {"an account gets no person's attributes", "inetOrgPerson posixAccount;uid=u;sn=S",
	"account posixAccount;uid=u", false, PLAN_SAME, NULL},
    {"another kind of entry", "ipService;cn=s;ipServicePort=5", "device;cn=s", false, PLAN_CONFLICT,
	"conflict dn: cn=x\n"},
    {"members have no place", "groupOfMembers posixGroup;cn=g;member=cn=x", "posixGroup;cn=g",
	false, PLAN_CONFLICT, "lacks objectClass groupOfMembers"},
    {"triples change as a whole", "nisNetgroup;cn=g;nisNetgroupTriple=(b,,)",
	"nisNetgroup;cn=g;nisNetgroupTriple=(a,,)", false, PLAN_CHANGE,
	"- nisNetgroupTriple: (a,,)\n+ nisNetgroupTriple: (a,,)\n+ nisNetgroupTriple: (b,,)\n"},
    {"terminal codes are not printed", "posixGroup;cn=g;description=\x1b[2J", NULL, false, PLAN_ADD,
	"+ description: \\x1b[2J\n"},
};

static struct record *
make(struct arena *arena, const char *text)
{
	struct report_place place = {MAP_GROUP, "test", 1};
	struct record *rec = record_new(arena, &place);
	char *copy = arena_str(arena, bv_str(text));
	char *save = NULL;

	record_classes(rec, strtok_r(copy, ";", &save));
	for (char *part = strtok_r(NULL, ";", &save); part != NULL;
	     part = strtok_r(NULL, ";", &save)) {
		char *equals = strchr(part, '=');

		*equals = 0;
		record_append(rec, part, bv_str(equals + 1));
	}
	record_name(rec, BV_LIT("cn=x"), BV_NONE);
	return rec;
}

static char *
printed(const struct plan_change *change)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	plan_print(out, change);
	fclose(out);
	return text;
}

static void
test_plan_compare_cases(void **state)
{
	struct arena *arena = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct plan_case *c = &cases[i];
		struct plan_change change;

		plan_compare(make(arena, c->want), c->have == NULL ? NULL : make(arena, c->have),
		    c->update, &change);
		char *text = printed(&change);
		bool ok = change.kind == c->kind &&
			  (c->diff == NULL ? text[0] == 0 : strstr(text, c->diff) != NULL);
		if (!ok)
			fail_msg("%s: kind %d\n%s", c->name, (int)change.kind, text);
		free(text);
	}
	arena_free(&arena);
}

static void
test_plan_compare_leaves_containers_alone(void **state)
{
	struct arena *arena = arena_new(0);
	struct record *want = make(arena, "organization dcObject;dc=x;o=x");
	struct plan_change change;

	(void)state;
	want->container = true;
	plan_compare(want, make(arena, "domain;dc=x"), true, &change);
	assert_int_equal(change.kind, PLAN_SAME);
	assert_null(change.parts);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plan_compare_cases),
	    cmocka_unit_test(test_plan_compare_leaves_containers_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
