#include "fixture.h"

#include "store/stat.h"

/* What cn=Monitor is told: each index once, how far its building is, and what used it. */

enum { PEOPLE = 3000, ROOM = 8 };

static void
add_people(struct fixture *f, unsigned first, unsigned count)
{
	struct errbuf e = {""};
	struct store_write *w;
	char dn[80], uid[40];
	uint64_t id;

	assert_int_equal(store_write_begin(f->store, &w, &e), 0);
	for (unsigned i = first; i < first + count; i++) {
		struct arena *a = arena_new(0);
		snprintf(dn, sizeof(dn), "uid=u%u,dc=falcot,dc=com", i);
		snprintf(uid, sizeof(uid), "uid: u%u", i);
		struct entry en = fx_entry(
		    f, a, dn, FX_LINES("objectClass: inetOrgPerson", uid, "cn: x", "sn: y"));
		assert_int_equal(store_add(w, 1, &en, &id, &e), 0);
		arena_free(&a);
	}
	assert_int_equal(store_write_commit(&w, &e), 0);
}

static void
start(struct fixture *f)
{
	fx_init(f, "dc=falcot,dc=com");
	fx_open(f);
	fx_add(f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	add_people(f, 0, PEOPLE);
}

static void
configure(struct fixture *f)
{
	struct errbuf e = {""};

	if (store_configure(f->store, f->schema, f->specs, f->spec_count, &e) != 0)
		fx_fail("configure", &e);
}

/* Reads the row of a type; fails when there is not just one. */
static struct store_index_stat
row_of(struct fixture *f, const char *type)
{
	struct store_index_stat rows[ROOM], found = {0};
	size_t n = store_index_stats(f->store, rows, ROOM), hits = 0;

	assert_true(n <= ROOM);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].type, type) == 0) {
			found = rows[i];
			hits++;
		}
	}
	assert_int_equal(hits, 1);
	return found;
}

static void
search(struct fixture *f, const char *filter, bool hit)
{
	struct arena *a = arena_new(0);
	struct store_read *r = store_read_new(f->store);
	uint64_t id;

	fx_read_begin(r);
	struct match *m = fx_match(f, a, filter);
	struct plan *p = plan_new(r, a, &(struct plan_query){1, LDAP_SCOPE_WHOLE_SUBTREE, m});
	assert_int_equal(plan_next(p, &id), hit);
	store_read_free(&r);
	arena_free(&a);
}

static void
test_index_stats_name_kinds(void **state)
{
	static const struct {
		unsigned kinds;
		const char *text;
	} cases[] = {
	    {INDEX_EQ, "eq"},
	    {INDEX_PRES | INDEX_EQ | INDEX_SUB, "pres,eq,sub"},
	    {INDEX_SUB_INITIAL | INDEX_SUB_FINAL, "subinitial,subfinal"},
	    {INDEX_APPROX | INDEX_SUB_ANY, "subany,approx"},
	    {INDEX_EQ | INDEX_NO_SUBTYPES, "eq,nosubtypes"},
	};
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f.spec_count = 0;
		fx_index(&f, "cn", cases[i].kinds);
		configure(&f);
		assert_string_equal(row_of(&f, "cn").kinds, cases[i].text);
	}
	assert_string_equal(row_of(&f, "objectClass").kinds, "eq");
	fx_done(&f);
}

static void
test_index_stats_follow_building(void **state)
{
	struct fixture f;
	struct errbuf e = {""};

	(void)state;
	start(&f);
	fx_index(&f, "uid", INDEX_EQ | INDEX_PRES);
	configure(&f);
	struct store_index_stat row = row_of(&f, "uid");
	assert_false(row.ready);
	assert_int_equal(row.position, 0);
	assert_int_equal(row.total, PEOPLE + 1);
	assert_int_equal(store_builder_step(f.store, &e), 1);
	row = row_of(&f, "uid");
	assert_false(row.ready);
	assert_in_range(row.position, 1, PEOPLE);
	fx_build(&f);
	row = row_of(&f, "uid");
	assert_true(row.ready);
	assert_int_equal(row.position, row.total);
	fx_done(&f);
}

static void
test_index_stats_count_uses(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	fx_index(&f, "uid", INDEX_EQ);
	fx_index(&f, "cn", INDEX_EQ);
	configure(&f);
	search(&f, "(uid=u7)", true); /* not ready yet: not used */
	assert_int_equal(row_of(&f, "uid").uses, 0);
	fx_build(&f);
	search(&f, "(uid=u7)", true);
	search(&f, "(|(uid=u7)(uid=u8))", true);
	search(&f, "(uid=nobody)", false);
	assert_int_equal(row_of(&f, "uid").uses, 3);
	assert_int_equal(row_of(&f, "cn").uses, 0);
	fx_done(&f);
}

static void
test_index_stats_fill_what_there_is_room_for(void **state)
{
	struct fixture f;
	struct store_index_stat rows[2];

	(void)state;
	start(&f);
	fx_index(&f, "uid", INDEX_EQ);
	configure(&f);
	memset(&rows[1], 0x5a, sizeof(rows[1]));
	assert_int_equal(store_index_stats(f.store, rows, 1), 3);
	assert_int_equal(rows[1].type[0], 0x5a);
	assert_int_equal(store_index_stats(f.store, NULL, 0), 3);
	fx_done(&f);
}

static void
test_stat_counts_free_pages(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct store_stat before, after;
	struct store_write *w;

	(void)state;
	start(&f);
	assert_int_equal(store_stat(f.store, &before), 0);
	assert_int_equal(before.entries, PEOPLE + 1);
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	for (uint64_t id = 2; id <= PEOPLE; id++)
		assert_int_equal(store_delete(w, id, &e), 0);
	assert_int_equal(store_write_commit(&w, &e), 0);
	assert_int_equal(store_stat(f.store, &after), 0);
	assert_int_equal(after.entries, 2);
	assert_true(after.pages_free > before.pages_free + PEOPLE / 100);
	assert_true(after.pages_free < after.pages_used);
	fx_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_index_stats_name_kinds),
	    cmocka_unit_test(test_index_stats_follow_building),
	    cmocka_unit_test(test_index_stats_count_uses),
	    cmocka_unit_test(test_index_stats_fill_what_there_is_room_for),
	    cmocka_unit_test(test_stat_counts_free_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
