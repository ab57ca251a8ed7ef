#include "op/accessenv.h"

#include "acl/decide.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/memory.h"
#include "op/op.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/plan.h"
#include "store/store.h"
#include "store/test.h"
#include "wire/filter.h"
#include "wire/url.h"

/*
 * Looking around for rules, in the transaction that is open on the database if there is
 * one. On the writer the database being written is seen as the operation leaves it. What is
 * absent (-1) and what cannot be told (ACL_ENV_FAILED) are never mixed up: rules deny by groups.
 */

enum { SEARCH_RESULTS_MAX = 10000, SEARCH_CANDIDATES_MAX = 100000 };

struct loan {
	struct store_read *read;
	bool began;
};

static int
borrow(struct op *op, const struct backend *be, struct loan *l)
{
	struct errbuf e;

	*l = (struct loan){op_reader(op, be), false};
	if (store_read_is_open(l->read))
		return 0;
	int err = store_read_begin(l->read, &e);
	l->began = err == 0;
	return err;
}

static void
give_back(struct loan *l)
{
	if (l->began)
		store_read_end(l->read);
}

static int
fill(struct arena *a, const struct record *rec, const struct attr_ids *ids, struct bv *out[2])
{
	struct record_attr at;
	struct bv value, normal;
	size_t n = 0, count = 0;

	for (size_t i = 0; i < ids->count; i++)
		count += record_find(rec, ids->ids[i], &at) ? at.count : 0;
	out[0] = arena_zalloc(a, count, sizeof(struct bv));
	out[1] = arena_zalloc(a, count, sizeof(struct bv));
	for (size_t i = 0; i < ids->count; i++) {
		if (!record_find(rec, ids->ids[i], &at))
			continue;
		struct record_values it = record_values_of(&at);
		while (n < count && record_next_value(&it, &value, &normal)) {
			out[0][n] = arena_dup(a, value);
			out[1][n++] = arena_dup(a, normal);
		}
	}
	return (int)n;
}

static int
values_of(struct arena *a, const struct record *rec, const struct attr_map *map,
    const struct attr_desc *d, struct bv *out[2])
{
	struct attr_ids ids = attr_map_subtypes(map, a, d);

	return fill(a, rec, &ids, out);
}

static int
values_in_memory(const struct memory_db *db, struct bv normal_dn, const struct attr_desc *d,
    struct arena *a, struct bv *out[2])
{
	const struct memory_entry *m = memory_find(db, normal_dn);

	return m == NULL ? -1 : values_of(a, &m->record, db->map, d, out);
}

static int
values_in_store(struct store_read *r, const struct dn *dn, const struct attr_desc *d,
    struct arena *a, struct bv *out[2])
{
	struct record rec;
	uint64_t id, superior;

	int err = store_find(r, dn, &id, &superior);
	if (err == ERR_NOT_FOUND)
		return -1;
	if (err != 0 || store_get(r, id, &rec, NULL) != 0)
		return ACL_ENV_FAILED;
	return values_of(a, &rec, store_read_map(r), d, out);
}

static int
values_of_entry(struct op *op, struct bv normal_dn, const struct attr_desc *d, struct arena *a,
    struct bv *out[2])
{
	struct world *w = op->world;
	const struct backend *be = world_backend(w, normal_dn);
	struct loan l;
	struct dn dn;

	if (normal_dn.n == 0)
		return values_in_memory(&w->rootdse, normal_dn, d, a, out);
	if (bv_eq(normal_dn, w->subschema.entries[0].dn.normal))
		return values_in_memory(&w->subschema, normal_dn, d, a, out);
	if (be != NULL && be->memory != NULL)
		return values_in_memory(be->memory, normal_dn, d, a, out);
	if (be == NULL || be->store == NULL ||
	    dn_parse(w->conf->schema, a, normal_dn, &dn, NULL) != 0)
		return -1;
	if (borrow(op, be, &l) != 0)
		return ACL_ENV_FAILED;
	int n = values_in_store(l.read, &dn, d, a, out);
	give_back(&l);
	return n;
}

int
accessenv_values(void *arg, struct bv normal_dn, const struct attr_desc *d, struct arena *a,
    const struct bv **values_out, const struct bv **normals_out)
{
	struct bv *out[2] = {NULL, NULL};
	int n = values_of_entry(arg, normal_dn, d, a, out);

	if (n >= 0) {
		*values_out = out[0];
		*normals_out = out[1];
	}
	return n;
}

/* A search as a set expression has it. */
struct lookup {
	struct op *op;
	struct arena *arena;
	struct dn base;
	enum ldap_scope scope;
	struct match *match;
	struct bv *dns;
	size_t count;
};

static int
read_url(struct lookup *l, struct bv text)
{
	const struct conf *c = l->op->world->conf;
	struct url u;
	struct filter *f;
	struct errbuf e;

	if (url_parse(l->arena, text, &u, &e) != 0 || !u.has_dn || u.host.n > 0 ||
	    dn_parse(c->schema, l->arena, u.dn, &l->base, NULL) != 0)
		return -1;
	l->scope = u.scope < 0 ? LDAP_SCOPE_BASE_OBJECT : (enum ldap_scope)u.scope;
	struct bv filter = u.filter.n == 0 ? BV_LIT("(objectClass=*)") : u.filter;
	if (filter_parse(l->arena, filter, &c->filter_limits, &f, &e) != 0)
		return -1;
	l->match = match_resolve(c->schema, l->arena, f);
	return 0;
}

static int
keep(struct lookup *l, struct store_read *r, const struct record *rec)
{
	struct bv normal;

	if (l->count >= SEARCH_RESULTS_MAX || store_dn(r, rec, l->arena, NULL, &normal) != 0)
		return -1;
	if ((l->count & (l->count - 1)) == 0)
		l->dns = arena_grow(
		    l->arena, l->dns, l->count, l->count == 0 ? 1 : l->count * 2, sizeof(*l->dns));
	l->dns[l->count++] = normal;
	return 0;
}

static int
walk(struct lookup *l, struct store_read *r, uint64_t base)
{
	struct plan_query q = {base, l->scope, l->match};
	struct test_env env = {.schema = l->op->world->conf->schema,
	    .map = store_read_map(r),
	    .read = r,
	    .arg = l->op};
	struct arena *scratch = arena_new(0);
	struct plan *p = plan_new(r, l->arena, &q);
	struct test *t = test_new(l->arena, l->match, &env);
	struct record rec;
	unsigned looked = 0;
	uint64_t id;
	int rc = 0, more;

	while (rc == 0 && (more = plan_next(p, &id)) != 0) {
		looked += more == PLAN_AGAIN ? PLAN_STEPS : 1;
		if (more < 0 || looked > SEARCH_CANDIDATES_MAX)
			rc = -1;
		else if (more == PLAN_AGAIN)
			continue;
		else if (store_get(r, id, &rec, NULL) != 0)
			rc = -1;
		else if (test_run(t, id, &rec, scratch) == TEST_TRUE)
			rc = keep(l, r, &rec);
	}
	plan_pause(p);
	arena_free(&scratch);
	return rc;
}

int
accessenv_search(void *arg, struct bv url, struct arena *a, const struct bv **dns_out)
{
	struct op *op = arg;
	struct lookup l = {.op = op, .arena = a};
	struct loan loan;
	uint64_t id, superior;

	if (read_url(&l, url) != 0)
		return -1;
	const struct backend *be = world_backend(op->world, l.base.normal);
	if (be == NULL || be->store == NULL)
		return -1;
	if (borrow(op, be, &loan) != 0)
		return ACL_ENV_FAILED;
	int err = store_find(loan.read, &l.base, &id, &superior);
	bool absent = err == ERR_NOT_FOUND;
	if (err == 0)
		err = walk(&l, loan.read, id);
	give_back(&loan);
	if (err != 0)
		return absent ? -1 : ACL_ENV_FAILED;
	*dns_out = l.dns;
	return (int)l.count;
}
