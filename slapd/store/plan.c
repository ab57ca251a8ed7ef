#include "plan.h"

#include "base/arena.h"
#include "model/match.h"
#include "model/schema.h"
#include "plan_build.h"
#include "plan_scope.h"
#include "store.h"

/*
 * Plans. The filter's iterator proposes, the scope disposes; where the scope is smaller
 * than what the filter proposes, its entries are collected from the tree and proposed instead.
 * Sets are of the transaction in which the plan was made, so after a pause their IDs are
 * looked at again: the scope is tested for each, and the plan is no longer exact. When an index it
 * uses has gone meanwhile, it is made anew and goes on behind the last ID.
 */

enum {
	SCOPE_PROBE = 256,    /* a filter that proposes no more needs no help from the tree */
	SCOPE_MAX = 65536,    /* larger subtrees are not collected */
	MIN_BUDGET = 1 << 20, /* IDs that building a plan may collect, whatever the filter */
};

struct plan {
	struct store_read *read;
	struct arena *arena;
	struct plan_query query;
	uint64_t map_serial; /* of the view for which slots were last looked up */
	uint32_t *slots;     /* numbers of those it uses */
	size_t slot_count;
	struct iter *iter;
	size_t steps; /* of one plan_next */
	struct scope scope;
	uint64_t last;
	int error;
	bool test_scope;
	bool has_sets; /* holds IDs of the transaction in which it was made */
	bool resumed;
	const struct attr_desc *missing;
	unsigned missing_kind;
};

static bool
holds_sets(const struct iter *it)
{
	bool any = it->kind == ITER_SET;

	for (size_t i = 0; i < it->child_count; i++)
		any |= holds_sets(it->children[i]);
	return any;
}

static size_t
count_nodes(const struct iter *it)
{
	size_t n = 1;

	for (size_t i = 0; i < it->child_count; i++)
		n += count_nodes(it->children[i]);
	return n;
}

/* IDs given so far are below this. */
static uint64_t
id_end(struct store_read *r)
{
	struct read_cursor *c;
	MDB_val k, v;
	uint64_t end = 1;

	if (read_borrow(r, r->store->entries, &c) != 0)
		return end;
	if (mdb_cursor_get(c->cursor, &k, &v, MDB_LAST) == 0)
		end = val_read_id(k) + 1;
	read_return(c);
	return end;
}

/* Lets the tree drive when the subtree is smaller than what the filter proposes. */
static void
drive_by_tree(struct plan *p, struct plan_build *b)
{
	uint64_t max = p->iter->estimate / 2;
	struct idset *set;

	if (p->iter->estimate <= SCOPE_PROBE)
		return;
	if (max > SCOPE_MAX)
		max = SCOPE_MAX;
	set = arena_alloc(b->arena, sizeof(*set));
	idset_init(set, b->arena, b->id_end);
	int rc = scope_collect(&p->scope, p->read, max, set);
	if (rc < 0)
		b->error = rc;
	if (rc != 1)
		return;
	p->iter = iter_new(b->arena, ITER_SET, p->iter->kind == ITER_ALL && p->iter->exact);
	p->iter->set = set;
	p->iter->estimate = set->count;
	p->test_scope = false;
}

static void
build_filter(struct plan *p, struct plan_build *b, const struct plan_query *q)
{
	p->iter = plan_filter(b, q->match);
	p->test_scope = !scope_is_all(&p->scope);
	if (p->iter->kind == ITER_ALL && !p->iter->exact) {
		p->missing = b->missing;
		p->missing_kind = b->missing_kind;
	}
	if (p->test_scope && !(p->scope.whole && q->scope != LDAP_SCOPE_SINGLE_LEVEL))
		drive_by_tree(p, b);
}

/* Makes the iterator for the open transaction. */
static void
build(struct plan *p)
{
	const struct plan_query *q = &p->query;
	struct store_read *r = p->read;
	struct plan_build b = {.read = r, .arena = p->arena};

	r->steps = SIZE_MAX;
	p->steps = PLAN_STEPS;
	p->map_serial = r->view->map.serial;
	p->error = scope_init(&p->scope, r, q->base, q->scope);
	if (q->scope == LDAP_SCOPE_BASE_OBJECT) {
		bool always = q->match->kind == MATCH_TRUE;
		p->iter = iter_new(p->arena, ITER_ONE, always);
		p->iter->one = q->base;
		p->iter->estimate = 1;
		return;
	}
	b.total = store_entry_count(r);
	b.budget =
	    b.total / PLAN_RANGE_SHARE > MIN_BUDGET ? b.total / PLAN_RANGE_SHARE : MIN_BUDGET;
	b.id_end = id_end(r);
	build_filter(p, &b, q);
	p->slots = b.slots;
	p->slot_count = b.slot_count;
	if (p->error == 0)
		p->error = b.error;
	p->has_sets = holds_sets(p->iter);
	p->steps += count_nodes(p->iter); /* so that each call raises the position */
}

struct plan *
plan_new(struct store_read *r, struct arena *a, const struct plan_query *q)
{
	struct plan *p = arena_zalloc(a, 1, sizeof(*p));

	p->read = r;
	p->arena = a;
	p->query = *q;
	build(p);
	return p;
}

int
plan_next(struct plan *p, uint64_t *id_out)
{
	struct store_read *r = p->read;
	uint64_t id = 0;

	r->steps = p->steps;
	while (p->error == 0 && p->last < UINT64_MAX) {
		int rc = r->steps == 0 ? ITER_AGAIN : iter_seek(r, p->iter, p->last + 1, &id);
		if (rc == ITER_AGAIN && id > p->last)
			p->last = id - 1;
		if (rc == ITER_AGAIN)
			return PLAN_AGAIN;
		if (rc <= 0)
			return rc;
		p->last = id;
		r->steps -= r->steps > 0;
		rc = p->test_scope ? scope_has(&p->scope, r, id) : 1;
		if (rc < 0)
			return rc;
		if (rc == 1) {
			*id_out = id;
			return 1;
		}
	}
	return p->error;
}

void
plan_seek(struct plan *p, uint64_t id)
{
	if (id < p->last)
		iter_rewind(p->iter);
	p->last = id;
}

void
plan_pause(struct plan *p)
{
	p->resumed = true;
	read_end_loans(p->read);
}

/* Whether every index that the plan uses is still kept. */
static bool
has_its_slots(const struct plan *p)
{
	const struct view *v = p->read->view;
	size_t found = 0;

	for (size_t i = 0; i < p->slot_count; i++) {
		for (size_t k = 0; k < v->slot_count; k++)
			found += v->slots[k].ready && v->slots[k].number == p->slots[i];
	}
	return found == p->slot_count;
}

void
plan_resume(struct plan *p)
{
	uint64_t serial = p->read->view->map.serial;

	if (p->map_serial != serial && !has_its_slots(p))
		build(p);
	p->map_serial = serial;
	if (p->has_sets)
		p->test_scope = !scope_is_all(&p->scope);
}

bool
plan_exact(const struct plan *p)
{
	return p->iter->exact && !(p->resumed && p->has_sets) && !p->read->view->superseded;
}

uint64_t
plan_estimate(const struct plan *p)
{
	return p->iter->estimate;
}

const struct attr_desc *
plan_missing_index(const struct plan *p, unsigned *kind_out)
{
	if (p->missing != NULL && kind_out != NULL)
		*kind_out = p->missing_kind;
	return p->missing;
}
