#include "op/world.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "acl/limits.h"
#include "acl/rules.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "model/entry.h"
#include "model/match.h"
#include "op/database.h"
#include "op/memory.h"
#include "store/store.h"
#include "store/writer.h"

/* Opening, sharing and closing what operations run against. */

static int
open_store(struct world *w, struct backend *be, bool write, struct errbuf *e)
{
	int err = database_get(be->conf, w->conf->schema, write, &be->database, e);

	if (err != 0)
		return err;
	be->store = database_store(be->database);
	be->writer = database_writer(be->database);
	return 0;
}

/* Returns whether a rescue had to do without the database before. */
static bool
was_absent(const struct world *old, const struct conf_db *db)
{
	for (size_t i = 0; i < old->backend_count; i++) {
		const struct backend *be = &old->backends[i];
		if (be->conf->type == CONF_DB_MDB && be->store == NULL &&
		    bv_eq(be->conf->directory, db->directory))
			return true;
	}
	return false;
}

static int
open_or_leave(
    struct world *w, const struct world *old, struct backend *be, bool write, struct errbuf *e)
{
	struct errbuf why = {""};
	int err = open_store(w, be, write, &why);

	if (err == 0)
		return 0;
	if (!w->rescue || (old != NULL && !was_absent(old, be->conf)))
		return err_set(e, err, "%s", why.text);
	if (old == NULL)
		log_error("rescue: %s; it is not served", why.text);
	return 0;
}

static void
open_config_tree(struct world *w, struct backend *be)
{
	struct memory_db *db = arena_zalloc(w->arena, 1, sizeof(*db));
	size_t count;
	const struct entry *entries = conf_entries(w->conf, &count);

	memory_build(w->arena, w->conf->schema, entries, count, db);
	be->memory = db;
}

static int
open_monitor(struct world *w, struct backend *be, struct errbuf *e)
{
	struct memory_db *db = arena_zalloc(w->arena, 1, sizeof(*db));

	be->memory = db;
	int err = memory_build_monitor(w, db);
	return err == 0 ? 0 : err_set(e, err, "cn=Monitor cannot be built: %s", err_text(err));
}

static int
open_backend(struct world *w, const struct world *old, const struct conf_db *db, bool write,
    struct errbuf *e)
{
	struct backend *be = &w->backends[w->backend_count];

	be->conf = db;
	be->index = w->backend_count++;
	int err = rules_compile(w->arena, w->conf, db, &be->rules, e);
	if (err == 0)
		err = limits_compile(w->arena, w->conf, db, &be->limits, e);
	if (err != 0)
		return err;
	if (db->type == CONF_DB_MDB)
		return open_or_leave(w, old, be, write, e);
	if (db->type == CONF_DB_MONITOR)
		return open_monitor(w, be, e);
	if (db->type == CONF_DB_CONFIG)
		open_config_tree(w, be);
	return 0;
}

static struct match *
class_match(struct world *w, const char *class_name)
{
	struct match *m = arena_zalloc(w->arena, 1, sizeof(*m));

	if (match_resolve_compare(
		w->conf->schema, w->arena, BV_LIT("objectClass"), bv_str(class_name), m) != 0)
		m->kind = MATCH_FALSE;
	return m;
}

static int
open_all(struct world *w, const struct world *old, bool write, struct errbuf *e)
{
	w->backends = arena_zalloc(w->arena, w->conf->db_count, sizeof(*w->backends));
	w->referrals = class_match(w, "referral");
	w->aliases = class_match(w, "alias");
	int bad = rules_compile(w->arena, w->conf, w->conf->frontend, &w->frontend_rules, e);
	if (bad != 0)
		return bad;
	for (size_t i = 0; i < w->conf->db_count; i++) {
		const struct conf_db *db = &w->conf->dbs[i];
		int err = db->type == CONF_DB_FRONTEND ? 0 : open_backend(w, old, db, write, e);
		if (err != 0)
			return err;
	}
	int err = memory_build_rootdse(w);
	if (err == 0)
		err = memory_build_subschema(w);
	return err == 0 ? 0 : err_set(e, err, "the root DSE cannot be built: %s", err_text(err));
}

static struct world *
new_world(struct conf *conf)
{
	struct arena *a = arena_new(64 * 1024);
	struct world *w = arena_zalloc(a, 1, sizeof(*w));

	w->arena = a;
	w->conf = conf_ref(conf);
	atomic_init(&w->refs, 1);
	return w;
}

static int
finish_opening(
    struct world *w, const struct world *old, bool write, struct world **out, struct errbuf *e)
{
	int err = open_all(w, old, write, e);

	if (err != 0)
		world_unref(&w);
	else
		*out = w;
	return err;
}

static int
open_first(struct world *w, bool write, struct world **out, struct errbuf *e)
{
	if (getrandom(w->secret, sizeof(w->secret), 0) != (ssize_t)sizeof(w->secret)) {
		world_unref(&w);
		return err_set(e, ERR_IO, "the kernel gives no random bytes");
	}
	return finish_opening(w, NULL, write, out, e);
}

int
world_open(struct conf *conf, bool write, struct world **out, struct errbuf *e)
{
	return open_first(new_world(conf), write, out, e);
}

int
world_open_rescue(struct conf *conf, struct world **out, struct errbuf *e)
{
	struct world *w = new_world(conf);

	w->rescue = true;
	return open_first(w, true, out, e);
}

int
world_next(const struct world *old, struct conf *conf, struct world **out, struct errbuf *e)
{
	struct world *w = new_world(conf);

	memcpy(w->secret, old->secret, sizeof(w->secret));
	w->pool = old->pool;
	w->host = old->host;
	w->rescue = old->rescue;
	return finish_opening(w, old, true, out, e);
}

/* Returns the backend of the same open database in another world, or NULL. */
static const struct backend *
counterpart(const struct world *w, const struct backend *be)
{
	for (size_t i = 0; be->database != NULL && i < w->backend_count; i++) {
		if (w->backends[i].database == be->database)
			return &w->backends[i];
	}
	return NULL;
}

static bool
same_indexes(const struct conf_db *a, const struct conf_db *b)
{
	if (a->index_count != b->index_count)
		return false;
	for (size_t i = 0; i < a->index_count; i++) {
		if (a->indexes[i].type != b->indexes[i].type ||
		    a->indexes[i].kinds != b->indexes[i].kinds)
			return false;
	}
	return true;
}

static int
configure(const struct world *w, const struct backend *be, struct errbuf *e)
{
	const struct conf_db *db = be->conf;

	return store_configure(be->store, w->conf->schema, db->indexes, db->index_count, e);
}

static bool
is_configured(const struct world *w, const struct backend *be, const struct world *from)
{
	const struct backend *was = counterpart(from, be);

	return be->store == NULL || (was != NULL && w->conf->schema == from->conf->schema &&
					same_indexes(be->conf, was->conf));
}

static void
configure_back(const struct world *w, size_t count, const struct world *from)
{
	for (size_t i = 0; i < count; i++) {
		const struct backend *was = counterpart(from, &w->backends[i]);
		if (was != NULL && configure(from, was, NULL) != 0)
			log_error("database %.*s: its former configuration cannot be brought back; "
				  "restart the server",
			    BV(was->conf->name));
	}
}

int
world_configure(const struct world *w, const struct world *from, struct errbuf *e)
{
	for (size_t i = 0; i < w->backend_count; i++) {
		if (is_configured(w, &w->backends[i], from))
			continue;
		int err = configure(w, &w->backends[i], e);
		if (err != 0) {
			configure_back(w, i, from);
			return err;
		}
	}
	return 0;
}

void
world_pause(const struct world *w)
{
	for (size_t i = 0; i < w->backend_count; i++) {
		if (w->backends[i].writer != NULL)
			writer_pause(w->backends[i].writer);
	}
}

void
world_resume(const struct world *w)
{
	for (size_t i = 0; i < w->backend_count; i++) {
		if (w->backends[i].writer != NULL)
			writer_resume(w->backends[i].writer);
	}
}

struct world *
world_ref(struct world *w)
{
	atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed);
	return w;
}

void
world_unref(struct world **wp)
{
	struct world *w = *wp;

	*wp = NULL;
	if (w == NULL || atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < w->backend_count; i++)
		database_put(&w->backends[i].database);
	conf_unref(&w->conf);
	struct arena *a = w->arena;
	arena_free(&a);
}

const struct backend *
world_backend(const struct world *w, struct bv normal_dn)
{
	const struct conf_db *db = conf_db_for(w->conf, normal_dn);

	for (size_t i = 0; db != NULL && i < w->backend_count; i++) {
		if (w->backends[i].conf == db)
			return &w->backends[i];
	}
	return NULL;
}

static bool
is_glued_under(const struct backend *sub, const struct backend *be)
{
	return sub != be && sub->conf->subordinate &&
	       dn_normal_is_under(sub->conf->suffixes[0].normal, be->conf->suffixes[0].normal);
}

const struct backend *
world_glued(const struct world *w, const struct backend *be, size_t *from)
{
	while (*from < w->backend_count) {
		const struct backend *sub = &w->backends[(*from)++];
		if (sub->conf->suffix_count > 0 && be->conf->suffix_count > 0 &&
		    is_glued_under(sub, be))
			return sub;
	}
	return NULL;
}

bool
world_is_root(const struct backend *be, struct bv normal_dn)
{
	return normal_dn.n > 0 && be->conf->has_rootdn && bv_eq(be->conf->rootdn.normal, normal_dn);
}

struct reader_set *
reader_set_new(struct world *w)
{
	struct reader_set *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	r->world = world_ref(w);
	r->reads = calloc(w->backend_count + 1, sizeof(struct store_read *));
	if (r->reads == NULL)
		abort();
	r->scratch = arena_new(16 * 1024);
	r->arena = arena_new(0);
	r->memos = arena_zalloc(r->arena, w->backend_count + 1, sizeof(struct decide_memo *));
	return r;
}

void
reader_set_free(struct reader_set **rp)
{
	struct reader_set *r = *rp;

	*rp = NULL;
	for (size_t i = 0; i < r->world->backend_count; i++)
		store_read_free(&r->reads[i]);
	free(r->reads);
	arena_free(&r->scratch);
	arena_free(&r->arena);
	world_unref(&r->world);
	free(r);
}

struct store_read *
reader_set_get(struct reader_set *r, const struct backend *be)
{
	if (r->reads[be->index] == NULL)
		r->reads[be->index] = store_read_new_for(be->store, r->world->conf->schema);
	return r->reads[be->index];
}
