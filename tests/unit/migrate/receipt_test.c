/* Receipts: what is written comes back; what is damaged or foreign is refused. */

#include "reader.h"

#include <sys/stat.h>

#include "base/err.h"
#include "migrate/receipt.h"

struct box {
	struct arena *arena;
	char dir[32];
	const char *path;
};

static void
box_init(struct box *b)
{
	*b = (struct box){.arena = arena_new(0), .dir = "/tmp/receipt-test-XXXXXX"};
	assert_non_null(mkdtemp(b->dir));
	b->path = (const char *)arena_printf(b->arena, "%s/r", b->dir).p;
}

static void
box_done(struct box *b)
{
	unlink(b->path);
	rmdir(b->dir);
	arena_free(&b->arena);
}

static struct record *
group(struct box *b, const char *name, struct bv description)
{
	struct report_place place = {MAP_GROUP, "test", 1};
	struct record *rec = record_new(b->arena, &place);

	record_classes(rec, "posixGroup");
	record_add(rec, ATTR_CN, bv_str(name));
	record_append(rec, "description", description);
	record_name(rec, arena_printf(b->arena, "cn=%s", name), BV_LIT("dc=x"));
	return rec;
}

static void
write_file(const struct box *b, const char *text, mode_t mode)
{
	FILE *out = fopen(b->path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	assert_int_equal(chmod(b->path, mode), 0);
}

static void
test_receipt_read_gives_back_what_was_written(void **state)
{
	struct box b;
	struct plan_change add = {.kind = PLAN_ADD}, change;
	struct receipt_step *step = NULL;
	struct stat st;
	bool ok = false;

	(void)state;
	box_init(&b);
	add.want = group(&b, "one", BV_LIT(" odd\n\0value"));
	plan_compare(
	    group(&b, "two", BV_LIT("new")), group(&b, "two", BV_LIT("old")), true, &change);
	struct receipt *r = receipt_new(b.arena, b.path, "ldap://h");
	assert_int_equal(receipt_write(r, &add), 0);
	assert_int_equal(receipt_write(r, &change), 0);
	receipt_failed(r, add.want->dn);
	assert_string_equal(receipt_close(r, &ok), b.path);
	assert_true(ok);
	assert_int_equal(stat(b.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(receipt_read(b.arena, b.path, &step), 0);
	assert_false(step->added || step->failed);
	assert_true(bv_eq(step->dn, BV_LIT("cn=two,dc=x")));
	assert_true(record_has(step->plus, ATTR_DESCRIPTION, BV_LIT("new")));
	step = step->older;
	assert_true(step->added && step->failed);
	assert_true(bv_eq(record_value(step->plus, ATTR_DESCRIPTION), BV_LIT(" odd\n\0value")));
	assert_null(step->older);
	box_done(&b);
}

static void
test_receipt_write_keeps_old_values(void **state)
{
	struct box b;
	struct plan_change change;
	struct receipt_step *step = NULL;
	bool ok = false;

	(void)state;
	box_init(&b);
	struct record *want = group(&b, "g", BV_LIT("d"));
	struct record *have = group(&b, "g", BV_LIT("d"));
	record_add(want, ATTR_GIDNUMBER, BV_LIT("5"));
	record_add(have, ATTR_GIDNUMBER, BV_LIT("6"));
	plan_compare(want, have, true, &change);
	struct receipt *r = receipt_new(b.arena, b.path, "ldap://h");
	assert_int_equal(receipt_write(r, &change), 0);
	receipt_close(r, &ok);
	assert_int_equal(receipt_read(b.arena, b.path, &step), 0);
	assert_true(bv_eq(record_value(step->minus, ATTR_GIDNUMBER), BV_LIT("6")));
	assert_true(bv_eq(record_value(step->equal, ATTR_GIDNUMBER), BV_LIT("5")));
	assert_null(step->plus->attrs);
	box_done(&b);
}

static void
test_receipt_close_without_steps_makes_no_file(void **state)
{
	struct box b;
	bool ok = false;

	(void)state;
	box_init(&b);
	assert_null(receipt_close(receipt_new(b.arena, b.path, "ldap://h"), &ok));
	assert_true(ok);
	assert_int_equal(access(b.path, F_OK), -1);
	box_done(&b);
}

static void
test_receipt_write_never_over_a_file(void **state)
{
	struct box b;
	struct plan_change add = {.kind = PLAN_ADD};

	(void)state;
	box_init(&b);
	write_file(&b, "precious", 0600);
	add.want = group(&b, "one", BV_LIT("d"));
	assert_int_equal(receipt_write(receipt_new(b.arena, b.path, "ldap://h"), &add), ERR_IO);
	box_done(&b);
}

struct bad_case {
	const char *text;
	mode_t mode;
	int code;
};

static const struct bad_case bad[] = {
    {"", 0600, ERR_SYNTAX},
    {"receipt: 2\n", 0600, ERR_SYNTAX},
    {"receipt: 1\nuri: x\n\n+cn: a\n", 0600, ERR_SYNTAX},
    {"receipt: 1\nuri: x\n\nfailed: cn=a\n", 0600, ERR_SYNTAX},
    {"receipt: 1\nuri: x\n\nadd: cn=a\n*cn: a\n", 0600, ERR_SYNTAX},
    {"receipt: 1\nuri: x\n\nadd: cn=a\n+: a\n", 0600, ERR_SYNTAX},
    {"receipt: 1\nuri: x\n\nadd:: ????\n", 0600, ERR_SYNTAX},
    {"receipt: 1\nuri: x\n\nadd: cn=a\n", 0622, ERR_IO},
    {"receipt: 1\nuri: x\n\nadd: cn=a\n", 0660, ERR_IO},
};

static void
test_receipt_read_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct receipt_step *step = NULL;
		struct box b;

		box_init(&b);
		write_file(&b, bad[i].text, bad[i].mode);
		if (receipt_read(b.arena, b.path, &step) != bad[i].code)
			fail_msg("case %zu: %s", i, bad[i].text);
		assert_null(step);
		box_done(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_receipt_read_gives_back_what_was_written),
	    cmocka_unit_test(test_receipt_write_keeps_old_values),
	    cmocka_unit_test(test_receipt_close_without_steps_makes_no_file),
	    cmocka_unit_test(test_receipt_write_never_over_a_file),
	    cmocka_unit_test(test_receipt_read_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
