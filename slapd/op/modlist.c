#include "modlist.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/rule.h"
#include "model/schema.h"
#include "wire/message.h"

/*
 * Modifications (RFC 4511 4.6, RFC 4525). Everything about the request itself is
 * checked for the whole list before the first change, so that a malformed third
 * modification is reported even when the first would have failed on the entry.
 * Values are looked up through sorted normal forms: adding or deleting m of n
 * values costs O((m + n) log(m + n)), whatever a client sends.
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

/* Server-computed attributes: there is nowhere to store a value given by a client. */
static bool
is_computed(const struct schema *s, const struct attr_type *t)
{
	const struct schema_known *k = schema_known(s);

	return t == k->entry_dn || t == k->has_subordinates || t == k->num_subordinates ||
	       t == k->subschema_subentry;
}

static bool
is_locked(const struct modlist *m, const struct attr_type *t)
{
	if (!t->no_user_modification)
		return false;
	return (m->flags & MODLIST_RELAX) == 0 || is_computed(m->schema, t);
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
	if (is_locked(m, d->type))
		return err_set(m->text, LDAP_CONSTRAINT_VIOLATION,
		    "%.*s: no user modification allowed", BV(text));
	*out = d;
	return 0;
}

/* Validates a value and gives its normal form: 0 or ERR_SYNTAX. */
static int
normalize(const struct modlist *m, const struct attr_desc *d, struct bv value, struct bv *out)
{
	const struct attr_type *t = d->type;

	if (t->syntax->validate != NULL && t->syntax->validate(m->schema, value) != 0)
		return ERR_SYNTAX;
	if (t->equality != NULL)
		return rule_normalize(t->equality, m->schema, m->arena, value, out);
	*out = value;
	return 0;
}

/* The values of a request as keys in the order given: 0 or 21. */
static int
make_keys(const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr,
    struct keys *out)
{
	out->n = attr->count;
	out->v = arena_zalloc(m->arena, attr->count, sizeof(*out->v));
	for (size_t i = 0; i < attr->count; i++) {
		out->v[i].at = i;
		if (normalize(m, d, attr->values[i], &out->v[i].normal) != 0)
			return err_set(m->text, LDAP_INVALID_SYNTAX,
			    "%.*s: value #%zu invalid per syntax", BV(attr->desc), i);
	}
	return 0;
}

/* Returns the lowest place of a value that comes again later, or k->n; k is sorted. */
static size_t
find_repeated(const struct keys *k)
{
	size_t found = k->n;

	for (size_t i = 1; i < k->n; i++)
		if (bv_eq(k->v[i - 1].normal, k->v[i].normal) && k->v[i - 1].at < found)
			found = k->v[i - 1].at;
	return found;
}

static int
check_classes(const struct modlist *m, const struct wire_attr *attr)
{
	for (size_t i = 0; i < attr->count; i++)
		if (schema_object_class(m->schema, attr->values[i]) == NULL)
			return err_set(m->text, LDAP_INVALID_SYNTAX,
			    "%.*s: value #%zu invalid per syntax", BV(attr->desc), i);
	return 0;
}

static int
check_single(const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr)
{
	if (attr->count > 1 && d->type->single_value)
		return err_set(m->text, LDAP_CONSTRAINT_VIOLATION, "%.*s: multiple values provided",
		    BV(attr->desc));
	return 0;
}

int
modlist_check_values(
    const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr)
{
	struct keys keys;
	int rc;

	if (attr->count == 0)
		return err_set(m->text, LDAP_PROTOCOL_ERROR, "no values for attribute type");
	rc = make_keys(m, d, attr, &keys);
	if (rc == 0 && d->type == schema_known(m->schema)->object_class)
		rc = check_classes(m, attr);
	if (rc == 0)
		rc = check_single(m, d, attr);
	if (rc != 0 || d->type->equality == NULL)
		return rc;
	sort_keys(&keys);
	size_t repeated = find_repeated(&keys);
	if (repeated < keys.n)
		return err_set(m->text, LDAP_TYPE_OR_VALUE_EXISTS,
		    "%.*s: value #%zu provided more than once", BV(attr->desc), repeated);
	return 0;
}

static int
check_increment(const struct modlist *m, const struct attr_desc *d, const struct wire_attr *attr)
{
	int64_t by;
	struct keys keys;
	int rc;

	if (!bv_eq(d->type->syntax->oid, INTEGER_SYNTAX))
		return err_set(m->text, LDAP_CONSTRAINT_VIOLATION,
		    "%.*s: attribute syntax inappropriate for increment", BV(attr->desc));
	rc = make_keys(m, d, attr, &keys);
	if (rc != 0)
		return rc;
	if (!bv_to_i64(attr->values[0], &by))
		return err_set(
		    m->text, LDAP_INVALID_SYNTAX, "modify/increment: invalid syntax of increment");
	return 0;
}

/* Deletes name values, they do not bring them: a value may come twice, a class be unknown. */
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

static struct keys
stored_keys(const struct change *c, const struct attr *a)
{
	struct keys k = {arena_zalloc(c->m->arena, a->count, sizeof(*k.v)), a->count};

	for (size_t i = 0; i < a->count; i++)
		k.v[i] = (struct key){a->normals[i], i};
	sort_keys(&k);
	return k;
}

/* Whether a sorted list holds the normal form; *from rises with rising questions. */
static bool
holds(const struct keys *k, size_t *from, struct bv normal)
{
	while (*from < k->n && bv_cmp(k->v[*from].normal, normal) < 0)
		++*from;
	return *from < k->n && bv_eq(k->v[*from].normal, normal);
}

/*
 * Gives the values of the request that the stored attribute holds (present) or does not hold, each
 * once, in the order given. 0 or 21.
 */
static int
pick_values(const struct change *c, const struct attr *stored, bool present, struct wire_attr *out)
{
	struct keys asked;
	struct keys have = stored_keys(c, stored);
	size_t from = 0;
	bool *keep = arena_zalloc(c->m->arena, c->attr->count, sizeof(*keep));
	int rc = make_keys(c->m, c->desc, c->attr, &asked);

	if (rc != 0)
		return rc;
	sort_keys(&asked);
	for (size_t i = 0; i < asked.n; i++) {
		bool again = i > 0 && bv_eq(asked.v[i - 1].normal, asked.v[i].normal);
		keep[asked.v[i].at] = !again && holds(&have, &from, asked.v[i].normal) == present;
	}
	*out = (struct wire_attr){c->attr->desc, NULL, 0};
	out->values = arena_zalloc(c->m->arena, c->attr->count, sizeof(*out->values));
	for (size_t i = 0; i < c->attr->count; i++)
		if (keep[i])
			out->values[out->count++] = c->attr->values[i];
	return 0;
}

static int
no_equality(const struct change *c, const char *what)
{
	return err_set(c->m->text, LDAP_INAPPROPRIATE_MATCHING,
	    "modify/%s: %.*s: no equality matching rule", what, BV(c->desc->name));
}

static int
put_values(const struct change *c, const struct wire_attr *attr)
{
	size_t index = 0;
	int rc = entry_add_values(
	    c->m->schema, c->e, c->desc, attr->values, attr->count, &index, c->m->text);

	if (rc != LDAP_TYPE_OR_VALUE_EXISTS)
		return rc;
	return err_set(c->m->text, rc, "modify/add: %.*s: value #%zu already exists",
	    BV(c->desc->name), index);
}

static int
apply_add(const struct change *c)
{
	const struct attr *stored = entry_find(c->e, c->desc);
	struct wire_attr fresh = *c->attr;

	if (stored == NULL)
		return put_values(c, c->attr);
	if (c->desc->type->equality == NULL)
		return no_equality(c, "add");
	if ((c->m->flags & MODLIST_PERMISSIVE) != 0) {
		int rc = pick_values(c, stored, false, &fresh);
		if (rc != 0 || fresh.count == 0)
			return rc;
	}
	return put_values(c, &fresh);
}

/* How many different values the request names. */
static int
count_distinct(const struct change *c, size_t *out)
{
	struct keys k;
	int rc = make_keys(c->m, c->desc, c->attr, &k);

	if (rc != 0)
		return rc;
	sort_keys(&k);
	*out = k.n;
	for (size_t i = 1; i < k.n; i++)
		*out -= bv_eq(k.v[i - 1].normal, k.v[i].normal);
	return 0;
}

static int
delete_values(const struct change *c, const struct attr *stored)
{
	struct wire_attr there;
	size_t distinct;
	int rc;

	if (c->desc->type->equality == NULL)
		return no_equality(c, "delete");
	rc = pick_values(c, stored, true, &there);
	if (rc == 0)
		rc = count_distinct(c, &distinct);
	if (rc != 0)
		return rc;
	if (there.count < distinct && (c->m->flags & MODLIST_PERMISSIVE) == 0)
		return err_set(c->m->text, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/delete: %.*s: no such value", BV(c->desc->name));
	if (there.count == 0)
		return 0;
	return entry_delete_values(
	    c->m->schema, c->e, c->desc, there.values, there.count, c->m->text);
}

static int
apply_delete(const struct change *c)
{
	const struct attr *stored = entry_find(c->e, c->desc);

	if (stored == NULL && (c->m->flags & MODLIST_PERMISSIVE) != 0)
		return 0;
	if (stored == NULL)
		return err_set(c->m->text, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/delete: %.*s: no such attribute", BV(c->desc->name));
	if (c->attr->count > 0)
		return delete_values(c, stored);
	entry_remove(c->e, c->desc);
	return 0;
}

static int
apply_replace(const struct change *c)
{
	entry_remove(c->e, c->desc);
	return c->attr->count == 0 ? 0 : put_values(c, c->attr);
}

/* RFC 4525: every value grows; a sum that no 64-bit number holds is refused, never wrapped. */
static int
increment_value(const struct change *c, struct attr *stored, size_t i, int64_t by)
{
	int64_t old;
	int64_t sum;

	if (!bv_to_i64(stored->values[i], &old) || __builtin_add_overflow(old, by, &sum))
		return err_set(c->m->text, LDAP_CONSTRAINT_VIOLATION,
		    "modify/increment: %.*s: the sum does not fit in 64 bits", BV(c->desc->name));
	stored->values[i] = arena_printf(c->e->arena, "%" PRId64, sum);
	if (normalize(c->m, c->desc, stored->values[i], &stored->normals[i]) != 0)
		return err_set(c->m->text, LDAP_INVALID_SYNTAX,
		    "modify/increment: %.*s: invalid syntax of sum", BV(c->desc->name));
	return 0;
}

static int
apply_increment(const struct change *c)
{
	struct attr *stored = entry_find(c->e, c->desc);
	int64_t by = 0;
	int rc = 0;

	if (stored == NULL)
		return err_set(c->m->text, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/increment: %.*s: no such attribute", BV(c->desc->name));
	if (!bv_to_i64(c->attr->values[0], &by))
		return LDAP_INVALID_SYNTAX;
	for (size_t i = 0; i < stored->count && rc == 0; i++)
		rc = increment_value(c, stored, i, by);
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

/* Resolves and checks every modification; descs has room for count. */
static int
check_all(const struct modlist *m, const struct wire_mod *mods, size_t count,
    const struct attr_desc **descs)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = check_form(m, &mods[i]);
	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = modlist_resolve(m, mods[i].attr.desc, &descs[i]);
		if (rc == 0)
			rc = check_mod(m, descs[i], &mods[i]);
	}
	return rc;
}

int
modlist_apply(const struct modlist *m, struct entry *e, const struct wire_mod *mods, size_t count)
{
	const struct attr_desc **descs = arena_zalloc(m->arena, count, sizeof(*descs));
	int rc = check_all(m, mods, count, descs);

	for (size_t i = 0; i < count && rc == 0; i++) {
		struct change c = {m, e, descs[i], &mods[i].attr};
		rc = apply_one(&c, mods[i].op);
	}
	return rc;
}
