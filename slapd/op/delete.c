#include "acl/acl.h"
#include "base/arena.h"
#include "base/err.h"
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

static int
collect_children(struct op *op, struct store_read *r, uint64_t parent, struct doomed *d)
{
	struct bv after = BV_NONE, rdn;
	uint64_t id;
	int err;

	while ((err = store_next_child(r, parent, after, &id, &rdn)) == 0) {
		doom(op, d, id);
		after = rdn;
	}
	return err == ERR_NOT_FOUND ? 0 : op_store_error(op, err, NULL);
}

static int
check_one(struct op *op, struct store_read *r, uint64_t id)
{
	struct record rec;
	struct bv normal;
	struct arena_mark mark = arena_mark(op->arena);

	int err = store_get(r, id, &rec, NULL);
	if (err == 0)
		err = store_dn(r, &rec, op->arena, NULL, &normal);
	bool allowed = err == 0 && target_allows(op, normal, NULL, BV_NONE, ACL_WRITE_DELETE);
	arena_rewind(op->arena, mark);
	if (err != 0)
		return op_store_error(op, err, NULL);
	return allowed ? 0 : write_refused(op, op->target.normal, "no write access to parent");
}

static int
collect(struct op *op, struct store_read *r, uint64_t top, struct doomed *d)
{
	unsigned max = op->world->conf->max_tree_delete;
	int code = check_one(op, r, top);

	doom(op, d, top);
	if ((op->ctl.given & OP_CTL_TREE_DELETE) == 0)
		return code;
	for (size_t i = 0; i < d->count && code == 0; i++) {
		code = collect_children(op, r, d->ids[i], d);
		if (code == 0)
			code = check_one(op, r, d->ids[i]);
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
	if (code == 0)
		code = write_assert(op, r, id, &rec);
	if (code == 0)
		code = collect(op, r, id, &d);
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
