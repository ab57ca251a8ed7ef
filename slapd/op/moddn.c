#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/handlers.h"
#include "op/op.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"
#include "store/store.h"

/* Modify DN (RFC 4511 4.9): one record changes, whatever hangs below it. */

struct moddn {
	struct rdn rdn;
	bool has_superior;
	struct dn superior;
};

static int
parse(struct op *op, struct moddn *m)
{
	const struct wire_moddn *q = &op->msg.u.moddn;
	const struct schema *s = op->world->conf->schema;

	if (dn_parse_rdn(s, op->arena, q->new_rdn, &m->rdn, NULL) != 0)
		return op_fail(op, LDAP_INVALID_DN_SYNTAX, "invalid new RDN");
	m->has_superior = q->new_superior.p != NULL;
	if (m->has_superior && dn_parse(s, op->arena, q->new_superior, &m->superior, NULL) != 0)
		return op_fail(op, LDAP_INVALID_DN_SYNTAX, "invalid newSuperior");
	return 0;
}

static bool
is_suffix(const struct op *op)
{
	const struct conf_db *db = op->be->conf;

	for (size_t i = 0; i < db->suffix_count; i++) {
		if (bv_eq(db->suffixes[i].normal, op->target.normal))
			return true;
	}
	return false;
}

/* The new name may lie in another database: under another suffix, or at a glued one. */
static bool
leaves_database(struct op *op, const struct moddn *m)
{
	struct dn superior = m->has_superior ? m->superior : dn_parent(&op->target);
	struct dn made = dn_join(op->arena, &m->rdn, &superior);

	return (m->has_superior && world_backend(op->world, superior.normal) != op->be) ||
	       world_backend(op->world, made.normal) != op->be;
}

static int
check_names(struct op *op, const struct moddn *m)
{
	if (m->has_superior && dn_normal_is_under(m->superior.normal, op->target.normal))
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "cannot place an entry below itself");
	if (m->has_superior) {
		struct dn made = dn_join(op->arena, &m->rdn, &m->superior);
		if (made.rdn_count < op->target.rdn_count &&
		    dn_normal_is_under(op->target.normal, made.normal))
			return op_fail(
			    op, LDAP_UNWILLING_TO_PERFORM, "cannot place an entry above itself");
	}
	if (is_suffix(op) || target_has_glued(op) || leaves_database(op, m))
		return op_fail(op, LDAP_AFFECTS_MULTIPLE_DSAS, "cannot rename between DSAs");
	return 0;
}

static int
check_naming(struct op *op, const struct rdn *rdn)
{
	for (size_t i = 0; i < rdn->ava_count; i++) {
		const struct attr_desc *d = rdn->avas[i].desc;
		if (d->type->equality == NULL)
			return op_fail(op, LDAP_NAMING_VIOLATION,
			    "naming attribute '%.*s' has no equality matching rule", BV(d->name));
	}
	return 0;
}

int
op_moddn_prepare(struct op *op)
{
	struct moddn *m = arena_zalloc(op->arena, 1, sizeof(*m));

	int code = target_parse(op, op->msg.u.moddn.dn, &op->target);
	if (code == 0)
		code = parse(op, m);
	if (code == 0)
		code = check_naming(op, &m->rdn);
	if (code == 0)
		code = target_backend_for_write(op, &op->target);
	if (code == 0)
		code = check_names(op, m);
	op->prepared = m;
	return code;
}

static int
find_superior(struct op *op, struct store_read *r, const struct moddn *m, uint64_t *id_out)
{
	uint64_t nearest;

	if (m->superior.rdn_count == 0) {
		*id_out = 0;
		return 0;
	}
	int err = store_find(r, &m->superior, id_out, &nearest);
	if (err == ERR_NOT_FOUND)
		return op_fail(op, LDAP_NO_SUCH_OBJECT, "new superior not found");
	return err == 0 ? 0 : op_store_error(op, err, NULL);
}

static int
check_superior_kind(struct op *op, struct store_read *r, uint64_t id)
{
	struct record rec;

	if (id == 0)
		return 0;
	int err = store_get(r, id, &rec, NULL);
	if (err != 0)
		return op_store_error(op, err, NULL);
	if ((rec.flags & RECORD_ALIAS) != 0)
		return op_fail(op, LDAP_ALIAS_PROBLEM, "new superior is an alias");
	if ((rec.flags & RECORD_REFERRAL) != 0)
		return op_fail(op, LDAP_OTHER, "new superior is a referral");
	if ((rec.flags & RECORD_SUBENTRY) != 0)
		return op_fail(op, LDAP_OBJECT_CLASS_VIOLATION, "new superior is a subentry");
	return 0;
}

/* The entry with this ID for questions; its name in the operation's arena. id 0: the empty name. */
static int
entry_of(
    struct op *op, struct store_read *r, uint64_t id, struct record *rec, struct acl_entry *out)
{
	struct errbuf e = {""};
	struct bv normal;

	*out = access_nothing();
	if (id == 0)
		return 0;
	int err = store_get(r, id, rec, &e);
	if (err == 0)
		err = store_dn(r, rec, op->arena, NULL, &normal);
	if (err != 0)
		return op_store_error(op, err, e.text);
	*out = access_stored(r, id, rec, normal);
	return 0;
}

/* Asks on the children of a superior, which may be the empty name above the database. */
static bool
may_change_children(struct op *op, const struct acl_entry *superior, unsigned want)
{
	const struct acl_target children = access_on_children();

	if (superior->id == 0)
		return access_demand_above(op, &children, want);
	return access_demand(op, superior, &children, want);
}

static int
check_old_place(struct op *op, const struct acl_entry *e)
{
	const struct moddn *m = op->prepared;
	struct acl_entry superior;
	struct record rec;

	int code = entry_of(op, e->read, e->record->parent, &rec, &superior);
	if (code != 0)
		return code;
	if (!may_change_children(op, &superior, m->has_superior ? ACL_B_DELETE : ACL_B_WRITE))
		return target_refuse(op, e, "no write access to parent's children");
	return 0;
}

static int
check_new_place(struct op *op, const struct acl_entry *e, uint64_t parent)
{
	struct acl_entry superior;
	struct record rec;

	int code = entry_of(op, e->read, parent, &rec, &superior);
	if (code != 0 || may_change_children(op, &superior, ACL_B_ADD))
		return code;
	/* A superior that may not be seen is answered for like one that is not there. */
	if (superior.id != 0 && !access_entry(op, &superior, ACL_B_DISCLOSE))
		return op_fail(op, LDAP_NO_SUCH_OBJECT, "new superior not found");
	return target_refuse(op, e, "no write access to new superior's children");
}

/* slapd.access(5): what the new name brings needs the right to add it, what the old name takes away
 * the right to delete it. */
static bool
may_name(struct op *op, const struct acl_entry *e, const struct rdn *rdn, unsigned want)
{
	for (size_t i = 0; i < rdn->ava_count; i++) {
		const struct ava *ava = &rdn->avas[i];
		const struct acl_target t = access_on_value(ava->desc, ava->value, ava->normal);
		if (!access_demand(op, e, &t, want))
			return false;
	}
	return true;
}

static int
check_entry(struct op *op, const struct acl_entry *e)
{
	bool relax = (op->ctl.given & OP_CTL_RELAX) != 0;
	const struct acl_target on_entry = access_on_entry();

	return target_demand(
	    op, e, &on_entry, relax ? ACL_B_MANAGE : ACL_B_WRITE, "no write access to entry");
}

static int
check_naming_values(struct op *op, const struct acl_entry *e, const struct rdn *old)
{
	const struct moddn *m = op->prepared;

	if (!may_name(op, e, &m->rdn, ACL_B_ADD))
		return target_refuse(op, e, "no write access to the attributes of the new RDN");
	if (op->msg.u.moddn.delete_old_rdn && !may_name(op, e, old, ACL_B_DELETE))
		return target_refuse(op, e, "no write access to the attributes of the old RDN");
	return 0;
}

static int
remove_old_values(struct op *op, struct entry *e, const struct rdn *old)
{
	const struct schema *s = op->world->conf->schema;
	struct errbuf text = {""};

	for (size_t i = 0; i < old->ava_count; i++) {
		const struct ava *ava = &old->avas[i];
		const struct attr *a = entry_find(e, ava->desc);
		if (a == NULL || !entry_attr_has(a, ava->normal))
			continue;
		int code = entry_delete_values(s, e, ava->desc, &ava->value, 1, &text);
		if (code != 0)
			return op_fail(op, code, "%s", text.text);
	}
	return 0;
}

static int
add_new_values(struct op *op, struct entry *e, const struct rdn *new)
{
	const struct schema *s = op->world->conf->schema;
	struct errbuf text = {""};

	/* From the last to the first, as OpenLDAP's databases have them. */
	for (size_t i = new->ava_count; i > 0; i--) {
		const struct ava *ava = &new->avas[i - 1];
		const struct attr *a = entry_find(e, ava->desc);
		if (a != NULL && entry_attr_has(a, ava->normal))
			continue;
		int code =
		    entry_check_writable(ava->desc, (op->ctl.given & OP_CTL_RELAX) != 0, &text);
		if (code == 0)
			code = entry_add_values(s, e, ava->desc, &ava->value, 1, NULL, &text);
		if (code != 0)
			return op_fail(op, code, "%s", text.text);
	}
	return 0;
}

static int
change(struct op *op, const struct entry *old, struct entry *e, const struct moddn *m,
    const struct dn *superior)
{
	int code = 0;

	if (op->msg.u.moddn.delete_old_rdn)
		code = remove_old_values(op, e, &old->dn.rdns[0]);
	if (code == 0)
		code = add_new_values(op, e, &m->rdn);
	e->dn = dn_join(op->arena, &m->rdn, superior);
	if (code == 0)
		code = write_check(op, e, old, NULL);
	return code == 0 ? write_stamp_modify(op, e) : code;
}

static int
check_free(struct op *op, struct store_read *r, uint64_t parent, const struct moddn *m, uint64_t id)
{
	uint64_t there;
	int err = store_find_child(r, parent, m->rdn.normal, &there);

	if (err == ERR_NOT_FOUND || (err == 0 && there == id))
		return 0;
	return err == 0 ? op_code(op, LDAP_ALREADY_EXISTS) : op_store_error(op, err, NULL);
}

/* Rights and places, in the order in which OpenLDAP asks. */
static int
check_rights(
    struct op *op, const struct acl_entry *at, const struct entry *old, uint64_t *parent_out)
{
	const struct moddn *m = op->prepared;

	int code = check_old_place(op, at);
	if (code == 0)
		code = write_assert(op, at->read, at->id, at->record);
	if (code == 0)
		code = check_entry(op, at);
	if (code == 0 && m->has_superior)
		code = find_superior(op, at->read, m, parent_out);
	if (code == 0 && m->has_superior)
		code = check_new_place(op, at, *parent_out);
	if (code == 0 && m->has_superior)
		code = check_superior_kind(op, at->read, *parent_out);
	if (code == 0)
		code = check_naming_values(op, at, &old->dn.rdns[0]);
	return code == 0 ? check_free(op, at->read, *parent_out, m, at->id) : code;
}

/* Everything that can refuse the request, up to the changed entry. */
static int
check(struct op *op, struct store_read *r, uint64_t id, struct entry *e, uint64_t *parent_out)
{
	const struct moddn *m = op->prepared;
	struct dn superior = m->has_superior ? m->superior : dn_parent(&op->target);
	struct record rec;
	struct acl_entry at;
	struct entry old;

	int code = entry_of(op, r, id, &rec, &at);
	if (code == 0)
		code = write_load(op, r, &rec, &old);
	if (code != 0)
		return code;
	*parent_out = rec.parent;
	code = check_rights(op, &at, &old, parent_out);
	if (code != 0)
		return code;
	*e = entry_copy(op->arena, &old);
	return change(op, &old, e, m, &superior);
}

int
op_moddn_apply(struct op *op, struct store_write *w)
{
	struct store_read *r = store_write_reader(w);
	struct errbuf text = {""};
	struct record rec;
	struct entry e;
	uint64_t id, parent;

	int code = target_find(op, r, &op->target, "", &id, &rec);
	if (code == 0)
		code = check(op, r, id, &e, &parent);
	if (code == 0)
		code = write_read_control(op, r, id, false);
	if (code != 0 || write_is_noop(op))
		return code != 0 ? code : op_code(op, LDAP_NO_OPERATION);
	int err = store_move(w, id, parent, &e, &text);
	if (err != 0)
		return op_hard_error(op, err, text.text);
	return write_read_control(op, r, id, true);
}
