#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "store/writer.h"

/* Group commit, its failures, sudden death, and two processes that write. */

struct job {
	struct write_job base; /* first */
	struct fixture *f;
	unsigned number;
	int fail_with; /* what run returns while *fail_times > 0 */
	atomic_int fail_times;
	atomic_int runs;
	atomic_int done;
	int error;
};

static void
numbered_dn(char out[80], unsigned number)
{
	snprintf(out, 80, "uid=n%u,dc=falcot,dc=com", number);
}

static int
add_numbered(struct fixture *f, struct store_write *w, unsigned number)
{
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	char dn[80], uid[80];
	uint64_t id;

	numbered_dn(dn, number);
	snprintf(uid, sizeof(uid), "uid: n%u", number);
	struct entry en =
	    fx_entry(f, a, dn, FX_LINES("objectClass: inetOrgPerson", "cn: x", "sn: y", uid));
	int rc = store_add(w, 1, &en, &id, &e);
	arena_free(&a);
	return rc;
}

static int
run(struct write_job *base, struct store_write *w)
{
	struct job *j = (struct job *)base;

	j->runs++;
	int rc = add_numbered(j->f, w, j->number);
	if (j->fail_times > 0) {
		j->fail_times--;
		return j->fail_with;
	}
	return rc == ERR_EXISTS ? 0 : rc;
}

static void
done(struct write_job *base, int error, const char *text)
{
	struct job *j = (struct job *)base;

	(void)text;
	j->error = error;
	j->done++;
}

static struct fixture *
start(void)
{
	static struct fixture f;

	fx_init(&f, "dc=falcot,dc=com");
	fx_index(&f, "uid", INDEX_EQ);
	fx_open(&f);
	fx_add(&f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	return &f;
}

static bool
is_there(struct fixture *f, struct store_read *r, unsigned number)
{
	struct arena *a = arena_new(0);
	uint64_t id, matched;
	char text[80];

	numbered_dn(text, number);
	struct dn dn = fx_dn(f, a, text);
	int rc = store_find(r, &dn, &id, &matched);
	arena_free(&a);
	return rc == 0;
}

enum { JOBS = 2000 };

static struct job *
make_jobs(struct fixture *f, unsigned count)
{
	struct job *jobs = calloc(count, sizeof(*jobs));

	for (unsigned i = 0; i < count; i++) {
		jobs[i].base.run = run;
		jobs[i].base.done = done;
		jobs[i].f = f;
		jobs[i].number = i;
	}
	return jobs;
}

static void
test_every_job_is_done_once(void **state)
{
	struct fixture *f = start();
	struct job *jobs = make_jobs(f, JOBS);
	struct errbuf e = {""};
	struct writer *w;

	(void)state;
	assert_int_equal(writer_start(f->store, 0, &w, &e), 0);
	for (unsigned i = 0; i < JOBS; i++)
		assert_int_equal(writer_submit(w, &jobs[i].base), 0);
	writer_stop(&w);
	struct store_read *r = store_read_new(f->store);
	fx_read_begin(r);
	for (unsigned i = 0; i < JOBS; i++) {
		assert_int_equal(jobs[i].done, 1);
		assert_int_equal(jobs[i].error, 0);
		assert_true(is_there(f, r, i));
	}
	store_read_free(&r);
	free(jobs);
	fx_check(f);
	fx_done(f);
}

/* Some jobs fail half-way, once or always: their neighbours must not suffer. */
static void
test_failing_jobs_fail_alone(void **state)
{
	struct fixture *f = start();
	struct job *jobs = make_jobs(f, 300);
	struct errbuf e = {""};
	struct writer *w;

	(void)state;
	for (unsigned i = 0; i < 300; i += 10) {
		jobs[i].fail_with = ERR_FULL;
		jobs[i].fail_times = i % 20 == 0 ? 1 : 1000;
	}
	assert_int_equal(writer_start(f->store, 0, &w, &e), 0);
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(writer_submit(w, &jobs[i].base), 0);
	writer_stop(&w);
	struct store_read *r = store_read_new(f->store);
	fx_read_begin(r);
	for (unsigned i = 0; i < 300; i++) {
		bool always = i % 10 == 0 && i % 20 != 0;
		assert_int_equal(jobs[i].done, 1);
		/* A job that fails once is run again only when it was not alone in its batch. */
		if (i % 10 != 0 || always)
			assert_int_equal(jobs[i].error, always ? ERR_FULL : 0);
		assert_int_equal(is_there(f, r, i), jobs[i].error == 0);
	}
	store_read_free(&r);
	free(jobs);
	fx_check(f);
	fx_done(f);
}

static int
run_slowly(struct write_job *base, struct store_write *w)
{
	usleep(100000);
	return run(base, w);
}

static void
test_queue_is_bounded(void **state)
{
	struct fixture *f = start();
	struct job *jobs = make_jobs(f, 100);
	struct errbuf e = {""};
	struct writer *w;
	int busy = 0, accepted = 0;

	(void)state;
	jobs[0].base.run = run_slowly;
	assert_int_equal(writer_start(f->store, 10, &w, &e), 0);
	for (unsigned i = 0; i < 100; i++) {
		int rc = writer_submit(w, &jobs[i].base);
		assert_true(rc == 0 || rc == ERR_BUSY);
		busy += rc == ERR_BUSY;
		accepted += rc == 0;
	}
	writer_stop(&w);
	assert_true(busy > 0);
	int finished = 0;
	for (unsigned i = 0; i < 100; i++)
		finished += jobs[i].done;
	assert_int_equal(finished, accepted);
	free(jobs);
	fx_done(f);
}

static void
test_idle_writer_builds_indexes(void **state)
{
	struct fixture *f = start();
	struct job *jobs = make_jobs(f, 3000);
	struct errbuf e = {""};
	struct writer *w;

	(void)state;
	assert_int_equal(writer_start(f->store, 0, &w, &e), 0);
	for (unsigned i = 0; i < 3000; i++)
		assert_int_equal(writer_submit(w, &jobs[i].base), 0);
	writer_stop(&w);
	fx_index(f, "cn", INDEX_EQ | INDEX_SUB);
	assert_int_equal(store_configure(f->store, f->schema, f->specs, f->spec_count, &e), 0);
	assert_int_equal(writer_start(f->store, 0, &w, &e), 0);
	for (int i = 0; i < 1000 && store_builder_pending(f->store); i++)
		usleep(10000);
	assert_false(store_builder_pending(f->store));
	writer_stop(&w);
	free(jobs);
	fx_check(f);
	fx_done(f);
}

/* ---- sudden death ---- */

/* Adds entries from first on, two per commit, and tells each commit through the pipe. */
static void
write_until_killed(struct fixture *f, int fd, unsigned first)
{
	struct errbuf e = {""};
	struct store_write *w;

	for (unsigned n = first;; n += 2) {
		if (store_write_begin(f->store, &w, &e) != 0 || add_numbered(f, w, n) != 0 ||
		    add_numbered(f, w, n + 1) != 0 || store_write_commit(&w, &e) != 0)
			_exit(1);
		if (write(fd, &n, sizeof(n)) != sizeof(n))
			_exit(2);
	}
}

static void
one_kill(struct fixture *f, unsigned *next, unsigned delay_us)
{
	unsigned n, acknowledged = *next;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	pid_t child = fork();
	if (child == 0) {
		close(fds[0]);
		fx_open(f);
		write_until_killed(f, fds[1], *next);
	}
	close(fds[1]);
	usleep(delay_us);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	while (read(fds[0], &n, sizeof(n)) == sizeof(n))
		acknowledged = n + 2;
	close(fds[0]);
	fx_open(f);
	struct store_read *r = store_read_new(f->store);
	fx_read_begin(r);
	for (unsigned i = *next; i < acknowledged; i++)
		assert_true(is_there(f, r, i));
	/* A commit that was not acknowledged is there whole or not at all. */
	assert_int_equal(is_there(f, r, acknowledged), is_there(f, r, acknowledged + 1));
	*next = acknowledged + (is_there(f, r, acknowledged) ? 2 : 0);
	store_read_free(&r);
	fx_check(f);
	store_close(&f->store);
}

static void
test_killed_writers_lose_nothing_acknowledged(void **state)
{
	const char *rounds_text = getenv("STORE_KILL_ROUNDS");
	int rounds = rounds_text != NULL ? atoi(rounds_text) : 6;
	struct fixture *f = start();
	unsigned next = 0;

	(void)state;
	store_close(&f->store);
	for (int i = 0; i < rounds; i++)
		one_kill(f, &next, 20000 + (unsigned)i * 7001 % 50000);
	assert_true(next > 0);
	fx_done(f);
}

static void
write_some(struct fixture *f, unsigned first, unsigned count, const char *new_attribute)
{
	struct errbuf e = {""};
	struct store_write *w;

	for (unsigned i = 0; i < count; i++) {
		struct arena *a = arena_new(0);
		char dn[80];
		uint64_t id;
		numbered_dn(dn, first + i);
		struct entry en = fx_entry(f, a, dn,
		    FX_LINES("objectClass: inetOrgPerson", "cn: x", "sn: y", new_attribute));
		if (store_write_begin(f->store, &w, &e) != 0 ||
		    store_add(w, 1, &en, &id, &e) != 0 || store_write_commit(&w, &e) != 0)
			_exit(1);
		arena_free(&a);
	}
}

/* Both give attributes numbers of their own; neither may use the other's by mistake. */
static void
test_two_processes_write(void **state)
{
	struct fixture *f = start();
	int status;

	(void)state;
	store_close(&f->store);
	pid_t child = fork();
	if (child == 0) {
		fx_open(f);
		write_some(f, 0, 200, "title: from the child");
		store_close(&f->store);
		_exit(0);
	}
	fx_open(f);
	write_some(f, 1000, 200, "displayName: from the parent");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	fx_check(f);
	struct store_read *r = store_read_new(f->store);
	fx_read_begin(r);
	for (unsigned i = 0; i < 200; i++)
		assert_true(is_there(f, r, i) && is_there(f, r, 1000 + i));
	assert_int_equal(store_entry_count(r), 401);
	store_read_free(&r);
	fx_done(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_job_is_done_once),
	    cmocka_unit_test(test_failing_jobs_fail_alone),
	    cmocka_unit_test(test_queue_is_bounded),
	    cmocka_unit_test(test_idle_writer_builds_indexes),
	    cmocka_unit_test(test_killed_writers_lose_nothing_acknowledged),
	    cmocka_unit_test(test_two_processes_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
