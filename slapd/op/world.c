#include "op/world.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "model/entry.h"
#include "model/match.h"
#include "op/memory.h"
#include "store/store.h"
#include "store/writer.h"

/* Opening and closing what operations run against. Start-up and shutdown only: no locks. */

enum { WRITER_QUEUE_MAX = 0 };

static int
open_store(struct world *w, struct backend *be, bool write, struct errbuf *e)
{
	const struct conf_db *db = be->conf;
	char *directory = arena_str(w->arena, db->directory);
	struct store_options o = {
	    .directory = directory,
	    .mode = db->mode,
	    .read_only = !write,
	    .create = write,
	    .no_sync = db->no_sync,
	    .schema = w->conf->schema,
	    .suffix = &db->suffixes[0],
	    .indexes = db->indexes,
	    .index_count = db->index_count,
	    .max_readers = db->max_readers,
	};

	int err = store_open(&o, &be->store, e);
	if (err != 0)
		return err_prefix(e, err, "database %.*s", BV(db->name));
	return write ? writer_start(be->store, WRITER_QUEUE_MAX, &be->writer, e) : 0;
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
open_backend(struct world *w, const struct conf_db *db, bool write, struct errbuf *e)
{
	struct backend *be = &w->backends[w->backend_count];

	be->conf = db;
	be->index = w->backend_count++;
	be->acl = acl_compile(w->arena, w->conf, db);
	if (db->type == CONF_DB_MDB)
		return open_store(w, be, write, e);
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
open_all(struct world *w, bool write, struct errbuf *e)
{
	w->backends = arena_zalloc(w->arena, w->conf->db_count, sizeof(*w->backends));
	w->referrals = class_match(w, "referral");
	w->aliases = class_match(w, "alias");
	w->frontend_acl = acl_compile(w->arena, w->conf, w->conf->frontend);
	for (size_t i = 0; i < w->conf->db_count; i++) {
		const struct conf_db *db = &w->conf->dbs[i];
		int err = db->type == CONF_DB_FRONTEND ? 0 : open_backend(w, db, write, e);
		if (err != 0)
			return err;
	}
	int err = memory_build_rootdse(w);
	if (err == 0)
		err = memory_build_subschema(w);
	return err == 0 ? 0 : err_set(e, err, "the root DSE cannot be built: %s", err_text(err));
}

int
world_open(struct conf *conf, bool write, struct world **out, struct errbuf *e)
{
	struct arena *a = arena_new(64 * 1024);
	struct world *w = arena_zalloc(a, 1, sizeof(*w));

	w->arena = a;
	w->conf = conf_ref(conf);
	int err = 0;
	if (getrandom(w->secret, sizeof(w->secret), 0) != (ssize_t)sizeof(w->secret))
		err = err_set(e, ERR_IO, "the kernel gives no random bytes");
	if (err == 0)
		err = open_all(w, write, e);
	if (err != 0) {
		world_close(&w);
		return err;
	}
	*out = w;
	return 0;
}

void
world_close(struct world **wp)
{
	struct world *w = *wp;

	if (w == NULL)
		return;
	*wp = NULL;
	for (size_t i = 0; i < w->backend_count; i++) {
		if (w->backends[i].writer != NULL)
			writer_stop(&w->backends[i].writer);
		store_close(&w->backends[i].store);
	}
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

void
reader_set_init(struct reader_set *r, const struct world *w)
{
	r->world = w;
	r->reads = calloc(w->backend_count + 1, sizeof(struct store_read *));
	if (r->reads == NULL)
		abort();
	r->scratch = arena_new(16 * 1024);
}

void
reader_set_done(struct reader_set *r)
{
	for (size_t i = 0; i < r->world->backend_count; i++)
		store_read_free(&r->reads[i]);
	free(r->reads);
	r->reads = NULL;
	arena_free(&r->scratch);
}

struct store_read *
reader_set_get(struct reader_set *r, const struct backend *be)
{
	if (r->reads[be->index] == NULL)
		r->reads[be->index] = store_read_new(be->store);
	return r->reads[be->index];
}
