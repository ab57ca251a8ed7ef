#include "confcase.h"
#include "base/log.h"
#include "model/entry.h"
#include "model/schema.h"

/* The snapshot: defaults, limits, databases checked alone and together, and its entries. */

static void
test_defaults_are_safe(void **state)
{
	struct conf *c = case_good("");

	(void)state;
	assert_int_equal(c->limits.size_soft, 500);
	assert_int_equal(c->limits.size_hard, 5000);
	assert_int_equal(c->limits.time_soft, 30);
	assert_int_equal(c->limits.time_hard, 120);
	assert_int_equal(c->idle_timeout_s, 300);
	assert_int_equal(c->idle_timeout_auth_s, 900);
	assert_int_equal(c->write_timeout_s, 30);
	assert_int_equal(c->request_timeout_s, 30);
	assert_int_equal(c->max_incoming_bytes, 262144);
	assert_int_equal(c->max_incoming_auth_bytes, 4194304);
	assert_int_equal(c->max_pending, 100);
	assert_int_equal(c->max_pending_auth, 1000);
	assert_int_equal(c->max_unread_output_bytes, 1048576);
	assert_int_equal(c->reserved_fds, 64);
	assert_int_equal(c->filter_limits.depth, 100);
	assert_int_equal(c->filter_limits.nodes, 4096);
	assert_int_equal(c->message_limits.controls, 16);
	assert_int_equal(c->message_limits.dn_bytes, 8192);
	assert_ptr_equal(c->message_limits.filter, &c->filter_limits);
	assert_int_equal(c->log_levels, LOG_L_STATS);
	assert_true(bv_is(c->password_hash, "{ARGON2}"));
	assert_true(c->anonymous_open);
	assert_int_equal(c->db_count, 2);
	assert_ptr_equal(c->frontend, &c->dbs[0]);
	assert_ptr_equal(c->config, &c->dbs[1]);
	assert_true(bv_is(c->config->rootdn.pretty, "cn=config"));
	assert_null(c->config->rootpw.p);
	conf_unref(&c);
	assert_null(c);
}

static void
test_options_arrive(void **state)
{
	struct conf *c =
	    case_good("pidfile /run/p\nargsfile /run/a\nthreads 4\neventloops 3\n"
		      "idletimeout 60\nwritetimeout 5\nsockbuf_max_incoming 5000\n"
		      "allow bind_v2 update_anon\ndisallow bind_anon\n"
		      "referral ldap://other.example/\ngentlehup on\nserverID 0x1f\n"
		      "defaultsearchbase cn=Example\nloglevel config 0x100\n"
		      "password-hash {SSHA}\nmaxfilterdepth 50\nrestrict bind\n" CASE_DB
		      "rootpw secret\nmode 0640\nmaxderefdepth 3\nreadonly on\n"
		      "restrict write compare\nhidden on\nlastmod off\n"
		      "updateref ldap://master.example\nindex objectClass,cn eq\n");
	const struct conf_db *db = &c->dbs[2];

	(void)state;
	assert_true(bv_is(c->pid_file, "/run/p") && bv_is(c->args_file, "/run/a"));
	assert_int_equal(c->threads, 4);
	assert_int_equal(c->loops, 3);
	assert_int_equal(c->idle_timeout_s, 60);
	assert_int_equal(c->idle_timeout_auth_s, 60);
	assert_int_equal(c->write_timeout_s, 5);
	assert_int_equal(c->max_incoming_bytes, 5000);
	assert_int_equal(c->allow, CONF_ALLOW_BIND_V2 | CONF_ALLOW_UPDATE_ANON);
	assert_int_equal(c->disallow, CONF_DISALLOW_BIND_ANON);
	assert_int_equal(c->referral_count, 1);
	assert_true(c->gentle_hup);
	assert_int_equal(c->server_id, 31);
	assert_true(bv_is(c->default_search_base, "cn=Example"));
	assert_int_equal(c->log_levels, LOG_L_CONFIG | LOG_L_STATS);
	assert_true(bv_is(c->password_hash, "{SSHA}"));
	assert_int_equal(c->filter_limits.depth, 50);
	assert_true(bv_is(db->rootpw, "secret"));
	assert_int_equal(db->mode, 0640);
	assert_int_equal(db->max_deref_depth, 3);
	assert_int_equal(db->restrict_ops, CONF_OP_WRITES | CONF_OP_COMPARE);
	assert_int_equal(c->frontend->restrict_ops, CONF_OP_BIND);
	assert_true(c->guarded);
	assert_true(db->readonly && db->hidden && !db->lastmod && !db->no_sync);
	assert_int_equal(db->update_ref_count, 1);
	assert_int_equal(db->index_count, 2);
	conf_unref(&c);
}

static void
test_limits(void **state)
{
	static const struct {
		const char *lines; /* of the database */
		int64_t size_soft, size_hard, time_soft, time_hard, unchecked;
	} cases[] = {
	    {"", 500, 5000, 30, 120, -1},
	    {"sizelimit 10\n", 10, 0, 30, 120, -1},
	    {"sizelimit unlimited\n", -1, 0, 30, 120, -1},
	    {"sizelimit -1\n", -1, 0, 30, 120, -1},
	    {"sizelimit size=10\n", 10, 0, 30, 120, -1},
	    {"sizelimit size.soft=10 size.hard=20\n", 10, 20, 30, 120, -1},
	    {"sizelimit size.soft=10\n", 10, 5000, 30, 120, -1},
	    {"sizelimit size.hard=unlimited\n", 500, -1, 30, 120, -1},
	    {"sizelimit size.hard=soft\n", 500, 0, 30, 120, -1},
	    {"sizelimit 10\nsizelimit size.unchecked=99\n", 10, 0, 30, 120, 99},
	    {"timelimit 7\n", 500, 5000, 7, 0, -1},
	    {"timelimit time.soft=unlimited time.hard=9\n", 500, 5000, -1, 9, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		snprintf(text, sizeof(text), CASE_DB "%s", cases[i].lines);
		struct conf *c = case_good(text);
		const struct conf_limits *l = &c->dbs[2].limits;
		if (l->size_soft != cases[i].size_soft || l->size_hard != cases[i].size_hard ||
		    l->time_soft != cases[i].time_soft || l->time_hard != cases[i].time_hard ||
		    l->unchecked != cases[i].unchecked)
			fail_msg("%s", cases[i].lines);
		assert_int_equal(c->dbs[2].has_limits, cases[i].lines[0] != 0);
		assert_int_equal(c->limits.size_soft, 500);
		conf_unref(&c);
	}
	case_bad("sizelimit size.firm=3\n", "not a limit");
	case_bad("sizelimit \"\"\n", "is not a limit");
	case_bad("timelimit time.unchecked=3\n", "not a limit");
}

/* What stands before the databases is where they start. */
static void
test_limits_are_inherited(void **state)
{
	struct conf *c = case_good("sizelimit 40\n" CASE_DB "timelimit 9\n");

	(void)state;
	assert_int_equal(c->limits.size_soft, 40);
	assert_int_equal(c->dbs[2].limits.size_soft, 40);
	assert_int_equal(c->dbs[2].limits.time_soft, 9);
	assert_int_equal(c->limits.time_soft, 30);
	conf_unref(&c);
}

#define OTHER(suffix, directory)                                                                   \
	CASE_DB "database mdb\nsuffix \"" suffix "\"\ndirectory " directory "\n"

static void
test_databases_refused(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
	    {"database mdb\ndirectory /x\n", "t.conf:1: database {1}mdb needs a suffix"},
	    {"database mdb\nsuffix cn=x\n", "t.conf:1: database {1}mdb needs a directory"},
	    {"database mdb\nsuffix x\ndirectory /x\n", "t.conf:2: suffix: \"x\" is not a DN"},
	    {"database mdb\nsuffix cn=x\ndirectory /x\nrootpw y\n", "rootpw needs rootdn"},
	    {CASE_DB "rootdn cn=a,cn=b\nrootpw y\n",
		"rootpw can only be set when rootdn is under suffix"},
	    {CASE_DB "suffix CN=Example\n", "has 2 suffixes; a database holds one"},
	    {OTHER("CN=EXAMPLE", "/y"), "is served by database {1}mdb already"},
	    {OTHER("cn=other", "/nonexistent"), "have the same directory /nonexistent"},
	    {OTHER("cn=other", "/y") "subordinate\n", "no database holds the superior"},
	    {"database config\nsuffix cn=x\n", "suffix cannot be set for database config"},
	    {"database frontend\nsuffix cn=x\n", "suffix cannot be set for database frontend"},
	    {"database monitor\nsuffix cn=x\n", "database monitor has cn=Monitor"},
	    {"database monitor\nrootdn cn=x\nrootpw y\n", "rootdn is under suffix"},
	    {"database config\nrootdn cn=x\nrootpw y\n", "rootdn is under suffix"},
	    {CASE_DB "rootdn \"\"\n", "the empty DN is everybody's"},
	    {CASE_DB "index cn eq\nindex CN sub\n", "t.conf:6: index: attribute cn has an index"},
	    {CASE_DB "index cn\n", "no kinds given"},
	    {CASE_DB "index cn eq,fast\n", "\"fast\" is not a kind of index"},
	    {CASE_DB "index cn nolang\n", "no kind of index given"},
	    {CASE_DB "index cn,,uid eq\n", "\"\" is not in the schema"},
	    {CASE_DB "index cn;lang-de eq\n", "has options"},
	    {CASE_DB "index uidNumber sub\n",
		"index sub of attribute uidNumber: no substring matching rule"},
	    {CASE_DB "access to * by\n", "access: the line ends after"},
	    {CASE_DB "access by * read\n", "access: expected to"},
	    {CASE_DB "access to by x\n", "access: nothing stands after"},
	    {CASE_DB "mode 8\n", "not a mode"},
	    {CASE_DB "mode 0400\n", "expected 0600 to 0666"},
	    {CASE_DB "mode rw-rw-rw\n", "not a mode"},
	    {CASE_DB "restrict extended=1.2.3\n", "expected one of add"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		case_bad(cases[i].text, cases[i].says);
}

static void
test_indexes(void **state)
{
	struct conf *c = case_good(
	    CASE_DB "index default pres,eq\nindex cn\nindex uid eq,subinitial,nosubtypes\n"
		    "index entryUUID eq\nindex description approx,sub\n");
	const struct conf_db *db = &c->dbs[2];
	static const unsigned want[] = {INDEX_PRES | INDEX_EQ,
	    INDEX_EQ | INDEX_SUB_INITIAL | INDEX_NO_SUBTYPES, INDEX_EQ, INDEX_APPROX | INDEX_SUB};

	(void)state;
	assert_int_equal(db->index_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(db->indexes[i].kinds, want[i]);
	conf_unref(&c);
}

static void
test_db_for(void **state)
{
	struct conf *c = case_good("database mdb\nsuffix cn=sub,cn=top\ndirectory /1\nsubordinate\n"
				   "database mdb\nsuffix cn=top\ndirectory /2\n"
				   "database mdb\nsuffix cn=secret\ndirectory /3\nhidden on\n"
				   "database monitor\n");
	static const struct {
		const char *dn;
		int number; /* -9: none */
	} cases[] = {{"cn=a,cn=sub,cn=top", 1}, {"cn=sub,cn=top", 1}, {"cn=xsub,cn=top", 2},
	    {"cn=top", 2}, {"cn=ttop", -9}, {"cn=secret", -9}, {"", -9}, {"cn=monitor", 4},
	    {"cn=schema,cn=config", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct conf_db *db = conf_db_for(c, bv_str(cases[i].dn));
		if ((db == NULL ? -9 : db->number) != cases[i].number)
			fail_msg("%s", cases[i].dn);
	}
	conf_unref(&c);

	c = case_good("database mdb\nsuffix \"\"\ndirectory /1\n" CASE_DB);
	assert_int_equal(conf_db_for(c, BV_LIT("cn=any"))->number, 1);
	assert_int_equal(conf_db_for(c, BV_LIT(""))->number, 1);
	assert_int_equal(conf_db_for(c, BV_LIT("cn=x,cn=example"))->number, 2);
	conf_unref(&c);
}

static void
test_disabled_database_is_left_out(void **state)
{
	struct conf *c = case_good("database mdb\ndisabled on\n" CASE_DB);

	(void)state;
	assert_int_equal(c->db_count, 3);
	assert_int_equal(c->dbs[2].number, 2);
	conf_unref(&c);
	case_bad("database config\ndisabled on\n", "cannot be set");
}

static bool
warned(const struct conf *c, const char *part)
{
	for (size_t i = 0; i < c->warning_count; i++) {
		if (strstr((const char *)c->warnings[i].p, part) != NULL)
			return true;
	}
	return false;
}

/* What is accepted without effect is said aloud, unless it asks for what is anyway. */
static void
test_warnings(void **state)
{
	static const struct {
		const char *text;
		const char *says; /* NULL: no warning at all */
	} cases[] = {
	    {"TLSVerifyClient never\nTLSCipherSuite HIGH:!aNULL\nTLSProtocolMin 3.4\n", NULL},
	    {"TLSVerifyClient allow\n", "TLSVerifyClient allow without TLSCACertificateFile"},
	    {"TLSProtocolMin 3.1\n", "t.conf:1: TLSProtocolMin 3.1: versions before TLS 1.2"},
	    {"TLSCipherSuite NORMAL\n", "priority string of GnuTLS"},
	    {"sasl-secprops noplain,noanonymous\n", NULL},
	    {"security ssf=0\nrequire none\n", NULL},
	    {"disallow tls_authc\n", NULL},
	    {"password-hash {CLEARTEXT}\n", "{ARGON2} is better"},
	    {CASE_DB "dbnosync\n", "t.conf:5: dbnosync is not followed"},
	    {CASE_DB "dbnosync off\n", NULL},
	    {CASE_DB "envflags writemap\n", "not followed"},
	    {CASE_DB "maxsize 1073741824\ncheckpoint 1 2\n", NULL},
	    {CASE_DB "limits * size=1\n", NULL},
	    {CASE_DB "limits * size.hard=1\n", "size.hard=1 is less than size.soft=500"},
	    {CASE_DB "limits * time.soft=unlimited time.hard=9\n", "time.soft is unlimited"},
	    {CASE_DB "access to * by * read\ndatabase mdb\nsuffix cn=b\ndirectory /b\n",
		"database {2}mdb has no access rule"},
	    {CASE_DB "database monitor\naccess to * by * read\n",
		"database {1}mdb has no access rule"},
	    {CASE_DB "add_content_acl on\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf *c = case_good(cases[i].text);
		if (cases[i].says == NULL ? c->warning_count > 0 : !warned(c, cases[i].says))
			fail_msg("%s", cases[i].text);
		conf_unref(&c);
	}
}

static void
test_schema_of_the_tree(void **state)
{
	struct conf *c = case_good("attributetype ( own:2 NAME 'two' SUP one )\n"
				   "attributetype ( own:1 NAME 'one' SUP name )\n"
				   "objectidentifier own 1.2.3.4\n"
				   "attributeoptions x-mine- x-flag\n");

	(void)state;
	assert_non_null(schema_attr_type(c->schema, BV_LIT("1.2.3.4.2")));
	assert_true(schema_knows_option(c->schema, BV_LIT("x-flag")));
	assert_false(schema_knows_option(c->schema, BV_LIT("lang-en")));
	assert_non_null(schema_attr_type(c->schema, BV_LIT("1.3.6.1.4.1.4203.1.12.2.3.0.1")));
	assert_non_null(schema_object_class(c->schema, BV_LIT("olcMdbConfig")));
	conf_unref(&c);

	case_bad("attributetype ( 1.2.3 NAME 'x' SUP name )\n\n"
		 "attributetype ( 1.2.3 NAME 'x' SUP name )\n",
	    "t.conf:3: ");
	case_bad("attributetype ( 1.2.3 NAME 'x' SUP y )\nattributetype ( 1.2.4 NAME 'y' SUP x )\n",
	    "t.conf:1: ");
	case_bad("objectidentifier x 1.2\nobjectidentifier X 1.3\n", "t.conf:2: ");
	case_bad("objectidentifier x y:1\n", "t.conf:1: ");
	c = case_good("objectidentifier x y:1\nobjectidentifier y 1.2\n"
		      "objectidentifier Y 1.2\nattributetype ( x:2 NAME 'a' SUP name )\n");
	assert_non_null(schema_attr_type(c->schema, BV_LIT("1.2.1.2")));
	conf_unref(&c);
	case_bad("objectidentifier x y z\n", "expected <name> and <oid>");
}

/* Every entry of the tree is one that the schema allows. */
static void
test_entries_are_valid(void **state)
{
	struct conf *c = case_good("moduleload back_mdb\nbackend mdb\nidlexp 17\n" CASE_DB
				   "rootpw secret\nindex cn eq\nreadonly off\nmaxreaders 10\n"
				   "access to * by * read\naccess to * by self write\n"
				   "database monitor\n");
	size_t count;
	const struct entry *entries = conf_entries(c, &count);

	(void)state;
	assert_int_equal(count, 8);
	for (size_t i = 0; i < count; i++) {
		struct errbuf e = {""};
		if (entry_check(c->schema, &entries[i], false, NULL, &e) != 0)
			fail_msg("%.*s: %s", BV(entries[i].dn.pretty), e.text);
		assert_non_null(entry_find_type(&entries[i], schema_known(c->schema)->entry_uuid));
	}
	assert_true(bv_is(entries[0].dn.pretty, "cn=config"));
	assert_true(bv_is(entries[6].dn.pretty, "olcDatabase={1}mdb,cn=config"));
	const struct attr *access =
	    entry_find_type(&entries[6], schema_attr_type(c->schema, BV_LIT("olcAccess")));
	assert_int_equal(access->count, 2);
	assert_true(bv_is(access->values[1], "{1}to * by self write"));
	conf_unref(&c);
}

static void
test_references(void **state)
{
	struct conf *c = case_good("");
	struct conf *other = conf_ref(c);

	(void)state;
	conf_unref(&c);
	assert_int_equal(other->db_count, 2);
	conf_unref(&other);
	conf_unref(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults_are_safe),
	    cmocka_unit_test(test_options_arrive),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_limits_are_inherited),
	    cmocka_unit_test(test_databases_refused),
	    cmocka_unit_test(test_indexes),
	    cmocka_unit_test(test_db_for),
	    cmocka_unit_test(test_disabled_database_is_left_out),
	    cmocka_unit_test(test_warnings),
	    cmocka_unit_test(test_schema_of_the_tree),
	    cmocka_unit_test(test_entries_are_valid),
	    cmocka_unit_test(test_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
