#include "read.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "layout.h"

/*
 * Read transactions and reading records. The transaction object is reset and renewed,
 * not freed, so that beginning one costs a store and a compare. Cursors are kept the same way.
 */

enum { KEEP_CURSORS = 16, MAX_DEPTH = 4096, NAME_BYTES = 256 };

static struct store_read *
new_handle(struct store *s, struct generation *config, MDB_txn *txn)
{
	struct store_read *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		log_error("store: out of memory for a read handle");
		abort();
	}
	r->store = s;
	r->config = config;
	r->txn = txn;
	r->writing = r->open = txn != NULL;
	r->generation = 1;
	return r;
}

struct store_read *
store_read_new(struct store *s)
{
	return new_handle(s, generation_take(s), NULL);
}

struct store_read *
store_read_new_for(struct store *s, const struct schema *schema)
{
	return new_handle(s, generation_take_of(s, schema), NULL);
}

struct store_read *
read_new_writing(struct store *s, MDB_txn *txn, struct generation *g)
{
	struct store_read *r = new_handle(s, g, txn);

	r->txn_id = mdb_txn_id(txn);
	return r;
}

static void
forget_name(struct read_dn *d)
{
	free((void *)(uintptr_t)d->pretty.p);
	*d = (struct read_dn){0};
}

void
read_forget_names(struct store_read *r)
{
	for (size_t i = 0; i < READ_DN_CACHE; i++)
		forget_name(&r->dn_cache[i]);
	r->suffix_txn_id = 0;
}

/* Closes cursors from the keep-th on. */
static void
close_cursors(struct store_read *r, size_t keep)
{
	while (r->cursor_count > keep) {
		struct read_cursor *c = r->cursors[--r->cursor_count];
		mdb_cursor_close(c->cursor);
		free(c);
	}
}

void
read_end_loans(struct store_read *r)
{
	r->generation++;
	for (size_t i = 0; i < r->cursor_count; i++)
		r->cursors[i]->lent = false;
	close_cursors(r, r->writing ? 0 : KEEP_CURSORS);
}

void
store_read_free(struct store_read **rp)
{
	struct store_read *r = *rp;

	*rp = NULL;
	if (r == NULL)
		return;
	store_read_end(r);
	read_end_loans(r);
	close_cursors(r, 0);
	if (r->txn != NULL && !r->writing)
		mdb_txn_abort(r->txn);
	read_forget_names(r);
	view_release(r->store, &r->view);
	generation_release(r->store, &r->config);
	free(r->cursors);
	free(r);
}

static int
begin(struct store_read *r)
{
	if (r->txn != NULL)
		return mdb_txn_renew(r->txn);
	return mdb_txn_begin(r->store->env, NULL, MDB_RDONLY, &r->txn);
}

int
store_read_begin(struct store_read *r, struct errbuf *e)
{
	int stale, rc;

	store_read_end(r);
	rc = begin(r);
	if (rc == MDB_READERS_FULL && mdb_reader_check(r->store->env, &stale) == 0 && stale > 0)
		rc = begin(r);
	if (rc != 0)
		return env_error(r->store, rc, "beginning to read", e);
	r->open = true;
	r->txn_id = mdb_txn_id(r->txn);
	rc = view_refresh(r->store, r->txn, r->config, &r->view);
	if (rc == 0)
		return 0;
	store_read_end(r);
	return err_set(e, rc, "%s: the attribute or index table cannot be read: %s",
	    r->store->directory, err_text(rc));
}

void
store_read_end(struct store_read *r)
{
	if (!r->open || r->writing)
		return;
	read_end_loans(r);
	mdb_txn_reset(r->txn);
	r->open = false;
}

bool
store_read_is_open(const struct store_read *r)
{
	return r->open;
}

const struct attr_map *
store_read_map(const struct store_read *r)
{
	return &r->view->map;
}

static struct read_cursor *
idle_cursor(const struct store_read *r, MDB_dbi dbi)
{
	for (size_t i = 0; i < r->cursor_count; i++) {
		if (!r->cursors[i]->lent && r->cursors[i]->dbi == dbi)
			return r->cursors[i];
	}
	return NULL;
}

static struct read_cursor *
add_cursor(struct store_read *r, MDB_cursor *cursor, MDB_dbi dbi)
{
	struct read_cursor *c = malloc(sizeof(*c));

	if (r->cursor_count == r->cursor_cap) {
		size_t cap = r->cursor_cap == 0 ? 8 : r->cursor_cap * 2;
		struct read_cursor **more = realloc(r->cursors, cap * sizeof(struct read_cursor *));
		r->cursors = more != NULL ? more : r->cursors;
		r->cursor_cap = more != NULL ? cap : r->cursor_cap;
	}
	if (c == NULL || r->cursor_count == r->cursor_cap) {
		log_error("store: out of memory for a cursor");
		abort();
	}
	*c = (struct read_cursor){cursor, dbi, true};
	r->cursors[r->cursor_count++] = c;
	return c;
}

int
read_borrow(struct store_read *r, MDB_dbi dbi, struct read_cursor **out)
{
	struct read_cursor *c = idle_cursor(r, dbi);
	MDB_cursor *cursor;
	int rc = 0;

	if (c != NULL) {
		rc = r->writing ? 0 : mdb_cursor_renew(r->txn, c->cursor);
		c->lent = rc == 0;
		*out = c;
		return env_error(r->store, rc, "renewing a cursor", NULL);
	}
	rc = mdb_cursor_open(r->txn, dbi, &cursor);
	if (rc != 0)
		return env_error(r->store, rc, "opening a cursor", NULL);
	*out = add_cursor(r, cursor, dbi);
	return 0;
}

void
read_return(struct read_cursor *c)
{
	c->lent = false;
}

int
read_bytes(struct store_read *r, uint64_t id, struct bv *out)
{
	MDB_val key = val_id(&id), data;
	int rc = mdb_get(r->txn, r->store->entries, &key, &data);

	if (rc != 0)
		return env_error(r->store, rc, "reading an entry", NULL);
	*out = val_bv(data);
	return 0;
}

int
read_parent(struct store_read *r, uint64_t id, uint64_t *parent_out)
{
	struct bv bytes = BV_NONE;
	uint32_t flags;
	int rc = read_bytes(r, id, &bytes);

	return rc != 0 ? rc : layout_peek(bytes, parent_out, &flags);
}

static int
corrupt(const struct store_read *r, uint64_t id, struct errbuf *e)
{
	log_error(
	    "%s: entry %llu is damaged (its checksum does not fit); run slapindex --check and "
	    "restore it from a backup",
	    r->store->directory, (unsigned long long)id);
	return err_set(e, ERR_CORRUPT, "entry %llu is damaged", (unsigned long long)id);
}

int
store_get(struct store_read *r, uint64_t id, struct record *out, struct errbuf *e)
{
	struct bv bytes = BV_NONE;
	int rc = read_bytes(r, id, &bytes);

	if (rc == 0)
		rc = record_open(bytes, out);
	if (rc == ERR_CORRUPT)
		return corrupt(r, id, e);
	return rc == ERR_IO ? err_set(e, rc, "entry %llu cannot be read", (unsigned long long)id)
			    : rc;
}

int
store_next(struct store_read *r, uint64_t *id, struct record *out, struct errbuf *e)
{
	struct read_cursor *c;
	MDB_val key = val_id(id), data;
	int rc = read_borrow(r, r->store->entries, &c);

	if (rc != 0)
		return err_set(e, rc, "no cursor");
	rc = mdb_cursor_get(c->cursor, &key, &data, MDB_SET_RANGE);
	read_return(c);
	if (rc != 0)
		return env_error(r->store, rc, "reading entries", e);
	*id = val_read_id(key);
	return record_open(val_bv(data), out) == 0 ? 0 : corrupt(r, *id, e);
}

uint64_t
store_entry_count(struct store_read *r)
{
	MDB_stat st;

	return mdb_stat(r->txn, r->store->entries, &st) == 0 ? st.ms_entries : 0;
}

int
store_meta_get(struct store_read *r, const char *name, struct bv *value_out)
{
	char key[NAME_BYTES];
	size_t n = strlen(name);

	if (n > sizeof(key) - 2)
		return ERR_NOT_FOUND;
	memcpy(key, "u:", 2);
	memcpy(key + 2, name, n);
	return env_meta_get(r->store, r->txn, bv_make(key, n + 2), value_out);
}

/* ---- names ---- */

static struct read_dn *
cached(struct store_read *r, uint64_t id)
{
	struct read_dn *d = &r->dn_cache[id % READ_DN_CACHE];

	if (r->dn_txn_id != r->txn_id) {
		read_forget_names(r);
		r->dn_txn_id = r->txn_id;
	}
	return d->id == id ? d : NULL;
}

static void
remember(struct store_read *r, uint64_t id, struct bv pretty, struct bv normal)
{
	struct read_dn *d = &r->dn_cache[id % READ_DN_CACHE];
	uint8_t *p = malloc(pretty.n + normal.n + 1);

	if (p == NULL)
		return;
	forget_name(d);
	memcpy(p, pretty.p, pretty.n);
	memcpy(p + pretty.n, normal.p, normal.n);
	*d = (struct read_dn){id, bv_make(p, pretty.n), bv_make(p + pretty.n, normal.n)};
}

static struct bv
join(struct arena *a, struct bv rdn, struct bv superior)
{
	if (superior.n == 0)
		return arena_dup(a, rdn);
	uint8_t *p = arena_alloc(a, rdn.n + 1 + superior.n + 1);
	memcpy(p, rdn.p, rdn.n);
	p[rdn.n] = ',';
	memcpy(p + rdn.n + 1, superior.p, superior.n);
	p[rdn.n + 1 + superior.n] = 0;
	return bv_make(p, rdn.n + 1 + superior.n);
}

/* Names of the superior with this ID, remembered for its other children. */
static int
superior_names(
    struct store_read *r, uint64_t id, struct arena *a, struct read_dn *out, unsigned depth)
{
	const struct read_dn *have = id == 0 ? NULL : cached(r, id);
	struct read_dn above;
	struct record rec;

	if (id == 0 || have != NULL) {
		*out = id == 0 ? (struct read_dn){0} : *have;
		return 0;
	}
	if (depth == 0)
		return ERR_CORRUPT;
	int rc = store_get(r, id, &rec, NULL);
	if (rc == 0)
		rc = superior_names(r, rec.parent, a, &above, depth - 1);
	if (rc != 0)
		return rc == ERR_NOT_FOUND ? ERR_CORRUPT : rc;
	out->id = id;
	out->pretty = join(a, rec.rdn_pretty, above.pretty);
	out->normal = join(a, rec.rdn_normal, above.normal);
	remember(r, id, out->pretty, out->normal);
	return 0;
}

int
store_dn(struct store_read *r, const struct record *rec, struct arena *a, struct bv *pretty_out,
    struct bv *normal_out)
{
	struct read_dn above;
	int rc = superior_names(r, rec->parent, a, &above, MAX_DEPTH);

	if (rc != 0)
		return rc;
	if (pretty_out != NULL)
		*pretty_out = join(a, rec->rdn_pretty, above.pretty);
	if (normal_out != NULL)
		*normal_out = join(a, rec->rdn_normal, above.normal);
	return 0;
}
