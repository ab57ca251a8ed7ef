#include "schema.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/rule_table.h"
#include "model/schema_builtin.h"
#include "model/schema_def.h"
#include "model/schema_impl.h"
#include "model/syntax.h"
#include "model/syntax_text.h"

/*
 * Life of a schema: a builder fills it with the built-in definitions, then with
 * those of files and cn=config, checking each completely before anything is
 * entered; schema_build finishes the tables that only a complete schema can have.
 * After that it is never written again, so threads share it without locks.
 */

enum { EXPECTED_ATTRS = 1024, EXPECTED_CLASSES = 256, EXPECTED_OTHERS = 128 };

void
schema_list_add(struct schema *s, struct schema_list *list, const void *item)
{
	if (list->count == list->cap) {
		list->cap = list->cap == 0 ? 64 : list->cap * 2;
		list->items =
		    arena_grow(s->arena, list->items, list->count, list->cap, sizeof *list->items);
	}
	list->items[list->count++] = item;
}

static void
load_tables(struct schema *s)
{
	for (size_t i = 0; i < SYNTAX_COUNT; i++) {
		names_put(&s->syntax_oids, s->arena, syntax_table[i].oid, &syntax_table[i]);
		schema_list_add(s, &s->syntaxes, &syntax_table[i]);
	}
	for (size_t i = 0; i < rule_table_count(); i++) {
		const struct match_rule *r = rule_table_at(i);
		names_put(&s->rule_names, s->arena, r->oid, r);
		names_put(&s->rule_names, s->arena, r->name, r);
	}
}

static void
add_option(struct schema *s, struct bv option)
{
	struct bv *copy = arena_alloc(s->arena, sizeof *copy);

	*copy = arena_dup(s->arena, option);
	schema_list_add(s, &s->options, copy);
}

struct schema_builder *
schema_builder_new(struct arena *a)
{
	struct schema_builder *b = arena_zalloc(a, 1, sizeof *b);
	struct schema *s = arena_zalloc(a, 1, sizeof *s);

	s->arena = a;
	names_init(&s->attr_names, a, EXPECTED_ATTRS);
	names_init(&s->class_names, a, EXPECTED_CLASSES);
	names_init(&s->rule_names, a, EXPECTED_OTHERS);
	names_init(&s->syntax_oids, a, EXPECTED_OTHERS);
	names_init(&s->macros, a, EXPECTED_OTHERS);
	load_tables(s);
	add_option(s, BV_LIT("lang-"));
	b->schema = s;
	b->origin = SCHEMA_BUILTIN;
	schema_builtin_load(b);
	b->origin = SCHEMA_CONFIG;
	b->hidden = false;
	return b;
}

int
schema_resolve_oid(const struct schema *s, struct bv text, struct bv *out, struct errbuf *e)
{
	size_t colon = bv_find(text, 0, ':');
	struct bv suffix = colon < text.n ? bv_from(text, colon + 1) : BV_NONE;
	const struct bv *base;

	if (syntax_text_is_oid(text)) {
		*out = text;
		return 0;
	}
	base = names_get(&s->macros, (struct bv){text.p, colon});
	if (base == NULL)
		return err_set(e, ERR_SYNTAX,
		    "\"%.*s\" is neither a dotted-decimal OID nor a defined objectIdentifier name",
		    BV(text));
	if (suffix.p == NULL) {
		*out = *base;
		return 0;
	}
	*out = arena_printf(s->arena, "%.*s.%.*s", BV(*base), BV(suffix));
	if (!syntax_text_is_oid(*out))
		return err_set(
		    e, ERR_SYNTAX, "\"%.*s\" does not end in a dotted-decimal suffix", BV(text));
	return 0;
}

int
schema_add_oid_macro(struct schema_builder *b, struct bv name, struct bv oid, struct errbuf *e)
{
	struct schema *s = b->schema;
	struct bv value, *copy;

	if (!syntax_text_is_descr(name))
		return err_set(e, ERR_SYNTAX,
		    "\"%.*s\" is no objectIdentifier name: use letters, digits and hyphens, a "
		    "letter "
		    "first",
		    BV(name));
	if (names_get(&s->macros, name) != NULL)
		return err_set(
		    e, ERR_EXISTS, "objectIdentifier \"%.*s\" is defined already", BV(name));
	if (schema_resolve_oid(s, oid, &value, e) != 0)
		return ERR_SYNTAX;
	copy = arena_alloc(s->arena, sizeof *copy);
	*copy = arena_dup(s->arena, value);
	names_put(&s->macros, s->arena, arena_dup(s->arena, name), copy);
	return 0;
}

int
schema_read(
    struct schema_builder *b, int kind, struct bv text, struct schema_def *out, struct errbuf *e)
{
	struct schema *s = b->schema;
	struct bv oid = BV_NONE;
	int rc;

	if (text.n > SCHEMA_DEF_MAX_BYTES)
		return schema_def_read(s->arena, (enum schema_def_kind)kind, text, out, e);
	text = arena_dup(s->arena, text);
	rc = schema_def_read(s->arena, (enum schema_def_kind)kind, text, out, e);
	if (rc == 0)
		rc = schema_resolve_oid(s, out->oid, &oid, e);
	if (rc == 0)
		out->oid = oid;
	return rc;
}

struct bv
schema_label(const struct schema_def *def)
{
	struct bv name = schema_def_value(def, DEF_NAME);

	return name.p != NULL ? name : def->oid;
}

struct bv *
schema_names(struct schema *s, const struct schema_def *def, size_t *count_out)
{
	const struct schema_def_list *list = &def->fields[DEF_NAME];
	struct bv *names;

	*count_out = list->count;
	if (list->count > 0)
		return list->items;
	names = arena_alloc(s->arena, sizeof *names);
	names[0] = def->oid;
	return names;
}

int
schema_add_syntax(struct schema_builder *b, struct bv text, struct errbuf *e)
{
	struct schema *s = b->schema;
	const struct syntax *base = NULL;
	struct schema_def def;
	struct syntax *syn;
	struct bv subst;
	int rc = schema_read(b, SCHEMA_DEF_SYNTAX, text, &def, e);

	if (rc != 0)
		return rc;
	if (names_get(&s->syntax_oids, def.oid) != NULL)
		return err_set(e, ERR_EXISTS, "syntax %.*s is defined already", BV(def.oid));
	subst = schema_def_extension(&def, "X-SUBST");
	if (subst.p != NULL) {
		base = names_get(&s->syntax_oids, subst);
		if (base == NULL)
			return err_set(e, ERR_UNDEFINED,
			    "X-SUBST names the unknown syntax \"%.*s\"", BV(subst));
	}
	syn = arena_zalloc(s->arena, 1, sizeof *syn);
	if (base != NULL)
		*syn = *base;
	syn->oid = def.oid;
	syn->desc = schema_def_value(&def, DEF_DESC);
	syn->hidden = false;
	syn->base = base == NULL || base->base != NULL ? (base == NULL ? NULL : base->base) : base;
	names_put(&s->syntax_oids, s->arena, syn->oid, syn);
	schema_list_add(s, &s->syntaxes, syn);
	return 0;
}

int
schema_add_option(struct schema_builder *b, struct bv option, struct errbuf *e)
{
	struct bv stem = option;

	if (stem.n > 0 && stem.p[stem.n - 1] == '-')
		stem.n--;
	if (!syntax_text_is_descr(stem) || bv_is(option, "binary"))
		return err_set(e, ERR_SYNTAX,
		    "\"%.*s\" is no attribute option: use letters, digits and hyphens", BV(option));
	add_option(b->schema, option);
	return 0;
}

void
schema_clear_options(struct schema_builder *b)
{
	b->schema->options.count = 0;
}

bool
schema_knows_option(const struct schema *s, struct bv option)
{
	for (size_t i = 0; i < s->options.count; i++) {
		struct bv known = *(const struct bv *)s->options.items[i];
		bool is_prefix = known.p[known.n - 1] == '-';
		if (!is_prefix && bv_eq_nocase(known, option))
			return true;
		if (is_prefix && option.n >= known.n &&
		    bv_eq_nocase((struct bv){option.p, known.n}, known))
			return true;
	}
	return false;
}

const struct attr_type *
schema_attr_type(const struct schema *s, struct bv name_or_oid)
{
	return names_get(&s->attr_names, name_or_oid);
}

const struct object_class *
schema_object_class(const struct schema *s, struct bv name_or_oid)
{
	return names_get(&s->class_names, name_or_oid);
}

const struct syntax *
schema_syntax(const struct schema *s, struct bv oid)
{
	return names_get(&s->syntax_oids, oid);
}

const struct match_rule *
schema_match_rule(const struct schema *s, struct bv name_or_oid)
{
	return names_get(&s->rule_names, name_or_oid);
}

size_t
schema_attr_count(const struct schema *s)
{
	return s->attrs.count;
}

const struct attr_type *
schema_attr_at(const struct schema *s, size_t index)
{
	return s->attrs.items[index];
}

size_t
schema_class_count(const struct schema *s)
{
	return s->classes.count;
}

const struct object_class *
schema_class_at(const struct schema *s, size_t index)
{
	return s->classes.items[index];
}

const struct schema_known *
schema_known(const struct schema *s)
{
	return &s->known;
}
