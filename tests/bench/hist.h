#ifndef TESTS_BENCH_HIST_H
#define TESTS_BENCH_HIST_H

/* A histogram of durations of fixed size: every value is kept within 1.6 percent. */

#include <stdint.h>

enum {
	HIST_SUB = 64,		      /* buckets for each doubling */
	HIST_BUCKETS = 36 * HIST_SUB, /* up to 2^41 ns, more than half an hour */
};

struct hist {
	uint64_t buckets[HIST_BUCKETS];
	uint64_t count;
	uint64_t sum;
	uint64_t min; /* 0 while count is 0 */
	uint64_t max;
};

/* Makes h empty. */
void hist_init(struct hist *h);

/* Counts one value (nanoseconds by convention); what exceeds the range counts as its end. */
void hist_add(struct hist *h, uint64_t value);

/* Adds the counts of from to h. */
void hist_merge(struct hist *h, const struct hist *from);

/*
 * Returns the value that at least per_mille thousandths of the values do not exceed: 500 is the
 * median, 999 the 99.9th percentile. 1.6 percent too high at most, never above the largest value
 * counted; 0 when h is empty.
 */
uint64_t hist_percentile(const struct hist *h, unsigned per_mille);

/* Returns the mean of the values, 0 when h is empty. */
uint64_t hist_mean(const struct hist *h);

#endif
