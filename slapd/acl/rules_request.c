#include "acl/rules_impl.h"

#include <limits.h>

#include "base/arena.h"
#include "base/err.h"
#include "wire/ldap.h"

/* Conditions on the request and its protection: op=, control=, and the four strengths. */

static const struct {
	const char *name;
	unsigned bit;
} ops[] = {
    {"add", RULES_OP_ADD},
    {"bind", RULES_OP_BIND},
    {"compare", RULES_OP_COMPARE},
    {"delete", RULES_OP_DELETE},
    {"extended", RULES_OP_EXTENDED},
    {"modify", RULES_OP_MODIFY},
    {"rename", RULES_OP_RENAME},
    {"modrdn", RULES_OP_RENAME},
    {"search", RULES_OP_SEARCH},
};

enum { OP_COUNT = sizeof(ops) / sizeof(ops[0]) };

static int
unknown_op(struct rules_reader *r, struct bv name)
{
	struct near n;

	near_init(&n, name);
	for (size_t i = 0; i < OP_COUNT; i++)
		near_try(&n, bv_str(ops[i].name));
	if (n.best.p != NULL)
		return rules_unknown(r, "op=: unknown operation", &n);
	return err_set(r->e, ERR_CONFIG,
	    "op=: \"%.*s\" is not an operation; expected add, bind, compare, delete, extended, "
	    "modify, rename or search",
	    BV(name));
}

unsigned
rules_op_bit(struct bv name)
{
	for (size_t i = 0; i < OP_COUNT; i++) {
		if (bv_is(name, ops[i].name))
			return ops[i].bit;
	}
	return 0;
}

static int
read_ops(struct rules_reader *r, struct bv list, unsigned *bits_out)
{
	for (size_t at = 0; at <= list.n;) {
		size_t end = bv_find(list, at, ',');
		struct bv name = bv_make(list.p + at, end - at);
		unsigned bit = rules_op_bit(name);
		if (bit == 0)
			return unknown_op(r, name);
		*bits_out |= bit;
		at = end + 1;
	}
	return 0;
}

static const struct {
	const char *name;
	const char *oid;
} controls[] = {
    {"assertion", LDAP_OID_ASSERTION},
    {"dontUseCopy", LDAP_OID_DONT_USE_COPY},
    {"domainScope", LDAP_OID_DOMAIN_SCOPE},
    {"manageDSAIT", LDAP_OID_MANAGE_DSA_IT},
    {"noop", LDAP_OID_NOOP},
    {"pagedResults", LDAP_OID_PAGED},
    {"permissiveModify", LDAP_OID_PERMISSIVE_MODIFY},
    {"postRead", LDAP_OID_POST_READ},
    {"preRead", LDAP_OID_PRE_READ},
    {"proxyAuthz", LDAP_OID_PROXY_AUTHZ},
    {"relax", LDAP_OID_RELAX},
    {"subentries", LDAP_OID_SUBENTRIES},
    {"treeDelete", LDAP_OID_TREE_DELETE},
    {"valuesReturnFilter", LDAP_OID_VALUES_RETURN},
};

enum { CONTROL_COUNT = sizeof(controls) / sizeof(controls[0]) };

static bool
is_oid(struct bv text)
{
	bool digit = false, dot = false;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '.' ? !digit : text.p[i] < '0' || text.p[i] > '9')
			return false;
		digit = text.p[i] != '.';
		dot = dot || !digit;
	}
	return dot && digit;
}

static int
read_control(struct rules_reader *r, struct bv name, const char **oid_out)
{
	struct near n;

	near_init(&n, name);
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		near_try(&n, bv_str(controls[i].name));
		if (bv_is(name, controls[i].name)) {
			*oid_out = controls[i].oid;
			return 0;
		}
	}
	if (!is_oid(name) || name.n > 256)
		return rules_unknown(
		    r, "control=: expected an OID or a name such as manageDSAIT, not", &n);
	*oid_out = arena_str(r->arena, name);
	return 0;
}

static int
read_ssf(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	static const char *const names[] = {"ssf", "transport_ssf", "tls_ssf", "sasl_ssf"};
	static const enum rules_ssf kinds[] = {
	    RULES_SSF_ANY, RULES_SSF_TRANSPORT, RULES_SSF_TLS, RULES_SSF_SASL};
	int64_t n;

	for (size_t i = 0; i < 4; i++) {
		if (bv_is(w->name, names[i]))
			who->ssf_kind = kinds[i];
	}
	if (!bv_to_i64(w->value, &n) || n < 1 || n > INT_MAX)
		return err_set(r->e, ERR_CONFIG,
		    "%.*s=%.*s: expected a strength of 1 or more, such as 128", BV(w->whole),
		    BV(w->value));
	who->ssf = (unsigned)n;
	return 0;
}

int
rules_request_read(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	if (who->kind == RULES_WHO_OP)
		return read_ops(r, w->value, &who->ops);
	if (who->kind == RULES_WHO_CONTROL)
		return read_control(r, w->value, &who->control);
	return read_ssf(r, w, who);
}
