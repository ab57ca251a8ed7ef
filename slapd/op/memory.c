#include "op/memory.h"

#include "acl/acl.h"
#include "base/arena.h"
#include "base/buf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/compare.h"
#include "op/op.h"
#include "op/page.h"
#include "op/select.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"
#include "store/attrmap.h"
#include "store/test.h"

/*
 * Entries in memory are records like stored ones, so that selection and filters
 * work on them unchanged. These trees are small; they are walked in order.
 */

void
memory_build(struct arena *a, const struct schema *s, const struct entry *entries, size_t count,
    struct memory_db *out)
{
	struct memory_entry *list = arena_zalloc(a, count + 1, sizeof(*list));
	struct buf b;

	out->map = attr_map_of_entries(s, a, entries, count);
	buf_init(&b);
	for (size_t i = 0; i < count; i++) {
		b.n = 0;
		record_encode(s, out->map, &entries[i], 0, true, &b);
		list[i].dn = entries[i].dn;
		if (record_open(arena_dup(a, buf_bv(&b)), &list[i].record) != 0)
			continue;
		out->count = i + 1;
	}
	buf_done(&b);
	out->entries = list;
}

/* Finds an entry by normal DN; NULL when there is none. */
static const struct memory_entry *
find(const struct memory_db *db, struct bv normal_dn)
{
	for (size_t i = 0; i < db->count; i++) {
		if (bv_eq(db->entries[i].dn.normal, normal_dn))
			return &db->entries[i];
	}
	return NULL;
}

static struct bv
dn_of(void *arg, uint64_t id, const struct record *r)
{
	const struct memory_db *db = arg;

	(void)r;
	return db->entries[id].dn.normal;
}

static bool
in_scope(const struct op *op, const struct memory_entry *e)
{
	struct bv dn = e->dn.normal, base = op->target.normal;

	switch ((enum ldap_scope)op->msg.u.search.scope) {
	case LDAP_SCOPE_BASE_OBJECT:
		return bv_eq(dn, base);
	case LDAP_SCOPE_SINGLE_LEVEL:
		return e->dn.rdn_count > 0 && !bv_eq(dn, base) && bv_eq(dn_text_parent(dn), base);
	case LDAP_SCOPE_WHOLE_SUBTREE:
		return dn_normal_is_under(dn, base);
	case LDAP_SCOPE_SUBORDINATES:
		return !bv_eq(dn, base) && dn_normal_is_under(dn, base);
	}
	return false;
}

/* Values of computed attributes of entries in memory: entryDN and subschemaSubentry. */
struct filter_arg {
	struct op *op;
	const struct memory_db *db;
	bool fresh; /* an entry about to be added: without subordinates, like any other leaf */
};

static struct bv
filter_dn(void *arg, uint64_t id, const struct record *r)
{
	struct filter_arg *f = arg;
	const void *db = f->db;

	return dn_of((void *)(uintptr_t)db, id, r);
}

static int
filter_computed(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    struct arena *a, const struct bv **normals_out)
{
	struct filter_arg *f = arg;
	const struct memory_entry *m = &f->db->entries[id];
	struct select_entry e = {id, r, f->db->map, NULL, m->dn.pretty, m->dn.normal};

	if (f->fresh && d->type == schema_known(f->op->world->conf->schema)->has_subordinates) {
		static const struct bv leaf = {(const uint8_t *)"FALSE", 5};
		*normals_out = &leaf;
		return 1;
	}
	return select_computed(f->op, &e, d, a, normals_out);
}

/* Paged results (RFC 2696): where this page begins. 0 or 2. */
static int
first_of_page(struct op *op, size_t *first_out)
{
	struct page_position at = {0, 0, 0};

	if ((op->ctl.given & OP_CTL_PAGED) != 0 && op->ctl.page_cookie.n > 0 &&
	    !page_read_cookie(op, op->ctl.page_cookie, &at))
		return op_fail(op, LDAP_PROTOCOL_ERROR, "paged results cookie is invalid");
	*first_out = at.last_id;
	return 0;
}

static bool
page_is_full(const struct op *op)
{
	return (op->ctl.given & OP_CTL_PAGED) != 0 && op->ctl.page_size > 0 &&
	       op->entries_sent >= (uint64_t)op->ctl.page_size;
}

static int
emit(struct op *op, const struct memory_db *db, const struct memory_entry *m, struct select *sel)
{
	struct select_entry e = {
	    (uint64_t)(m - db->entries), &m->record, db->map, NULL, m->dn.pretty, m->dn.normal};
	int64_t limit = op->msg.u.search.size_limit;

	if (limit > 0 && op->entries_sent >= (uint64_t)limit)
		return op_code(op, LDAP_SIZELIMIT_EXCEEDED);
	op_emit(op, m->dn.pretty, select_encode(op, sel, &e, op->readers->scratch));
	return 0;
}

static int
check_assertion(struct op *op, const struct memory_db *db, const struct memory_entry *m, bool fresh)
{
	const struct schema *s = op->world->conf->schema;
	struct filter_arg arg = {op, db, fresh};
	struct test_env env = {.schema = s,
	    .map = db->map,
	    .dn_normal = filter_dn,
	    .computed = filter_computed,
	    .arg = &arg};

	if ((op->ctl.given & OP_CTL_ASSERTION) == 0)
		return 0;
	struct test *t = test_new(op->arena, match_resolve(s, op->arena, op->ctl.assertion), &env);
	if (test_run(t, (uint64_t)(m - db->entries), &m->record, op->arena) == TEST_TRUE)
		return 0;
	return op_code(op, LDAP_ASSERTION_FAILED);
}

int
memory_assert(struct op *op, const struct entry *e)
{
	struct memory_db db = {0};

	if ((op->ctl.given & OP_CTL_ASSERTION) == 0)
		return 0;
	memory_build(op->arena, op->world->conf->schema, e, 1, &db);
	return db.count == 1 ? check_assertion(op, &db, db.entries, true) : LDAP_ASSERTION_FAILED;
}

int
memory_assert_at(struct op *op, const struct memory_db *db)
{
	const struct memory_entry *m = find(db, op->target.normal);

	return m == NULL ? 0 : check_assertion(op, db, m, false);
}

int
memory_search(struct op *op, const struct memory_db *db)
{
	const struct wire_search *q = &op->msg.u.search;
	const struct schema *s = op->world->conf->schema;
	struct filter_arg arg = {op, db, false};
	struct test_env env = {.schema = s,
	    .map = db->map,
	    .dn_normal = filter_dn,
	    .computed = filter_computed,
	    .arg = &arg};

	const struct memory_entry *base = find(db, op->target.normal);
	if (!target_allows(op, op->target.normal, NULL, BV_NONE, ACL_DISCLOSE) || base == NULL)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	size_t first = 0, next = 0;
	int code = check_assertion(op, db, base, false);
	if (code == 0)
		code = first_of_page(op, &first);
	if (code != 0)
		return code;
	struct test *t = test_new(op->arena, match_resolve(s, op->arena, q->filter), &env);
	struct select *sel = select_new(op, q->attrs, q->attr_count, q->types_only);
	if ((op->ctl.given & OP_CTL_VALUES_RETURN) != 0)
		select_set_value_filters(op, sel);
	for (size_t i = first; i < db->count && code == 0 && next == 0; i++) {
		const struct memory_entry *m = &db->entries[i];
		struct arena_mark mark = arena_mark(op->readers->scratch);
		bool found = in_scope(op, m) &&
			     test_run(t, i, &m->record, op->readers->scratch) == TEST_TRUE;
		if (found && page_is_full(op))
			next = i;
		else if (found)
			code = emit(op, db, m, sel);
		arena_rewind(op->readers->scratch, mark);
	}
	struct page_position at = {next, op->entries_sent, 0};
	page_answer(op, next == 0 ? NULL : &at);
	return op_code(op, code);
}

int
memory_compare(struct op *op, const struct memory_db *db, struct match *match)
{
	const struct memory_entry *m = find(db, op->target.normal);
	struct filter_arg arg = {op, db, false};
	struct test_env env = {.schema = op->world->conf->schema,
	    .map = db->map,
	    .dn_normal = filter_dn,
	    .computed = filter_computed,
	    .arg = &arg};

	if (m == NULL || !target_allows(op, op->target.normal, NULL, BV_NONE, ACL_COMPARE))
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	int code = check_assertion(op, db, m, false);
	if (code != 0)
		return code;
	if (!compare_has_attr(&m->record, db->map, op->arena, match->desc))
		return op_code(op, LDAP_NO_SUCH_ATTRIBUTE);
	struct test *t = test_new(op->arena, match, &env);
	uint64_t id = (uint64_t)(m - db->entries);
	return op_code(op, test_run(t, id, &m->record, op->readers->scratch) == TEST_TRUE
			       ? LDAP_COMPARE_TRUE
			       : LDAP_COMPARE_FALSE);
}
