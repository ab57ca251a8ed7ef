#include "tools/aclenv.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/dn.h"
#include "model/match.h"
#include "model/schema.h"
#include "store/attrmap.h"
#include "store/store.h"
#include "store/test.h"
#include "tools/common.h"
#include "wire/filter.h"
#include "wire/ldap.h"
#include "wire/url.h"

/*
 * One read transaction per database, open until the end: everything is decided on one
 * state of the directory, and records are borrowed from it.
 */

enum { MAX_FOUND = 10000 };

void
aclenv_init(struct aclenv *x, struct common *c)
{
	x->common = c;
	x->reads = arena_zalloc(c->arena, c->conf->db_count + 1, sizeof(struct store_read *));
	x->scratch = arena_new(0);
}

void
aclenv_done(struct aclenv *x)
{
	for (size_t i = 0; x->reads != NULL && i < x->common->store_count; i++) {
		if (x->reads[i] == NULL)
			continue;
		store_read_end(x->reads[i]);
		store_read_free(&x->reads[i]);
	}
	arena_free(&x->scratch);
}

static int
reader_for(struct aclenv *x, struct bv normal_dn, struct store_read **out, struct errbuf *e)
{
	struct common_store *s = common_store_for(x->common, normal_dn);

	if (s == NULL)
		return ERR_NOT_FOUND;
	struct store_read **read = &x->reads[s - x->common->stores];
	if (*read == NULL) {
		struct store_read *fresh = store_read_new(s->store);
		int rc = store_read_begin(fresh, e);
		if (rc != 0) {
			store_read_free(&fresh);
			return rc;
		}
		*read = fresh;
	}
	*out = *read;
	return 0;
}

int
aclenv_find(struct aclenv *x, struct bv normal_dn, struct acl_entry *out, struct record *record_out,
    struct errbuf *e)
{
	struct store_read *read;
	uint64_t id, nearest;
	struct dn dn;

	if (dn_parse(x->common->conf->schema, x->common->arena, normal_dn, &dn, e) != 0)
		return ERR_NOT_FOUND;
	int rc = reader_for(x, dn.normal, &read, e);
	if (rc == 0)
		rc = store_find(read, &dn, &id, &nearest);
	if (rc == 0)
		rc = store_get(read, id, record_out, e);
	if (rc == 0)
		*out = (struct acl_entry){.normal_dn = dn.normal,
		    .record = record_out,
		    .map = store_read_map(read),
		    .read = read,
		    .id = id};
	return rc;
}

/* Appends the values of one attribute of the record. */
static size_t
values_of(const struct record_attr *attr, struct bv *values, struct bv *normals)
{
	struct record_values it = record_values_of(attr);
	size_t n = 0;

	while (n < attr->count && record_next_value(&it, &values[n], &normals[n]))
		n++;
	return n;
}

static int
values(void *arg, struct bv normal_dn, const struct attr_desc *d, struct arena *a,
    const struct bv **values_out, const struct bv **normals_out)
{
	struct aclenv *x = arg;
	struct acl_entry e;
	struct record rec;
	struct record_attr attr;
	size_t room = 0, n = 0;

	if (aclenv_find(x, normal_dn, &e, &rec, NULL) != 0)
		return -1;
	struct attr_ids ids = attr_map_subtypes(e.map, a, d);
	for (size_t i = 0; i < ids.count; i++)
		room += record_find(&rec, ids.ids[i], &attr) ? attr.count : 0;
	struct bv *v = arena_alloc(a, (room + 1) * sizeof(*v));
	struct bv *m = arena_alloc(a, (room + 1) * sizeof(*m));
	for (size_t i = 0; i < ids.count; i++) {
		if (record_find(&rec, ids.ids[i], &attr))
			n += values_of(&attr, v + n, m + n);
	}
	*values_out = v;
	*normals_out = m;
	return (int)n;
}

/* ---- searches ---- */

struct hunt {
	struct store_read *read;
	struct arena *arena;
	struct bv base;
	int scope;
	struct test *test; /* NULL: every entry */
	struct bv *found;
	int count;
};

static bool
in_scope(const struct hunt *h, struct bv dn)
{
	switch (h->scope) {
	case LDAP_SCOPE_SINGLE_LEVEL:
		return dn.n > 0 && bv_eq(dn_text_parent(dn), h->base);
	case LDAP_SCOPE_WHOLE_SUBTREE:
		return dn_normal_is_under(dn, h->base);
	case LDAP_SCOPE_SUBORDINATES:
		return dn.n > h->base.n && dn_normal_is_under(dn, h->base);
	default:
		return bv_eq(dn, h->base);
	}
}

static void
hunt_all(struct hunt *h)
{
	struct record rec;
	uint64_t id = 1;

	for (; h->count < MAX_FOUND && store_next(h->read, &id, &rec, NULL) == 0; id++) {
		struct arena_mark mark = arena_mark(h->arena);
		struct bv dn;
		if (store_dn(h->read, &rec, h->arena, NULL, &dn) == 0 && in_scope(h, dn) &&
		    (h->test == NULL || test_run(h->test, id, &rec, h->arena) == TEST_TRUE))
			h->found[h->count++] = dn;
		else
			arena_rewind(h->arena, mark);
	}
}

static int
search(void *arg, struct bv text, struct arena *a, const struct bv **dns_out)
{
	struct aclenv *x = arg;
	const struct schema *s = x->common->conf->schema;
	struct hunt h = {.arena = a};
	struct filter *f = NULL;
	struct test_env env = {.schema = s};
	struct dn base;
	struct url u;

	if (url_parse(a, text, &u, NULL) != 0 || dn_parse(s, a, u.dn, &base, NULL) != 0 ||
	    reader_for(x, base.normal, &h.read, NULL) != 0)
		return -1;
	if (u.filter.p != NULL && filter_parse(a, u.filter, &filter_default_limits, &f, NULL) != 0)
		return -1;
	env.map = store_read_map(h.read);
	env.read = h.read;
	h.base = base.normal;
	h.scope = u.scope;
	h.test = f != NULL ? test_new(a, match_resolve(s, a, f), &env) : NULL;
	h.found = arena_alloc(a, MAX_FOUND * sizeof(*h.found));
	hunt_all(&h);
	*dns_out = h.found;
	return h.count;
}

struct acl_env
aclenv_env(struct aclenv *x)
{
	return (struct acl_env){.schema = x->common->conf->schema,
	    .arena = x->common->arena,
	    .scratch = x->scratch,
	    .values = values,
	    .search = search,
	    .arg = x};
}
