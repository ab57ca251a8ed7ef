/* slapd.d under change: whole or not at all, wherever the process stops or the disk fails. */
#include "config/confstore.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "config/confedit.h"
#include "config/conffile.h"
#include "config/confjournal.h"
#include "tests/unit/config/confcase.h"

static unsigned step_count; /* of one commit, counted by the first test that goes through them */

static const char before_text[] = "threads 4\n" CASE_DB "database mdb\nsuffix cn=two\n"
				  "directory /two\nindex cn eq\naccess to * by * read\n"
				  "database mdb\nsuffix cn=three\ndirectory /three\n";
/* Another state: a file changed, one more kind of entry, a database less. */
static const char after_text[] = "threads 8\nobjectidentifier mine 1.2.3\n" CASE_DB
				 "database mdb\nsuffix cn=three\ndirectory /three\n";

struct states {
	struct conf *before, *after;
	struct buf before_dump, after_dump;
};

/* Reads a text; its operational attributes are those of no other. */
static struct conf *
state_of(const char *text, struct buf *dump)
{
	struct conf *c = case_good(text);

	case_dump(c->tree, dump);
	return c;
}

static void
states_init(struct states *s)
{
	memset(s, 0, sizeof(*s));
	s->before = state_of(before_text, &s->before_dump);
	s->after = state_of(after_text, &s->after_dump);
}

static void
states_done(struct states *s)
{
	conf_unref(&s->before);
	conf_unref(&s->after);
	buf_done(&s->before_dump);
	buf_done(&s->after_dump);
}

/* Makes a slapd.d with the state before. */
static const char *
make_folder(const struct states *s)
{
	const char *folder = case_folder();
	struct errbuf e;

	if (conf_write_dir(s->before->tree, folder, &e) != 0)
		fail_msg("%s", e.text);
	return folder;
}

/* Returns 'b' when the folder reads as the state before, 'a' after, and fails for anything else. */
static char
what_is(const struct states *s, const char *folder)
{
	struct conf_tree *t = NULL;
	struct errbuf e;
	struct buf dump = {0};
	char which = '?';

	if (conf_read_dir(folder, &t, &e) != 0)
		fail_msg("%s", e.text);
	case_dump(t, &dump);
	if (bv_eq(buf_bv(&dump), buf_bv(&s->before_dump)))
		which = 'b';
	if (bv_eq(buf_bv(&dump), buf_bv(&s->after_dump)))
		which = 'a';
	if (which == '?')
		fail_msg("neither: %.*s", BV(buf_bv(&dump)));
	buf_done(&dump);
	conf_tree_free(&t);
	return which;
}

static int
commit(const struct states *s, const char *folder, struct errbuf *e)
{
	struct confstore *store = NULL;
	int code = confstore_open(folder, &store, e);

	if (code == 0)
		code = confstore_commit(store, s->before->tree, s->after->tree, e);
	confstore_close(&store);
	return code;
}

static bool
is_file(const char *folder, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static void
test_commit_changes_files(void **state)
{
	struct states s;
	struct errbuf e;
	struct stat st;
	char path[256];

	(void)state;
	states_init(&s);
	const char *folder = make_folder(&s);
	if (commit(&s, folder, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(what_is(&s, folder), 'a');
	assert_false(is_file(folder, "cn=config/olcDatabase={3}mdb.ldif"));
	assert_false(is_file(folder, CONFJOURNAL_NAME));
	assert_false(is_file(folder, CONFJOURNAL_DRAFT));
	assert_false(is_file(folder, CONFJOURNAL_PARTS));
	snprintf(path, sizeof(path), "%s/cn=config.ldif", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	case_remove(folder);
	states_done(&s);
}

/* A file that did not change stays the same file. */
static void
test_commit_leaves_others_alone(void **state)
{
	struct states s;
	struct errbuf e;
	struct stat x, y;
	char path[256];

	(void)state;
	states_init(&s);
	const char *folder = make_folder(&s);
	struct confstore *store = NULL;
	snprintf(path, sizeof(path), "%s/cn=config/olcDatabase={1}mdb.ldif", folder);
	assert_int_equal(stat(path, &x), 0);
	assert_int_equal(confstore_open(folder, &store, &e), 0);
	assert_int_equal(confstore_commit(store, s.before->tree, s.before->tree, &e), 0);
	assert_int_equal(stat(path, &y), 0);
	assert_int_equal(x.st_ino, y.st_ino);
	confstore_close(&store);
	case_remove(folder);
	states_done(&s);
}

/* The process stops at each step in turn: the folder reads as one state or the other, also for a
 * reader that may not write, and the next change works. */
static void
test_commit_killed_at_each_step(void **state)
{
	struct states s;
	unsigned before = 0, after = 0;

	(void)state;
	states_init(&s);
	for (unsigned step = 0;; step++) {
		const char *folder = make_folder(&s);
		struct errbuf e;
		int status = 0;
		pid_t pid = fork();
		if (pid == 0) {
			conffile_set_trap(CONFFILE_TRAP_DIE, step);
			_exit(commit(&s, folder, &e) == 0 ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		char which = what_is(&s, folder);
		before += which == 'b';
		after += which == 'a';
		assert_int_equal(what_is(&s, folder), which);
		assert_false(is_file(folder, CONFJOURNAL_NAME));
		if (which == 'b' && commit(&s, folder, &e) != 0)
			fail_msg("step %u: %s", step, e.text);
		assert_int_equal(what_is(&s, folder), 'a');
		case_remove(folder);
		if (WEXITSTATUS(status) == 0)
			break;
		assert_int_equal(WEXITSTATUS(status), 77);
		step_count = step + 1;
	}
	assert_true(before > 5 && after > 5);
	states_done(&s);
}

/* Each step fails in turn: refused means nothing changed, accepted means changed. */
static void
fail_each_step(enum conffile_trap kind)
{
	struct states s;
	unsigned refused = 0;

	states_init(&s);
	for (unsigned step = 0; step < step_count; step++) {
		const char *folder = make_folder(&s);
		struct confstore *store = NULL;
		struct errbuf e = {""};
		assert_int_equal(confstore_open(folder, &store, &e), 0);
		conffile_set_trap(kind, step);
		int code = confstore_commit(store, s.before->tree, s.after->tree, &e);
		conffile_set_trap(CONFFILE_TRAP_NONE, 0);
		refused += code != 0;
		if (code != 0 && strstr(e.text, "make room") == NULL)
			fail_msg("step %u: %d %s", step, code, e.text);
		assert_int_equal(what_is(&s, folder), code == 0 ? 'a' : 'b');
		if (code != 0)
			code = confstore_commit(store, s.before->tree, s.after->tree, &e);
		if (code != 0)
			fail_msg("step %u, again: %s", step, e.text);
		confstore_close(&store);
		assert_int_equal(what_is(&s, folder), 'a');
		case_remove(folder);
	}
	assert_true(refused > 5 && refused < step_count);
	states_done(&s);
}

static void
test_commit_fails_once(void **state)
{
	(void)state;
	fail_each_step(CONFFILE_TRAP_ONCE);
}

static void
test_commit_fails_from_a_step_on(void **state)
{
	(void)state;
	fail_each_step(CONFFILE_TRAP_ON);
}

static void
test_open_refuses(void **state)
{
	struct confstore *one = NULL, *two = NULL;
	struct states s;
	struct errbuf e = {""};

	(void)state;
	states_init(&s);
	const char *folder = make_folder(&s);
	assert_int_equal(confstore_open("/nonexistent/d", &one, &e), ERR_IO);
	assert_non_null(strstr(e.text, "/nonexistent/d"));
	assert_int_equal(confstore_open(folder, &one, &e), 0);
	assert_int_equal(confstore_open(folder, &two, &e), ERR_BUSY);
	assert_non_null(strstr(e.text, "in use by another process"));
	confstore_close(&one);
	assert_int_equal(confstore_open(folder, &two, &e), 0);
	confstore_close(&two);
	confstore_close(&two);
	case_remove(folder);
	states_done(&s);
}

/* Another user than the owner is told whose folder it is. */
static void
test_open_without_permission(void **state)
{
	struct states s;
	struct errbuf e = {""};
	int status = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	states_init(&s);
	const char *folder = make_folder(&s);
	pid_t pid = fork();
	if (pid == 0) {
		struct confstore *store = NULL;
		bool right = setuid(65534) == 0 && confstore_open(folder, &store, &e) == ERR_DENIED;
		_exit(right && strstr(e.text, "belongs to uid 0") != NULL &&
			      strstr(e.text, "uid 65534") != NULL
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	case_remove(folder);
	states_done(&s);
}

/* A journal that is cut short, by a disk that lies, is not taken for the configuration. */
static void
test_damaged_journal(void **state)
{
	struct conf_tree *t = NULL;
	struct states s;
	struct errbuf e = {""};

	(void)state;
	states_init(&s);
	const char *folder = make_folder(&s);
	case_file(folder, CONFJOURNAL_NAME, "dn: cn=config\nobjectClass: olcGlobal\n");
	assert_int_not_equal(conf_read_dir(folder, &t, &e), 0);
	assert_non_null(strstr(e.text, "is damaged"));
	assert_null(t);
	case_remove(folder);
	states_done(&s);
}

/* While another process holds the folder, its journal is the configuration, and stays. */
static void
test_journal_of_another_process(void **state)
{
	struct states s;
	struct errbuf e = {""};
	struct buf journal = {0};
	int fd;

	(void)state;
	states_init(&s);
	const char *folder = make_folder(&s);
	confjournal_put(s.after->tree, &journal);
	buf_put_byte(&journal, 0);
	case_file(folder, CONFJOURNAL_NAME, (const char *)journal.p);
	fd = open(folder, O_RDONLY | O_DIRECTORY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(what_is(&s, folder), 'a');
	assert_true(is_file(folder, CONFJOURNAL_NAME));
	assert_int_equal(confstore_recover(folder, &e), 0);
	assert_true(is_file(folder, CONFJOURNAL_NAME));
	close(fd);
	assert_int_equal(what_is(&s, folder), 'a');
	assert_false(is_file(folder, CONFJOURNAL_NAME));
	buf_done(&journal);
	case_remove(folder);
	states_done(&s);
}

/* What is no entry of ours stays, and so does a folder that holds such a thing. */
static void
test_foreign_files_stay(void **state)
{
	struct states s;
	struct errbuf e;
	struct buf journal = {0};

	(void)state;
	states_init(&s);
	const char *folder = make_folder(&s);
	case_file(folder, "README", "mine");
	case_file(folder, "cn=config/cn=include{0}.ldif", "dn: cn=include{0}\n");
	case_file(folder, "cn=config/notes.txt", "mine");
	confjournal_put(s.after->tree, &journal);
	buf_put_byte(&journal, 0);
	case_file(folder, CONFJOURNAL_NAME, (const char *)journal.p);
	assert_int_equal(confstore_recover(folder, &e), 0);
	assert_int_equal(what_is(&s, folder), 'a');
	assert_true(is_file(folder, "README"));
	assert_true(is_file(folder, "cn=config/cn=include{0}.ldif"));
	assert_true(is_file(folder, "cn=config/notes.txt"));
	assert_false(is_file(folder, "cn=config/olcDatabase={3}mdb.ldif"));
	buf_done(&journal);
	case_remove(folder);
	states_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_commit_changes_files),
	    cmocka_unit_test(test_commit_leaves_others_alone),
	    cmocka_unit_test(test_commit_killed_at_each_step),
	    cmocka_unit_test(test_commit_fails_once),
	    cmocka_unit_test(test_commit_fails_from_a_step_on),
	    cmocka_unit_test(test_open_refuses),
	    cmocka_unit_test(test_open_without_permission),
	    cmocka_unit_test(test_damaged_journal),
	    cmocka_unit_test(test_journal_of_another_process),
	    cmocka_unit_test(test_foreign_files_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
