#include "op/compare.h"

#include "auth/passwd.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/handlers.h"
#include "op/memory.h"
#include "op/monitor.h"
#include "op/op.h"
#include "op/select.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"
#include "store/attrmap.h"
#include "store/store.h"
#include "store/test.h"

/* Compare (RFC 4511 4.10). */

int
compare_resolve(struct op *op, struct match *out)
{
	const struct wire_compare *q = &op->msg.u.compare;
	const struct schema *s = op->world->conf->schema;
	const struct attr_desc *d;
	struct errbuf e = {""};

	if (q->desc.n == 0)
		return op_fail(op, LDAP_UNDEFINED_TYPE, "empty AttributeDescription");
	if (desc_parse(s, op->arena, q->desc, &d, &e) != 0)
		return op_fail(op, LDAP_UNDEFINED_TYPE, "%s", e.text);
	int code = match_resolve_compare(s, op->arena, q->desc, q->value, out);
	if (code == LDAP_INAPPROPRIATE_MATCHING)
		return op_fail(op, code, "inappropriate matching request");
	if (code == LDAP_INVALID_SYNTAX)
		return op_fail(op, code, "value does not conform to assertion syntax");
	return op_code(op, code);
}

bool
compare_has_attr(
    const struct record *r, const struct attr_map *map, struct arena *a, const struct attr_desc *d)
{
	struct attr_ids ids = attr_map_subtypes(map, a, d);
	struct record_attr at;

	for (size_t i = 0; i < ids.count; i++) {
		if (record_find(r, ids.ids[i], &at))
			return true;
	}
	return false;
}

/* A stored password is compared by its scheme: clients ask whether a password is right. */
static bool
password_matches(
    struct op *op, const struct record *rec, const struct attr_map *map, const struct attr_desc *d)
{
	struct record_attr at;
	struct bv value, normal;
	uint32_t id = attr_map_id(map, d);

	if (id == 0 || !record_find(rec, id, &at))
		return false;
	struct record_values it = record_values_of(&at);
	while (record_next_value(&it, &value, &normal)) {
		if (!passwd_is_slow(value) && passwd_verify(value, op->msg.u.compare.value))
			return true;
	}
	return false;
}

/* What the questions of one compare are about. */
struct question {
	struct op *op;
	const struct acl_entry *entry;
	struct match *match;
};

/* The right on the attribute named was asked before; subtypes have rules of their own. */
static bool
may_compare(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct match *m)
{
	const struct question *q = arg;
	const struct acl_target t =
	    access_on_value(d, q->op->msg.u.compare.value, q->match->normal);

	(void)id, (void)r, (void)m;
	return d == q->match->desc || access_allows(q->op, q->entry, &t, ACL_B_COMPARE);
}

/* Returns whether a stored subtype may not be compared: then "false" would say too much. */
static bool
hides_subtype(const struct question *q)
{
	const struct acl_entry *e = q->entry;
	struct attr_ids ids = attr_map_subtypes(e->map, q->op->arena, q->match->desc);
	struct record_attr at;

	for (size_t i = 0; i < ids.count; i++) {
		if (record_find(e->record, ids.ids[i], &at) &&
		    !may_compare((void *)(uintptr_t)q, e->id, e->record,
			attr_map_desc(e->map, ids.ids[i]), q->match))
			return true;
	}
	return false;
}

static int
computed(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d, struct arena *a,
    const struct bv **normals_out)
{
	const struct question *q = arg;
	const struct acl_entry *e = q->entry;
	struct select_entry at = {id, r, e->map, e->read, e->normal_dn, e->normal_dn};

	return select_computed(q->op, &at, d, a, normals_out);
}

static struct bv
own_dn(void *arg, uint64_t id, const struct record *r)
{
	const struct question *q = arg;

	(void)id, (void)r;
	return q->entry->normal_dn;
}

int
compare_entry(struct op *op, const struct acl_entry *e, struct match *m)
{
	struct question question = {op, e, m}, *q = &question;
	struct test_env env = {.schema = op->world->conf->schema,
	    .map = e->map,
	    .read = e->read,
	    .may_search = may_compare,
	    .dn_normal = own_dn,
	    .computed = computed,
	    .arg = q};
	const struct bv *normals;

	bool virtual = computed(q, e->id, e->record, m->desc, op->arena, &normals) >= 0;
	if (!virtual && !compare_has_attr(e->record, e->map, op->arena, m->desc)) {
		if (!access_entry(op, e, ACL_B_DISCLOSE))
			return target_hide(op, e);
		return op_code(op, LDAP_NO_SUCH_ATTRIBUTE);
	}
	struct test *t = test_new(op->arena, m, &env);
	if (test_run(t, e->id, e->record, access_scratch(op)) == TEST_TRUE)
		return op_code(op, LDAP_COMPARE_TRUE);
	if (m->desc->type == schema_known(env.schema)->user_password &&
	    password_matches(op, e->record, e->map, m->desc))
		return op_code(op, LDAP_COMPARE_TRUE);
	if (hides_subtype(q))
		return target_refuse(op, e, "");
	return op_code(op, LDAP_COMPARE_FALSE);
}

static int
compare_in_store(struct op *op, struct store_read *r, struct match *m)
{
	struct record rec;
	uint64_t id;

	int code = target_find(op, r, &op->target, "", &id, &rec);
	if (code != 0)
		return code;
	struct acl_entry e = access_stored(r, id, &rec, op->target.normal);
	const struct acl_target t = access_on_value(m->desc, op->msg.u.compare.value, m->normal);
	code = target_demand(op, &e, &t, ACL_B_COMPARE, "");
	if (code == 0)
		code = write_assert(op, r, id, &rec);
	return code == 0 ? compare_entry(op, &e, m) : code;
}

int
op_compare(struct op *op)
{
	struct world *w = op->world;
	struct match m = {0};
	struct errbuf e;

	int code = target_parse(op, op->msg.u.compare.dn, &op->target);
	if (code == 0)
		code = compare_resolve(op, &m);
	if (code != 0)
		return code;
	if (op->target.rdn_count == 0)
		return memory_compare(
		    op, session_has_external(op->session) ? &w->rootdse_local : &w->rootdse, &m);
	if (bv_eq(op->target.normal, w->subschema.entries[0].dn.normal))
		return memory_compare(op, &w->subschema, &m);
	op->be = world_backend(w, op->target.normal);
	if (op->be == NULL || (op->be->store == NULL && op->be->memory == NULL))
		return target_default_referral(
		    op, op->target.pretty, "", op_code(op, LDAP_NO_SUCH_OBJECT));
	if (op->be->memory != NULL)
		return memory_compare(op, monitor_tree(op), &m);
	struct store_read *r = op_reader(op, op->be);
	int err = store_read_begin(r, &e);
	if (err != 0)
		return op_store_error(op, err, e.text);
	code = compare_in_store(op, r, &m);
	store_read_end(r);
	return code;
}
