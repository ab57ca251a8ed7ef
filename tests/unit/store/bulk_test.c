#include "fixture.h"

#include <fcntl.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "store/bulk.h"

/* Bulk loading: the same database as entry by entry, whatever the run size; nothing after a
 * failure. */

enum { PEOPLE = 3000 };

static void
add_to(struct fixture *f, struct bulk *b, const char *dn, const char *const *lines, int want)
{
	struct arena *a = arena_new(0);
	struct entry en = fx_entry(f, a, dn, lines);
	struct errbuf e = {""};
	uint64_t id;

	assert_int_equal(bulk_add(b, &en, &id, &e), want);
	arena_free(&a);
}

static void
add_person(struct fixture *f, struct bulk *b, unsigned i)
{
	char dn[100], uid[40], cn[60], number[60], uuid[80];

	snprintf(dn, sizeof(dn), "uid=u%u,ou=people,dc=falcot,dc=com", i);
	snprintf(uid, sizeof(uid), "uid: u%u", i);
	snprintf(cn, sizeof(cn), "cn: Person number %u", i * 7919 % PEOPLE);
	snprintf(number, sizeof(number), "uidNumber: %u", i);
	snprintf(uuid, sizeof(uuid), "entryUUID: 00000000-0000-4000-8000-%012x", i * 2654435761u);
	add_to(f, b, dn,
	    FX_LINES("objectClass: inetOrgPerson", "objectClass: posixAccount", uid, cn, "sn: x",
		number, "gidNumber: 100", uuid, "homeDirectory: /home/people/of/some/length"),
	    0);
}

static void
add_top(struct fixture *f, struct bulk *b)
{
	add_to(f, b, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"), 0);
	add_to(f, b, "ou=people,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: people"), 0);
}

static struct fixture *
start(void)
{
	static struct fixture f;

	fx_init(&f, "dc=falcot,dc=com");
	fx_index(&f, "uid", INDEX_EQ | INDEX_PRES);
	fx_index(&f, "cn", INDEX_EQ | INDEX_SUB);
	fx_index(&f, "homeDirectory", INDEX_EQ);
	fx_index(&f, "uidNumber", INDEX_EQ);
	fx_open(&f);
	return &f;
}

static void
count_entries(struct fixture *f, uint64_t want)
{
	struct store_read *r = store_read_new(f->store);

	fx_read_begin(r);
	assert_int_equal(store_entry_count(r), want);
	store_read_free(&r);
}

static void
load(struct fixture *f, size_t run_bytes)
{
	struct errbuf e = {""};
	struct bulk *b;

	if (bulk_begin(f->store, run_bytes, &b, &e) != 0)
		fx_fail("begin", &e);
	add_top(f, b);
	for (unsigned i = 0; i < PEOPLE; i++)
		add_person(f, b, i);
	if (bulk_end(&b, &e) != 0)
		fx_fail("end", &e);
}

static void
test_load_is_complete_with_any_run_size(void **state)
{
	static const size_t sizes[] = {1, 300000, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fixture *f = start();
		load(f, sizes[i]);
		count_entries(f, PEOPLE + 2);
		fx_check(f);
		fx_done(f);
	}
}

static void
test_load_into_a_used_database(void **state)
{
	struct fixture *f = start();
	struct errbuf e = {""};
	struct bulk *b;

	(void)state;
	load(f, 0);
	assert_int_equal(bulk_begin(f->store, 0, &b, &e), 0);
	for (unsigned i = PEOPLE; i < PEOPLE + 100; i++)
		add_person(f, b, i);
	assert_int_equal(bulk_end(&b, &e), 0);
	count_entries(f, PEOPLE + 102);
	fx_check(f);
	fx_done(f);
}

static void
test_refusals_leave_the_load_usable(void **state)
{
	struct fixture *f = start();
	struct errbuf e = {""};
	struct bulk *b, *second;

	(void)state;
	assert_int_equal(bulk_begin(f->store, 0, &b, &e), 0);
	assert_int_equal(bulk_begin(f->store, 0, &second, &e), ERR_BUSY);
	add_to(f, b, "ou=early,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: early"), ERR_NOT_FOUND);
	add_to(f, b, "o=elsewhere", FX_LINES("objectClass: organization", "o: elsewhere"),
	    ERR_NOT_FOUND);
	add_top(f, b);
	add_to(f, b, "OU=People,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: people"), ERR_EXISTS);
	assert_int_equal(bulk_end(&b, &e), 0);
	count_entries(f, 2);
	fx_check(f);
	fx_done(f);
}

static void
test_abort_leaves_nothing(void **state)
{
	struct fixture *f = start();
	struct errbuf e = {""};
	struct bulk *b;

	(void)state;
	assert_int_equal(bulk_begin(f->store, 0, &b, &e), 0);
	add_top(f, b);
	for (unsigned i = 0; i < 100; i++)
		add_person(f, b, i);
	bulk_abort(&b);
	count_entries(f, 0);
	fx_check(f);
	load(f, 0);
	assert_int_equal(bulk_begin(f->store, 0, &b, &e), 0);
	add_person(f, b, PEOPLE);
	bulk_abort(&b);
	count_entries(f, PEOPLE + 2);
	fx_check(f);
	fx_done(f);
}

/* The child dies in the middle of a load whose parts were committed. */
static void
test_interrupted_load_is_emptied_at_the_next_start(void **state)
{
	struct fixture *f = start();
	int status;

	(void)state;
	store_close(&f->store);
	pid_t child = fork();
	if (child == 0) {
		struct errbuf e = {""};
		struct bulk *b;
		fx_open(f);
		if (bulk_begin(f->store, 0, &b, &e) == 0) {
			add_top(f, b);
			for (unsigned i = 0; i < 40000; i++)
				add_person(f, b, i);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	fx_open(f);
	count_entries(f, 0);
	load(f, 0);
	fx_check(f);
	fx_done(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_load_is_complete_with_any_run_size),
	    cmocka_unit_test(test_load_into_a_used_database),
	    cmocka_unit_test(test_refusals_leave_the_load_usable),
	    cmocka_unit_test(test_abort_leaves_nothing),
	    cmocka_unit_test(test_interrupted_load_is_emptied_at_the_next_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
