#include "plan_iter.h"

#include "base/arena.h"
#include "base/err.h"

/*
 * AND leapfrogs: the first child proposes, the others raise; OR takes the least of its
 * children's heads, each of which only moves when it has fallen behind. A posting tries a
 * few steps along the page before it searches. Leapfrogging costs steps of the reader; when they
 * have run out, what is known so far is kept: the position by the caller, heads by the OR.
 */

enum { STEPS_BEFORE_SEARCH = 4 };

struct iter *
iter_new(struct arena *a, enum iter_kind kind, bool exact)
{
	struct iter *it = arena_zalloc(a, 1, sizeof(*it));

	it->kind = kind;
	it->exact = exact;
	return it;
}

/* Makes sure that the iterator has a cursor of the open transaction. *fresh_out: it was not so. */
static int
ensure_cursor(struct store_read *r, struct iter *it, MDB_dbi dbi, bool *fresh_out)
{
	*fresh_out = it->cursor == NULL || it->generation != r->generation;
	if (!*fresh_out)
		return 0;
	it->cursor = NULL;
	it->at = 0;
	int rc = read_borrow(r, dbi, &it->cursor);
	it->generation = r->generation;
	return rc;
}

static int
ended(struct store_read *r, int rc)
{
	return rc == MDB_NOTFOUND ? 0 : env_error(r->store, rc, "reading", NULL);
}

static int
seek_all(struct store_read *r, struct iter *it, uint64_t at_least, uint64_t *out)
{
	MDB_val k = val_id(&at_least), v;
	bool fresh;
	int rc = ensure_cursor(r, it, r->store->entries, &fresh);

	if (rc != 0)
		return rc;
	if (!fresh && it->at != 0 && it->at == at_least - 1 && !r->writing)
		rc = mdb_cursor_get(it->cursor->cursor, &k, &v, MDB_NEXT);
	else
		rc = mdb_cursor_get(it->cursor->cursor, &k, &v, MDB_SET_RANGE);
	it->at = rc == 0 ? val_read_id(k) : 0;
	*out = it->at;
	return rc == 0 ? 1 : ended(r, rc);
}

/* Puts the cursor on the first ID of the key. */
static int
first_id(struct iter *it, uint64_t *id_out)
{
	MDB_val k = val_of(bv_make(it->key->bytes, it->key->n)), v;
	int rc = mdb_cursor_get(it->cursor->cursor, &k, &v, MDB_SET_KEY);

	*id_out = rc == 0 ? val_read_id(v) : 0;
	return rc;
}

static int
search_id(struct iter *it, uint64_t at_least, uint64_t *id_out)
{
	MDB_val k = val_of(bv_make(it->key->bytes, it->key->n)), v = val_id(&at_least);
	int rc = mdb_cursor_get(it->cursor->cursor, &k, &v, MDB_GET_BOTH_RANGE);

	*id_out = rc == 0 ? val_read_id(v) : 0;
	return rc;
}

/* Moves on from it->at to at_least: along the page, then by search. */
static int
advance(struct iter *it, uint64_t at_least, uint64_t *id_out)
{
	MDB_val k, v;
	uint64_t id = it->at;

	for (int i = 0; i < STEPS_BEFORE_SEARCH && id < at_least; i++) {
		int rc = mdb_cursor_get(it->cursor->cursor, &k, &v, MDB_NEXT_DUP);
		if (rc != 0)
			return rc;
		id = val_read_id(v);
	}
	if (id < at_least)
		return search_id(it, at_least, id_out);
	*id_out = id;
	return 0;
}

static int
seek_posting(struct store_read *r, struct iter *it, uint64_t at_least, uint64_t *out)
{
	bool fresh;
	uint64_t id;
	int rc = ensure_cursor(r, it, r->store->index, &fresh);

	if (rc != 0)
		return rc;
	if (it->at >= at_least && !r->writing) {
		*out = it->at;
		return 1;
	}
	if (r->writing || fresh || it->at == 0) {
		rc = first_id(it, &id);
		if (rc == 0 && id < at_least)
			rc = search_id(it, at_least, &id);
	} else {
		rc = advance(it, at_least, &id);
	}
	it->at = rc == 0 ? id : 0;
	*out = it->at;
	return rc == 0 ? 1 : ended(r, rc);
}

static int
seek_and(struct store_read *r, struct iter *it, uint64_t at_least, uint64_t *out)
{
	uint64_t candidate = at_least, id = 0;
	size_t agreed = 0;
	int rc = 1;

	for (size_t i = 0; rc == 1 && agreed < it->child_count; i = (i + 1) % it->child_count) {
		if (r->steps == 0) {
			rc = ITER_AGAIN;
			break;
		}
		r->steps--;
		rc = iter_seek(r, it->children[i], candidate, &id);
		if (rc <= 0)
			return rc;
		agreed = id == candidate ? agreed + 1 : 1;
		candidate = id;
	}
	*out = candidate;
	return rc;
}

/* Moves a head that is behind at_least, or unsure. 0 or ERR_*. */
static int
move_head(struct store_read *r, struct iter *child, struct iter_head *head, uint64_t at_least)
{
	uint64_t from = head->id > at_least ? head->id : at_least;

	if (head->id == UINT64_MAX || (head->id >= at_least && !head->unsure))
		return 0;
	int rc = iter_seek(r, child, from, &head->id);
	if (rc < 0)
		return rc;
	if (rc == 0)
		head->id = UINT64_MAX;
	head->unsure = rc == ITER_AGAIN;
	return 0;
}

/* Heads of another transaction bound what is to come; of one that changes they say nothing. */
static void
doubt_heads(struct store_read *r, struct iter *it)
{
	if (it->generation == r->generation && !r->writing)
		return;
	for (size_t i = 0; i < it->child_count; i++)
		it->heads[i] = (struct iter_head){r->writing ? 0 : it->heads[i].id, true};
	it->generation = r->generation;
}

static int
seek_or(struct store_read *r, struct iter *it, uint64_t at_least, uint64_t *out)
{
	struct iter_head least = {UINT64_MAX, false};

	doubt_heads(r, it);
	for (size_t i = 0; i < it->child_count; i++) {
		int rc = move_head(r, it->children[i], &it->heads[i], at_least);
		if (rc != 0)
			return rc;
		if (it->heads[i].id < least.id)
			least = it->heads[i];
	}
	*out = least.id;
	if (least.id == UINT64_MAX)
		return 0;
	return least.unsure ? ITER_AGAIN : 1;
}

void
iter_rewind(struct iter *it)
{
	it->at = 0;
	for (size_t i = 0; i < it->child_count; i++) {
		if (it->kind == ITER_OR)
			it->heads[i] = (struct iter_head){0, true};
		iter_rewind(it->children[i]);
	}
}

int
iter_seek(struct store_read *r, struct iter *it, uint64_t at_least, uint64_t *out)
{
	switch (it->kind) {
	case ITER_EMPTY:
	case ITER_RANGE:
		return 0;
	case ITER_ONE:
		*out = it->one;
		return it->one >= at_least;
	case ITER_SET:
		*out = idset_at_least(it->set, at_least);
		return *out != 0;
	case ITER_ALL:
		return seek_all(r, it, at_least, out);
	case ITER_POSTING:
		return seek_posting(r, it, at_least, out);
	case ITER_AND:
		return seek_and(r, it, at_least, out);
	case ITER_OR:
		return seek_or(r, it, at_least, out);
	}
	return 0;
}

int
iter_count(struct store_read *r, const struct index_key *key, uint64_t *out)
{
	struct read_cursor *c;
	MDB_val k = val_of(bv_make(key->bytes, key->n)), v;
	size_t count = 0;
	int rc = read_borrow(r, r->store->index, &c);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(c->cursor, &k, &v, MDB_SET_KEY);
	if (rc == 0)
		rc = mdb_cursor_count(c->cursor, &count);
	read_return(c);
	*out = count;
	return rc == MDB_NOTFOUND ? 0 : env_error(r->store, rc, "reading the index", NULL);
}

/* Returns whether a key found is still within the range. */
static bool
within(struct bv key, const struct index_key *last)
{
	size_t n = key.n < last->n ? key.n : last->n;

	return memcmp(key.p, last->bytes, n) <= 0;
}

/* Adds the page of IDs under the cursor and those that follow it under the same key. */
static int
collect_key(MDB_cursor *c, MDB_val v, struct idset *set, uint64_t *left)
{
	MDB_val k;
	int rc = 0;

	while (rc == 0) {
		if (*left == 0 || !idset_add(set, val_read_id(v)))
			return MDB_MAP_FULL;
		--*left;
		rc = mdb_cursor_get(c, &k, &v, MDB_NEXT_DUP);
	}
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int
iter_collect(struct store_read *r, const struct iter_range *range, struct idset *set)
{
	struct read_cursor *c;
	MDB_val k = val_of(bv_make(range->first->bytes, range->first->n)), v;
	uint64_t left = range->max;
	int rc = read_borrow(r, r->store->index, &c);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(c->cursor, &k, &v, MDB_SET_RANGE);
	while (rc == 0 && within(val_bv(k), range->last)) {
		rc = collect_key(c->cursor, v, set, &left);
		if (rc == 0)
			rc = mdb_cursor_get(c->cursor, &k, &v, MDB_NEXT_NODUP);
	}
	read_return(c);
	if (rc == MDB_MAP_FULL)
		return 0;
	idset_finish(set);
	return rc == 0 || rc == MDB_NOTFOUND ? 1
					     : env_error(r->store, rc, "reading the index", NULL);
}

int
iter_collect_key(struct store_read *r, const struct index_key *key, struct idset *set)
{
	struct read_cursor *c;
	MDB_val k = val_of(bv_make(key->bytes, key->n)), v;
	uint64_t left = UINT64_MAX;
	int rc = read_borrow(r, r->store->index, &c);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(c->cursor, &k, &v, MDB_SET_KEY);
	if (rc == 0)
		rc = collect_key(c->cursor, v, set, &left);
	read_return(c);
	if (rc == MDB_MAP_FULL)
		return 0;
	idset_finish(set);
	return rc == 0 || rc == MDB_NOTFOUND ? 1
					     : env_error(r->store, rc, "reading the index", NULL);
}
