#include "confcase.h"
#include "config/option.h"

/*
 * The rows: each is documented, bounded, and refuses something. Rows of a plain type get
 * their wrong values from the type; the others need a case in the table below.
 */

static const struct option *rows;
static size_t row_count;

static bool
is_directive(const struct option *o)
{
	return (o->flags & OPTION_F_DIRECTIVE) != 0;
}

static void
test_rows_are_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count; i++) {
		const struct option *o = &rows[i];
		const char *name = o->keyword != NULL ? o->keyword : o->olc;

		assert_non_null(name);
		if (o->help == NULL || strlen(o->help) < 20 || o->help[strlen(o->help) - 1] != '.')
			fail_msg("%s: help", name);
		if (o->usage == NULL || o->usage[0] == 0)
			fail_msg("%s: usage", name);
		if (o->scope == 0)
			fail_msg("%s: scope", name);
		if (!is_directive(o) && (o->olc == NULL || o->oid == NULL))
			fail_msg("%s: attribute", name);
		if (o->type == OPTION_T_INT && (o->min >= o->max || o->unit == NULL))
			fail_msg("%s: range", name);
		if (o->ordered && !o->multi)
			fail_msg("%s: ordered, but single", name);
	}
}

/* A default must be one the row itself accepts, and plain fields must have one. */
static void
test_rows_have_usable_defaults(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count; i++) {
		const struct option *o = &rows[i];
		int64_t n;

		if (o->offset != 0 && o->type != OPTION_T_TEXT && o->fallback == NULL)
			fail_msg("%s: a field without a default", o->keyword);
		if (o->offset != 0 && o->type == OPTION_T_INT && o->width != 4 && o->width != 8)
			fail_msg("%s: width %zu", o->keyword, o->width);
		if (o->type != OPTION_T_INT || o->fallback == NULL)
			continue;
		if (!bv_to_i64(bv_str(o->fallback), &n) || n < o->min || n > o->max)
			fail_msg("%s: default %s", o->keyword, o->fallback);
	}
}

static void
test_rows_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct option *x = &rows[i], *y = &rows[j];
			if (x->keyword != NULL && y->keyword != NULL &&
			    bv_is(bv_str(x->keyword), y->keyword))
				fail_msg("keyword %s twice", x->keyword);
			if (x->olc == NULL || y->olc == NULL)
				continue;
			if (bv_is(bv_str(x->olc), y->olc) || strcmp(x->oid, y->oid) == 0)
				fail_msg("attribute %s twice", x->olc);
		}
		if (rows[i].keyword != NULL)
			assert_ptr_equal(option_by_keyword(bv_str(rows[i].keyword)), &rows[i]);
		if (rows[i].olc != NULL)
			assert_ptr_equal(option_by_olc(bv_str(rows[i].olc)), &rows[i]);
	}
}

/* What OpenLDAP 2.5 has: the attributes of its cn=Subschema, the directives of its manual. */
static void
test_nothing_of_openldap_is_missing(void **state)
{
	static const char *const attributes[] = {
	    "olcAccess",
	    "olcAddContentAcl",
	    "olcAllows",
	    "olcArgsFile",
	    "olcAttributeOptions",
	    "olcAttributeTypes",
	    "olcAuthIDRewrite",
	    "olcAuthzPolicy",
	    "olcAuthzRegexp",
	    "olcBackend",
	    "olcBkMdbIdlExp",
	    "olcConcurrency",
	    "olcConfigDir",
	    "olcConfigFile",
	    "olcConnMaxPending",
	    "olcConnMaxPendingAuth",
	    "olcDatabase",
	    "olcDbCheckpoint",
	    "olcDbDirectory",
	    "olcDbEnvFlags",
	    "olcDbIndex",
	    "olcDbMaxEntrySize",
	    "olcDbMaxReaders",
	    "olcDbMaxSize",
	    "olcDbMode",
	    "olcDbMultival",
	    "olcDbNoSync",
	    "olcDbRtxnSize",
	    "olcDbSearchStack",
	    "olcDefaultSearchBase",
	    "olcDisabled",
	    "olcDisallows",
	    "olcDitContentRules",
	    "olcExtraAttrs",
	    "olcGentleHUP",
	    "olcHidden",
	    "olcIdleTimeout",
	    "olcInclude",
	    "olcIndexHash64",
	    "olcIndexIntLen",
	    "olcIndexSubstrAnyLen",
	    "olcIndexSubstrAnyStep",
	    "olcIndexSubstrIfMaxLen",
	    "olcIndexSubstrIfMinLen",
	    "olcLastBind",
	    "olcLastMod",
	    "olcLdapSyntaxes",
	    "olcLimits",
	    "olcListenerThreads",
	    "olcLocalSSF",
	    "olcLogFile",
	    "olcLogLevel",
	    "olcMaxDerefDepth",
	    "olcMaxFilterDepth",
	    "olcModuleLoad",
	    "olcModulePath",
	    "olcMonitoring",
	    "olcMultiProvider",
	    "olcObjectClasses",
	    "olcObjectIdentifier",
	    "olcOverlay",
	    "olcPasswordCryptSaltFormat",
	    "olcPasswordHash",
	    "olcPidFile",
	    "olcPlugin",
	    "olcPluginLogFile",
	    "olcReadOnly",
	    "olcReferral",
	    "olcReplica",
	    "olcReplicaArgsFile",
	    "olcReplicaPidFile",
	    "olcReplicationInterval",
	    "olcReplogFile",
	    "olcRequires",
	    "olcRestrict",
	    "olcReverseLookup",
	    "olcRootDN",
	    "olcRootDSE",
	    "olcRootPW",
	    "olcSaslAuxprops",
	    "olcSaslAuxpropsDontUseCopy",
	    "olcSaslAuxpropsDontUseCopyIgnore",
	    "olcSaslCBinding",
	    "olcSaslHost",
	    "olcSaslRealm",
	    "olcSaslSecProps",
	    "olcSchemaDN",
	    "olcSecurity",
	    "olcServerID",
	    "olcSizeLimit",
	    "olcSockbufMaxIncoming",
	    "olcSockbufMaxIncomingAuth",
	    "olcSortVals",
	    "olcSubordinate",
	    "olcSuffix",
	    "olcSyncUseSubentry",
	    "olcSyncrepl",
	    "olcTCPBuffer",
	    "olcTLSCACertificate",
	    "olcTLSCACertificateFile",
	    "olcTLSCACertificatePath",
	    "olcTLSCRLCheck",
	    "olcTLSCRLFile",
	    "olcTLSCertificate",
	    "olcTLSCertificateFile",
	    "olcTLSCertificateKey",
	    "olcTLSCertificateKeyFile",
	    "olcTLSCipherSuite",
	    "olcTLSDHParamFile",
	    "olcTLSECName",
	    "olcTLSProtocolMin",
	    "olcTLSRandFile",
	    "olcTLSVerifyClient",
	    "olcThreadQueues",
	    "olcThreads",
	    "olcTimeLimit",
	    "olcToolThreads",
	    "olcUpdateDN",
	    "olcUpdateRef",
	    "olcWriteTimeout",
	};
	static const char *const directives[] = {
	    "TLSCACertificateFile",
	    "TLSCACertificatePath",
	    "TLSCRLCheck",
	    "TLSCRLFile",
	    "TLSCertificateFile",
	    "TLSCertificateKeyFile",
	    "TLSCipherSuite",
	    "TLSDHParamFile",
	    "TLSECName",
	    "TLSProtocolMin",
	    "TLSRandFile",
	    "TLSVerifyClient",
	    "access",
	    "add_content_acl",
	    "allow",
	    "argsfile",
	    "attributeoptions",
	    "attributetype",
	    "authid-rewrite",
	    "authz-policy",
	    "authz-regexp",
	    "backend",
	    "checkpoint",
	    "concurrency",
	    "conn_max_pending",
	    "conn_max_pending_auth",
	    "database",
	    "dbnosync",
	    "defaultsearchbase",
	    "directory",
	    "disallow",
	    "ditcontentrule",
	    "envflags",
	    "extra_attrs",
	    "gentlehup",
	    "hidden",
	    "idletimeout",
	    "idlexp",
	    "include",
	    "index",
	    "index_hash64",
	    "index_intlen",
	    "index_substr_any_len",
	    "index_substr_any_step",
	    "index_substr_if_maxlen",
	    "index_substr_if_minlen",
	    "lastbind",
	    "lastmod",
	    "ldapsyntax",
	    "limits",
	    "listener-threads",
	    "localSSF",
	    "logfile",
	    "loglevel",
	    "maxderefdepth",
	    "maxentrysize",
	    "maxfilterdepth",
	    "maxreaders",
	    "maxsize",
	    "mode",
	    "moduleload",
	    "modulepath",
	    "monitoring",
	    "multiprovider",
	    "multival",
	    "objectclass",
	    "objectidentifier",
	    "overlay",
	    "password-crypt-salt-format",
	    "password-hash",
	    "pidfile",
	    "pluginlog",
	    "readonly",
	    "referral",
	    "require",
	    "restrict",
	    "reverse-lookup",
	    "rootDSE",
	    "rootdn",
	    "rootpw",
	    "rtxnsize",
	    "sasl-auxprops",
	    "sasl-auxprops-dontusecopy",
	    "sasl-auxprops-dontusecopy-ignore",
	    "sasl-cbinding",
	    "sasl-host",
	    "sasl-realm",
	    "sasl-secprops",
	    "schemadn",
	    "searchstack",
	    "security",
	    "serverID",
	    "sizelimit",
	    "sockbuf_max_incoming",
	    "sockbuf_max_incoming_auth",
	    "sortvals",
	    "subordinate",
	    "suffix",
	    "sync_use_subentry",
	    "syncrepl",
	    "tcp-buffer",
	    "threadqueues",
	    "threads",
	    "timelimit",
	    "tool-threads",
	    "updatedn",
	    "updateref",
	    "writetimeout",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (option_by_olc(bv_str(attributes[i])) == NULL)
			fail_msg("%s has no row", attributes[i]);
	}
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
		if (option_by_keyword(bv_str(directives[i])) == NULL)
			fail_msg("%s has no row", directives[i]);
	}
}

/* What is not followed says why, or what to use instead; only SASL is still to come. */
static void
test_rows_without_effect_say_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count; i++) {
		const struct option *o = &rows[i];
		const char *name = o->keyword != NULL ? o->keyword : o->olc;
		bool sasl = strncmp(name, "sasl-", 5) == 0 || strncmp(name, "auth", 4) == 0;

		if ((o->flags & OPTION_F_LATER) != 0 && !sasl)
			fail_msg("%s: kept without effect", name);
		if ((o->flags & OPTION_F_INERT) != 0 && strstr(o->help, "gnored") == NULL &&
		    strstr(o->help, "ot followed") == NULL)
			fail_msg("%s: the help does not say that it is ignored", name);
	}
}

/* ---- wrong values ---- */

/* A wrong line for each row whose type does not give one, and what the error must say. */
static const struct {
	const char *keyword;
	const char *line;
	const char *says;
} wrong[] = {
    {"include", "include", "expected one file"},
    {"database", "database hdb", "use mdb"},
    {"backend", "backend ldap", "expected mdb"},
    {"overlay", "overlay ppolicy", "overlay ppolicy is not built in"},
    {"moduleload", "moduleload /usr/lib/ldap/syncprov.la", "module syncprov is not built in"},
    {"ldapsyntax", "ldapsyntax nonsense", "t.conf:5"},
    {"attributetype", "attributetype ( 1.2.3 NAME 'x' SUP nosuch )", "nosuch"},
    {"objectclass", "objectclass ( 1.2.3 NAME 'x' MUST nosuch )", "nosuch"},
    {"ditcontentrule", "ditcontentrule ( 1.2.3.4.5.99 NAME 'x' )", "t.conf:5"},
    {"attributeoptions", "attributeoptions \"a b\"", "t.conf:5"},
    {"logformat", "logformat xml", "expected text or json"},
    {"metricslisten", "metricslisten 10.0.0.1:9389", "metricsremote"},
    {"loglevel", "loglevel loud", "expected a number or any"},
    {"allow", "allow everything", "expected one of bind_v2"},
    {"disallow", "disallow everything", "expected one of bind_anon"},
    {"require", "require patience", "expected one of none, bind, LDAPv3"},
    {"require", "require authc none", "\"none\" must stand first"},
    {"restrict", "restrict thinking", "expected one of add"},
    {"restrict", "restrict extended=1.2.3", "extended=1.3.6.1.4.1.1466.20037"},
    {"security", "security trust=1", "expected one of ssf"},
    {"security", "security tls", "as in tls=128"},
    {"security", "security tls=-1", "0 to 2147483647 SSF"},
    {"referral", "referral http://example/", "not an LDAP URL"},
    {"rootDSE", "rootDSE \"\"", "expected <file>"},
    {"serverID", "serverID 4096", "0 to 4095"},
    {"password-hash", "password-hash {ROT13}", "expected one of {ARGON2}"},
    {"sizelimit", "sizelimit many", "expected a number from 0 to 2147483647"},
    {"timelimit", "timelimit size=1", "not a limit"},
    {"limits", "limits *", "expected <who>"},
    {"limits", "limits * 5", "is not a limit; expected size"},
    {"limits", "limits * size.prtotal=some", "unlimited, hard, disabled behind size.prtotal"},
    {"access", "access to *", "expected to <what> by <who>"},
    {"rootpw", "rootpw a b", "expected <password"},
    {"subordinate", "subordinate loudly", "expected nothing or advertise"},
    {"updateref", "updateref ldap://h/dc=x?cn", "may not name attributes"},
    {"index", "index nosuch eq", "\"nosuch\" is not in the schema"},
    {"mode", "mode 0777", "0600 to 0666"},
    {"envflags", "envflags fast", "expected nosync"},
    {"objectidentifier", "objectidentifier x", "expected <name>"},
    {"dbnosync", "dbnosync perhaps", "not on or off"},
    {"multiprovider", "multiprovider on", "not built in"},
    {"updatedn", "updatedn cn=x", "updatedn is refused"},
    {"syncrepl", "syncrepl rid=1", "syncrepl is refused"},
    {"replica", "replica uri=ldap://x", "replica is refused"},
    {"plugin", "plugin preoperation x.so init", "plugin is refused"},
    {"TLSCipherSuite", "TLSCipherSuite NORMAL:+NOSUCH", "\"+NOSUCH\" belongs to GnuTLS's"},
    {"TLSCRLCheck", "TLSCRLCheck sometimes", "expected none, peer or all"},
    {"TLSVerifyClient", "TLSVerifyClient maybe", "expected never, allow, try or demand"},
    {"TLSProtocolMin", "TLSProtocolMin 3.9", "expected 3.3 (TLS 1.2) or 3.4"},
    {"schemadn", "schemadn cn=other", "only cn=Subschema"},
    {"sortvals", "sortvals", "expected <attribute>"},
    {"sortvals", "sortvals nosuch", "\"nosuch\" is not in the schema"},
    {"checkpoint", "checkpoint 5", "expected <kbytes> <minutes>"},
    {"multival", "multival default 5", "<hi>,<lo>"},
    {"password-crypt-salt-format", "password-crypt-salt-format $6$", "$6$%.16s"},
    {"tcp-buffer", "tcp-buffer listener=ldap:/// read=-1", "0 to 2147483647 bytes"},
    {"extra_attrs", "extra_attrs", "expected <attribute>"},
};

static const char *
section_of(const struct option *o)
{
	if ((o->scope & OPTION_BACKEND) != 0 && (o->flags & OPTION_F_NODE) == 0)
		return "#\n#\n#\nbackend mdb\n";
	return (o->scope & (OPTION_DB | OPTION_MDB)) != 0 && (o->flags & OPTION_F_NODE) == 0
		   ? CASE_DB
		   : "#\n#\n#\n#\n";
}

static void
refuse(const struct option *o, const char *line, const char *says)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s%s\n", section_of(o), line);
	case_bad(text, says);
	case_bad(text, "t.conf:5: ");
}

static void
refuse_value(const struct option *o, const char *value, const char *says)
{
	char line[256];

	snprintf(line, sizeof(line), "%s %s", o->keyword, value);
	refuse(o, line, says);
}

/* Wrong values that follow from a row's type. Returns whether there were any. */
static bool
refuse_by_type(const struct option *o)
{
	char number[32], range[96];

	switch (o->type) {
	case OPTION_T_BOOL:
		refuse_value(o, "maybe", "is not on or off");
		return true;
	case OPTION_T_INT:
		snprintf(range, sizeof(range), "is not %lld to %lld %s", (long long)o->min,
		    (long long)o->max, o->unit);
		refuse_value(o, "many", range);
		refuse_value(o, "99999999999999999999", range);
		snprintf(number, sizeof(number), "%lld", (long long)o->min - 1);
		refuse_value(o, number, range);
		snprintf(number, sizeof(number), "%lld", (long long)o->max + (o->max < INT64_MAX));
		if (o->max < INT64_MAX)
			refuse_value(o, number, range);
		refuse_value(o, "1.5", range);
		return true;
	case OPTION_T_DN:
		refuse_value(o, "no-dn", "\"no-dn\"");
		return true;
	case OPTION_T_TEXT:
	case OPTION_T_WORDS:
		refuse(o, o->keyword, o->usage);
		return true;
	case OPTION_T_OWN:
		break;
	}
	return false;
}

static void
test_rows_refuse_wrong_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count; i++) {
		const struct option *o = &rows[i];
		bool tried = false;

		if (o->keyword == NULL)
			continue;
		for (size_t j = 0; j < sizeof(wrong) / sizeof(wrong[0]); j++) {
			if (strcmp(wrong[j].keyword, o->keyword) != 0)
				continue;
			refuse(o, wrong[j].line, wrong[j].says);
			tried = true;
		}
		if ((o->flags & OPTION_F_REFUSED) == 0)
			tried |= refuse_by_type(o);
		if (!tried)
			fail_msg("%s: no wrong value in the table", o->keyword);
	}
}

static void
test_lookup_takes_other_spellings(void **state)
{
	static const char *const cases[][2] = {{"PidFile", "pidfile"},
	    {"attribute", "attributetype"}, {"attributeype", "attributetype"},
	    {"mirrormode", "multiprovider"}, {"sasl-regexp", "authz-regexp"},
	    {"rootdse", "rootDSE"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct option *o = option_by_keyword(bv_str(cases[i][0]));
		assert_non_null(o);
		assert_string_equal(o->keyword, cases[i][1]);
	}
	assert_null(option_by_keyword(BV_LIT("")));
	assert_null(option_by_keyword(BV_LIT("pidfil")));
	assert_null(option_by_olc(BV_LIT("pidfile")));
}

/* OpenLDAP's numbers, as its cn=Subschema publishes them. */
static void
test_oids_are_openldaps(void **state)
{
	static const char *const cases[][2] = {{"olcAccess", "3.0.1"}, {"olcPidFile", "3.0.37"},
	    {"olcSizeLimit", "3.0.60"}, {"olcTLSProtocolMin", "3.0.87"}, {"olcRootPW", "3.2.0.9"},
	    {"olcSuffix", "3.2.0.10"}, {"olcLastBind", "3.2.0.22"}, {"olcDbDirectory", "3.2.0.1"},
	    {"olcDbIndex", "3.2.0.2"}, {"olcDbCheckpoint", "3.2.1.2"}, {"olcDbMaxSize", "3.2.12.2"},
	    {"olcBkMdbIdlExp", "3.1.12.1"}};
	char oid[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(oid, sizeof(oid), "1.3.6.1.4.1.4203.1.12.2.%s", cases[i][1]);
		assert_string_equal(option_by_olc(bv_str(cases[i][0]))->oid, oid);
	}
}

static void
test_nearest(void **state)
{
	static const char *const cases[][2] = {{"pidfle", "pidfile"}, {"sufix", "suffix"},
	    {"rootdns", "rootdn"}, {"indx", "index"}, {"SIZELIMITS", "sizelimit"},
	    {"moduleloads", "moduleload"}, {"xy", NULL}, {"", NULL}, {"entirely-different", NULL}};
	char huge[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = option_nearest(bv_str(cases[i][0]));
		if (cases[i][1] == NULL ? got != NULL
					: got == NULL || strcmp(got, cases[i][1]) != 0)
			fail_msg("%s: %s", cases[i][0], got == NULL ? "none" : got);
	}
	memset(huge, 'a', sizeof(huge));
	assert_null(option_nearest(bv_make(huge, sizeof(huge))));
	assert_string_equal(option_nearest_olc(BV_LIT("olcSufix")), "olcSuffix");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_are_documented),
	    cmocka_unit_test(test_rows_have_usable_defaults),
	    cmocka_unit_test(test_rows_are_unique),
	    cmocka_unit_test(test_nothing_of_openldap_is_missing),
	    cmocka_unit_test(test_rows_without_effect_say_so),
	    cmocka_unit_test(test_rows_refuse_wrong_values),
	    cmocka_unit_test(test_lookup_takes_other_spellings),
	    cmocka_unit_test(test_oids_are_openldaps),
	    cmocka_unit_test(test_nearest),
	};

	rows = option_rows(&row_count);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
