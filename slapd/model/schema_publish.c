#include "schema.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/rule.h"
#include "model/rule_table.h"
#include "model/schema_impl.h"

/*
 * The values of cn=Subschema (RFC 4512 4.2). Attribute types, classes and content
 * rules kept their canonical text when they were read; the others are written
 * here from their tables.
 */

struct output {
	const struct schema *schema;
	struct arena *arena;
	struct bv *values;
	size_t count;
	size_t cap;
};

static void
put(struct output *o, struct bv value)
{
	if (o->count == o->cap) {
		o->cap = o->cap == 0 ? 64 : o->cap * 2;
		o->values = arena_grow(o->arena, o->values, o->count, o->cap, sizeof *o->values);
	}
	o->values[o->count++] = value;
}

static bool
is_in(const struct attr_type *const *list, size_t count, const struct attr_type *t)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == t)
			return true;
	}
	return false;
}

/* What a published definition names is published too, hidden or not. */
static bool
is_shown(const struct schema *s, const struct attr_type *t)
{
	for (size_t i = 0; t->hidden && i < schema_class_count(s); i++) {
		const struct object_class *oc = schema_class_at(s, i);
		if (!oc->hidden &&
		    (is_in(oc->must, oc->must_count, t) || is_in(oc->may, oc->may_count, t)))
			return true;
	}
	return !t->hidden;
}

static void
put_attrs(struct output *o)
{
	for (size_t i = 0; i < schema_attr_count(o->schema); i++) {
		const struct attr_type *t = schema_attr_at(o->schema, i);
		if (is_shown(o->schema, t))
			put(o, t->definition);
	}
}

static void
put_classes(struct output *o)
{
	for (size_t i = 0; i < schema_class_count(o->schema); i++) {
		const struct object_class *oc = schema_class_at(o->schema, i);
		if (!oc->hidden)
			put(o, oc->definition);
	}
}

static void
put_content_rules(struct output *o)
{
	for (size_t i = 0; i < schema_content_rule_count(o->schema); i++)
		put(o, schema_content_rule_at(o->schema, i)->definition);
}

static void
put_syntaxes(struct output *o)
{
	const struct schema_list *list = &o->schema->syntaxes;

	for (size_t i = 0; i < list->count; i++) {
		const struct syntax *syn = list->items[i];
		struct bv text;
		if (syn->hidden)
			continue;
		text = arena_printf(o->arena, "( %.*s%s%.*s%s%s%s )", BV(syn->oid),
		    syn->desc.n > 0 ? " DESC '" : "", BV(syn->desc), syn->desc.n > 0 ? "'" : "",
		    syn->binary_transfer ? " X-BINARY-TRANSFER-REQUIRED 'TRUE'" : "",
		    syn->not_human_readable ? " X-NOT-HUMAN-READABLE 'TRUE'" : "");
		put(o, text);
	}
}

static bool
is_named(const struct schema *s, const struct match_rule *r)
{
	for (size_t i = 0; i < schema_attr_count(s); i++) {
		const struct attr_type *t = schema_attr_at(s, i);
		if (is_shown(s, t) && (t->equality == r || t->ordering == r || t->substr == r))
			return true;
	}
	return false;
}

static void
put_rules(struct output *o)
{
	for (size_t i = 0; i < rule_table_count(); i++) {
		const struct match_rule *r = rule_table_at(i);
		if (!r->hidden || is_named(o->schema, r))
			put(o, arena_printf(o->arena, "( %.*s NAME '%.*s' SYNTAX %.*s )",
				   BV(r->oid), BV(r->name), BV(r->assertion_syntax->oid)));
	}
}

/* Writes the names of the types that a rule can compare; returns how many. */
static size_t
write_applies(struct buf *b, const struct schema *s, const struct match_rule *r)
{
	size_t count = 0;

	for (size_t i = 0; i < schema_attr_count(s); i++) {
		const struct attr_type *t = schema_attr_at(s, i);
		if (t->hidden || t->undefined || !rule_applies_to(r, t))
			continue;
		buf_printf(b, "%s%.*s", count > 0 ? " $ " : "", BV(t->names[0]));
		count++;
	}
	return count;
}

/* A rule that nothing uses has no matchingRuleUse; substrings rules serve no extensible match. */
static void
put_rule_uses(struct output *o)
{
	for (size_t i = rule_table_count(); i-- > 0;) {
		const struct match_rule *r = rule_table_at(i);
		struct buf b;
		size_t count;
		if (r->hidden || r->kind == RULE_SUBSTRINGS)
			continue;
		buf_init(&b);
		count = write_applies(&b, o->schema, r);
		if (count > 0)
			put(o, arena_printf(o->arena, "( %.*s NAME '%.*s' APPLIES %s%.*s%s )",
				   BV(r->oid), BV(r->name), count > 1 ? "( " : "", BV(buf_bv(&b)),
				   count > 1 ? " )" : ""));
		buf_done(&b);
	}
}

size_t
schema_publish(const struct schema *s, struct arena *a, struct bv attribute, struct bv **values_out)
{
	static const struct {
		const char *attribute;
		void (*put)(struct output *o);
	} KINDS[] = {
	    {"attributeTypes", put_attrs},
	    {"objectClasses", put_classes},
	    {"ldapSyntaxes", put_syntaxes},
	    {"matchingRules", put_rules},
	    {"matchingRuleUse", put_rule_uses},
	    {"dITContentRules", put_content_rules},
	};
	struct output o = {.schema = s, .arena = a};

	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
		if (bv_is(attribute, KINDS[i].attribute))
			KINDS[i].put(&o);
	}
	*values_out = o.values;
	return o.count;
}
