#include "uses.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "hash.h"
#include "idset.h"
#include "layout.h"
#include "model/desc.h"
#include "model/schema.h"
#include "plan_iter.h"

/*
 * Is it in use? The attribute table answers for what no entry ever had, an index of the
 * type for most of the rest; otherwise entries are looked through for a while. What is not known
 * then counts as used. A damaged entry holds nothing that could be found.
 */

enum { INDEX_LOOK = 64, SCAN_MS = 1000, SCAN_CLOCK = 256 };

/* What is looked for: one of the attribute numbers, or a value of objectClass. */
struct probe {
	const bool *ids; /* by attribute number, up to id_count; NULL: a class */
	size_t id_count;
	uint32_t class_id;
	struct bv class_oid;
};

/* Looks at the row table only: its header is checked, and the body need not be read for it. */
static uint32_t
found_in_rows(const struct probe *p, struct bv bytes)
{
	uint64_t parent;
	uint32_t flags;

	if (layout_peek(bytes, &parent, &flags) != 0)
		return 0;
	size_t rows = get_le32(bytes.p + LAYOUT_ROWS_AT);
	if (rows > (bytes.n - LAYOUT_HEADER_BYTES) / LAYOUT_ROW_BYTES)
		return 0;
	for (size_t i = 0; i < rows; i++) {
		const uint8_t *row = bytes.p + LAYOUT_HEADER_BYTES + i * LAYOUT_ROW_BYTES;
		uint32_t id = get_le32(row + LAYOUT_ROW_ID) & ~LAYOUT_SEPARATE;
		if (id <= p->id_count && p->ids[id])
			return id;
	}
	return 0;
}

/* Returns the number of the attribute of the record that is looked for, or 0. */
static uint32_t
found_in(const struct probe *p, struct bv bytes)
{
	struct record rec;
	struct record_attr a;
	bool bad = false;

	if (p->ids != NULL)
		return found_in_rows(p, bytes);
	if (record_open(bytes, &rec) != 0 || !record_find(&rec, p->class_id, &a))
		return 0;
	return record_has(&a, p->class_oid, &bad) ? p->class_id : 0;
}

/* Looks through all entries with a cursor, as far as time goes. */
static int
scan_with(MDB_cursor *c, const struct probe *p, uint32_t *attr_out, uint64_t *id_out)
{
	int64_t until_ms = clock_mono_ms() + SCAN_MS;
	MDB_val k, v;
	int rc = mdb_cursor_get(c, &k, &v, MDB_FIRST);

	for (size_t n = 1; rc == 0; n++) {
		*attr_out = found_in(p, val_bv(v));
		*id_out = *attr_out != 0 ? val_read_id(k) : 0;
		if (*attr_out != 0 || (n % SCAN_CLOCK == 0 && clock_mono_ms() > until_ms))
			return 0;
		rc = mdb_cursor_get(c, &k, &v, MDB_NEXT);
	}
	return rc;
}

static int
scan(struct store_read *r, const struct probe *p, uint32_t *attr_out, uint64_t *id_out)
{
	struct read_cursor *c;
	int rc = read_borrow(r, r->store->entries, &c);

	if (rc != 0)
		return rc;
	rc = scan_with(c->cursor, p, attr_out, id_out);
	read_return(c);
	if (rc == MDB_NOTFOUND)
		return 0;
	return rc == 0 ? 1 : env_error(r->store, rc, "reading entries", NULL);
}

/*
 * Looks at the first entries under a slot of the type: 1 and 0 as uses_attr, ERR_AGAIN when they
 * do not tell (they may have subtypes only).
 */
static int
look_in_slot(struct store_read *r, const struct index_slot *slot, const struct probe *p,
    struct arena *a, uint64_t *id_out)
{
	struct index_key all;
	struct iter_range range = {&all, &all, INDEX_LOOK};
	struct idset *set = arena_zalloc(a, 1, sizeof(*set));
	struct record rec;

	index_key_make(&all, slot->number, BV_LIT(""));
	idset_init(set, a, UINT64_MAX);
	int rc = iter_collect(r, &range, set);
	if (rc < 0)
		return rc;
	idset_finish(set);
	for (uint64_t id = 0; (id = idset_at_least(set, id + 1)) != 0;) {
		if (store_get(r, id, &rec, NULL) == 0 && found_in(p, rec.bytes) != 0) {
			*id_out = id;
			return 1;
		}
	}
	return rc == 1 ? 0 : ERR_AGAIN;
}

/* Lists the numbers of the type. Returns whether there are any. */
static bool
list_ids(const struct attr_map *map, const struct attr_type *t, bool *ids)
{
	bool any = false;

	for (uint32_t id = 1; id <= map->count; id++) {
		ids[id] = map->descs[id]->type == t;
		any |= ids[id];
	}
	return any;
}

static int
look_in_slots(struct store_read *r, const struct attr_type *t, struct arena *a, uint64_t *id_out)
{
	static const unsigned kinds[] = {INDEX_PRES, INDEX_EQ};
	const struct attr_map *map = store_read_map(r);
	bool *ids = arena_zalloc(a, map->count + 1, sizeof(*ids));
	struct probe p = {.ids = ids, .id_count = map->count};
	int rc = ERR_AGAIN;

	if (!list_ids(map, t, ids))
		return 0;
	for (size_t i = 0; rc == ERR_AGAIN && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct index_slot *slot = view_slot(r->view, t, kinds[i]);
		if (slot != NULL && slot->ready && (kinds[i] != INDEX_EQ || t->equality != NULL))
			rc = look_in_slot(r, slot, &p, a, id_out);
	}
	return rc;
}

int
uses_in_index(struct store_read *r, const struct attr_type *t, uint64_t *id_out)
{
	struct arena *a = arena_new(0);
	int rc = look_in_slots(r, t, a, id_out);

	arena_free(&a);
	return rc;
}

int
uses_in_entries(struct store_read *r, const bool *ids, uint32_t *attr_out, uint64_t *id_out)
{
	struct probe p = {.ids = ids, .id_count = store_read_map(r)->count};

	return scan(r, &p, attr_out, id_out);
}

int
uses_attr(struct store_read *r, const struct attr_type *t, uint64_t *id_out)
{
	int rc = uses_in_index(r, t, id_out);
	uint32_t unused;

	if (rc != ERR_AGAIN)
		return rc;
	struct arena *a = arena_new(0);
	bool *ids = arena_zalloc(a, store_read_map(r)->count + 1, sizeof(*ids));
	(void)list_ids(store_read_map(r), t, ids);
	rc = uses_in_entries(r, ids, &unused, id_out);
	arena_free(&a);
	return rc;
}

int
uses_class(struct store_read *r, const struct object_class *oc, uint64_t *id_out)
{
	const struct attr_map *map = store_read_map(r);
	const struct attr_type *type = schema_known(map->schema)->object_class;
	const struct index_slot *slot = view_slot(r->view, type, INDEX_EQ);
	struct probe p = {
	    .class_id = attr_map_id(map, desc_of_type(map->schema, type)), .class_oid = oc->oid};
	struct index_key key;
	uint32_t attr;

	if (p.class_id == 0)
		return 0;
	if (slot == NULL || !slot->ready || !index_key_make(&key, slot->number, oc->oid))
		return scan(r, &p, &attr, id_out);
	struct iter posting = {.kind = ITER_POSTING, .key = &key};
	return iter_seek(r, &posting, 1, id_out);
}

void
uses_example(struct store_read *r, uint64_t id, struct arena *a, struct bv *out)
{
	struct record rec;
	struct bv pretty = BV_NONE;

	if (id == 0)
		*out = BV_LIT(
		    "or may: there are too many to look through; give it a presence index and "
		    "try again when that is built");
	else if (store_get(r, id, &rec, NULL) == 0 && store_dn(r, &rec, a, &pretty, NULL) == 0)
		*out = arena_printf(a, "such as \"%.*s\"", BV(pretty));
	else
		*out = arena_printf(a, "such as number %llu", (unsigned long long)id);
}

/* The text for a yes. */
static int
tell(struct store_read *r, int found, const uint64_t *id, struct errbuf *e)
{
	struct arena *a = arena_new(0);
	struct bv example = BV_NONE;

	if (found == 1) {
		uses_example(r, *id, a, &example);
		err_set(e, found, "in use by entries (%.*s)", BV(example));
	} else if (found < 0) {
		err_set(
		    e, found, "%s: looking for entries: %s", r->store->directory, err_text(found));
	}
	arena_free(&a);
	return found;
}

int
store_uses_attr(struct store *s, struct bv type, struct errbuf *e)
{
	struct store_read *r = store_read_new(s);
	uint64_t id = 0;
	int rc = store_read_begin(r, e);

	if (rc == 0) {
		const struct attr_type *t = schema_attr_type(store_read_map(r)->schema, type);
		rc = t == NULL ? 0 : tell(r, uses_attr(r, t, &id), &id, e);
	}
	store_read_free(&r);
	return rc;
}

int
store_uses_class(struct store *s, struct bv name, struct errbuf *e)
{
	struct store_read *r = store_read_new(s);
	uint64_t id = 0;
	int rc = store_read_begin(r, e);

	if (rc == 0) {
		const struct object_class *oc =
		    schema_object_class(store_read_map(r)->schema, name);
		rc = oc == NULL ? 0 : tell(r, uses_class(r, oc, &id), &id, e);
	}
	store_read_free(&r);
	return rc;
}
