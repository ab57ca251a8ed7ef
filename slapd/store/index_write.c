#include "index_write.h"

#include "base/err.h"

/* Index changes follow from the difference of two sorted key lists: what is in both is not touched.
 */

enum { TRIM_MAX = 64 }; /* each key left over is looked for among all others */

static int
put_one(MDB_cursor *c, struct bv key, uint64_t id)
{
	MDB_val k = val_of(key), v = val_id(&id);
	int rc = mdb_cursor_put(c, &k, &v, MDB_NODUPDATA);

	return rc == MDB_KEYEXIST ? 0 : rc;
}

static int
del_one(MDB_cursor *c, struct bv key, uint64_t id)
{
	MDB_val k = val_of(key), v = val_id(&id);
	int rc = mdb_cursor_get(c, &k, &v, MDB_GET_BOTH);

	if (rc == 0)
		rc = mdb_cursor_del(c, 0);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int
index_put(struct store *s, MDB_txn *txn, const struct key_list *keys, uint64_t id)
{
	MDB_cursor *c;
	int rc = mdb_cursor_open(txn, s->index, &c);

	if (rc != 0)
		return env_error(s, rc, "opening the index", NULL);
	for (size_t i = 0; rc == 0 && i < keys->count; i++)
		rc = put_one(c, key_list_at(keys, i), id);
	mdb_cursor_close(c);
	return env_error(s, rc, "writing the index", NULL);
}

static size_t
common_front(const struct key_list *x, const struct key_list *y)
{
	size_t n = 0;

	while (n < x->count && n < y->count && bv_eq(key_list_at(x, n), key_list_at(y, n)))
		n++;
	return n;
}

static size_t
common_back(const struct key_list *x, const struct key_list *y, size_t front)
{
	size_t n = 0;

	while (front + n < x->count && front + n < y->count &&
	       bv_eq(key_list_at(x, x->count - 1 - n), key_list_at(y, y->count - 1 - n)))
		n++;
	return n;
}

/* Whether the key is among the first front or last back keys of the list. */
static bool
is_outside(const struct key_list *l, size_t front, size_t back, struct bv key)
{
	for (size_t i = 0; i < l->count; i++) {
		if (i == front)
			i = l->count - back;
		if (i < l->count && bv_eq(key_list_at(l, i), key))
			return true;
	}
	return false;
}

void
index_trim(struct key_list *old_keys, struct key_list *new_keys)
{
	size_t front = common_front(old_keys, new_keys),
	       back = common_back(old_keys, new_keys, front), kept = 0;

	if (old_keys->count - front - back > TRIM_MAX)
		return;
	for (size_t i = front; i < old_keys->count - back; i++) {
		if (!is_outside(new_keys, front, back, key_list_at(old_keys, i)))
			old_keys->refs[kept++] = old_keys->refs[i];
	}
	old_keys->count = kept;
	new_keys->count -= front + back;
	if (new_keys->count > 0)
		memmove(new_keys->refs, new_keys->refs + front,
		    new_keys->count * sizeof(*new_keys->refs));
}

static int
merge(MDB_cursor *c, const struct key_list *x, const struct key_list *y, uint64_t id)
{
	size_t i = 0, j = 0;
	int rc = 0;

	while (rc == 0 && (i < x->count || j < y->count)) {
		int order = i == x->count   ? 1
			    : j == y->count ? -1
					    : bv_cmp(key_list_at(x, i), key_list_at(y, j));
		if (order < 0)
			rc = del_one(c, key_list_at(x, i), id);
		else if (order > 0)
			rc = put_one(c, key_list_at(y, j), id);
		i += order <= 0;
		j += order >= 0;
	}
	return rc;
}

int
index_change(struct store *s, MDB_txn *txn, const struct key_list *old_keys,
    const struct key_list *new_keys, uint64_t id)
{
	MDB_cursor *c;
	int rc = mdb_cursor_open(txn, s->index, &c);

	if (rc != 0)
		return env_error(s, rc, "opening the index", NULL);
	rc = merge(c, old_keys, new_keys, id);
	mdb_cursor_close(c);
	return env_error(s, rc, "writing the index", NULL);
}

/* Deletes the key under the cursor: at once when it has few IDs, else ID by ID. */
static int
drop_key(MDB_cursor *c, size_t *budget)
{
	size_t count;
	int rc = mdb_cursor_count(c, &count);

	if (rc != 0)
		return rc;
	if (count <= *budget) {
		*budget -= count;
		return mdb_cursor_del(c, MDB_NODUPDATA);
	}
	for (; rc == 0 && *budget > 0; --*budget)
		rc = mdb_cursor_del(c, 0);
	return rc == MDB_NOTFOUND ? 0 : rc; /* the cursor ran off a page: searched anew */
}

int
index_drop(struct store *s, MDB_txn *txn, uint32_t slot, size_t max_ids, bool *done_out)
{
	struct index_key start;
	MDB_cursor *c;
	int rc = mdb_cursor_open(txn, s->index, &c);
	size_t budget = max_ids;

	index_key_make(&start, slot, BV_LIT(""));
	while (rc == 0 && budget > 0) {
		MDB_val k = val_of(bv_make(start.bytes, start.n)), v;
		rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
		if (rc == 0 &&
		    (k.mv_size < KEY_SLOT_BYTES || memcmp(k.mv_data, start.bytes, start.n) != 0))
			rc = MDB_NOTFOUND;
		if (rc == 0)
			rc = drop_key(c, &budget);
	}
	mdb_cursor_close(c);
	*done_out = rc == MDB_NOTFOUND;
	return rc == MDB_NOTFOUND ? 0 : env_error(s, rc, "dropping an index", NULL);
}
