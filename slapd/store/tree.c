#include "tree.h"

#include "base/err.h"
#include "model/dn.h"
#include "hash.h"

/*
 * Names to entries. A DN costs one lookup per RDN below the suffix; the suffix entry
 * itself is the child of 0 whose "RDN" is the whole suffix.
 */

void
tree_key_make(struct tree_key *key, uint64_t parent, struct bv rdn)
{
	put_be64(key->bytes, parent);
	if (rdn.n < TREE_RDN_BYTES) {
		if (rdn.n > 0)
			memcpy(key->bytes + 8, rdn.p, rdn.n);
		key->n = 8 + rdn.n;
		return;
	}
	memcpy(key->bytes + 8, rdn.p, TREE_RDN_BYTES - HASH_WIDE_BYTES);
	hash_wide(rdn, key->bytes + TREE_KEY_BYTES - HASH_WIDE_BYTES);
	key->n = TREE_KEY_BYTES;
}

static MDB_val
key_val(const struct tree_key *key)
{
	return val_of(bv_make(key->bytes, key->n));
}

int
tree_put(struct store *s, MDB_txn *txn, const struct tree_key *key, uint64_t id)
{
	MDB_val k = key_val(key), v = val_id(&id);

	return env_error(
	    s, mdb_put(txn, s->tree, &k, &v, MDB_NOOVERWRITE), "naming an entry", NULL);
}

int
tree_del(struct store *s, MDB_txn *txn, const struct tree_key *key)
{
	MDB_val k = key_val(key);

	return env_error(s, mdb_del(txn, s->tree, &k, NULL), "removing a name", NULL);
}

/* Gives the RDN that a key stands for: the key's own bytes, or the record's. */
static int
rdn_of(struct store_read *r, struct bv key, uint64_t id, struct bv *out)
{
	struct record rec;

	if (key.n < TREE_KEY_BYTES) {
		*out = bv_from(key, 8);
		return 0;
	}
	int rc = store_get(r, id, &rec, NULL);
	if (rc == 0)
		*out = rec.rdn_normal;
	return rc == ERR_NOT_FOUND ? ERR_CORRUPT : rc;
}

int
store_find_child(struct store_read *r, uint64_t parent, struct bv rdn_normal, uint64_t *id_out)
{
	struct tree_key key;
	struct bv found = BV_NONE;

	tree_key_make(&key, parent, rdn_normal);
	MDB_val k = key_val(&key), v;
	int rc = mdb_get(r->txn, r->store->tree, &k, &v);
	if (rc != 0)
		return env_error(r->store, rc, "finding an entry", NULL);
	uint64_t id = val_read_id(v);
	if (id == 0)
		return ERR_CORRUPT;
	rc = rdn_of(r, bv_make(key.bytes, key.n), id, &found);
	if (rc != 0)
		return rc;
	if (key.n == TREE_KEY_BYTES && !bv_eq(found, rdn_normal))
		return ERR_NOT_FOUND;
	*id_out = id;
	return 0;
}

/* Finds the suffix entry; remembered for the transaction. */
static int
find_suffix(struct store_read *r, uint64_t *id_out)
{
	if (r->suffix_txn_id != r->txn_id || r->writing) {
		int rc = store_find_child(r, 0, r->store->suffix_normal, &r->suffix_id);
		if (rc != 0)
			return rc;
		r->suffix_txn_id = r->txn_id;
	}
	*id_out = r->suffix_id;
	return 0;
}

int
store_find(struct store_read *r, const struct dn *dn, uint64_t *id_out, uint64_t *matched_out)
{
	uint64_t id = 0;
	size_t above = r->store->suffix_rdns;
	int rc = 0;

	*matched_out = 0;
	if (dn->rdn_count < above || !dn_normal_is_under(dn->normal, r->store->suffix_normal))
		return ERR_NOT_FOUND;
	if (above > 0)
		rc = find_suffix(r, &id);
	else if (dn->rdn_count == 0)
		return ERR_NOT_FOUND;
	for (size_t i = dn->rdn_count - above; rc == 0 && i > 0; i--) {
		*matched_out = id;
		rc = store_find_child(r, id, dn->rdns[i - 1].normal, &id);
	}
	if (rc == 0)
		*id_out = id;
	return rc;
}

/* Positions a new loan at the first child of parent whose key is at or behind the given one. */
static int
first_child(struct store_read *r, uint64_t parent, struct read_cursor *c, MDB_val *k, MDB_val *v)
{
	uint8_t start[8];

	put_be64(start, parent);
	if (k->mv_size == 0)
		*k = val_of(bv_make(start, sizeof(start)));
	int rc = mdb_cursor_get(c->cursor, k, v, MDB_SET_RANGE);
	if (rc == 0 && (k->mv_size < 8 || memcmp(k->mv_data, start, 8) != 0))
		rc = MDB_NOTFOUND;
	return env_error(r->store, rc, "reading children", NULL);
}

static int
next_child(struct store_read *r, uint64_t parent, struct read_cursor *c, MDB_val *k, MDB_val *v)
{
	uint8_t start[8];
	int rc = mdb_cursor_get(c->cursor, k, v, MDB_NEXT);

	put_be64(start, parent);
	if (rc == 0 && (k->mv_size < 8 || memcmp(k->mv_data, start, 8) != 0))
		rc = MDB_NOTFOUND;
	return env_error(r->store, rc, "reading children", NULL);
}

int
tree_children(struct store_read *r, uint64_t parent, tree_visit_fn *fn, void *arg)
{
	struct read_cursor *c;
	MDB_val k = {0, NULL}, v;
	int rc = read_borrow(r, r->store->tree, &c);

	if (rc != 0)
		return rc;
	rc = first_child(r, parent, c, &k, &v);
	while (rc == 0 && fn(arg, val_read_id(v)))
		rc = next_child(r, parent, c, &k, &v);
	read_return(c);
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

static bool
stop_at_once(void *arg, uint64_t id)
{
	*(bool *)arg = true;
	(void)id;
	return false;
}

bool
store_has_children(struct store_read *r, uint64_t id)
{
	bool any = false;

	return tree_children(r, id, stop_at_once, &any) == 0 && any;
}

static bool
count_one(void *arg, uint64_t id)
{
	++*(uint64_t *)arg;
	(void)id;
	return true;
}

uint64_t
store_child_count(struct store_read *r, uint64_t id)
{
	uint64_t n = 0;

	return tree_children(r, id, count_one, &n) == 0 ? n : 0;
}

int
store_next_child(struct store_read *r, uint64_t parent, struct bv after_rdn_normal,
    uint64_t *id_out, struct bv *rdn_normal_out)
{
	struct read_cursor *c;
	struct tree_key key;
	struct bv rdn = BV_NONE;
	MDB_val k = {0, NULL}, v;
	int rc = read_borrow(r, r->store->tree, &c);

	if (rc != 0)
		return rc;
	tree_key_make(&key, parent, after_rdn_normal);
	if (after_rdn_normal.n > 0)
		k = key_val(&key);
	rc = first_child(r, parent, c, &k, &v);
	if (rc == 0 && after_rdn_normal.n > 0 && bv_eq(val_bv(k), bv_make(key.bytes, key.n)))
		rc = next_child(r, parent, c, &k, &v);
	uint64_t id = rc == 0 ? val_read_id(v) : 0;
	if (rc == 0)
		rc = rdn_of(r, val_bv(k), id, &rdn);
	read_return(c);
	if (rc != 0)
		return rc;
	*id_out = id;
	if (rdn_normal_out != NULL)
		*rdn_normal_out = rdn;
	return 0;
}
