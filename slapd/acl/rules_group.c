#include "acl/rules_impl.h"

#include "base/err.h"
#include "model/desc.h"
#include "model/schema.h"

/*
 *	group = "group" [ "/" class [ "/" attribute ] ] [ "." style ] "=" DN
 *
 * groupOfNames and member when not given. The attribute must hold DNs, or URLs of
 * searches (labeledURI and its subtypes), and the class must know it.
 */

static bool
has_attr(const struct attr_type *const *list, size_t count, const struct attr_type *t)
{
	for (size_t i = 0; i < count; i++) {
		if (schema_attr_is_a(t, list[i]))
			return true;
	}
	return false;
}

static bool
class_knows(const struct object_class *oc, const struct attr_type *t)
{
	return has_attr(oc->must, oc->must_count, t) || has_attr(oc->may, oc->may_count, t);
}

static bool
class_allows(const struct object_class *oc, const struct attr_type *t)
{
	bool found = class_knows(oc, t);

	for (size_t i = 0; !found && i < oc->ancestor_count; i++)
		found = class_knows(oc->ancestors[i], t);
	return found;
}

static bool
is_url(const struct schema *s, const struct attr_type *t)
{
	const struct attr_type *uri = schema_attr_type(s, BV_LIT("labeledURI"));

	return uri != NULL && schema_attr_is_a(t, uri);
}

static int
read_class(struct rules_reader *r, struct bv name, struct rules_group *g)
{
	if (name.n == 0)
		name = BV_LIT("groupOfNames");
	g->oc = schema_object_class(r->schema, name);
	return g->oc != NULL ? 0 : rules_unknown_attr(r, name, false, true);
}

static int
read_member(
    struct rules_reader *r, const struct rules_word *w, struct bv name, struct rules_group *g)
{
	struct errbuf why;

	if (name.n == 0)
		name = BV_LIT("member");
	if (desc_parse(r->schema, r->arena, name, &g->attr, &why) != 0)
		return rules_unknown_attr(r, name, true, false);
	const struct attr_type *t = g->attr->type;
	if (!rules_holds_dns(t, true) && !is_url(r->schema, t))
		return err_set(r->e, ERR_CONFIG,
		    "%.*s: the values of %.*s are neither DNs nor search URLs", BV(w->whole),
		    BV(t->names[0]));
	if (!class_allows(g->oc, t))
		return err_set(r->e, ERR_CONFIG,
		    "%.*s: class %.*s has no attribute %.*s; write group/%.*s/<attribute>=",
		    BV(w->whole), BV(g->oc->names[0]), BV(t->names[0]), BV(g->oc->names[0]));
	return 0;
}

int
rules_group_read(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	struct rules_group *g = &who->group;
	size_t slash = bv_find(w->options, 0, '/');
	struct bv attr = BV_NONE;
	int code;

	if (slash < w->options.n)
		attr = bv_from(w->options, slash + 1);
	code = read_class(r, bv_make(w->options.p, slash), g);
	if (code == 0)
		code = read_member(r, w, attr, g);
	g->dn.text = w->value;
	if (code == 0 && (w->expand || w->style == SPELT_EXPAND || w->style == SPELT_REGEX))
		code = rules_template_check(r, w->value, false, &g->dn.expand);
	if (code == 0 && !g->dn.expand)
		code = rules_dn_fixed(r, w->value, &g->dn);
	return code;
}
