#include "view.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "compat.h"
#include "model/desc.h"
#include "model/schema.h"
#include "slot.h"

/*
 * Views. The stamp in meta grows with every change of the attribute table or of an
 * index's state, by whichever process; a reader whose view has another stamp than its
 * snapshot takes the published view of its generation, or builds its own when that one is of
 * another time. Building costs some ten microseconds and is rare. A view of an older schema
 * leaves out the indexes that writers, who have the newest one, keep in another way.
 */

static uint64_t
stamp_of(const struct store *s, MDB_txn *txn)
{
	return env_meta_number(s, txn, BV_LIT("stamp"), 0);
}

int
view_bump(struct store *s, MDB_txn *txn)
{
	return env_meta_put_number(s, txn, BV_LIT("stamp"), stamp_of(s, txn) + 1);
}

/* Reads the attribute table. IDs are 1 to count without gaps. */
static int
load_descs(struct store *s, MDB_txn *txn, struct view *v)
{
	MDB_stat st;
	struct attr_map *m = &v->map;
	int rc = mdb_stat(txn, s->attrs, &st);

	if (rc != 0)
		return env_error(s, rc, "reading attribute names", NULL);
	m->count = st.ms_entries;
	m->descs = arena_zalloc(v->arena, m->count + 1, sizeof(struct attr_desc *));
	for (uint32_t id = 1; id <= m->count; id++) {
		MDB_val key = {sizeof(id), &id}, name;
		rc = mdb_get(txn, s->attrs, &key, &name);
		if (rc == MDB_NOTFOUND)
			return ERR_CORRUPT;
		if (rc != 0)
			return env_error(s, rc, "reading attribute names", NULL);
		m->descs[id] =
		    desc_for_stored(m->schema, v->arena, arena_dup(v->arena, val_bv(name)));
	}
	return 0;
}

static bool
slot_covers(const struct index_slot *slot, const struct attr_desc *d)
{
	return slot->no_subtypes ? d->type == slot->type : schema_attr_is_a(d->type, slot->type);
}

/* Appends the slots of one attribute ID to out (NULL: only counts them); returns how many. */
static size_t
list_slots_of(const struct view *v, uint32_t id, uint16_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < v->slot_count; i++) {
		if (!slot_covers(&v->slots[i], v->map.descs[id]))
			continue;
		if (out != NULL)
			out[n] = (uint16_t)i;
		n++;
	}
	return n;
}

/* Lists for every attribute ID the slots that index it. */
static void
link_slots(struct view *v)
{
	uint32_t total = 0;

	v->attr_slot_at = arena_zalloc(v->arena, v->map.count + 2, sizeof(*v->attr_slot_at));
	for (uint32_t id = 1; id <= v->map.count; id++) {
		v->attr_slot_at[id] = total;
		total += (uint32_t)list_slots_of(v, id, NULL);
	}
	v->attr_slot_at[v->map.count + 1] = total;
	v->attr_slots = arena_alloc(v->arena, total * sizeof(*v->attr_slots));
	for (uint32_t id = 1; id <= v->map.count; id++)
		list_slots_of(v, id, v->attr_slots + v->attr_slot_at[id]);
}

/* Whether writers with that schema keep the slot as this view's schema would. */
static bool
is_kept(const struct view *v, const struct index_slot *slot, const struct schema *writers)
{
	const struct attr_type *type = slot_type_in(slot, writers);

	for (uint32_t id = 1; type != NULL && id <= v->map.count; id++) {
		const struct attr_type *mine = v->map.descs[id]->type, *theirs;
		if (!slot_covers(slot, v->map.descs[id]))
			continue;
		theirs = schema_attr_type(writers, mine->names[0]);
		if (theirs == NULL || compat_difference(mine, theirs) != NULL)
			return false;
	}
	return type != NULL;
}

/* Compares the view with what writers do from the next commit on. */
static void
compare_with_writers(struct store *s, struct view *v)
{
	struct generation *coming = generation_take_coming(s);
	size_t kept = 0;

	v->superseded = coming->schema != v->map.schema;
	for (size_t i = 0; v->superseded && i < v->slot_count; i++) {
		if (is_kept(v, &v->slots[i], coming->schema))
			v->slots[kept++] = v->slots[i];
	}
	if (v->superseded)
		v->slot_count = kept;
	generation_release(s, &coming);
}

int
view_build(struct store *s, MDB_txn *txn, const struct generation *g, struct view **out)
{
	struct arena *a = arena_new(16384);
	struct view *v = arena_zalloc(a, 1, sizeof(*v));

	v->arena = a;
	v->refs = 1;
	v->map.schema = g->schema;
	v->stamp = stamp_of(s, txn);
	int rc = load_descs(s, txn, v);
	if (rc == 0)
		rc = slot_load(s, txn, g->schema, a, v);
	if (rc != 0) {
		arena_free(&a);
		return rc;
	}
	attr_map_fill(&v->map, a);
	compare_with_writers(s, v);
	link_slots(v);
	for (size_t i = 0; i < v->slot_count; i++) {
		if (!v->slots[i].ready)
			atomic_store(&s->building, true);
	}
	*out = v;
	return 0;
}

void
view_release(struct store *s, struct view **vp)
{
	struct view *v = *vp;
	bool last = false;

	*vp = NULL;
	if (v == NULL)
		return;
	pthread_mutex_lock(&s->view_lock);
	last = --v->refs == 0;
	pthread_mutex_unlock(&s->view_lock);
	if (last)
		arena_free(&v->arena);
}

void
view_publish(struct store *s, struct generation *g, struct view *v)
{
	pthread_mutex_lock(&s->view_lock);
	struct view *old = g->view;
	bool newer = old == NULL || old->stamp < v->stamp;
	if (newer) {
		v->refs++;
		g->view = v;
	}
	pthread_mutex_unlock(&s->view_lock);
	if (newer)
		view_release(s, &old);
}

static struct view *
take_published(struct store *s, const struct generation *g)
{
	pthread_mutex_lock(&s->view_lock);
	struct view *v = g->view;
	if (v != NULL)
		v->refs++;
	pthread_mutex_unlock(&s->view_lock);
	return v;
}

static bool
fits(const struct view *v, uint64_t stamp)
{
	return v != NULL && v->stamp == stamp;
}

int
view_refresh(struct store *s, MDB_txn *txn, struct generation *g, struct view **view)
{
	uint64_t stamp = stamp_of(s, txn);

	if (fits(*view, stamp))
		return 0;
	view_release(s, view);
	*view = take_published(s, g);
	if (fits(*view, stamp))
		return 0;
	view_release(s, view);
	int rc = view_build(s, txn, g, view);
	if (rc == 0)
		view_publish(s, g, *view);
	return rc;
}

const struct index_slot *
view_slot(const struct view *v, const struct attr_type *type, unsigned kind)
{
	for (size_t i = 0; i < v->slot_count; i++) {
		if (v->slots[i].type == type && v->slots[i].kind == kind)
			return &v->slots[i];
	}
	return NULL;
}
