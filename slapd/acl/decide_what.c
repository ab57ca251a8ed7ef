#include "decide_impl.h"

#include "base/arena.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/match.h"
#include "model/rule_table.h"
#include "model/schema.h"
#include "store/attrmap.h"

/* Whether a rule's <what> takes in the entry, the attribute and the value asked about. */

enum { MAX_REBINDS = 64 };

static bool
is_nth_parent(struct bv dn, int level, struct bv pattern)
{
	for (; level > 0 && dn.n > 0; level--)
		dn = dn_text_parent(dn);
	return level == 0 && bv_eq(dn, pattern);
}

bool
decide_what_dn(const struct rules_dn *p, struct bv dn, struct bv pattern)
{
	switch (p->style) {
	case RULES_EXACT:
	case RULES_EXPAND:
		return bv_eq(dn, pattern);
	case RULES_ONE:
		return is_nth_parent(dn, 1, pattern);
	case RULES_SUBTREE:
		return dn_normal_is_under(dn, pattern);
	case RULES_CHILDREN:
		return dn.n > pattern.n && dn_normal_is_under(dn, pattern);
	case RULES_LEVEL:
		return is_nth_parent(dn, p->level, pattern);
	case RULES_REGEX:
		return p->regex != NULL && decide_fill_regex(p->regex, dn, 0, NULL);
	}
	return false;
}

static enum decide_touch
dn_touches(const struct rules_dn *p, struct bv region)
{
	bool inside = dn_normal_is_under(p->normal, region);

	switch (p->style) {
	case RULES_EXACT:
		return inside ? TOUCH_SOMETIMES : TOUCH_NEVER;
	case RULES_ONE:
		return inside || decide_what_dn(p, region, p->normal) ? TOUCH_SOMETIMES
								      : TOUCH_NEVER;
	case RULES_SUBTREE:
	case RULES_CHILDREN:
		if (decide_what_dn(p, region, p->normal))
			return TOUCH_ALWAYS;
		return inside ? TOUCH_SOMETIMES : TOUCH_NEVER;
	case RULES_EXPAND:
	case RULES_LEVEL:
	case RULES_REGEX:
		return TOUCH_SOMETIMES;
	}
	return TOUCH_SOMETIMES;
}

enum decide_touch
decide_what_touches(const struct decide *d, const struct rules_rule *r)
{
	enum decide_touch touch = TOUCH_ALWAYS;

	if (r->what.has_dn)
		touch = dn_touches(&r->what.dn, d->region);
	if (touch == TOUCH_ALWAYS && (r->what.filter != NULL || r->what.has_value))
		touch = TOUCH_SOMETIMES;
	return touch;
}

/* ---- the entry's name ---- */

static void
set_match(regmatch_t *m, size_t from, size_t to)
{
	m->rm_so = (regoff_t)from;
	m->rm_eo = (regoff_t)to;
}

/* Tells most names from a regular expression's without running it. */
static bool
ends_as(const struct rules_dn *p, struct bv dn)
{
	return dn.n >= p->tail.n && bv_eq_nocase(bv_from(dn, dn.n - p->tail.n), p->tail);
}

/* Matches the entry's DN; with fills the submatches are kept: $0 the DN, $1 what the pattern names.
 */
static bool
dn_holds(struct decide_ask *ask, const struct rules_what *w, bool fills)
{
	struct bv dn = ask->entry->normal_dn;

	ask->dn_matches = 0;
	if (w->has_dn && w->dn.style == RULES_REGEX && !ends_as(&w->dn, dn))
		return false;
	if (w->has_dn && w->dn.style == RULES_REGEX && w->dn.regex != NULL && fills) {
		ask->dn_matches = w->dn.regex->re_nsub + 1;
		if (ask->dn_matches > DECIDE_MATCHES)
			ask->dn_matches = DECIDE_MATCHES;
		return decide_fill_regex(w->dn.regex, dn, ask->dn_matches, ask->dn_match);
	}
	if (w->has_dn && !decide_what_dn(&w->dn, dn, w->dn.normal))
		return false;
	set_match(&ask->dn_match[0], 0, dn.n);
	ask->dn_matches = 1;
	if (w->has_dn && w->dn.style != RULES_EXACT && w->dn.style != RULES_REGEX) {
		set_match(&ask->dn_match[1], dn.n - w->dn.normal.n, dn.n);
		ask->dn_matches = 2;
	}
	return true;
}

/* ---- the value ---- */

/* Normal forms that are not text: patterns see the value as it is presented. */
static bool
shows_normal(const struct match_rule *equality)
{
	return equality != NULL && equality->family != FAMILY_OID &&
	       equality->family != FAMILY_UUID && equality->family != FAMILY_TIME;
}

struct bv
decide_what_text(const struct decide_ask *ask)
{
	const struct acl_target *t = ask->target;

	if (t->part != ACL_PART_ATTR)
		return BV_NONE;
	if (t->value_normal.p == NULL ||
	    (t->value.p != NULL && !shows_normal(t->desc->type->equality)))
		return t->value;
	return t->value_normal;
}

static bool
class_holds(const struct schema *s, struct bv name, struct bv wanted)
{
	const struct object_class *have = schema_object_class(s, name);
	const struct object_class *want = schema_object_class(s, wanted);

	return have != NULL && want != NULL && schema_class_is_a(have, want);
}

static bool
exact_value_holds(struct decide_ask *ask, const struct rules_value *v)
{
	const struct schema *s = ask->d->rules->schema;
	const struct acl_target *t = ask->target;
	const struct match_rule *own = t->desc->type->equality;
	const struct match_rule *rule = v->rule != NULL ? v->rule : own;
	struct bv have = t->value_normal;

	if (v->rule == NULL && t->desc->type == schema_known(s)->object_class)
		return class_holds(s, decide_what_text(ask), v->text);
	if (rule == NULL)
		return bv_eq(decide_what_text(ask), v->text);
	if (have.p == NULL || (rule != own && t->value.p != NULL)) {
		if (rule_normalize(rule, s, ask->d->env.scratch, t->value, &have) != 0)
			return false;
	}
	return rule_matches(rule, have, v->normal);
}

static bool
value_holds(struct decide_ask *ask, const struct rules_value *v)
{
	struct bv text = decide_what_text(ask);
	struct rules_dn p = {.style = v->style};

	ask->value_matches = 0;
	if (text.p == NULL)
		return false;
	switch (v->style) {
	case RULES_REGEX:
		ask->value_matches =
		    v->regex->re_nsub < DECIDE_MATCHES ? v->regex->re_nsub + 1 : DECIDE_MATCHES;
		return decide_fill_regex(v->regex, text, ask->value_matches, ask->value_match);
	case RULES_ONE:
	case RULES_SUBTREE:
	case RULES_CHILDREN:
		return decide_what_dn(&p, ask->target->value_normal, v->normal);
	case RULES_EXACT:
	case RULES_EXPAND:
	case RULES_LEVEL:
		return exact_value_holds(ask, v);
	}
	return false;
}

/* ---- attributes with options ---- */

static bool
attrs_hold(struct decide_ask *ask, const struct rules_what *w)
{
	const struct decide_table *table = ask->d->table;
	const struct acl_target *t = ask->target;
	size_t slot = decide_table_slot(table, t->part, t->desc);

	for (size_t i = 0; i < w->attr_count; i++) {
		const struct rules_attr *a = &w->attrs[i];
		if (!decide_table_lists(table, a, slot))
			continue;
		if (a->kind != RULES_ATTR_DESC || a->desc->options.n == 0)
			return true;
		struct attr_desc have = {.type = a->desc->type, .options = t->desc->options};
		if (desc_is_subtype(&have, a->desc))
			return true;
	}
	return false;
}

/* ---- the filter ---- */

static struct bv
asked_dn(void *arg, uint64_t id, const struct record *r)
{
	const struct decide *d = arg;

	(void)id;
	(void)r;
	return d->asked_dn;
}

static bool
filter_once(struct decide_ask *ask, const struct match *m, const struct test_env *env)
{
	struct arena *scratch = ask->d->env.scratch;
	struct test *t = test_new(scratch, m, env);

	return test_run(t, ask->entry->id, ask->record, scratch) == TEST_TRUE;
}

/* Tests with the filter bound to the map of the first record that was asked about. */
static bool
filter_kept(struct decide_ask *ask, size_t rule)
{
	struct decide *d = ask->d;
	const struct match *m = d->rules->rules[rule].what.filter;

	if (d->tests == NULL)
		d->tests = arena_zalloc(d->env.arena, d->rules->count, sizeof(struct test *));
	d->rebinds++;
	if (d->tests[rule] == NULL) {
		d->test_env.map = ask->map;
		d->tests[rule] = test_new(d->env.arena, m, &d->test_env);
	}
	test_rebind(d->tests[rule], d->env.arena, ask->map);
	return test_run(d->tests[rule], ask->entry->id, ask->record, d->env.scratch) == TEST_TRUE;
}

static bool
filter_holds(struct decide_ask *ask, size_t rule)
{
	struct decide *d = ask->d;

	if (!decide_entry_record(ask))
		return false;
	d->asked_dn = ask->entry->normal_dn;
	d->test_env.schema = d->rules->schema;
	d->test_env.dn_normal = asked_dn;
	d->test_env.arg = d;
	if (ask->record == &ask->made || d->rebinds >= MAX_REBINDS) {
		struct test_env env = d->test_env;
		env.map = ask->map;
		return filter_once(ask, d->rules->rules[rule].what.filter, &env);
	}
	return filter_kept(ask, rule);
}

static bool
takes_in(struct decide_ask *ask, size_t rule)
{
	const struct rules_what *w = &ask->d->rules->rules[rule].what;

	if (ask->d->table->optioned[rule] && !attrs_hold(ask, w))
		return false;
	if (!dn_holds(ask, w, ask->d->table->fills[rule]))
		return false;
	ask->value_matches = 0;
	if (w->has_value && !value_holds(ask, &w->value))
		return false;
	return w->filter == NULL || filter_holds(ask, rule);
}

/* Attributes of one entry share the answer; submatches that a clause will use are made each time.
 */
bool
decide_what_holds(struct decide_ask *ask, size_t rule)
{
	const struct decide_table *table = ask->d->table;

	if (!ask->kept || !table->by_entry[rule])
		return takes_in(ask, rule);
	uint8_t *known = &ask->d->kept.whats[rule];
	if (*known == HOLDS_UNKNOWN || (*known == HOLDS_YES && table->fills[rule]))
		*known = takes_in(ask, rule) ? HOLDS_YES : HOLDS_NO;
	return *known == HOLDS_YES;
}
