#include "decide_impl.h"

#include "base/arena.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/schema.h"

/*
 * Two walks over the rules of an attribute's class. decide_bits walks for one entry. The
 * other walks for all entries of the region at once, with the bits that are certain and
 * those that are possible; where the two agree the first walk is never needed again. It is
 * exact about the requestor and cautious about entries: a condition that may hold counts
 * both ways.
 */

/* Comes with add and with delete, and goes with either: "-z" takes all of write, as in OpenLDAP. */
enum { WRITES = 256 };

/* Bits that every entry has and bits that some may have. */
struct span {
	bool live; /* there is such an outcome at all */
	unsigned least, most;
};

struct decide *
decide_new(const struct acl_rules *rules, const struct acl_who *who, const struct acl_env *env,
    struct bv region)
{
	struct decide *d = arena_zalloc(env->arena, 1, sizeof(*d));

	d->rules = rules;
	d->who = *who;
	d->env = *env;
	d->region = region;
	d->table = rules->table;
	return d;
}

void
decide_set_scratch(struct decide *d, struct arena *scratch)
{
	d->env.scratch = scratch;
}

/* Forgets what was worked out, all of it relative to the region. */
static void
begin(struct decide *d)
{
	size_t rules = d->rules->count;
	uint8_t *bytes;

	if (d->table == NULL)
		d->table = decide_prepare(d->env.arena, d->rules);
	bytes = arena_zalloc(d->env.arena, rules + d->table->clause_count + 1, 1);
	d->touches = bytes;
	d->clauses = bytes + rules;
	d->spans = arena_zalloc(d->env.arena, d->table->class_count + 1, sizeof(*d->spans));
	d->all = 0;
	d->kept = (struct decide_kept){.serial = 0};
	decide_memo_recall(d);
}

static uint32_t
class_of(const struct decide *d, enum acl_part part, const struct attr_desc *desc)
{
	return d->table->class_of[decide_table_slot(d->table, part, desc)];
}

static enum decide_touch
touches(struct decide *d, uint32_t rule)
{
	if (d->touches[rule] == TOUCH_UNKNOWN) {
		enum decide_touch touch = decide_what_touches(d, &d->rules->rules[rule]);
		if (touch == TOUCH_ALWAYS && d->table->optioned[rule])
			touch = TOUCH_SOMETIMES;
		d->touches[rule] = (uint8_t)touch;
		decide_memo_touch(d, rule);
	}
	return (enum decide_touch)d->touches[rule];
}

static enum decide_holds
settled(struct decide *d, uint32_t rule, size_t clause)
{
	size_t at = d->table->first_clause[rule] + clause;
	uint8_t *known = &d->clauses[at];
	bool lasts = d->table->lasts[at] == LASTS_FOR_ALL ||
		     (d->table->lasts[at] == LASTS_FOR_ANONYMOUS && d->who.normal_dn.n == 0);

	d->fleeting |= !lasts;
	if (*known == HOLDS_UNKNOWN) {
		*known = (uint8_t)decide_who_holds(d, NULL, &d->rules->rules[rule].by[clause]);
		if (lasts)
			decide_memo_clause(d, at);
	}
	return (enum decide_holds)(*known);
}

static unsigned
apply(const struct rules_by *by, unsigned bits)
{
	unsigned own = by->bits | ((by->bits & ACL_B_WRITE) != 0 ? WRITES : 0);

	switch (by->apply) {
	case RULES_SET:
		return own;
	case RULES_PLUS:
		return bits | own;
	case RULES_MINUS:
		return bits & ~own;
	}
	return 0;
}

/* What is granted in the end. */
static unsigned
granted(unsigned bits)
{
	unsigned hidden = (bits & WRITES) != 0 ? 0 : ACL_B_WRITE;

	return bits & ACL_B_ALL & ~hidden;
}

/* ---- for all entries ---- */

static void
merge(struct span *into, struct span s)
{
	if (!s.live)
		return;
	into->least = into->live ? into->least & s.least : s.least;
	into->most = into->live ? into->most | s.most : s.most;
	into->live = true;
}

/* Walks the clauses of a rule that applies; outcomes that end the walk go to *ended. Returns what
 * goes on to the next rule. */
static struct span
walk_clauses(struct decide *d, uint32_t rule, struct span now, struct span *ended)
{
	const struct rules_rule *r = &d->rules->rules[rule];
	struct span broken = {false, 0, 0};

	for (size_t i = 0; i < r->by_count; i++) {
		enum decide_holds holds = settled(d, rule, i);
		if (holds == HOLDS_NO)
			continue;
		if (holds == HOLDS_FAILED)
			break;
		const struct rules_by *by = &r->by[i];
		struct span taken = {true, apply(by, now.least), apply(by, now.most)};
		if (by->control == RULES_CONTINUE && holds == HOLDS_VARIES)
			merge(&now, taken);
		else if (by->control == RULES_CONTINUE)
			now = taken;
		else
			merge(by->control == RULES_STOP ? ended : &broken, taken);
		if (holds == HOLDS_YES && by->control != RULES_CONTINUE)
			return broken;
	}
	merge(ended, (struct span){true, 0, 0});
	return broken;
}

static const struct decide_span *
span_of(struct decide *d, uint32_t class)
{
	const struct decide_class *c = &d->table->classes[class];
	struct span now = {true, 0, 0}, ended = {false, 0, 0};

	if (d->spans[class].known)
		return &d->spans[class];
	d->fleeting = false;
	for (size_t i = 0; i < c->count && now.live; i++) {
		enum decide_touch touch = touches(d, c->rules[i]);
		if (touch == TOUCH_NEVER)
			continue;
		struct span next = walk_clauses(d, c->rules[i], now, &ended);
		if (touch == TOUCH_SOMETIMES)
			merge(&next, now);
		now = next;
	}
	if (now.live)
		merge(&ended, (struct span){true, 0, 0});
	d->spans[class] =
	    (struct decide_span){1, (uint8_t)granted(ended.least), (uint8_t)granted(ended.most)};
	if (!d->fleeting)
		decide_memo_span(d, class);
	return &d->spans[class];
}

/* Returns the bits that do not depend on rules; *rules_out whether rules decide. */
static unsigned
fixed_bits(const struct decide *d, bool *rules_out)
{
	*rules_out = !d->who.is_root && d->rules->count > 0;
	return d->who.is_root ? (unsigned)ACL_B_ALL : d->rules->default_bits;
}

static enum decide_once
once(unsigned least, unsigned most, unsigned want)
{
	if ((least & want) == want)
		return DECIDE_YES;
	return (most & want) == want ? DECIDE_PER_ENTRY : DECIDE_NO;
}

enum decide_once
decide_once(struct decide *d, enum acl_part part, const struct attr_desc *desc, unsigned want)
{
	bool by_rules;
	unsigned bits = fixed_bits(d, &by_rules);

	if (!by_rules)
		return once(bits, bits, want);
	if (d->touches == NULL)
		begin(d);
	const struct decide_span *s = span_of(d, class_of(d, part, desc));
	return once(s->least, s->most, want);
}

uint32_t
decide_class(struct decide *d, const struct attr_desc *desc)
{
	bool by_rules;

	fixed_bits(d, &by_rules);
	if (!by_rules)
		return DECIDE_NO_CLASS;
	if (d->touches == NULL)
		begin(d);
	uint32_t class = class_of(d, ACL_PART_ATTR, desc);
	return d->table->classes[class].optioned ? DECIDE_NO_CLASS : class;
}

bool
decide_by_value(struct decide *d, const struct attr_desc *desc)
{
	bool by_rules;

	fixed_bits(d, &by_rules);
	if (!by_rules)
		return false;
	if (d->touches == NULL)
		begin(d);
	uint32_t class = class_of(d, ACL_PART_ATTR, desc);
	const struct decide_span *s = span_of(d, class);
	return d->table->classes[class].by_value && s->least != s->most;
}

bool
decide_all(struct decide *d, unsigned want)
{
	bool by_rules;
	unsigned bits = fixed_bits(d, &by_rules);

	if (!by_rules)
		return (bits & want) == want;
	if (d->touches == NULL)
		begin(d);
	if (want != 0 && (d->all & want) == want)
		return true;
	for (uint32_t i = 0; i < d->table->class_count; i++) {
		if (d->table->classes[i].shown && (span_of(d, i)->least & want) != want)
			return false;
	}
	d->all |= want;
	return true;
}

/* ---- for one entry ---- */

/* Finds the first clause that ends the rule, changing *bits on the way. */
static enum rules_control
one_rule(struct decide_ask *ask, uint32_t rule, unsigned *bits)
{
	const struct rules_rule *r = &ask->d->rules->rules[rule];

	ask->rule = r;
	for (size_t i = 0; i < r->by_count; i++) {
		enum decide_holds holds = settled(ask->d, rule, i);
		if (holds == HOLDS_VARIES)
			holds = decide_who_holds(ask->d, ask, &r->by[i]);
		ask->failed = holds == HOLDS_FAILED;
		if (ask->failed)
			break;
		if (holds != HOLDS_YES)
			continue;
		*bits = apply(&r->by[i], *bits);
		ask->by = &r->by[i];
		if (r->by[i].control != RULES_CONTINUE)
			return r->by[i].control;
	}
	*bits = 0;
	ask->by = NULL;
	return RULES_STOP;
}

unsigned
decide_walk(struct decide_ask *ask)
{
	struct decide *d = ask->d;
	uint32_t class = class_of(d, ask->target->part, ask->target->desc);
	const struct decide_class *c = &d->table->classes[class];
	unsigned bits = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (touches(d, c->rules[i]) == TOUCH_NEVER || !decide_what_holds(ask, c->rules[i]))
			continue;
		if (one_rule(ask, c->rules[i], &bits) != RULES_BREAK)
			return granted(bits);
	}
	return 0;
}

bool
decide_by_rules(struct decide *d, const struct acl_entry *e, unsigned *bits_out)
{
	bool by_rules;

	*bits_out = fixed_bits(d, &by_rules);
	if (!by_rules)
		return false;
	if (d->touches != NULL && dn_normal_is_under(e->normal_dn, d->region))
		return true;
	if (!dn_normal_is_under(e->normal_dn, d->region)) {
		d->region = BV_LIT("");
		d->env.memo = NULL;
		d->slot = NULL;
	}
	begin(d);
	return true;
}

static unsigned
walk_entry(struct decide *d, const struct acl_entry *e, const struct acl_target *t, bool kept)
{
	struct arena_mark mark = arena_mark(d->env.scratch);
	struct decide_ask ask; /* the submatches are not worth clearing */

	ask.d = d;
	ask.entry = e;
	ask.target = t;
	ask.record = NULL;
	ask.kept = kept;
	ask.rule = NULL;
	ask.by = NULL;
	ask.failed = false;
	ask.dn_matches = ask.value_matches = 0;
	unsigned bits = decide_walk(&ask);
	if (d->env.scratch != d->env.arena)
		arena_rewind(d->env.scratch, mark);
	return bits;
}

unsigned
decide_bits(struct decide *d, const struct acl_entry *e, const struct acl_target *t)
{
	unsigned bits;

	if (!decide_by_rules(d, e, &bits))
		return bits;
	uint32_t class = class_of(d, t->part, t->desc);
	const struct decide_class *c = &d->table->classes[class];
	const struct decide_span *s = span_of(d, class);
	if (s->least == s->most)
		return s->least;
	bool kept = decide_keep(d, e);
	if (c->by_value || c->optioned || !kept)
		return walk_entry(d, e, t, kept);
	if (d->kept.serials[class] != d->kept.serial) {
		d->kept.bits[class] = (uint8_t)walk_entry(d, e, t, true);
		d->kept.serials[class] = d->kept.serial;
	}
	return d->kept.bits[class];
}

bool
decide_allows(
    struct decide *d, const struct acl_entry *e, const struct acl_target *t, unsigned want)
{
	return (decide_bits(d, e, t) & want) == want;
}
