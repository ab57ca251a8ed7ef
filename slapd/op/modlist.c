#include "modlist.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "model/value.h"
#include "wire/message.h"

/*
 * Modifications (RFC 4511 4.6, RFC 4525). Everything about the request itself is
 * checked for the whole list before the first change, so that a malformed third
 * modification is reported even when the first would have failed on the entry.
 * No list of m values costs more than O(n + m log m) on an attribute with n, however the values
 * are divided among modifications.
 */

#define INTEGER_SYNTAX BV_LIT("1.3.6.1.4.1.1466.115.121.1.27")

/* A value by its normal form, with its place in the list it came from. */
struct key {
	struct bv normal;
	size_t at;
};

struct keys {
	struct key *v;
	size_t n;
};

struct change {
	const struct modlist *m;
	struct entry *e;
	const struct attr_desc *desc;
	const struct wire_attr *attr;
};

static int
compare_keys(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int c = bv_cmp(x->normal, y->normal);

	if (c != 0)
		return c;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void
sort_keys(struct keys *k)
{
	if (k->n > 1)
		qsort(k->v, k->n, sizeof(*k->v), compare_keys);
}

/* What the relax rules control lets a client set: the stamps, not what follows from the entry. */
static bool
is_stamp(const struct schema *s, const struct attr_type *t)
{
	const struct schema_known *k = schema_known(s);

	return t == k->entry_uuid || t == k->entry_csn || t == k->creators_name ||
	       t == k->create_timestamp || t == k->modifiers_name || t == k->modify_timestamp;
}

int
modlist_check_writable(const struct modlist *m, const struct attr_desc *d)
{
	bool relaxed = (m->flags & MODLIST_RELAX) != 0 &&
		       (!d->type->no_user_modification || is_stamp(m->schema, d->type));

	return entry_check_writable(d, relaxed, m->text);
}

int
modlist_resolve(const struct modlist *m, struct bv text, const struct attr_desc **out)
{
	const struct attr_desc *d;

	if (desc_parse(m->schema, m->arena, text, &d, m->text) != 0)
		return LDAP_UNDEFINED_TYPE;
	if (d->type->syntax->binary_transfer && !d->binary)
		return err_set(
		    m->text, LDAP_UNDEFINED_TYPE, "%.*s: requires ;binary transfer", BV(text));
	if (d->is_range)
		return err_set(m->text, LDAP_UNDEFINED_TYPE,
		    "%.*s: inappropriate use of tag range option", BV(text));
	*out = d;
	return 0;
}

/* The values of a request as keys in the order given: 0 or 21. */
static int
make_keys(const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr,
    struct keys *out)
{
	struct bv unused;

	out->n = attr->count;
	out->v = arena_zalloc(m->arena, attr->count, sizeof(*out->v));
	for (size_t i = 0; i < attr->count; i++) {
		out->v[i].at = i;
		if (value_prepare(m->schema, m->arena, d->type, attr->values[i], &unused,
			&out->v[i].normal) != 0)
			return err_set(m->text, LDAP_INVALID_SYNTAX,
			    "%.*s: value #%zu invalid per syntax", BV(attr->desc), i);
	}
	return 0;
}

/* Makes an entry that has nothing but these values; its DN is empty. */
static int
make_scratch(const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr,
    struct entry *out)
{
	static const struct dn nameless;

	entry_init(out, m->arena, &nameless);
	return entry_add_values(m->schema, out, d, attr->values, attr->count, NULL, m->text);
}

int
modlist_check_values(
    const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr)
{
	struct entry scratch;

	if (attr->count == 0)
		return err_set(m->text, LDAP_PROTOCOL_ERROR, "no values for attribute type");
	return make_scratch(m, d, attr, &scratch);
}

static int
check_increment(const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr)
{
	struct entry scratch;

	if (!bv_eq(d->type->syntax->oid, INTEGER_SYNTAX))
		return err_set(m->text, LDAP_CONSTRAINT_VIOLATION,
		    "%.*s: attribute syntax inappropriate for increment", BV(attr->desc));
	return make_scratch(m, d, attr, &scratch);
}

/* A delete names values, it brings none: they may come twice or be several. */
static int
check_deletion(const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr)
{
	struct keys keys;

	return make_keys(m, d, attr, &keys);
}

/* What can be said of a modification before its attribute is looked at. */
static int
check_form(const struct modlist *m, const struct wire_mod *mod)
{
	size_t n = mod->attr.count;
	int code = LDAP_PROTOCOL_ERROR;

	switch (mod->op) {
	case LDAP_MOD_OP_ADD:
		if (n == 0)
			return err_set(m->text, code, "modify/add operation requires values");
		return 0;
	case LDAP_MOD_OP_DELETE:
	case LDAP_MOD_OP_REPLACE:
		return 0;
	case LDAP_MOD_OP_INCREMENT:
		if (n == 0)
			return err_set(m->text, code, "modify/increment operation requires value");
		if (n > 1)
			return err_set(
			    m->text, code, "modify/increment operation requires single value");
		return 0;
	}
	return err_set(m->text, code, "unrecognized modify operation");
}

static int
check_mod(const struct modlist *m, const struct attr_desc *d, const struct wire_mod *mod)
{
	if (mod->attr.count == 0)
		return 0;
	switch (mod->op) {
	case LDAP_MOD_OP_ADD:
	case LDAP_MOD_OP_REPLACE:
		return modlist_check_values(m, d, &mod->attr);
	case LDAP_MOD_OP_DELETE:
		return check_deletion(m, d, &mod->attr);
	case LDAP_MOD_OP_INCREMENT:
		return check_increment(m, d, &mod->attr);
	}
	return LDAP_PROTOCOL_ERROR;
}

static bool
is_permissive(const struct change *c)
{
	return (c->m->flags & MODLIST_PERMISSIVE) != 0;
}

/*
 * Gives the values of the request that the stored attribute holds (present) or does not hold, each
 * once, in the order given. 0 or 21.
 */
static int
pick_values(const struct change *c, struct attr *stored, bool present, struct wire_attr *out)
{
	struct keys asked;
	bool *keep = arena_zalloc(c->m->arena, c->attr->count, sizeof(*keep));
	int rc = make_keys(c->m, c->desc, c->attr, &asked);

	if (rc != 0)
		return rc;
	sort_keys(&asked);
	entry_expect_lookups(c->e, stored, asked.n);
	for (size_t i = 0; i < asked.n; i++) {
		bool again = i > 0 && bv_eq(asked.v[i - 1].normal, asked.v[i].normal);
		keep[asked.v[i].at] =
		    !again && entry_attr_has(stored, asked.v[i].normal) == present;
	}
	*out = (struct wire_attr){c->attr->desc, NULL, 0};
	out->values = arena_zalloc(c->m->arena, c->attr->count, sizeof(*out->values));
	for (size_t i = 0; i < c->attr->count; i++)
		if (keep[i])
			out->values[out->count++] = c->attr->values[i];
	return 0;
}

/* RFC 4512 2.5.1: without an equality rule there is no telling two values apart. */
static int
need_equality(const struct change *c, const char *what)
{
	if (c->desc->type->equality != NULL)
		return 0;
	return err_set(c->m->text, LDAP_INAPPROPRIATE_MATCHING,
	    "modify/%s: %.*s: no equality matching rule", what, BV(c->desc->name));
}

static int
put_values(const struct change *c, const struct wire_attr *attr)
{
	int rc = entry_add_values(
	    c->m->schema, c->e, c->desc, attr->values, attr->count, NULL, c->m->text);

	return rc == 0 ? 0 : err_prefix(c->m->text, rc, "modify/add");
}

static int
apply_add(const struct change *c)
{
	struct attr *stored = entry_find(c->e, c->desc);
	struct wire_attr fresh = *c->attr;
	int rc;

	if (stored == NULL)
		return put_values(c, c->attr);
	rc = need_equality(c, "add");
	if (rc == 0 && is_permissive(c))
		rc = pick_values(c, stored, false, &fresh);
	if (rc != 0 || fresh.count == 0)
		return rc;
	return put_values(c, &fresh);
}

static int
delete_values(const struct change *c, struct attr *stored)
{
	struct wire_attr named = *c->attr;
	int rc = 0;

	if (is_permissive(c))
		rc = pick_values(c, stored, true, &named);
	if (rc != 0 || named.count == 0)
		return rc;
	rc =
	    entry_delete_values(c->m->schema, c->e, c->desc, named.values, named.count, c->m->text);
	return rc == 0 ? 0 : err_prefix(c->m->text, rc, "modify/delete");
}

static int
apply_delete(const struct change *c)
{
	struct attr *stored = entry_find(c->e, c->desc);
	int rc = c->attr->count > 0 ? need_equality(c, "delete") : 0;

	if (rc != 0 || (stored == NULL && is_permissive(c)))
		return rc;
	if (stored == NULL)
		return err_set(c->m->text, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/delete: %.*s: no such attribute", BV(c->desc->name));
	if (c->attr->count > 0)
		return delete_values(c, stored);
	(void)entry_remove(c->e, c->desc);
	return 0;
}

static int
apply_replace(const struct change *c)
{
	(void)entry_remove(c->e, c->desc);
	return c->attr->count == 0 ? 0 : put_values(c, c->attr);
}

/* Gives what the stored values become; a sum that no 64-bit number holds is refused. */
static int
add_up(const struct change *c, const struct attr *stored, int64_t by, struct wire_attr *out)
{
	int64_t old, sum;

	*out = (struct wire_attr){c->desc->name, NULL, stored->count};
	out->values = arena_zalloc(c->e->arena, stored->count, sizeof(*out->values));
	for (size_t i = 0; i < stored->count; i++) {
		if (!bv_to_i64(stored->values[i], &old))
			return err_set(c->m->text, LDAP_INVALID_SYNTAX,
			    "modify/increment: invalid syntax of original value");
		if (__builtin_add_overflow(old, by, &sum))
			return err_set(c->m->text, LDAP_CONSTRAINT_VIOLATION,
			    "modify/increment: %.*s: the sum does not fit in 64 bits",
			    BV(c->desc->name));
		out->values[i] = arena_printf(c->e->arena, "%" PRId64, sum);
	}
	return 0;
}

/*
 * RFC 4525: every value grows, and the attribute keeps its place. Under the permissive modify
 * control an absent attribute counts from nothing.
 */
static int
apply_increment(const struct change *c)
{
	struct attr *stored = entry_find(c->e, c->desc);
	struct entry scratch;
	struct wire_attr sums;
	int64_t by;
	int rc;

	if (stored == NULL && is_permissive(c))
		return put_values(c, c->attr);
	if (stored == NULL)
		return err_set(c->m->text, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/increment: %.*s: no such attribute", BV(c->desc->name));
	if (!bv_to_i64(c->attr->values[0], &by))
		return err_set(c->m->text, LDAP_INVALID_SYNTAX,
		    "modify/increment: invalid syntax of increment");
	if (by == 0)
		return 0;
	entry_settle(c->e); /* the arrays are read */
	entry_defer(c->e);
	if (c->desc->type->single_value && stored->count > 1)
		return err_set(c->m->text, LDAP_CONSTRAINT_VIOLATION,
		    "attribute '%.*s' cannot have multiple values", BV(c->desc->name));
	rc = add_up(c, stored, by, &sums);
	if (rc == 0)
		rc = make_scratch(c->m, c->desc, &sums, &scratch);
	if (rc == 0)
		*stored = scratch.attrs[0];
	return rc;
}

static int
apply_one(const struct change *c, enum ldap_mod_op op)
{
	switch (op) {
	case LDAP_MOD_OP_ADD:
		return apply_add(c);
	case LDAP_MOD_OP_DELETE:
		return apply_delete(c);
	case LDAP_MOD_OP_REPLACE:
		return apply_replace(c);
	case LDAP_MOD_OP_INCREMENT:
		return apply_increment(c);
	}
	return LDAP_PROTOCOL_ERROR;
}

int
modlist_check_form(const struct modlist *m, const struct wire_mod *mods, size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = check_form(m, &mods[i]);
	return rc;
}

int
modlist_check(const struct modlist *m, const struct wire_mod *mods, size_t count,
    const struct attr_desc **descs_out)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = modlist_resolve(m, mods[i].attr.desc, &descs_out[i]);
		if (rc == 0)
			rc = check_mod(m, descs_out[i], &mods[i]);
	}
	return rc;
}

int
modlist_change(const struct modlist *m, struct entry *e, const struct wire_mod *mods,
    const struct attr_desc *const *descs, size_t count)
{
	int rc = 0;

	entry_defer(e);
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct change c = {m, e, descs[i], &mods[i].attr};
		rc = apply_one(&c, mods[i].op);
	}
	entry_settle(e);
	return rc;
}

int
modlist_apply(const struct modlist *m, struct entry *e, const struct wire_mod *mods, size_t count)
{
	const struct attr_desc **descs = arena_zalloc(m->arena, count, sizeof(*descs));
	int rc = modlist_check_form(m, mods, count);

	if (rc == 0)
		rc = modlist_check(m, mods, count, descs);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = modlist_check_writable(m, descs[i]);
	return rc == 0 ? modlist_change(m, e, mods, descs, count) : rc;
}
