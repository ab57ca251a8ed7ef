#include "store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "index_key.h"
#include "plan_scope.h"
#include "slot.h"
#include "tree.h"

/*
 * The whole database against itself, in one read transaction: every record's checksum and
 * values, its name in the tree and the way up to the suffix; every name's record; every index
 * key that a record calls for, and none besides.
 */

struct check {
	struct store *store;
	struct store_read *read;
	struct arena *scratch;
	struct idset connected; /* entries that the tree leads to */
	struct key_list keys;
	bool *ready;	   /* by slot index */
	uint64_t expected; /* index entries that the records call for */
	store_report_fn *report;
	void *arg;
	int64_t problems;
};

static void complain(struct check *c, uint64_t id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
complain(struct check *c, uint64_t id, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->problems++;
	if (c->report != NULL)
		c->report(c->arg, id, text);
}

static void
check_values(struct check *c, uint64_t id, const struct record *rec)
{
	const struct attr_map *map = store_read_map(c->read);

	for (size_t i = 0; i < rec->row_count; i++) {
		struct record_attr a = record_attr_at(rec, i);
		struct record_values it = record_values_of(&a);
		struct bv value, normal;
		size_t n = 0;
		if (attr_map_desc(map, a.attr_id) == NULL)
			complain(c, id, "attribute number %u has no name", a.attr_id);
		while (record_next_value(&it, &value, &normal))
			n++;
		if (it.bad || n != a.count)
			complain(c, id, "the values of attribute number %u are damaged", a.attr_id);
	}
}

static void
check_name(struct check *c, uint64_t id, const struct record *rec)
{
	uint64_t found = 0, above;

	if (store_find_child(c->read, rec->parent, rec->rdn_normal, &found) != 0)
		complain(c, id, "its name \"%.*s\" is not in the tree", BV(rec->rdn_pretty));
	else if (found != id)
		complain(c, id, "the tree gives its name \"%.*s\" to entry %llu",
		    BV(rec->rdn_pretty), (unsigned long long)found);
	if (rec->parent != 0 && read_parent(c->read, rec->parent, &above) != 0)
		complain(c, id, "its superior %llu is missing or damaged",
		    (unsigned long long)rec->parent);
	else if (!c->connected.refused && idset_at_least(&c->connected, id) != id)
		complain(c, id, "the tree does not lead to it from the suffix");
}

static void
check_keys(struct check *c, uint64_t id, const struct record *rec)
{
	struct read_cursor *cursor;

	key_list_clear(&c->keys);
	arena_reset(c->scratch);
	if (index_keys_of(c->read->view, rec, c->ready, c->scratch, &c->keys) != 0 ||
	    read_borrow(c->read, c->store->index, &cursor) != 0) {
		complain(c, id, "its index keys cannot be told");
		return;
	}
	key_list_sort(&c->keys);
	c->expected += c->keys.count;
	for (size_t i = 0; i < c->keys.count; i++) {
		MDB_val k = val_of(key_list_at(&c->keys, i)), v = val_id(&id);
		if (mdb_cursor_get(cursor->cursor, &k, &v, MDB_GET_BOTH) != 0)
			complain(c, id, "the index lacks one of its keys; run slapindex");
	}
	read_return(cursor);
}

static int
check_entries(struct check *c)
{
	struct record rec;
	uint64_t id = 1;
	int rc;

	for (; (rc = store_next(c->read, &id, &rec, NULL)) != ERR_NOT_FOUND; id++) {
		if (rc == ERR_IO)
			return rc;
		if (rc != 0) {
			complain(c, id, "the record is damaged: its checksum does not fit");
			continue;
		}
		check_values(c, id, &rec);
		check_name(c, id, &rec);
		check_keys(c, id, &rec);
	}
	return 0;
}

static void
check_tree_key(struct check *c, struct bv key, uint64_t id)
{
	struct tree_key want;
	struct record rec;

	if (store_get(c->read, id, &rec, NULL) != 0) {
		complain(c, id, "the tree has a name for it, but the record is missing or damaged");
		return;
	}
	tree_key_make(&want, rec.parent, rec.rdn_normal);
	if (!bv_eq(key, bv_make(want.bytes, want.n)))
		complain(c, id, "the tree has it under a name that is not its own");
}

static int
check_tree(struct check *c)
{
	struct read_cursor *cursor;
	MDB_val k, v;
	int rc = read_borrow(c->read, c->store->tree, &cursor);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(cursor->cursor, &k, &v, MDB_FIRST);
	for (; rc == 0; rc = mdb_cursor_get(cursor->cursor, &k, &v, MDB_NEXT))
		check_tree_key(c, val_bv(k), val_read_id(v));
	read_return(cursor);
	return rc == MDB_NOTFOUND ? 0 : env_error(c->store, rc, "reading the tree", NULL);
}

/* Whether the entry calls for the key. */
static bool
calls_for(struct check *c, uint64_t id, struct bv key)
{
	struct record rec;

	key_list_clear(&c->keys);
	arena_reset(c->scratch);
	if (store_get(c->read, id, &rec, NULL) != 0 ||
	    index_keys_of(c->read->view, &rec, c->ready, c->scratch, &c->keys) != 0)
		return false;
	for (size_t i = 0; i < c->keys.count; i++) {
		if (bv_eq(key, key_list_at(&c->keys, i)))
			return true;
	}
	return false;
}

/* Finds the slot that a key belongs to; NULL when it is none of the view's. */
static const struct index_slot *
slot_of(const struct check *c, struct bv key)
{
	const struct view *v = c->read->view;
	uint32_t number;

	if (key.n < KEY_SLOT_BYTES)
		return NULL;
	number = (uint32_t)key.p[0] << 16 | (uint32_t)key.p[1] << 8 | key.p[2];
	for (size_t i = 0; i < v->slot_count; i++) {
		if (v->slots[i].number == number)
			return &v->slots[i];
	}
	return NULL;
}

/* What to find out on a walk over the index. */
struct index_walk {
	bool name_surplus; /* say which keys are too many */
	uint64_t count;	   /* IDs in ready slots */
	uint64_t homeless; /* IDs in slots that there are not */
};

static void
walk_key(struct check *c, struct index_walk *w, struct bv key, uint64_t id)
{
	const struct index_slot *slot = slot_of(c, key);

	w->homeless += slot == NULL;
	if (slot == NULL || !slot->ready)
		return;
	w->count++;
	if (w->name_surplus && !calls_for(c, id, key))
		complain(
		    c, id, "the index has a key for it that it does not call for; run slapindex");
}

static int
walk_index(struct check *c, struct index_walk *w)
{
	struct read_cursor *cursor;
	MDB_val k, v;
	int rc = read_borrow(c->read, c->store->index, &cursor);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(cursor->cursor, &k, &v, MDB_FIRST);
	for (; rc == 0; rc = mdb_cursor_get(cursor->cursor, &k, &v, MDB_NEXT))
		walk_key(c, w, val_bv(k), val_read_id(v));
	read_return(cursor);
	return rc == MDB_NOTFOUND ? 0 : env_error(c->store, rc, "reading the index", NULL);
}

static int
check_index(struct check *c)
{
	struct index_walk w = {0}, again = {.name_surplus = true};
	uint32_t number;
	int rc = walk_index(c, &w);

	if (rc == 0 && w.homeless > 0 &&
	    slot_first_dropped(c->store, c->read->txn, &number) == ERR_NOT_FOUND)
		complain(c, 0, "the index table holds %llu keys of no index",
		    (unsigned long long)w.homeless);
	return rc != 0 || w.count == c->expected ? rc : walk_index(c, &again);
}

/* Follows the tree down from the top. One that leads to more than it has names leads in circles. */
static int
connect(struct check *c)
{
	struct scope all;
	MDB_stat tree;
	int rc = scope_init(&all, c->read, 0, LDAP_SCOPE_WHOLE_SUBTREE);

	idset_init(&c->connected, c->scratch,
	    env_meta_number(c->store, c->read->txn, BV_LIT("next"), 1) + 1);
	if (rc == 0)
		rc = env_error(
		    c->store, mdb_stat(c->read->txn, c->store->tree, &tree), "counting", NULL);
	if (rc == 0)
		rc = scope_collect(&all, c->read, tree.ms_entries, &c->connected);
	if (rc == 0 && !c->connected.refused)
		complain(c, 0, "the tree of names leads in circles");
	return rc < 0 ? rc : 0;
}

static int
check_all(struct check *c)
{
	const struct view *v = c->read->view;
	int rc = connect(c);

	c->ready = calloc(v->slot_count + 1, sizeof(bool));
	c->scratch = arena_new(0);
	for (size_t i = 0; c->ready != NULL && i < v->slot_count; i++)
		c->ready[i] = v->slots[i].ready;
	if (rc == 0)
		rc = check_entries(c);
	if (rc == 0)
		rc = check_tree(c);
	if (rc == 0)
		rc = check_index(c);
	arena_free(&c->scratch);
	free(c->ready);
	return rc;
}

int64_t
store_check(struct store *s, store_report_fn *report, void *arg, struct errbuf *e)
{
	struct arena *a = arena_new(0);
	struct check c = {.store = s, .scratch = a, .report = report, .arg = arg};

	c.read = store_read_new(s);
	key_list_init(&c.keys);
	int rc = store_read_begin(c.read, e);
	if (rc == 0)
		rc = check_all(&c);
	store_read_free(&c.read);
	key_list_done(&c.keys);
	arena_free(&a);
	if (rc != 0)
		return err_set(e, ERR_IO, "%s: checking stopped: %s", s->directory, err_text(rc));
	return c.problems;
}
