/* passwd and shadow lines, ordinary and hostile. */

#include "reader.h"

#include "migrate/accounts.h"

static const struct reader_case passwd_cases[] = {
    {"plain", "joe:*:1001:100:Joe Doe:/home/joe:/bin/sh\n",
	"dn: uid=joe,ou=People,dc=x\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nuid: "
	"joe\n"
	"cn: Joe Doe\nsn: Doe\ngivenName: Joe\ngecos: Joe Doe\nuidNumber: 1001\ngidNumber: 100\n"
	"homeDirectory: /home/joe\nloginShell: /bin/sh\nuserPassword: {CRYPT}*\n",
	NULL, 1, 0},
    {"no name: an account", "joe:*:1001:100::/h:/s\n", "objectClass: account\n", NULL, 1, 0},
    {"name is the login: an account", "joe:*:1001:100:JOE:/h:/s\n", "objectClass: account\n", NULL,
	1, 0},
    {"system: an account", "www:*:33:33:Web Server:/h:/s\n", "objectClass: account\n", NULL, 1, 0},
    {"no newline at the end", "joe:*:1001:100::/h:/s", "loginShell: /s\n", NULL, 1, 0},
    {"no shell", "joe:*:1001:100::/h:\n", "homeDirectory: /h\nuserPassword", NULL, 1, 0},
    {"leading zeros", "joe:*:0001001:0100::/h:/s\n", "uidNumber: 1001\ngidNumber: 100\n", NULL, 1,
	0},
    {"ampersand", "joe:*:1001:100:Old & Man:/h:/s\n", "cn: Old Joe Man\n", NULL, 1, 0},
    {"all of GECOS", "joe:*:1001:100:J D,R 1,+1 2,+3 4,more:/h:/s\n",
	"roomNumber: R 1\ntelephoneNumber: +1 2\nhomePhone: +3 4\ngecos: J D,R 1,+1 2,+3 4,more\n",
	NULL, 1, 0},
    {"UTF-8 name", "joe:*:1001:100:J\xc3\xb6rg:/h:/s\n", "cn:: SsO2cmc=\nsn:: SsO2cmc=\nuidNumber",
	"gecos holds ASCII only", 1, 0},
    {"odd characters", "a,b+\"\\<>;=:*:1001:100::/h:/s\n",
	"dn: uid=a\\,b\\+\\\"\\\\\\<\\>\\;\\=,ou=People,dc=x\n", NULL, 1, 0},
    {"comments and blanks", "# x\n\n   \n  joe:*:1001:100::/h:/s\n", "uid: joe\n", NULL, 1, 0},
    {"hash in passwd", "joe:$1$a$b:1001:100::/h:/s\n", "userPassword: {CRYPT}$1$a$b\n", NULL, 1, 0},
    {"foreign hash", "joe:{SSHA}abc:1001:100::/h:/s\n", "userPassword: {CRYPT}{SSHA}abc\n",
	"no crypt(3) hash", 1, 0},
    {"empty password", "joe::1001:100::/h:/s\n", "userPassword: {CRYPT}!\n",
	"partly refused: \"joe\" has an empty password", 1, 0},
    {"x without shadow", "joe:x:1001:100::/h:/s\n", "loginShell: /s\n\n", NULL, 1, 0},
    {"uid 0", "root:*:0:0::/root:/s\n", "uidNumber: 0\n", "superuser", 1, 0},
    {"same uid", "a:*:1001:1::/h:/s\nb:*:1001:1::/h:/s\n", "uid: b\n",
	":2: note: \"b\" has uid 1001", 2, 0},
    {"same name", "a:*:1001:1::/h:/s\na:*:1002:1::/h:/s\n", "uidNumber: 1001\n",
	":2: refused: \"a\" has a line already, line 1", 1, 1},
    {"name in other case", "ab:*:1001:1::/h:/s\nAB:*:1002:1::/h:/s\n", "uid: ab\n",
	"without case: rename one", 1, 1},
    {"name in other case, not ASCII", "\xc3\xa4:*:1001:1::/h:/s\n\xc3\x84:*:1002:1::/h:/s\n",
	"uid:: w6Q=\n", "without case: rename one", 1, 1},
    {"six fields", "joe:*:1001:100::/h\n", NULL, ":1: refused: 6 fields where passwd has 7", 0, 1},
    {"eight fields", "joe:*:1001:100::/h:/s:\n", NULL, "8 fields", 0, 1},
    {"no name", ":*:1001:100::/h:/s\n", NULL, "is empty", 0, 1},
    {"NIS", "+::::::\n-bad::::::\n+@g::::::\n", NULL, "NIS syntax", 0, 3},
    {"uid -1", "joe:*:-1:100::/h:/s\n", NULL, "uid is no number", 0, 1},
    {"uid 2^32-1", "joe:*:4294967295:100::/h:/s\n", NULL, "uid is no number", 0, 1},
    {"uid 2^64", "joe:*:18446744073709551616:100::/h:/s\n", NULL, "uid is no number", 0, 1},
    {"uid words", "joe:*:1x:100::/h:/s\n", NULL, "uid is no number", 0, 1},
    {"gid empty", "joe:*:1001:::/h:/s\n", NULL, "gid is no number", 0, 1},
    {"no home", "joe:*:1001:1:::/s\n", NULL, "home directory is empty", 0, 1},
    {"home not ASCII", "joe:*:1001:1::/h\xc3\xa9:/s\n", NULL, "ASCII only", 0, 1},
    {"not UTF-8", "joe:*:1001:1:J\xf6rg:/h:/s\n", NULL, "not UTF-8", 0, 1},
    {"overlong UTF-8", "joe:*:1001:1:\xc0\xaf:/h:/s\n", NULL, "not UTF-8", 0, 1},
    {"surrogate", "joe:*:1001:1:\xed\xa0\x80:/h:/s\n", NULL, "not UTF-8", 0, 1},
    {"escape sequence", "joe:*:1001:1:\x1b[2J:/h:/s\n", NULL, "control character", 0, 1},
    {"two blanks in the name", "a  b:*:1001:1::/h:/s\n", NULL, "blanks", 0, 1},
    {"DOS", "joe:*:1001:1::/h:/s\r\n", "loginShell: /s\n", "CR LF", 1, 0},
    {"BOM", "\xef\xbb\xbfjoe:*:1001:1::/h:/s\n", "uid: joe\n", "byte order mark", 1, 0},
    {"empty file", "", NULL, NULL, 0, 0},
};

static void
test_accounts_read_cases(void **state)
{
	(void)state;
	READER_TABLE(MAP_PASSWD, passwd_cases);
}

struct shadow_case {
	const char *name;
	const char *shadow;
	const char *ldif;
	const char *report; /* NULL: an empty report */
};

static const struct shadow_case shadow_cases[] = {
    {"all fields", "joe:$6$a$b:1:2:3:4:5:6:7\n",
	"userPassword: {CRYPT}$6$a$b\nshadowLastChange: 1\nshadowMin: 2\nshadowMax: 3\n"
	"shadowWarning: 4\nshadowInactive: 5\nshadowExpire: 6\nshadowFlag: 7\n",
	NULL},
    {"few fields", "joe:*:::::::\n", "objectClass: shadowAccount\n", NULL},
    {"-1", "joe:*:1::::-1::\n", "shadowInactive: -1\n", NULL},
    {"locked", "joe:!$6$a$b:1::::::\n", "userPassword: {CRYPT}!$6$a$b\n", NULL},
    {"never set", "joe:!!:1::::::\n", "userPassword: {CRYPT}!!\n", NULL},
    {"empty", "joe::1::::::\n", "userPassword: {CRYPT}!\n", "partly refused"},
    {"none", "", "loginShell: /s\n\n", "no password in shadow"},
    {"bad number", "joe:$6$a$b:x::::::\n", "loginShell: /s\n\n", "refused: not a number"},
    {"plus", "joe:$6$a$b:+1::::::\n", "loginShell: /s\n\n", "refused: not a number"},
    {"too large", "joe:$6$a$b:99999999999::::::\n", "loginShell: /s\n\n", "refused: not a number"},
    {"too few", "joe:$6$a$b\n", "loginShell: /s\n\n", "wrong number of fields"},
    {"too many", "joe:$6$a$b::::::::\n", "loginShell: /s\n\n", "wrong number of fields"},
    {"twice", "joe:*:1::::::\njoe:$6$a$b:1::::::\n", "userPassword: {CRYPT}*\n",
	":2: refused: \"joe\" has a line already"},
    {"stranger", "joe:*:1::::::\nghost:*:1::::::\n", "{CRYPT}*",
	":2: refused: \"ghost\": no such account"},
    {"other case", "JOE:$6$a$b:1::::::\n", "loginShell: /s\n\n",
	"refused: \"JOE\": no such account"},
};

static void
test_accounts_read_shadow(void **state)
{
	static const char passwd[] = "joe:x:1001:1::/h:/s\n";

	(void)state;
	for (size_t i = 0; i < sizeof(shadow_cases) / sizeof(shadow_cases[0]); i++) {
		const struct shadow_case *c = &shadow_cases[i];
		struct reader r;

		reader_init(&r);
		reader_file(&r, MAP_PASSWD, passwd, sizeof(passwd) - 1);
		reader_file(&r, MAP_SHADOW, c->shadow, strlen(c->shadow));
		reader_run(&r);
		bool ok =
		    r.m.records.count == 1 && strstr(r.ldif, c->ldif) != NULL &&
		    (c->report == NULL ? r.report_size == 0 : strstr(r.report, c->report) != NULL);
		if (!ok)
			fail_msg("%s:\n%s\n%s", c->name, r.ldif, r.report);
		reader_done(&r);
	}
}

/* A shadow line is counted once, whatever becomes of how many accounts of its name. */
static void
test_accounts_read_counts_shadow_lines_once(void **state)
{
	static const char passwd[] = "a:x:bad:1::/h:/s\na:x:worse:1::/h:/s\nb:x:1:1::/h:/s\n"
				     "b:x:bad:1::/h:/s\n";
	static const char shadow[] = "a:*:1::::::\nb:*:1::::::\n";
	struct reader r;

	(void)state;
	reader_init(&r);
	reader_file(&r, MAP_PASSWD, passwd, sizeof(passwd) - 1);
	reader_file(&r, MAP_SHADOW, shadow, sizeof(shadow) - 1);
	reader_run(&r);
	assert_int_equal(report_lines_left_out(r.m.report, MAP_PASSWD), 3);
	assert_int_equal(report_lines_left_out(r.m.report, MAP_SHADOW), 1);
	assert_non_null(strstr(r.report, ":1: refused: \"a\": its account or group is refused"));
	assert_int_equal(r.m.records.count, 1);
	reader_done(&r);
}

static void
test_accounts_password_never_opens_an_account(void **state)
{
	static const char *const closed[] = {"", "!", "!!", "*", "*LK*", "!$6$a$b", "*$6$a$b"};
	struct arena *arena = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		struct bv value = accounts_password(arena, bv_str(closed[i]));

		assert_true(value.n > 7 && (value.p[7] == '!' || value.p[7] == '*'));
	}
	assert_null(accounts_password(arena, BV_LIT("x")).p);
	arena_free(&arena);
}

static void
run_limited(struct reader *r, unsigned long min, unsigned long max)
{
	static const char passwd[] = "root:*:0:0::/h:/s\nlow:*:999:1::/h:/s\nuser:*:1000:1::/h:/s\n"
				     "high:*:70000:1::/h:/s\nnobody:*:65534:1::/h:/s\n";

	reader_init(r);
	r->opt.system = false;
	r->opt.uid_min = min;
	r->opt.uid_max = max;
	reader_file(r, MAP_PASSWD, passwd, sizeof(passwd) - 1);
	reader_run(r);
}

static void
test_accounts_read_leaves_out_by_number(void **state)
{
	struct reader r;

	(void)state;
	run_limited(&r, 1000, 4294967294UL);
	assert_int_equal(r.m.records.count, 2);
	assert_int_equal(report_lines_left_out(r.m.report, MAP_PASSWD), 3);
	assert_false(report_any_refused(r.m.report));
	assert_non_null(strstr(r.ldif, "uid: high\n"));
	reader_done(&r);
	run_limited(&r, 0, 999);
	assert_int_equal(r.m.records.count, 2);
	assert_non_null(strstr(r.ldif, "uid: root\n"));
	reader_done(&r);
}

static void
test_accounts_read_mail_domain(void **state)
{
	static const char passwd[] = "joe:*:1001:1:J D:/h:/s\na b:*:1002:1:Ann Bee:/h:/s\n";
	struct reader r;

	(void)state;
	reader_init(&r);
	r.opt.mail_domain = "falcot.com";
	reader_file(&r, MAP_PASSWD, passwd, sizeof(passwd) - 1);
	reader_run(&r);
	assert_non_null(strstr(r.ldif, "mail: joe@falcot.com\n"));
	assert_null(strstr(r.ldif, "mail: a b"));
	assert_non_null(strstr(r.report, "cannot stand before the @"));
	reader_done(&r);
}

static void
test_accounts_read_nul_and_overlong_lines(void **state)
{
	size_t n = (5U << 20) + 64;
	char *text = malloc(n);
	struct reader r;

	(void)state;
	assert_non_null(text);
	memset(text, 'l', n);
	memcpy(text, "a\0b:*:1:1::/:/\n", 15);
	static const char last[] = "\njoe:*:1001:1::/h:/s\n";
	memcpy(text + n - (sizeof(last) - 1), last, sizeof(last) - 1);
	reader_init(&r);
	reader_file(&r, MAP_PASSWD, text, n);
	reader_run(&r);
	assert_non_null(strstr(r.report, ":1: refused: NUL byte"));
	assert_non_null(strstr(r.report, ":2: refused: line too long"));
	assert_int_equal(r.m.records.count, 1);
	reader_done(&r);
	free(text);
}

static void
test_accounts_read_latin1_is_encoded_once(void **state)
{
	static const char passwd[] = "a:*:1001:1:J\xf6rg:/h:/s\nb:*:1002:1:J\xc3\xb6rg:/h:/s\n";
	struct reader r;

	(void)state;
	reader_init(&r);
	r.opt.latin1 = true;
	reader_file(&r, MAP_PASSWD, passwd, sizeof(passwd) - 1);
	reader_run(&r);
	const char *first = strstr(r.ldif, "cn:: SsO2cmc=\n");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "cn:: SsO2cmc=\n"));
	assert_non_null(strstr(r.report, ":2: note: the line is UTF-8 already"));
	reader_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accounts_read_cases),
	    cmocka_unit_test(test_accounts_read_shadow),
	    cmocka_unit_test(test_accounts_read_counts_shadow_lines_once),
	    cmocka_unit_test(test_accounts_password_never_opens_an_account),
	    cmocka_unit_test(test_accounts_read_leaves_out_by_number),
	    cmocka_unit_test(test_accounts_read_mail_domain),
	    cmocka_unit_test(test_accounts_read_nul_and_overlong_lines),
	    cmocka_unit_test(test_accounts_read_latin1_is_encoded_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
