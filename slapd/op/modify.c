#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/handlers.h"
#include "op/modlist.h"
#include "op/op.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"
#include "store/store.h"

/* Modify (RFC 4511 4.6, RFC 4525): all modifications or none. */

static int
check_request(struct op *op, const struct modlist *m, const struct attr_desc **descs)
{
	const struct wire_modify *q = &op->msg.u.modify;

	int code = modlist_check(m, q->mods, q->count, descs);
	return code == 0 ? 0 : op_fail(op, code, "%s", m->text->text);
}

static int
check_writable(struct op *op, const struct modlist *m, const struct attr_desc *const *descs)
{
	int code = 0;

	for (size_t i = 0; i < op->msg.u.modify.count && code == 0; i++)
		code = modlist_check_writable(m, descs[i]);
	return code == 0 ? 0 : op_fail(op, code, "%s", m->text->text);
}

/* What the request alone can tell is told before the entry is looked for. */
int
op_modify_prepare(struct op *op)
{
	const struct wire_modify *q = &op->msg.u.modify;
	const struct attr_desc **descs = arena_zalloc(op->arena, q->count, sizeof(*descs));
	struct errbuf text;
	struct modlist m;

	write_modlist(op, &m, &text);
	op->prepared = descs;
	int code = modlist_check_form(&m, q->mods, q->count);
	if (code != 0)
		return op_fail(op, code, "%s", text.text);
	code = target_parse(op, q->dn, &op->target);
	if (code == 0)
		code = check_request(op, &m, descs);
	if (code == 0)
		code = target_backend_for_write(op, &op->target);
	return code == 0 ? check_writable(op, &m, descs) : code;
}

static int
check_access(struct op *op, const struct acl_entry *e)
{
	const struct wire_modify *q = &op->msg.u.modify;
	const struct attr_desc *const *descs = op->prepared;
	const struct acl_target on_entry = access_on_entry();
	bool relax = (op->ctl.given & OP_CTL_RELAX) != 0;

	if (relax && !access_demand(op, e, &on_entry, ACL_B_MANAGE))
		return target_refuse(
		    op, e, "the relax rules control needs manage access to the entry");
	for (size_t i = 0; i < q->count; i++) {
		if (!access_demand_change(op, e, descs[i], &q->mods[i]))
			return target_refuse(op, e, "");
	}
	/* Without a modification only the entry's existence is told: that needs a right, too. */
	if (q->count == 0 && !access_entry(op, e, ACL_B_DISCLOSE))
		return target_hide(op, e);
	return 0;
}

static int
change(struct op *op, const struct entry *old, struct entry *e)
{
	const struct wire_modify *q = &op->msg.u.modify;
	struct errbuf text;
	struct modlist m;
	const struct object_class *structural = NULL;

	write_modlist(op, &m, &text);
	int code = modlist_change(&m, e, q->mods, op->prepared, q->count);
	if (code != 0)
		return op_fail(op, code, "%s", text.text);
	code = write_check(op, e, old, &structural);
	if (code != 0)
		return code;
	if ((op->ctl.given & OP_CTL_RELAX) != 0) {
		const struct schema *s = m.schema;
		const struct attr_type *t = schema_known(s)->structural_object_class;
		entry_remove(e, desc_of_type(s, t));
		if (entry_put(s, e, t, structural->names[0]) != 0)
			return op_fail(op, LDAP_OTHER, "internal error: structural class");
	}
	return write_stamp_modify(op, e);
}

int
op_modify_apply(struct op *op, struct store_write *w)
{
	struct store_read *r = store_write_reader(w);
	struct record rec;
	struct entry old, e;
	struct errbuf text = {""};
	uint64_t id;

	int code = target_find(op, r, &op->target, "", &id, &rec);
	if (code == 0)
		code = write_assert(op, r, id, &rec);
	if (code == 0)
		code = write_load(op, r, &rec, &old);
	if (code != 0)
		return code;
	e = entry_copy(op->arena, &old);
	struct acl_entry asked = access_stored(r, id, &rec, old.dn.normal);
	code = check_access(op, &asked);
	if (code == 0)
		code = change(op, &old, &e);
	if (code == 0)
		code = write_read_control(op, r, id, false);
	if (code != 0 || (write_is_noop(op) && (op->ctl.given & OP_CTL_POST_READ) == 0))
		return code != 0 ? code : op_code(op, LDAP_NO_OPERATION);
	int err = store_replace(w, id, &e, &text);
	if (err != 0)
		return op_hard_error(op, err, text.text);
	code = write_read_control(op, r, id, true);
	if (code != 0 || !write_is_noop(op))
		return code;
	err = store_replace(w, id, &old, &text);
	return err != 0 ? op_hard_error(op, err, text.text) : op_code(op, LDAP_NO_OPERATION);
}
