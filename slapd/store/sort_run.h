#ifndef SLAPD_STORE_SORT_RUN_H
#define SLAPD_STORE_SORT_RUN_H

/* One run of a sorter: pairs in memory, sorted by radix. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

/*
 * A pair. Keys of up to 8 bytes are held whole in prefix, first byte highest; longer
 * ones are in the run's bytes at ref, after their length in two bytes.
 */
struct sort_item {
	uint64_t prefix;
	uint32_t id_low; /* ID minus the run's first */
	uint32_t ref;	 /* SORT_SHORT | length, or an offset */
};

#define SORT_SHORT UINT32_C(0x80000000)

struct sort_run {
	struct sort_item *items, *spare;
	size_t count, cap;
	uint8_t *bytes;
	size_t used, bytes_cap;
	uint64_t first_id;
};

/* Reserves memory for a run; it is touched only as it fills. Aborts when there is none. */
void sort_run_init(struct sort_run *r, size_t run_bytes);
void sort_run_done(struct sort_run *r);

/* Adds a pair. Returns false when the run is full. */
bool sort_run_add(struct sort_run *r, struct bv key, uint64_t id);

/* Sorts by key, then ID. */
void sort_run_sort(struct sort_run *r);

/* Gives item i's key; room holds 8 bytes for a short one. */
struct bv sort_run_key(const struct sort_run *r, size_t i, uint8_t room[8]);

#endif
