#include "opcase.h"

#include <pthread.h>
#include <stdio.h>
#include "base/buf.h"
#include "config/index_spec.h"
#include "op/counters.h"
#include "op/unindexed.h"

/* Counters of several threads add up exactly, and the lists of a reader hold what is there. */

enum { THREADS = 4, TURNS = 20000 };

struct row; /* the runner's: only whether there is one matters */

static struct row *
some_row(void)
{
	static char place;

	return (struct row *)(void *)&place;
}

static void
open_session(struct opcase *c, uint64_t number)
{
	c->session.conn_id = number;
	c->session.peer.sockurl = BV_LIT("ldap:///");
	c->session.peer.peername = BV_LIT("IP=127.0.0.1:1");
	c->session.peer.sockname = BV_LIT("IP=127.0.0.1:389");
	c->session.identity.dn = BV_LIT("");
	counters_conn_open(&c->session);
}

static void *
work(void *arg)
{
	struct opcase c;
	struct buf out;
	const uint64_t *number = arg;

	opcase_init(&c, LDAP_REQ_SEARCH);
	open_session(&c, *number);
	buf_init(&out);
	c.op.out = &out;
	c.op.row = some_row();
	for (int i = 0; i < TURNS; i++) {
		counters_received(&c.session);
		counters_begin(&c.op);
		out.n = 7;
		counters_sent_entry(&c.op, 0);
		counters_sent(&c.op, 2);
		counters_end(&c.op);
	}
	counters_conn_close(&c.session);
	buf_done(&out);
	opcase_done(&c);
	return NULL;
}

static void
test_threads_add_up(void **state)
{
	pthread_t threads[THREADS];
	uint64_t numbers[THREADS];
	struct counters_sum before, now, after;
	struct arena *a = arena_new(0);
	struct counters_view *views;

	(void)state;
	counters_read(&before);
	for (size_t i = 0; i < THREADS; i++) {
		numbers[i] = i + 1;
		assert_int_equal(pthread_create(&threads[i], NULL, work, &numbers[i]), 0);
	}
	for (int i = 0; i < 200; i++) {
		counters_read(&now);
		assert_true(now.completed[COUNTERS_SEARCH] <= now.initiated[COUNTERS_SEARCH]);
		assert_true(counters_conns(a, &views) <= THREADS);
		arena_reset(a);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	counters_read(&after);
	assert_int_equal(
	    after.initiated[COUNTERS_SEARCH] - before.initiated[COUNTERS_SEARCH], THREADS * TURNS);
	assert_int_equal(after.completed[COUNTERS_SEARCH], after.initiated[COUNTERS_SEARCH]);
	assert_int_equal(after.entries - before.entries, THREADS * TURNS);
	assert_int_equal(after.pdus - before.pdus, 2 * THREADS * TURNS);
	assert_int_equal(after.bytes - before.bytes, 12 * THREADS * TURNS);
	assert_int_equal(after.opened - before.opened, THREADS);
	assert_int_equal(after.current, 0);
	assert_true(after.peak >= 1 && after.peak <= THREADS);
	arena_free(&a);
}

static void
test_connections_are_listed_by_number(void **state)
{
	static const uint64_t numbers[] = {7, 3, 9, 1};
	struct opcase c[4];
	struct arena *a = arena_new(0);
	struct counters_view *views;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		opcase_init(&c[i], LDAP_REQ_BIND);
		open_session(&c[i], numbers[i]);
	}
	counters_conn_close(&c[2].session);
	assert_int_equal(counters_conns(a, &views), 3);
	assert_int_equal(views[0].number, 1);
	assert_int_equal(views[1].number, 3);
	assert_int_equal(views[2].number, 7);
	for (size_t i = 0; i < 4; i++) {
		counters_conn_close(&c[i].session); /* twice is harmless */
		opcase_done(&c[i]);
	}
	assert_int_equal(counters_conns(a, &views), 0);
	arena_free(&a);
}

static void
test_identities_are_copied_after_a_bind(void **state)
{
	struct opcase c;
	struct arena *a = arena_new(0);
	struct counters_view *views;
	char dn[] = "cn=admin";

	(void)state;
	opcase_init(&c, LDAP_REQ_BIND);
	open_session(&c, 5);
	c.op.row = some_row();
	c.op.msg.u.bind.version = 2;
	counters_begin(&c.op);
	c.session.identity.dn = bv_str(dn);
	counters_end(&c.op);
	memset(dn, 'x', sizeof(dn) - 1);
	assert_int_equal(counters_conns(a, &views), 1);
	assert_true(bv_is(views[0].authz, "cn=admin"));
	assert_int_equal(views[0].protocol, 2);
	assert_int_equal(views[0].completed, 1);
	c.session.identity.dn = BV_LIT("");
	counters_end(&c.op);
	counters_conns(a, &views);
	assert_int_equal(views[0].authz.n, 0);
	counters_conn_close(&c.session);
	opcase_done(&c);
	arena_free(&a);
}

/* What never began, an unknown request or one that could not be decoded, is not over either. */
static void
test_what_did_not_begin_is_not_counted(void **state)
{
	struct opcase c;
	struct counters_sum before, after;

	(void)state;
	opcase_init(&c, LDAP_REQ_SEARCH);
	open_session(&c, 6);
	counters_read(&before);
	counters_end(&c.op);
	c.op.row = some_row();
	c.op.msg.tag = (enum ldap_tag)0x7f;
	counters_begin(&c.op);
	counters_end(&c.op);
	counters_read(&after);
	assert_memory_equal(before.completed, after.completed, sizeof(after.completed));
	assert_memory_equal(before.initiated, after.initiated, sizeof(after.initiated));
	counters_conn_close(&c.session);
	opcase_done(&c);
}

static void
test_unindexed_searches_have_a_bounded_table(void **state)
{
	struct arena *a = arena_new(0);
	struct unindexed *list;
	uint64_t others;
	char name[32];

	(void)state;
	for (int i = 0; i < 3; i++)
		unindexed_note(BV_LIT("{1}mdb"), BV_LIT("mail"), INDEX_EQ);
	unindexed_note(BV_LIT("{1}mdb"), BV_LIT("mail"), INDEX_SUB_ANY);
	unindexed_note(BV_LIT("{2}mdb"), BV_LIT("mail"), INDEX_EQ);
	assert_int_equal(unindexed_list(a, &list, &others), 3);
	assert_int_equal(list[0].count, 3);
	assert_string_equal(unindexed_kind(list[1].kind), "sub");
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "attr%d", i);
		unindexed_note(BV_LIT("{1}mdb"), bv_str(name), INDEX_PRES);
	}
	size_t n = unindexed_list(a, &list, &others);
	assert_true(n < 2003);
	assert_int_equal(n + others, 2003);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_threads_add_up),
	    cmocka_unit_test(test_connections_are_listed_by_number),
	    cmocka_unit_test(test_identities_are_copied_after_a_bind),
	    cmocka_unit_test(test_what_did_not_begin_is_not_counted),
	    cmocka_unit_test(test_unindexed_searches_have_a_bounded_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
