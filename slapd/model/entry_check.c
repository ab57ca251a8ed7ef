#include "entry.h"

#include "base/arena.h"
#include "base/err.h"
#include "desc.h"
#include "schema.h"
#include "wire/ldap.h"

/*
 * A complete entry against the schema (RFC 4512 2.4, 2.5, 4.1.6), in the order in which
 * administrators are used to see the faults reported. The classes of the entry and their
 * superiors are gathered once, each visited once, so that a class with many ways up costs no more.
 */

struct check {
	const struct schema *schema;
	const struct entry *entry;
	bool manage;
	const struct attr *object_class;
	const struct object_class *structural;
	const struct content_rule *rule;     /* NULL: none governs the entry */
	const struct object_class **classes; /* the listed ones and their superiors */
	size_t class_count;
	bool *class_seen; /* by class index */
	bool *present;	  /* by type index: the entry has it */
	bool *allowed;	  /* by type index: a class or the content rule names it */
	struct errbuf *text;
};

static const struct object_class *
listed_class(const struct check *c, size_t i)
{
	return schema_object_class(c->schema, c->object_class->values[i]);
}

static int
unrecognized(struct bv name, struct errbuf *text)
{
	return err_set(
	    text, LDAP_OBJECT_CLASS_VIOLATION, "unrecognized objectClass '%.*s'", BV(name));
}

/* Returns a structural class of the attribute that descends from both, NULL when there is none. */
static const struct object_class *
common_descendant(const struct schema *s, const struct attr *object_class,
    const struct object_class *x, const struct object_class *y)
{
	for (size_t i = 0; i < object_class->count; i++) {
		const struct object_class *oc = schema_object_class(s, object_class->values[i]);
		if (oc != NULL && oc->kind == CLASS_STRUCTURAL && schema_class_is_a(oc, x) &&
		    schema_class_is_a(oc, y))
			return oc;
	}
	return NULL;
}

int
entry_structural(const struct schema *s, const struct attr *object_class,
    const struct object_class **out, struct errbuf *text)
{
	const struct object_class *lowest = NULL;

	for (size_t i = 0; i < object_class->count; i++) {
		const struct object_class *oc = schema_object_class(s, object_class->values[i]);
		if (oc == NULL)
			return unrecognized(object_class->values[i], text);
		if (oc->kind != CLASS_STRUCTURAL)
			continue;
		const struct object_class *both =
		    lowest == NULL ? oc : common_descendant(s, object_class, lowest, oc);
		if (both == NULL)
			return err_set(text, LDAP_OBJECT_CLASS_VIOLATION,
			    "invalid structural object class chain (%.*s/%.*s)",
			    BV(lowest->names[0]), BV(oc->names[0]));
		lowest = both;
	}
	if (lowest == NULL)
		return err_set(
		    text, LDAP_OBJECT_CLASS_VIOLATION, "no structural object class provided");
	*out = lowest;
	return 0;
}

static bool
is_operational(const struct attr_type *t)
{
	return t->usage != ATTR_USER_APPLICATIONS;
}

static bool
is_collective_subentry(const struct check *c)
{
	const struct object_class *oc =
	    schema_object_class(c->schema, BV_LIT("collectiveAttributeSubentry"));

	return oc != NULL && entry_is_class(c->schema, c->entry, oc);
}

/* RFC 4512 2.6.2 and RFC 3296 2: these two make sense in their own classes alone. */
static int
check_pointers(const struct check *c)
{
	const struct schema_known *k = schema_known(c->schema);
	const struct {
		const struct attr_type *type;
		const struct object_class *oc;
	} rows[] = {{k->aliased_object_name, k->alias}, {k->ref, k->referral}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (entry_find_type(c->entry, rows[i].type) != NULL &&
		    !entry_is_class(c->schema, c->entry, rows[i].oc))
			return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
			    "attribute '%.*s' only allowed in the object class '%.*s'",
			    BV(rows[i].type->names[0]), BV(rows[i].oc->names[0]));
	}
	return 0;
}

static int
check_attrs(const struct check *c)
{
	bool collective_allowed = is_collective_subentry(c);

	for (size_t i = 0; i < c->entry->count; i++) {
		const struct attr *a = &c->entry->attrs[i];
		const struct attr_type *t = a->desc->type;
		if (t->single_value && a->count > 1)
			return err_set(c->text, LDAP_CONSTRAINT_VIOLATION,
			    "attribute '%.*s' cannot have multiple values", BV(a->desc->name));
		if (t->collective && !collective_allowed)
			return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
			    "'%.*s' can only appear in collectiveAttributeSubentry",
			    BV(a->desc->name));
	}
	return check_pointers(c);
}

static int
naming_fault(struct errbuf *text, const struct attr_type *t, const char *fault)
{
	return err_set(
	    text, LDAP_NAMING_VIOLATION, "naming attribute '%.*s' %s", BV(t->names[0]), fault);
}

static int
check_naming_type(const struct check *c, const struct attr_type *t)
{
	if (is_operational(t))
		return naming_fault(c->text, t, "is operational");
	if (t->collective)
		return naming_fault(c->text, t, "is collective");
	if (t->obsolete && !c->manage)
		return naming_fault(c->text, t, "is obsolete");
	if (t->equality == NULL)
		return naming_fault(c->text, t, "has no equality matching rule");
	return 0;
}

/* RFC 4512 2.3.1: the values of the RDN are values of the entry. */
static int
check_naming(const struct check *c)
{
	const struct rdn *rdn = c->entry->dn.rdns;

	for (size_t i = 0; c->entry->dn.rdn_count > 0 && i < rdn->ava_count; i++) {
		const struct ava *ava = &rdn->avas[i];
		int rc = check_naming_type(c, ava->desc->type);
		if (rc != 0)
			return rc;
		const struct attr *a = entry_find(c->entry, ava->desc);
		if (a == NULL)
			return naming_fault(c->text, ava->desc->type, "is not present in entry");
		if (!entry_attr_has(a, ava->normal))
			return err_set(c->text, LDAP_NAMING_VIOLATION,
			    "value of naming attribute '%.*s' is not present in entry",
			    BV(ava->desc->name));
	}
	return 0;
}

static bool
has_type(const struct check *c, const struct attr_type *t)
{
	return c->present[t->index];
}

static int
check_content_rule(const struct check *c)
{
	const struct content_rule *r = c->rule;

	if (r == NULL)
		return 0;
	struct bv name = r->name_count > 0 ? r->names[0] : r->structural->names[0];
	if (r->obsolete && !c->manage)
		return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
		    "content rule '%.*s' is obsolete", BV(name));
	for (size_t i = 0; i < r->must_count; i++)
		if (!has_type(c, r->must[i]))
			return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
			    "content rule '%.*s' requires attribute '%.*s'", BV(name),
			    BV(r->must[i]->names[0]));
	for (size_t i = 0; i < r->not_count; i++)
		if (has_type(c, r->not_allowed[i]))
			return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
			    "content rule '%.*s' precluded attribute '%.*s'", BV(name),
			    BV(r->not_allowed[i]->names[0]));
	return 0;
}

/* An abstract class may be listed beside a class that descends from it; top always may. */
static bool
is_instantiated(const struct check *c, const struct object_class *abstract)
{
	if (abstract == schema_known(c->schema)->top)
		return true;
	for (size_t i = 0; i < c->object_class->count; i++) {
		const struct object_class *oc = listed_class(c, i);
		if (oc != NULL && oc->kind != CLASS_ABSTRACT && schema_class_is_a(oc, abstract))
			return true;
	}
	return false;
}

static bool
is_aux_allowed(const struct content_rule *r, const struct object_class *oc)
{
	for (size_t i = 0; i < r->aux_count; i++)
		if (schema_class_is_a(r->aux[i], oc))
			return true;
	return false;
}

static int
check_class(const struct check *c, const struct object_class *oc)
{
	if (oc->obsolete && !c->manage)
		return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
		    "objectClass '%.*s' is OBSOLETE", BV(oc->names[0]));
	if (oc->kind == CLASS_ABSTRACT && !is_instantiated(c, oc))
		return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
		    "instantiation of abstract objectClass '%.*s' not allowed", BV(oc->names[0]));
	if (oc->kind == CLASS_AUXILIARY && c->rule != NULL && !is_aux_allowed(c->rule, oc))
		return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
		    "class '%.*s' not allowed by content rule '%.*s'", BV(oc->names[0]),
		    BV(c->rule->name_count > 0 ? c->rule->names[0] : c->structural->names[0]));
	return 0;
}

static void
gather(struct check *c, const struct object_class *oc)
{
	if (c->class_seen[oc->index])
		return;
	c->class_seen[oc->index] = true;
	c->classes[c->class_count++] = oc;
}

static int
check_must(const struct check *c, const struct object_class *listed, const struct object_class *oc)
{
	for (size_t i = 0; i < oc->must_count; i++) {
		c->allowed[oc->must[i]->index] = true;
		if (!has_type(c, oc->must[i]))
			return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION,
			    "object class '%.*s' requires attribute '%.*s'", BV(listed->names[0]),
			    BV(oc->must[i]->names[0]));
	}
	for (size_t i = 0; i < oc->may_count; i++)
		c->allowed[oc->may[i]->index] = true;
	return 0;
}

/* Checks one listed class and those of its superiors that were not met before. */
static int
check_listed(struct check *c, const struct object_class *listed)
{
	size_t next = c->class_count;
	int rc = check_class(c, listed);

	if (rc != 0)
		return rc;
	for (gather(c, listed); next < c->class_count; next++) {
		const struct object_class *oc = c->classes[next];
		rc = check_must(c, listed, oc);
		if (rc != 0)
			return rc;
		for (size_t i = 0; i < oc->sup_count; i++)
			gather(c, oc->sups[i]);
	}
	return 0;
}

static int
check_classes(struct check *c)
{
	for (size_t i = 0; i < c->object_class->count; i++) {
		const struct object_class *oc = listed_class(c, i);
		int rc = oc == NULL ? unrecognized(c->object_class->values[i], c->text)
				    : check_listed(c, oc);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static void
allow_by_rule(const struct check *c)
{
	const struct content_rule *r = c->rule;

	for (size_t i = 0; r != NULL && i < r->must_count; i++)
		c->allowed[r->must[i]->index] = true;
	for (size_t i = 0; r != NULL && i < r->may_count; i++)
		c->allowed[r->may[i]->index] = true;
}

static int
check_allowed(const struct check *c)
{
	const struct schema_known *known = schema_known(c->schema);

	allow_by_rule(c);
	c->allowed[known->object_class->index] = true;
	if (c->class_seen[known->extensible_object->index])
		return 0;
	for (size_t i = 0; i < c->entry->count; i++) {
		const struct attr_desc *d = c->entry->attrs[i].desc;
		if (is_operational(d->type) || (!d->type->undefined && c->allowed[d->type->index]))
			continue;
		return err_set(c->text, LDAP_OBJECT_CLASS_VIOLATION, "attribute '%.*s' not allowed",
		    BV(d->name));
	}
	return 0;
}

static void
take_tables(struct check *c, struct arena *a)
{
	size_t types = schema_attr_count(c->schema), classes = schema_class_count(c->schema);

	c->classes = arena_zalloc(a, classes, sizeof(struct object_class *));
	c->class_seen = arena_zalloc(a, classes, sizeof(bool));
	c->present = arena_zalloc(a, types, sizeof(bool));
	c->allowed = arena_zalloc(a, types, sizeof(bool));
	for (size_t i = 0; i < c->entry->count; i++) {
		const struct attr_type *t = c->entry->attrs[i].desc->type;
		if (!t->undefined)
			c->present[t->index] = true;
	}
}

static int
check_contents(struct check *c)
{
	int rc = check_content_rule(c);

	if (rc == 0)
		rc = check_classes(c);
	return rc != 0 ? rc : check_allowed(c);
}

int
entry_check_attrs(const struct schema *s, const struct entry *e, struct errbuf *text)
{
	const struct check c = {.schema = s, .entry = e, .text = text};

	return check_attrs(&c);
}

int
entry_check(const struct schema *s, const struct entry *e, bool manage,
    const struct object_class **structural_out, struct errbuf *text)
{
	struct check c = {.schema = s, .entry = e, .manage = manage, .text = text};
	int rc = check_attrs(&c);

	if (rc != 0)
		return rc;
	c.object_class = entry_find(e, desc_of_type(s, schema_known(s)->object_class));
	if (c.object_class == NULL)
		return err_set(text, LDAP_OBJECT_CLASS_VIOLATION, "no objectClass attribute");
	rc = entry_structural(s, c.object_class, &c.structural, text);
	if (rc == 0)
		rc = check_naming(&c);
	if (rc != 0)
		return rc;
	c.rule = schema_content_rule(s, c.structural);
	struct arena_mark mark = arena_mark(e->arena);
	take_tables(&c, e->arena);
	rc = check_contents(&c);
	arena_rewind(e->arena, mark);
	if (rc == 0 && structural_out != NULL)
		*structural_out = c.structural;
	return rc;
}

int
entry_check_writable(const struct attr_desc *desc, bool manage, struct errbuf *text)
{
	if (desc->type->no_user_modification && !manage)
		return err_set(text, LDAP_CONSTRAINT_VIOLATION,
		    "%.*s: no user modification allowed", BV(desc->name));
	if (desc->type->obsolete && !manage)
		return err_set(
		    text, LDAP_CONSTRAINT_VIOLATION, "%.*s: attribute is obsolete", BV(desc->name));
	return 0;
}

int
entry_check_structural_change(const struct object_class *from, const struct object_class *to,
    bool manage, struct errbuf *text)
{
	if (from == to || manage)
		return 0;
	return err_set(text, LDAP_NO_OBJECT_CLASS_MODS,
	    "structural object class modification from '%.*s' to '%.*s' not allowed",
	    BV(from->names[0]), BV(to->names[0]));
}
