#include "bulk.h"

#include <stdlib.h>
#include <unistd.h>
#include "base/err.h"
#include "base/log.h"
#include "model/dn.h"
#include "model/entry.h"
#include "load.h"
#include "sorter.h"
#include "store.h"
#include "write.h"

/*
 * Bulk loading. Records and names are written as they come, IDs ascending; index keys are
 * sorted and written at the end. Into an empty database the work is committed in parts
 * that stay small in memory, without syncing until the end, and thrown away as a whole if it does
 * not get there (load.h). Into one that has entries it is one ordinary transaction.
 */

enum {
	PART_BYTES = 32 << 20, /* records per commit */
	PART_IDS = 1 << 21,    /* index entries per commit */
	BATCH_IDS = 512,
	SUPERIORS = 64, /* superiors remembered, by hash of their names */
	SUPERIOR_BYTES = 256,
};

struct superior {
	uint64_t id;
	size_t n;
	uint8_t name[SUPERIOR_BYTES];
};

struct bulk {
	struct store *store;
	struct store_write *write;
	struct sorter *sorter;
	bool fresh;	  /* the database was empty: commit in parts */
	bool had_no_sync; /* the environment's own setting */
	bool failed;	  /* a table was left half-changed: only bulk_abort remains */
	bool locked;
	size_t part_bytes;
	struct superior superiors[SUPERIORS];
};

/* The IDs of one key on their way into the index. */
struct batch {
	MDB_cursor *cursor;
	struct bv key;
	uint8_t key_bytes[KEY_BYTES];
	uint64_t ids[BATCH_IDS];
	size_t count;
	bool key_started;
	uint64_t written;
};

static void
bulk_free(struct bulk **bp)
{
	struct bulk *b = *bp;

	*bp = NULL;
	store_write_abort(&b->write);
	sorter_free(&b->sorter);
	if (b->fresh && !b->had_no_sync)
		mdb_env_set_flags(b->store->env, MDB_NOSYNC, 0);
	if (b->locked)
		load_unlock(b->store);
	free(b);
}

/* Marks the load and lets commits go without syncing. Keys of dropped indexes may be left:
 * appending needs empty tables. */
static int
prepare_fresh(struct bulk *b, struct errbuf *e)
{
	unsigned flags = 0;
	int rc = load_clear(b->store, b->write->txn);

	if (rc == 0)
		rc = load_mark(b->store, b->write->txn, true);
	if (rc == 0)
		rc = store_write_commit(&b->write, e);
	if (rc != 0)
		return rc;
	mdb_env_get_flags(b->store->env, &flags);
	b->had_no_sync = (flags & MDB_NOSYNC) != 0;
	mdb_env_set_flags(b->store->env, MDB_NOSYNC, 1);
	return store_write_begin(b->store, &b->write, e);
}

int
bulk_begin(struct store *s, size_t run_bytes, struct bulk **out, struct errbuf *e)
{
	struct bulk *b = calloc(1, sizeof(*b));
	int rc;

	if (b == NULL)
		return err_set(e, ERR_LIMIT, "out of memory for loading");
	b->store = s;
	rc = load_lock(s, e);
	b->locked = rc == 0;
	if (rc == 0)
		rc = store_write_begin(s, &b->write, e);
	if (rc == 0 && store_entry_count(b->write->reader) == 0) {
		b->fresh = true;
		rc = prepare_fresh(b, e);
	}
	if (rc != 0) {
		bulk_free(&b);
		return rc;
	}
	b->sorter = sorter_new(s->directory, run_bytes);
	*out = b;
	return 0;
}

static struct superior *
superior_slot(struct bulk *b, struct bv name)
{
	size_t h = name.n;

	for (size_t i = 0; i < name.n && i < 48; i++)
		h = h * 31 + name.p[i];
	return &b->superiors[h % SUPERIORS];
}

/* Finds the entry's superior; 0 for the suffix entry. */
static int
find_superior(struct bulk *b, const struct entry *e, uint64_t *id_out)
{
	struct store_read *r = b->write->reader;
	uint64_t matched;

	if (e->dn.rdn_count == 0 || !dn_normal_is_under(e->dn.normal, b->store->suffix_normal))
		return ERR_NOT_FOUND;
	*id_out = 0;
	if (bv_eq(e->dn.normal, b->store->suffix_normal) || e->dn.rdn_count == 1)
		return 0;
	struct dn above = dn_parent(&e->dn);
	struct superior *known = superior_slot(b, above.normal);
	if (known->id != 0 && bv_eq(above.normal, bv_make(known->name, known->n))) {
		*id_out = known->id;
		return 0;
	}
	int rc = store_find(r, &above, id_out, &matched);
	if (rc == 0 && above.normal.n <= SUPERIOR_BYTES) {
		known->id = *id_out;
		known->n = above.normal.n;
		memcpy(known->name, above.normal.p, above.normal.n);
	}
	return rc;
}

/* Commits what there is and goes on in a new transaction. */
static int
next_part(struct bulk *b, struct errbuf *e)
{
	b->part_bytes = 0;
	int rc = store_write_commit(&b->write, e);
	return rc != 0 ? rc : store_write_begin(b->store, &b->write, e);
}

static int
sort_keys(struct bulk *b, uint64_t id, struct errbuf *err)
{
	const struct key_list *keys = &b->write->new_keys;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < keys->count; i++)
		rc = sorter_add(b->sorter, key_list_at(keys, i), id, err);
	return rc;
}

/* After the superior is known. Errors other than ERR_EXISTS end the load. */
static int
add_under(
    struct bulk *b, uint64_t parent, const struct entry *e, uint64_t *id_out, struct errbuf *err)
{
	int rc = write_add_record(b->write, parent, e, id_out, err);

	if (rc == ERR_EXISTS || rc == ERR_LIMIT)
		return rc;
	if (rc == 0)
		rc = sort_keys(b, *id_out, err);
	if (rc == 0) {
		b->part_bytes += b->write->record.n;
		if (b->fresh && b->part_bytes >= PART_BYTES)
			rc = next_part(b, err);
	}
	b->failed = rc != 0;
	return rc;
}

int
bulk_add(struct bulk *b, const struct entry *e, uint64_t *id_out, struct errbuf *err)
{
	uint64_t parent, id = 0;

	if (b->failed)
		return err_set(err, ERR_IO, "the load has failed before");
	int rc = find_superior(b, e, &parent);
	if (rc == ERR_NOT_FOUND)
		return err_set(err, rc, "the superior entry does not exist");
	if (rc == 0)
		rc = add_under(b, parent, e, &id, err);
	if (rc == 0)
		*id_out = id;
	return rc;
}

/* Writes the IDs gathered; fresh: behind everything that is in the index. */
static int
flush_batch(struct batch *batch, bool fresh)
{
	MDB_val k = val_of(batch->key), v[2];
	size_t from = 0;
	int rc = 0;

	if (fresh && !batch->key_started) {
		v[0] = val_id(&batch->ids[0]);
		rc = mdb_cursor_put(batch->cursor, &k, &v[0], MDB_APPEND);
		from = 1;
	}
	batch->key_started = true;
	v[0] = (MDB_val){sizeof(uint64_t), &batch->ids[from]};
	v[1] = (MDB_val){batch->count - from, NULL};
	if (rc == 0 && fresh && batch->count > from)
		rc = mdb_cursor_put(batch->cursor, &k, v, MDB_MULTIPLE | MDB_APPENDDUP);
	for (size_t i = from; rc == 0 && !fresh && i < batch->count; i++) {
		v[0] = val_id(&batch->ids[i]);
		rc = mdb_cursor_put(batch->cursor, &k, &v[0], 0);
	}
	batch->written += batch->count;
	batch->count = 0;
	return rc;
}

static void
start_key(struct batch *batch, struct bv key)
{
	memcpy(batch->key_bytes, key.p, key.n);
	batch->key = bv_make(batch->key_bytes, key.n);
	batch->key_started = false;
}

/* Commits index entries so far when they are many. */
static int
index_part(struct bulk *b, struct batch *batch, struct errbuf *e)
{
	mdb_cursor_close(batch->cursor);
	batch->cursor = NULL;
	batch->written = 0;
	int rc = next_part(b, e);
	if (rc != 0)
		return rc;
	return env_error(b->store, mdb_cursor_open(b->write->txn, b->store->index, &batch->cursor),
	    "loading", e);
}

static int
write_pair(struct bulk *b, struct batch *batch, struct bv key, uint64_t id, struct errbuf *e)
{
	bool other = batch->count == 0 || !bv_eq(key, batch->key);
	int rc = 0;

	if (batch->count > 0 && (other || batch->count == BATCH_IDS))
		rc = env_error(b->store, flush_batch(batch, b->fresh), "writing the index", e);
	if (rc == 0 && b->fresh && batch->written >= PART_IDS)
		rc = index_part(b, batch, e);
	if (other)
		start_key(batch, key);
	batch->ids[batch->count++] = id;
	return rc;
}

static int
write_index(struct bulk *b, struct errbuf *e)
{
	struct batch batch = {.key = BV_LIT("")};
	struct bv key = BV_NONE;
	uint64_t id = 0;
	int more = 1,
	    rc = env_error(b->store, mdb_cursor_open(b->write->txn, b->store->index, &batch.cursor),
		"loading", e);

	while (rc == 0 && (more = sorter_next(b->sorter, &key, &id)) == 1)
		rc = write_pair(b, &batch, key, id, e);
	if (rc == 0 && more < 0)
		rc = err_set(e, more, "%s: reading back sorted keys failed", b->store->directory);
	if (rc == 0 && batch.count > 0)
		rc = env_error(b->store, flush_batch(&batch, b->fresh), "writing the index", e);
	if (batch.cursor != NULL)
		mdb_cursor_close(batch.cursor);
	return rc;
}

int
bulk_end(struct bulk **bp, struct errbuf *e)
{
	struct bulk *b = *bp;
	int rc = b->failed ? err_set(e, ERR_IO, "the load has failed before") : 0;

	if (rc == 0)
		rc = sorter_finish(b->sorter, e);
	if (rc == 0)
		rc = write_index(b, e);
	if (rc == 0 && b->fresh)
		rc = load_mark(b->store, b->write->txn, false);
	if (rc == 0)
		rc = store_write_commit(&b->write, e);
	if (rc == 0)
		rc = store_sync(b->store, e);
	if (rc != 0) {
		bulk_abort(bp);
		return rc;
	}
	bulk_free(bp);
	return 0;
}

/* Takes back the parts that were committed. */
static void
undo_parts(struct bulk *b)
{
	struct errbuf e = {""};
	struct store_write *w;
	int rc = store_write_begin(b->store, &w, &e);

	if (rc == 0) {
		rc = load_clear(b->store, w->txn);
		if (rc == 0)
			rc = store_write_commit(&w, &e);
		else
			store_write_abort(&w);
	}
	if (rc != 0)
		log_error("%s: what was loaded cannot be taken back now (%s); it will be at the "
			  "next start",
		    b->store->directory, err_text(rc));
}

void
bulk_abort(struct bulk **bp)
{
	struct bulk *b = *bp;

	if (b == NULL)
		return;
	store_write_abort(&b->write);
	if (b->fresh)
		undo_parts(b);
	bulk_free(bp);
}
