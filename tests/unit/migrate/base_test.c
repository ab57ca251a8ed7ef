/* The base entry, the containers and the profile. */

#include "reader.h"

struct base_case {
	const char *base;
	const char *value; /* of the base entry's o or ou; NULL: refused */
};

static const struct base_case cases[] = {
    {"dc=falcot,dc=com", "falcot"},
    {"o=Falcot Corp", "Falcot Corp"},
    {"ou=x,dc=y", "x"},
    {"ou=a\\,b,dc=y", "a,b"},
    {"cn=x", NULL},
    {"dc=a+o=b", NULL},
};

static int
run(struct reader *r, const char *base)
{
	reader_init(r);
	r->opt.base = base;
	r->opt.want[MAP_BASE] = true;
	r->opt.want[MAP_HOSTS] = true;
	r->opt.file[MAP_HOSTS] = "/dev/null";
	r->opt.container[MAP_HOSTS] = "ou=Hosts,ou=Unix";
	migration_init(&r->m, &r->opt, r->arena, report_new(r->arena, NULL, REPORT_REFUSED));
	return migration_read(&r->m);
}

static void
test_base_make_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reader r;
		int rc = run(&r, cases[i].base);

		if ((rc == 0) != (cases[i].value != NULL))
			fail_msg("%s: %d", cases[i].base, rc);
		if (rc == 0 && !record_has(r.m.records.items[0], ATTR_O, bv_str(cases[i].value)) &&
		    !record_has(r.m.records.items[0], ATTR_OU, bv_str(cases[i].value)))
			fail_msg("%s: %s is missing", cases[i].base, cases[i].value);
		reader_done(&r);
	}
}

static void
test_base_make_every_level(void **state)
{
	struct reader r;

	(void)state;
	assert_int_equal(run(&r, "dc=falcot,dc=com"), 0);
	assert_int_equal(r.m.records.count, 3);
	assert_true(bv_eq(r.m.records.items[1]->dn, BV_LIT("ou=Unix,dc=falcot,dc=com")));
	assert_true(bv_eq(r.m.records.items[2]->dn, BV_LIT("ou=Hosts,ou=Unix,dc=falcot,dc=com")));
	assert_true(bv_eq(record_value(r.m.records.items[0], ATTR_O), BV_LIT("falcot")));
	reader_done(&r);
}

static void
test_profile_make_lists_the_maps(void **state)
{
	struct reader r;

	(void)state;
	reader_init(&r);
	r.opt.want[MAP_PROFILE] = true;
	r.opt.uri = "ldap://h.x:1389";
	reader_file(&r, MAP_HOSTS, "", 0);
	reader_run(&r);
	assert_non_null(
	    strstr(r.ldif, "dn: cn=default,ou=profile,dc=x\nobjectClass: DUAConfigProfile\n"));
	assert_non_null(strstr(r.ldif, "defaultServerList: h.x:1389\n"));
	assert_non_null(strstr(r.ldif, "serviceSearchDescriptor: hosts:ou=Hosts,dc=x?one\n"));
	assert_null(strstr(r.ldif, "passwd:"));
	reader_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_base_make_cases),
	    cmocka_unit_test(test_base_make_every_level),
	    cmocka_unit_test(test_profile_make_lists_the_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
