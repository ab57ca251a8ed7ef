#include "schema.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/rule.h"
#include "model/rule_table.h"
#include "model/schema_def.h"
#include "model/schema_impl.h"

/*
 * Attribute types (RFC 4512 4.1.2). A type inherits syntax and rules from its
 * superior, which must exist already: chains of superiors cannot be circular.
 */

/* Resolves a rule of the wanted kind; leaves *out when the field is absent. */
static int
resolve_rule(const struct schema *s, struct bv name, enum rule_kind kind,
    const struct match_rule **out, struct errbuf *e)
{
	static const char *const WHAT[] = {"an equality", "an ordering", "a substrings"};
	const struct match_rule *r;

	if (name.p == NULL)
		return 0;
	r = schema_match_rule(s, name);
	if (r == NULL)
		return err_set(e, ERR_UNDEFINED, "unknown matching rule \"%.*s\"", BV(name));
	if (r->kind != kind && !(kind == RULE_EQUALITY && r->kind == RULE_APPROX))
		return err_set(
		    e, ERR_SYNTAX, "\"%.*s\" is not %s matching rule", BV(name), WHAT[kind]);
	*out = r;
	return 0;
}

static int
resolve_rules(
    const struct schema *s, const struct schema_def *def, struct attr_type *t, struct errbuf *e)
{
	int rc =
	    resolve_rule(s, schema_def_value(def, DEF_EQUALITY), RULE_EQUALITY, &t->equality, e);

	if (rc == 0)
		rc = resolve_rule(
		    s, schema_def_value(def, DEF_ORDERING), RULE_ORDERING, &t->ordering, e);
	if (rc == 0)
		rc = resolve_rule(
		    s, schema_def_value(def, DEF_SUBSTR), RULE_SUBSTRINGS, &t->substr, e);
	if (rc != 0)
		return rc;
	if (t->equality == NULL && (t->ordering != NULL || t->substr != NULL))
		return err_set(e, ERR_SYNTAX, "ORDERING and SUBSTR need an EQUALITY rule as well");
	t->approx = rule_table_approx(t->equality);
	return 0;
}

/* A rule that cannot read the values would make every value of the type invalid. */
static int
check_rules(const struct attr_type *t, struct errbuf *e)
{
	const struct match_rule *rules[] = {t->equality, t->ordering};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (rules[i] != NULL && !rule_applies_to(rules[i], t))
			return err_set(e, ERR_SYNTAX,
			    "matching rule \"%.*s\" cannot compare values of syntax %.*s",
			    BV(rules[i]->name), BV(t->syntax->oid));
	}
	return 0;
}

static int
resolve_sup(
    const struct schema *s, const struct schema_def *def, struct attr_type *t, struct errbuf *e)
{
	const struct schema_def_list *sups = &def->fields[DEF_SUP];

	if (!sups->given)
		return 0;
	if (sups->count != 1)
		return err_set(
		    e, ERR_SYNTAX, "an attribute type has one superior, not %zu", sups->count);
	t->sup = schema_attr_type(s, sups->items[0]);
	if (t->sup == NULL)
		return err_set(e, ERR_UNDEFINED, "unknown superior attribute type \"%.*s\"",
		    BV(sups->items[0]));
	t->equality = t->sup->equality;
	t->ordering = t->sup->ordering;
	t->substr = t->sup->substr;
	t->syntax = t->sup->syntax;
	t->bound = t->sup->bound;
	return 0;
}

static int
resolve_syntax(
    const struct schema *s, struct schema_def *def, struct attr_type *t, struct errbuf *e)
{
	struct schema_def_list *list = &def->fields[DEF_SYNTAX];
	struct bv oid;

	if (!list->given) {
		if (t->syntax == NULL)
			return err_set(e, ERR_SYNTAX,
			    "an attribute type needs a SYNTAX or a SUP to inherit it from");
		return 0;
	}
	if (schema_resolve_oid(s, list->items[0], &oid, e) != 0)
		return ERR_SYNTAX;
	t->syntax = schema_syntax(s, oid);
	if (t->syntax == NULL)
		return err_set(e, ERR_UNDEFINED, "unknown syntax \"%.*s\"", BV(oid));
	t->bound = def->bound;
	list->items[0] = oid;
	return 0;
}

static int
resolve_usage(struct schema_def *def, struct attr_type *t, struct errbuf *e)
{
	static const char *const USAGES[] = {
	    [ATTR_USER_APPLICATIONS] = "userApplications",
	    [ATTR_DIRECTORY_OPERATION] = "directoryOperation",
	    [ATTR_DISTRIBUTED_OPERATION] = "distributedOperation",
	    [ATTR_DSA_OPERATION] = "dSAOperation",
	};
	struct bv usage = schema_def_value(def, DEF_USAGE);

	for (size_t i = 0; usage.p != NULL && i < sizeof USAGES / sizeof *USAGES; i++) {
		if (bv_is(usage, USAGES[i])) {
			t->usage = (enum attr_usage)i;
			def->fields[DEF_USAGE].given = i != ATTR_USER_APPLICATIONS;
			return 0;
		}
	}
	if (usage.p == NULL)
		return 0;
	return err_set(e, ERR_SYNTAX,
	    "unknown USAGE \"%.*s\": userApplications, directoryOperation, distributedOperation or "
	    "dSAOperation was expected",
	    BV(usage));
}

static int
check_flags(const struct attr_type *t, struct errbuf *e)
{
	if (t->collective && t->single_value)
		return err_set(e, ERR_SYNTAX, "a COLLECTIVE attribute cannot be SINGLE-VALUE");
	if (t->no_user_modification && t->usage == ATTR_USER_APPLICATIONS)
		return err_set(e, ERR_SYNTAX,
		    "NO-USER-MODIFICATION needs a USAGE other than userApplications");
	if (t->sup != NULL && t->sup->usage != t->usage)
		return err_set(e, ERR_SYNTAX, "USAGE differs from that of the superior \"%.*s\"",
		    BV(t->sup->names[0]));
	if (t->sup != NULL && t->sup->collective && !t->collective)
		return err_set(e, ERR_SYNTAX,
		    "the superior \"%.*s\" is COLLECTIVE, so this must be too",
		    BV(t->sup->names[0]));
	return 0;
}

static int
check_unique(const struct schema *s, const struct schema_def *def, struct errbuf *e)
{
	const struct schema_def_list *names = &def->fields[DEF_NAME];
	const struct attr_type *other = schema_attr_type(s, def->oid);

	if (other != NULL)
		return err_set(e, ERR_EXISTS, "OID %.*s is already that of attribute type \"%.*s\"",
		    BV(def->oid), BV(other->names[0]));
	for (size_t i = 0; i < names->count; i++) {
		other = schema_attr_type(s, names->items[i]);
		if (other != NULL)
			return err_set(e, ERR_EXISTS,
			    "the name \"%.*s\" is already that of attribute type %.*s",
			    BV(names->items[i]), BV(other->oid));
	}
	return 0;
}

static int
make(struct schema_builder *b, struct schema_def *def, struct attr_type *t, struct errbuf *e)
{
	struct schema *s = b->schema;
	int rc;

	t->oid = def->oid;
	t->names = schema_names(s, def, &t->name_count);
	t->desc = schema_def_value(def, DEF_DESC);
	t->single_value = def->fields[DEF_SINGLE_VALUE].given;
	t->collective = def->fields[DEF_COLLECTIVE].given;
	t->no_user_modification = def->fields[DEF_NO_USER_MODIFICATION].given;
	t->obsolete = def->fields[DEF_OBSOLETE].given;
	t->hidden = b->hidden;
	t->origin = b->origin;
	rc = check_unique(s, def, e);
	if (rc == 0)
		rc = resolve_sup(s, def, t, e);
	if (rc == 0)
		rc = resolve_syntax(s, def, t, e);
	if (rc == 0)
		rc = resolve_rules(s, def, t, e);
	if (rc == 0)
		rc = resolve_usage(def, t, e);
	if (rc == 0)
		rc = check_flags(t, e);
	return rc == 0 ? check_rules(t, e) : rc;
}

void
schema_insert_attr(struct schema *s, struct attr_type *t)
{
	t->index = (unsigned)s->attrs.count;
	schema_list_add(s, &s->attrs, t);
	names_put(&s->attr_names, s->arena, t->oid, t);
	for (size_t i = 0; i < t->name_count; i++)
		names_put(&s->attr_names, s->arena, t->names[i], t);
}

int
schema_add_attr_type(struct schema_builder *b, struct bv text, struct errbuf *e)
{
	struct schema *s = b->schema;
	struct schema_def def;
	struct attr_type *t;
	int rc = schema_read(b, SCHEMA_DEF_ATTR, text, &def, e);

	if (rc != 0)
		return rc;
	t = arena_zalloc(s->arena, 1, sizeof *t);
	rc = make(b, &def, t, e);
	if (rc != 0)
		return err_prefix(e, rc, "attribute type \"%.*s\"", BV(schema_label(&def)));
	t->definition = schema_def_write(s->arena, &def);
	schema_insert_attr(s, t);
	return 0;
}

bool
schema_attr_is_a(const struct attr_type *sub, const struct attr_type *sup)
{
	for (; sub != NULL; sub = sub->sup) {
		if (sub == sup)
			return true;
	}
	return false;
}

int
schema_resolve_attrs(const struct schema *s, const struct schema_def_list *list,
    const struct attr_type *const **out, struct errbuf *e)
{
	const struct attr_type **types = arena_alloc(s->arena, list->count * sizeof *types);

	for (size_t i = 0; i < list->count; i++) {
		types[i] = schema_attr_type(s, list->items[i]);
		if (types[i] == NULL)
			return err_set(e, ERR_UNDEFINED, "unknown attribute type \"%.*s\"",
			    BV(list->items[i]));
	}
	*out = types;
	return 0;
}
