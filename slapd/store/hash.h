#ifndef SLAPD_STORE_HASH_H
#define SLAPD_STORE_HASH_H

/* Checksums and fingerprints of stored bytes. Not a defence against forgers. */

#include <stdint.h>
#include "base/bv.h"

enum { HASH_WIDE_BYTES = 16 };

/* Returns 64 well-mixed bits of b under a seed; the same on every machine. */
uint64_t hash_bytes(struct bv b, uint64_t seed);

/* Writes 128 bits of b: the tail of keys that are too long for the tree. */
void hash_wide(struct bv b, uint8_t out[HASH_WIDE_BYTES]);

/* Little-endian numbers at any alignment. */
static inline uint32_t
get_le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap32(v);
#endif
	return v;
}

static inline uint64_t
get_le64(const uint8_t *p)
{
	return get_le32(p) | (uint64_t)get_le32(p + 4) << 32;
}

static inline void
put_le32(uint8_t *p, uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap32(v);
#endif
	memcpy(p, &v, sizeof(v));
}

static inline void
put_le64(uint8_t *p, uint64_t v)
{
	put_le32(p, (uint32_t)v);
	put_le32(p + 4, (uint32_t)(v >> 32));
}

/* Big-endian, so that memcmp orders numbers. */
static inline void
put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static inline uint64_t
get_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

#endif
