#include "index_key.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "model/desc.h"
#include "model/rule.h"
#include "model/schema.h"
#include "hash.h"
#include "view.h"

/*
 * From records to index keys. Equality keys are order keys where the type has an ordering
 * rule of the same family, so that one slot serves =, >= and <=. Substring keys are all
 * runs of up to three bytes (shorter ones only at the end of the value), the first
 * three bytes, and the last three reversed; a component of an assertion therefore always has
 * a key, or a run of keys with a common beginning.
 */

void
key_list_init(struct key_list *l)
{
	*l = (struct key_list){0};
}

void
key_list_done(struct key_list *l)
{
	buf_done(&l->bytes);
	free(l->refs);
	key_list_init(l);
}

void
key_list_clear(struct key_list *l)
{
	l->bytes.n = 0;
	l->count = 0;
}

struct bv
key_list_at(const struct key_list *l, size_t i)
{
	return bv_make(l->bytes.p + l->refs[i].at, l->refs[i].n);
}

/* Makes room for one more reference. */
static void
list_room(struct key_list *l)
{
	if (l->count < l->cap)
		return;
	size_t cap = l->cap == 0 ? 64 : l->cap * 2;
	struct key_ref *refs = realloc(l->refs, cap * sizeof(*refs));
	if (refs == NULL) {
		log_error("store: out of memory for index keys");
		abort();
	}
	l->refs = refs;
	l->cap = cap;
}

static void
list_add(struct key_list *l, const struct index_key *key)
{
	list_room(l);
	l->refs[l->count++] = (struct key_ref){(uint32_t)l->bytes.n, (uint32_t)key->n};
	buf_put(&l->bytes, key->bytes, key->n);
}

static int
compare_refs(const void *x, const void *y, void *list)
{
	const struct key_list *l = list;
	const struct key_ref *a = x, *b = y;

	return bv_cmp(bv_make(l->bytes.p + a->at, a->n), bv_make(l->bytes.p + b->at, b->n));
}

void
key_list_sort(struct key_list *l)
{
	size_t kept = 0;

	if (l->count > 1)
		qsort_r(l->refs, l->count, sizeof(*l->refs), compare_refs, l);
	for (size_t i = 0; i < l->count; i++) {
		if (kept == 0 || compare_refs(&l->refs[kept - 1], &l->refs[i], l) != 0)
			l->refs[kept++] = l->refs[i];
	}
	l->count = kept;
}

bool
index_key_make(struct index_key *key, uint32_t slot, struct bv value)
{
	uint8_t *p = key->bytes;

	p[0] = (uint8_t)(slot >> 16);
	p[1] = (uint8_t)(slot >> 8);
	p[2] = (uint8_t)slot;
	p += KEY_SLOT_BYTES;
	if (value.n < KEY_VALUE_BYTES) {
		if (value.n > 0)
			memcpy(p, value.p, value.n);
		key->n = KEY_SLOT_BYTES + value.n;
		return true;
	}
	memcpy(p, value.p, KEY_PREFIX_BYTES);
	hash_wide(value, p + KEY_PREFIX_BYTES);
	key->n = KEY_BYTES;
	return false;
}

int
index_form(const struct schema *s, struct arena *a, const struct attr_type *stored,
    const struct match_rule *rule, struct bv value, struct bv *normal_inout)
{
	if (stored->equality != NULL && stored->equality->family == rule->family)
		return 0;
	return rule_normalize(rule, s, a, value, normal_inout);
}

struct bv
index_eq_form(struct arena *a, const struct attr_type *type, struct bv normal)
{
	const struct match_rule *order = type->ordering;
	struct bv key;

	if (order == NULL || type->equality == NULL || order->family != type->equality->family ||
	    rule_order_key(order, a, normal, &key) != 0)
		return normal;
	return key;
}

/* What emitting needs. */
struct emit {
	const struct schema *schema;
	const struct index_slot *slot;
	const struct attr_type *stored; /* type of the attribute at hand */
	struct arena *scratch;
	struct key_list *out;
};

static void
emit_key(const struct emit *e, struct bv value)
{
	struct index_key key;

	index_key_make(&key, e->slot->number, value);
	list_add(e->out, &key);
}

static void
emit_equality(const struct emit *e, struct bv value, struct bv normal)
{
	const struct match_rule *rule = e->slot->type->equality;

	if (rule == NULL || index_form(e->schema, e->scratch, e->stored, rule, value, &normal) != 0)
		return;
	emit_key(e, index_eq_form(e->scratch, e->slot->type, normal));
}

static void
emit_reversed_end(const struct emit *e, struct bv form)
{
	uint8_t end[KEY_GRAM_BYTES];
	size_t n = form.n < KEY_GRAM_BYTES ? form.n : KEY_GRAM_BYTES;

	for (size_t i = 0; i < n; i++)
		end[i] = form.p[form.n - 1 - i];
	emit_key(e, bv_make(end, n));
}

static void
emit_grams(const struct emit *e, struct bv form)
{
	if (form.n > KEY_GRAM_VALUE_MAX) {
		emit_key(e, BV_LIT(""));
		return;
	}
	for (size_t i = 0; i < form.n; i++) {
		size_t n = form.n - i < KEY_GRAM_BYTES ? form.n - i : KEY_GRAM_BYTES;
		emit_key(e, bv_make(form.p + i, n));
	}
}

static void
emit_substrings(const struct emit *e, struct bv value, struct bv form)
{
	const struct match_rule *rule = e->slot->type->substr;

	if (rule == NULL || index_form(e->schema, e->scratch, e->stored, rule, value, &form) != 0)
		return;
	if (e->slot->kind == INDEX_SUB_ANY)
		emit_grams(e, form);
	else if (e->slot->kind == INDEX_SUB_FINAL)
		emit_reversed_end(e, form);
	else
		emit_key(e, bv_make(form.p, form.n < KEY_GRAM_BYTES ? form.n : KEY_GRAM_BYTES));
}

static void
emit_approx(const struct emit *e, struct bv normal)
{
	struct bv *codes;
	size_t n = rule_approx_codes(e->scratch, normal, &codes);

	for (size_t i = 0; i < n; i++)
		emit_key(e, codes[i]);
}

static void
emit_value(const struct emit *e, struct bv value, struct bv normal)
{
	switch (e->slot->kind) {
	case INDEX_EQ:
		emit_equality(e, value, normal);
		break;
	case INDEX_APPROX:
		emit_approx(e, normal);
		break;
	case INDEX_PRES:
		break;
	default:
		emit_substrings(e, value, normal);
		break;
	}
}

static int
emit_attr(const struct emit *e, const struct record_attr *a)
{
	struct record_values it = record_values_of(a);
	struct bv value, normal;

	if (e->slot->kind == INDEX_PRES)
		emit_key(e, BV_LIT(""));
	while (e->slot->kind != INDEX_PRES && record_next_value(&it, &value, &normal)) {
		struct arena_mark mark = arena_mark(e->scratch);
		emit_value(e, value, normal);
		arena_rewind(e->scratch, mark);
	}
	return it.bad ? ERR_CORRUPT : 0;
}

int
index_keys_of(const struct view *v, const struct record *r, const bool *wanted,
    struct arena *scratch, struct key_list *out)
{
	for (size_t i = 0; i < r->row_count; i++) {
		struct record_attr a = record_attr_at(r, i);
		if (a.attr_id < 1 || a.attr_id > v->map.count)
			return ERR_CORRUPT;
		uint32_t end = v->attr_slot_at[a.attr_id + 1];
		for (uint32_t k = v->attr_slot_at[a.attr_id]; k < end; k++) {
			size_t index = v->attr_slots[k];
			if (wanted != NULL && !wanted[index])
				continue;
			struct emit e = {v->map.schema, &v->slots[index],
			    v->map.descs[a.attr_id]->type, scratch, out};
			if (emit_attr(&e, &a) != 0)
				return ERR_CORRUPT;
		}
	}
	return 0;
}
