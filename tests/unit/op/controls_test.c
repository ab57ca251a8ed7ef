#include "opcase.h"
#include "../wire/bytes.h"
#include "op/controls.h"

/*
 * The table of controls: for each one a good value, where it applies, and what a missing,
 * superfluous or broken value and a second one lead to, critical or not.
 */

enum {
	SEARCH = 1,
	ADD = 2,
	DELETE = 4,
	MODIFY = 8,
	MODDN = 16,
	COMPARE = 32,
	EXTENDED = 64,
	WRITES = ADD | DELETE | MODIFY | MODDN,
};

static const struct {
	unsigned bit;
	enum ldap_tag tag;
} requests[] = {
    {SEARCH, LDAP_REQ_SEARCH},
    {ADD, LDAP_REQ_ADD},
    {DELETE, LDAP_REQ_DELETE},
    {MODIFY, LDAP_REQ_MODIFY},
    {MODDN, LDAP_REQ_MODDN},
    {COMPARE, LDAP_REQ_COMPARE},
    {EXTENDED, LDAP_REQ_EXTENDED},
};

struct row {
	const char *oid;
	unsigned bit;
	unsigned applies;
	const char *good;   /* NULL: no value */
	const char *broken; /* NULL: any value is */
};

static const struct row rows[] = {
    {LDAP_OID_MANAGE_DSA_IT, OP_CTL_MANAGE_DSA_IT, SEARCH | WRITES | COMPARE | EXTENDED, NULL,
	NULL},
    {LDAP_OID_PAGED, OP_CTL_PAGED, SEARCH, "30 05 02 01 05 04 00", "30 05 02 01 ff 04 00"},
    {LDAP_OID_PAGED, OP_CTL_PAGED, SEARCH, "30 05 02 01 00 04 00", "30 03 02 01 05"},
    {LDAP_OID_ASSERTION, OP_CTL_ASSERTION, SEARCH | WRITES | COMPARE, "87 02 'cn'", "a3 00"},
    {LDAP_OID_PRE_READ, OP_CTL_PRE_READ, DELETE | MODIFY | MODDN, "30 04 04 02 'cn'", "30 01 04"},
    {LDAP_OID_POST_READ, OP_CTL_POST_READ, ADD | MODIFY | MODDN, "30 00", "04 00"},
    {LDAP_OID_VALUES_RETURN, OP_CTL_VALUES_RETURN, SEARCH, "30 04 87 02 'cn'", "30 04 a2 02 87 00"},
    {LDAP_OID_SUBENTRIES, OP_CTL_SUBENTRIES, SEARCH, "01 01 ff", "02 01 01"},
    {LDAP_OID_DONT_USE_COPY, OP_CTL_DONT_USE_COPY, SEARCH | COMPARE, NULL, NULL},
    {LDAP_OID_RELAX, OP_CTL_RELAX, WRITES, NULL, NULL},
    {LDAP_OID_NOOP, OP_CTL_NOOP, WRITES, NULL, NULL},
    {LDAP_OID_TREE_DELETE, OP_CTL_TREE_DELETE, DELETE, NULL, NULL},
    {LDAP_OID_DOMAIN_SCOPE, OP_CTL_DOMAIN_SCOPE, SEARCH, NULL, NULL},
    {LDAP_OID_PERMISSIVE_MODIFY, OP_CTL_PERMISSIVE_MODIFY, MODIFY, NULL, NULL},
    {LDAP_OID_EXPLAIN, OP_CTL_EXPLAIN, SEARCH | WRITES | COMPARE, NULL, NULL},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static struct bv
value_of(struct arena *a, const char *hex)
{
	return hex == NULL ? BV_NONE : bytes(a, hex);
}

/* Reads the control count times and returns the code; *given_out tells what was taken. */
static int
read_it(enum ldap_tag tag, const char *oid, bool critical, const char *value, size_t count,
    unsigned *given_out)
{
	struct opcase c;
	struct wire_control list[2];

	opcase_init(&c, tag);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct wire_control){bv_str(oid), critical, value_of(c.arena, value)};
	c.op.msg.controls = list;
	c.op.msg.control_count = count;
	int code = controls_read(&c.op);
	*given_out = c.op.ctl.given;
	if (code == 0)
		assert_int_equal(c.op.ctl.critical, critical ? c.op.ctl.given : 0);
	else
		assert_true(c.op.text.n > 0);
	opcase_done(&c);
	return code;
}

static void
check(const struct row *r, const char *what, int got, int wanted)
{
	if (got != wanted)
		fail_msg("%s %s: %d, not %d", r->oid, what, got, wanted);
}

static void
test_where_each_applies(void **state)
{
	unsigned given;

	(void)state;
	for (const struct row *r = rows; r < rows + ROW_COUNT; r++) {
		for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
			bool here = (r->applies & requests[i].bit) != 0;
			enum ldap_tag tag = requests[i].tag;

			check(r, "critical", read_it(tag, r->oid, true, r->good, 1, &given),
			    here ? 0 : LDAP_UNAVAILABLE_CRITICAL_EXTENSION);
			assert_int_equal(given, here ? r->bit : 0);
			check(
			    r, "not critical", read_it(tag, r->oid, false, r->good, 1, &given), 0);
			assert_int_equal(given, here ? r->bit : 0);
		}
	}
}

/* A value that cannot be read is an error even when the control is not critical. */
static void
test_values_of_each(void **state)
{
	unsigned given;

	(void)state;
	for (const struct row *r = rows; r < rows + ROW_COUNT; r++) {
		enum ldap_tag tag = LDAP_REQ_MODIFY;
		for (size_t i = sizeof(requests) / sizeof(requests[0]); i-- > 0;)
			tag = (r->applies & requests[i].bit) != 0 ? requests[i].tag : tag;
		const char *broken = r->good == NULL ? "04 00" : r->broken;
		for (int critical = 0; critical < 2; critical++) {
			check(r, "broken", read_it(tag, r->oid, critical, broken, 1, &given), 2);
			check(r, "empty", read_it(tag, r->oid, critical, "", 1, &given), 2);
			check(r, "twice", read_it(tag, r->oid, critical, r->good, 2, &given), 2);
			if (r->good != NULL)
				check(r, "absent", read_it(tag, r->oid, critical, NULL, 1, &given),
				    2);
		}
	}
}

static const struct {
	const char *name;
	const char *oid;
	enum ldap_tag tag;
	bool critical;
	int code;
} unknown[] = {
    {"critical", "1.2.3", LDAP_REQ_SEARCH, true, 12},
    {"not critical", "1.2.3", LDAP_REQ_SEARCH, false, 0},
    {"not an OID", "", LDAP_REQ_ADD, true, 12},
    {"longer than a known one", LDAP_OID_PAGED ".1", LDAP_REQ_SEARCH, true, 12},
    {"beginning of a known one", "1.2.840.113556.1.4", LDAP_REQ_SEARCH, true, 12},
    {"on bind", "1.2.3", LDAP_REQ_BIND, true, 12},
    {"on unbind: there is no answer", "1.2.3", LDAP_REQ_UNBIND, true, 0},
    {"on abandon: there is no answer", "1.2.3", LDAP_REQ_ABANDON, true, 0},
};

static void
test_unknown_controls(void **state)
{
	unsigned given;

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		int code =
		    read_it(unknown[i].tag, unknown[i].oid, unknown[i].critical, NULL, 1, &given);
		if (code != unknown[i].code || given != 0)
			fail_msg("%s: %d, given %u", unknown[i].name, code, given);
	}
}

/* What is announced is what the table knows, without the two that drafts describe. */
static void
test_supported_controls(void **state)
{
	size_t count;
	const char *const *oids = controls_supported(&count);

	(void)state;
	assert_int_equal(count, 12);
	for (size_t i = 0; i < count; i++) {
		bool known = false;
		for (const struct row *r = rows; r < rows + ROW_COUNT; r++)
			known = known || strcmp(r->oid, oids[i]) == 0;
		assert_true(known);
		assert_string_not_equal(oids[i], LDAP_OID_RELAX);
		assert_string_not_equal(oids[i], LDAP_OID_NOOP);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_where_each_applies),
	    cmocka_unit_test(test_values_of_each),
	    cmocka_unit_test(test_unknown_controls),
	    cmocka_unit_test(test_supported_controls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
