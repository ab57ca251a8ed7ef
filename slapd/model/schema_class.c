#include "schema.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/schema_def.h"
#include "model/schema_impl.h"

/*
 * Object classes and DIT content rules (RFC 4512 4.1.1, 4.1.6). Superclasses must
 * exist already, so a class cannot descend from itself.
 */

static int
resolve_classes(const struct schema *s, const struct schema_def_list *list,
    const struct object_class *const **out, struct errbuf *e)
{
	const struct object_class **classes = arena_alloc(s->arena, list->count * sizeof *classes);

	for (size_t i = 0; i < list->count; i++) {
		classes[i] = schema_object_class(s, list->items[i]);
		if (classes[i] == NULL)
			return err_set(
			    e, ERR_UNDEFINED, "unknown object class \"%.*s\"", BV(list->items[i]));
	}
	*out = classes;
	return 0;
}

/* The kind is always written, STRUCTURAL when none is given. */
static int
resolve_kind(struct schema_def *def, struct object_class *oc, struct errbuf *e)
{
	bool abstract = def->fields[DEF_ABSTRACT].given;
	bool auxiliary = def->fields[DEF_AUXILIARY].given;
	bool structural = def->fields[DEF_STRUCTURAL].given;

	if (abstract + auxiliary + structural > 1)
		return err_set(
		    e, ERR_SYNTAX, "ABSTRACT, STRUCTURAL and AUXILIARY exclude each other");
	oc->kind = abstract ? CLASS_ABSTRACT : auxiliary ? CLASS_AUXILIARY : CLASS_STRUCTURAL;
	def->fields[DEF_STRUCTURAL].given = oc->kind == CLASS_STRUCTURAL;
	return 0;
}

/* RFC 4512 2.4: abstract classes descend from abstract ones, others from their kind as well. */
static int
check_sups(const struct object_class *oc, struct errbuf *e)
{
	static const char *const KINDS[] = {"ABSTRACT", "STRUCTURAL", "AUXILIARY"};

	for (size_t i = 0; i < oc->sup_count; i++) {
		enum class_kind kind = oc->sups[i]->kind;
		if (kind != CLASS_ABSTRACT && kind != oc->kind)
			return err_set(e, ERR_SYNTAX,
			    "class of kind %s cannot descend from \"%.*s\" of kind %s",
			    KINDS[oc->kind], BV(oc->sups[i]->names[0]), KINDS[kind]);
	}
	return 0;
}

static int
check_unique(const struct schema *s, const struct schema_def *def, struct errbuf *e)
{
	const struct schema_def_list *names = &def->fields[DEF_NAME];
	const struct object_class *other = schema_object_class(s, def->oid);

	if (other != NULL)
		return err_set(e, ERR_EXISTS, "OID %.*s is already that of object class \"%.*s\"",
		    BV(def->oid), BV(other->names[0]));
	for (size_t i = 0; i < names->count; i++) {
		other = schema_object_class(s, names->items[i]);
		if (other != NULL)
			return err_set(e, ERR_EXISTS,
			    "the name \"%.*s\" is already that of object class %.*s",
			    BV(names->items[i]), BV(other->oid));
	}
	return 0;
}

static int
make(struct schema_builder *b, struct schema_def *def, struct object_class *oc, struct errbuf *e)
{
	struct schema *s = b->schema;
	int rc;

	oc->oid = def->oid;
	oc->names = schema_names(s, def, &oc->name_count);
	oc->desc = schema_def_value(def, DEF_DESC);
	oc->obsolete = def->fields[DEF_OBSOLETE].given;
	oc->hidden = b->hidden;
	oc->origin = b->origin;
	oc->sup_count = def->fields[DEF_SUP].count;
	oc->must_count = def->fields[DEF_MUST].count;
	oc->may_count = def->fields[DEF_MAY].count;
	rc = check_unique(s, def, e);
	if (rc == 0)
		rc = resolve_kind(def, oc, e);
	if (rc == 0)
		rc = resolve_classes(s, &def->fields[DEF_SUP], &oc->sups, e);
	if (rc == 0)
		rc = check_sups(oc, e);
	if (rc == 0)
		rc = schema_resolve_attrs(s, &def->fields[DEF_MUST], &oc->must, e);
	return rc == 0 ? schema_resolve_attrs(s, &def->fields[DEF_MAY], &oc->may, e) : rc;
}

static bool
among(const struct object_class *const *classes, size_t count, const struct object_class *oc)
{
	for (size_t i = 0; i < count; i++) {
		if (classes[i] == oc)
			return true;
	}
	return false;
}

/* Flattens the superclasses, so that no later walk meets one twice. */
static void
collect_ancestors(struct schema *s, struct object_class *oc)
{
	size_t room = oc->sup_count, count = 0;
	const struct object_class **all;

	for (size_t i = 0; i < oc->sup_count; i++)
		room += oc->sups[i]->ancestor_count;
	all = arena_alloc(s->arena, room * sizeof *all);
	for (size_t i = 0; i < oc->sup_count; i++) {
		const struct object_class *sup = oc->sups[i];
		if (!among(all, count, sup))
			all[count++] = sup;
		for (size_t k = 0; k < sup->ancestor_count; k++) {
			if (!among(all, count, sup->ancestors[k]))
				all[count++] = sup->ancestors[k];
		}
	}
	oc->ancestors = all;
	oc->ancestor_count = count;
}

void
schema_insert_class(struct schema *s, struct object_class *oc)
{
	oc->index = (unsigned)s->classes.count;
	schema_list_add(s, &s->classes, oc);
	names_put(&s->class_names, s->arena, oc->oid, oc);
	for (size_t i = 0; i < oc->name_count; i++)
		names_put(&s->class_names, s->arena, oc->names[i], oc);
}

int
schema_add_object_class(struct schema_builder *b, struct bv text, struct errbuf *e)
{
	struct schema *s = b->schema;
	struct schema_def def;
	struct object_class *oc;
	int rc = schema_read(b, SCHEMA_DEF_CLASS, text, &def, e);

	if (rc != 0)
		return rc;
	oc = arena_zalloc(s->arena, 1, sizeof *oc);
	rc = make(b, &def, oc, e);
	if (rc != 0)
		return err_prefix(e, rc, "object class \"%.*s\"", BV(schema_label(&def)));
	collect_ancestors(s, oc);
	oc->definition = schema_def_write(s->arena, &def);
	schema_insert_class(s, oc);
	return 0;
}

bool
schema_class_is_a(const struct object_class *sub, const struct object_class *sup)
{
	return sub == sup || among(sub->ancestors, sub->ancestor_count, sup);
}

static int
make_content_rule(
    const struct schema *s, const struct schema_def *def, struct content_rule *r, struct errbuf *e)
{
	const struct schema_def_list *fields = def->fields;
	int rc;

	r->structural = schema_object_class(s, def->oid);
	if (r->structural == NULL || r->structural->kind != CLASS_STRUCTURAL)
		return err_set(e, ERR_UNDEFINED, "%.*s is not the OID of a structural object class",
		    BV(def->oid));
	if (schema_content_rule(s, r->structural) != NULL)
		return err_set(e, ERR_EXISTS, "object class \"%.*s\" has a content rule already",
		    BV(r->structural->names[0]));
	rc = resolve_classes(s, &fields[DEF_AUX], &r->aux, e);
	for (size_t i = 0; rc == 0 && i < fields[DEF_AUX].count; i++) {
		if (r->aux[i]->kind != CLASS_AUXILIARY)
			return err_set(e, ERR_SYNTAX, "AUX class \"%.*s\" is not auxiliary",
			    BV(r->aux[i]->names[0]));
	}
	if (rc == 0)
		rc = schema_resolve_attrs(s, &fields[DEF_MUST], &r->must, e);
	if (rc == 0)
		rc = schema_resolve_attrs(s, &fields[DEF_MAY], &r->may, e);
	return rc == 0 ? schema_resolve_attrs(s, &fields[DEF_NOT], &r->not_allowed, e) : rc;
}

int
schema_add_content_rule(struct schema_builder *b, struct bv text, struct errbuf *e)
{
	struct schema *s = b->schema;
	struct schema_def def;
	struct content_rule *r;
	int rc = schema_read(b, SCHEMA_DEF_CONTENT, text, &def, e);

	if (rc != 0)
		return rc;
	r = arena_zalloc(s->arena, 1, sizeof *r);
	rc = make_content_rule(s, &def, r, e);
	if (rc != 0)
		return err_prefix(e, rc, "content rule \"%.*s\"", BV(schema_label(&def)));
	r->names = schema_names(s, &def, &r->name_count);
	r->aux_count = def.fields[DEF_AUX].count;
	r->must_count = def.fields[DEF_MUST].count;
	r->may_count = def.fields[DEF_MAY].count;
	r->not_count = def.fields[DEF_NOT].count;
	r->obsolete = def.fields[DEF_OBSOLETE].given;
	r->origin = b->origin;
	r->definition = schema_def_write(s->arena, &def);
	schema_list_add(s, &s->content_rules, r);
	return 0;
}

const struct content_rule *
schema_content_rule(const struct schema *s, const struct object_class *oc)
{
	for (size_t i = 0; i < s->content_rules.count; i++) {
		const struct content_rule *r = s->content_rules.items[i];
		if (r->structural == oc)
			return r;
	}
	return NULL;
}

size_t
schema_content_rule_count(const struct schema *s)
{
	return s->content_rules.count;
}

const struct content_rule *
schema_content_rule_at(const struct schema *s, size_t index)
{
	return s->content_rules.items[index];
}
