#include "tests/bench/hist.h"

#include <stddef.h>
#include <string.h>

/*
 * Values below 64 have a bucket each; above, each doubling is cut into 64 equal
 * buckets. The bucket's number is the exponent followed by the six bits behind the
 * leading one, so finding it costs a few instructions.
 */

enum { SUB_BITS = 6 };

static size_t
bucket_of(uint64_t value)
{
	unsigned exponent;
	size_t bucket;

	if (value < HIST_SUB)
		return (size_t)value;
	exponent = 63U - (unsigned)__builtin_clzll(value);
	bucket = (size_t)(exponent - SUB_BITS + 1) * HIST_SUB;
	bucket += (size_t)(value >> (exponent - SUB_BITS)) & (HIST_SUB - 1);
	return bucket < HIST_BUCKETS ? bucket : HIST_BUCKETS - 1;
}

/* The largest value that belongs into the bucket. */
static uint64_t
bucket_end(size_t bucket)
{
	unsigned shift;

	if (bucket < HIST_SUB)
		return bucket;
	shift = (unsigned)(bucket / HIST_SUB) - 1;
	return (((uint64_t)(HIST_SUB + bucket % HIST_SUB) + 1) << shift) - 1;
}

void
hist_init(struct hist *h)
{
	memset(h, 0, sizeof(*h));
}

void
hist_add(struct hist *h, uint64_t value)
{
	h->buckets[bucket_of(value)]++;
	if (h->count == 0 || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->count++;
	h->sum += value;
}

void
hist_merge(struct hist *h, const struct hist *from)
{
	if (from->count == 0)
		return;
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		h->buckets[i] += from->buckets[i];
	if (h->count == 0 || from->min < h->min)
		h->min = from->min;
	if (from->max > h->max)
		h->max = from->max;
	h->count += from->count;
	h->sum += from->sum;
}

uint64_t
hist_percentile(const struct hist *h, unsigned per_mille)
{
	uint64_t rank, seen = 0;

	if (h->count == 0)
		return 0;
	rank = (h->count * per_mille + 999) / 1000;
	if (rank == 0)
		return h->min;
	for (size_t i = 0; i < HIST_BUCKETS - 1; i++) {
		seen += h->buckets[i];
		if (seen >= rank)
			return bucket_end(i) < h->max ? bucket_end(i) : h->max;
	}
	return h->max;
}

uint64_t
hist_mean(const struct hist *h)
{
	return h->count == 0 ? 0 : h->sum / h->count;
}
