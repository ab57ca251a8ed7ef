#include "fixture.h"

#include "base/buf.h"
#include "store/attrmap.h"
#include "store/record.h"

/* The filter test where the oracle of plan_test does not reach: rights, computed values, names. */

struct world {
	struct fixture f;
	struct store_read *read;
	struct arena *arena;
	struct record record;
	const char *forbidden; /* attribute that may not be searched */
	unsigned questions;    /* times a right was asked for */
};

static struct world *
start(void)
{
	static struct world w;

	w = (struct world){.arena = arena_new(0)};
	fx_init(&w.f, "dc=falcot,dc=com");
	fx_open(&w.f);
	fx_add(&w.f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	fx_add(&w.f, "ou=People,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: People"));
	fx_add(&w.f, "uid=Roland,ou=People,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", "cn: Roland Mas", "sn: Mas", "uid: Roland",
		"userPassword: secret", "telephoneNumber: +33 1 23", "uidNumber: 1000"));
	w.read = store_read_new(w.f.store);
	fx_read_begin(w.read);
	assert_int_equal(store_get(w.read, 3, &w.record, NULL), 0);
	return &w;
}

static void
end(struct world *w)
{
	store_read_free(&w->read);
	arena_free(&w->arena);
	fx_done(&w->f);
}

static bool
may_search(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct match *m)
{
	struct world *w = arg;

	(void)id, (void)r, (void)m;
	w->questions++;
	return w->forbidden == NULL || !bv_is(d->name, w->forbidden);
}

static int
computed(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d, struct arena *a,
    const struct bv **normals_out)
{
	struct world *w = arg;
	struct bv *v = arena_alloc(a, sizeof(*v));

	(void)id, (void)r;
	if (d->type != schema_known(w->f.schema)->has_subordinates)
		return -1;
	*v = BV_LIT("FALSE");
	*normals_out = v;
	return 1;
}

static enum test_result
run(struct world *w, const char *filter)
{
	struct test_env env = {.schema = w->f.schema,
	    .map = store_read_map(w->read),
	    .read = w->read,
	    .may_search = may_search,
	    .computed = computed,
	    .arg = w};
	struct match *m = fx_match(&w->f, w->arena, filter);
	struct arena *scratch = arena_new(64);
	struct arena_mark before = arena_mark(scratch);
	enum test_result result = test_run(test_new(w->arena, m, &env), 3, &w->record, scratch);
	struct arena_mark after = arena_mark(scratch);

	assert_int_equal(before.used, after.used);
	arena_free(&scratch);
	return result;
}

static void
test_items_and_names(void **state)
{
	static const struct {
		const char *filter;
		enum test_result want;
	} cases[] = {
	    {"(uid=roland)", TEST_TRUE},
	    {"(UserID=ROLAND)", TEST_TRUE},
	    {"(name=mas)", TEST_TRUE},
	    {"(name=falcot)", TEST_FALSE},
	    {"(telephoneNumber=+33123)", TEST_TRUE},
	    {"(uidNumber>=999)", TEST_TRUE},
	    {"(uidNumber<=999)", TEST_FALSE},
	    {"(uidNumber>=x)", TEST_UNDEFINED},
	    {"(uidNumber:integerOrderingMatch:=99999999)", TEST_TRUE},
	    {"(uidNumber:integerOrderingMatch:=999)", TEST_FALSE},
	    {"(sn:caseIgnoreOrderingMatch:=MAS)", TEST_FALSE},
	    {"(sn:caseIgnoreOrderingMatch:=MAT)", TEST_TRUE},
	    {"(ou;lang-fr:dn:=people)", TEST_FALSE},
	    {"(cn~=rolland mass)", TEST_TRUE},
	    {"(ou=people)", TEST_FALSE},
	    {"(ou:dn:=people)", TEST_TRUE},
	    {"(dc:dn:=falcot)", TEST_TRUE},
	    {"(ou:dn:=other)", TEST_FALSE},
	    {"(:dn:caseIgnoreMatch:=people)", TEST_TRUE},
	    {"(:caseIgnoreMatch:=people)", TEST_FALSE},
	    {"(:caseIgnoreMatch:=MAS)", TEST_TRUE},
	    {"(:caseExactMatch:=MAS)", TEST_FALSE},
	    {"(:caseExactMatch:=Mas)", TEST_TRUE},
	    {"(:nosuchrule:=Mas)", TEST_UNDEFINED},
	    {"(sn:caseExactMatch:=mas)", TEST_FALSE},
	    {"(entryDN=uid=roland,ou=people,dc=falcot,dc=com)", TEST_TRUE},
	    {"(entryDN=uid=other,ou=people,dc=falcot,dc=com)", TEST_FALSE},
	    {"(entryDN:dnSubtreeMatch:=dc=falcot,dc=com)", TEST_TRUE},
	    {"(hasSubordinates=FALSE)", TEST_TRUE},
	    {"(hasSubordinates=TRUE)", TEST_FALSE},
	    {"(hasSubordinates=*)", TEST_TRUE},
	    {"(&)", TEST_TRUE},
	    {"(|)", TEST_FALSE},
	    {"(!(nosuch=*))", TEST_UNDEFINED},
	    {"(&(uid=roland)(nosuch=x))", TEST_UNDEFINED},
	    {"(&(uid=other)(nosuch=x))", TEST_FALSE},
	    {"(|(uid=roland)(nosuch=x))", TEST_TRUE},
	    {"(|(uid=other)(nosuch=x))", TEST_UNDEFINED},
	};
	struct world *w = start();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum test_result result = run(w, cases[i].filter);
		if (result != cases[i].want)
			fail_msg("%s gives %d", cases[i].filter, (int)result);
	}
	end(w);
}

/* Whatever is asked about an attribute one may not search, the answer is never TRUE. */
static void
test_refused_attributes_tell_nothing(void **state)
{
	static const char *const filters[] = {"(userPassword=secret)", "(userPassword=wrong)",
	    "(userPassword=*)", "(!(userPassword=secret))", "(!(userPassword=wrong))",
	    "(!(userPassword=*))", "(!(!(userPassword=secret)))",
	    "(&(uid=roland)(userPassword=secret))", "(&(uid=roland)(!(userPassword=wrong)))",
	    "(|(uid=other)(!(userPassword=wrong)))", "(!(|(uid=other)(userPassword=wrong)))",
	    "(!(&(uid=roland)(userPassword=wrong)))"};
	struct world *w = start();

	(void)state;
	w->forbidden = "userPassword";
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (run(w, filters[i]) == TEST_TRUE)
			fail_msg("%s tells", filters[i]);
	}
	w->forbidden = "sn";
	assert_int_not_equal(run(w, "(name=mas)"), TEST_TRUE); /* through the supertype */
	assert_int_not_equal(run(w, "(!(name=nobody))"), TEST_TRUE);
	assert_int_equal(run(w, "(name=roland mas)"), TEST_TRUE); /* cn may be searched */
	end(w);
}

static void
test_rights_are_not_asked_for_what_does_not_match(void **state)
{
	struct world *w = start();

	(void)state;
	run(w, "(uid=other)");
	assert_int_equal(w->questions, 0);
	run(w, "(uid=roland)");
	assert_int_equal(w->questions, 1);
	run(w, "(!(uid=other))");
	assert_int_equal(w->questions, 2);
	end(w);
}

/* The record of an entry whose attributes have the IDs of the order in which they are given. */
static const struct attr_map *
map_entry(struct world *w, struct arena *a, const char *const *lines, struct record *rec)
{
	struct entry e = fx_entry(&w->f, w->arena, "uid=x,dc=falcot,dc=com", lines);
	const struct attr_map *map = attr_map_of_entries(w->f.schema, a, &e, 1);
	struct buf b;

	buf_init(&b);
	record_encode(w->f.schema, map, &e, 1, false, &b);
	assert_int_equal(record_open(arena_dup(w->arena, buf_bv(&b)), rec), 0);
	buf_done(&b);
	return map;
}

/* Between two slices a map may go and another one be made in its place. */
static void
test_rebind_knows_a_new_map_at_an_old_address(void **state)
{
	static const char *const one[] = {"objectClass: inetOrgPerson", "sn: Mas", "uid: x", NULL},
				 *const other[] = {
				     "uid: x", "objectClass: inetOrgPerson", "sn: Mas", NULL};
	struct world *w = start();
	struct arena *maps = arena_new(1 << 16), *scratch = arena_new(0);
	struct arena_mark mark = arena_mark(maps);
	struct record rec;
	struct test_env env = {.schema = w->f.schema, .map = map_entry(w, maps, one, &rec)};
	const struct attr_map *before = env.map;
	struct test *t = test_new(w->arena, fx_match(&w->f, w->arena, "(sn=mas)"), &env);

	(void)state;
	assert_int_equal(test_run(t, 1, &rec, scratch), TEST_TRUE);
	arena_rewind(maps, mark);
	env.map = map_entry(w, maps, other, &rec);
	assert_ptr_equal(env.map, before);
	test_rebind(t, w->arena, env.map);
	assert_int_equal(test_run(t, 1, &rec, scratch), TEST_TRUE);
	arena_free(&maps);
	arena_free(&scratch);
	end(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_items_and_names),
	    cmocka_unit_test(test_refused_attributes_tell_nothing),
	    cmocka_unit_test(test_rights_are_not_asked_for_what_does_not_match),
	    cmocka_unit_test(test_rebind_knows_a_new_map_at_an_old_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
