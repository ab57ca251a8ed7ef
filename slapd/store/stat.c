#include "stat.h"

#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/schema.h"
#include "slot.h"

/*
 * Statistics. Everything is read from the newest snapshot in a read transaction of its
 * own; what could be long (the free list after a large deletion under an old reader) is looked at
 * only in part.
 */

enum { FREE_PARTS = 4096 };

/* Counts the pages on LMDB's free list (table 0): each part is a count and that many numbers. */
static uint64_t
free_pages(MDB_txn *txn)
{
	MDB_cursor *c;
	MDB_stat st;
	MDB_val k, v;
	uint64_t pages = 0, parts = 0, n;

	if (mdb_stat(txn, 0, &st) != 0 || mdb_cursor_open(txn, 0, &c) != 0)
		return 0;
	while (parts < FREE_PARTS && mdb_cursor_get(c, &k, &v, MDB_NEXT) == 0) {
		parts++;
		if (v.mv_size < sizeof(n))
			continue;
		memcpy(&n, v.mv_data, sizeof(n));
		pages += n;
	}
	mdb_cursor_close(c);
	return st.ms_entries > parts && parts > 0 ? pages / parts * st.ms_entries : pages;
}

int
store_stat(struct store *s, struct store_stat *out)
{
	MDB_envinfo info;
	MDB_stat st;
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return env_error(s, rc, "reading statistics", NULL);
	mdb_env_info(s->env, &info);
	rc = mdb_stat(txn, s->entries, &st);
	if (rc == 0)
		*out = (struct store_stat){.entries = st.ms_entries,
		    .pages_used = info.me_last_pgno + 1,
		    .pages_max = info.me_mapsize / st.ms_psize,
		    .pages_free = free_pages(txn),
		    .readers_max = info.me_maxreaders,
		    .readers_used = info.me_numreaders,
		    .page_bytes = st.ms_psize};
	mdb_txn_abort(txn);
	return env_error(s, rc, "reading statistics", NULL);
}

/* Writes the names of the kinds. */
static void
name_kinds(unsigned kinds, char *out, size_t room)
{
	static const struct {
		unsigned kinds;
		const char *name;
	} names[] = {{INDEX_PRES, "pres"}, {INDEX_EQ, "eq"}, {INDEX_SUB, "sub"},
	    {INDEX_SUB_INITIAL, "subinitial"}, {INDEX_SUB_ANY, "subany"},
	    {INDEX_SUB_FINAL, "subfinal"}, {INDEX_APPROX, "approx"},
	    {INDEX_NO_SUBTYPES, "nosubtypes"}};
	size_t n = 0;

	out[0] = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((kinds & names[i].kinds) != names[i].kinds)
			continue;
		kinds &= ~names[i].kinds;
		n += (size_t)snprintf(out + n, room - n, "%s%s", n > 0 ? "," : "", names[i].name);
	}
}

/* Describes all slots of the type of slot first, which no earlier slot has. */
static void
describe(struct store *s, const struct view *v, size_t first, uint64_t total,
    struct store_index_stat *out)
{
	const struct attr_type *type = v->slots[first].type;
	unsigned kinds = 0;

	*out = (struct store_index_stat){.ready = true, .position = total, .total = total};
	snprintf(out->type, sizeof(out->type), "%.*s", BV(type->names[0]));
	for (size_t i = first; i < v->slot_count; i++) {
		const struct index_slot *slot = &v->slots[i];
		if (slot->type != type)
			continue;
		kinds |= slot->kind | (slot->no_subtypes ? INDEX_NO_SUBTYPES : 0);
		out->ready = out->ready && slot->ready;
		if (!slot->ready && slot->position < out->position)
			out->position = slot->position;
		out->uses += env_uses(s, slot->number);
	}
	name_kinds(kinds, out->kinds, sizeof(out->kinds));
}

static bool
is_first(const struct view *v, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (v->slots[k].type == v->slots[i].type)
			return false;
	}
	return true;
}

static int
load(struct store *s, const struct schema *schema, struct arena *a, struct view *v, uint64_t *total)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return env_error(s, rc, "reading statistics", NULL);
	rc = slot_load(s, txn, schema, a, v);
	*total = env_meta_number(s, txn, BV_LIT("next"), 1) - 1;
	mdb_txn_abort(txn);
	return rc;
}

size_t
store_index_stats(struct store *s, struct store_index_stat *out, size_t max)
{
	struct arena *a = arena_new(0);
	struct generation *g = generation_take(s);
	struct view v = {0};
	uint64_t total = 0;
	size_t n = 0;
	int rc = load(s, g->schema, a, &v, &total);

	for (size_t i = 0; rc == 0 && i < v.slot_count; i++) {
		if (!is_first(&v, i))
			continue;
		if (n < max)
			describe(s, &v, i, total, &out[n]);
		n++;
	}
	generation_release(s, &g);
	arena_free(&a);
	return n;
}
