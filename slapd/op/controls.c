#include "op/controls.h"

#include "base/arena.h"
#include "config/conf.h"
#include "op/op.h"
#include "op/world.h"
#include "wire/control.h"

/*
 * Request controls: a table says where each applies and how its value is read.
 * RFC 4511 4.1.11: an unrecognized or inapplicable critical control refuses the
 * operation, a non-critical one is ignored.
 */

enum applies {
	ON_SEARCH = 1,
	ON_ADD = 2,
	ON_DELETE = 4,
	ON_MODIFY = 8,
	ON_MODDN = 16,
	ON_COMPARE = 32,
	ON_OTHER = 64, /* bind, extended */
	ON_WRITES = ON_ADD | ON_DELETE | ON_MODIFY | ON_MODDN,
};

enum value_rule { VALUE_ABSENT, VALUE_NEEDED, VALUE_ANY };

struct control_row {
	const char *oid;
	const char *name; /* as the texts of errors call it */
	enum op_control bit;
	unsigned applies;
	enum value_rule value;
	bool hidden; /* understood, not announced */
	int (*read)(struct op *op, const struct wire_control *c);
};

static int
read_paged(struct op *op, const struct wire_control *c)
{
	int32_t size;
	struct bv cookie;

	if (control_paged_decode(c->value, &size, &cookie) != 0)
		return op_fail(
		    op, LDAP_PROTOCOL_ERROR, "paged results control could not be decoded");
	if (size < 0)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "paged results control size invalid");
	op->ctl.page_size = size;
	op->ctl.page_cookie = cookie;
	return 0;
}

static int
read_assertion(struct op *op, const struct wire_control *c)
{
	const struct filter_limits *l = &op->world->conf->filter_limits;

	if (control_assertion_decode(op->arena, c->value, l, &op->ctl.assertion) != 0)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "assert control: error decoding filter");
	return 0;
}

/* RFC 4527: the list of a read-entry control is bounded like that of a search. */
static int
read_entry_list(
    struct op *op, const struct wire_control *c, const char *name, struct bv **attrs, size_t *count)
{
	unsigned max = op->world->conf->message_limits.attrs;

	if (control_read_entry_decode(op->arena, c->value, attrs, count) != 0)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "%s control: decoding error", name);
	if (*count > max)
		return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
		    "%s control: more than %u attribute names", name, max);
	return 0;
}

static int
read_pre_read(struct op *op, const struct wire_control *c)
{
	return read_entry_list(op, c, "preread", &op->ctl.pre_attrs, &op->ctl.pre_count);
}

static int
read_post_read(struct op *op, const struct wire_control *c)
{
	return read_entry_list(op, c, "postread", &op->ctl.post_attrs, &op->ctl.post_count);
}

static int
read_values_return(struct op *op, const struct wire_control *c)
{
	const struct filter_limits *l = &op->world->conf->filter_limits;

	if (control_values_return_decode(
		op->arena, c->value, l, &op->ctl.value_filters, &op->ctl.value_filter_count) != 0)
		return op_fail(
		    op, LDAP_PROTOCOL_ERROR, "valuesReturnFilter control: error decoding filter");
	return 0;
}

static int
read_subentries(struct op *op, const struct wire_control *c)
{
	if (control_subentries_decode(c->value, &op->ctl.subentries_visible) != 0)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "subentries control value bogus");
	return 0;
}

static int
read_explain(struct op *op, const struct wire_control *c)
{
	(void)c;
	op->explain = true;
	return 0;
}

static const struct control_row rows[] = {
    {LDAP_OID_MANAGE_DSA_IT, "manageDSAit", OP_CTL_MANAGE_DSA_IT,
	ON_SEARCH | ON_WRITES | ON_COMPARE | ON_OTHER, VALUE_ABSENT, false, NULL},
    {LDAP_OID_PAGED, "paged results", OP_CTL_PAGED, ON_SEARCH, VALUE_NEEDED, false, read_paged},
    {LDAP_OID_ASSERTION, "assert", OP_CTL_ASSERTION, ON_SEARCH | ON_WRITES | ON_COMPARE,
	VALUE_NEEDED, false, read_assertion},
    {LDAP_OID_PRE_READ, "preread", OP_CTL_PRE_READ, ON_DELETE | ON_MODIFY | ON_MODDN, VALUE_NEEDED,
	false, read_pre_read},
    {LDAP_OID_POST_READ, "postread", OP_CTL_POST_READ, ON_ADD | ON_MODIFY | ON_MODDN, VALUE_NEEDED,
	false, read_post_read},
    {LDAP_OID_VALUES_RETURN, "valuesReturnFilter", OP_CTL_VALUES_RETURN, ON_SEARCH, VALUE_NEEDED,
	false, read_values_return},
    {LDAP_OID_SUBENTRIES, "subentries", OP_CTL_SUBENTRIES, ON_SEARCH, VALUE_NEEDED, false,
	read_subentries},
    {LDAP_OID_DONT_USE_COPY, "dontUseCopy", OP_CTL_DONT_USE_COPY, ON_SEARCH | ON_COMPARE,
	VALUE_ABSENT, false, NULL},
    {LDAP_OID_RELAX, "relax", OP_CTL_RELAX, ON_WRITES, VALUE_ABSENT, true, NULL},
    {LDAP_OID_NOOP, "noop", OP_CTL_NOOP, ON_WRITES, VALUE_ABSENT, true, NULL},
    {LDAP_OID_TREE_DELETE, "treeDelete", OP_CTL_TREE_DELETE, ON_DELETE, VALUE_ABSENT, false, NULL},
    {LDAP_OID_DOMAIN_SCOPE, "domainScope", OP_CTL_DOMAIN_SCOPE, ON_SEARCH, VALUE_ABSENT, false,
	NULL},
    {LDAP_OID_PERMISSIVE_MODIFY, "permissiveModify", OP_CTL_PERMISSIVE_MODIFY, ON_MODIFY,
	VALUE_ABSENT, false, NULL},
    {LDAP_OID_EXPLAIN, "explain", OP_CTL_EXPLAIN, ON_SEARCH | ON_WRITES | ON_COMPARE, VALUE_ABSENT,
	false, read_explain},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static unsigned
applies_bit(enum ldap_tag tag)
{
	switch ((int)tag) {
	case LDAP_REQ_SEARCH:
		return ON_SEARCH;
	case LDAP_REQ_ADD:
		return ON_ADD;
	case LDAP_REQ_DELETE:
		return ON_DELETE;
	case LDAP_REQ_MODIFY:
		return ON_MODIFY;
	case LDAP_REQ_MODDN:
		return ON_MODDN;
	case LDAP_REQ_COMPARE:
		return ON_COMPARE;
	default:
		return ON_OTHER;
	}
}

static const struct control_row *
row_by_oid(struct bv oid)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (bv_eq(oid, bv_str(rows[i].oid)))
			return &rows[i];
	}
	return NULL;
}

static int
check_value(struct op *op, const struct control_row *row, const struct wire_control *c)
{
	if (row->value == VALUE_ABSENT && c->value.p != NULL)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "%s control value not absent", row->name);
	if (row->value == VALUE_NEEDED && c->value.p == NULL)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "%s control value is absent", row->name);
	return 0;
}

static int
read_known(struct op *op, const struct control_row *row, const struct wire_control *c)
{
	if ((op->ctl.given & row->bit) != 0)
		return op_fail(
		    op, LDAP_PROTOCOL_ERROR, "%s control specified multiple times", row->name);
	int code = check_value(op, row, c);
	if (code == 0 && row->read != NULL)
		code = row->read(op, c);
	if (code != 0)
		return code;
	op->ctl.given |= row->bit;
	if (c->critical)
		op->ctl.critical |= row->bit;
	return 0;
}

static int
read_one(struct op *op, const struct wire_control *c, unsigned bit)
{
	const struct control_row *row = row_by_oid(c->oid);

	if (row != NULL && (row->applies & bit) != 0)
		return read_known(op, row, c);
	if (!c->critical || op->msg.tag == LDAP_REQ_ABANDON || op->msg.tag == LDAP_REQ_UNBIND)
		return 0;
	return op_fail(op, LDAP_UNAVAILABLE_CRITICAL_EXTENSION,
	    row == NULL ? "critical extension is not recognized"
			: "critical extension is unavailable");
}

int
controls_read(struct op *op)
{
	unsigned bit = applies_bit(op->msg.tag);

	for (size_t i = 0; i < op->msg.control_count; i++) {
		int code = read_one(op, &op->msg.controls[i], bit);
		if (code != 0)
			return code;
	}
	return 0;
}

const char *const *
controls_supported(size_t *count_out)
{
	static const char *oids[ROW_COUNT];
	static size_t count;

	if (count == 0) {
		size_t n = 0;
		for (size_t i = 0; i < ROW_COUNT; i++) {
			if (!rows[i].hidden)
				oids[n++] = rows[i].oid;
		}
		count = n;
	}
	*count_out = count;
	return oids;
}
