#include "confcase.h"
#include <sys/stat.h>
#include "config/confload.h"

/*
 * slapd.d: what we write reads back the same, what OpenLDAP writes is read, and OpenLDAP
 * reads what we write (the last two where Debian's slapd package is installed).
 */

static const char everything[] =
    "pidfile /run/p\nloglevel stats config\nthreads 7\nallow bind_v2\nserverID 3\n"
    "moduleload back_mdb\nmodulepath /x\nmoduleload back_monitor\n"
    "attributetype ( 1.2.3.1 NAME 'one' DESC 'Une description accentu\xc3\xa9"
    "e' SUP name )\n"
    "objectidentifier own 1.2.3\nobjectclass ( own:3 NAME 'three' SUP top AUXILIARY MAY one )\n"
    "sizelimit size.soft=3 size.hard=9\nbackend mdb\nidlexp 18\n"
    "database config\nrootpw {SSHA}abc\n"
    "database mdb\nsuffix cn=one\nrootdn cn=admin,cn=one\n"
    "rootpw \" leading and trailing \"\ndirectory \"/a directory\"\nindex cn,uid pres,eq\n"
    "access to dn.base=\"cn=a b\" by * none\naccess to * by self write by * read\n"
    "limits dn=\"cn=x y\" size=3\nreadonly on\n"
    "database mdb\nsuffix cn=two,cn=one\ndirectory /b\nsubordinate\n"
    "database mdb\nsuffix cn=three\ndirectory /c\ndatabase mdb\nsuffix cn=4\ndirectory /d\n"
    "database mdb\nsuffix cn=5\ndirectory /e\ndatabase mdb\nsuffix cn=6\ndirectory /f\n"
    "database mdb\nsuffix cn=7\ndirectory /g\ndatabase mdb\nsuffix cn=8\ndirectory /h\n"
    "database mdb\nsuffix cn=9\ndirectory /i\ndatabase mdb\nsuffix cn=10\ndirectory /j\n"
    "database mdb\nsuffix cn=11\ndirectory /k\ndatabase monitor\n";

/* A tree, written and read, is the same tree. */
static void
assert_survives(const struct conf_tree *t)
{
	const char *folder = case_folder();
	struct conf_tree *back = NULL;
	struct buf before = {0}, after = {0};
	struct errbuf e = {""};

	if (conf_write_dir(t, folder, &e) != 0 || conf_read_dir(folder, &back, &e) != 0)
		fail_msg("%s", e.text);
	case_dump(t, &before);
	case_dump(back, &after);
	if (!bv_eq(buf_bv(&before), buf_bv(&after)))
		fail_msg("before:\n%.*s\nafter:\n%.*s", BV(buf_bv(&before)), BV(buf_bv(&after)));
	buf_done(&before);
	buf_done(&after);
	conf_tree_free(&back);
	case_remove(folder);
}

static void
test_written_tree_reads_back(void **state)
{
	struct conf_tree *t = NULL;
	struct errbuf e;

	(void)state;
	assert_int_equal(confread_text(bv_str(everything), "t.conf", &t, &e), 0);
	assert_survives(t);
	conf_tree_free(&t);
}

/* Both readers lead to the same snapshot. */
static void
test_both_readers_build_the_same(void **state)
{
	const char *folder = case_folder();
	struct conf *x = case_good(everything), *y = NULL;
	struct conf_tree *t = NULL;
	struct errbuf e = {""};

	(void)state;
	assert_int_equal(conf_write_dir(x->tree, folder, &e), 0);
	assert_int_equal(conf_read_dir(folder, &t, &e), 0);
	if (conf_build(&t, &y, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(x->db_count, y->db_count);
	for (size_t i = 0; i < x->db_count; i++) {
		assert_true(bv_eq(x->dbs[i].name, y->dbs[i].name));
		assert_true(bv_eq(x->dbs[i].rootpw, y->dbs[i].rootpw));
		assert_true(bv_eq(x->dbs[i].directory, y->dbs[i].directory));
		assert_int_equal(x->dbs[i].suffix_count, y->dbs[i].suffix_count);
		assert_int_equal(x->dbs[i].index_count, y->dbs[i].index_count);
		assert_int_equal(x->dbs[i].access_count, y->dbs[i].access_count);
	}
	assert_int_equal(x->limits.size_hard, y->limits.size_hard);
	assert_int_equal(x->entry_count, y->entry_count);
	conf_unref(&x);
	conf_unref(&y);
	case_remove(folder);
}

static void
assert_mode(const char *folder, const char *name, unsigned mode)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(stat(path, &st), 0);
	if ((st.st_mode & 0777) != mode)
		fail_msg("%s: %o", name, (unsigned)st.st_mode & 0777);
}

static void
test_write_modes_and_refusals(void **state)
{
	const char *folder = case_folder();
	char inner[128];
	struct conf *c = case_good("");
	struct errbuf e = {""};

	(void)state;
	snprintf(inner, sizeof(inner), "%s/new", folder);
	assert_int_equal(conf_write_dir(c->tree, inner, &e), 0);
	assert_mode(folder, "new", 0750);
	assert_mode(inner, "cn=config", 0750);
	assert_mode(inner, "cn=config.ldif", 0600);
	assert_mode(inner, "cn=config/olcDatabase={-1}frontend.ldif", 0600);
	assert_int_equal(conf_write_dir(c->tree, inner, &e), ERR_EXISTS);
	assert_non_null(strstr(e.text, "is not empty"));
	assert_int_equal(conf_write_dir(c->tree, "/nonexistent/a/b", &e), ERR_IO);
	assert_mode(inner, "cn=config/cn=schema.ldif", 0600);
	case_file(folder, "plain", "x");
	snprintf(inner, sizeof(inner), "%s/plain", folder);
	assert_int_equal(conf_write_dir(c->tree, inner, &e), ERR_IO);
	conf_unref(&c);
	case_remove(folder);
}

/* Passwords are never written in the clear. */
static void
test_dump_hides_secrets(void **state)
{
	struct conf *c = case_good(CASE_DB "rootpw hushhush\n");
	struct buf out = {0};

	(void)state;
	case_dump(c->tree, &out);
	buf_put_byte(&out, 0);
	assert_null(strstr((const char *)out.p, "hushhush"));
	assert_non_null(strstr((const char *)out.p, "olcRootPW:: aHVzaGh1c2g="));
	buf_done(&out);
	conf_unref(&c);
}

/* ---- hostile folders ---- */

#define TOP "dn: cn=config\nobjectClass: olcGlobal\ncn: config\n"
#define DB(n, more) "dn: olcDatabase=" n "\nolcDatabase: " n "\n" more

/* Returns the name of the file for an entry, or another when it cannot be one. */
static const char *
child_name(const char *text)
{
	static char name[64];

	if (sscanf(text, "dn: %50[^\n]", name) != 1 || strchr(name, '/') != NULL)
		return "child.ldif";
	return strcat(name, ".ldif");
}

static void
test_read_refuses(void **state)
{
	static const struct {
		const char *top;   /* cn=config.ldif; NULL: none */
		const char *child; /* a file below cn=config; NULL: none */
		const char *says;
	} cases[] = {
	    {NULL, NULL, "there is no cn=config.ldif"},
	    {"", NULL, "does not hold an entry"},
	    {"nonsense\n", NULL, "cn=config.ldif:1"},
	    {"dn: cn=other\ncn: other\n", NULL, "the entry is not cn=config"},
	    {"dn: cn=config\nchangetype: delete\n", NULL, "entries are needed"},
	    {TOP "olcPidFle: /x\n", NULL, "unknown attribute olcPidFle; did you mean olcPidFile?"},
	    {TOP "olcPidFile:: L3gAeQ==\n", NULL, "olcPidFile holds a NUL byte"},
	    {TOP "whatever: /x\n", NULL, "unknown attribute whatever"},
	    {TOP "olcSuffix: cn=x\n", NULL, "olcSuffix does not belong in entry cn=config"},
	    {TOP "olcPidFile: /x\nolcPidFile: /y\n", NULL, "olcPidFile has more than one value"},
	    {TOP "olcThreads: many\n", NULL, "\"many\" is not 0 to 1024 threads"},
	    {TOP, DB("{1}hdb", ""), "use mdb"},
	    {TOP, DB("mdb", ""), "lacks its {number}"},
	    {TOP, DB("{0}mdb", ""), "config {0}"},
	    {TOP, DB("{5}config", ""), "config {0}"},
	    {TOP, DB("{1}mdb", ""), "needs a suffix"},
	    {TOP, DB("{1}mdb", "olcDbDirectory: /x\nolcSuffix: zz\n"), "not a DN"},
	    {TOP, DB("{1}m/../db", ""), "holds a character"},
	    {TOP, "dn: olcOverlay={0}ppolicy\n", "overlay {0}ppolicy is not built in"},
	    {TOP, "dn: cn=foo\n", "cn=foo is not known"},
	    {TOP "olcPidFile: /x\nolcInclude: /y\n", NULL,
		"cn=config.ldif:5: olcInclude is refused"},
	    {TOP "olcPidFle: /x\n", NULL, "cn=config.ldif:4: unknown"},
	    {TOP, "dn: olcBackend={0}ldap\n", "backend ldap is not built in"},
	    {TOP, "dn: ou=x\n", "entry ou=x is not known"},
	    {TOP, "dn: cn\n", "the entry has no name"},
	    {TOP, "dn: cn=schema\nolcObjectClasses: {0}nonsense\n", "cn=schema.ldif:2"},
	    {TOP, "dn: cn=module{0}\nolcModuleLoad: {0}syncprov\n", "syncprov is not built in"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *folder = case_folder();
		char path[128];
		struct conf_tree *t = NULL;
		struct conf *c = NULL;
		struct errbuf e = {""};

		snprintf(path, sizeof(path), "%s/cn=config", folder);
		assert_int_equal(mkdir(path, 0700), 0);
		if (cases[i].top != NULL)
			case_file(folder, "cn=config.ldif", cases[i].top);
		if (cases[i].child != NULL)
			case_file(path, child_name(cases[i].child), cases[i].child);
		int code = conf_read_dir(folder, &t, &e);
		if (code == 0)
			code = conf_build(&t, &c, &e);
		if (code == 0 || strstr(e.text, cases[i].says) == NULL)
			fail_msg("%s: %d %s", cases[i].says, code, e.text);
		conf_tree_free(&t);
		case_remove(folder);
	}
}

/* Ordered values come in the order of their numbers, whatever the file's; others keep the file's.
 */
static void
test_ordered_values(void **state)
{
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct conf *c = NULL;
	struct errbuf e = {""};
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/cn=config", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	case_file(folder, "cn=config.ldif", TOP);
	case_file(path, "olcDatabase={1}mdb.ldif",
	    DB("{1}mdb", "olcDbDirectory: /x\nolcSuffix: cn=x\n"
			 "olcAccess: {10}to * by dn=c read\nolcAccess: {2}to * by dn=b read\n"
			 "olcAccess: {0}to * by dn=a read\n"));
	assert_int_equal(conf_read_dir(folder, &t, &e), 0);
	if (conf_build(&t, &c, &e) != 0)
		fail_msg("%s", e.text);
	const struct conf_db *db = &c->dbs[2];
	assert_int_equal(db->access_count, 3);
	assert_true(bv_is(db->access[0], "to * by dn=a read"));
	assert_true(bv_is(db->access[2], "to * by dn=c read"));
	conf_unref(&c);
	case_remove(folder);
}

/* ---- beside OpenLDAP ---- */

static const char shared[] =
    "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
    "include /etc/ldap/schema/nis.schema\ninclude /etc/ldap/schema/inetorgperson.schema\n"
    "pidfile /tmp/p\nloglevel stats\nmoduleload back_mdb\nsizelimit 50\n"
    "database mdb\nsuffix dc=falcot,dc=com\nrootdn cn=admin,dc=falcot,dc=com\nrootpw secret\n"
    "directory %s/db\nindex uid,mail eq,sub\nindex cn pres,eq\nmaxsize 1073741824\n"
    "access to attrs=userPassword by self write by anonymous auth by * none\n"
    "access to * by * read\n";

/* Writes the shared slapd.conf and makes the folders d and db. */
static void
prepare(const char *folder)
{
	char text[2048], path[128];

	snprintf(text, sizeof(text), shared, folder);
	case_file(folder, "slapd.conf", text);
	snprintf(path, sizeof(path), "%s/d", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/db", folder);
	assert_int_equal(mkdir(path, 0700), 0);
}

static bool
run(const char *folder, const char *what)
{
	char command[2048];

	snprintf(command, sizeof(command), "cd %s && %s", folder, what);
	return system(command) == 0;
}

/* The configuration that Debian's package makes when it is installed, from the package's own
 * template. */
static void
test_debian_folder_is_read(void **state)
{
	static const char make[] =
	    "sed -e 's/@SUFFIX@/dc=falcot,dc=com/g' -e 's/@PASSWORD@/secret/g' "
	    "-e \"s#/var/lib/ldap#$PWD/db#\" /usr/share/slapd/slapd.init.ldif >init.ldif && "
	    "/usr/sbin/slapadd -F d -b cn=config -l init.ldif >out 2>&1";
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct conf *c = NULL;
	struct errbuf e = {""};
	char path[128];

	(void)state;
	prepare(folder);
	if (access("/usr/sbin/slapadd", X_OK) != 0) {
		case_remove(folder);
		print_message("skipped: Debian's slapd package is not installed\n");
		skip();
	}
	if (!run(folder, make))
		fail_msg("Debian's slapadd refuses its own template; see %s/out", folder);
	snprintf(path, sizeof(path), "%s/d", folder);
	if (conf_read_dir(path, &t, &e) != 0)
		fail_msg("%s", e.text);
	assert_survives(t);
	if (conf_build(&t, &c, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(c->db_count, 3);
	assert_int_equal(c->dbs[2].access_count, 3);
	assert_true(bv_is(c->dbs[2].suffixes[0].normal, "dc=falcot,dc=com"));
	conf_unref(&c);
	case_remove(folder);
}

/* What OpenLDAP's slaptest makes of a slapd.conf is the snapshot that we make of it. */
static void
test_slaptest_output_is_read(void **state)
{
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct conf *c = NULL;
	struct errbuf e = {""};
	char path[128];

	(void)state;
	prepare(folder);
	if (access("/usr/sbin/slaptest", X_OK) != 0 ||
	    !run(folder,
		"/usr/sbin/slaptest -f slapd.conf -F d >out 2>&1; test -s d/cn=config.ldif")) {
		case_remove(folder);
		print_message("skipped: Debian's slaptest is not installed or refuses\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/d", folder);
	if (conf_read_dir(path, &t, &e) != 0)
		fail_msg("%s", e.text);
	assert_survives(t);
	if (conf_build(&t, &c, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(c->db_count, 3);
	assert_int_equal(c->limits.size_soft, 50);
	assert_int_equal(c->dbs[2].index_count, 3);
	assert_int_equal(c->dbs[2].access_count, 2);
	assert_true(bv_is(c->dbs[2].rootpw, "secret"));
	conf_unref(&c);
	case_remove(folder);
}

/* Several databases, monitor, modules and schema of one's own, changed by OpenLDAP's tools. */
static void
test_slapmodify_output_is_read(void **state)
{
	static const char make[] =
	    "mkdir b c; cat > more.conf <<E\nmoduleload back_monitor\ndatabase mdb\nsuffix dc=b\n"
	    "directory ./b\ndatabase monitor\ndatabase mdb\nsuffix dc=c\ndirectory ./c\nE\n"
	    "sed -i 's,^moduleload.*,modulepath /usr/lib/ldap\\n&,' slapd.conf; cat more.conf >> "
	    "slapd.conf; "
	    "/usr/sbin/slaptest -f slapd.conf -F d >out 2>&1; test -s d/cn=config.ldif";
	static const char change[] =
	    "/usr/sbin/slapmodify -n 0 -F d >out 2>&1 <<E\n"
	    "dn: cn=own,cn=schema,cn=config\nchangetype: add\nobjectClass: olcSchemaConfig\n"
	    "olcAttributeTypes: ( 1.2.3.1 NAME 'one' SUP name )\n\n"
	    "dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\nadd: olcAccess\n"
	    "olcAccess: {0}to attrs=one by * none\n-\nadd: olcLimits\nolcLimits: users size=3\n\n"
	    "dn: cn=include{0},cn=config\nchangetype: add\nobjectClass: olcIncludeFile\n"
	    "olcInclude: /dev/null\nE\ntrue";
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct conf *c = NULL;
	struct errbuf e = {""};
	char path[128];

	(void)state;
	prepare(folder);
	if (access("/usr/sbin/slapmodify", X_OK) != 0 || !run(folder, make) ||
	    !run(folder, change)) {
		case_remove(folder);
		print_message("skipped: Debian's slapd is not installed or refuses\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/d", folder);
	if (conf_read_dir(path, &t, &e) != 0)
		fail_msg("%s", e.text);
	assert_survives(t);
	if (conf_build(&t, &c, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(c->db_count, 6);
	assert_int_equal(c->dbs[4].type, CONF_DB_MONITOR);
	assert_int_equal(c->dbs[2].access_count, 3);
	assert_true(bv_is(c->dbs[2].access[0], "to attrs=one by * none"));
	assert_int_equal(c->dbs[2].limit_line_count, 1);
	conf_unref(&c);
	case_remove(folder);
}

/* ---- one LDIF ---- */

#define BELOW "dn: olcDatabase={1}mdb,cn=config\nolcDbDirectory: /x\nolcSuffix: cn=x\n"

static struct conf_tree *
load(const char *text, struct errbuf *e)
{
	struct conf_tree *t = NULL;
	char *copy = strdup(text);
	FILE *f = fmemopen(copy, strlen(copy), "r");

	int code = confload_ldif(f, "all.ldif", &t, e);
	assert_int_equal(code == 0, t != NULL);
	fclose(f);
	free(copy);
	return t;
}

/* Superiors may come later; lines are those of the records. */
static void
test_ldif_in_any_order(void **state)
{
	struct errbuf e = {""};
	struct conf_tree *t = load(
	    BELOW "\ndn: cn={1}b,cn=schema,cn=config\n\n" TOP "\ndn: cn=Schema , CN=config\n", &e);

	(void)state;
	if (t == NULL) {
		fail_msg("%s", e.text);
		abort();
	}
	assert_int_equal(conftree_db(t, CONF_DB_MDB)->line, 1);
	assert_int_equal(t->schema->first->line, 5);
	assert_survives(t);
	conf_tree_free(&t);
}

static void
test_ldif_refuses(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
	    {"", "all.ldif holds no entry cn=config"},
	    {BELOW, "all.ldif holds no entry cn=config"},
	    {"dn: dc=x\n", "all.ldif:1: dn: dc=x: not the name"},
	    {TOP "\ndn: dc=x\n", "not the name of an entry under cn=config"},
	    {TOP "\n" TOP, "all.ldif:5: dn: cn=config: the entry comes twice"},
	    {TOP "\n" BELOW "\n" BELOW, "all.ldif:9"},
	    {TOP "\ndn: cn=a,cn=b,cn=config\n", "there is no entry cn=b"},
	    {TOP "\ndn: cn=a,cn=b,cn=c,cn=d,cn=e,cn=f,cn=g,cn=h,cn=config\n", "not the name"},
	    {TOP "\ndn: cn=../x,cn=config\n", "holds a character"},
	    {TOP "olcNoSuch: x\n", "unknown attribute"},
	    {TOP "\ndn: cn=x\nchangetype: delete\n", "not the name"},
	    {TOP "\n" BELOW "changetype: delete\n", "all.ldif"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct errbuf e = {""};
		struct conf_tree *t = load(cases[i].text, &e);
		if (t != NULL || strstr(e.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].says, e.text);
	}
}

/* A file must be named after its entry: a change would write to another one. */
static void
test_misnamed_file(void **state)
{
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct errbuf e = {""};
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/cn=config", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	case_file(folder, "cn=config.ldif", TOP);
	case_file(path, "olcDatabase={2}mdb.ldif", DB("{1}mdb", ""));
	assert_int_not_equal(conf_read_dir(folder, &t, &e), 0);
	assert_non_null(strstr(e.text, "whose file is named olcDatabase={1}mdb.ldif"));
	case_remove(folder);
}

static void
test_slaptest_reads_what_we_write(void **state)
{
	const char *folder = case_folder();
	struct conf_tree *t = NULL;
	struct errbuf e = {""};
	char path[128];

	(void)state;
	if (access("/usr/sbin/slaptest", X_OK) != 0 ||
	    access("/etc/ldap/schema/core.schema", R_OK) != 0) {
		case_remove(folder);
		print_message("skipped: Debian's slaptest is not installed or refuses\n");
		skip();
	}
	prepare(folder);
	snprintf(path, sizeof(path), "%s/slapd.conf", folder);
	if (conf_read_file(path, &t, &e) != 0)
		fail_msg("%s", e.text);
	assert_survives(t);
	snprintf(path, sizeof(path), "%s/d", folder);
	assert_int_equal(conf_write_dir(t, path, &e), 0);
	if (!run(folder, "/usr/sbin/slaptest -u -F d >out 2>&1"))
		fail_msg("slaptest refuses %s", folder);
	conf_tree_free(&t);
	case_remove(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_written_tree_reads_back),
	    cmocka_unit_test(test_both_readers_build_the_same),
	    cmocka_unit_test(test_write_modes_and_refusals),
	    cmocka_unit_test(test_dump_hides_secrets),
	    cmocka_unit_test(test_read_refuses),
	    cmocka_unit_test(test_ordered_values),
	    cmocka_unit_test(test_debian_folder_is_read),
	    cmocka_unit_test(test_slaptest_output_is_read),
	    cmocka_unit_test(test_slapmodify_output_is_read),
	    cmocka_unit_test(test_ldif_in_any_order),
	    cmocka_unit_test(test_ldif_refuses),
	    cmocka_unit_test(test_misnamed_file),
	    cmocka_unit_test(test_slaptest_reads_what_we_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
