#include "op/compare.h"

#include "acl/acl.h"
#include "auth/passwd.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/schema.h"
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

static int
evaluate(
    struct op *op, struct store_read *r, uint64_t id, const struct record *rec, struct match *m)
{
	const struct attr_map *map = store_read_map(r);
	struct test_env env = {.schema = op->world->conf->schema,
	    .map = map,
	    .read = r,
	    .computed = select_computed_of,
	    .arg = op};
	const struct bv *normals;

	bool virtual = select_computed_of(op, id, rec, m->desc, op->arena, &normals) >= 0;
	if (!virtual && !compare_has_attr(rec, map, op->arena, m->desc))
		return op_code(op, LDAP_NO_SUCH_ATTRIBUTE);
	struct test *t = test_new(op->arena, m, &env);
	if (test_run(t, id, rec, op->readers->scratch) == TEST_TRUE)
		return op_code(op, LDAP_COMPARE_TRUE);
	if (m->desc->type == schema_known(env.schema)->user_password &&
	    password_matches(op, rec, map, m->desc))
		return op_code(op, LDAP_COMPARE_TRUE);
	return op_code(op, LDAP_COMPARE_FALSE);
}

static int
compare_in_store(struct op *op, struct store_read *r, struct match *m)
{
	struct record rec;
	uint64_t id;

	int code = target_find(op, r, &op->target, "", &id, &rec);
	if (code == 0)
		code = write_assert(op, r, id, &rec);
	if (code != 0)
		return code;
	if (!target_allows(op, op->target.normal, m->desc, m->normal, ACL_COMPARE)) {
		bool known = target_allows(op, op->target.normal, NULL, BV_NONE, ACL_DISCLOSE);
		return op_code(op, known ? LDAP_INSUFFICIENT_ACCESS : LDAP_NO_SUCH_OBJECT);
	}
	return evaluate(op, r, id, &rec, m);
}

static int
compare_special(struct op *op, const struct memory_db *db, struct match *m)
{
	op->access_asked = true;
	return memory_compare(op, db, m);
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
		return compare_special(
		    op, session_has_external(op->session) ? &w->rootdse_local : &w->rootdse, &m);
	if (bv_eq(op->target.normal, w->subschema.entries[0].dn.normal))
		return compare_special(op, &w->subschema, &m);
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
