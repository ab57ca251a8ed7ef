#include "op/area.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/op.h"
#include "op/restrict.h"
#include "op/target.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/plan.h"
#include "store/store.h"

/*
 * Finding the base and what else a search covers. Alias chains are bounded by
 * maxderefdepth and by a list of names already visited, so that circles end.
 */

enum { MAX_ALIAS_LOOKS = 1 << 18 }; /* what finding the aliases of one area may look at */

static const char *const scope_suffixes[] = {
    [LDAP_SCOPE_BASE_OBJECT] = "??base",
    [LDAP_SCOPE_SINGLE_LEVEL] = "??one",
    [LDAP_SCOPE_WHOLE_SUBTREE] = "??sub",
    [LDAP_SCOPE_SUBORDINATES] = "??subordinate",
};

const char *
area_scope_suffix(int64_t scope)
{
	return scope_suffixes[scope];
}

int
area_add(struct op *op, struct areas *areas, const struct area *a)
{
	for (size_t i = 0; i < areas->count; i++) {
		const struct area *x = &areas->list[i];
		if (x->be == a->be && x->base == a->base && x->scope == a->scope)
			return 0;
	}
	if (areas->count >= AREA_MAX)
		return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
		    "the search reaches more than %d aliased areas", AREA_MAX);
	areas->list = arena_grow(
	    op->arena, areas->list, areas->count, areas->count + 1, sizeof(*areas->list));
	areas->list[areas->count++] = *a;
	return 0;
}

/* Reads aliasedObjectName of an alias entry. */
static int
alias_target(struct op *op, struct store_read *r, const struct record *rec, struct dn *out)
{
	const struct schema *s = op->world->conf->schema;
	uint32_t id =
	    attr_map_id(store_read_map(r), desc_of_type(s, schema_known(s)->aliased_object_name));
	struct record_attr a;
	struct bv value, normal;

	if (id == 0 || !record_find(rec, id, &a))
		return ERR_NOT_FOUND;
	struct record_values it = record_values_of(&a);
	if (!record_next_value(&it, &value, &normal))
		return ERR_NOT_FOUND;
	return dn_parse(s, op->arena, arena_dup(op->arena, value), out, NULL);
}

/* Replaces the part of dn from the alias upwards by the alias's target. */
static struct dn
graft(struct op *op, const struct dn *dn, size_t keep, const struct dn *onto)
{
	struct dn result = *onto;

	for (size_t i = keep; i > 0; i--)
		result = dn_join(op->arena, &dn->rdns[i - 1], &result);
	return result;
}

/* An alias that may not be disclosed is no more than a name without an entry. */
static int
alias_problem(struct op *op, struct bv alias, const char *text)
{
	struct store_read *r = op_reader(op, op->be);
	struct record rec;
	uint64_t id, superior;
	struct dn dn;

	int err = dn_parse(op->world->conf->schema, op->arena, alias, &dn, NULL);
	if (err == 0)
		err = store_find(r, &dn, &id, &superior);
	if (err == 0)
		err = store_get(r, id, &rec, NULL);
	if (err != 0)
		return op_store_error(op, err, NULL);
	struct acl_entry e = access_stored(r, id, &rec, dn.normal);
	if (!access_entry(op, &e, ACL_B_DISCLOSE))
		return target_hide(op, &e);
	op->matched = alias;
	return op_fail(op, LDAP_ALIAS_PROBLEM, "%s", text);
}

/* Whether an alias may lead anywhere: one that may not be disclosed would be told of by what is
 * behind it. *pretty_out: its name. 0, ERR_NOT_FOUND, or another ERR_*. */
static int
check_alias(struct op *op, struct store_read *r, uint64_t id, const struct record *rec,
    struct bv *pretty_out)
{
	struct bv normal;
	int err = store_dn(r, rec, op->arena, pretty_out, &normal);

	if (err != 0)
		return err;
	struct acl_entry e = access_stored(r, id, rec, normal);
	return access_entry(op, &e, ACL_B_DISCLOSE) ? 0 : ERR_NOT_FOUND;
}

/* One step of finding the base: an alias at or above dn is followed, *dn replaced. 0: nothing to
 * follow; 1: followed; otherwise a result code above 1. */
static int
follow_alias(struct op *op, struct store_read *r, struct dn *dn)
{
	uint64_t id, superior = 0;
	struct record rec;
	struct bv pretty;
	struct dn to;

	int err = store_find(r, dn, &id, &superior);
	if (err == ERR_NOT_FOUND && superior == 0)
		return 0;
	if (err != 0 && err != ERR_NOT_FOUND)
		return op_store_error(op, err, NULL);
	id = err == 0 ? id : superior;
	err = store_get(r, id, &rec, NULL);
	if (err != 0)
		return op_store_error(op, err, NULL);
	if ((rec.flags & RECORD_ALIAS) == 0)
		return 0;
	err = check_alias(op, r, id, &rec, &pretty);
	if (err != 0)
		return err == ERR_NOT_FOUND ? 0 : op_store_error(op, ERR_CORRUPT, NULL);
	if (alias_target(op, r, &rec, &to) != 0)
		return alias_problem(op, pretty, "alias missing or invalid aliasedObjectName");
	*dn = graft(op, dn, dn->rdn_count - dn_text_depth(pretty), &to);
	op->matched = pretty;
	return 1;
}

/* Follows aliases until *dn leads through none; *last_out: the name of the last one followed. */
static int
deref_base(struct op *op, struct dn *dn, struct bv *last_out)
{
	unsigned depth = 0;
	struct dn first = *dn;

	for (;;) {
		const struct backend *be = world_backend(op->world, dn->normal);
		if (be == NULL || be != op->be)
			return depth == 0
				   ? 0
				   : alias_problem(op, op->matched, "aliasedObject not found");
		int step = follow_alias(op, op_reader(op, be), dn);
		if (step != 1) {
			if (step == 0)
				op->matched = BV_NONE;
			return step;
		}
		*last_out = op->matched;
		if (dn_eq(dn, &first) || ++depth > be->conf->max_deref_depth)
			return alias_problem(op, op->matched, "circular alias");
	}
}

/* After an alias was followed, a base that does not exist is its problem. */
static int
find_after_deref(struct op *op, struct bv alias, const struct dn *dn, struct area *out)
{
	struct record rec;
	int64_t scope = op->msg.u.search.scope;
	int code = 0;

	out->base = 0; /* the empty name, above what the "" database holds */
	if (dn->rdn_count > 0)
		code = target_find(
		    op, op_reader(op, op->be), dn, scope_suffixes[scope], &out->base, &rec);
	if (code == LDAP_NO_SUCH_OBJECT && alias.n > 0)
		return alias_problem(op, alias, "aliasedObject not found");
	if (code != 0)
		return code;
	out->be = op->be;
	out->scope = (enum ldap_scope)scope;
	out->normal = dn->normal;
	return 0;
}

int
area_find_base(struct op *op, struct area *out)
{
	struct dn dn = op->target;
	struct bv alias = BV_NONE;
	struct errbuf e;
	int64_t deref = op->msg.u.search.deref;
	struct store_read *r = op_reader(op, op->be);

	int err = store_read_begin(r, &e);
	if (err != 0)
		return op_store_error(op, err, e.text);
	if (deref == LDAP_DEREF_FINDING_BASE || deref == LDAP_DEREF_ALWAYS_ALIASES) {
		int code = deref_base(op, &dn, &alias);
		if (code != 0)
			return code;
	}
	return find_after_deref(op, alias, &dn, out);
}

static bool
reaches(const struct area *base, const struct dn *suffix, enum ldap_scope *scope_out)
{
	if (!dn_normal_is_under(suffix->normal, base->normal) || suffix->normal.n == base->normal.n)
		return false;
	if (base->scope == LDAP_SCOPE_WHOLE_SUBTREE || base->scope == LDAP_SCOPE_SUBORDINATES) {
		*scope_out = LDAP_SCOPE_WHOLE_SUBTREE;
		return true;
	}
	*scope_out = LDAP_SCOPE_BASE_OBJECT;
	return base->scope == LDAP_SCOPE_SINGLE_LEVEL &&
	       bv_eq(dn_text_parent(suffix->normal), base->normal);
}

/* A glued database is a search of its own: its top entry must be open to it. */
static int
may_enter(
    struct op *op, const struct backend *sub, struct store_read *r, uint64_t id, bool *open_out)
{
	const struct backend *be = op->be;
	struct record rec;

	int err = store_get(r, id, &rec, NULL);
	if (err != 0)
		return err;
	struct acl_entry e = access_stored(r, id, &rec, sub->conf->suffixes[0].normal);
	op->be = sub;
	*open_out = access_entry(op, &e, ACL_B_SEARCH);
	op->be = be;
	return 0;
}

static int
add_one_glued(struct op *op, const struct backend *sub, enum ldap_scope scope, struct areas *areas)
{
	const struct dn *suffix = &sub->conf->suffixes[0];
	struct store_read *r = op_reader(op, sub);
	struct area a = {sub, 0, scope, suffix->normal};
	uint64_t superior;
	struct errbuf e;

	int err = store_read_begin(r, &e);
	if (err != 0)
		return op_store_error(op, err, e.text);
	bool open = false;
	err = store_find(r, suffix, &a.base, &superior);
	if (err == 0)
		err = may_enter(op, sub, r, a.base, &open);
	store_read_end(r);
	if (err != 0 && err != ERR_NOT_FOUND)
		return op_store_error(op, err, NULL);
	return open ? area_add(op, areas, &a) : 0;
}

int
area_add_glued(struct op *op, const struct area *base, struct areas *areas)
{
	const struct backend *sub;
	enum ldap_scope scope;
	size_t from = 0;

	while ((sub = world_glued(op->world, base->be, &from)) != NULL) {
		if (sub->store == NULL || !reaches(base, &sub->conf->suffixes[0], &scope) ||
		    !restrict_may_enter(op, sub))
			continue;
		int code = add_one_glued(op, sub, scope, areas);
		if (code != 0)
			return code;
	}
	return 0;
}

/* Resolves what an alias found in a search points to; a broken alias is passed over (RFC
 * 4511 4.5.1.3). */
static int
add_target(struct op *op, struct store_read *r, const struct area *in, const struct record *rec,
    struct areas *areas)
{
	struct dn to;
	struct record target;
	struct area a = {in->be, 0,
	    in->scope == LDAP_SCOPE_SINGLE_LEVEL ? LDAP_SCOPE_BASE_OBJECT : in->scope, BV_NONE};
	uint64_t superior;
	int step = 1;

	if (alias_target(op, r, rec, &to) != 0)
		return 0;
	for (unsigned depth = 0; step == 1 && depth <= in->be->conf->max_deref_depth; depth++)
		step = follow_alias(op, r, &to);
	op->matched = BV_NONE;
	if (step != 0 || store_find(r, &to, &a.base, &superior) != 0)
		return 0;
	if (store_get(r, a.base, &target, NULL) != 0 || (target.flags & RECORD_ALIAS) != 0)
		return 0;
	/* What is below a referral is elsewhere: the client is told even when only that was asked.
	 */
	if ((target.flags & RECORD_REFERRAL) != 0 && a.scope == LDAP_SCOPE_SUBORDINATES &&
	    (op->ctl.given & OP_CTL_MANAGE_DSA_IT) == 0)
		a.scope = LDAP_SCOPE_WHOLE_SUBTREE;
	a.normal = to.normal;
	return area_add(op, areas, &a);
}

/* Finding the aliases is one piece of work, so it is bounded whatever lies around the search base.
 */
static int
check_looks(struct op *op, unsigned pauses)
{
	if (pauses <= MAX_ALIAS_LOOKS / PLAN_STEPS)
		return 0;
	return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
	    "finding the aliases below the search base takes too long; start it further down or "
	    "do not ask for them to be followed");
}

static int
add_aliases_of(struct op *op, size_t which, struct areas *areas)
{
	struct area in = areas->list[which];
	struct store_read *r = op_reader(op, in.be);
	struct plan_query q = {in.base, in.scope, op->world->aliases};
	struct record rec;
	struct errbuf e;
	uint64_t id;
	int code = 0, more;
	unsigned pauses = 0, max = op->world->conf->max_aliases;
	struct bv name;

	op->be = in.be;
	int err = store_read_begin(r, &e);
	if (err != 0)
		return op_store_error(op, err, e.text);
	struct plan *p = plan_new(r, op->arena, &q);
	while (code == 0 && (more = plan_next(p, &id)) > 0) {
		if (more == PLAN_AGAIN)
			code = check_looks(op, ++pauses);
		else if (store_get(r, id, &rec, NULL) == 0 && (rec.flags & RECORD_ALIAS) != 0 &&
			 id != in.base && check_alias(op, r, id, &rec, &name) == 0)
			code = add_target(op, r, &in, &rec, areas);
		if (code == 0 && more == 1 && ++areas->aliases > max)
			code = op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
			    "the search follows more than %u aliases (maxaliases); start it "
			    "further down",
			    max);
	}
	plan_pause(p);
	store_read_end(r);
	return code;
}

int
area_add_aliased(struct op *op, struct areas *areas)
{
	for (size_t i = 0; i < areas->count; i++) {
		if (areas->list[i].scope == LDAP_SCOPE_BASE_OBJECT)
			continue;
		int code = add_aliases_of(op, i, areas);
		if (code != 0)
			return code;
	}
	return 0;
}

static bool
in_area(const struct area *a, uint64_t id, const struct record *rec, struct bv normal)
{
	switch (a->scope) {
	case LDAP_SCOPE_BASE_OBJECT:
		return id == a->base;
	case LDAP_SCOPE_SINGLE_LEVEL:
		return rec->parent == a->base;
	case LDAP_SCOPE_WHOLE_SUBTREE:
		return dn_normal_is_under(normal, a->normal);
	case LDAP_SCOPE_SUBORDINATES:
		return id != a->base && dn_normal_is_under(normal, a->normal);
	}
	return false;
}

bool
area_seen(const struct areas *areas, size_t current, const struct backend *be, uint64_t id,
    const struct record *rec, struct bv normal)
{
	for (size_t i = 0; i < current; i++) {
		if (areas->list[i].be == be && in_area(&areas->list[i], id, rec, normal))
			return true;
	}
	return false;
}

bool
area_wants_aliases(const struct op *op)
{
	int64_t deref = op->msg.u.search.deref;

	return (deref == LDAP_DEREF_IN_SEARCHING || deref == LDAP_DEREF_ALWAYS_ALIASES) &&
	       op->msg.u.search.scope != LDAP_SCOPE_BASE_OBJECT;
}

bool
area_shows(const struct op *op, const struct areas *areas, size_t current, uint64_t id,
    const struct record *rec)
{
	bool base = areas->list[current].scope == LDAP_SCOPE_BASE_OBJECT;
	bool only_subentries =
	    (op->ctl.given & OP_CTL_SUBENTRIES) != 0 && op->ctl.subentries_visible;
	bool subentry = (rec->flags & RECORD_SUBENTRY) != 0;
	bool manage = (op->ctl.given & OP_CTL_MANAGE_DSA_IT) != 0;

	if ((rec->flags & RECORD_GLUE) != 0 && !manage)
		return false;
	if ((rec->flags & RECORD_REFERRAL) != 0 && !manage)
		return false;
	/* derefInSearching leaves the base object alone (RFC 4511 4.5.1.3). */
	if ((rec->flags & RECORD_ALIAS) != 0 && area_wants_aliases(op) && id != areas->list[0].base)
		return false;
	if (base && (op->ctl.given & OP_CTL_SUBENTRIES) == 0)
		return true;
	return subentry == only_subentries;
}
