#include "op/memory.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/compare.h"
#include "op/limits.h"
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

const struct memory_entry *
memory_find(const struct memory_db *db, struct bv normal_dn)
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

struct acl_entry
memory_asked(const struct memory_db *db, const struct memory_entry *m)
{
	return (struct acl_entry){
	    m->dn.normal, &m->record, db->map, NULL, (uint64_t)(m - db->entries), NULL};
}

static bool
filter_may_search(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct match *match)
{
	struct filter_arg *f = arg;
	const struct acl_entry e = memory_asked(f->db, &f->db->entries[id]);

	(void)r;
	return access_may_assert(f->op, &e, d, match);
}

static bool
filter_may_find(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct bv pair[2])
{
	struct filter_arg *f = arg;
	const struct acl_entry e = memory_asked(f->db, &f->db->entries[id]);
	const struct acl_target t = access_on_value(d, pair[0], pair[1]);

	(void)r;
	return access_allows(f->op, &e, &t, ACL_B_SEARCH);
}

/* What a filter or an assertion on these entries asks. */
static struct test_env
env_of(struct filter_arg *f)
{
	return (struct test_env){.schema = f->op->world->conf->schema,
	    .map = f->db->map,
	    .may_search = filter_may_search,
	    .may_value = filter_may_find,
	    .dn_normal = filter_dn,
	    .computed = filter_computed,
	    .arg = f};
}

/* Paged results (RFC 2696): where this page begins. 0 or 2. */
static int
first_of_page(struct op *op, struct page_position *at_out)
{
	if ((op->ctl.given & OP_CTL_PAGED) != 0 && op->ctl.page_cookie.n > 0 &&
	    !page_read_cookie(op, op->ctl.page_cookie, at_out))
		return op_fail(op, LDAP_PROTOCOL_ERROR, "paged results cookie is invalid");
	return 0;
}

static bool
page_is_full(const struct op *op)
{
	return (op->ctl.given & OP_CTL_PAGED) != 0 && op->ctl.page_size > 0 &&
	       op->entries_sent >= (uint64_t)op->ctl.page_size;
}

/* The root DSE and the subschema have no limits but the client's own. */
static int
read_limits(struct op *op, struct limits_in_force *out)
{
	int64_t asked = op->msg.u.search.size_limit;

	*out =
	    (struct limits_in_force){.size = asked > 0 ? asked : -1, .time_s = -1, .unchecked = -1};
	return op->be == NULL ? 0 : limits_for_search(op, op->be, out);
}

static void
emit(struct op *op, const struct memory_db *db, const struct memory_entry *m, struct select *sel)
{
	struct select_entry e = {
	    (uint64_t)(m - db->entries), &m->record, db->map, NULL, m->dn.pretty, m->dn.normal};

	op_emit(op, m->dn.pretty, select_encode(op, sel, &e, op->readers->scratch));
}

static int
check_assertion(struct op *op, const struct memory_db *db, const struct memory_entry *m, bool fresh)
{
	const struct schema *s = op->world->conf->schema;
	struct filter_arg arg = {op, db, fresh};
	struct test_env env = env_of(&arg);

	if ((op->ctl.given & OP_CTL_ASSERTION) == 0)
		return 0;
	struct test *t = test_new(op->arena, match_resolve(s, op->arena, op->ctl.assertion), &env);
	if (test_run(t, (uint64_t)(m - db->entries), &m->record, access_scratch(op)) == TEST_TRUE)
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

/* As for stored entries; of the root DSE and the subschema everyone knows that they are there. */
static int
check_base(struct op *op, const struct memory_db *db, const struct memory_entry *base)
{
	const struct acl_target on_entry = access_on_entry();

	op->access_asked = true;
	if (base == NULL)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	if (op->be == NULL)
		return 0;
	const struct acl_entry e = memory_asked(db, base);
	return target_demand(op, &e, &on_entry, ACL_B_SEARCH, "");
}

int
memory_assert_at(struct op *op, const struct memory_db *db)
{
	const struct memory_entry *m = memory_find(db, op->target.normal);

	return m == NULL ? 0 : check_assertion(op, db, m, false);
}

int
memory_search(struct op *op, const struct memory_db *db)
{
	const struct wire_search *q = &op->msg.u.search;
	const struct schema *s = op->world->conf->schema;
	struct filter_arg arg = {op, db, false};
	struct test_env env = env_of(&arg);

	const struct memory_entry *base = memory_find(db, op->target.normal);
	int code = check_base(op, db, base);
	struct page_position from = {0, 0, 0};
	struct limits_in_force limits;
	size_t next = 0;
	if (code == 0)
		code = check_assertion(op, db, base, false);
	if (code == 0)
		code = first_of_page(op, &from);
	if (code == 0)
		code = read_limits(op, &limits);
	if (code != 0)
		return code;
	struct test *t = test_new(op->arena, match_resolve(s, op->arena, q->filter), &env);
	struct select *sel = select_new(op, q->attrs, q->attr_count, q->types_only);
	if ((op->ctl.given & OP_CTL_VALUES_RETURN) != 0)
		select_set_value_filters(op, sel);
	for (size_t i = from.last_id; i < db->count && code == 0 && next == 0; i++) {
		const struct memory_entry *m = &db->entries[i];
		struct arena_mark mark = arena_mark(op->readers->scratch);
		const struct acl_entry at = memory_asked(db, m);
		bool found = in_scope(op, m) &&
			     test_run(t, i, &m->record, op->readers->scratch) == TEST_TRUE &&
			     access_entry(op, &at, ACL_B_READ);
		if (found && page_is_full(op))
			next = i;
		else if (found && limits.size >= 0 &&
			 from.sent + op->entries_sent >= (uint64_t)limits.size)
			code = LDAP_SIZELIMIT_EXCEEDED;
		else if (found)
			emit(op, db, m, sel);
		arena_rewind(op->readers->scratch, mark);
	}
	struct page_position at = {next, from.sent + op->entries_sent, 0};
	page_answer(op, next == 0 ? NULL : &at);
	return op_code(op, code);
}

int
memory_compare(struct op *op, const struct memory_db *db, struct match *match)
{
	const struct memory_entry *m = memory_find(db, op->target.normal);
	struct bv value = op->msg.u.compare.value;

	op->access_asked = true;
	if (m == NULL)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	const struct acl_entry e = memory_asked(db, m);
	const struct acl_target t = access_on_value(match->desc, value, match->normal);
	int code = target_demand(op, &e, &t, ACL_B_COMPARE, "");
	if (code == 0)
		code = check_assertion(op, db, m, false);
	return code == 0 ? compare_entry(op, &e, match) : code;
}
