#include "hash.h"

/*
 * A hash by wide multiplication: two lanes of 16 bytes per round, each folded by a
 * 64 x 64 -> 128 bit product. About 10 bytes per nanosecond, which keeps the check of a
 * record below the cost of fetching it. A flipped bit changes the result with
 * probability 1 - 2^-64; someone who wants a collision can make one.
 */

enum { ROUND_BYTES = 32 };

static const uint64_t K0 = 0x9e6c63d0876a9a47u, K1 = 0xd1b54a32d192ed03u, K2 = 0x8cb92ba72f3d8dd7u;

static inline uint64_t
fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 wide = (unsigned __int128)a * b;

	return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

static uint64_t
tail(const uint8_t *p, size_t n, uint64_t h)
{
	uint8_t last[ROUND_BYTES] = {0};

	memcpy(last, p, n);
	h = fold(get_le64(last) ^ h ^ K1, get_le64(last + 8) ^ K0);
	return fold(get_le64(last + 16) ^ h ^ K2, get_le64(last + 24) ^ K1);
}

uint64_t
hash_bytes(struct bv b, uint64_t seed)
{
	const uint8_t *p = b.p;
	size_t n = b.n;
	uint64_t x = seed ^ K0, y = seed ^ K2;

	for (; n >= ROUND_BYTES; n -= ROUND_BYTES, p += ROUND_BYTES) {
		x = fold(get_le64(p) ^ K1, get_le64(p + 8) ^ x);
		y = fold(get_le64(p + 16) ^ K2, get_le64(p + 24) ^ y);
	}
	uint64_t h = x ^ (y << 31 | y >> 33);
	if (n > 0)
		h = tail(p, n, h);
	return fold(h ^ K0, (uint64_t)b.n ^ K1);
}

void
hash_wide(struct bv b, uint8_t out[HASH_WIDE_BYTES])
{
	put_le64(out, hash_bytes(b, 1));
	put_le64(out + 8, hash_bytes(b, 2));
}
