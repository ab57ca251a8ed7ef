#include "decide_impl.h"

#include "acl/sets.h"
#include "base/arena.h"
#include "model/desc.h"
#include "model/rule_table.h"
#include "model/schema.h"

/* Set expressions: what sets_hold asks, answered from the entry asked about and the directory. */

struct source {
	struct decide *d;
	struct decide_ask *ask;
};

/* Normal forms, but class names and the like as they are written. */
static const struct bv *
texts(const struct attr_desc *desc, const struct bv *values, const struct bv *normals)
{
	const struct match_rule *r = desc->type->equality;

	return r == NULL || r->family == FAMILY_OID ? values : normals;
}

static int
values_of(void *arg, struct bv normal_dn, const struct attr_desc *desc, struct arena *a,
    const struct bv **texts_out)
{
	const struct source *s = arg;
	const struct acl_env *env = &s->d->env;
	const struct bv *values = NULL, *normals = NULL;
	int count = -1;

	if (s->ask != NULL && bv_eq(normal_dn, s->ask->entry->normal_dn))
		count = decide_entry_values(s->ask, desc, a, &values, &normals);
	else if (env->values != NULL)
		count = env->values(env->arg, normal_dn, desc, a, &values, &normals);
	*texts_out = texts(desc, values, normals);
	return count;
}

static int
search(void *arg, struct bv url, struct arena *a, const struct bv **dns_out)
{
	const struct source *s = arg;
	const struct acl_env *env = &s->d->env;

	return env->search != NULL ? env->search(env->arg, url, a, dns_out) : -1;
}

static bool
fill(void *arg, struct bv literal, struct arena *a, struct bv *out)
{
	const struct source *s = arg;

	(void)a;
	return decide_fill(s->ask, literal, false, out);
}

bool
decide_set_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w)
{
	struct source s = {d, ask};
	struct sets_env env = {.schema = d->rules->schema,
	    .arena = d->env.scratch,
	    .user = w->real ? d->who.real_normal_dn : d->who.normal_dn,
	    .self = ask != NULL ? ask->entry->normal_dn : BV_LIT(""),
	    .values = values_of,
	    .search = search,
	    .expand = w->text.expand && ask != NULL ? fill : NULL,
	    .arg = &s};
	struct arena_mark mark = arena_mark(d->env.scratch);
	int holds = sets_hold(w->set, &env);

	if (d->env.scratch != d->env.arena)
		arena_rewind(d->env.scratch, mark);
	d->failed = d->failed || holds < 0;
	return holds > 0;
}
