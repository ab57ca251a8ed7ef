#include "store.h"

#include "base/arena.h"
#include "base/err.h"
#include "builder.h"
#include "slot.h"
#include "write.h"

/*
 * slapindex. The slots get new numbers and are built from nothing, while the old keys are
 * removed; a running server sees the slots as not ready meanwhile and answers from the entries.
 */

enum { STEP_ENTRIES = 50000, STEP_MS = 2000 };

static int
restart_types(
    struct store_write *w, const struct attr_type *const *types, size_t count, struct errbuf *e)
{
	struct store *s = w->store;
	const struct generation *g = w->reader->config;
	int rc = count == 0 ? slot_restart(s, w->txn, g, NULL) : 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = slot_restart(s, w->txn, g, types[i]);
	if (rc == 0)
		rc = write_renew_view(w);
	return rc == 0 ? 0
		       : err_set(e, rc, "%s: restarting indexes: %s", s->directory, err_text(rc));
}

static int
restart(struct store *s, const struct attr_type *const *types, size_t count, struct errbuf *e)
{
	struct store_write *w;
	int rc = store_write_begin(s, &w, e);

	if (rc != 0)
		return rc;
	rc = restart_types(w, types, count, e);
	if (rc != 0) {
		store_write_abort(&w);
		return rc;
	}
	atomic_store(&s->building, true);
	return store_write_commit(&w, e);
}

/* How far the slot is that is furthest behind, in IDs, of how many. */
static int
measure(struct store *s, uint64_t *done_out, uint64_t *total_out)
{
	struct arena *a = arena_new(0);
	struct generation *g = generation_take(s);
	struct view v = {0};
	MDB_txn *txn;
	uint64_t total = 0;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (rc == 0) {
		rc = slot_load(s, txn, g->schema, a, &v);
		total = env_meta_number(s, txn, BV_LIT("next"), 1) - 1;
		mdb_txn_abort(txn);
	}
	*total_out = total;
	*done_out = total;
	for (size_t i = 0; rc == 0 && i < v.slot_count; i++) {
		if (!v.slots[i].ready && v.slots[i].position < *done_out)
			*done_out = v.slots[i].position;
	}
	generation_release(s, &g);
	arena_free(&a);
	return rc;
}

int
store_reindex(struct store *s, const struct attr_type *const *types, size_t count,
    void (*progress)(void *arg, uint64_t done, uint64_t total), void *arg, struct errbuf *e)
{
	uint64_t done, total;
	int rc = restart(s, types, count, e);

	if (rc != 0)
		return rc;
	while ((rc = builder_step(s, STEP_ENTRIES, STEP_MS, e)) == 1) {
		if (progress != NULL && measure(s, &done, &total) == 0)
			progress(arg, done, total);
	}
	return rc;
}
