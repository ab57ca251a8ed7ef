#include "decide_impl.h"

#include "base/arena.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/schema.h"
#include "wire/ldap.h"
#include "wire/url.h"

/*
 * Group membership. A static group lists DNs. A dynamic one lists ldap:/// URLs: then the
 * requestor's own entry is asked for with the URL's filter, so that the group is never
 * gathered. Answers are kept for the operation. The entry asked about, when it is the group, is
 * taken as it stands there, whatever its classes.
 */

enum { MAX_URLS = 100 };

/* Values of the member attribute. */
struct members {
	const struct bv *values, *normals;
	int count;
};

static bool
has_value(const struct members *m, struct bv value)
{
	for (int i = 0; i < m->count; i++) {
		if (bv_eq(m->normals[i], value))
			return true;
	}
	return false;
}

static bool
in_scope(const struct url *u, struct bv base, struct bv dn)
{
	switch (u->scope) {
	case LDAP_SCOPE_SINGLE_LEVEL:
		return dn.n > 0 && bv_eq(dn_text_parent(dn), base);
	case LDAP_SCOPE_WHOLE_SUBTREE:
		return dn_normal_is_under(dn, base);
	case LDAP_SCOPE_SUBORDINATES:
		return dn.n > base.n && dn_normal_is_under(dn, base);
	default:
		return bv_eq(dn, base);
	}
}

/* Returns whether the URL finds dn: asked by a search of that entry alone. */
static bool
url_holds(struct decide *d, struct bv text, struct bv dn)
{
	struct arena *a = d->env.scratch;
	const struct bv *found = NULL;
	struct dn base;
	struct url u;

	if (url_parse(a, text, &u, NULL) != 0 || u.scheme != URL_LDAP || u.host.n > 0 ||
	    u.attr_count > 0 || u.extension_count > 0 || d->env.search == NULL)
		return false;
	if (dn_parse(d->rules->schema, a, u.dn, &base, NULL) != 0 || !in_scope(&u, base.normal, dn))
		return false;
	u.has_dn = true;
	u.dn = dn;
	u.scope = LDAP_SCOPE_BASE_OBJECT;
	int count = d->env.search(d->env.arg, url_print(a, &u), a, &found);
	d->failed = d->failed || count == ACL_ENV_FAILED;
	return count == 1 && bv_eq(found[0], dn);
}

static bool
is_url_type(const struct decide *d, const struct attr_desc *desc)
{
	const struct attr_type *t = schema_attr_type(d->rules->schema, BV_LIT("labeledURI"));

	return t != NULL && schema_attr_is_a(desc->type, t);
}

static bool
lists_member(struct decide *d, const struct rules_group *g, const struct members *m, struct bv dn)
{
	if (!is_url_type(d, g->attr))
		return has_value(m, dn);
	for (int i = 0; i < m->count && i < MAX_URLS; i++) {
		if (url_holds(d, m->values[i], dn))
			return true;
	}
	return false;
}

static bool
has_class(struct decide *d, const struct rules_group *g, struct bv group_dn)
{
	const struct schema *s = d->rules->schema;
	const struct attr_desc *oc = desc_of_type(s, schema_known(s)->object_class);
	const struct bv *values, *normals;

	int count = d->env.values(d->env.arg, group_dn, oc, d->env.scratch, &values, &normals);
	d->failed = d->failed || count == ACL_ENV_FAILED;
	for (int i = 0; i < count; i++) {
		if (schema_object_class(s, values[i]) == g->oc)
			return true;
	}
	return false;
}

static bool
look_up(struct decide *d, const struct rules_group *g, struct bv group_dn, struct bv dn)
{
	struct members m;

	if (d->env.values == NULL || !has_class(d, g, group_dn))
		return false;
	m.count =
	    d->env.values(d->env.arg, group_dn, g->attr, d->env.scratch, &m.values, &m.normals);
	d->failed = d->failed || m.count == ACL_ENV_FAILED;
	return lists_member(d, g, &m, dn);
}

static bool
kept(struct decide *d, const struct rules_group *g, struct bv group_dn, struct bv dn)
{
	enum { MAX_KEPT = 256 };
	struct decide_group *k;
	unsigned count = 0;

	for (k = d->groups; k != NULL; k = k->next, count++) {
		if (k->group->oc == g->oc && k->group->attr == g->attr && bv_eq(k->dn, group_dn))
			return k->holds;
	}
	struct arena_mark mark = arena_mark(d->env.scratch);
	bool holds = look_up(d, g, group_dn, dn);
	if (d->env.scratch != d->env.arena)
		arena_rewind(d->env.scratch, mark);
	if (count >= MAX_KEPT || d->failed)
		return holds;
	k = arena_alloc(d->env.arena, sizeof(*k));
	*k = (struct decide_group){d->groups, arena_dup(d->env.arena, group_dn), g, holds};
	d->groups = k;
	return holds;
}

bool
decide_group_holds(
    struct decide *d, struct decide_ask *ask, const struct rules_group *g, struct bv dn)
{
	struct bv group_dn = g->dn.normal, text;
	struct members m;
	struct dn parsed;

	if (dn.n == 0)
		return false;
	if (g->dn.expand) {
		if (!decide_fill(ask, g->dn.text, false, &text) ||
		    dn_parse(d->rules->schema, d->env.scratch, text, &parsed, NULL) != 0)
			return false;
		group_dn = parsed.normal;
	}
	if (ask == NULL || !bv_eq(group_dn, ask->entry->normal_dn))
		return kept(d, g, group_dn, dn);
	m.count = decide_entry_values(ask, g->attr, d->env.scratch, &m.values, &m.normals);
	return lists_member(d, g, &m, dn);
}
