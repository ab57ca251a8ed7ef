#include "plan_build.h"

#include "base/arena.h"
#include "model/match.h"

/*
 * Combining terms. In an AND the rarest term leads; others join only where they are
 * likely to spare more record reads than their seeks cost, and terms without an index are left to
 * the test. An OR needs all of its terms; many small ones are read into one set. NULL stands for
 * "no index helps", which is all entries, not exact.
 */

enum {
	LEAD_FEW = 32,	      /* a lead this rare needs no help */
	OR_SET_IDS = 8192,    /* an OR up to this size becomes one set */
	OR_CHILDREN_MAX = 16, /* one of more terms becomes a set, too, or is left to the test */
};

static struct iter *build(struct plan_build *b, const struct match *m);

static struct iter *
all_entries(struct plan_build *b, bool exact)
{
	struct iter *it = iter_new(b->arena, ITER_ALL, exact);

	it->estimate = b->total;
	return it;
}

/* Puts child among the others in order of their estimates. */
static void
insert(struct iter *set, struct iter *child)
{
	size_t i = set->child_count++;

	for (; i > 0 && set->children[i - 1]->estimate > child->estimate; i--)
		set->children[i] = set->children[i - 1];
	set->children[i] = child;
}

/* Whether a term still is worth joining behind the lead. */
static bool
worth_joining(const struct plan_build *b, const struct iter *lead, const struct iter *it)
{
	return lead->estimate > LEAD_FEW && it->kind != ITER_RANGE && it->estimate < b->total / 2 &&
	       it->estimate / 64 <= lead->estimate;
}

/* Leaves the lead and those that are worth joining; ranges lead or go. */
static struct iter *
choose_joined(struct plan_build *b, struct iter *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->child_count; i++) {
		struct iter *it = set->children[i];
		if (kept == 0 && it->kind == ITER_RANGE && !plan_realize_range(b, it)) {
			set->exact = false;
			continue;
		}
		if (kept > 0 && !worth_joining(b, set->children[0], it)) {
			set->exact = false;
			continue;
		}
		set->exact = set->exact && it->exact;
		set->children[kept++] = it;
	}
	set->child_count = kept;
	if (kept == 0)
		return set->exact ? all_entries(b, true) : NULL;
	set->estimate = set->children[0]->estimate;
	if (kept > 1)
		return set;
	set->children[0]->exact = set->exact;
	return set->children[0];
}

static struct iter *
build_and(struct plan_build *b, const struct match *m)
{
	struct iter *set = iter_new(b->arena, ITER_AND, true);

	set->children = arena_alloc(b->arena, (m->child_count + 1) * sizeof(struct iter *));
	for (size_t i = 0; i < m->child_count; i++) {
		struct iter *it = build(b, m->children[i]);
		if (it != NULL && it->kind == ITER_EMPTY)
			return it;
		if (it == NULL || !it->exact)
			set->exact = false;
		if (it != NULL && it->kind != ITER_ALL)
			insert(set, it);
	}
	return choose_joined(b, set);
}

/* Adds all IDs of a realized iterator to a set. Returns false when that failed. */
static bool
pour(struct plan_build *b, struct iter *it, struct idset *set)
{
	uint64_t id = 0;
	int rc = 1;

	while (rc == 1 && (rc = iter_seek(b->read, it, id + 1, &id)) == 1) {
		if (!idset_add(set, id))
			rc = -1;
	}
	if (rc < 0 && b->error == 0 && !set->refused)
		b->error = rc;
	return rc == 0;
}

/* Reads a whole OR into one set. */
static struct iter *
pour_or(struct plan_build *b, struct iter * or)
{
	struct iter *it = iter_new(b->arena, ITER_SET, or->exact);

	it->set = arena_alloc(b->arena, sizeof(*it->set));
	idset_init(it->set, b->arena, b->id_end);
	for (size_t i = 0; i < or->child_count; i++) {
		if (!pour(b, or->children[i], it->set))
			return NULL;
	}
	idset_finish(it->set);
	plan_charge(b, it->set);
	it->estimate = it->set->count;
	return it;
}

/* Adds a term to an OR. Returns false when no index can serve the OR any more. */
static bool
add_choice(struct plan_build *b, struct iter * or, struct iter *it)
{
	if (it == NULL || it->kind == ITER_ALL ||
	    (it->kind == ITER_RANGE && !plan_realize_range(b, it)))
		return false;
	or->exact = or->exact && it->exact;
	if (it->kind == ITER_EMPTY)
		return true;
	or->children[or->child_count++] = it;
	or->estimate += it->estimate;
	return true;
}

static struct iter *
build_or(struct plan_build *b, const struct match *m)
{
	struct iter * or = iter_new(b->arena, ITER_OR, true);

	or->children = arena_alloc(b->arena, (m->child_count + 1) * sizeof(struct iter *));
	for (size_t i = 0; i < m->child_count; i++) {
		struct iter *it = build(b, m->children[i]);
		if (it != NULL && it->kind == ITER_ALL && it->exact)
			return it;
		if (!add_choice(b, or, it))
			return NULL;
	}
	if (or->child_count == 0)
		return iter_new(b->arena, ITER_EMPTY, or->exact);
	if (or->child_count == 1) {
		or->children[0]->exact = or->exact;
		return or->children[0];
	}
	bool wide = or->child_count > OR_CHILDREN_MAX;
	if (or->estimate <= OR_SET_IDS || (wide && or->estimate <= b->budget))
		return pour_or(b, or);
	if (wide)
		return NULL;
	or->heads = arena_zalloc(b->arena, or->child_count, sizeof(struct iter_head));
	return or ;
}

static struct iter *
build(struct plan_build *b, const struct match *m)
{
	switch (m->kind) {
	case MATCH_TRUE:
		return all_entries(b, true);
	case MATCH_FALSE:
	case MATCH_UNDEFINED:
		return iter_new(b->arena, ITER_EMPTY, true);
	case MATCH_AND:
		return build_and(b, m);
	case MATCH_OR:
		return build_or(b, m);
	case MATCH_NOT:
		return NULL;
	case MATCH_PRESENT:
	case MATCH_EQUALITY:
	case MATCH_APPROX:
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
	case MATCH_SUBSTRINGS:
	case MATCH_EXTENSIBLE:
		return plan_term(b, m);
	}
	return NULL;
}

struct iter *
plan_filter(struct plan_build *b, const struct match *m)
{
	struct iter *it = build(b, m);

	if (it != NULL && it->kind == ITER_RANGE && !plan_realize_range(b, it))
		it = NULL;
	return it != NULL ? it : all_entries(b, false);
}
