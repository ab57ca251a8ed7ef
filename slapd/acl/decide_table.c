#include "decide_impl.h"

#include "base/arena.h"
#include "model/desc.h"
#include "model/schema.h"

/*
 * What can be worked out about rules before anybody asks. Attributes that the same rules
 * list form one class, so that an operation decides once for a class and keeps one answer
 * for it: there are some ten classes where the schema has a thousand attributes.
 */

/* Slots stand for the attribute types, by index, and behind them for these. */
enum { SLOT_ENTRY, SLOT_CHILDREN, SLOT_UNDEFINED, SLOT_EXTRA };

struct builder {
	const struct acl_rules *rules;
	struct arena *arena;
	struct decide_table *table;
	struct decide_class *classes;
	size_t cap;
	uint32_t *list; /* the rules of the slot looked at */
};

static bool
lists(const struct attr_type *const *types, size_t count, const struct attr_type *t)
{
	for (size_t i = 0; i < count; i++) {
		if (schema_attr_is_a(t, types[i]))
			return true;
	}
	return false;
}

static bool
class_lists_own(const struct object_class *oc, const struct attr_type *t)
{
	return lists(oc->must, oc->must_count, t) || lists(oc->may, oc->may_count, t);
}

/* Returns whether the class requires or allows t (NULL: one of no class). */
static bool
class_lists(const struct schema *s, const struct object_class *oc, const struct attr_type *t)
{
	if (oc == schema_known(s)->extensible_object)
		return true;
	if (t == NULL)
		return false;
	bool found = class_lists_own(oc, t);
	for (size_t i = 0; i < oc->ancestor_count && !found; i++)
		found = class_lists_own(oc->ancestors[i], t);
	return found;
}

size_t
decide_table_slot(const struct decide_table *t, enum acl_part part, const struct attr_desc *desc)
{
	const struct schema *s = t->rules->schema;

	if (part != ACL_PART_ATTR)
		return t->attr_count + (part == ACL_PART_ENTRY ? SLOT_ENTRY : SLOT_CHILDREN);
	const struct attr_type *type = desc->type;
	if (type->index >= t->attr_count || schema_attr_at(s, type->index) != type)
		type = schema_attr_type(s, type->oid); /* of another schema */
	return type != NULL ? type->index : t->attr_count + SLOT_UNDEFINED;
}

bool
decide_table_lists(const struct decide_table *table, const struct rules_attr *item, size_t slot)
{
	const struct schema *s = table->rules->schema;
	const struct attr_type *t = slot < table->attr_count ? schema_attr_at(s, slot) : NULL;
	size_t extra = slot - table->attr_count;

	switch (item->kind) {
	case RULES_ATTR_DESC:
		return t != NULL && schema_attr_is_a(t, item->desc->type);
	case RULES_ATTR_ENTRY:
		return t == NULL && extra == SLOT_ENTRY;
	case RULES_ATTR_CHILDREN:
		return t == NULL && extra == SLOT_CHILDREN;
	case RULES_ATTR_CLASS:
		return class_lists(s, item->oc, t);
	case RULES_ATTR_NOT_CLASS:
		return !class_lists(s, item->oc, t);
	case RULES_ATTR_ALL_USER:
		return t != NULL ? t->usage == ATTR_USER_APPLICATIONS : extra == SLOT_UNDEFINED;
	case RULES_ATTR_ALL_OPERATIONAL:
		return t != NULL ? t->usage != ATTR_USER_APPLICATIONS : extra != SLOT_UNDEFINED;
	}
	return false;
}

static bool
rule_lists(const struct builder *b, const struct rules_rule *r, size_t slot)
{
	const struct rules_what *w = &r->what;

	if (w->attr_count == 0)
		return true;
	for (size_t i = 0; i < w->attr_count; i++) {
		if (decide_table_lists(b->table, &w->attrs[i], slot))
			return true;
	}
	return false;
}

static bool
rule_by_value(const struct rules_rule *r)
{
	if (r->what.has_value)
		return true;
	for (size_t i = 0; i < r->by_count; i++) {
		if (r->by[i].self)
			return true;
	}
	return false;
}

/* Returns the number of the class with these rules, a new one when there is none. */
static uint32_t
class_with(struct builder *b, size_t count, uint64_t hash)
{
	struct decide_table *t = b->table;

	for (size_t i = 0; i < t->class_count; i++) {
		if (b->classes[i].hash == hash && b->classes[i].count == count &&
		    memcmp(b->classes[i].rules, b->list, count * sizeof(*b->list)) == 0)
			return (uint32_t)i;
	}
	if (t->class_count == b->cap) {
		b->classes =
		    arena_grow(b->arena, b->classes, b->cap, b->cap * 2 + 8, sizeof(*b->classes));
		b->cap = b->cap * 2 + 8;
	}
	uint32_t *rules = arena_alloc(b->arena, (count + 1) * sizeof(*rules));
	struct decide_class *c = &b->classes[t->class_count];
	memcpy(rules, b->list, count * sizeof(*rules));
	*c = (struct decide_class){.rules = rules, .count = count, .hash = hash};
	for (size_t i = 0; i < count; i++) {
		c->by_value |= rule_by_value(&b->rules->rules[rules[i]]);
		c->optioned |= t->optioned[rules[i]];
	}
	return (uint32_t)t->class_count++;
}

static uint32_t
class_of_slot(struct builder *b, size_t slot)
{
	uint64_t hash = 14695981039346656037u;
	size_t count = 0;

	for (size_t i = 0; i < b->rules->count; i++) {
		if (!rule_lists(b, &b->rules->rules[i], slot))
			continue;
		b->list[count++] = (uint32_t)i;
		hash = (hash ^ i) * 1099511628211u;
	}
	return class_with(b, count, hash);
}

static bool
clause_fills(const struct rules_by *by)
{
	for (const struct rules_who *w = by->who; w != NULL; w = w->next) {
		if (w->dn.expand || w->group.dn.expand || w->text.expand ||
		    (w->kind == RULES_WHO_SET && w->set != NULL))
			return true;
	}
	return false;
}

static bool
rule_fills(const struct rules_rule *r)
{
	for (size_t i = 0; i < r->by_count; i++) {
		if (clause_fills(&r->by[i]))
			return true;
	}
	return false;
}

static bool
rule_optioned(const struct rules_rule *r)
{
	for (size_t i = 0; i < r->what.attr_count; i++) {
		const struct rules_attr *a = &r->what.attrs[i];
		if (a->kind == RULES_ATTR_DESC && a->desc->options.n > 0)
			return true;
	}
	return false;
}

static enum decide_lasts
clause_lasts(const struct rules_by *by)
{
	enum decide_lasts result = LASTS_FOR_ALL;

	for (const struct rules_who *w = by->who; w != NULL; w = w->next) {
		switch (w->kind) {
		case RULES_WHO_GROUP:
			result = result == LASTS_FOR_ALL ? LASTS_FOR_ANONYMOUS : result;
			break;
		case RULES_WHO_SET:
		case RULES_WHO_PEERNAME:
		case RULES_WHO_SOCKNAME:
		case RULES_WHO_SOCKURL:
		case RULES_WHO_DOMAIN:
		case RULES_WHO_SSF:
		case RULES_WHO_CONTROL:
			result = LASTS_FOR_NONE;
			break;
		case RULES_WHO_ANYBODY:
		case RULES_WHO_ANONYMOUS:
		case RULES_WHO_USERS:
		case RULES_WHO_SELF:
		case RULES_WHO_DN:
		case RULES_WHO_DN_ATTR:
		case RULES_WHO_OP:
		case RULES_WHO_DYNACL:
			break;
		}
	}
	return result;
}

/* Looks at the clauses of all rules, one behind the other. */
static void
look_at_clauses(struct builder *b)
{
	uint8_t *lasts = arena_alloc(b->arena, b->table->clause_count + 1);
	size_t n = 0;

	for (size_t i = 0; i < b->rules->count; i++) {
		const struct rules_rule *r = &b->rules->rules[i];
		for (size_t k = 0; k < r->by_count; k++)
			lasts[n++] = (uint8_t)clause_lasts(&r->by[k]);
	}
	b->table->lasts = lasts;
}

static void
look_at_rules(struct builder *b)
{
	size_t count = b->rules->count;
	uint32_t *first = arena_alloc(b->arena, (count + 1) * sizeof(*first));
	bool *fills = arena_alloc(b->arena, count + 1),
	     *optioned = arena_alloc(b->arena, count + 1),
	     *by_entry = arena_alloc(b->arena, count + 1);
	size_t clauses = 0;

	for (size_t i = 0; i < count; i++) {
		const struct rules_rule *r = &b->rules->rules[i];
		first[i] = (uint32_t)clauses;
		clauses += r->by_count;
		fills[i] = rule_fills(r);
		optioned[i] = rule_optioned(r);
		by_entry[i] = !optioned[i] && !r->what.has_value;
	}
	b->table->first_clause = first;
	b->table->clause_count = clauses;
	b->table->fills = fills;
	b->table->optioned = optioned;
	b->table->by_entry = by_entry;
	look_at_clauses(b);
}

const struct decide_table *
decide_prepare(struct arena *a, const struct acl_rules *rules)
{
	struct decide_table *t = arena_zalloc(a, 1, sizeof(*t));
	struct builder b = {.rules = rules, .arena = a, .table = t};

	t->rules = rules;
	t->attr_count = schema_attr_count(rules->schema);
	b.list = arena_alloc(a, (rules->count + 1) * sizeof(*b.list));
	size_t slots = t->attr_count + SLOT_EXTRA;
	uint32_t *class_of = arena_alloc(a, slots * sizeof(*class_of));
	look_at_rules(&b);
	for (size_t i = 0; i < slots; i++) {
		class_of[i] = class_of_slot(&b, i);
		b.classes[class_of[i]].shown |= i != t->attr_count + SLOT_CHILDREN;
	}
	t->class_of = class_of;
	t->classes = b.classes;
	return t;
}
