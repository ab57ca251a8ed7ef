#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/area.h"
#include "op/handlers.h"
#include "op/limits.h"
#include "op/memory.h"
#include "op/monitor.h"
#include "op/op.h"
#include "op/oplog.h"
#include "op/page.h"
#include "op/select.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"
#include "store/plan.h"
#include "store/store.h"
#include "store/test.h"
#include "wire/filter.h"

/*
 * Search (RFC 4511 4.5). A search runs in slices: each opens a read transaction,
 * looks at a bounded number of candidates and ends it again, so that no search holds
 * a loop, a transaction or more than a bounded amount of output. It goes on by entry
 * ID. Each area is walked twice: for entries, then for continuation references.
 */

enum { SLICE_CANDIDATES = 4096, SLICE_US = 5000 };

enum phase { PHASE_ENTRIES, PHASE_REFERENCES };

struct search {
	struct match *match;
	struct select *select;
	struct areas areas;
	size_t area; /* current */
	enum phase phase;
	struct plan *plan; /* of the current area and phase; NULL: to be made */
	struct test *test;
	struct test_env env;
	const struct attr_map *map;
	uint64_t last_id;
	struct limits_in_force limits;
	int64_t deadline_us; /* 0: none */
	bool paged;
	bool page_ended; /* the client gives up an unfinished paged search: size 0 with a cookie */
	bool reading;	 /* a read transaction is open on the current area's database */
	uint64_t sent_before; /* on earlier pages */
	struct op *op;
};

static struct store_read *
reader_of(struct op *op, const struct search *s)
{
	return op_reader(op, s->areas.list[s->area].be);
}

static void
stop_reading(struct op *op, struct search *s)
{
	if (!s->reading)
		return;
	if (s->plan != NULL)
		plan_pause(s->plan);
	store_read_end(reader_of(op, s));
	s->reading = false;
	/* The map may be freed now and another made in its place: pointers say nothing. */
	s->map = NULL;
	if (s->select != NULL)
		select_forget_map(s->select);
}

static int
check_assertion(struct op *op, const struct search *s)
{
	struct record rec;
	struct store_read *r = reader_of(op, s);
	const struct area *base = &s->areas.list[0];

	if ((op->ctl.given & OP_CTL_ASSERTION) == 0)
		return 0;
	if (base->base == 0) /* the empty name above the entries of the "" database */
		return op_code(op, LDAP_ASSERTION_FAILED);
	int err = store_get(r, base->base, &rec, NULL);
	return err != 0 ? op_store_error(op, err, NULL) : write_assert(op, r, base->base, &rec);
}

static int
find_areas(struct op *op, struct search *s)
{
	struct area base;
	struct store_read *r = op_reader(op, op->be);
	size_t from = 0;

	int code = area_find_base(op, &base);
	if (code == 0)
		code = area_add(op, &s->areas, &base);
	if (code != 0) {
		store_read_end(r);
		return code;
	}
	s->reading = true;
	code = check_assertion(op, s);
	if (code != 0)
		return code;
	if (!area_wants_aliases(op) && world_glued(op->world, op->be, &from) == NULL)
		return 0;
	stop_reading(op, s);
	code = area_add_glued(op, &base, &s->areas);
	return code == 0 && area_wants_aliases(op) ? area_add_aliased(op, &s->areas) : code;
}

static int
read_paging(struct op *op, struct search *s)
{
	struct page_position at;

	s->paged = limits_is_paged(op) && op->ctl.page_size > 0;
	if ((op->ctl.given & OP_CTL_PAGED) == 0 || op->ctl.page_cookie.n == 0)
		return 0;
	if (!page_read_cookie(op, op->ctl.page_cookie, &at) || at.area / 2 >= s->areas.count)
		return op_fail(op, LDAP_PROTOCOL_ERROR, "paged results cookie is invalid");
	s->page_ended = op->ctl.page_size == 0;
	s->last_id = at.last_id;
	s->sent_before = at.sent;
	if (at.area / 2 != s->area)
		stop_reading(op, s);
	s->area = at.area / 2;
	s->phase = at.area % 2 == 0 ? PHASE_ENTRIES : PHASE_REFERENCES;
	return 0;
}

static int
start_in_store(struct op *op)
{
	const struct wire_search *q = &op->msg.u.search;
	struct search *s = arena_zalloc(op->arena, 1, sizeof(*s));

	op->search = s;
	s->op = op;
	int code = limits_for_search(op, op->be, &s->limits);
	if (code == 0)
		code = find_areas(op, s);
	if (code == 0)
		code = read_paging(op, s);
	if (code != 0)
		return code;
	if (s->limits.time_s > 0)
		s->deadline_us = op->received_us + s->limits.time_s * 1000000;
	s->match = match_resolve(op->world->conf->schema, op->arena, q->filter);
	s->select = select_new(op, q->attrs, q->attr_count, q->types_only);
	if ((op->ctl.given & OP_CTL_VALUES_RETURN) != 0)
		select_set_value_filters(op, s->select);
	return 0;
}

/* Which tree answers: the root DSE and the subschema, a tree in memory, or a database. */
static int
start(struct op *op)
{
	const struct wire_search *q = &op->msg.u.search;
	struct world *w = op->world;

	int code = target_parse(op, q->base, &op->target);
	if (code != 0)
		return code;
	if (op->target.rdn_count == 0 && q->scope == LDAP_SCOPE_BASE_OBJECT)
		return memory_search(
		    op, session_has_external(op->session) ? &w->rootdse_local : &w->rootdse);
	if (bv_eq(op->target.normal, w->subschema.entries[0].dn.normal))
		return memory_search(op, &w->subschema);
	if (op->target.rdn_count == 0 && w->conf->default_search_base.n > 0) {
		code = target_parse(op, w->conf->default_search_base, &op->target);
		if (code != 0)
			return code;
	}
	op->be = world_backend(w, op->target.normal);
	if (op->be == NULL)
		return target_default_referral(op, op->target.pretty, area_scope_suffix(q->scope),
		    op_code(op, LDAP_NO_SUCH_OBJECT));
	if (op->be->memory != NULL)
		return memory_search(op, monitor_tree(op));
	if (op->be->store == NULL)
		return target_absent(op);
	return start_in_store(op);
}

/* Nothing is asked per entry when the rules let the requestor search all that the filter names. */
static void
set_search_right(struct op *op, struct search *s)
{
	bool free = access_filter_is_free(op, s->match, s->map);

	s->env.may_search = free ? NULL : access_may_search;
}

static void
bind_filter(struct op *op, struct search *s, struct store_read *r)
{
	s->map = store_read_map(r);
	s->env = (struct test_env){
	    .schema = op->world->conf->schema,
	    .map = s->map,
	    .read = r,
	    .may_value = access_may_find,
	    .computed = select_computed_of,
	    .arg = op,
	};
	set_search_right(op, s);
	s->test = test_new(op->arena, s->match, &s->env);
}

static int
open_plan(struct op *op, struct search *s, struct store_read *r)
{
	const struct area *a = &s->areas.list[s->area];
	struct plan_query q = {a->base, a->scope, s->match};

	if (s->phase == PHASE_REFERENCES) {
		q.match = op->world->referrals;
	} else {
		bind_filter(op, s, r);
	}
	s->plan = plan_new(r, op->arena, &q);
	if (s->last_id > 0)
		plan_seek(s->plan, s->last_id);
	if (s->phase == PHASE_REFERENCES)
		return 0;
	oplog_missing_index(op, s->plan);
	if (s->limits.unchecked > 0 && plan_estimate(s->plan) > (uint64_t)s->limits.unchecked)
		return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
		    "the search would look at more than %lld entries; use an indexed filter",
		    (long long)s->limits.unchecked);
	return 0;
}

/* Opens the transaction for a slice and brings plan and filter into it. */
static int
enter_area(struct op *op, struct search *s)
{
	struct errbuf e;

	op->be = s->areas.list[s->area].be;
	struct store_read *r = op_reader(op, op->be);
	if (!s->reading) {
		int err = store_read_begin(r, &e);
		if (err != 0)
			return op_store_error(op, err, e.text);
		s->reading = true;
		if (s->plan != NULL)
			plan_resume(s->plan);
	}
	if (s->plan == NULL)
		return open_plan(op, s, r);
	if (s->phase == PHASE_ENTRIES && s->map != store_read_map(r)) {
		s->map = s->env.map = store_read_map(r);
		test_rebind(s->test, op->arena, s->map);
		set_search_right(op, s);
	}
	return 0;
}

static int
end_page(struct op *op, struct search *s)
{
	struct page_position at = {s->last_id, s->sent_before + op->entries_sent,
	    (uint32_t)(s->area * 2 + (s->phase == PHASE_REFERENCES))};

	page_answer(op, &at);
	return op_code(op, LDAP_SUCCESS);
}

/* Whether one more entry may be sent: 0, or the code that ends the search (page full, size limit).
 */
static int
check_room(struct op *op, struct search *s, bool *ended)
{
	if (s->paged && op->entries_sent >= (uint64_t)op->ctl.page_size) {
		*ended = true;
		return end_page(op, s);
	}
	if (s->limits.size >= 0 && s->sent_before + op->entries_sent >= (uint64_t)s->limits.size) {
		*ended = true;
		return op_code(op, LDAP_SIZELIMIT_EXCEEDED);
	}
	return 0;
}

static int
send_entry(struct op *op, struct search *s, struct select_entry *e, bool *ended)
{
	struct arena *scratch = op->readers->scratch;

	int err = store_dn(e->read, e->record, scratch, &e->pretty_dn, &e->normal_dn);
	if (err != 0) {
		*ended = true;
		return op_store_error(op, err, NULL);
	}
	if (s->area > 0 && area_seen(&s->areas, s->area, op->be, e->id, e->record, e->normal_dn))
		return 0;
	struct acl_entry at = access_stored(e->read, e->id, e->record, e->normal_dn);
	if (!access_entry(op, &at, ACL_B_READ))
		return 0;
	int code = check_room(op, s, ended);
	if (*ended)
		return code;
	op_emit(op, e->pretty_dn, select_encode(op, s->select, e, scratch));
	return 0;
}

static bool
may_refer(struct op *op, const struct acl_entry *e)
{
	const struct schema *s = op->world->conf->schema;

	return access_entry(op, e, ACL_B_READ) &&
	       access_attr(op, e, desc_of_type(s, schema_known(s)->ref), ACL_B_READ);
}

static int
send_reference(struct op *op, struct search *s, const struct select_entry *e, bool *ended)
{
	struct bv pretty, normal, *urls = NULL;
	enum ldap_scope scope = s->areas.list[s->area].scope;
	bool alone = scope == LDAP_SCOPE_SINGLE_LEVEL || scope == LDAP_SCOPE_BASE_OBJECT;

	if ((e->record->flags & RECORD_REFERRAL) == 0)
		return 0;
	if (store_dn(e->read, e->record, op->arena, &pretty, &normal) != 0) {
		*ended = true;
		return op_store_error(op, ERR_CORRUPT, NULL);
	}
	if (s->area > 0 && area_seen(&s->areas, s->area, op->be, e->id, e->record, normal))
		return 0;
	struct acl_entry at = access_stored(e->read, e->id, e->record, normal);
	if (!may_refer(op, &at))
		return 0;
	size_t n = target_ref_urls(
	    op, e->read, e->record, pretty, pretty, alone ? "??base" : "??sub", &urls);
	if (n > 0) {
		size_t before = op->out->n;
		message_put_reference(op->out, op->msg.id, urls, n);
		counters_sent_reference(op, before);
	}
	return 0;
}

static int
visit(struct op *op, struct search *s, uint64_t id, bool *ended)
{
	struct record rec;
	struct errbuf text;
	struct select_entry e = {id, &rec, s->map, reader_of(op, s), BV_NONE, BV_NONE};
	struct arena *scratch = op->readers->scratch;

	int err = store_get(e.read, id, &rec, &text);
	if (err == ERR_NOT_FOUND)
		return 0;
	if (err != 0) {
		*ended = true;
		return op_store_error(op, err, text.text);
	}
	if (s->phase == PHASE_REFERENCES)
		return send_reference(op, s, &e, ended);
	if (!area_shows(op, &s->areas, s->area, id, &rec))
		return 0;
	if ((!plan_exact(s->plan) || s->env.may_search != NULL) &&
	    test_run(s->test, id, &rec, scratch) != TEST_TRUE)
		return 0;
	return send_entry(op, s, &e, ended);
}

/* Goes to the next phase or area. Returns whether there is one. */
static bool
next_walk(struct op *op, struct search *s)
{
	const struct area *a = &s->areas.list[s->area];
	bool references = (a->scope != LDAP_SCOPE_BASE_OBJECT || s->area > 0) &&
			  s->phase == PHASE_ENTRIES &&
			  (op->ctl.given & (OP_CTL_MANAGE_DSA_IT | OP_CTL_DOMAIN_SCOPE)) == 0 &&
			  !op->ctl.subentries_visible;

	if (!references && s->area + 1 >= s->areas.count)
		return false;
	if (!references)
		stop_reading(op, s);
	else
		plan_pause(s->plan);
	s->plan = NULL;
	s->last_id = 0;
	s->phase = references ? PHASE_REFERENCES : PHASE_ENTRIES;
	s->area += references ? 0 : 1;
	return true;
}

static bool
slice_is_over(const struct op *op, unsigned looked, int64_t slice_start_us)
{
	if (op->out->n > op->world->conf->max_unread_output_bytes / 2)
		return true;
	return looked >= SLICE_CANDIDATES || (clock_mono_us() - slice_start_us > SLICE_US);
}

/* 1 with *id_out, 0 at the end of all walks, PLAN_AGAIN, or ERR_*. */
static int
next_candidate(struct op *op, struct search *s, uint64_t *id_out)
{
	for (;;) {
		int more = plan_next(s->plan, id_out);
		if (more != 0)
			return more;
		if (!next_walk(op, s))
			return 0;
		int code = enter_area(op, s);
		if (code != 0)
			return ERR_LIMIT; /* op->code tells */
	}
}

static int
run_slice(struct op *op, struct search *s)
{
	struct arena *scratch = op->readers->scratch;
	int64_t start_us = clock_mono_us();
	bool ended = false;
	uint64_t id;

	for (unsigned looked = 1;; looked++) {
		struct arena_mark mark = arena_mark(scratch);
		int more = next_candidate(op, s, &id);
		if (more == 0)
			break;
		if (more < 0)
			return op->code != 0 ? op->code : op_store_error(op, more, NULL);
		if (more == PLAN_AGAIN) {
			looked += PLAN_STEPS;
		} else {
			int code = visit(op, s, id, &ended);
			arena_rewind(scratch, mark);
			if (ended)
				return code;
			s->last_id = id;
		}
		if (slice_is_over(op, looked, start_us))
			return OP_YIELD; /* the time limit is looked at before the next slice */
	}
	page_answer(op, NULL);
	return op_code(op, LDAP_SUCCESS);
}

int
op_search(struct op *op)
{
	struct search *s = op->search;

	if (s == NULL) {
		int code = start(op);
		s = op->search;
		if (s == NULL || code != 0) {
			if (s != NULL)
				stop_reading(op, s);
			return code;
		}
	}
	if (s->page_ended) {
		stop_reading(op, s);
		page_answer(op, NULL);
		return op_fail(op, LDAP_SUCCESS, "search abandoned by pagedResult size=0");
	}
	if (s->deadline_us > 0 && clock_mono_us() > s->deadline_us) {
		stop_reading(op, s);
		return op_code(op, LDAP_TIMELIMIT_EXCEEDED);
	}
	int code = enter_area(op, s);
	if (code == 0)
		code = run_slice(op, s);
	stop_reading(op, s);
	return code;
}

void
op_search_drop(struct op *op)
{
	if (op->search != NULL)
		stop_reading(op, op->search);
}
