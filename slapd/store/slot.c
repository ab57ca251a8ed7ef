#include "slot.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/rule.h"
#include "model/schema.h"
#include "hash.h"

/*
 * Index states. A number names a slot's keys for ever: when the rules of a type change, or
 * a kind is removed and added again, the new keys go under a new number while the old
 * ones are removed in the background. So nothing half-built is ever mistaken for an index.
 */

enum { STATE_BYTES = 24, NAME_BYTES = 300, KEYGEN_VERSION = 1, MAX_NUMBER = 0xffffff };

static const unsigned all_kinds[] = {
    INDEX_PRES, INDEX_EQ, INDEX_SUB_INITIAL, INDEX_SUB_ANY, INDEX_SUB_FINAL, INDEX_APPROX};

enum { KIND_COUNT = sizeof(all_kinds) / sizeof(all_kinds[0]) };

/* Writes "i:<type>,<kind>". */
static struct bv
state_name(const struct index_slot *slot, char out[NAME_BYTES])
{
	struct bv name = slot->type->names[0];
	int n = snprintf(out, NAME_BYTES, "i:%.*s,%u", (int)(name.n < 200 ? name.n : 200),
	    (const char *)name.p, slot->kind);

	for (int i = 0; i < n; i++) {
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] + 32);
	}
	return bv_make(out, (size_t)n);
}

static uint64_t
mix_rule(uint64_t h, const struct match_rule *r)
{
	return r == NULL ? hash_bytes(BV_LIT(""), h) : hash_bytes(r->oid, h);
}

/* What the keys depend on beside the values. */
static uint64_t
signature(const struct index_slot *slot)
{
	uint64_t h = hash_bytes(slot->type->oid, KEYGEN_VERSION * 2 + slot->no_subtypes);

	h = mix_rule(h, slot->type->equality);
	h = mix_rule(h, slot->type->ordering);
	return mix_rule(h, slot->type->substr);
}

const struct attr_type *
slot_type_in(const struct index_slot *slot, const struct schema *schema)
{
	struct index_slot there = *slot;

	there.type = schema_attr_type(schema, slot->type->names[0]);
	return there.type != NULL && signature(&there) == signature(slot) ? there.type : NULL;
}

/* Reads a slot's state; ERR_NOT_FOUND also when it was made by other rules. */
static int
load_state(struct store *s, MDB_txn *txn, struct index_slot *slot)
{
	char name[NAME_BYTES];
	struct bv v = BV_NONE;
	int rc = env_meta_get(s, txn, state_name(slot, name), &v);

	if (rc != 0)
		return rc;
	if (v.n != STATE_BYTES || get_le64(v.p + 16) != signature(slot))
		return ERR_NOT_FOUND;
	slot->number = get_le32(v.p);
	slot->ready = get_le32(v.p + 4) != 0;
	slot->position = get_le64(v.p + 8);
	return 0;
}

int
slot_save(struct store *s, MDB_txn *txn, const struct index_slot *slot)
{
	char name[NAME_BYTES];
	uint8_t v[STATE_BYTES];

	put_le32(v, slot->number);
	put_le32(v + 4, slot->ready);
	put_le64(v + 8, slot->position);
	put_le64(v + 16, signature(slot));
	return env_meta_put(s, txn, state_name(slot, name), bv_make(v, sizeof(v)));
}

/* Appends the slots of one type, joining kinds with those already listed. */
static void
list_type(struct view *out, const struct attr_type *type, unsigned kinds)
{
	for (size_t k = 0; k < KIND_COUNT; k++) {
		if ((kinds & all_kinds[k]) == 0 || view_slot(out, type, all_kinds[k]) != NULL)
			continue;
		out->slots[out->slot_count++] = (struct index_slot){.type = type,
		    .kind = all_kinds[k],
		    .no_subtypes = (kinds & INDEX_NO_SUBTYPES) != 0};
	}
}

static void
list_slots(const struct generation *g, struct arena *a, struct view *out)
{
	const struct schema_known *known = schema_known(g->schema);

	out->slot_count = 0;
	out->slots = arena_zalloc(a, (g->spec_count + 2) * KIND_COUNT, sizeof(*out->slots));
	for (size_t i = 0; i < g->spec_count; i++)
		list_type(out, g->specs[i].type, g->specs[i].kinds);
	list_type(out, known->object_class, INDEX_EQ);
	list_type(out, known->entry_uuid, INDEX_EQ);
}

/* Writes "d:<number>". */
static int
mark_dropped(struct store *s, MDB_txn *txn, uint32_t number)
{
	char name[32];
	int n = snprintf(name, sizeof(name), "d:%08x", number);

	return env_meta_put(s, txn, bv_make(name, (size_t)n), BV_LIT("drop"));
}

static int
start_slot(struct store *s, MDB_txn *txn, struct index_slot *slot)
{
	uint64_t number = env_meta_number(s, txn, BV_LIT("slots"), 0) + 1;
	MDB_stat st;

	if (number > MAX_NUMBER)
		return ERR_LIMIT;
	int rc = env_error(s, mdb_stat(txn, s->entries, &st), "counting entries", NULL);
	if (rc != 0)
		return rc;
	slot->number = (uint32_t)number;
	atomic_store_explicit(&s->uses[number % ENV_USES], 0, memory_order_relaxed);
	slot->ready = st.ms_entries == 0;
	slot->position = 0;
	rc = env_meta_put_number(s, txn, BV_LIT("slots"), number);
	return rc != 0 ? rc : slot_save(s, txn, slot);
}

/* Marks the keys of an outdated state of the same name, if there is one, for removal. */
static int
drop_old_state(struct store *s, MDB_txn *txn, const struct index_slot *slot)
{
	char name[NAME_BYTES];
	struct bv v = BV_NONE;
	int rc = env_meta_get(s, txn, state_name(slot, name), &v);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc != 0 || v.n != STATE_BYTES)
		return rc;
	return mark_dropped(s, txn, get_le32(v.p));
}

static int
start_missing(struct store *s, MDB_txn *txn, struct view *wanted, bool *changed)
{
	for (size_t i = 0; i < wanted->slot_count; i++) {
		int rc = load_state(s, txn, &wanted->slots[i]);
		if (rc == 0)
			continue;
		*changed = true;
		if (rc == ERR_NOT_FOUND)
			rc = drop_old_state(s, txn, &wanted->slots[i]);
		if (rc == 0)
			rc = start_slot(s, txn, &wanted->slots[i]);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool
is_wanted(const struct view *wanted, struct bv name)
{
	char buffer[NAME_BYTES];

	for (size_t i = 0; i < wanted->slot_count; i++) {
		if (bv_eq(state_name(&wanted->slots[i], buffer), name))
			return true;
	}
	return false;
}

/* Finds the first name in meta at or behind *from with the prefix. */
static int
find_prefixed(MDB_cursor *c, struct bv from, const char *prefix, struct bv *name, struct bv *value)
{
	MDB_val key = val_of(from), data;
	int rc = mdb_cursor_get(c, &key, &data, MDB_SET_RANGE);

	if (rc == 0 && (key.mv_size < 2 || memcmp(key.mv_data, prefix, 2) != 0))
		rc = MDB_NOTFOUND;
	if (rc != 0)
		return rc;
	*name = val_bv(key);
	*value = val_bv(data);
	return 0;
}

/* Reads "i:<type>,<kind>" back. Returns whether the schema has the type. */
static bool
parse_name(const struct schema *schema, struct bv name, struct index_slot *slot)
{
	size_t comma = bv_find(name, 0, ',');
	int64_t kind;

	if (comma == name.n || !bv_to_i64(bv_from(name, comma + 1), &kind))
		return false;
	slot->type = schema_attr_type(schema, bv_make(name.p + 2, comma - 2));
	slot->kind = (unsigned)kind;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (slot->kind == all_kinds[i])
			return slot->type != NULL;
	}
	return false;
}

/* Makes the slot of a state, if it was made by the rules of this schema. */
static bool
parse_state(const struct schema *schema, struct bv name, struct bv v, struct index_slot *slot)
{
	char canonical[NAME_BYTES];

	*slot = (struct index_slot){0};
	if (v.n != STATE_BYTES || !parse_name(schema, name, slot) ||
	    !bv_eq(state_name(slot, canonical), name))
		return false;
	slot->no_subtypes = get_le64(v.p + 16) != signature(slot);
	if (get_le64(v.p + 16) != signature(slot))
		return false;
	slot->number = get_le32(v.p);
	slot->ready = get_le32(v.p + 4) != 0;
	slot->position = get_le64(v.p + 8);
	return true;
}

/* Adds the slot of a state to the view, or notes that this process cannot keep it. */
static void
add_state(struct view *out, struct arena *a, struct bv name, struct bv value)
{
	struct index_slot slot;

	if (out->slot_count == UINT16_MAX || !parse_state(out->map.schema, name, value, &slot)) {
		out->alien = true;
		return;
	}
	out->slots = arena_grow(a, out->slots, out->slot_count, out->slot_count + 1, sizeof(slot));
	out->slots[out->slot_count++] = slot;
}

int
slot_load(
    struct store *s, MDB_txn *txn, const struct schema *schema, struct arena *a, struct view *out)
{
	MDB_cursor *c;
	MDB_val k = val_of(BV_LIT("i:")), v;
	int rc = mdb_cursor_open(txn, s->meta, &c);

	out->map.schema = schema;
	out->slots = NULL;
	out->slot_count = 0;
	out->alien = false;
	if (rc != 0)
		return env_error(s, rc, "reading meta", NULL);
	rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
	while (rc == 0 && k.mv_size > 2 && memcmp(k.mv_data, "i:", 2) == 0) {
		add_state(out, a, val_bv(k), val_bv(v));
		rc = mdb_cursor_get(c, &k, &v, MDB_NEXT);
	}
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? 0 : env_error(s, rc, "reading meta", NULL);
}

/* Removes the state under the cursor and marks its keys for removal. */
static int
drop_state(struct store *s, MDB_txn *txn, MDB_cursor *c, struct bv value)
{
	uint32_t number = value.n == STATE_BYTES ? get_le32(value.p) : 0;
	int rc = env_error(s, mdb_cursor_del(c, 0), "writing meta", NULL);

	return rc != 0 ? rc : mark_dropped(s, txn, number);
}

/* Drops every state that is not wanted. Deleting moves the cursor on, so each step searches. */
static int
drop_unwanted(struct store *s, MDB_txn *txn, const struct view *wanted, bool *changed)
{
	MDB_cursor *c;
	char from[NAME_BYTES + 1] = "i:";
	size_t from_n = 2;
	struct bv name = BV_NONE, value = BV_NONE;
	int rc = env_error(s, mdb_cursor_open(txn, s->meta, &c), "reading meta", NULL);

	if (rc != 0)
		return rc;
	while (rc == 0) {
		int found = find_prefixed(c, bv_make(from, from_n), "i:", &name, &value);
		if (found == MDB_NOTFOUND)
			break;
		rc = env_error(s, found, "reading meta", NULL);
		if (rc != 0)
			break;
		from_n = name.n < NAME_BYTES ? name.n : NAME_BYTES;
		memcpy(from, name.p, from_n);
		from[from_n++] = 0;
		if (is_wanted(wanted, name))
			continue;
		*changed = true;
		rc = drop_state(s, txn, c, value);
	}
	mdb_cursor_close(c);
	return rc;
}

int
slot_drop_alien(struct store *s, MDB_txn *txn, const struct view *known)
{
	bool changed;

	return drop_unwanted(s, txn, known, &changed);
}

int
slot_reconcile(struct store *s, MDB_txn *txn, const struct generation *g, bool *changed_out)
{
	struct arena *a = arena_new(0);
	struct view wanted = {0};

	list_slots(g, a, &wanted);
	int rc = start_missing(s, txn, &wanted, changed_out);
	if (rc == 0)
		rc = drop_unwanted(s, txn, &wanted, changed_out);
	arena_free(&a);
	return rc;
}

int
slot_restart(
    struct store *s, MDB_txn *txn, const struct generation *g, const struct attr_type *type)
{
	struct arena *a = arena_new(0);
	struct view wanted = {0};
	int rc = 0;

	list_slots(g, a, &wanted);
	for (size_t i = 0; rc == 0 && i < wanted.slot_count; i++) {
		struct index_slot *slot = &wanted.slots[i];
		if (type != NULL && slot->type != type)
			continue;
		rc = drop_old_state(s, txn, slot);
		if (rc == 0)
			rc = start_slot(s, txn, slot);
	}
	arena_free(&a);
	return rc;
}

int
slot_first_dropped(struct store *s, MDB_txn *txn, uint32_t *number_out)
{
	MDB_cursor *c;
	struct bv name = BV_NONE, value = BV_NONE;
	char digits[16] = {0};
	int rc = mdb_cursor_open(txn, s->meta, &c);

	if (rc == 0) {
		rc = find_prefixed(c, BV_LIT("d:"), "d:", &name, &value);
		mdb_cursor_close(c);
	}
	if (rc != 0)
		return env_error(s, rc, "reading meta", NULL);
	memcpy(digits, name.p + 2, name.n - 2 < 8 ? name.n - 2 : 8);
	*number_out = (uint32_t)strtoul(digits, NULL, 16);
	return 0;
}

int
slot_forget_dropped(struct store *s, MDB_txn *txn, uint32_t number)
{
	char name[32];
	int n = snprintf(name, sizeof(name), "d:%08x", number);
	MDB_val key = {(size_t)n, name};
	int rc = mdb_del(txn, s->meta, &key, NULL);

	return rc == MDB_NOTFOUND ? 0 : env_error(s, rc, "writing meta", NULL);
}
