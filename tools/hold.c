#include "tools/hold.h"

#include <stdlib.h>
#include "base/arena.h"

/* A hash table of lists; every list keeps the order of the file. */

struct list {
	struct held *first;
	struct held **tail;
};

struct hold {
	struct arena *arena;
	struct list *lists;
	size_t size; /* a power of two */
	size_t count;
};

enum { FIRST_SIZE = 1024 };

static size_t
slot_of(const struct hold *h, struct bv name)
{
	uint64_t sum = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < name.n; i++)
		sum = (sum ^ name.p[i]) * UINT64_C(1099511628211);
	return (size_t)(sum ^ sum >> 32) & (h->size - 1);
}

static struct list *
make_lists(struct arena *a, size_t size)
{
	struct list *lists = arena_zalloc(a, size, sizeof(*lists));

	for (size_t i = 0; i < size; i++)
		lists[i].tail = &lists[i].first;
	return lists;
}

struct hold *
hold_new(void)
{
	struct arena *a = arena_new(0);
	struct hold *h = arena_zalloc(a, 1, sizeof(*h));

	*h = (struct hold){a, make_lists(a, FIRST_SIZE), FIRST_SIZE, 0};
	return h;
}

void
hold_free(struct hold **hp)
{
	struct arena *a = (*hp)->arena;

	*hp = NULL;
	arena_free(&a);
}

size_t
hold_count(const struct hold *h)
{
	return h->count;
}

static struct ldif_record
copy_record(struct arena *a, const struct ldif_record *rec)
{
	struct ldif_record copy = *rec;

	copy.dn = arena_dup(a, rec->dn);
	copy.attrs = arena_zalloc(a, rec->attr_count, sizeof(*copy.attrs));
	for (size_t i = 0; i < rec->attr_count; i++) {
		const struct wire_attr *from = &rec->attrs[i];
		struct bv *values = arena_zalloc(a, from->count, sizeof(*values));
		for (size_t j = 0; j < from->count; j++)
			values[j] = arena_dup(a, from->values[j]);
		copy.attrs[i] = (struct wire_attr){arena_dup(a, from->desc), values, from->count};
	}
	return copy;
}

static void
append(struct list *l, struct held *x)
{
	x->next = NULL;
	*l->tail = x;
	l->tail = &x->next;
}

/* Twice as many lists; superiors keep their order as each old list is walked from its start. */
static void
grow(struct hold *h)
{
	struct list *old = h->lists;
	size_t old_size = h->size;

	h->size *= 2;
	h->lists = make_lists(h->arena, h->size);
	for (size_t i = 0; i < old_size; i++) {
		struct held *next;
		for (struct held *x = old[i].first; x != NULL; x = next) {
			next = x->next;
			append(&h->lists[slot_of(h, x->superior)], x);
		}
	}
}

void
hold_put(struct hold *h, struct bv superior, const struct ldif_record *rec)
{
	struct held *x = arena_zalloc(h->arena, 1, sizeof(*x));

	x->superior = arena_dup(h->arena, superior);
	x->record = copy_record(h->arena, rec);
	if (h->count >= h->size)
		grow(h);
	append(&h->lists[slot_of(h, superior)], x);
	h->count++;
}

struct held *
hold_take(struct hold *h, struct bv normal_dn)
{
	struct list *l;
	struct list kept = {NULL, &kept.first};
	struct list taken = {NULL, &taken.first};
	struct held *next;

	if (h->count == 0)
		return NULL;
	l = &h->lists[slot_of(h, normal_dn)];
	for (struct held *x = l->first; x != NULL; x = next) {
		next = x->next;
		if (bv_eq(x->superior, normal_dn)) {
			append(&taken, x);
			h->count--;
		} else {
			append(&kept, x);
		}
	}
	l->first = NULL;
	l->tail = &l->first;
	for (struct held *x = kept.first; x != NULL; x = next) {
		next = x->next;
		append(l, x);
	}
	return taken.first;
}

static int
compare_lines(const void *x, const void *y)
{
	const struct held *a = *(struct held *const *)x;
	const struct held *b = *(struct held *const *)y;

	return a->record.line < b->record.line ? -1 : a->record.line > b->record.line;
}

struct held **
hold_rest(const struct hold *h)
{
	struct held **all = arena_alloc(h->arena, (h->count + 1) * sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < h->size; i++)
		for (struct held *x = h->lists[i].first; x != NULL; x = x->next)
			all[n++] = x;
	qsort(all, n, sizeof(*all), compare_lines);
	return all;
}
