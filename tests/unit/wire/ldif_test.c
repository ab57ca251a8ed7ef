#include "bytes.h"
#include <stdio.h>
#include <unistd.h>
#include "wire/ldif.h"

/* LDIF: files that must be refused with their line, then every form that is read, then writing. */

static struct arena *a;
static FILE *file;

static struct ldif_reader *
reader_of(const char *text, size_t max)
{
	file = fmemopen(arena_str(a, bv_str(text)), strlen(text), "r");
	assert_non_null(file);
	return ldif_reader_new(file, "f", max);
}

static void
done(struct ldif_reader *r)
{
	ldif_reader_free(&r);
	assert_null(r);
	fclose(file);
}

static const struct {
	const char *text;
	const char *error; /* what the text begins with */
} refused[] = {
    {"cn: x\n", "f:1: a record must begin with \"dn:\""},
    {"-\n", "f:1: a record must begin"},
    {" x\n", "f:1: a line that begins with a space"},
    {"dn\n", "f:1: a line must be"},
    {": x\n", "f:1: a line must be"},
    {"version: 2\n", "f:1: only LDIF version 1"},
    {"dn:: !\n", "f:1: the value is not base64"},
    {"dn: a\ncn: x\n\ncn: y\n", NULL},
    {"dn: a\n# c\nfoo\n", "f:3: a line must be"},
    {"dn: a\ncn: 1\n 2\nfoo\n", "f:4: a line must be"},
    {"dn: a\ncn: 1\ndn: b\n", "f:3: a second \"dn:\""},
    {"dn: a\ncn: 1\n-\n", "f:3: \"-\" belongs"},
    {"dn: a\ncn: 1\nchangetype: add\n", "f:3: \"changetype:\" must stand"},
    {"dn: a\nchangetype: frob\n", "f:2: unknown changetype \"frob\""},
    {"dn: a\nchangetype: delete\ncn: x\n", "f:3: nothing may follow"},
    {"dn: a\nchangetype: modify\nfrob: cn\n", "f:3: expected \"add:\""},
    {"dn: a\nchangetype: modify\n-\n", "f:3: expected \"add:\""},
    {"dn: a\nchangetype: modify\nadd:\n", "f:3: \"add:\" names no"},
    {"dn: a\nchangetype: modify\nadd: cn\nsn: x\n", "f:4: \"sn\" among the values of \"cn\""},
    {"dn: a\nchangetype: modrdn\n", "f:2: expected \"newrdn:\""},
    {"dn: a\nchangetype: modrdn\nnewrdn: b\n", "f:3: expected \"deleteoldrdn"},
    {"dn: a\nchangetype: modrdn\nnewrdn: b\ndeleteoldrdn: 2\n", "f:4: expected \"deleteoldrdn"},
    {"dn: a\nchangetype: moddn\nnewrdn: b\ndeleteoldrdn: 0\nx: y\n", "f:5: nothing more"},
    {"dn: a\ncontrol: 1.2 maybe\nchangetype: delete\n", "f:2: a control must be"},
    {"dn: a\ncontrol:\nchangetype: delete\n", "f:2: a control must be"},
    {"dn: a\njpegPhoto:< http://x/y\n", "f:2: a URL must be file:///path"},
    {"dn: a\njpegPhoto:< file:///%zz\n", "f:2: a URL must be file:///path"},
    {"dn: a\njpegPhoto:< file:///no/such/file\n", "f:2: /no/such/file: "},
    {"dn: a\njpegPhoto:< file:///dev/zero\n", "f:2: /dev/zero is not a regular file"},
};

static void
test_next_refuses_with_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct ldif_reader *r = reader_of(refused[i].text, 0);
		struct ldif_record record;
		struct errbuf e = {""};
		int status = ldif_next(r, a, &record, &e);
		if (status != (refused[i].error == NULL ? 1 : ERR_SYNTAX))
			fail_msg("%s: %d", refused[i].text, status);
		if (refused[i].error != NULL &&
		    strncmp(e.text, refused[i].error, strlen(refused[i].error)) != 0)
			fail_msg("%s: \"%s\"", refused[i].text, e.text);
		done(r);
	}
}

static void
test_next_goes_on_behind_a_bad_record(void **state)
{
	struct ldif_reader *r =
	    reader_of("dn: a\nbroken\n\ndn: b\nx: 0123456789012345678901234567890123456789\n\n"
		      "dn: c\nx: 1\n",
		40);
	struct ldif_record record;
	struct errbuf e;

	(void)state;
	assert_int_equal(ldif_next(r, a, &record, &e), ERR_SYNTAX);
	assert_int_equal(ldif_next(r, a, &record, &e), ERR_LIMIT);
	assert_string_equal(e.text, "f:4: the record has more than 40 bytes");
	assert_int_equal(ldif_next(r, a, &record, &e), 1);
	assert_bv(record.dn, BV_LIT("c"));
	assert_int_equal(record.line, 7);
	assert_int_equal(ldif_next(r, a, &record, &e), 0);
	assert_int_equal(ldif_next(r, a, &record, &e), 0);
	done(r);
}

static void
test_next_refuses_zero_bytes(void **state)
{
	static char text[] = "\n\ndn: a\0b\n\ndn: c\n";
	struct ldif_record record;
	struct errbuf e;

	(void)state;
	file = fmemopen(text, sizeof(text) - 1, "r");
	struct ldif_reader *r = ldif_reader_new(file, "f", 0);
	assert_int_equal(ldif_next(r, a, &record, &e), ERR_SYNTAX);
	assert_non_null(strstr(e.text, "f:3: the record holds a zero byte"));
	assert_int_equal(ldif_next(r, a, &record, &e), 1);
	done(r);
}

static struct ldif_record
one(const char *text)
{
	struct ldif_reader *r = reader_of(text, 0);
	struct ldif_record record = {0};
	struct errbuf e;

	if (ldif_next(r, a, &record, &e) != 1)
		fail_msg("%s: %s", text, e.text);
	done(r);
	return record;
}

static void
test_content_forms(void **state)
{
	struct ldif_record r = one("\xef\xbb\xbfversion: 1\r\n# c\r\n d\r\ndn:: YT1i\r\nCN:x \r\n"
				   "sn: a\r\n  b\r\n c\r\ncn:\t y\r\nmail:\r\ncn:: /w==");

	(void)state;
	assert_int_equal(r.change, LDIF_CONTENT);
	assert_int_equal(r.line, 4);
	assert_bv(r.dn, BV_LIT("a=b"));
	assert_int_equal(r.attr_count, 3);
	assert_bv(r.attrs[0].desc, BV_LIT("CN"));
	assert_int_equal(r.attrs[0].count, 3);
	assert_bv(r.attrs[0].values[0], BV_LIT("x "));
	assert_bv(r.attrs[0].values[1], BV_LIT("y"));
	assert_bv(r.attrs[0].values[2], BV_LIT("\xff"));
	assert_bv(r.attrs[1].values[0], BV_LIT("a bc"));
	assert_true(r.attrs[2].count == 1 && r.attrs[2].values[0].n == 0);
}

static void
test_changes(void **state)
{
	struct ldif_record r = one("dn: a\ncontrol: 1.2\ncontrol: 1.3 true:: YQ==\nchangetype: "
				   "Modify\nadd: m\nm: 1\nM: 2\n-\ndelete: n\n-\nreplace: o\n-\n"
				   "increment: p\np: 3\n");

	(void)state;
	assert_int_equal(r.control_count, 2);
	assert_false(r.controls[0].critical || r.controls[0].value.p != NULL);
	assert_true(r.controls[1].critical);
	assert_bv(r.controls[1].value, BV_LIT("a"));
	assert_int_equal(r.change, LDIF_MODIFY);
	assert_int_equal(r.mod_count, 4);
	assert_int_equal(r.mods[0].attr.count, 2);
	assert_int_equal(r.mods[1].op, LDAP_MOD_OP_DELETE);
	assert_int_equal(r.mods[1].attr.count, 0);
	assert_int_equal(r.mods[3].op, LDAP_MOD_OP_INCREMENT);
	assert_bv(r.mods[3].attr.values[0], BV_LIT("3"));
	r = one("dn: a\nchangetype: moddn\nnewrdn: b\ndeleteoldrdn: 1\nnewsuperior: c\n");
	assert_int_equal(r.change, LDIF_MODRDN);
	assert_true(r.moddn.delete_old_rdn);
	assert_bv(r.moddn.dn, BV_LIT("a"));
	assert_bv(r.moddn.new_superior, BV_LIT("c"));
	assert_int_equal(one("dn: a\nchangetype: delete\n").change, LDIF_DELETE);
	assert_int_equal(one("dn:\nchangetype: add\na: b\n").attr_count, 1);
}

static void
test_value_from_file(void **state)
{
	char path[] = "/tmp/ldif_test.XXXXXX";
	int fd = mkstemp(path);
	char text[128], content[80] = "\0binary\n";

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, sizeof(content)), sizeof(content));
	close(fd);
	snprintf(text, sizeof(text), "dn: a\nphoto:< file://%s\n", path);
	struct ldif_record r = one(text);
	assert_bv(r.attrs[0].values[0], bv_make(content, sizeof(content)));
	struct ldif_reader *small = reader_of(text, 64);
	struct errbuf e;
	assert_int_equal(ldif_next(small, a, &r, &e), ERR_LIMIT);
	done(small);
	unlink(path);
}

/* Many values and many descriptions: the same grouping, and no quadratic time. */
static void
test_grouping_of_many(void **state)
{
	struct buf text = {0};
	enum { MANY = 50000, NAMES = 5000 };

	(void)state;
	buf_printf(&text, "dn: a\n");
	for (int i = 0; i < MANY; i++)
		buf_printf(&text, "%c%d: %d\n", i & 1 ? 'a' : 'A', i % NAMES, i);
	file = fmemopen(text.p, text.n, "r");
	struct ldif_reader *r = ldif_reader_new(file, "f", 0);
	struct ldif_record record;
	struct errbuf e;
	assert_int_equal(ldif_next(r, a, &record, &e), 1);
	assert_int_equal(record.attr_count, NAMES);
	for (size_t i = 0; i < NAMES; i++) {
		assert_int_equal(record.attrs[i].count, MANY / NAMES);
		int64_t last;
		assert_true(bv_to_i64(record.attrs[i].values[9], &last));
		assert_int_equal(last, 9 * NAMES + (int)i);
	}
	done(r);
	buf_done(&text);
}

static void
test_window_boundaries(void **state)
{
	struct buf text = {0};
	struct ldif_record record;
	struct errbuf e;

	(void)state;
	for (int i = 0; i < 3000; i++)
		buf_printf(
		    &text, "%sdn: cn=%d\ncn: %*d\n\n", i % 7 ? "" : "# c\n\n", i, i % 200, i);
	file = fmemopen(text.p, text.n, "r");
	struct ldif_reader *r = ldif_reader_new(file, "f", 1000);
	for (int i = 0; i < 3000; i++) {
		char dn[32];
		snprintf(dn, sizeof(dn), "cn=%d", i);
		assert_int_equal(ldif_next(r, a, &record, &e), 1);
		assert_bv(record.dn, bv_str(dn));
	}
	assert_int_equal(ldif_next(r, a, &record, &e), 0);
	done(r);
	buf_done(&text);
}

static void
test_skip_to_line(void **state)
{
	static const struct {
		unsigned long line;
		const char *dn; /* NULL: the end */
	} cases[] = {{0, "a"}, {2, "a"}, {3, "b"}, {6, "b"}, {7, "c"}, {9, "c"}, {10, NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ldif_reader *r =
		    reader_of("# first\ndn: a\nx: 1\n\n# c\ndn: b\nx: 2\n\ndn: c\nx: 3", 0);
		struct ldif_record record = {0};
		struct errbuf e;
		assert_int_equal(ldif_skip_to_line(r, cases[i].line), 0);
		int status = ldif_next(r, a, &record, &e);
		if (status != (cases[i].dn != NULL) ||
		    (status == 1 && !bv_eq(record.dn, bv_str(cases[i].dn))))
			fail_msg("line %lu", cases[i].line);
		done(r);
	}
}

/* The same bytes as OpenLDAP's ldif_put writes. */
static void
test_put_forms(void **state)
{
	static const struct {
		const char *desc, *value, *want;
		size_t wrap;
	} cases[] = {
	    {"cn", "", "cn:\n", 0},
	    {"userPassword", "", "userPassword:\n", 0},
	    {"cn", "a:b", "cn: a:b\n", 0},
	    {"cn", " a", "cn:: IGE=\n", 0},
	    {"cn", "a ", "cn:: YSA=\n", 0},
	    {"cn", "a\tb", "cn:: YQli\n", 0},
	    {"cn", "\xc3\xa9", "cn:: w6k=\n", 0},
	    {"cn", ":a", "cn:: OmE=\n", 0},
	    {"cn", "<a", "cn:: PGE=\n", 0},
	    {"cn", "#a", "cn: #a\n", 0},
	    {"cn", "a\x7f", "cn:: YX8=\n", 0},
	    {"userPassword", "x", "userPassword:: eA==\n", 0},
	    {"userPassword;x", "x", "userPassword;x: x\n", 0},
	    {"cn", "0123456789", "cn: 0123\n 456789\n", 8},
	    {"cn", "0123456789", "cn: 0123456789\n", SIZE_MAX},
	    {"description", "ab", "description: \n a\n b\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = {0};
		ldif_put(&out, bv_str(cases[i].desc), bv_str(cases[i].value), cases[i].wrap);
		if (!bv_eq(buf_bv(&out), bv_str(cases[i].want)))
			fail_msg("%s: %.*s", cases[i].want, BV(buf_bv(&out)));
		buf_done(&out);
	}
}

static void
test_put_folds_at_78(void **state)
{
	struct buf out = {0};
	uint8_t x[200];

	(void)state;
	memset(x, 'x', sizeof(x));
	ldif_put(&out, BV_LIT("cn"), bv_make(x, 74), 0);
	assert_int_equal(out.n, 79);
	buf_consume(&out, out.n);
	ldif_put(&out, BV_LIT("cn"), bv_make(x, 75), 0);
	assert_bv(bv_from(buf_bv(&out), 78), BV_LIT("\n x\n"));
	buf_consume(&out, out.n);
	ldif_put(&out, BV_LIT("cn"), bv_make(x, 74 + 77 + 1), 0);
	assert_bv(bv_from(buf_bv(&out), 78 + 1 + 78), BV_LIT("\n x\n"));
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_next_refuses_with_line),
	    cmocka_unit_test(test_next_goes_on_behind_a_bad_record),
	    cmocka_unit_test(test_next_refuses_zero_bytes),
	    cmocka_unit_test(test_content_forms),
	    cmocka_unit_test(test_changes),
	    cmocka_unit_test(test_value_from_file),
	    cmocka_unit_test(test_grouping_of_many),
	    cmocka_unit_test(test_window_boundaries),
	    cmocka_unit_test(test_skip_to_line),
	    cmocka_unit_test(test_put_forms),
	    cmocka_unit_test(test_put_folds_at_78),
	};

	a = arena_new(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&a);
	return failed;
}
