#include "tools/walk.h"

#include <inttypes.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/match.h"
#include "store/record.h"
#include "store/store.h"
#include "store/test.h"
#include "tools/common.h"
#include "wire/filter.h"
#include "wire/ldap.h"
#include "wire/url.h"

/*
 * One read transaction per database: what is printed is one state of it, whatever a
 * running server does meanwhile.
 */

struct pass {
	struct walk *walk;
	struct store_read *read;
	struct arena *arena; /* of the test */
	struct arena *work;  /* of one entry */
	struct test *test;   /* NULL: every entry */
	struct test_env env;
};

bool
walk_option(struct walk *w, int letter, const char *arg)
{
	switch (letter) {
	case 'a':
		w->filter_text = arg;
		return true;
	case 's':
		w->subtree = arg;
		w->scope = LDAP_SCOPE_WHOLE_SUBTREE;
		return true;
	case 'H':
		w->url = arg;
		return true;
	default:
		return false;
	}
}

int
walk_read_url(struct walk *w)
{
	struct common *c = w->common;
	struct errbuf e = {""};
	struct url u;

	if (w->url == NULL)
		return 0;
	if (url_parse(c->arena, bv_str(w->url), &u, &e) != 0)
		return common_fail(c, "-H: %s", e.text);
	if (u.host.n > 0 || u.attr_count > 0)
		return common_fail(c, "-H: only base, scope and filter of a URL are used: "
				      "ldap:///base??scope?filter");
	w->scope = u.scope >= 0 ? u.scope : LDAP_SCOPE_WHOLE_SUBTREE;
	if (u.filter.p != NULL)
		w->filter_text = arena_str(c->arena, u.filter);
	if (u.dn.n == 0)
		return 0;
	w->subtree = arena_str(c->arena, u.dn);
	if (c->base == NULL && c->number == COMMON_NO_NUMBER)
		c->base = w->subtree;
	return 0;
}

int
walk_prepare(struct walk *w)
{
	struct common *c = w->common;
	struct filter *f;
	struct errbuf e = {""};

	if (w->subtree != NULL) {
		if (dn_parse(c->conf->schema, c->arena, bv_str(w->subtree), &w->base, &e) != 0) {
			fprintf(stderr, "Invalid subtree DN '%s': %s\n", w->subtree, e.text);
			return 1;
		}
		w->has_base = true;
	}
	if (w->filter_text == NULL)
		return 0;
	if (filter_parse(c->arena, bv_str(w->filter_text), &filter_default_limits, &f, &e) != 0) {
		fprintf(stderr, "Invalid filter '%s': %s\n", w->filter_text, e.text);
		return 1;
	}
	w->match = match_resolve(c->conf->schema, c->arena, f);
	return 0;
}

static bool
in_scope(const struct walk *w, struct bv normal)
{
	struct bv base = w->base.normal;

	if (!w->has_base)
		return true;
	switch ((enum ldap_scope)w->scope) {
	case LDAP_SCOPE_BASE_OBJECT:
		return bv_eq(normal, base);
	case LDAP_SCOPE_SINGLE_LEVEL:
		return !bv_eq(normal, base) && bv_eq(dn_text_parent(normal), base);
	case LDAP_SCOPE_WHOLE_SUBTREE:
		return dn_normal_is_under(normal, base);
	case LDAP_SCOPE_SUBORDINATES:
		return dn_normal_is_under(normal, base) && !bv_eq(normal, base);
	}
	return false;
}

/* Shows an entry when it is wanted: an exit status. */
static int
visit(struct pass *p, uint64_t id, const struct record *rec)
{
	struct walk_entry e = {id, rec, p->read, BV_NONE, p->work};
	struct bv normal;
	int rc = store_dn(p->read, rec, p->work, &e.pretty_dn, &normal);

	if (rc != 0)
		return common_fail(
		    p->walk->common, "entry %08" PRIx64 ": its name: %s", id, err_text(rc));
	if (!in_scope(p->walk, normal))
		return 0;
	if (p->test != NULL && test_run(p->test, id, rec, p->work) != TEST_TRUE)
		return 0;
	return p->walk->entry(p->walk->arg, &e);
}

static int
visit_all(struct pass *p)
{
	const struct common *c = p->walk->common;
	struct record rec;
	struct errbuf e = {""};
	uint64_t id = 1;
	int status = 0;

	for (;; id++) {
		arena_reset(p->work);
		int rc = store_next(p->read, &id, &rec, &e);
		if (rc == ERR_NOT_FOUND)
			return status;
		if (rc == 0)
			status |= visit(p, id, &rec);
		else
			status = common_fail(c, "%s", e.text);
		if (status != 0 && (!c->keep_going || rc == ERR_IO))
			return status;
	}
}

static int
run_store(struct walk *w, struct store *s)
{
	struct pass p = {.walk = w, .arena = arena_new(0), .work = arena_new(0)};
	struct errbuf e = {""};
	int status;

	p.read = store_read_new(s);
	if (store_read_begin(p.read, &e) != 0) {
		status = common_fail(w->common, "%s", e.text);
	} else {
		p.env = (struct test_env){.schema = w->common->conf->schema,
		    .map = store_read_map(p.read),
		    .read = p.read};
		if (w->match != NULL)
			p.test = test_new(p.arena, w->match, &p.env);
		status = visit_all(&p);
	}
	store_read_end(p.read);
	store_read_free(&p.read);
	arena_free(&p.work);
	arena_free(&p.arena);
	return status;
}

int
walk_run(struct walk *w)
{
	int status = 0;

	for (size_t i = 0; i < w->common->store_count; i++) {
		status |= run_store(w, w->common->stores[i].store);
		if (status != 0 && !w->common->keep_going)
			return status;
	}
	return status;
}
