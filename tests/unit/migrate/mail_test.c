/* aliases lines. */

#include "reader.h"

#include "migrate/mail.h"

static const struct reader_case cases[] = {
    {"plain", "postmaster: root, joe@falcot.com\n",
	"dn: cn=postmaster,ou=Aliases,dc=x\nobjectClass: nisMailAlias\ncn: postmaster\n"
	"rfc822MailMember: root\nrfc822MailMember: joe@falcot.com\n\n",
	NULL, 1, 0},
    {"continued", "a: b,\n  c,\n\td\ne: f\n",
	"rfc822MailMember: b\nrfc822MailMember: c\nrfc822MailMember: d\n\n", NULL, 2, 0},
    {"comments between", "a: b\n# x\n\n , c\n", "rfc822MailMember: b\nrfc822MailMember: c\n", NULL,
	1, 0},
    {"indented first line", "  a: b\n", "cn: a\n", NULL, 1, 0},
    {"command", "a: \"|/bin/prog -x, \\\"y\\\"\"\n",
	"rfc822MailMember: \"|/bin/prog -x, \\\"y\\\"\"\n", "runs a command", 1, 0},
    {"bare command", "a: |/bin/prog\n", "rfc822MailMember: |/bin/prog\n", "runs a command", 1, 0},
    {"file", "a: /var/mail/a\n", "rfc822MailMember: /var/mail/a\n", "writes to a file", 1, 0},
    {"include", "a: :Include:/etc/l\n", "rfc822MailMember:: OkluY2x1ZGU6L2V0Yy9s\n",
	"includes a file", 1, 0},
    {"quoted name with a colon", "\"a: b\": c\n", "cn: a: b\n", NULL, 1, 0},
    {"backslash", "root: \\root, joe\n", "rfc822MailMember: \\root\n", NULL, 1, 0},
    {"target twice", "a: b, B, b\n", "cn: a\nrfc822MailMember: b\n\n", NULL, 1, 0},
    {"comma at the end", "a: b,\nc: d\n", "rfc822MailMember: b\n", NULL, 2, 0},
    {"two commas", "a: b,,c\n", "rfc822MailMember: b\nrfc822MailMember: c\n", "nothing between", 1,
	0},
    {"not ASCII", "a: j\xc3\xb6@x, b\n", "cn: a\nrfc822MailMember: b\n\n", "partly refused", 1, 0},
    {"no colon", "a b\n", NULL, ":1: refused: no \"name:\"", 0, 1},
    {"no name", ": b\n", NULL, "no \"name:\"", 0, 1},
    {"empty quoted name", "\"\": b\n", NULL, "no \"name:\"", 0, 1},
    {"no target", "a:\n", NULL, "no target that can be kept", 0, 1},
    {"quote not closed", "a: \"b, c\n", NULL, "not closed", 0, 1},
    {"quote not closed in the name", "\"a: b\n", NULL, "no \"name:\"", 0, 1},
    {"other case", "root: a\nRoot: b\n", "rfc822MailMember: a\n", ":2: refused", 1, 1},
};

static void
test_mail_read_aliases_cases(void **state)
{
	(void)state;
	READER_TABLE(MAP_ALIASES, cases);
}

static void
test_mail_read_aliases_hundred_thousand_targets(void **state)
{
	enum { COUNT = 100000, WIDTH = 20 };
	char *text = malloc(COUNT * WIDTH + 16);
	struct reader r;

	(void)state;
	assert_non_null(text);
	size_t n = (size_t)sprintf(text, "all: ");
	for (int i = 0; i < COUNT; i++)
		n += (size_t)sprintf(text + n, "u%06d@falcot.com,", i);
	n += (size_t)sprintf(text + n, "U000007@falcot.com\n");
	reader_init(&r);
	reader_file(&r, MAP_ALIASES, text, n);
	reader_run(&r);
	assert_int_equal(record_get(r.m.records.items[0], ATTR_RFC822MAILMEMBER)->count, COUNT);
	reader_done(&r);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mail_read_aliases_cases),
	    cmocka_unit_test(test_mail_read_aliases_hundred_thousand_targets)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
