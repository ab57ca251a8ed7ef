#include "confcase.h"
#include <sys/stat.h>
#include "config/option.h"

/* slapd.conf: what is refused and where, what includes may do, and what a line turns into. */

static void
test_read_refuses(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
	    {"pidfle /x\n", "t.conf:1: unknown directive pidfle; did you mean pidfile?"},
	    {"\n\nnothinglikeit x\n", "t.conf:3: unknown directive nothinglikeit"},
	    {"pidfile \"/x\n", "t.conf:1: a double quote is not closed"},
	    {"pidfile\n", "pidfile: expected <file>"},
	    {"pidfile /a b\n", "quote a value that holds spaces"},
	    {"suffix cn=x\n", "suffix is in the wrong place: it belongs below a \"database\" line"},
	    {"directory /x\n", "it belongs below a \"database mdb\" line"},
	    {"database monitor\ndirectory /x\n", "t.conf:2: directory is in the wrong place"},
	    {"idlexp 17\n", "it belongs below a \"backend mdb\" line"},
	    {"database mdb\nbackend mdb\n", "t.conf:2: backend mdb belongs once before"},
	    {"backend mdb\nbackend mdb\n", "t.conf:2: backend mdb belongs once before"},
	    {"database\n", "database: expected mdb | monitor"},
	    {"database hdb\n", "use mdb"},
	    {"database bdb\n", "use mdb"},
	    {"database ldap\n", "database ldap is not built in; expected mdb"},
	    {"database monitor\ndatabase monitor\n", "t.conf:2: database monitor is there already"},
	    {"overlay ppolicy\n", "overlay ppolicy is not built in"},
	    {"include /x\n", "include is not possible here"},
	    {"a\nb", "t.conf:1: unknown directive a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		case_bad(cases[i].text, cases[i].says);
}

/* Whatever is wrong near a password, no text repeats it. */
static void
test_errors_hold_no_secret(void **state)
{
	static const char *const cases[] = {
	    "rootpw hushhush\n",
	    "database mdb\nrootpw hushhush\n",
	    "database mdb\nrootpw hushhush extra\n",
	    "database mdb\nrootpw \"hushhush\n",
	    CASE_DB "rootpw hushhush\nrootdn cn=elsewhere\n",
	    "database frontend\nrootpw hushhush\n",
	    CASE_DB "syncrepl rid=1 provider=ldap://x credentials=hushhush\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct errbuf e = {""};
		assert_null(case_build(cases[i], &e));
		if (strstr(e.text, "hushhush") != NULL)
			fail_msg("%s", e.text);
	}
}

/* ---- values ---- */

/* Returns the values of an attribute of cn=config or, failing that, of any other entry, joined. */
static void
values_of(const struct conf_tree *t, const char *olc, char *out, size_t size)
{
	const struct option *o = option_by_olc(bv_str(olc));
	size_t used = 0;

	assert_non_null(o);
	out[0] = 0;
	for (const struct conf_node *n = t->root; n != NULL; n = conftree_next(n)) {
		const struct conf_attr *attr = conftree_find(n, o);
		for (size_t i = 0; attr != NULL && i < attr->count; i++)
			used += (size_t)snprintf(
			    out + used, size - used, "%.*s|", BV(attr->values[i].text));
	}
}

static void
test_lines_become_values(void **state)
{
	static const struct {
		const char *text;
		const char *olc;
		const char *values;
	} cases[] = {
	    {"gentlehup on\n", "olcGentleHUP", "TRUE|"},
	    {"gentlehup no\n", "olcGentleHUP", "FALSE|"},
	    {"threads 0x10\n", "olcThreads", "16|"},
	    {"loglevel stats 64\nloglevel ACL\n", "olcLogLevel", "stats|64|ACL|"},
	    {"pidfile /a\npidfile /b\n", "olcPidFile", "/b|"},
	    {"sizelimit 500\nsizelimit size.soft=10\n", "olcSizeLimit", "500 size.soft=10|"},
	    {"database mdb\nindex uid,mail eq,sub\n", "olcDbIndex", "uid eq,sub|mail eq,sub|"},
	    {"database mdb\nindex cn\n", "olcDbIndex", "cn|"},
	    {"database mdb\nsubordinate\n", "olcSubordinate", "TRUE|"},
	    {"database mdb\nsubordinate advertise\n", "olcSubordinate", "advertise|"},
	    {"database mdb\ndbnosync\n", "olcDbNoSync", "TRUE|"},
	    {"access to dn=\"cn=a b\"\n by * read\n", "olcAccess", "to \"dn=cn=a b\" by * read|"},
	    {"attributetype  ( 1.2  NAME 'x' )\n", "olcAttributeTypes", "( 1.2 NAME 'x' )|"},
	    {"modulepath /a\nmoduleload back_mdb\n", "olcModulePath", "/a|"},
	    {"database mdb\npidfile /late\n", "olcPidFile", "/late|"},
	    {"checkpoint 512 30\n", "olcDbCheckpoint", ""},
	    {"database mdb\ncheckpoint 512 30\n", "olcDbCheckpoint", "512 30|"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf_tree *t = NULL;
		struct errbuf e;
		char got[256];
		int code = confread_text(bv_str(cases[i].text), "t", &t, &e);

		if (code != 0 && cases[i].values[0] == 0)
			continue;
		assert_int_equal(code, 0);
		values_of(t, cases[i].olc, got, sizeof(got));
		if (strcmp(got, cases[i].values) != 0)
			fail_msg("%s: %s", cases[i].text, got);
		conf_tree_free(&t);
	}
}

/* Options before any database line go to the frontend when they may. */
static void
test_sections(void **state)
{
	struct conf_tree *t = NULL;
	struct errbuf e;
	char got[256];

	(void)state;
	assert_int_equal(confread_text(BV_LIT("access to * by * read\nsizelimit 7\n"
					      "database mdb\nsizelimit 8\n"
					      "database config\nrootpw x\n"
					      "database frontend\nlastmod off\n"),
			     "t", &t, &e),
	    0);
	struct conf_node *front = conftree_db(t, CONF_DB_FRONTEND);
	assert_int_equal(front->count, 3);
	assert_int_equal(conftree_db(t, CONF_DB_MDB)->count, 1);
	assert_int_equal(conftree_db(t, CONF_DB_CONFIG)->count, 2);
	values_of(t, "olcSizeLimit", got, sizeof(got));
	assert_string_equal(got, "7|8|");
	conf_tree_free(&t);
}

/* ---- files ---- */

static int
read_in(const char *folder, const char *name, struct conf_tree **t, struct errbuf *e)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return conf_read_file(path, t, e);
}

static void
test_include_defines_schema_entries(void **state)
{
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct errbuf e = {""};
	char main_text[512];

	(void)state;
	snprintf(main_text, sizeof(main_text),
	    "include %s/plain.conf\ninclude %s/my,site.schema\n"
	    "attributetype ( 1.2.3.2 NAME 'two' SUP name )\n",
	    folder, folder);
	case_file(folder, "slapd.conf", main_text);
	case_file(folder, "plain.conf", "threads 3\n");
	case_file(folder, "my,site.schema",
	    "attributetype ( 1.2.3.1 NAME 'one' SUP name )\n"
	    "objectclass ( 1.2.3.3 NAME 'three' SUP top AUXILIARY\n  MAY one )\n");
	assert_int_equal(read_in(folder, "slapd.conf", &t, &e), 0);
	const struct conf_node *n = t->schema->first;
	assert_non_null(n);
	assert_null(n->next);
	assert_string_equal((const char *)n->name.p, "{0}my_site");
	assert_int_equal(n->count, 2);
	assert_int_equal(t->root->count, 2);
	conf_tree_free(&t);
	case_remove(folder);
}

static void
test_include_errors_name_the_place(void **state)
{
	static const struct {
		const char *a, *b; /* contents; %s is the folder */
		const char *says;
	} cases[] = {
	    {"include %s/b\n", "\nbogusbogus x\n", "/b:2: unknown directive"},
	    {"\ninclude %s/nosuch\n", "", "/a:2: include: cannot open"},
	    {"include %s\n", "", "is a directory"},
	    {"include %s/a\n", "", "/a includes itself"},
	    {"include %s/b\n", "include %s/a\n", "/b:1: "},
	    {"include %s/b\n", "include %s/b\n", "/b includes itself"},
	    {"include\n", "", "/a:1: include: expected one file"},
	    {"include %s/b\nsuffix x\n", "database mdb\n", "/a:2: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *folder = case_folder();
		struct conf_tree *t = NULL;
		struct conf *c = NULL;
		struct errbuf e = {""};
		const char *const names[] = {"a", "b"};

		for (int k = 0; k < 2; k++) {
			const char *text = k == 0 ? cases[i].a : cases[i].b;
			const char *at = strstr(text, "%s");
			char out[256];
			snprintf(out, sizeof(out), "%.*s%s%s",
			    at == NULL ? (int)strlen(text) : (int)(at - text), text,
			    at == NULL ? "" : folder, at == NULL ? "" : at + 2);
			case_file(folder, names[k], out);
		}
		int code = read_in(folder, "a", &t, &e);
		if (code == 0)
			code = conf_build(&t, &c, &e);
		if (code == 0 || strstr(e.text, cases[i].says) == NULL)
			fail_msg("%s: %d %s", cases[i].says, code, e.text);
		conf_tree_free(&t);
		case_remove(folder);
	}
}

/* A chain of includes is bounded, and so is their number. */
static void
test_include_is_bounded(void **state)
{
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct errbuf e = {""};
	char name[32], text[128];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%d", i);
		snprintf(text, sizeof(text), "include %s/%d\n", folder, i + 1);
		case_file(folder, name, i < 19 ? text : "threads 1\n");
	}
	assert_int_not_equal(read_in(folder, "0", &t, &e), 0);
	assert_non_null(strstr(e.text, "16 deep"));
	assert_int_equal(read_in(folder, "4", &t, &e), 0);
	conf_tree_free(&t);

	char path[64];
	snprintf(path, sizeof(path), "%s/many", folder);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	for (int i = 0; i < 1100; i++)
		fprintf(f, "include %s/19\n", folder);
	fclose(f);
	assert_int_not_equal(read_in(folder, "many", &t, &e), 0);
	assert_non_null(strstr(e.text, "many:1025: "));
	case_remove(folder);
}

/* A password in a file that everybody may read is worth a warning; any other is not. */
static void
test_secrecy_warning(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		bool warned;
	} cases[] = {
	    {CASE_DB "rootpw x\n", 0644, true},
	    {CASE_DB "rootpw x\n", 0640, false},
	    {CASE_DB, 0644, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *folder = case_folder();
		struct conf_tree *t = NULL;
		struct conf *c = NULL;
		struct errbuf e = {""};
		char path[128];

		case_file(folder, "slapd.conf", cases[i].text);
		snprintf(path, sizeof(path), "%s/slapd.conf", folder);
		assert_int_equal(chmod(path, cases[i].mode), 0);
		assert_int_equal(conf_read_file(path, &t, &e), 0);
		assert_int_equal(conf_build(&t, &c, &e), 0);
		assert_int_equal(c->warning_count, cases[i].warned);
		conf_unref(&c);
		case_remove(folder);
	}
}

static void
test_read_missing_file(void **state)
{
	struct conf_tree *t = NULL;
	struct errbuf e = {""};

	(void)state;
	assert_int_equal(conf_read_file("/nonexistent/slapd.conf", &t, &e), ERR_IO);
	assert_non_null(strstr(e.text, "cannot open /nonexistent/slapd.conf"));
	assert_int_equal(conf_read_file("/tmp", &t, &e), ERR_CONFIG);
	assert_null(t);
}

/* A line of 300 000 bytes, and one folded 20 000 times. */
static void
test_long_lines(void **state)
{
	struct conf_tree *t = NULL;
	struct errbuf e = {""};
	struct buf text = {0};

	(void)state;
	buf_printf(&text, "access to * by * read");
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "\n by dn.exact=cn=%d write", i);
	buf_printf(&text, "\npidfile /");
	for (int i = 0; i < 300000; i++)
		buf_put_byte(&text, 'x');
	assert_int_equal(confread_text(buf_bv(&text), "t", &t, &e), 0);
	conf_tree_free(&t);
	buf_done(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read_refuses),
	    cmocka_unit_test(test_errors_hold_no_secret),
	    cmocka_unit_test(test_lines_become_values),
	    cmocka_unit_test(test_sections),
	    cmocka_unit_test(test_include_defines_schema_entries),
	    cmocka_unit_test(test_include_errors_name_the_place),
	    cmocka_unit_test(test_include_is_bounded),
	    cmocka_unit_test(test_secrecy_warning),
	    cmocka_unit_test(test_read_missing_file),
	    cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
