#ifndef SLAPD_STORE_RECORD_H
#define SLAPD_STORE_RECORD_H

/*
 * A stored entry. A record is one run of bytes: a header (parent ID, flags, RDN
 * pretty and normal), a table with one row per attribute, the attributes already
 * encoded as RFC 4511 PartialAttributes (user attributes first, in order, then
 * operational ones, in order), the normal forms of those whose normal form differs
 * from the value, and a checksum over all of it. Readers work on the bytes in place.
 * docs/PROTOCOL.store describes the layout.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct attr_desc;
struct attr_map;
struct buf;
struct entry;
struct schema;

enum record_flag {
	RECORD_ALIAS = 1,
	RECORD_REFERRAL = 2,
	RECORD_SUBENTRY = 4,
	RECORD_GLUE = 8,
};

struct record_row; /* on-disk table row */

/* A checked view of a record; borrows the bytes (an LMDB page: valid until the transaction ends).
 */
struct record {
	struct bv bytes;
	uint64_t parent;
	uint32_t flags; /* enum record_flag */
	struct bv rdn_pretty;
	struct bv rdn_normal;
	const struct record_row *rows;
	size_t row_count;
	size_t user_count;    /* the first user_count rows are user attributes */
	struct bv user_attrs; /* the encoded user attributes, contiguous */
	struct bv all_attrs;  /* user and operational attributes, contiguous */
};

/* One attribute of a record. */
struct record_attr {
	uint32_t attr_id; /* of the database's attr_map */
	bool operational;
	size_t count;	      /* values */
	struct bv encoded;    /* the whole PartialAttribute */
	struct bv values_set; /* content of the SET: a run of OCTET STRINGs */
	struct bv normals;    /* packed normal forms; absent when they equal the values */
};

/* Walks values with their normal forms. */
struct record_values {
	struct bv values_left;
	struct bv normals_left;
	bool separate;
	bool bad; /* the bytes were not what they must be: treat as ERR_CORRUPT */
};

/* Checks bounds and checksum and fills *out. 0 or ERR_CORRUPT. Alignment of bytes does not matter.
 */
int record_open(struct bv bytes, struct record *out) __attribute__((warn_unused_result));

/* Returns row i (i < row_count) by value. */
struct record_attr record_attr_at(const struct record *r, size_t i);

/* Returns the attribute ID of row i. */
uint32_t record_row_id(const struct record *r, size_t i);

/* Returns the encoded attributes of rows from to until - 1, which lie one behind the other; nothing
 * when there are none or their bytes are not what they must be. */
struct bv record_run(const struct record *r, size_t from, size_t until);

/* Finds the row with this attribute ID. Returns whether there is one. */
bool record_find(const struct record *r, uint32_t attr_id, struct record_attr *out);

/* Returns a walk over the values of the attribute; borrows its bytes. */
struct record_values record_values_of(const struct record_attr *a);

/* Gives the next value and its normal form. Returns whether there was one. */
bool record_next_value(struct record_values *it, struct bv *value_out, struct bv *normal_out);

/* Returns whether the attribute holds a value with this normal form; sets *bad_out when the bytes
 * were not what they must be (and leaves it alone otherwise). */
bool record_has(const struct record_attr *a, struct bv normal, bool *bad_out);

/*
 * Encodes an entry under a parent ID. attr IDs come from map, which must know every description of
 * the entry (attr_map_ensure first). rdn is taken from e->dn.rdns[0], or the whole DN when whole_dn
 * (a database's suffix entry). Appends to out.
 */
void record_encode(const struct schema *s, const struct attr_map *map, const struct entry *e,
    uint64_t parent, bool whole_dn, struct buf *out);

/* Copies a record into an entry (everything into the arena) for changing it; the DN is the
 * caller's. */
int record_decode(const struct record *r, const struct attr_map *map, struct arena *a,
    struct entry *out) __attribute__((warn_unused_result));

#endif
