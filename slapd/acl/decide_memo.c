#include "decide_impl.h"

#include "base/arena.h"
#include "store/hash.h"

/*
 * What one operation worked out for the next of the same kind and requestor. Kept are only
 * answers that depend on nothing else: clauses about groups, sets, the connection and controls
 * are settled anew each time. A memo belongs to one thread, one database of one configuration
 * and its region. Operations have copies, so that a slot may be taken over at any time.
 */

enum { SLOTS = 16, NAME_BYTES = 192 };

struct decide_slot {
	uint64_t serial; /* changes when the slot is taken over; 0: never used */
	unsigned op;
	size_t name_bytes;
	uint8_t name[NAME_BYTES];
	uint8_t *rules; /* touches, then clauses */
	struct decide_span *spans;
};

struct decide_memo {
	struct arena *arena;
	uint64_t last_serial;
	struct decide_slot slots[SLOTS];
};

struct decide_memo *
decide_memo_new(struct arena *a)
{
	struct decide_memo *m = arena_zalloc(a, 1, sizeof(*m));

	m->arena = a;
	return m;
}

static bool
is_of(const struct decide_slot *s, const struct acl_who *who)
{
	return s->serial > 0 && s->op == who->op &&
	       bv_eq(bv_make(s->name, s->name_bytes), who->normal_dn);
}

static size_t
rule_bytes(const struct decide *d)
{
	return d->rules->count + d->table->clause_count;
}

static size_t
span_bytes(const struct decide *d)
{
	return d->table->class_count * sizeof(struct decide_span);
}

static void
take_over(struct decide_memo *m, struct decide_slot *s, const struct decide *d)
{
	const struct acl_who *who = &d->who;

	if (s->rules == NULL) {
		s->rules = arena_alloc(m->arena, rule_bytes(d) + 1);
		s->spans = arena_alloc(m->arena, span_bytes(d) + 1);
	}
	memset(s->rules, 0, rule_bytes(d));
	memset(s->spans, 0, span_bytes(d));
	s->serial = ++m->last_serial;
	s->op = who->op;
	s->name_bytes = who->normal_dn.n;
	if (s->name_bytes > 0)
		memcpy(s->name, who->normal_dn.p, s->name_bytes);
}

void
decide_memo_recall(struct decide *d)
{
	struct decide_memo *m = d->env.memo;
	const struct acl_who *who = &d->who;

	if (m == NULL || d->table != d->rules->table || who->normal_dn.n > NAME_BYTES ||
	    !bv_eq(who->normal_dn, who->real_normal_dn))
		return;
	struct decide_slot *s = &m->slots[hash_bytes(who->normal_dn, who->op) % SLOTS];
	if (!is_of(s, who))
		take_over(m, s, d);
	d->slot = s;
	d->slot_serial = s->serial;
	memcpy(d->touches, s->rules, rule_bytes(d));
	memcpy(d->spans, s->spans, span_bytes(d));
}

/* Returns whether the slot is still for this requestor. */
static bool
is_mine(const struct decide *d)
{
	return d->slot != NULL && d->slot->serial == d->slot_serial;
}

void
decide_memo_touch(struct decide *d, size_t rule)
{
	if (is_mine(d))
		d->slot->rules[rule] = d->touches[rule];
}

void
decide_memo_clause(struct decide *d, size_t clause)
{
	if (is_mine(d))
		d->slot->rules[d->rules->count + clause] = d->clauses[clause];
}

void
decide_memo_span(struct decide *d, size_t class)
{
	if (is_mine(d))
		d->slot->spans[class] = d->spans[class];
}
