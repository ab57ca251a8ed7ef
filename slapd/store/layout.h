#ifndef SLAPD_STORE_LAYOUT_H
#define SLAPD_STORE_LAYOUT_H

/* Where things are in a record: docs/PROTOCOL.store. All numbers are little-endian. */

#include <stdint.h>
#include "base/bv.h"

enum {
	LAYOUT_MAGIC = 0x3152534d,
	LAYOUT_MAGIC_AT = 0,
	LAYOUT_FLAGS_AT = 4,
	LAYOUT_PARENT_AT = 8,
	LAYOUT_TOTAL_AT = 16,
	LAYOUT_ROWS_AT = 20,
	LAYOUT_USER_ROWS_AT = 24,
	LAYOUT_RDN_PRETTY_AT = 28,
	LAYOUT_RDN_NORMAL_AT = 32,
	LAYOUT_USER_AT = 36,
	LAYOUT_ALL_AT = 40,
	LAYOUT_NORMALS_AT = 44,
	LAYOUT_BODY_SUM_AT = 48,
	LAYOUT_HEAD_SUM_AT = 56,
	LAYOUT_HEADER_BYTES = 64,
};

enum {
	LAYOUT_ROW_ID = 0,
	LAYOUT_ROW_OFFSET = 4,
	LAYOUT_ROW_COUNT = 8,
	LAYOUT_ROW_NORMAL = 12,
	LAYOUT_ROW_BYTES = 16,
};

/* In a row's attribute ID: normal forms are stored apart. */
#define LAYOUT_SEPARATE UINT32_C(0x80000000)

/*
 * Reads parent and flags of a record whose header is sound, without checking the body: for scope
 * tests of candidates that will be opened, and so checked, if they pass. 0 or ERR_CORRUPT.
 */
int layout_peek(struct bv bytes, uint64_t *parent_out, uint32_t *flags_out)
    __attribute__((warn_unused_result));

/* Writes total length and both checksums of the n bytes at p, if they have room for a header. */
void layout_seal(uint8_t *p, size_t n);

/* Returns the checksum of the header at p. */
uint64_t layout_head_sum(const uint8_t *p);

/* Returns the checksum of what follows the header. */
uint64_t layout_body_sum(struct bv bytes);

#endif
