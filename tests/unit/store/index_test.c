#include "fixture.h"

#include <sys/wait.h>
#include "base/buf.h"
#include "store/record.h"

/* Indexes over time: interrupted building, changed configurations, odd values, other processes. */

enum { PEOPLE = 2500 };

static struct fixture *
start(void)
{
	static struct fixture f;

	fx_init(&f, "dc=falcot,dc=com");
	fx_open(&f);
	fx_add(&f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	return &f;
}

static void
add_people(struct fixture *f, unsigned first, unsigned count)
{
	struct errbuf e = {""};
	struct store_write *w;

	assert_int_equal(store_write_begin(f->store, &w, &e), 0);
	for (unsigned i = first; i < first + count; i++) {
		struct arena *a = arena_new(0);
		char dn[80], uid[40], number[40];
		uint64_t id;
		snprintf(dn, sizeof(dn), "uid=u%u,dc=falcot,dc=com", i);
		snprintf(uid, sizeof(uid), "uid: u%u", i);
		snprintf(number, sizeof(number), "uidNumber: %d", (int)i - 1000);
		struct entry en = fx_entry(f, a, dn,
		    FX_LINES("objectClass: inetOrgPerson", uid, "cn: x", "sn: y", number));
		assert_int_equal(store_add(w, 1, &en, &id, &e), 0);
		arena_free(&a);
	}
	assert_int_equal(store_write_commit(&w, &e), 0);
}

/* Counts the answers of a filter, and says through exact_out whether an index gave them alone. */
static unsigned
count_answers(struct fixture *f, const char *filter, bool *exact_out, uint64_t *candidates_out)
{
	struct store_read *r = store_read_new(f->store);
	struct arena *a = arena_new(0);
	struct match *m = fx_match(f, a, filter);
	struct plan_query q = {1, LDAP_SCOPE_WHOLE_SUBTREE, m};
	struct errbuf e = {""};
	struct record rec;
	unsigned n = 0;
	uint64_t id;
	int rc;

	fx_read_begin(r);
	struct test_env env = {.schema = f->schema, .map = store_read_map(r), .read = r};
	struct test *t = test_new(a, m, &env);
	struct plan *p = plan_new(r, a, &q);
	*candidates_out = 0;
	while ((rc = plan_next(p, &id)) == 1) {
		++*candidates_out;
		assert_int_equal(store_get(r, id, &rec, &e), 0);
		n += test_run(t, id, &rec, a) == TEST_TRUE;
	}
	assert_int_equal(rc, 0);
	*exact_out = plan_exact(p);
	store_read_free(&r);
	arena_free(&a);
	return n;
}

static void
expect(struct fixture *f, const char *filter, unsigned want, uint64_t most_candidates)
{
	uint64_t candidates;
	bool exact;
	unsigned n = count_answers(f, filter, &exact, &candidates);

	if (n != want || candidates > most_candidates)
		fail_msg("%s: %u answers from %llu candidates", filter, n,
		    (unsigned long long)candidates);
}

static void
configure(struct fixture *f)
{
	struct errbuf e = {""};

	assert_int_equal(store_configure(f->store, f->schema, f->specs, f->spec_count, &e), 0);
}

static void
test_building_goes_on_after_a_restart(void **state)
{
	struct fixture *f = start();
	struct errbuf e = {""};

	(void)state;
	add_people(f, 0, PEOPLE);
	fx_index(f, "uid", INDEX_EQ);
	configure(f);
	assert_int_equal(store_builder_step(f->store, &e), 1);
	expect(f, "(uid=u7)", 1, UINT64_MAX);
	store_close(&f->store);
	fx_open(f);
	assert_true(store_builder_pending(f->store));
	add_people(f, PEOPLE, 10);
	expect(f, "(uid=u2505)", 1, UINT64_MAX);
	fx_build(f);
	expect(f, "(uid=u7)", 1, 1);
	expect(f, "(uid=u2505)", 1, 1);
	fx_check(f);
	fx_done(f);
}

static void
test_an_index_taken_away_and_given_back_is_built_anew(void **state)
{
	struct fixture *f = start();

	(void)state;
	fx_index(f, "uid", INDEX_EQ | INDEX_SUB);
	configure(f);
	fx_build(f);
	add_people(f, 0, PEOPLE);
	expect(f, "(uid=u7)", 1, 1);
	f->spec_count = 0;
	configure(f);
	add_people(f, PEOPLE, 5); /* the old keys do not know these */
	fx_index(f, "uid", INDEX_EQ);
	configure(f);
	expect(f, "(uid=u2503)", 1, UINT64_MAX);
	fx_build(f);
	expect(f, "(uid=u2503)", 1, 1);
	expect(f, "(uid=*250*)", 8, UINT64_MAX);
	fx_check(f);
	fx_done(f);
}

/* More IDs under one key than a step removes. */
static void
test_large_postings_are_dropped_in_steps(void **state)
{
	struct fixture *f = start();
	struct errbuf e = {""};
	int steps = 0, rc;

	(void)state;
	fx_index(f, "sn", INDEX_EQ | INDEX_PRES);
	configure(f);
	fx_build(f);
	for (unsigned i = 0; i < 10; i++)
		add_people(f, i * PEOPLE, PEOPLE);
	f->spec_count = 0;
	configure(f);
	while ((rc = store_builder_step(f->store, &e)) == 1)
		steps++;
	assert_int_equal(rc, 0);
	assert_true(steps > 2);
	fx_index(f, "uid", INDEX_PRES);
	configure(f);
	fx_build(f);
	expect(f, "(uid=*)", 10 * PEOPLE, 10 * PEOPLE);
	fx_check(f);
	fx_done(f);
}

static void
test_ranges_are_numeric(void **state)
{
	struct fixture *f = start();

	(void)state;
	fx_index(f, "uidNumber", INDEX_EQ);
	configure(f);
	fx_build(f);
	add_people(f, 0, PEOPLE);
	expect(f, "(uidNumber<=-998)", 3, 5);
	expect(f, "(uidNumber>=1497)", 3, 5);
	expect(f, "(&(uidNumber>=-2)(uidNumber<=2))", 5, 1100);
	expect(f, "(uidNumber>=-1000)", PEOPLE, UINT64_MAX);
	expect(f, "(!(uidNumber>=0))", 1001, UINT64_MAX); /* the suffix entry has none */
	fx_done(f);
}

static void
test_long_values_are_found_by_their_hash(void **state)
{
	struct fixture *f = start();
	char x[1200], y[1200], filter[1300];

	(void)state;
	fx_index(f, "description", INDEX_EQ | INDEX_SUB);
	configure(f);
	fx_build(f);
	memset(x, 'x', sizeof(x));
	memcpy(x, "description: ", 13);
	x[sizeof(x) - 1] = 0;
	memcpy(y, x, sizeof(y));
	y[sizeof(y) - 2] = 'y';
	fx_add(f, "ou=x,dc=falcot,dc=com", FX_LINES("objectClass: organizationalUnit", "ou: x", x));
	fx_add(f, "ou=y,dc=falcot,dc=com", FX_LINES("objectClass: organizationalUnit", "ou: y", y));
	snprintf(filter, sizeof(filter), "(description=%s)", x + 13);
	expect(f, filter, 1, 1);
	snprintf(filter, sizeof(filter), "(description=%s)", y + 13);
	expect(f, filter, 1, 1);
	expect(f, "(description=*xy)", 1, 1);
	expect(f, "(description=xx*)", 2, 2);
	fx_check(f);
	fx_done(f);
}

static void
test_nosubtypes_is_used_only_where_it_is_complete(void **state)
{
	struct fixture *f = start();

	(void)state;
	fx_index(f, "name", INDEX_EQ | INDEX_NO_SUBTYPES);
	fx_index(f, "cn", INDEX_EQ | INDEX_NO_SUBTYPES);
	configure(f);
	fx_build(f);
	add_people(f, 0, 100);
	expect(f, "(name=y)", 100, UINT64_MAX);
	expect(f, "(cn=x)", 100, 100);
	expect(f, "(cn=z)", 0, 0);
	fx_check(f);
	fx_done(f);
}

static void
test_undefined_terms_yield_nothing_at_once(void **state)
{
	struct fixture *f = start();

	(void)state;
	add_people(f, 0, 50);
	expect(f, "(nosuch=x)", 0, 0);
	expect(f, "(&(objectClass=*)(nosuch=x))", 0, 0);
	expect(f, "(!(nosuch=x))", 0, 0);
	expect(f, "(|(nosuch=x)(uid=u3))", 1, UINT64_MAX);
	expect(f, "(objectClass=*)", 51, 51);
	expect(f, "(entryDN=UID=u7,dc=falcot,dc=com)", 1, 1);
	expect(f, "(entryDN=uid=u77,dc=falcot,dc=com)", 0, 0);
	expect(f, "(entryDN=dc=elsewhere)", 0, 0);
	fx_done(f);
}

/* A reader keeps its snapshot and its idea of the indexes while another process rebuilds them. */
static void
test_another_process_rebuilds(void **state)
{
	struct fixture *f = start();
	struct errbuf e = {""};
	int status;

	(void)state;
	fx_index(f, "uid", INDEX_EQ);
	configure(f);
	add_people(f, 0, PEOPLE);
	store_close(&f->store);
	pid_t child = fork();
	if (child == 0) {
		fx_open(f);
		for (int i = 0; i < 5; i++) {
			if (store_reindex(f->store, NULL, 0, NULL, NULL, &e) != 0)
				_exit(1);
		}
		store_close(&f->store);
		_exit(0);
	}
	fx_open(f);
	while (waitpid(child, &status, WNOHANG) == 0)
		expect(f, "(uid=u1234)", 1, UINT64_MAX);
	assert_int_equal(status, 0);
	fx_build(f);
	expect(f, "(uid=u1234)", 1, 1);
	fx_check(f);
	fx_done(f);
}

/* The administrator added an index and ran slapindex while slapd runs with the old configuration.
 */
static void
test_a_writer_keeps_indexes_it_was_not_told_of(void **state)
{
	struct fixture *f = start();
	int status, ready[2], go[2];
	char byte = 'x';

	(void)state;
	add_people(f, 0, 100);
	store_close(&f->store);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	pid_t child = fork();
	if (child == 0) { /* slapd, which begins before and writes after */
		fx_open(f);
		add_people(f, 100, 10);
		if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
			_exit(1);
		add_people(f, 110, 10);
		store_close(&f->store);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	fx_index(f, "uid", INDEX_EQ);
	fx_open(f);
	fx_build(f);
	expect(f, "(uid=u105)", 1, 1);
	assert_int_equal(write(go[1], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	expect(f, "(uid=u115)", 1, 1);
	fx_check(f);
	fx_done(f);
}

/* Makes "(cn<before><many copies of word><after>)" in the arena. */
static const char *
long_filter(struct arena *a, const char *before, const char *word, size_t copies, const char *after)
{
	struct buf b;

	buf_init(&b);
	buf_printf(&b, "(cn%s", before);
	for (size_t i = 0; i < copies; i++)
		buf_put_bv(&b, bv_str(word));
	buf_printf(&b, "%s)", after);
	char *text = arena_str(a, buf_bv(&b));
	buf_done(&b);
	return text;
}

/* What a term costs to plan must not grow with the length of its value. */
static void
test_long_assertions_are_planned_in_bounded_memory(void **state)
{
	static const struct {
		const char *before, *word, *after;
	} cases[] = {{"=*", "abcdefgh", "*"}, {"=", "abcdefgh", "*"}, {"~=", "word ", ""}};
	struct fixture *f = start();
	struct store_read *r = store_read_new(f->store);

	(void)state;
	fx_index(f, "cn", INDEX_EQ | INDEX_SUB | INDEX_APPROX);
	add_people(f, 0, 1);
	configure(f);
	fx_build(f);
	fx_read_begin(r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *a = arena_new(0), *of_plan = arena_new(0);
		const char *text =
		    long_filter(a, cases[i].before, cases[i].word, 1 << 14, cases[i].after);
		struct plan_query q = {1, LDAP_SCOPE_WHOLE_SUBTREE, fx_match(f, a, text)};
		(void)plan_new(r, of_plan, &q);
		if (arena_bytes(of_plan) > 1 << 16)
			fail_msg("case %zu takes %zu bytes", i, arena_bytes(of_plan));
		arena_free(&of_plan);
		arena_free(&a);
	}
	store_read_free(&r);
	fx_done(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_building_goes_on_after_a_restart),
	    cmocka_unit_test(test_an_index_taken_away_and_given_back_is_built_anew),
	    cmocka_unit_test(test_large_postings_are_dropped_in_steps),
	    cmocka_unit_test(test_ranges_are_numeric),
	    cmocka_unit_test(test_long_values_are_found_by_their_hash),
	    cmocka_unit_test(test_nosubtypes_is_used_only_where_it_is_complete),
	    cmocka_unit_test(test_undefined_terms_yield_nothing_at_once),
	    cmocka_unit_test(test_long_assertions_are_planned_in_bounded_memory),
	    cmocka_unit_test(test_another_process_rebuilds),
	    cmocka_unit_test(test_a_writer_keeps_indexes_it_was_not_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
