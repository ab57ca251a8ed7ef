#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/handlers.h"
#include "op/memory.h"
#include "op/modlist.h"
#include "op/op.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"
#include "store/store.h"

/* Add (RFC 4511 4.7): the entry is built and its values checked on the loop, its place on the
 * writer. */

static int
check_form(struct op *op)
{
	const struct wire_add *q = &op->msg.u.add;

	for (size_t i = 0; i < q->count; i++) {
		if (q->attrs[i].count == 0)
			return op_fail(op, LDAP_PROTOCOL_ERROR, "no values for attribute type");
	}
	return 0;
}

static int
check_values(struct op *op, const struct attr_desc **descs)
{
	const struct wire_add *q = &op->msg.u.add;
	struct errbuf text;
	struct modlist m;
	int code = 0;

	write_modlist(op, &m, &text);
	for (size_t i = 0; i < q->count && code == 0; i++) {
		code = modlist_resolve(&m, q->attrs[i].desc, &descs[i]);
		if (code == 0)
			code = modlist_check_values(&m, descs[i], &q->attrs[i]);
	}
	return code == 0 ? 0 : op_fail(op, code, "%s", text.text);
}

static int
check_writable(struct op *op, const struct attr_desc *const *descs)
{
	struct errbuf text;
	struct modlist m;
	int code = 0;

	write_modlist(op, &m, &text);
	for (size_t i = 0; i < op->msg.u.add.count && code == 0; i++)
		code = modlist_check_writable(&m, descs[i]);
	return code == 0 ? 0 : op_fail(op, code, "%s", text.text);
}

static int
build(struct op *op, struct entry *e, const struct attr_desc *const *descs)
{
	const struct wire_add *q = &op->msg.u.add;
	const struct schema *s = op->world->conf->schema;
	struct errbuf text = {""};

	entry_init(e, op->arena, &op->target);
	for (size_t i = 0; i < q->count; i++) {
		const struct wire_attr *a = &q->attrs[i];
		if (entry_find(e, descs[i]) != NULL)
			return op_fail(op, LDAP_TYPE_OR_VALUE_EXISTS,
			    "attribute '%.*s' provided more than once", BV(descs[i]->name));
		int code = entry_add_values(s, e, descs[i], a->values, a->count, NULL, &text);
		if (code != 0)
			return op_fail(op, code, "%s", text.text);
	}
	if (entry_find(e, desc_of_type(s, schema_known(s)->object_class)) == NULL)
		return op_fail(op, LDAP_OBJECT_CLASS_VIOLATION, "no objectClass attribute");
	return 0;
}

/* OpenLDAP's convenience: naming values that the request left out are added. */
static int
add_naming(struct op *op, struct entry *e)
{
	const struct schema *s = op->world->conf->schema;
	const struct rdn *rdn = &e->dn.rdns[0];
	struct errbuf text = {""};

	for (size_t i = 0; i < rdn->ava_count; i++) {
		const struct ava *ava = &rdn->avas[i];
		const struct attr *have = entry_find(e, ava->desc);
		if (ava->desc->type->usage != ATTR_USER_APPLICATIONS)
			return op_fail(op, LDAP_NAMING_VIOLATION,
			    "naming attribute '%.*s' is operational", BV(ava->desc->name));
		if (have != NULL && entry_attr_has(have, ava->normal))
			continue;
		int code = entry_add_values(s, e, ava->desc, &ava->value, 1, NULL, &text);
		if (code != 0)
			return op_fail(op, code, "%s", text.text);
	}
	return 0;
}

int
op_add_prepare(struct op *op)
{
	const struct wire_add *q = &op->msg.u.add;
	struct entry *e = arena_zalloc(op->arena, 1, sizeof(*e));
	const struct attr_desc **descs = arena_zalloc(op->arena, q->count, sizeof(*descs));

	op->prepared = e;
	int code = check_form(op);
	if (code == 0)
		code = target_parse(op, q->dn, &op->target);
	if (code == 0 && q->count == 0)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "no attributes provided");
	if (code == 0)
		code = target_refuse_special(op, &op->target);
	if (code == 0)
		code = check_values(op, descs);
	if (code == 0)
		code = target_backend_for_write(op, &op->target);
	if (code == 0)
		code = check_writable(op, descs);
	if (code == 0)
		code = build(op, e, descs);
	return code == 0 ? add_naming(op, e) : code;
}

static int
check_superior(struct op *op, struct store_read *r, uint64_t *parent_out)
{
	struct record rec;
	struct dn superior = dn_parent(&op->target);

	int code = target_find(op, r, &superior, "", parent_out, &rec);
	if (code == LDAP_REFERRAL)
		return target_find(op, r, &op->target, "", parent_out, &rec);
	if (code != 0)
		return code;
	const struct acl_entry e = access_stored(r, *parent_out, &rec, superior.normal);
	const struct acl_target children = access_on_children();
	code = target_demand(op, &e, &children, ACL_B_ADD, "no write access to parent");
	if (code != 0)
		return code;
	if ((rec.flags & RECORD_ALIAS) != 0)
		return op_fail(op, LDAP_ALIAS_PROBLEM, "parent is an alias");
	if ((rec.flags & RECORD_REFERRAL) != 0)
		return target_refer(op, r, &rec, &op->target, "");
	if ((rec.flags & RECORD_SUBENTRY) != 0)
		return op_fail(op, LDAP_OBJECT_CLASS_VIOLATION, "parent is a subentry");
	return 0;
}

static bool
is_top(const struct op *op)
{
	const struct conf_db *db = op->be->conf;

	for (size_t i = 0; i < db->suffix_count; i++) {
		if (bv_eq(db->suffixes[i].normal, op->target.normal))
			return true;
		if (db->suffixes[i].rdn_count == 0 && op->target.rdn_count == 1)
			return true;
	}
	return false;
}

/* Whether the name is taken by an entry that may be told of: 0 or 68. */
static int
check_free(struct op *op, struct store_read *r, uint64_t *id_out)
{
	struct record rec;
	uint64_t superior;

	*id_out = 0;
	int err = store_find(r, &op->target, id_out, &superior);
	if (err == ERR_NOT_FOUND)
		return 0;
	if (err == 0)
		err = store_get(r, *id_out, &rec, NULL);
	if (err != 0)
		return op_store_error(op, err, NULL);
	struct acl_entry e = access_stored(r, *id_out, &rec, op->target.normal);
	return access_entry(op, &e, ACL_B_DISCLOSE) ? op_code(op, LDAP_ALREADY_EXISTS) : 0;
}

/* The right to add comes before what a hidden entry of this name would tell. */
static int
check_place(struct op *op, struct store_read *r, uint64_t *parent_out)
{
	const struct acl_target children = access_on_children();
	uint64_t id;
	int code = check_free(op, r, &id);

	*parent_out = 0;
	if (code == 0 && !is_top(op))
		code = check_superior(op, r, parent_out);
	else if (code == 0 && !access_demand_above(op, &children, ACL_B_ADD))
		code = op_fail(op, LDAP_INSUFFICIENT_ACCESS, "no write access to parent");
	if (code == 0 && id != 0)
		code = op_code(op, LDAP_ALREADY_EXISTS);
	return code;
}

/* olcAddContentAcl: every attribute and value asks for itself. What only the server sets is not the
 * requestor's, but for the relax rules control. */
static int
check_content(struct op *op, const struct entry *given, const struct acl_entry *e)
{
	bool relax = (op->ctl.given & OP_CTL_RELAX) != 0;

	for (size_t i = 0; i < given->count; i++) {
		const struct attr *a = &given->attrs[i];
		if (a->desc->type->no_user_modification && !relax)
			continue;
		unsigned want = a->desc->type->no_user_modification ? ACL_B_MANAGE : ACL_B_ADD;
		for (size_t k = 0; k < a->count; k++) {
			struct acl_target t = access_on_value(a->desc, a->values[k], a->normals[k]);
			if (!access_demand(op, e, &t, want))
				return op_fail(
				    op, LDAP_INSUFFICIENT_ACCESS, "no write access to attribute");
		}
	}
	return 0;
}

static int
check_access(struct op *op, const struct entry *stamped)
{
	const struct acl_entry e = access_new(stamped);
	const struct acl_target on_entry = access_on_entry();
	bool relax = (op->ctl.given & OP_CTL_RELAX) != 0;

	if (!access_demand(op, &e, &on_entry, relax ? ACL_B_MANAGE : ACL_B_ADD))
		return op_fail(op, LDAP_INSUFFICIENT_ACCESS, "no write access to entry");
	return op->be->rules->add_content_acl ? check_content(op, op->prepared, &e) : 0;
}

/* The post-read control looks at the entry as stored. */
static int
look_back(struct op *op, struct store_write *w, uint64_t id)
{
	struct store_read *r = store_write_reader(w);
	struct errbuf e = {""};

	int code = write_read_control(op, r, id, true);
	if (code == 0 && !write_is_noop(op))
		return 0;
	int err = store_delete(w, id, &e);
	if (err != 0)
		return op_hard_error(op, err, e.text);
	return code != 0 ? code : op_code(op, LDAP_NO_OPERATION);
}

int
op_add_apply(struct op *op, struct store_write *w)
{
	struct store_read *r = store_write_reader(w);
	struct entry e = entry_copy(op->arena, op->prepared);
	const struct object_class *structural = NULL;
	struct errbuf text = {""};
	uint64_t parent, id;

	int code = write_check(op, &e, NULL, &structural);
	if (code == 0)
		code = write_stamp_add(op, &e, structural);
	if (code == 0)
		code = memory_assert(op, &e);
	if (code == 0)
		code = check_place(op, r, &parent);
	if (code == 0)
		code = check_access(op, &e);
	if (code != 0)
		return code;
	int err = store_add(w, parent, &e, &id, &text);
	if (err != 0)
		return op_hard_error(op, err, text.text);
	return look_back(op, w, id);
}
