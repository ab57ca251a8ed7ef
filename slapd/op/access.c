#include "op/access.h"

#include "acl/rules.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/match.h"
#include "model/schema.h"
#include "model/value.h"
#include "op/accessenv.h"
#include "op/op.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/store.h"

/*
 * One decide per operation and database. A write is decided on the writer, from the start
 * each time it is tried, in memory of its own: what a decide keeps goes with the
 * operation's arena, what it needs for a moment goes into scratch, and the two must
 * never be the same arena.
 */

enum { WRITE_SCRATCH_BYTES = 4096 };

static unsigned
op_bit(enum ldap_tag tag)
{
	switch ((int)tag) {
	case LDAP_REQ_ADD:
		return RULES_OP_ADD;
	case LDAP_REQ_BIND:
		return RULES_OP_BIND;
	case LDAP_REQ_COMPARE:
		return RULES_OP_COMPARE;
	case LDAP_REQ_DELETE:
		return RULES_OP_DELETE;
	case LDAP_REQ_MODIFY:
		return RULES_OP_MODIFY;
	case LDAP_REQ_MODDN:
		return RULES_OP_RENAME;
	case LDAP_REQ_SEARCH:
		return RULES_OP_SEARCH;
	default:
		return RULES_OP_EXTENDED;
	}
}

static bool
is_root(const struct op *op, const struct backend *be)
{
	const struct conf_db *f = op->world->conf->frontend;

	if (be != NULL)
		return op_is_root(op, be);
	return f->has_rootdn && op->who.normal.n > 0 && bv_eq(f->rootdn.normal, op->who.normal);
}

static const char *const *
control_oids(struct op *op)
{
	size_t n = op->msg.control_count;
	if (n == 0)
		return NULL;
	const char **oids = arena_zalloc(op->arena, n, sizeof(*oids));
	for (size_t i = 0; i < n; i++)
		oids[i] = arena_str(op->arena, op->msg.controls[i].oid);
	return oids;
}

/* Memory of the loop that reads. A write is decided in another thread, and asks for more. */
static struct decide_memo *
memo_of(const struct op *op, const struct backend *be)
{
	struct reader_set *r = op->readers;
	size_t at = be == NULL ? op->world->backend_count : be->index;
	bool reads = op->msg.tag == LDAP_REQ_SEARCH || op->msg.tag == LDAP_REQ_COMPARE;

	if (!reads || r->world != op->world)
		return NULL;
	if (r->memos[at] == NULL)
		r->memos[at] = decide_memo_new(r->arena);
	return r->memos[at];
}

static struct decide *
make(struct op *op, const struct backend *be, struct bv region, struct decide_memo *memo)
{
	const struct acl_who who = {
	    .normal_dn = op->who.normal,
	    .real_normal_dn = op->who.normal,
	    .is_root = is_root(op, be),
	    .peer = &op->session->peer,
	    .op = op_bit(op->msg.tag),
	    .controls = control_oids(op),
	    .control_count = op->msg.control_count,
	};
	const struct acl_env env = {
	    .schema = op->world->conf->schema,
	    .arena = op->arena,
	    .scratch = access_scratch(op),
	    .values = accessenv_values,
	    .search = accessenv_search,
	    .arg = op,
	    .memo = memo,
	};

	return decide_new(be == NULL ? op->world->frontend_rules : be->rules, &who, &env, region);
}

static struct bv
region_of(const struct backend *be)
{
	bool one = be != NULL && be->conf->suffix_count == 1;

	return one ? be->conf->suffixes[0].normal : BV_LIT("");
}

struct decide *
access_of(struct op *op, const struct backend *be)
{
	size_t at = be == NULL ? op->world->backend_count : be->index;

	op->access_asked = true;
	if (op->decides == NULL)
		op->decides =
		    arena_zalloc(op->arena, op->world->backend_count + 1, sizeof(struct decide *));
	if (op->decides[at] == NULL)
		op->decides[at] = make(op, be, region_of(be), memo_of(op, be));
	return op->decides[at];
}

struct arena *
access_scratch(struct op *op)
{
	if (op->write == NULL)
		return op->readers->scratch;
	if (op->write_scratch == NULL)
		op->write_scratch = arena_new(WRITE_SCRATCH_BYTES);
	return op->write_scratch;
}

void
access_enter_write(struct op *op)
{
	op->decides = NULL;
	op->refusal = BV_NONE;
}

void
access_leave_write(struct op *op)
{
	op->decides = NULL;
	arena_free(&op->write_scratch);
}

struct acl_entry
access_stored(struct store_read *r, uint64_t id, const struct record *rec, struct bv normal_dn)
{
	return (struct acl_entry){normal_dn, rec, store_read_map(r), r, id, NULL};
}

struct acl_entry
access_new(const struct entry *e)
{
	return (struct acl_entry){e->dn.normal, NULL, NULL, NULL, 0, e};
}

struct acl_entry
access_nothing(void)
{
	static const struct entry nothing;

	return (struct acl_entry){BV_LIT(""), NULL, NULL, NULL, 0, &nothing};
}

struct acl_target
access_on_entry(void)
{
	return (struct acl_target){ACL_PART_ENTRY, NULL, BV_NONE, BV_NONE};
}

struct acl_target
access_on_children(void)
{
	return (struct acl_target){ACL_PART_CHILDREN, NULL, BV_NONE, BV_NONE};
}

struct acl_target
access_on_attr(const struct attr_desc *d)
{
	return (struct acl_target){ACL_PART_ATTR, d, BV_NONE, BV_NONE};
}

struct acl_target
access_on_value(const struct attr_desc *d, struct bv value, struct bv normal)
{
	return (struct acl_target){ACL_PART_ATTR, d, value, normal};
}

bool
access_allows(struct op *op, const struct acl_entry *e, const struct acl_target *t, unsigned want)
{
	struct decide *d = access_of(op, op->be);
	enum decide_once once = decide_once(d, t->part, t->desc, want);

	return once == DECIDE_PER_ENTRY ? decide_allows(d, e, t, want) : once == DECIDE_YES;
}

bool
access_entry(struct op *op, const struct acl_entry *e, unsigned want)
{
	const struct acl_target t = access_on_entry();

	return access_allows(op, e, &t, want);
}

bool
access_attr(struct op *op, const struct acl_entry *e, const struct attr_desc *d, unsigned want)
{
	const struct acl_target t = access_on_attr(d);

	return access_allows(op, e, &t, want);
}

/* Whether the requestor has manage on the top entry of the database: those may know the rules. */
static bool
manages_top(struct op *op)
{
	struct record rec;
	uint64_t id, superior;
	const struct backend *be = op->be;

	if (be == NULL || be->store == NULL || be->conf->suffix_count == 0)
		return false;
	struct store_read *r = op_reader(op, be);
	const struct dn *suffix = &be->conf->suffixes[0];
	if (store_find(r, suffix, &id, &superior) != 0 || store_get(r, id, &rec, NULL) != 0)
		return false;
	struct acl_entry top = access_stored(r, id, &rec, suffix->normal);
	return access_entry(op, &top, ACL_B_MANAGE);
}

static bool
refused(struct op *op, struct decide *d, const struct acl_entry *e, const struct acl_target *t)
{
	bool keep = op->explain && (access_entry(op, e, ACL_B_MANAGE) || manages_top(op));
	struct buf line;

	if (!keep && !log_on(LOG_L_ACL))
		return false;
	buf_init(&line);
	decide_explain(d, e, t, &line);
	log_msg(LOG_L_ACL, "conn=%llu op=%llu ACCESS refused to \"%.*s\" at \"%.*s\": %.*s",
	    (unsigned long long)op->session->conn_id, (unsigned long long)op->op_id, BV(op->who.dn),
	    BV(e->normal_dn), BV(buf_bv(&line)));
	if (keep)
		op->refusal = arena_dup(op->arena, buf_bv(&line));
	buf_done(&line);
	return false;
}

bool
access_demand(struct op *op, const struct acl_entry *e, const struct acl_target *t, unsigned want)
{
	if (access_allows(op, e, t, want))
		return true;
	return refused(op, access_of(op, op->be), e, t);
}

bool
access_demand_above(struct op *op, const struct acl_target *t, unsigned want)
{
	const struct acl_entry above = access_nothing();
	struct decide *d = make(op, op->be, BV_LIT(""), NULL);

	op->access_asked = true;
	return decide_allows(d, &above, t, want) || refused(op, d, &above, t);
}

/* One modification as access sees it. */
struct asked {
	struct op *op;
	const struct acl_entry *entry;
	const struct attr_desc *desc;
	bool manage; /* what only the server may set, under the relax rules control */
};

static bool
may_whole(const struct asked *q, unsigned want)
{
	const struct acl_target t = access_on_attr(q->desc);

	return access_demand(q->op, q->entry, &t, q->manage ? ACL_B_MANAGE : want);
}

static bool
may_values(const struct asked *q, const struct wire_attr *attr, unsigned want)
{
	const struct schema *s = q->op->world->conf->schema;
	struct bv value, normal;

	for (size_t i = 0; i < attr->count; i++) {
		if (value_prepare(
			s, q->op->arena, q->desc->type, attr->values[i], &value, &normal) != 0)
			return false;
		struct acl_target t = access_on_value(q->desc, value, normal);
		if (!access_demand(q->op, q->entry, &t, q->manage ? ACL_B_MANAGE : want))
			return false;
	}
	return true;
}

bool
access_demand_change(
    struct op *op, const struct acl_entry *e, const struct attr_desc *d, const struct wire_mod *mod)
{
	bool relax = (op->ctl.given & OP_CTL_RELAX) != 0;
	const struct asked q = {op, e, d, relax && d->type->no_user_modification};

	switch (mod->op) {
	case LDAP_MOD_OP_ADD:
		return may_values(&q, &mod->attr, ACL_B_ADD);
	case LDAP_MOD_OP_DELETE:
		if (mod->attr.count == 0)
			return may_whole(&q, ACL_B_DELETE);
		return may_values(&q, &mod->attr, ACL_B_DELETE);
	case LDAP_MOD_OP_REPLACE:
	case LDAP_MOD_OP_INCREMENT:
		return may_whole(&q, ACL_B_DELETE) && may_values(&q, &mod->attr, ACL_B_ADD);
	}
	return false;
}

/* OpenLDAP asks with the asserted value, but for presence and substrings: there with none. */
static struct acl_target
assertion_target(const struct attr_desc *d, const struct match *m)
{
	bool valued = m->kind == MATCH_EQUALITY || m->kind == MATCH_APPROX ||
		      m->kind == MATCH_GREATER_OR_EQUAL || m->kind == MATCH_LESS_OR_EQUAL ||
		      m->kind == MATCH_EXTENSIBLE;

	return valued ? access_on_value(d, m->raw, m->normal) : access_on_attr(d);
}

bool
access_may_assert(
    struct op *op, const struct acl_entry *e, const struct attr_desc *d, const struct match *m)
{
	const struct acl_target t = assertion_target(d, m);

	return access_allows(op, e, &t, ACL_B_SEARCH);
}

bool
access_may_search(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct match *m)
{
	struct op *op = arg;
	enum decide_once once = decide_once(access_of(op, op->be), ACL_PART_ATTR, d, ACL_B_SEARCH);
	struct bv normal;

	if (once != DECIDE_PER_ENTRY)
		return once == DECIDE_YES;
	struct arena *scratch = access_scratch(op);
	struct arena_mark mark = arena_mark(scratch);
	struct store_read *read = op_reader(op, op->be);
	bool allowed = false;
	if (store_dn(read, r, scratch, NULL, &normal) == 0) {
		struct acl_entry e = access_stored(read, id, r, normal);
		allowed = access_may_assert(op, &e, d, m);
	}
	arena_rewind(scratch, mark);
	return allowed;
}

bool
access_may_find(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct bv pair[2])
{
	struct op *op = arg;
	const struct acl_target t = access_on_value(d, pair[0], pair[1]);
	struct bv normal;

	if (!decide_by_value(access_of(op, op->be), d))
		return true; /* as the attribute, which is asked for */
	struct arena *scratch = access_scratch(op);
	struct arena_mark mark = arena_mark(scratch);
	struct store_read *read = op_reader(op, op->be);
	bool allowed = false;
	if (store_dn(read, r, scratch, NULL, &normal) == 0) {
		struct acl_entry e = access_stored(read, id, r, normal);
		allowed = access_allows(op, &e, &t, ACL_B_SEARCH);
	}
	arena_rewind(scratch, mark);
	return allowed;
}

static bool
is_free(struct decide *d, const struct attr_desc *desc)
{
	return decide_once(d, ACL_PART_ATTR, desc, ACL_B_SEARCH) == DECIDE_YES;
}

/* A term looks at its attribute and at every stored subtype of it. */
static bool
term_is_free(struct op *op, struct decide *d, const struct match *m, const struct attr_map *map)
{
	if (m->desc == NULL || m->dn_attributes || !is_free(d, m->desc))
		return false;
	struct attr_ids ids = attr_map_subtypes(map, op->arena, m->desc);
	for (size_t i = 0; i < ids.count; i++) {
		if (!is_free(d, attr_map_desc(map, ids.ids[i])))
			return false;
	}
	return true;
}

static bool
terms_are_free(struct op *op, struct decide *d, const struct match *m, const struct attr_map *map)
{
	switch (m->kind) {
	case MATCH_TRUE:
	case MATCH_FALSE:
	case MATCH_UNDEFINED:
		return true;
	case MATCH_AND:
	case MATCH_OR:
	case MATCH_NOT:
		break;
	case MATCH_PRESENT:
	case MATCH_EQUALITY:
	case MATCH_APPROX:
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
	case MATCH_SUBSTRINGS:
	case MATCH_EXTENSIBLE:
		return term_is_free(op, d, m, map);
	}
	for (size_t i = 0; i < m->child_count; i++) {
		if (!terms_are_free(op, d, m->children[i], map))
			return false;
	}
	return true;
}

bool
access_filter_is_free(struct op *op, const struct match *m, const struct attr_map *map)
{
	struct decide *d = access_of(op, op->be);

	return terms_are_free(op, d, m, map) || decide_all(d, ACL_B_SEARCH);
}
