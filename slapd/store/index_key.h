#ifndef SLAPD_STORE_INDEX_KEY_H
#define SLAPD_STORE_INDEX_KEY_H

/*
 * The keys of the index table: slot number (3 bytes, big-endian) and a value whose
 * meaning depends on the slot's kind. docs/PROTOCOL.store lists them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "store/record.h"

struct arena;
struct attr_type;
struct index_slot;
struct match_rule;
struct schema;
struct view;

enum {
	KEY_SLOT_BYTES = 3,
	KEY_PREFIX_BYTES = 384, /* what a long value keeps before its fingerprint */
	KEY_VALUE_BYTES = KEY_PREFIX_BYTES + 16,
	KEY_BYTES = KEY_SLOT_BYTES + KEY_VALUE_BYTES,
	KEY_GRAM_BYTES = 3,
	KEY_GRAM_VALUE_MAX = 4096, /* longer values are not cut into grams: KEY of length 3 */
};

struct index_key {
	uint8_t bytes[KEY_BYTES];
	size_t n;
};

/* Where a key of a list is in its bytes. */
struct key_ref {
	uint32_t at;
	uint32_t n;
};

/* The keys of one entry; reused for many. */
struct key_list {
	struct buf bytes;
	struct key_ref *refs;
	size_t count, cap;
};

/* Makes an empty list. */
void key_list_init(struct key_list *l);

/* Frees its memory; it is then empty. */
void key_list_done(struct key_list *l);

/* Empties it, keeping memory for the next entry. */
void key_list_clear(struct key_list *l);

/* Orders by bytes and removes repetitions. */
void key_list_sort(struct key_list *l);

/* Returns key i; valid until the list changes. */
struct bv key_list_at(const struct key_list *l, size_t i);

/* Makes a key of a value. Returns whether the key holds the whole value. */
bool index_key_make(struct index_key *key, uint32_t slot, struct bv value);

/*
 * Appends the keys of a record for all slots of the view, or for those whose element of wanted (by
 * slot index) is set. 0 or ERR_CORRUPT. scratch is rewound.
 */
int index_keys_of(const struct view *v, const struct record *r, const bool *wanted,
    struct arena *scratch, struct key_list *out) __attribute__((warn_unused_result));

/*
 * Gives the form of a stored value under another rule of a type: the normal form when the rule is
 * of the family of the type's equality rule, else newly made. 0 or ERR_SYNTAX.
 */
int index_form(const struct schema *s, struct arena *a, const struct attr_type *stored,
    const struct match_rule *rule, struct bv value, struct bv *normal_inout)
    __attribute__((warn_unused_result));

/* Turns a normal form into what the equality keys of a type hold: its order key where it has one.
 */
struct bv index_eq_form(struct arena *a, const struct attr_type *type, struct bv normal);

#endif
