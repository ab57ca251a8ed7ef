#include "fixture.h"

#include "store/attrmap.h"
#include "store/record.h"

/*
 * Filters whose terms meet nowhere or far away: plan_next gives up after a bounded number
 * of steps and goes on at the next call, also in another transaction, and loses nothing.
 */

enum { PEOPLE = 16000, MANY_CALLS = 4000 };

static struct fixture f;

/* Who is below ou=side, and has neither. */
static bool
is_aside(unsigned i)
{
	return i % 5 == 4 || i > PEOPLE - 400;
}

/* cn and sn alternate, so that "cn=even" and "sn=odd" never meet; every 3000th has both of "rare".
 */
static void
add_person(struct store_write *w, uint64_t parent, const char *above, unsigned i)
{
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	char dn[120], uid[40];
	uint64_t id;
	bool rare = i % 3000 == 1501, plain = is_aside(i);

	snprintf(dn, sizeof(dn), "uid=u%u,%s", i, above);
	snprintf(uid, sizeof(uid), "uid: u%u", i);
	struct entry en = fx_entry(&f, a, dn,
	    FX_LINES("objectClass: inetOrgPerson", uid,
		plain	     ? "cn: none"
		: i % 2 == 0 ? "cn: even"
			     : "cn: x",
		plain	     ? "sn: none"
		: i % 2 == 1 ? "sn: odd"
			     : "sn: x",
		i % 4 == 0 || rare ? "description: half" : "description: x",
		rare ? "givenName: rare" : "givenName: x"));
	if (store_add(w, parent, &en, &id, &e) != 0)
		fx_fail(dn, &e);
	arena_free(&a);
}

static int
set_up(void **state)
{
	struct errbuf e = {""};
	struct store_write *w;

	(void)state;
	fx_init(&f, "dc=falcot,dc=com");
	fx_index(&f, "cn", INDEX_EQ);
	fx_index(&f, "sn", INDEX_EQ | INDEX_SUB);
	fx_index(&f, "description", INDEX_EQ);
	fx_open(&f);
	uint64_t top =
	    fx_add(&f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	uint64_t side = fx_add(&f, "ou=side,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: side"));
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	for (unsigned i = 0; i < PEOPLE; i++)
		add_person(w, is_aside(i) ? side : top,
		    is_aside(i) ? "ou=side,dc=falcot,dc=com" : "dc=falcot,dc=com", i);
	assert_int_equal(store_write_commit(&w, &e), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	fx_done(&f);
	return 0;
}

/* What a walk found and how it came there. */
struct walk {
	unsigned found;
	unsigned pauses;
	unsigned in_scope; /* by looking at every entry */
};

static bool
is_under(struct store_read *r, uint64_t id, uint64_t base)
{
	struct record rec;

	while (id != base && id != 0)
		id = store_get(r, id, &rec, NULL) == 0 ? rec.parent : 0;
	return id == base;
}

static struct walk
walk(const char *filter, uint64_t base, bool new_transactions)
{
	struct arena *a = arena_new(0);
	struct store_read *r = store_read_new(f.store);
	struct match *m = fx_match(&f, a, filter);
	struct walk out = {0};
	struct record rec;
	uint64_t id = 0;
	int rc;

	fx_read_begin(r);
	struct test_env env = {.schema = f.schema, .map = store_read_map(r), .read = r};
	struct test *t = test_new(a, m, &env);
	struct plan *p = plan_new(r, a, &(struct plan_query){base, LDAP_SCOPE_WHOLE_SUBTREE, m});
	while ((rc = plan_next(p, &id)) > 0) {
		if (rc == 1) {
			assert_int_equal(store_get(r, id, &rec, NULL), 0);
			out.found += plan_exact(p) || test_run(t, id, &rec, a) == TEST_TRUE;
			continue;
		}
		assert_true(++out.pauses < MANY_CALLS);
		if (!new_transactions)
			continue;
		plan_pause(p);
		fx_read_begin(r);
		plan_resume(p);
	}
	assert_int_equal(rc, 0);
	for (id = 1; store_next(r, &id, &rec, NULL) == 0; id++)
		out.in_scope += test_run(t, id, &rec, a) == TEST_TRUE && is_under(r, id, base);
	store_read_free(&r);
	arena_free(&a);
	return out;
}

struct steps_case {
	const char *filter;
	uint64_t base;
	unsigned least_pauses;
};

static const struct steps_case cases[] = {
    {"(&(cn=even)(sn=odd))", 1, 4},
    {"(&(sn=odd)(cn=even)(description=half))", 1, 4},
    {"(|(&(cn=even)(sn=odd))(&(sn=odd)(description=half)))", 1, 8},
    {"(|(&(sn=odd)(description=half))(&(cn=even)(sn=odd)))", 1, 8},
    {"(|(&(cn=even)(sn=odd))(&(cn=even)(description=half)))", 1, 4},
    {"(&(|(&(cn=even)(sn=odd))(&(sn=odd)(description=half)))(description=half))", 1, 0},
    {"(cn=even)", 2, 3},
    {"(&(cn=even)(description=half))", 2, 3},
    {"(cn=even)", 1, 0},
};

static void
test_next_is_bounded_and_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct steps_case *c = &cases[i];
		for (int transactions = 0; transactions < 2; transactions++) {
			struct walk w = walk(c->filter, c->base, transactions != 0);
			if (w.found != w.in_scope || w.pauses < c->least_pauses)
				fail_msg("%s: %u found, %u there, %u pauses", c->filter, w.found,
				    w.in_scope, w.pauses);
		}
	}
}

/* A filter of more terms than one call has steps still gets on. */
static void
test_next_gets_on_with_many_terms(void **state)
{
	static char filter[40000];
	size_t n = (size_t)snprintf(filter, sizeof(filter), "(&");

	(void)state;
	for (unsigned i = 0; i < 1500; i++)
		n += (size_t)snprintf(filter + n, sizeof(filter) - n, "(%s)",
		    i % 2 == 0 ? "cn=even" : "description=half");
	snprintf(filter + n, sizeof(filter) - n, ")");
	struct walk w = walk(filter, 1, true);
	assert_int_equal(w.found, w.in_scope);
	assert_true(w.found > 0);
}

/* Terms with more keys than one plan looks up: the rest is left to the test. */
static void
test_new_looks_up_a_bounded_number_of_keys(void **state)
{
	static char filter[40000];
	size_t n = (size_t)snprintf(filter, sizeof(filter), "(|(cn=even)");

	(void)state;
	for (unsigned i = 0; i < 700; i++)
		n += (size_t)snprintf(
		    filter + n, sizeof(filter) - n, "(sn=*abcdefghijklmnopqrstuvwx%u*)", i);
	snprintf(filter + n, sizeof(filter) - n, ")");
	struct walk w = walk(filter, 1, false);
	assert_int_equal(w.found, w.in_scope);
	assert_true(w.found > 0);
}

/* Between two transactions of a search the index it walks along is dropped, and its keys are gone.
 */
static void
test_resume_without_the_index(void **state)
{
	struct arena *a = arena_new(0);
	struct store_read *r = store_read_new(f.store);
	struct match *m = fx_match(&f, a, "(cn=even)");
	struct errbuf e = {""};
	unsigned found = 0, rest = 0;
	struct record rec;
	uint64_t id;
	int rc;

	(void)state;
	fx_read_begin(r);
	struct test_env env = {.schema = f.schema, .map = store_read_map(r), .read = r};
	struct test *t = test_new(a, m, &env);
	struct plan *p = plan_new(r, a, &(struct plan_query){1, LDAP_SCOPE_WHOLE_SUBTREE, m});
	for (; found < 1000; found++)
		assert_int_equal(plan_next(p, &id), 1);
	plan_pause(p);
	store_read_end(r);
	f.spec_count = 0;
	assert_int_equal(store_configure(f.store, f.schema, f.specs, 0, &e), 0);
	fx_build(&f);
	fx_read_begin(r);
	plan_resume(p);
	test_rebind(t, a, store_read_map(r));
	while ((rc = plan_next(p, &id)) > 0) {
		if (rc == PLAN_AGAIN)
			continue;
		assert_int_equal(store_get(r, id, &rec, NULL), 0);
		rest += plan_exact(p) || test_run(t, id, &rec, a) == TEST_TRUE;
	}
	store_read_free(&r);
	arena_free(&a);
	assert_int_equal(found + rest, walk("(cn=even)", 1, false).in_scope);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_next_is_bounded_and_complete),
	    cmocka_unit_test(test_next_gets_on_with_many_terms),
	    cmocka_unit_test(test_new_looks_up_a_bounded_number_of_keys),
	    cmocka_unit_test(test_resume_without_the_index),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
