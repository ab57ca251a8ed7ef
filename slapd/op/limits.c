#include "op/limits.h"

#include "acl/limits.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/schema.h"
#include "op/op.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/record.h"
#include "store/store.h"

/*
 * Limits of a search. Without a wish the soft limit holds, with one the wish up to the hard
 * limit. Pages have a limit over all of them (size.prtotal), which is counted in the cookie.
 */

/* ---- groups ---- */

static bool
has_class(const struct schema *s, const struct record *rec, const struct attr_map *map,
    const struct object_class *wanted)
{
	uint32_t id = attr_map_id(map, desc_of_type(s, schema_known(s)->object_class));
	struct record_attr a;
	struct bv value, normal;

	if (id == 0 || !record_find(rec, id, &a))
		return false;
	struct record_values it = record_values_of(&a);
	while (record_next_value(&it, &value, &normal)) {
		const struct object_class *oc = schema_object_class(s, value);
		if (oc != NULL && schema_class_is_a(oc, wanted))
			return true;
	}
	return false;
}

static bool
holds(const struct op *op, const struct record *rec, const struct attr_map *map,
    const struct limits_group *g, struct bv member)
{
	struct attr_ids ids = attr_map_subtypes(map, op->arena, g->attr);
	struct record_attr a;
	bool bad = false;

	if (!has_class(op->world->conf->schema, rec, map, g->oc))
		return false;
	for (size_t i = 0; i < ids.count; i++) {
		if (record_find(rec, ids.ids[i], &a) && record_has(&a, member, &bad))
			return true;
	}
	return false;
}

/* For struct limits_request. A group that cannot be read has no members. */
static bool
is_member(void *arg, const struct limits_group *g, struct bv member)
{
	struct op *op = arg;
	const struct backend *be = world_backend(op->world, g->dn.normal);
	struct record rec;
	uint64_t id, superior;

	if (be == NULL || be->store == NULL)
		return false;
	struct store_read *r = op_reader(op, be);
	if (store_read_begin(r, NULL) != 0)
		return false;
	bool found = store_find(r, &g->dn, &id, &superior) == 0 &&
		     store_get(r, id, &rec, NULL) == 0 &&
		     holds(op, &rec, store_read_map(r), g, member);
	store_read_end(r);
	return found;
}

/* ---- numbers ---- */

/* A hard limit of 0 is the soft one, and so is one that is less (OpenLDAP, limits_parse). */
static int64_t
hard_of(int64_t soft, int64_t hard)
{
	if (hard == 0 || (hard > 0 && (soft < 0 || soft > hard)))
		return soft;
	return hard;
}

/* The largest number (RFC 4511 4.1.1) asks for as much as there is. */
static int64_t
at_most(int64_t asked, int64_t most)
{
	if (most < 0)
		return asked == INT32_MAX ? CONF_UNLIMITED : asked;
	return asked < most ? asked : most;
}

static int64_t
combine(int64_t asked, int64_t soft, int64_t hard)
{
	return asked == 0 ? soft : at_most(asked, hard_of(soft, hard));
}

bool
limits_is_paged(const struct op *op)
{
	int64_t size = op->msg.u.search.size_limit;

	return (op->ctl.given & OP_CTL_PAGED) != 0 && (size == 0 || op->ctl.page_size < size);
}

static int
for_pages(struct op *op, const struct conf_limits *l, int64_t *size_out)
{
	int64_t asked = op->msg.u.search.size_limit, total = l->page_total;

	if (total == CONF_PAGES_DISABLED)
		return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED, "pagedResults control not allowed");
	if (l->page > 0 && op->ctl.page_size > l->page)
		return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
		    "illegal pagedResults page size: ask for at most %lld", (long long)l->page);
	if (total == CONF_PAGES_AS_HARD)
		total = hard_of(l->size_soft, l->size_hard);
	*size_out = asked == 0 ? total : at_most(asked, total);
	return 0;
}

int
limits_for_search(struct op *op, const struct backend *be, struct limits_in_force *out)
{
	const struct wire_search *q = &op->msg.u.search;
	const struct conf_db *db = be->conf;
	const struct limits_request request = {op->who.normal, op->target.normal, is_member, op};

	if (op_is_root(op, be)) {
		*out = (struct limits_in_force){q->size_limit == 0 ? -1 : q->size_limit,
		    q->time_limit == 0 ? -1 : q->time_limit, -1};
		return 0;
	}
	const struct conf_limits *own = db->has_limits ? &db->limits : &op->world->conf->limits;
	const struct conf_limits *l = limits_find(be->limits, own, &request);
	if (l->unchecked == 0)
		return op_fail(op, LDAP_ADMINLIMIT_EXCEEDED,
		    "searches are disabled for this identity (size.unchecked=disabled)");
	out->unchecked = l->unchecked;
	out->time_s = combine(q->time_limit, l->time_soft, l->time_hard);
	out->size = combine(q->size_limit, l->size_soft, l->size_hard);
	return limits_is_paged(op) ? for_pages(op, l, &out->size) : 0;
}
