/* netgroup lines. */

#include "reader.h"

static const struct reader_case cases[] = {
    {"triples and names", "g (h,u,d) (-,root,) other\nother (h,,)\n",
	"dn: cn=g,ou=Netgroup,dc=x\nobjectClass: nisNetgroup\ncn: g\nnisNetgroupTriple: (h,u,d)\n"
	"nisNetgroupTriple: (-,root,)\nmemberNisNetgroup: other\n\n",
	NULL, 2, 0},
    {"blanks in a triple", "g ( h , u ,\td )\n", "nisNetgroupTriple: (h,u,d)\n", NULL, 1, 0},
    {"no blanks between", "g (a,,)(b,,)\n", "nisNetgroupTriple: (a,,)\nnisNetgroupTriple: (b,,)\n",
	NULL, 1, 0},
    {"continued", "g (a,,) \\\n\t(b,,)\\\n(c,,)\nh\n", "nisNetgroupTriple: (c,,)\n", NULL, 2, 0},
    {"continued into the end", "g (a,,) \\", "nisNetgroupTriple: (a,,)\n", NULL, 1, 0},
    {"no members", "g\n", "cn: g\n\n", NULL, 1, 0},
    {"member twice", "g (a,,) (a,,)\n", "cn: g\nnisNetgroupTriple: (a,,)\n\n", NULL, 1, 0},
    {"unknown member", "g gone\n", "memberNisNetgroup: gone\n", "\"gone\" is named as a member", 1,
	0},
    {"not ASCII", "g (\xc3\xa9,,) (b,,)\n", "cn: g\nnisNetgroupTriple: (b,,)\n\n", "partly refused",
	1, 0},
    {"one comma", "g (a,b)\n", NULL, ":1: refused: a member is neither", 0, 1},
    {"three commas", "g (a,b,c,d)\n", NULL, "refused", 0, 1},
    {"not closed", "g (a,b,c\n", NULL, "refused", 0, 1},
    {"nested", "g ((a,b,c)\n", NULL, "refused", 0, 1},
    {"closed only", "g a,b,c)\n", NULL, "refused", 0, 1},
    {"triple for a name", "(a,b,c) g\n", NULL, "is no name of a netgroup", 0, 1},
    {"twice", "g (a,,)\ng (b,,)\n", "nisNetgroupTriple: (a,,)\n\n", ":2: refused", 1, 1},
};

static void
test_netgroup_read_cases(void **state)
{
	(void)state;
	READER_TABLE(MAP_NETGROUP, cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_netgroup_read_cases)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
