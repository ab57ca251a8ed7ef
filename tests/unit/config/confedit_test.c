/* Changes of the cn=config tree: what each operation does, and what each mistake is told. */
#include "config/confedit.h"

#include "config/conftree.h"
#include "model/schema.h"
#include "tests/unit/config/confcase.h"
#include "wire/ldap.h"
#include "wire/ldif.h"

static struct conf *base;

/* Three databases, a module list, two schema entries (tree built from pieces). */
static const char conf_text[] = "attributeoptions lang-\nthreads 4\nmoduleload back_mdb\n"
				"database config\nrootpw secret\n"
				"database mdb\nsuffix cn=one\nrootdn cn=admin,cn=one\nrootpw hush\n"
				"directory /one\nindex objectClass eq\nindex cn,uid eq,sub\n"
				"access to attrs=userPassword by self write by * auth\n"
				"access to *  by * read\n"
				"database mdb\nsuffix cn=two\ndirectory /two\n"
				"database mdb\nsuffix cn=three\ndirectory /three\n";

#define S "cn=schema,cn=config"
#define ONE "olcDatabase={1}mdb,cn=config"
#define TYPE(n) "( 1.2.3." #n " NAME 'type" #n "' SUP name )"

static int
set_up(void **state)
{
	(void)state;
	base = case_good(conf_text);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	conf_unref(&base);
	return 0;
}

/* Applies LDIF records to a tree; returns the first code that is not 0. */
static int
apply(struct conf_tree *t, const char *ldif, struct errbuf *e)
{
	struct arena *a = arena_new(0);
	struct confedit_by by = {base->schema, a, BV_LIT("cn=tester"), 7, false};
	char *copy = arena_str(a, bv_str(ldif));
	FILE *f = fmemopen(copy, strlen(copy), "r");
	struct ldif_reader *r = ldif_reader_new(f, "t", 0);
	struct ldif_record rec;
	int code = 0, got;

	while (code == 0 && (got = ldif_next(r, a, &rec, e)) != 0) {
		if (got < 0)
			fail_msg("%s", e->text);
		code = confedit_record(t, &by, &rec, e);
	}
	ldif_reader_free(&r);
	fclose(f);
	arena_free(&a);
	return code;
}

/* Returns the tree's dump without operational attributes, terminated. */
static void
show(const struct conf_tree *t, struct buf *out)
{
	case_dump(t, out);
	buf_put_byte(out, 0);
}

struct good {
	const char *name;
	const char *ldif;
	const char *shows[4]; /* parts of the dump, in this order */
	const char *hides;    /* not in the dump */
};

#define MODIFY(dn) "dn: " dn "\nchangetype: modify\n"
#define ADD(dn, class) "dn: " dn "\nchangetype: add\nobjectClass: " class "\n"
#define DB(dn, suffix)                                                                             \
	ADD(dn, "olcMdbConfig") "olcSuffix: " suffix "\nolcDbDirectory: /" suffix "\n"

static const struct good goods[] = {
    {"append", MODIFY(ONE) "add: olcAccess\nolcAccess: to dn=x by * read\n",
	{"{0}to attrs", "{1}to *", "olcAccess: {2}to dn=x by * read"}, NULL},
    {"insert", MODIFY(ONE) "add: olcAccess\nolcAccess: {0}to dn=x by * read\n",
	{"{0}to dn=x", "{1}to attrs", "{2}to *"}, NULL},
    {"behind the end", MODIFY(ONE) "add: olcAccess\nolcAccess: {99}to dn=x by * read\n",
	{"{0}to attrs", "{1}to *", "{2}to dn=x"}, NULL},
    {"-1 appends", MODIFY(ONE) "add: olcAccess\nolcAccess: {-1}to dn=x by * read\n",
	{"{1}to *", "{2}to dn=x"}, NULL},
    {"two at one place",
	MODIFY(ONE) "add: olcAccess\nolcAccess: {1}to dn=x by * read\nolcAccess: {1}to dn=y by * "
		    "read\n",
	{"{0}to attrs", "{1}to dn=y", "{2}to dn=x", "{3}to *"}, NULL},
    {"delete by number", MODIFY(ONE) "delete: olcAccess\nolcAccess: {0}\n", {"{0}to *"},
	"attrs=userPassword"},
    {"delete by value", MODIFY(ONE) "delete: olcAccess\nolcAccess: to * by * read\n",
	{"{0}to attrs"}, "{1}to *"},
    {"delete by both", MODIFY(ONE) "delete: olcAccess\nolcAccess: {1}to * by * read\n",
	{"{0}to attrs"}, "{1}to *"},
    {"numbers count as before", MODIFY(ONE) "delete: olcAccess\nolcAccess: {0}\nolcAccess: {1}\n",
	{"olcDbDirectory: /one"}, "olcAccess"},
    {"replace",
	MODIFY(
	    ONE) "replace: olcAccess\nolcAccess: {5}to dn=x by * read\nolcAccess: to * by * none\n",
	{"{0}to dn=x", "{1}to * by * none"}, "attrs="},
    {"replace backwards",
	MODIFY(ONE) "replace: olcAccess\nolcAccess: {1}to dn=x by * read\nolcAccess: {0}to dn=y by "
		    "* none\n",
	{"{0}to dn=y", "{1}to dn=x"}, "attrs="},
    {"replace by nothing", MODIFY(ONE) "replace: olcAccess\n", {"olcDbDirectory: /one"},
	"olcAccess"},
    {"replace nothing by nothing", MODIFY(ONE) "replace: olcReadOnly\n", {"/one"}, "olcReadOnly"},
    {"delete all", MODIFY(ONE) "delete: olcAccess\n", {"/one"}, "olcAccess"},
    {"move by adding first",
	MODIFY(ONE) "add: olcAccess\nolcAccess: {0}to * by * read\n-\ndelete: olcAccess\n"
		    "olcAccess: {2}to * by * read\n",
	{"{0}to * by", "{1}to attrs"}, "{2}to"},
    {"add then delete a single value",
	MODIFY(ONE) "replace: olcReadOnly\nolcReadOnly: FALSE\n-\nadd: olcReadOnly\nolcReadOnly: "
		    "TRUE\n-\n"
		    "delete: olcReadOnly\nolcReadOnly: FALSE\n",
	{"olcReadOnly: TRUE"}, "olcReadOnly: FALSE"},
    {"by OID",
	MODIFY("cn=config") "replace: 1.3.6.1.4.1.4203.1.12.2.3.0.66\n"
			    "1.3.6.1.4.1.4203.1.12.2.3.0.66: 8\n",
	{"olcThreads: 8"}, NULL},
    {"any case", MODIFY("CN=Config") "replace: OLCTHREADS\nOLCTHREADS: 8\n", {"olcThreads: 8"},
	NULL},
    {"stamps", MODIFY("cn=config") "replace: olcThreads\nolcThreads: 8\n",
	{"creatorsName: cn=config", "modifiersName: cn=tester"}, NULL},
    {"same classes",
	MODIFY(ONE) "replace: objectClass\nobjectClass: olcMdbConfig\nobjectClass: "
		    "olcDatabaseConfig\n",
	{"/one"}, NULL},
    {"database", DB("olcDatabase=mdb,cn=config", "cn=new"),
	{"{3}mdb", "dn: olcDatabase={4}mdb", "olcSuffix: cn=new"}, NULL},
    {"database in front", DB("olcDatabase={1}mdb,cn=config", "cn=new"),
	{"{1}mdb", "cn=new", "{2}mdb", "cn=one"}, NULL},
    {"database far behind", DB("olcDatabase={9}mdb,cn=config", "cn=new"),
	{"dn: olcDatabase={4}mdb"}, "{9}"},
    {"database with its name", DB("olcDatabase=mdb,cn=config", "cn=new") "olcDatabase: mdb\n",
	{"{4}mdb"}, NULL},
    {"database with access",
	DB("olcDatabase=mdb,cn=config",
	    "cn=new") "olcAccess: {1}to * by * read\nolcAccess: {0}to dn=q "
		      "by * none\n",
	{"{4}mdb", "{0}to dn=q", "{1}to *"}, NULL},
    {"monitor", ADD("olcDatabase=monitor,cn=config", "olcDatabaseConfig"), {"{4}monitor"}, NULL},
    {"backend", ADD("olcBackend=mdb,cn=config", "olcMdbBkConfig"), {"olcBackend={0}mdb"}, NULL},
    {"module list", ADD("cn=module,cn=config", "olcModuleList") "olcModuleLoad: back_monitor\n",
	{"module{0}", "cn=module{1}", "{0}back_monitor"}, NULL},
    {"schema", ADD("cn=new," S, "olcSchemaConfig") "olcAttributeTypes: " TYPE(1) "\n",
	{"dn: cn={0}new", "olcAttributeTypes: {0}( 1.2.3.1"}, NULL},
    {"schema before another",
	ADD("cn=bee," S, "olcSchemaConfig") "\n" ADD("cn={0}a," S, "olcSchemaConfig"),
	{"cn={0}a", "cn={1}bee"}, NULL},
    {"delete a database", "dn: " ONE "\nchangetype: delete\n",
	{"olcDatabase={1}mdb", "cn=two", "olcDatabase={2}mdb", "cn=three"}, "cn=one"},
    {"delete a module list", "dn: cn=module{0},cn=config\nchangetype: delete\n", {"cn=schema"},
	"module"},
    {"delete schema",
	ADD("cn=bee," S, "olcSchemaConfig") "\ndn: cn={0}bee," S "\nchangetype: delete\n",
	{"cn=schema"}, "{0}bee"},
    {"move back", "dn: " ONE "\nchangetype: modrdn\nnewrdn: olcDatabase={3}mdb\ndeleteoldrdn: 1\n",
	{"{1}mdb", "cn=two", "cn=three", "cn=one"}, NULL},
    {"move forward",
	"dn: olcDatabase={3}mdb,cn=config\nchangetype: modrdn\nnewrdn: "
	"olcDatabase={1}mdb\ndeleteoldrdn: 0\n",
	{"{1}mdb", "cn=three", "cn=one", "cn=two"}, NULL},
    {"move too far",
	"dn: " ONE "\nchangetype: modrdn\nnewrdn: olcDatabase={7}mdb\ndeleteoldrdn: 1\n",
	{"cn=three", "olcDatabase={3}mdb", "cn=one"}, "{7}"},
    {"move nowhere",
	"dn: " ONE "\nchangetype: modrdn\nnewrdn: olcDatabase={1}mdb\ndeleteoldrdn: 1\n",
	{"{1}mdb", "cn=one", "cn=two"}, NULL},
    {"rename schema",
	ADD("cn=bee," S, "olcSchemaConfig") "\ndn: cn={0}bee," S
					    "\nchangetype: modrdn\nnewrdn: cn=c\ndeleteoldrdn: 1\n",
	{"cn={0}c"}, "{0}bee"},
};

static void
check_good(const struct good *g)
{
	struct conf_tree *t = confedit_copy(base->tree);
	struct errbuf e = {""};
	struct buf out = {0};
	size_t at = 0;

	int code = apply(t, g->ldif, &e);
	if (code != 0)
		fail_msg("%s: %d %s", g->name, code, e.text);
	show(t, &out);
	for (size_t i = 0; i < 4 && g->shows[i] != NULL; i++) {
		const char *found = strstr((const char *)out.p + at, g->shows[i]);
		if (found == NULL) {
			fail_msg("%s: no \"%s\" in\n%s", g->name, g->shows[i], (const char *)out.p);
			abort();
		}
		at = (size_t)(found - (const char *)out.p);
	}
	if (g->hides != NULL) {
		const char *found = strstr((const char *)out.p, g->hides);
		if (found != NULL && strncmp(found, "{0}config", 9) != 0)
			fail_msg("%s: \"%s\" in\n%s", g->name, g->hides, (const char *)out.p);
	}
	buf_done(&out);
	conf_tree_free(&t);
}

static void
test_edit_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++)
		check_good(&goods[i]);
}

/* What is done builds, and the new snapshot shares the schema unless that was changed. */
static void
test_edit_builds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		struct conf_tree *t = confedit_copy(base->tree);
		struct conf *c = NULL;
		struct errbuf e = {""};
		assert_int_equal(apply(t, goods[i].ldif, &e), 0);
		if (conf_build_next(&t, base, &c, &e) != 0)
			fail_msg("%s: %s", goods[i].name, e.text);
		bool defines = strstr(goods[i].ldif, "olcAttributeTypes") != NULL;
		assert_int_equal(c->schema == base->schema, !defines);
		conf_unref(&c);
	}
}

struct bad {
	const char *ldif;
	int code;
	const char *says;
};

static const struct bad bads[] = {
    {MODIFY(ONE) "add: olcAccess\nolcAccess: to *    by * read\n", 20,
	"modify/add: olcAccess: value #0 already exists"},
    {MODIFY(ONE) "add: olcAccess\nolcAccess: to dn=x by * read\nolcAccess: {0}to dn=x by * read\n",
	20, "value #0 provided more than once"},
    {MODIFY(ONE) "add: olcAccess\nolcAccess: {0}to * by * read\n", 20,
	"value {2} already exists as {0}; delete it there"},
    {MODIFY(ONE) "add: olcAccess\nolcAccess: {1}to * by * read\n", 20, "#0 already exists"},
    {MODIFY(ONE) "add: olcAccess\nolcAccess: {x}to * by * read\n", 21, "begin with {n}"},
    {MODIFY(ONE) "add: olcAccess\nolcAccess: {12345}to * by * read\n", 21, "begin with {n}"},
    {MODIFY(ONE) "add: olcAccess\nolcAccess: {0}\n", 21, "olcAccess: value #0 invalid per syntax"},
    {MODIFY(ONE) "delete: olcAccess\nolcAccess: {2}\n", 16,
	"modify/delete: olcAccess: no such value: \"{2}\"; there are 2"},
    {MODIFY(ONE) "delete: olcAccess\nolcAccess: {0}to * by * read\n", 16,
	"this one is {1}, not {0}"},
    {MODIFY(ONE) "delete: olcAccess\nolcAccess: to wrong\n", 16, "no such value"},
    {MODIFY(ONE) "delete: olcAccess\nolcAccess: {0}\nolcAccess: {0}\n", 20, "as before the change"},
    {MODIFY(ONE) "delete: olcReadOnly\n", 16, "olcReadOnly: no such attribute in " ONE},
    {MODIFY(ONE) "delete: olcDbIndex\nolcDbIndex: mail eq\n", 16, "no such value: \"mail eq\""},
    {MODIFY(ONE) "delete: olcDbDirectory\n", 65, "requires attribute 'olcDbDirectory'"},
    {MODIFY(ONE) "replace: olcReadOnly\nolcReadOnly: maybe\n", 21,
	"olcReadOnly: value #0 invalid per syntax: \"maybe\"; expected TRUE or FALSE"},
    {MODIFY(ONE) "replace: olcReadOnly\nolcReadOnly: TRUE\nolcReadOnly: FALSE\n", 19,
	"multiple values provided"},
    {MODIFY(ONE) "add: olcSuffix\nolcSuffix: zz\n", 21, "expected a distinguished name"},
    {MODIFY(ONE) "replace: olcRootDN\nolcRootDN: zz\n", 21, "\"zz\""},
    {MODIFY(ONE) "add: olcRootPW\nolcRootPW: other\n", 19, "cannot have multiple values"},
    {MODIFY(ONE) "delete: olcRootPW\nolcRootPW: wrong\n", 16, "(not shown)"},
    {MODIFY("cn=config") "replace: olcThreads\nolcThreads: x\n", 21, "a number from"},
    {MODIFY("cn=config") "increment: olcThreads\nolcThreads: 1\n", 53, "modify/increment"},
    {MODIFY(ONE) "add: olcNoSuch\nolcNoSuch: 1\n", 17, "olcNoSuch: attribute type undefined"},
    {MODIFY(ONE) "add: olcDbIndx\nolcDbIndx: 1\n", 17, "did you mean olcDbIndex?"},
    {MODIFY(ONE) "add: olcThreads\nolcThreads: 1\n", 65,
	"attribute 'olcThreads' not allowed in " ONE "; it belongs in cn=config"},
    {MODIFY("cn=config") "add: olcDbIndex\nolcDbIndex: cn eq\n", 65, "a database of type mdb"},
    {MODIFY("cn=config") "add: description\ndescription: x\n", 65, "no option of the server"},
    {MODIFY(ONE) "add: olcAccess;lang-de\nolcAccess;lang-de: to *\n", 17, "have no meaning"},
    {MODIFY(ONE) "replace: olcDatabase\nolcDatabase: {2}mdb\n", 67, "Use modrdn"},
    {MODIFY("cn=config") "replace: cn\ncn: x\n", 67, "Use modrdn"},
    {MODIFY(ONE) "add: objectClass\nobjectClass: alias\n", 53, "objectclass modification"},
    {MODIFY(ONE) "replace: entryUUID\nentryUUID: x\n", 19, "no user modification allowed"},
    {MODIFY("olcDatabase={9}mdb,cn=config") "replace: olcReadOnly\n", 32, "no entry"},
    {MODIFY("olcDatabase=mdb,cn=config") "replace: olcReadOnly\n", 32, "no entry"},
    {MODIFY("nonsense") "replace: olcReadOnly\n", 34, "invalid DN"},
    {MODIFY("cn=one") "replace: olcReadOnly\n", 32, "no entry"},
    {MODIFY(S) "add: olcAttributeTypes\nolcAttributeTypes: " TYPE(1) "\n", 53, "below it"},
    {DB("olcDatabase={0}mdb,cn=config", "cn=x"), 64, "{1} or higher"},
    {DB("olcDatabase={-1}mdb,cn=config", "cn=x"), 64, "{1} or higher"},
    {DB("olcDatabase={x}mdb,cn=config", "cn=x"), 64, "expected {n}"},
    {DB("olcDatabase=hdb,cn=config", "cn=x"), 53, "use mdb"},
    {DB("olcDatabase=nosuch,cn=config", "cn=x"), 53, "not built in"},
    {DB("olcDatabase=mdb," ONE, "cn=x"), 65, "not known here"},
    {DB("olcDatabase=mdb," S, "cn=x"), 65, "not known here"},
    {DB("olcDatabase=mdb,cn=nosuch,cn=config", "cn=x"), 32, "\"cn=nosuch,cn=config\""},
    {DB("olcDatabase=mdb,cn=x", "cn=x"), 32, "no entry"},
    {DB("olcDatabase=mdb+cn=x,cn=config", "cn=x"), 64, "one name attribute"},
    {DB("olcDatabase=mdb,cn=config", "cn=x") "olcDatabase: monitor\n", 64, "same value"},
    {DB("olcDatabase=mdb,cn=config", "cn=x") "olcThreads: 7\n", 65, "'olcThreads' not allowed"},
    {DB("olcDatabase=mdb,cn=config", "cn=x") "olcNoSuch: 7\n", 17, "undefined"},
    {DB("olcDatabase=mdb,cn=config", "cn=x") "olcReadOnly: x\n", 21, "value #0"},
    {DB("olcDatabase=mdb,cn=config", "cn=x") "olcReadOnly: TRUE\nolcReadOnly: FALSE\n", 19,
	"multiple values"},
    {DB("olcDatabase=mdb,cn=config", "cn=x") "olcDbIndex: cn eq\nolcDbIndex: CN  eq\n", 20,
	"olcDbIndex: value #0 provided more than once"},
    {DB("olcDatabase=mdb,cn=config", "cn=x") "entryUUID: 00000000-0000-0000-0000-000000000001\n",
	19, "no user modification"},
    {ADD("olcDatabase=mdb,cn=config", "olcMdbConfig") "olcSuffix: cn=x\n", 65, "olcDbDirectory"},
    {ADD("olcDatabase=mdb,cn=config", "olcDatabaseConfig") "olcDbDirectory: /x\n", 65,
	"expected olcDatabaseConfig and olcMdbConfig"},
    {ADD("olcDatabase=mdb,cn=config", "alias"), 65, "object class 'alias' does not fit"},
    {ADD("olcDatabase=mdb,cn=config", "nosuch"), 21, "objectClass: value #0 invalid per syntax"},
    {"dn: olcDatabase=mdb,cn=config\nchangetype: add\nolcDbDirectory: /x\n", 65,
	"no objectClass attribute"},
    {ADD("olcDatabase=config,cn=config", "olcDatabaseConfig"), 68, "there already"},
    {ADD("olcDatabase={-1}frontend,cn=config", "olcDatabaseConfig"), 68, "there already"},
    {ADD("cn=config", "olcGlobal"), 68, "there already"},
    {ADD("cn=schema,cn=config", "olcSchemaConfig"), 68, "there already"},
    {ADD("cn=module{0},cn=config", "olcModuleList"), 68, "there already"},
    {ADD("cn=include,cn=config", "olcIncludeFile"), 53, "include"},
    {ADD("cn=foo,cn=config", "olcGlobal"), 65, "does not fit"},
    {ADD("cn=a\\,b," S, "olcSchemaConfig"), 64, "holds a character"},
    {ADD("cn=../b," S, "olcSchemaConfig"), 64, "holds a character"},
    {ADD("cn=new," S, "olcSchemaConfig") "olcThreads: 1\n", 65, "not allowed"},
    {ADD("ou=new,cn=config", "olcGlobal"), 34, "invalid DN"},
    {ADD("olcOverlay=memberof," ONE, "olcOverlayConfig"), 53, "memberof is not built in"},
    {ADD("olcBackend=ldap,cn=config", "olcBackendConfig"), 53, "not built in"},
    {ADD("olcBackend=mdb,cn=config", "olcMdbBkConfig") "\n" ADD(
	 "olcBackend=mdb,cn=config", "olcMdbBkConfig"),
	68, "there already"},
    {"dn: cn=config\nchangetype: delete\n", 53, "every configuration"},
    {"dn: " S "\nchangetype: delete\n", 53, "every configuration"},
    {"dn: olcDatabase={0}config,cn=config\nchangetype: delete\n", 53, "Cannot delete config"},
    {"dn: olcDatabase={-1}frontend,cn=config\nchangetype: delete\n", 53, "frontend"},
    {"dn: olcDatabase={9}mdb,cn=config\nchangetype: delete\n", 32, "no entry"},
#define RENAME(dn, to) "dn: " dn "\nchangetype: modrdn\nnewrdn: " to "\ndeleteoldrdn: 1\n"
    {RENAME(ONE, "olcDatabase=mdb"), 64, "new ordering index is required"},
    {RENAME(ONE, "olcDatabase={0}mdb"), 64, "{1} or higher"},
    {RENAME(ONE, "olcDatabase={2}monitor"), 53, "changing database/overlay type not allowed"},
    {RENAME(ONE, "cn={2}mdb"), 64, "named by olcDatabase alone"},
    {RENAME(ONE, "olcDatabase={2}mdb+cn=x"), 64, "alone"},
    {RENAME(ONE, "zz"), 34, "invalid new RDN"},
    {RENAME(ONE, "olcDatabase={2}mdb") "newsuperior: " S "\n", 53, "stays below"},
    {RENAME("olcDatabase={0}config,cn=config", "olcDatabase={1}config"), 53, "not allowed"},
    {RENAME("olcDatabase={9}mdb,cn=config", "olcDatabase={1}mdb"), 32, "no entry"},
    {RENAME("cn=config", "cn=configs"), 53, "not allowed"},
    {RENAME(S, "cn=schemas"), 53, "not allowed"},
    {RENAME("cn=module{0},cn=config", "cn=module"), 64, "ordering index"},
    {RENAME("cn=module{0},cn=config", "cn=schema"), 53, "another kind"},
};

static void
test_edit_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		struct conf_tree *t = confedit_copy(base->tree);
		struct errbuf e = {""};
		int code = apply(t, bads[i].ldif, &e);
		if (code != bads[i].code || strstr(e.text, bads[i].says) == NULL)
			fail_msg("%s\n%d \"%s\"\nnot %d \"%s\"", bads[i].ldif, code, e.text,
			    bads[i].code, bads[i].says);
		conf_tree_free(&t);
	}
}

/* A copy says the same, shares nothing, and is quick. */
static void
test_copy_is_equal(void **state)
{
	struct conf_tree *t = confedit_copy(base->tree);
	struct buf x = {0}, y = {0};

	(void)state;
	case_dump(base->tree, &x);
	case_dump(t, &y);
	assert_int_equal(x.n, y.n);
	assert_memory_equal(x.p, y.p, x.n);
	buf_done(&x);
	buf_done(&y);
	conf_tree_free(&t);
}

/* A shared schema lives as long as the last snapshot that has it, whichever is dropped first. */
static void
test_schema_outlives_its_first_snapshot(void **state)
{
	struct conf *first = case_good("attributetype " TYPE(1) "\nattributeoptions x-a\n");
	struct conf_tree *t = confedit_copy(first->tree);
	struct conf *second = NULL, *third = NULL;
	struct errbuf e;

	(void)state;
	assert_int_equal(conf_build_next(&t, first, &second, &e), 0);
	assert_ptr_equal(first->schema, second->schema);
	conf_unref(&first);
	t = confedit_copy(second->tree);
	assert_int_equal(
	    apply(
		t, MODIFY("cn=config") "add: olcAttributeOptions\nolcAttributeOptions: x-b\n", &e),
	    0);
	assert_int_equal(conf_build_next(&t, second, &third, &e), 0);
	assert_ptr_not_equal(second->schema, third->schema);
	const struct attr_type *type = schema_attr_type(second->schema, BV_LIT("type1"));
	assert_non_null(type);
	assert_true(bv_is(type->oid, "1.2.3.1"));
	conf_unref(&second);
	assert_true(schema_knows_option(third->schema, BV_LIT("x-b")));
	conf_unref(&third);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_edit_does),
	    cmocka_unit_test(test_edit_builds),
	    cmocka_unit_test(test_edit_refuses),
	    cmocka_unit_test(test_copy_is_equal),
	    cmocka_unit_test(test_schema_outlives_its_first_snapshot),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
