#include "op/write.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/modlist.h"
#include "op/op.h"
#include "op/select.h"
#include "op/target.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/store.h"
#include "store/test.h"
#include "wire/control.h"

/* Shared by add, delete, modify and modifyDN: controls, stamps, loading, checking. */

int
write_may_start(struct op *op)
{
	if (op->who.normal.n == 0 && (op->world->conf->allow & CONF_ALLOW_UPDATE_ANON) == 0)
		return op_fail(
		    op, LDAP_STRONG_AUTH_REQUIRED, "modifications require authentication");
	return 0;
}

void
write_modlist(struct op *op, struct modlist *m, struct errbuf *text)
{
	text->text[0] = 0;
	*m = (struct modlist){.schema = op->world->conf->schema,
	    .arena = op->arena,
	    .flags = ((op->ctl.given & OP_CTL_PERMISSIVE_MODIFY) != 0 ? MODLIST_PERMISSIVE : 0U) |
		     ((op->ctl.given & OP_CTL_RELAX) != 0 ? MODLIST_RELAX : 0U),
	    .text = text};
}

int
write_assert(struct op *op, struct store_read *r, uint64_t id, const struct record *rec)
{
	const struct schema *s = op->world->conf->schema;
	struct test_env env = {.schema = s,
	    .map = store_read_map(r),
	    .read = r,
	    .may_search = access_may_search,
	    .may_value = access_may_find,
	    .computed = select_computed_of,
	    .arg = op};

	if ((op->ctl.given & OP_CTL_ASSERTION) == 0)
		return 0;
	struct test *t = test_new(op->arena, match_resolve(s, op->arena, op->ctl.assertion), &env);
	if (test_run(t, id, rec, access_scratch(op)) == TEST_TRUE)
		return 0;
	struct acl_entry e = access_stored(r, id, rec, op->target.normal);
	/* A search has found its base by right; elsewhere this would be the first word of the
	 * entry.
	 */
	if (op->msg.tag != LDAP_REQ_SEARCH && !access_entry(op, &e, ACL_B_DISCLOSE))
		return target_hide(op, &e);
	return op_code(op, LDAP_ASSERTION_FAILED);
}

int
write_read_control(struct op *op, struct store_read *r, uint64_t id, bool post)
{
	struct record rec;
	struct select_entry e = {id, &rec, store_read_map(r), r, BV_NONE, BV_NONE};
	struct buf value;

	if ((op->ctl.given & (post ? OP_CTL_POST_READ : OP_CTL_PRE_READ)) == 0)
		return 0;
	int err = store_get(r, id, &rec, NULL);
	if (err == 0)
		err = store_dn(r, &rec, op->arena, &e.pretty_dn, &e.normal_dn);
	/* Behind the change a failure must take the change back. */
	if (err != 0)
		return post ? op_hard_error(op, err, NULL) : op_store_error(op, err, NULL);
	struct select *s = select_new(op, post ? op->ctl.post_attrs : op->ctl.pre_attrs,
	    post ? op->ctl.post_count : op->ctl.pre_count, false);
	struct acl_entry at = access_stored(r, id, &rec, e.normal_dn);
	if (!access_entry(op, &at, ACL_B_READ))
		return 0;
	struct bv attrs = select_encode(op, s, &e, access_scratch(op));
	buf_init(&value);
	control_read_entry_encode(&value, e.pretty_dn, attrs);
	op_add_control(op, post ? LDAP_OID_POST_READ : LDAP_OID_PRE_READ,
	    arena_dup(op->arena, buf_bv(&value)));
	buf_done(&value);
	return 0;
}

int
write_load(struct op *op, struct store_read *r, const struct record *rec, struct entry *out)
{
	struct bv pretty;
	struct dn dn;

	int err = store_dn(r, rec, op->arena, &pretty, NULL);
	if (err == 0)
		err = dn_parse(op->world->conf->schema, op->arena, pretty, &dn, NULL);
	if (err == 0) {
		entry_init(out, op->arena, &dn);
		err = record_decode(rec, store_read_map(r), op->arena, out);
		out->dn = dn;
	}
	return err == 0 ? 0 : op_store_error(op, err, NULL);
}

static const struct object_class *
structural_of(const struct schema *s, const struct entry *e)
{
	const struct attr *a =
	    entry_find(e, desc_of_type(s, schema_known(s)->structural_object_class));

	return a == NULL || a->count == 0 ? NULL : schema_object_class(s, a->values[0]);
}

static int
check_size(struct op *op, const struct entry *e)
{
	size_t bytes = 0, max = op->be->conf->max_entry_bytes;

	for (size_t i = 0; i < e->count && max > 0; i++) {
		for (size_t j = 0; j < e->attrs[i].count; j++)
			bytes += e->attrs[i].values[j].n;
	}
	if (max == 0 || bytes <= max)
		return 0;
	return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
	    "the entry would have %zu bytes of values; maxentrysize allows %zu", bytes, max);
}

int
write_check(struct op *op, const struct entry *e, const struct entry *old,
    const struct object_class **structural_out)
{
	const struct schema *s = op->world->conf->schema;
	bool relax = (op->ctl.given & OP_CTL_RELAX) != 0;
	const struct object_class *now = NULL, *before = old == NULL ? NULL : structural_of(s, old);
	const struct attr *oc = entry_find(e, desc_of_type(s, schema_known(s)->object_class));
	struct errbuf text = {""};
	int code = check_size(op, e);

	if (code != 0)
		return code;
	code = entry_check_attrs(s, e, &text);
	if (code == 0 && oc != NULL && before != NULL)
		code = entry_structural(s, oc, &now, &text);
	if (code == 0 && before != NULL && now != NULL && now != before)
		code = entry_check_structural_change(before, now, relax, &text);
	if (code == 0)
		code = entry_check(s, e, relax, structural_out, &text);
	return code == 0 ? 0 : op_fail(op, code, "%s", text.text);
}

static bool
given_by_client(const struct op *op, const struct attr_type *t)
{
	const struct wire_modify *m = &op->msg.u.modify;

	if (op->msg.tag != LDAP_REQ_MODIFY || (op->ctl.given & OP_CTL_RELAX) == 0)
		return false;
	for (size_t i = 0; i < m->count; i++) {
		if (schema_attr_type(op->world->conf->schema, m->mods[i].attr.desc) == t)
			return true;
	}
	return false;
}

static int
stamp(struct op *op, struct entry *e, const struct attr_type *t, struct bv value)
{
	const struct schema *s = op->world->conf->schema;

	if (given_by_client(op, t))
		return 0;
	entry_remove(e, desc_of_type(s, t));
	if (entry_put(s, e, t, value) == 0)
		return 0;
	return op_fail(op, LDAP_OTHER, "internal error: cannot set %.*s", BV(t->names[0]));
}

/* Sets a stamp of a new entry unless the client gave it under the relax rules control. */
static int
stamp_new(struct op *op, struct entry *e, const struct attr_type *t, struct bv value)
{
	if (entry_find(e, desc_of_type(op->world->conf->schema, t)) != NULL)
		return 0;
	return stamp(op, e, t, value);
}

int
write_stamp_modify(struct op *op, struct entry *e)
{
	const struct schema_known *k = schema_known(op->world->conf->schema);
	char csn[CLOCK_CSN_BYTES], now[CLOCK_GTIME_BYTES];

	if (!op->be->conf->lastmod)
		return 0;
	int code = stamp(op, e, k->entry_csn, clock_csn(op->world->conf->server_id, csn));
	if (code == 0)
		code = stamp(op, e, k->modifiers_name, op->who.dn);
	if (code == 0)
		code = stamp(op, e, k->modify_timestamp, clock_gtime(now));
	return code;
}

int
write_stamp_add(struct op *op, struct entry *e, const struct object_class *structural)
{
	const struct schema_known *k = schema_known(op->world->conf->schema);
	char csn[CLOCK_CSN_BYTES], now[CLOCK_GTIME_BYTES], uuid[CLOCK_UUID_BYTES];

	int code = stamp_new(op, e, k->structural_object_class, structural->names[0]);
	if (code != 0 || !op->be->conf->lastmod)
		return code;
	const struct {
		const struct attr_type *type;
		struct bv value;
	} stamps[] = {
	    {k->entry_uuid, clock_uuid(uuid)},
	    {k->creators_name, op->who.dn},
	    {k->create_timestamp, clock_gtime(now)},
	    {k->entry_csn, clock_csn(op->world->conf->server_id, csn)},
	    {k->modifiers_name, op->who.dn},
	    {k->modify_timestamp, bv_str(now)},
	};
	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]) && code == 0; i++)
		code = stamp_new(op, e, stamps[i].type, stamps[i].value);
	return code;
}

bool
write_is_noop(const struct op *op)
{
	return (op->ctl.given & OP_CTL_NOOP) != 0;
}
