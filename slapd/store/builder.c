#include "builder.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "index_write.h"
#include "slot.h"
#include "write.h"

/*
 * Building indexes behind a running server, in short write transactions. A slot's
 * position is in meta, so a restart goes on where it was. Writers keep the keys of all
 * entries current in slots that are being built too, so the builder only has to visit each
 * entry that existed when the slot began, once, in ID order.
 */

enum { STEP_ENTRIES = 1000, STEP_MS = 20, DROP_IDS = 20000 };

/* One step's work. */
struct step {
	struct store_write *w;
	struct key_list keys;
	struct arena *scratch;
	struct view now; /* the slots as this transaction has them: positions are not in views */
	bool *wanted;	 /* by slot index: slots at the lowest position */
	uint64_t position;
	size_t max_entries;
	int64_t until_ms;
};

/* Chooses the slots that are furthest behind. 1, 0 when there is none, or ERR_*. */
static int
choose(struct step *st)
{
	const struct store_write *w = st->w;
	struct view *v = &st->now;
	int any = 0, rc = slot_load(w->store, w->txn, w->reader->view->map.schema, st->scratch, v);

	if (rc != 0)
		return rc;
	st->position = UINT64_MAX;
	for (size_t i = 0; i < v->slot_count; i++) {
		if (!v->slots[i].ready && v->slots[i].position < st->position)
			st->position = v->slots[i].position;
	}
	st->wanted = arena_zalloc(st->scratch, v->slot_count + 1, sizeof(bool));
	for (size_t i = 0; i < v->slot_count; i++) {
		st->wanted[i] = !v->slots[i].ready && v->slots[i].position == st->position;
		any |= st->wanted[i];
	}
	return any;
}

static int
index_entry(struct step *st, uint64_t id, const struct record *rec)
{
	struct store_write *w = st->w;

	key_list_clear(&st->keys);
	int rc = index_keys_of(w->reader->view, rec, st->wanted, st->scratch, &st->keys);
	key_list_sort(&st->keys);
	return rc != 0 ? rc : index_put(w->store, w->txn, &st->keys, id);
}

/* Visits entries behind the position. Damaged ones are left out. */
static int
visit(struct step *st)
{
	struct record rec;
	int rc = 0;

	for (size_t n = 0; rc == 0 && n < st->max_entries; n++) {
		uint64_t id = st->position + 1;
		rc = store_next(st->w->reader, &id, &rec, NULL);
		if (rc != 0 && rc != ERR_CORRUPT)
			break;
		if (rc == 0)
			rc = index_entry(st, id, &rec);
		if (rc == ERR_CORRUPT) {
			log_error("%s: entry %llu is damaged and left out of indexes",
			    st->w->store->directory, (unsigned long long)id);
			rc = 0;
		}
		st->position = id;
		if (n % 64 == 63 && clock_mono_ms() >= st->until_ms)
			break;
	}
	return rc;
}

static int
save_slots(struct step *st, bool ready)
{
	const struct view *v = &st->now;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < v->slot_count; i++) {
		struct index_slot slot = v->slots[i];
		if (!st->wanted[i])
			continue;
		slot.position = st->position;
		slot.ready = ready;
		rc = slot_save(st->w->store, st->w->txn, &slot);
	}
	return rc == 0 && ready ? write_renew_view(st->w) : rc;
}

/* Returns 1 when it built something, 0 when nothing is to be built. */
static int
build_some(struct step *st)
{
	int rc = choose(st);

	if (rc <= 0)
		return rc;
	rc = visit(st);
	if (rc != 0 && rc != ERR_NOT_FOUND)
		return rc;
	rc = save_slots(st, rc == ERR_NOT_FOUND);
	return rc != 0 ? rc : 1;
}

/* Returns 1 when it removed something, 0 when nothing is to be removed. */
static int
drop_some(struct store_write *w)
{
	uint32_t number = 0;
	bool done = false;
	int rc = slot_first_dropped(w->store, w->txn, &number);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc == 0)
		rc = index_drop(w->store, w->txn, number, DROP_IDS, &done);
	if (rc == 0 && done)
		rc = slot_forget_dropped(w->store, w->txn, number);
	return rc != 0 ? rc : 1;
}

static int
step_in(struct store_write *w, size_t max_entries, int64_t ms)
{
	struct step st = {.w = w,
	    .scratch = arena_new(4096),
	    .max_entries = max_entries,
	    .until_ms = clock_mono_ms() + ms};

	key_list_init(&st.keys);
	int rc = build_some(&st);
	if (rc == 0)
		rc = drop_some(w);
	key_list_done(&st.keys);
	arena_free(&st.scratch);
	return rc;
}

int
builder_step(struct store *s, size_t max_entries, int64_t ms, struct errbuf *e)
{
	struct store_write *w;
	int rc = store_write_begin(s, &w, e);

	if (rc != 0)
		return rc;
	int more = step_in(w, max_entries, ms);
	if (more > 0) {
		rc = store_write_commit(&w, e);
		return rc != 0 ? rc : 1;
	}
	/* While no other writer can have begun: what the next one leaves to do stays noted. */
	if (more == 0)
		atomic_store(&s->building, false);
	store_write_abort(&w);
	return more == 0
		   ? 0
		   : err_set(e, more, "%s: building an index: %s", s->directory, err_text(more));
}

int
store_builder_step(struct store *s, struct errbuf *e)
{
	if (!store_builder_pending(s))
		return 0;
	return builder_step(s, STEP_ENTRIES, STEP_MS, e);
}

bool
store_builder_pending(const struct store *s)
{
	return !s->read_only && atomic_load(&s->building);
}
