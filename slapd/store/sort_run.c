#include "sort_run.h"

#include <stdlib.h>
#include "base/log.h"
#include "hash.h"

/*
 * Radix sort by eight bytes of the key at a time, least significant first, leaving out
 * bytes in which all keys agree; then each group of equal eight bytes by the next eight. All
 * passes are stable, so IDs stay ascending under a key. Small groups and those that mix keys that
 * end with keys that go on are sorted by comparison.
 */

enum { WINDOW = 8, DIGITS = 256, SMALL = 48, LENGTH_BYTES = 2 };

static void *
reserve(size_t n)
{
	void *p = malloc(n);

	if (p == NULL) {
		log_error("store: out of memory for sorting: %zu bytes", n);
		abort();
	}
	return p;
}

void
sort_run_init(struct sort_run *r, size_t run_bytes)
{
	*r = (struct sort_run){0};
	r->cap = run_bytes / (4 * sizeof(struct sort_item));
	r->bytes_cap = run_bytes / 2 < SORT_SHORT ? run_bytes / 2 : SORT_SHORT;
	r->items = reserve(r->cap * sizeof(struct sort_item));
	r->spare = reserve(r->cap * sizeof(struct sort_item));
	r->bytes = reserve(r->bytes_cap);
}

void
sort_run_done(struct sort_run *r)
{
	free(r->items);
	free(r->spare);
	free(r->bytes);
	*r = (struct sort_run){0};
}

/* Eight bytes of b from offset at, zeros behind its end, as a number that orders like them. */
static uint64_t
window(struct bv b, size_t at)
{
	uint8_t padded[WINDOW] = {0};
	size_t n = b.n > at ? b.n - at : 0;

	if (n >= WINDOW)
		return get_be64(b.p + at);
	if (n > 0)
		memcpy(padded, b.p + at, n);
	return get_be64(padded);
}

bool
sort_run_add(struct sort_run *r, struct bv key, uint64_t id)
{
	struct sort_item *it = &r->items[r->count];

	if (r->count == 0)
		r->first_id = id;
	if (r->count == r->cap || r->used + key.n + LENGTH_BYTES > r->bytes_cap ||
	    id - r->first_id > UINT32_MAX)
		return false;
	it->prefix = window(key, 0);
	it->id_low = (uint32_t)(id - r->first_id);
	it->ref = SORT_SHORT | (uint32_t)key.n;
	if (key.n > WINDOW) {
		it->ref = (uint32_t)r->used;
		r->bytes[r->used] = (uint8_t)(key.n >> 8);
		r->bytes[r->used + 1] = (uint8_t)key.n;
		memcpy(r->bytes + r->used + LENGTH_BYTES, key.p, key.n);
		r->used += key.n + LENGTH_BYTES;
	}
	r->count++;
	return true;
}

static struct bv
long_key(const struct sort_run *r, const struct sort_item *it)
{
	const uint8_t *p = r->bytes + it->ref;

	return bv_make(p + LENGTH_BYTES, (size_t)p[0] << 8 | p[1]);
}

static struct bv
key_of(const struct sort_run *r, const struct sort_item *it, uint8_t room[8])
{
	if ((it->ref & SORT_SHORT) == 0)
		return long_key(r, it);
	put_be64(room, it->prefix);
	return bv_make(room, it->ref & ~SORT_SHORT);
}

struct bv
sort_run_key(const struct sort_run *r, size_t i, uint8_t room[8])
{
	return key_of(r, &r->items[i], room);
}

static int
compare_items(const void *x, const void *y, void *run)
{
	const struct sort_item *a = x, *b = y;
	uint8_t room_a[8], room_b[8];
	int order = bv_cmp(key_of(run, a, room_a), key_of(run, b, room_b));

	if (order != 0)
		return order;
	return a->id_low < b->id_low ? -1 : a->id_low > b->id_low;
}

static void
compare_sort(struct sort_run *r, size_t from, size_t n)
{
	qsort_r(r->items + from, n, sizeof(*r->items), compare_items, r);
}

static void
scatter(const struct sort_item *in, struct sort_item *out, size_t n, unsigned shift, size_t *at)
{
	for (size_t i = 0; i < n; i++)
		out[at[in[i].prefix >> shift & 0xff]++] = in[i];
}

/* Stable sort of n items by prefix. */
static void
radix(struct sort_run *r, size_t from, size_t n)
{
	static _Thread_local size_t counts[WINDOW][DIGITS];
	struct sort_item *in = r->items + from, *out = r->spare + from;

	memset(counts, 0, sizeof(counts));
	for (size_t i = 0; i < n; i++) {
		for (unsigned d = 0; d < WINDOW; d++)
			counts[d][in[i].prefix >> (8 * d) & 0xff]++;
	}
	for (unsigned d = 0; d < WINDOW; d++) {
		size_t sum = 0;
		if (counts[d][in[0].prefix >> (8 * d) & 0xff] == n)
			continue;
		for (size_t v = 0; v < DIGITS; v++) {
			size_t here = counts[d][v];
			counts[d][v] = sum;
			sum += here;
		}
		scatter(in, out, n, 8 * d, counts[d]);
		struct sort_item *swap = in;
		in = out;
		out = swap;
	}
	if (in != r->items + from)
		memcpy(r->items + from, in, n * sizeof(*in));
}

/* How the keys of a group with equal prefixes go on behind depth. */
enum group_kind { GROUP_SAME_END, GROUP_ALL_LONGER, GROUP_MIXED };

static enum group_kind
classify(const struct sort_run *r, size_t from, size_t n, size_t depth)
{
	uint8_t room[8];
	size_t first = key_of(r, &r->items[from], room).n;
	bool same = true, longer = true;

	for (size_t i = from; i < from + n; i++) {
		size_t length = key_of(r, &r->items[i], room).n;
		same = same && length == first;
		longer = longer && length > depth;
	}
	if (longer)
		return GROUP_ALL_LONGER;
	return same ? GROUP_SAME_END : GROUP_MIXED;
}

static void sort_level(struct sort_run *r, size_t from, size_t n, size_t depth);

/* Sorts a group whose keys agree in their first depth bytes. */
static void
sort_group(struct sort_run *r, size_t from, size_t n, size_t depth)
{
	if (n < 2)
		return;
	switch (classify(r, from, n, depth)) {
	case GROUP_SAME_END:
		return;
	case GROUP_MIXED:
		compare_sort(r, from, n);
		return;
	case GROUP_ALL_LONGER:
		break;
	}
	if (n < SMALL) {
		compare_sort(r, from, n);
		return;
	}
	for (size_t i = from; i < from + n; i++)
		r->items[i].prefix = window(long_key(r, &r->items[i]), depth);
	sort_level(r, from, n, depth);
}

/* Sorts items whose prefixes are the window at depth. */
static void
sort_level(struct sort_run *r, size_t from, size_t n, size_t depth)
{
	size_t start = from, end = from + n;

	radix(r, from, n);
	for (size_t i = from + 1; i <= end; i++) {
		if (i < end && r->items[i].prefix == r->items[start].prefix)
			continue;
		sort_group(r, start, i - start, depth + WINDOW);
		start = i;
	}
}

void
sort_run_sort(struct sort_run *r)
{
	if (r->count > 0)
		sort_level(r, 0, r->count, 0);
}
