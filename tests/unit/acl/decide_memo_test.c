/* What one operation leaves to the next. */

#include "aclcase.h"

static void
expect_by(struct aclcase *x, struct decide *d, const char *name, const char *bits)
{
	struct acl_entry e = aclcase_record(x, &x->entries[2]);
	const struct acl_target t = aclcase_target(x, "cn");

	struct bv got = rules_bits_text(x->arena, decide_bits(d, &e, &t));
	if (!bv_is(got, bits))
		fail_msg("%s: %.*s, not %s", name, BV(got), bits);
}

static void
expect_anew(struct aclcase *x, const char *name, struct acl_who who, const char *bits)
{
	who.op = who.op == 0 ? RULES_OP_SEARCH : who.op;
	expect_by(x, aclcase_decide(x, who, "dc=x"), name, bits);
}

/* One operation after the other: what may change between them is asked again. */
static void
test_decide_memo(void **state)
{
	static const char *const oids[] = {"1.2.3"};
	const struct acl_who a = {.normal_dn = BV_LIT(ACL_A)}, b = {.normal_dn = BV_LIT(ACL_B)},
			     nobody = {.normal_dn = BV_LIT("")};
	struct acl_who with = nobody, real = nobody;
	struct aclcase x;

	(void)state;
	aclcase_init(&x,
	    "access to * by group=" ACL_G " write by ssf=56 read by op=compare compare"
	    " by control=1.2.3 search by realdn.exact=" ACL_B " add by users auth by * none");
	x.memo = decide_memo_new(x.arena);
	for (int round = 0; round < 2; round++) {
		expect_anew(&x, "member", a, "write(=wrscxd)");
		expect_anew(&x, "user", b, "add(=arscxd)");
		expect_anew(&x, "nobody", nobody, "none(=0)");
	}
	with.op = RULES_OP_COMPARE;
	expect_anew(&x, "comparing", with, "compare(=cxd)");
	with = (struct acl_who){.normal_dn = BV_LIT(""), .controls = oids, .control_count = 1};
	expect_anew(&x, "control", with, "search(=scxd)");
	real.real_normal_dn = BV_LIT(ACL_B);
	expect_anew(&x, "real name", real, "add(=arscxd)");
	expect_anew(&x, "nobody again", nobody, "none(=0)");
	x.peer.ssf = 128;
	expect_anew(&x, "protected", nobody, "read(=rscxd)");
	x.peer.ssf = 0;
	expect_anew(&x, "not protected", nobody, "none(=0)");
	aclcase_entry(&x, &x.entries[4], ACL_G "|objectClass: groupOfNames|cn: g|member: " ACL_B);
	expect_anew(&x, "no member any more", a, "auth(=xd)");
	expect_anew(&x, "member now", b, "write(=wrscxd)");
	aclcase_done(&x);
}

/* Requestors take over each other's places, and names may be long. */
static void
test_decide_memo_of_many(void **state)
{
	static char many[400];
	char name[420];
	struct aclcase x;

	(void)state;
	memset(many, 'x', sizeof(many) - 1);
	aclcase_init(&x, "access to * by dn.regex=\"^cn=x*1,\" write by * read");
	x.memo = decide_memo_new(x.arena);
	struct decide *first = aclcase_decide(&x, (struct acl_who){.normal_dn = BV_LIT(ACL_A)}, "");
	for (int i = 0; i < 4000; i++) {
		snprintf(name, sizeof(name), "cn=%.*s%d,dc=x", i % 300, many, i % 3);
		struct bv dn = arena_dup(x.arena, bv_str(name));
		expect_anew(&x, name, (struct acl_who){.normal_dn = dn},
		    i % 3 == 1 ? "write(=wrscxd)" : "read(=rscxd)");
	}
	expect_by(&x, first, "the first", "read(=rscxd)");
	aclcase_done(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decide_memo),
	    cmocka_unit_test(test_decide_memo_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
