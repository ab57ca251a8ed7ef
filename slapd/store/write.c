#include "write.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "model/desc.h"
#include "model/entry.h"
#include "index_write.h"
#include "slot.h"
#include "tree.h"

/*
 * Write transactions. Each change checks what can be refused first and only then touches
 * the tables; an error after that leaves the transaction unfit to commit, which LMDB remembers.
 * Values that a page holds are copied (key lists, the encoded record) before the page may move.
 */

enum {
	RECORD_MAX_BYTES = 1 << 30,
	MAX_DEPTH = 4096,
	META_NAME_BYTES = 256,
	ATTRS_MAX = 20000 /* descriptions, options included: each new one costs a new view */
};

static void
write_free(struct store_write **wp)
{
	struct store_write *w = *wp;

	*wp = NULL;
	store_read_free(&w->reader);
	key_list_done(&w->old_keys);
	key_list_done(&w->new_keys);
	buf_done(&w->record);
	arena_free(&w->scratch);
	free(w);
}

/* The number the next entry gets: also right when meta was lost or another process has written. */
static int
load_next_id(struct store_write *w)
{
	struct store *s = w->store;
	MDB_cursor *c;
	MDB_val k, v;
	int rc = mdb_cursor_open(w->txn, s->entries, &c);

	if (rc != 0)
		return env_error(s, rc, "reading entries", NULL);
	rc = mdb_cursor_get(c, &k, &v, MDB_LAST);
	uint64_t after_last = rc == 0 ? val_read_id(k) + 1 : 1;
	mdb_cursor_close(c);
	w->next_id = env_meta_number(s, w->txn, BV_LIT("next"), 1);
	if (w->next_id < after_last)
		w->next_id = after_last;
	w->first_id = w->next_id;
	return rc == MDB_NOTFOUND ? 0 : env_error(s, rc, "reading entries", NULL);
}

static struct store_write *
write_new(struct store *s, MDB_txn *txn)
{
	struct store_write *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		log_error("store: out of memory for a write transaction");
		abort();
	}
	w->store = s;
	w->txn = txn;
	w->reader = read_new_writing(s, txn, generation_take_writing(s));
	w->scratch = arena_new(4096);
	buf_init(&w->record);
	key_list_init(&w->old_keys);
	key_list_init(&w->new_keys);
	return w;
}

int
store_write_begin(struct store *s, struct store_write **out, struct errbuf *e)
{
	MDB_txn *txn;

	if (s->read_only)
		return err_set(e, ERR_DENIED, "%s was opened for reading only", s->directory);
	int rc = mdb_txn_begin(s->env, NULL, 0, &txn);
	if (rc != 0)
		return env_error(s, rc, "beginning to write", e);
	struct store_write *w = write_new(s, txn);
	rc = view_refresh(s, txn, w->reader->config, &w->reader->view);
	if (rc == 0 && w->reader->view->alien) {
		rc = slot_drop_alien(s, txn, w->reader->view);
		if (rc == 0)
			rc = write_renew_view(w);
	}
	if (rc == 0)
		rc = load_next_id(w);
	if (rc != 0) {
		store_write_abort(&w);
		return err_set(e, rc, "%s: beginning to write: %s", s->directory, err_text(rc));
	}
	*out = w;
	return 0;
}

int
store_write_commit(struct store_write **wp, struct errbuf *e)
{
	struct store_write *w = *wp;
	struct store *s = w->store;
	int rc = 0;

	read_end_loans(w->reader);
	if (w->next_id != w->first_id)
		rc = env_meta_put_number(s, w->txn, BV_LIT("next"), w->next_id);
	if (rc != 0) {
		store_write_abort(wp);
		return err_set(e, rc, "%s: writing meta: %s", s->directory, err_text(rc));
	}
	rc = env_error(s, mdb_txn_commit(w->txn), "committing", e);
	if (rc == 0 && w->view_changed)
		view_publish(s, w->reader->config, w->reader->view);
	write_free(wp);
	return rc;
}

void
store_write_abort(struct store_write **wp)
{
	struct store_write *w = *wp;

	if (w == NULL)
		return;
	read_end_loans(w->reader);
	mdb_txn_abort(w->txn);
	write_free(wp);
}

struct store_read *
store_write_reader(struct store_write *w)
{
	return w->reader;
}

const struct schema *
store_write_schema(struct store_write *w)
{
	return w->reader->config->schema;
}

int
write_renew_view(struct store_write *w)
{
	struct view *fresh = NULL;
	int rc = w->view_changed ? 0 : view_bump(w->store, w->txn);

	if (rc == 0)
		rc = view_build(w->store, w->txn, w->reader->config, &fresh);
	if (rc != 0)
		return rc;
	view_release(w->store, &w->reader->view);
	w->reader->view = fresh;
	w->view_changed = true;
	return 0;
}

static int
add_attr_name(struct store_write *w, uint32_t id, struct bv name)
{
	MDB_val key = {sizeof(id), &id}, data = val_of(name);

	return env_error(w->store, mdb_put(w->txn, w->store->attrs, &key, &data, MDB_NOOVERWRITE),
	    "writing attribute names", NULL);
}

/* How many descriptions of the entry have no number yet. */
static size_t
count_new(const struct attr_map *map, const struct entry *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->count; i++)
		n += attr_map_id(map, e->attrs[i].desc) == 0;
	return n;
}

int
write_ensure_attrs(struct store_write *w, const struct entry *e, struct errbuf *err)
{
	const struct attr_map *map = &w->reader->view->map;
	size_t count = map->count;
	int rc = 0;

	if (count + count_new(map, e) > ATTRS_MAX)
		return err_set(err, ERR_LIMIT,
		    "the database has %d different attributes with options already; no more can be "
		    "added",
		    ATTRS_MAX);
	for (size_t i = 0; rc == 0 && i < e->count; i++) {
		if (attr_map_id(map, e->attrs[i].desc) == 0)
			rc = add_attr_name(w, (uint32_t)++count, e->attrs[i].desc->name);
	}
	if (rc == 0 && count != map->count)
		rc = write_renew_view(w);
	return rc == 0 ? 0
		       : err_set(err, rc, "%s: a new attribute name cannot be stored: %s",
			     w->store->directory, err_text(rc));
}

/* Says what went wrong once the tables have been touched. */
static int
failed(const struct store_write *w, int rc, const char *what, struct errbuf *err)
{
	if (rc == 0)
		return 0;
	return err_set(err, rc, "%s: %s: %s", w->store->directory, what, err_text(rc));
}

static int
encode(struct store_write *w, uint64_t parent, const struct entry *e, struct errbuf *err)
{
	const struct attr_map *map = &w->reader->view->map;

	w->record.n = 0;
	record_encode(map->schema, map, e, parent, parent == 0, &w->record);
	if (w->record.n > RECORD_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "the entry is larger than 1 GiB");
	return 0;
}

static int
put_record(struct store_write *w, uint64_t id, unsigned flags)
{
	MDB_val key = val_id(&id), data = val_of(buf_bv(&w->record));

	return env_error(w->store, mdb_put(w->txn, w->store->entries, &key, &data, flags),
	    "writing an entry", NULL);
}

static int
keys_of(struct store_write *w, const struct record *rec, struct key_list *out)
{
	key_list_clear(out);
	arena_reset(w->scratch);
	return index_keys_of(w->reader->view, rec, NULL, w->scratch, out);
}

/* Lists the keys of the record just encoded. */
static int
new_keys(struct store_write *w)
{
	struct record rec;

	if (record_open(buf_bv(&w->record), &rec) != 0)
		return ERR_CORRUPT;
	return keys_of(w, &rec, &w->new_keys);
}

/* Moves the entry from its old index keys to its new ones. */
static int
change_keys(struct store_write *w, uint64_t id)
{
	index_trim(&w->old_keys, &w->new_keys);
	key_list_sort(&w->old_keys);
	key_list_sort(&w->new_keys);
	return index_change(w->store, w->txn, &w->old_keys, &w->new_keys, id);
}

/* The key under which an entry is in the tree. */
static void
entry_key(const struct entry *e, uint64_t parent, struct tree_key *key)
{
	tree_key_make(
	    key, parent, parent == 0 || e->dn.rdn_count == 0 ? e->dn.normal : e->dn.rdns[0].normal);
}

int
write_add_record(struct store_write *w, uint64_t parent, const struct entry *e, uint64_t *id_out,
    struct errbuf *err)
{
	struct tree_key key;
	uint64_t id = w->next_id;
	int rc = write_ensure_attrs(w, e, err);

	if (rc == 0)
		rc = encode(w, parent, e, err);
	if (rc == 0)
		rc = failed(w, new_keys(w), "encoding an entry", err);
	if (rc != 0)
		return rc;
	entry_key(e, parent, &key);
	rc = tree_put(w->store, w->txn, &key, id);
	if (rc == ERR_EXISTS)
		return err_set(err, rc, "there is an entry of this name already");
	if (rc == 0)
		rc = put_record(w, id, MDB_APPEND);
	if (rc != 0)
		return failed(w, rc, "adding an entry", err);
	w->next_id++;
	*id_out = id;
	return 0;
}

int
store_add(struct store_write *w, uint64_t parent, const struct entry *e, uint64_t *id_out,
    struct errbuf *err)
{
	uint64_t id;
	int rc = write_add_record(w, parent, e, &id, err);

	if (rc != 0)
		return rc;
	key_list_sort(&w->new_keys);
	rc = failed(w, index_put(w->store, w->txn, &w->new_keys, id), "writing the index", err);
	if (rc == 0)
		*id_out = id;
	return rc;
}

/* Encodes the new content, lists old and new keys and writes both differences. */
static int
rewrite(
    struct store_write *w, uint64_t id, uint64_t parent, const struct entry *e, struct errbuf *err)
{
	int rc = encode(w, parent, e, err);

	if (rc == 0)
		rc = failed(w, new_keys(w), "encoding an entry", err);
	if (rc == 0)
		rc = failed(w, put_record(w, id, 0), "writing an entry", err);
	if (rc == 0)
		rc = failed(w, change_keys(w, id), "writing the index", err);
	return rc;
}

int
store_replace(struct store_write *w, uint64_t id, const struct entry *e, struct errbuf *err)
{
	struct record old;
	struct tree_key was, is;
	int rc = write_ensure_attrs(w, e, err);

	if (rc == 0)
		rc = store_get(w->reader, id, &old, err);
	if (rc != 0)
		return rc;
	uint64_t parent = old.parent;
	tree_key_make(&was, parent, old.rdn_normal);
	entry_key(e, parent, &is);
	if (!bv_eq(bv_make(was.bytes, was.n), bv_make(is.bytes, is.n)))
		return err_set(
		    err, ERR_UNSUPPORTED, "the entry's name cannot change by replacing it");
	rc = failed(w, keys_of(w, &old, &w->old_keys), "reading an entry", err);
	return rc != 0 ? rc : rewrite(w, id, parent, e, err);
}

int
store_delete(struct store_write *w, uint64_t id, struct errbuf *err)
{
	struct record old;
	struct tree_key key;
	MDB_val k = val_id(&id);
	int rc = store_get(w->reader, id, &old, err);

	if (rc != 0)
		return rc;
	if (store_has_children(w->reader, id))
		return err_set(err, ERR_EXISTS, "the entry has subordinates");
	rc = keys_of(w, &old, &w->old_keys);
	if (rc != 0)
		return failed(w, rc, "reading an entry", err);
	tree_key_make(&key, old.parent, old.rdn_normal);
	key_list_clear(&w->new_keys);
	read_forget_names(w->reader);
	rc = tree_del(w->store, w->txn, &key);
	if (rc == 0)
		rc = change_keys(w, id);
	if (rc == 0)
		rc = env_error(w->store, mdb_del(w->txn, w->store->entries, &k, NULL),
		    "removing an entry", err);
	return failed(w, rc == ERR_NOT_FOUND ? ERR_CORRUPT : rc, "removing an entry", err);
}

/* Refuses a new superior that is the entry itself or lies under it. */
static int
check_loop(struct store_write *w, uint64_t id, uint64_t parent, struct errbuf *err)
{
	for (int depth = 0; parent != 0; depth++) {
		if (parent == id)
			return err_set(err, ERR_DENIED, "an entry cannot be moved below itself");
		if (depth == MAX_DEPTH)
			return err_set(err, ERR_CORRUPT, "the entry's superiors form a loop");
		int rc = read_parent(w->reader, parent, &parent);
		if (rc != 0)
			return err_set(err, rc, "the new superior cannot be read");
	}
	return 0;
}

static int
rename_key(
    struct store_write *w, const struct tree_key *was, const struct tree_key *is, uint64_t id)
{
	if (bv_eq(bv_make(was->bytes, was->n), bv_make(is->bytes, is->n)))
		return 0;
	int rc = tree_put(w->store, w->txn, is, id);
	return rc != 0 ? rc : tree_del(w->store, w->txn, was);
}

int
store_move(struct store_write *w, uint64_t id, uint64_t new_parent, const struct entry *e,
    struct errbuf *err)
{
	struct record old;
	struct tree_key was, is;
	int rc = write_ensure_attrs(w, e, err);

	if (rc == 0)
		rc = check_loop(w, id, new_parent, err);
	if (rc == 0)
		rc = store_get(w->reader, id, &old, err);
	if (rc == 0)
		rc = failed(w, keys_of(w, &old, &w->old_keys), "reading an entry", err);
	if (rc != 0)
		return rc;
	tree_key_make(&was, old.parent, old.rdn_normal);
	entry_key(e, new_parent, &is);
	rc = rename_key(w, &was, &is, id);
	if (rc == ERR_EXISTS)
		return err_set(err, rc, "there is an entry of this name already");
	if (rc != 0)
		return failed(w, rc == ERR_NOT_FOUND ? ERR_CORRUPT : rc, "renaming an entry", err);
	read_forget_names(w->reader);
	return rewrite(w, id, new_parent, e, err);
}

int
store_meta_put(struct store_write *w, const char *name, struct bv value, struct errbuf *e)
{
	char key[META_NAME_BYTES];
	size_t n = strlen(name);

	if (n > sizeof(key) - 2)
		return err_set(e, ERR_LIMIT, "the name of a stored value is too long");
	memcpy(key, "u:", 2);
	memcpy(key + 2, name, n);
	return failed(
	    w, env_meta_put(w->store, w->txn, bv_make(key, n + 2), value), "writing meta", e);
}
