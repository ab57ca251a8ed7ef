#include "store.h"

#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "compat.h"
#include "model/dn.h"
#include "slot.h"
#include "view.h"
#include "write.h"

/* Opening, configuring and closing a database. */

static struct store *
store_new(const struct store_options *o)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		log_error("store: out of memory for a database");
		abort();
	}
	s->arena = arena_new(0);
	s->directory = arena_str(s->arena, bv_str(o->directory));
	s->suffix_normal = arena_dup(s->arena, o->suffix->normal);
	s->suffix_rdns = o->suffix->rdn_count;
	s->read_only = o->read_only;
	s->lock_fd = -1;
	pthread_mutex_init(&s->view_lock, NULL);
	pthread_cond_init(&s->settled, NULL);
	pthread_mutex_init(&s->config_lock, NULL);
	return s;
}

/* Tells the builder whether there is work: slots to build, or to drop. */
static int
note_work(struct store *s, MDB_txn *txn, const struct generation *g)
{
	struct arena *a = arena_new(0);
	struct view v = {0};
	uint32_t number;
	int rc = slot_load(s, txn, g->schema, a, &v);
	bool work = slot_first_dropped(s, txn, &number) == 0;

	for (size_t i = 0; rc == 0 && i < v.slot_count; i++)
		work |= !v.slots[i].ready;
	if (work)
		atomic_store(&s->building, true);
	arena_free(&a);
	return rc;
}

/* Checks that the entries allow the step from the schema in force to g's. */
static int
check_step(struct store *s, MDB_txn *txn, const struct generation *g, struct errbuf *e)
{
	struct store_read *r = read_new_writing(s, txn, generation_take(s));
	int rc = view_refresh(s, txn, r->config, &r->view);

	if (rc == 0)
		rc = compat_check(r, g->schema, e);
	else
		err_set(e, rc, "%s: reading the attribute table: %s", s->directory, err_text(rc));
	if (rc == 0)
		rc = compat_restart(r, g);
	store_read_free(&r);
	return rc;
}

/* Writes the index states that the configuration asks for, if they are not there. */
static int
reconcile(struct store *s, MDB_txn *txn, const struct generation *g, struct errbuf *e)
{
	bool other = s->newest != NULL && s->newest->schema != g->schema, changed = other;
	int rc = other ? check_step(s, txn, g, e) : 0;

	if (rc != 0)
		return rc;
	rc = slot_reconcile(s, txn, g, &changed);
	if (rc == 0 && changed)
		rc = view_bump(s, txn);
	if (rc == 0)
		rc = note_work(s, txn, g);
	return rc == 0 ? 0
		       : err_set(e, rc, "%s: configuring indexes: %s", s->directory, err_text(rc));
}

/* Takes the generation up in a write transaction. */
static int
adopt(struct store *s, struct generation *g, struct errbuf *e)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, 0, &txn);

	if (rc != 0)
		return env_error(s, rc, "configuring indexes", e);
	rc = reconcile(s, txn, g, e);
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	generation_propose(s, g);
	rc = env_error(s, mdb_txn_commit(txn), "configuring indexes", e);
	generation_settle(s, g, rc == 0);
	return rc;
}

/* Of a database that is only read, nothing has to be brought in line. */
static int
adopt_reading(struct store *s, struct generation *g, struct errbuf *e)
{
	int rc = 0;

	if (s->newest != NULL && s->newest->schema != g->schema) {
		struct store_read *r = store_read_new(s);
		rc = store_read_begin(r, e);
		if (rc == 0)
			rc = compat_check(r, g->schema, e);
		store_read_free(&r);
	}
	if (rc == 0)
		generation_settle(s, g, true);
	return rc;
}

int
store_configure(struct store *s, const struct schema *schema, const struct index_spec *indexes,
    size_t count, struct errbuf *e)
{
	struct generation *g = generation_new(s, schema, indexes, count);

	pthread_mutex_lock(&s->config_lock);
	int rc = s->read_only ? adopt_reading(s, g, e) : adopt(s, g, e);
	if (rc == 0 && s->wake != NULL && store_builder_pending(s))
		s->wake(s->wake_arg);
	pthread_mutex_unlock(&s->config_lock);
	generation_release(s, &g);
	return rc;
}

int
store_open(const struct store_options *o, struct store **out, struct errbuf *e)
{
	struct store *s = store_new(o);
	int rc = env_open(s, o, e);

	if (rc == 0)
		rc = store_configure(s, o->schema, o->indexes, o->index_count, e);
	if (rc != 0) {
		store_close(&s);
		return rc;
	}
	*out = s;
	return 0;
}

void
store_close(struct store **sp)
{
	struct store *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	generation_release(s, &s->newest);
	env_close(s);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	pthread_mutex_destroy(&s->view_lock);
	pthread_cond_destroy(&s->settled);
	pthread_mutex_destroy(&s->config_lock);
	arena_free(&s->arena);
	free(s);
}

int
store_sync(struct store *s, struct errbuf *e)
{
	return env_error(s, mdb_env_sync(s->env, 1), "syncing", e);
}
