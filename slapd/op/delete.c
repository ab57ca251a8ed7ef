#include "base/arena.h"
#include "base/err.h"
#include "op/access.h"
#include "op/handlers.h"
#include "op/op.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"
#include "store/store.h"

/* Delete (RFC 4511 4.8) and the tree delete control. */

int
op_delete_prepare(struct op *op)
{
	int code = target_parse(op, op->msg.u.delete_dn, &op->target);

	return code == 0 ? target_backend_for_write(op, &op->target) : code;
}

/* The entries to remove, superiors before subordinates: removed from the end. */
struct doomed {
	uint64_t *ids;
	size_t count;
};

static void
doom(struct op *op, struct doomed *d, uint64_t id)
{
	if ((d->count & (d->count - 1)) == 0)
		d->ids = arena_grow(
		    op->arena, d->ids, d->count, d->count == 0 ? 1 : d->count * 2, sizeof(*d->ids));
	d->ids[d->count++] = id;
}

/* One more than maxtreedelete allows is enough to refuse. */
static int
collect_children(struct op *op, struct store_read *r, uint64_t parent, struct doomed *d)
{
	unsigned max = op->world->conf->max_tree_delete;
	struct bv after = BV_NONE, rdn;
	uint64_t id;
	int err;

	while ((err = store_next_child(r, parent, after, &id, &rdn)) == 0) {
		doom(op, d, id);
		if (d->count > max)
			return 0;
		after = rdn;
	}
	return err == ERR_NOT_FOUND ? 0 : op_store_error(op, err, NULL);
}

/* The right on the children of the entry's superior; above the top stands the empty name. A refusal
 * speaks of top, the entry that the request names. */
static int
check_parent(struct op *op, const struct acl_entry *e, const struct acl_entry *top)
{
	const struct acl_target children = access_on_children();
	struct record rec;
	struct bv normal;
	uint64_t parent = e->record->parent;
	bool allowed;

	if (parent == 0) {
		allowed = access_demand_above(op, &children, ACL_B_DELETE);
	} else {
		int err = store_get(e->read, parent, &rec, NULL);
		if (err == 0)
			err = store_dn(e->read, &rec, op->arena, NULL, &normal);
		if (err != 0)
			return op_store_error(op, err, NULL);
		struct acl_entry up = access_stored(e->read, parent, &rec, normal);
		allowed = access_demand(op, &up, &children, ACL_B_DELETE);
	}
	return allowed ? 0 : target_refuse(op, top, "no write access to parent");
}

static int
check_entry(struct op *op, const struct acl_entry *e, const struct acl_entry *top)
{
	const struct acl_target on_entry = access_on_entry();

	if (access_demand(op, e, &on_entry, ACL_B_DELETE))
		return 0;
	return target_refuse(op, top, "no write access to entry");
}

/* An entry below the top of a tree that is deleted: its name stays in the request's arena, which
 * maxtreedelete bounds. */
static int
check_below(struct op *op, uint64_t id, const struct acl_entry *top)
{
	struct store_read *r = top->read;
	struct record rec;
	struct bv normal;

	int err = store_get(r, id, &rec, NULL);
	if (err == 0)
		err = store_dn(r, &rec, op->arena, NULL, &normal);
	if (err != 0)
		return op_store_error(op, err, NULL);
	struct acl_entry e = access_stored(r, id, &rec, normal);
	int code = check_parent(op, &e, top);
	return code == 0 ? check_entry(op, &e, top) : code;
}

static int
collect(struct op *op, const struct acl_entry *top, struct doomed *d)
{
	unsigned max = op->world->conf->max_tree_delete;
	int code = 0;

	doom(op, d, top->id);
	if ((op->ctl.given & OP_CTL_TREE_DELETE) == 0)
		return 0;
	for (size_t i = 0; i < d->count && code == 0; i++) {
		code = collect_children(op, top->read, d->ids[i], d);
		if (code == 0 && i > 0)
			code = check_below(op, d->ids[i], top);
		if (code == 0 && d->count > max)
			code = op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
			    "the subtree has more than %u entries (maxtreedelete); delete it in "
			    "parts",
			    max);
	}
	return code;
}

static int
remove_all(struct op *op, struct store_write *w, const struct doomed *d)
{
	struct errbuf text = {""};

	for (size_t i = d->count; i > 0; i--) {
		int err = store_delete(w, d->ids[i - 1], &text);
		if (err != 0)
			return op_hard_error(op, err, text.text);
	}
	return op_code(op, LDAP_SUCCESS);
}

int
op_delete_apply(struct op *op, struct store_write *w)
{
	struct store_read *r = store_write_reader(w);
	struct doomed d = {NULL, 0};
	struct record rec;
	uint64_t id;

	int code = target_find(op, r, &op->target, "", &id, &rec);
	if (code != 0)
		return code;
	struct acl_entry e = access_stored(r, id, &rec, op->target.normal);
	code = check_parent(op, &e, &e);
	if (code == 0)
		code = write_assert(op, r, id, &rec);
	if (code == 0)
		code = check_entry(op, &e, &e);
	if (code == 0)
		code = collect(op, &e, &d);
	if (code != 0)
		return code;
	if (target_has_glued(op) || (d.count == 1 && store_has_children(r, id)))
		return op_fail(
		    op, LDAP_NOT_ALLOWED_ON_NONLEAF, "subordinate objects must be deleted first");
	code = write_read_control(op, r, id, false);
	if (code != 0)
		return code;
	return write_is_noop(op) ? op_code(op, LDAP_NO_OPERATION) : remove_all(op, w, &d);
}
