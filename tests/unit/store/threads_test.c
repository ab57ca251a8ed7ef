#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include "store/record.h"
#include "store/writer.h"

/*
 * Readers beside a writer that adds entries, new attributes and takes indexes away and
 * back: every search of every snapshot must give exactly the entries of that snapshot.
 */

enum { READERS = 3, ROUNDS = 40, PER_ROUND = 40 };

struct shared {
	struct fixture *f;
	atomic_uint committed; /* people there are at least */
	atomic_bool stop;
	atomic_uint wrong;
	atomic_ulong searches;
};

static unsigned
count(struct fixture *f, struct store_read *r, struct arena *a, const char *filter)
{
	struct match *m = fx_match(f, a, filter);
	struct test_env env = {.schema = f->schema, .map = store_read_map(r), .read = r};
	struct test *t = test_new(a, m, &env);
	struct plan *p = plan_new(r, a, &(struct plan_query){1, LDAP_SCOPE_WHOLE_SUBTREE, m});
	struct record rec;
	unsigned n = 0;
	uint64_t id;

	while (plan_next(p, &id) == 1) {
		if (store_get(r, id, &rec, NULL) != 0)
			return UINT32_MAX;
		n += test_run(t, id, &rec, a) == TEST_TRUE;
	}
	return n;
}

static void
one_search(struct shared *s, struct store_read *r, unsigned i)
{
	struct arena *a = arena_new(0);
	unsigned least = s->committed, number = least > 0 ? i * 7919 % least : 0;
	struct errbuf e;
	char filter[60];

	if (store_read_begin(r, &e) != 0) {
		s->wrong++;
		arena_free(&a);
		return;
	}
	snprintf(filter, sizeof(filter), "(uid=u%u)", number);
	if (least > 0 && count(s->f, r, a, filter) != 1)
		s->wrong++;
	if (i % 20 == 0 && count(s->f, r, a, "(uid=*)") + 1 != store_entry_count(r))
		s->wrong++;
	store_read_end(r);
	s->searches++;
	arena_free(&a);
}

static void *
reader_main(void *arg)
{
	struct shared *s = arg;
	struct store_read *r = store_read_new(s->f->store);

	for (unsigned i = 0; !s->stop; i++)
		one_search(s, r, i);
	store_read_free(&r);
	return NULL;
}

static void
add_round(struct shared *s, unsigned round)
{
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	struct store_write *w;
	char dn[80], uid[40], lang[60];
	uint64_t id;

	snprintf(lang, sizeof(lang), "cn;lang-x%u: y", round);
	assert_int_equal(store_write_begin(s->f->store, &w, &e), 0);
	for (unsigned i = 0; i < PER_ROUND; i++) {
		unsigned number = round * PER_ROUND + i;
		snprintf(dn, sizeof(dn), "uid=u%u,dc=falcot,dc=com", number);
		snprintf(uid, sizeof(uid), "uid: u%u", number);
		struct entry en = fx_entry(s->f, a, dn,
		    FX_LINES("objectClass: inetOrgPerson", uid, "cn: x", "sn: y", lang));
		assert_int_equal(store_add(w, 1, &en, &id, &e), 0);
	}
	assert_int_equal(store_write_commit(&w, &e), 0);
	s->committed = (round + 1) * PER_ROUND;
	arena_free(&a);
}

static void
change_indexes(struct fixture *f, unsigned round)
{
	struct errbuf e = {""};

	f->spec_count = 0;
	if (round % 3 != 0)
		fx_index(f, "uid", INDEX_EQ | INDEX_PRES);
	if (round % 2 != 0)
		fx_index(f, "name", INDEX_EQ | INDEX_SUB);
	assert_int_equal(store_configure(f->store, f->schema, f->specs, f->spec_count, &e), 0);
}

static void
test_readers_see_whole_snapshots(void **state)
{
	static struct fixture f;
	struct shared s = {.f = &f};
	struct errbuf e = {""};
	pthread_t readers[READERS];
	struct writer *w;

	(void)state;
	fx_init(&f, "dc=falcot,dc=com");
	fx_open(&f);
	fx_add(&f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	assert_int_equal(writer_start(f.store, 0, &w, &e), 0);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, reader_main, &s), 0);
	for (unsigned round = 0; round < ROUNDS; round++) {
		add_round(&s, round);
		if (round % 5 == 4)
			change_indexes(&f, round / 5);
	}
	writer_stop(&w);
	fx_build(&f);
	s.stop = true;
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(s.wrong, 0);
	assert_true(s.searches > 0);
	fx_check(&f);
	fx_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_readers_see_whole_snapshots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
