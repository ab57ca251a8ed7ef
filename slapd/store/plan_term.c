#include "plan_term.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/match.h"
#include "model/rule.h"
#include "model/schema.h"
#include "store/attrmap.h"

/*
 * Terms. An index on a supertype serves too, as a superset, when it is made by the same
 * rule; so does one without options for a description with options. Substring terms use the
 * rarest few of their keys; ranges are counted a little way and collected only if chosen.
 */

enum {
	FEW_IDS = 64,	    /* postings up to this size are read at once */
	RANGE_PROBE = 1024, /* a range is read so far to see how large it is */
	GRAMS_LOOKED_AT = 24,
	GRAMS_JOINED = 3,
	CODES_JOINED = 4, /* words of an approximate term that are looked up */
};

static int
note(struct plan_build *b, int rc)
{
	if (rc < 0 && b->error == 0)
		b->error = rc;
	return rc;
}

struct iter *
plan_posting(struct plan_build *b, const struct index_key *key, bool exact)
{
	struct iter *it = iter_new(b->arena, ITER_POSTING, exact);

	it->key = key;
	b->looks++;
	if (note(b, iter_count(b->read, key, &it->estimate)) != 0 || it->estimate == 0)
		return iter_new(b->arena, ITER_EMPTY, exact);
	if (it->estimate > FEW_IDS)
		return it;
	it->set = arena_alloc(b->arena, sizeof(*it->set));
	idset_init(it->set, b->arena, b->id_end);
	if (note(b, iter_collect_key(b->read, key, it->set)) == 1)
		it->kind = ITER_SET;
	return it;
}

/* A slot that serves a description, and whether it holds just its values. */
struct service {
	const struct index_slot *slot;
	bool exact;
};

/* Whether no stored attribute of a subtype escapes a slot that leaves subtypes out. */
static bool
covers_subtypes(const struct plan_build *b, const struct index_slot *slot)
{
	const struct attr_map *map = store_read_map(b->read);

	if (!slot->no_subtypes)
		return true;
	struct attr_ids ids =
	    attr_map_subtypes(map, b->arena, desc_of_type(map->schema, slot->type));
	for (size_t i = 0; i < ids.count; i++) {
		if (attr_map_desc(map, ids.ids[i])->type != slot->type)
			return false;
	}
	return true;
}

static const struct match_rule *
rule_for(const struct attr_type *t, unsigned kind)
{
	switch (kind) {
	case INDEX_EQ:
		return t->equality;
	case INDEX_APPROX:
		return t->approx;
	case INDEX_PRES:
		return NULL;
	default:
		return t->substr;
	}
}

static void
note_slot(struct plan_build *b, const struct index_slot *slot)
{
	for (size_t i = 0; i < b->slot_count; i++) {
		if (b->slots[i] == slot->number)
			return;
	}
	b->slots =
	    arena_grow(b->arena, b->slots, b->slot_count, b->slot_count + 1, sizeof(*b->slots));
	b->slots[b->slot_count++] = slot->number;
	env_note_use(b->read->store, slot->number);
}

/* Finds a ready slot for the description: its type's own, or a supertype's. */
static bool
find_service(struct plan_build *b, const struct attr_desc *d, unsigned kind, struct service *out)
{
	const struct match_rule *rule = rule_for(d->type, kind);

	for (const struct attr_type *t = d->type; t != NULL; t = t->sup) {
		const struct index_slot *slot = view_slot(b->read->view, t, kind);
		if (slot == NULL || !slot->ready || rule_for(t, kind) != rule)
			continue;
		if (t != d->type && slot->no_subtypes)
			continue;
		if (!covers_subtypes(b, slot))
			continue;
		out->slot = slot;
		note_slot(b, slot);
		out->exact = t == d->type && d->options.n == 0 && !d->is_range && !d->binary;
		return true;
	}
	b->missing = d;
	b->missing_kind = kind;
	return false;
}

static struct index_key *
new_key(struct plan_build *b, const struct index_slot *slot, struct bv value, bool *whole_out)
{
	struct index_key *key = arena_alloc(b->arena, sizeof(*key));

	*whole_out = index_key_make(key, slot->number, value);
	return key;
}

/* The beginning shared by all keys of a slot whose value starts so. */
static struct index_key *
prefix_key(struct plan_build *b, const struct index_slot *slot, struct bv value)
{
	bool whole;

	if (value.n > KEY_PREFIX_BYTES)
		value.n = KEY_PREFIX_BYTES;
	return new_key(b, slot, value, &whole);
}

static const struct schema *
schema_of(const struct plan_build *b)
{
	return store_read_map(b->read)->schema;
}

static struct iter *
present_term(struct plan_build *b, const struct match *m)
{
	struct service s;
	bool whole;

	if (m->desc->type == schema_known(schema_of(b))->object_class && m->desc->options.n == 0) {
		struct iter *all = iter_new(b->arena, ITER_ALL, true);
		all->estimate = b->total;
		return all;
	}
	if (!find_service(b, m->desc, INDEX_PRES, &s))
		return NULL;
	return plan_posting(b, new_key(b, s.slot, BV_LIT(""), &whole), s.exact);
}

/* entryDN names at most one entry, which the tree finds. */
static struct iter *
entry_dn_term(struct plan_build *b, const struct match *m)
{
	struct iter *it = iter_new(b->arena, ITER_EMPTY, true);
	uint64_t id, matched;
	struct dn dn;

	if (dn_parse(schema_of(b), b->arena, m->normal, &dn, NULL) != 0)
		return NULL;
	int rc = store_find(b->read, &dn, &id, &matched);
	if (rc == ERR_NOT_FOUND)
		return it;
	if (note(b, rc) != 0)
		return NULL;
	it->kind = ITER_SET;
	it->estimate = 1;
	it->set = arena_alloc(b->arena, sizeof(*it->set));
	idset_init(it->set, b->arena, b->id_end);
	idset_add(it->set, id);
	return it;
}

static struct iter *
equality_term(struct plan_build *b, const struct match *m)
{
	const struct attr_type *type = m->desc->type;
	struct service s;
	bool whole;

	if (m->rule == NULL || m->rule->matches != NULL || m->rule->kind == RULE_ORDERING ||
	    type->equality == NULL || m->rule->family != type->equality->family || m->dn_attributes)
		return NULL;
	if (type == schema_known(schema_of(b))->entry_dn)
		return entry_dn_term(b, m);
	if (!find_service(b, m->desc, INDEX_EQ, &s))
		return NULL;
	struct bv form = index_eq_form(b->arena, s.slot->type, m->normal);
	struct index_key *key = new_key(b, s.slot, form, &whole);
	return plan_posting(b, key, s.exact && whole);
}

/* ---- ranges ---- */

void
plan_charge(struct plan_build *b, const struct idset *set)
{
	uint64_t cost = set->count + (set->bits != NULL ? set->end / 64 : 0);

	b->budget -= cost < b->budget ? cost : b->budget;
}

/* Collects at most max IDs of a range, as far as the budget goes. Returns whether that was all. */
static bool
collect_range(struct plan_build *b, const struct iter *it, uint64_t max, struct idset *set)
{
	struct iter_range range = {it->key, it->last, max < b->budget ? max : b->budget};

	idset_init(set, b->arena, b->id_end);
	bool all = b->budget > 0 && note(b, iter_collect(b->read, &range, set)) == 1;
	plan_charge(b, set);
	return all;
}

bool
plan_realize_range(struct plan_build *b, struct iter *it)
{
	uint64_t max = b->total / PLAN_RANGE_SHARE;
	struct idset *set = arena_alloc(b->arena, sizeof(*set));

	if (!collect_range(b, it, max < RANGE_PROBE ? RANGE_PROBE : max, set))
		return false;
	it->kind = ITER_SET;
	it->set = set;
	it->estimate = set->count;
	return true;
}

/* Reads a little of the range: a small one is done, of a large one only the size is guessed. */
static struct iter *
range_iter(struct plan_build *b, const struct index_key *first, const struct index_key *last)
{
	struct iter *it = iter_new(b->arena, ITER_RANGE, false);
	struct idset *set = arena_alloc(b->arena, sizeof(*set));

	b->looks++;
	it->key = first;
	it->last = last;
	it->estimate = b->total / 2 + RANGE_PROBE;
	if (collect_range(b, it, RANGE_PROBE, set)) {
		it->kind = set->count == 0 ? ITER_EMPTY : ITER_SET;
		it->set = set;
		it->estimate = set->count;
	}
	return it;
}

static struct iter *
order_term(struct plan_build *b, const struct match *m)
{
	const struct attr_type *type = m->desc->type;
	struct service s;

	if (type->equality == NULL || m->rule == NULL || m->rule->family != type->equality->family)
		return NULL;
	if (!find_service(b, m->desc, INDEX_EQ, &s) || s.slot->type->ordering != type->ordering)
		return NULL;
	struct index_key *at = prefix_key(b, s.slot, m->order_key),
			 *all = prefix_key(b, s.slot, BV_LIT(""));
	return m->kind == MATCH_GREATER_OR_EQUAL ? range_iter(b, at, all) : range_iter(b, all, at);
}

/* ---- substrings ---- */

/* Candidates for the keys of a substring term: the rarest ones seen so far, rarest first. */
struct grams {
	struct plan_build *b;
	const struct index_key *keys[GRAMS_JOINED];
	uint64_t counts[GRAMS_JOINED];
	size_t kept, looked_at;
	struct index_key *range; /* beginning of the keys of a component shorter than a gram */
	bool any;		 /* a key of SUB_ANY is among them */
};

static void
keep_gram(struct grams *g, const struct index_key *key, uint64_t count)
{
	size_t i = g->kept < GRAMS_JOINED ? g->kept++ : GRAMS_JOINED;

	for (; i > 0 && g->counts[i - 1] > count; i--) {
		if (i < GRAMS_JOINED) {
			g->keys[i] = g->keys[i - 1];
			g->counts[i] = g->counts[i - 1];
		}
	}
	if (i < GRAMS_JOINED) {
		g->keys[i] = key;
		g->counts[i] = count;
	}
}

static void
add_gram(struct grams *g, const struct index_slot *slot, struct bv gram)
{
	uint64_t count = 0;
	bool whole;
	struct index_key *key = new_key(g->b, slot, gram, &whole);

	if (gram.n < KEY_GRAM_BYTES) {
		if (g->range == NULL)
			g->range = key;
		return;
	}
	g->b->looks++;
	if (g->looked_at++ < GRAMS_LOOKED_AT &&
	    note(g->b, iter_count(g->b->read, key, &count)) == 0)
		keep_gram(g, key, count);
}

static void
add_inner(struct grams *g, const struct index_slot *slot, struct bv part)
{
	if (slot == NULL || part.n == 0)
		return;
	g->any = true;
	if (part.n < KEY_GRAM_BYTES)
		add_gram(g, slot, part);
	for (size_t i = 0; i + KEY_GRAM_BYTES <= part.n && g->looked_at < GRAMS_LOOKED_AT; i++)
		add_gram(g, slot, bv_make(part.p + i, KEY_GRAM_BYTES));
}

static void
add_initial(struct grams *g, const struct index_slot *slot, struct bv part)
{
	if (slot != NULL && part.n > 0)
		add_gram(
		    g, slot, bv_make(part.p, part.n < KEY_GRAM_BYTES ? part.n : KEY_GRAM_BYTES));
}

static void
add_final(struct grams *g, const struct index_slot *slot, struct bv part)
{
	uint8_t *end = arena_alloc(g->b->arena, KEY_GRAM_BYTES);
	size_t n = part.n < KEY_GRAM_BYTES ? part.n : KEY_GRAM_BYTES;

	for (size_t i = 0; i < n; i++)
		end[i] = part.p[part.n - 1 - i];
	if (slot != NULL && n > 0)
		add_gram(g, slot, bv_make(end, n));
}

/* The conjunction of the keys kept, or the one short key. */
static struct iter *
join_grams(struct grams *g)
{
	if (g->kept == 0)
		return g->range == NULL ? NULL : range_iter(g->b, g->range, g->range);
	struct iter *it = iter_new(g->b->arena, ITER_AND, false);
	it->children = arena_alloc(g->b->arena, g->kept * sizeof(struct iter *));
	it->estimate = g->counts[0];
	for (size_t i = 0; i < g->kept; i++)
		it->children[it->child_count++] = plan_posting(g->b, g->keys[i], false);
	return g->counts[0] == 0 ? iter_new(g->b->arena, ITER_EMPTY, false) : it;
}

/* Entries with values too long for grams are candidates of every term that used grams. */
static struct iter *
with_long_values(struct grams *g, const struct index_slot *slot, struct iter *it)
{
	bool whole;

	if (!g->any || it == NULL)
		return it;
	struct iter *longs = plan_posting(g->b, new_key(g->b, slot, BV_LIT(""), &whole), false);
	if (longs->kind == ITER_EMPTY)
		return it;
	if (it->kind == ITER_RANGE && !plan_realize_range(g->b, it))
		return NULL;
	struct iter *both = iter_new(g->b->arena, ITER_OR, false);
	both->children = arena_alloc(g->b->arena, 2 * sizeof(struct iter *));
	both->heads = arena_zalloc(g->b->arena, 2, sizeof(struct iter_head));
	both->children[both->child_count++] = it;
	both->children[both->child_count++] = longs;
	both->estimate = it->estimate + longs->estimate;
	return both;
}

static const struct index_slot *
slot_or_null(struct plan_build *b, const struct attr_desc *d, unsigned kind)
{
	struct service s;

	return find_service(b, d, kind, &s) ? s.slot : NULL;
}

static struct iter *
substrings_term(struct plan_build *b, const struct match *m)
{
	struct grams g = {.b = b};
	const struct index_slot *any = slot_or_null(b, m->desc, INDEX_SUB_ANY);

	if (m->sub.initial.n > 0)
		add_initial(&g, slot_or_null(b, m->desc, INDEX_SUB_INITIAL), m->sub.initial);
	if (m->sub.final.n > 0)
		add_final(&g, slot_or_null(b, m->desc, INDEX_SUB_FINAL), m->sub.final);
	for (size_t i = 0; i < m->sub.any_count; i++)
		add_inner(&g, any, m->sub.any[i]);
	add_inner(&g, any, m->sub.initial);
	add_inner(&g, any, m->sub.final);
	return with_long_values(&g, any, join_grams(&g));
}

static struct iter *
approx_term(struct plan_build *b, const struct match *m)
{
	struct service s;
	bool whole;

	if (m->approx_count == 0 || !find_service(b, m->desc, INDEX_APPROX, &s))
		return NULL;
	struct iter *it = iter_new(b->arena, ITER_AND, false);
	size_t count = m->approx_count < CODES_JOINED ? m->approx_count : CODES_JOINED;
	it->children = arena_alloc(b->arena, count * sizeof(struct iter *));
	it->estimate = b->total;
	for (size_t i = 0; i < count; i++) {
		struct iter *child =
		    plan_posting(b, new_key(b, s.slot, m->approx_codes[i], &whole), false);
		it->children[it->child_count++] = child;
		if (child->estimate < it->estimate)
			it->estimate = child->estimate;
	}
	return it;
}

struct iter *
plan_term(struct plan_build *b, const struct match *m)
{
	if (m->desc == NULL || b->looks >= PLAN_LOOKS_MAX)
		return NULL;
	switch (m->kind) {
	case MATCH_PRESENT:
		return present_term(b, m);
	case MATCH_EQUALITY:
	case MATCH_EXTENSIBLE:
		return equality_term(b, m);
	case MATCH_APPROX:
		return approx_term(b, m);
	case MATCH_GREATER_OR_EQUAL:
	case MATCH_LESS_OR_EQUAL:
		return order_term(b, m);
	case MATCH_SUBSTRINGS:
		return substrings_term(b, m);
	case MATCH_TRUE:
	case MATCH_FALSE:
	case MATCH_UNDEFINED:
	case MATCH_AND:
	case MATCH_OR:
	case MATCH_NOT:
		break;
	}
	return NULL;
}
