#include "op/unindexed.h"

#include <pthread.h>

#include "base/arena.h"
#include "config/index_spec.h"

/* Names are kept for the life of the process: there are few of them, and rows are bounded. */

enum { MAX_ROWS = 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards everything below */
static struct arena *names;
static struct unindexed rows[MAX_ROWS];
static size_t row_count;
static uint64_t others;

static struct unindexed *
find(struct bv database, struct bv attribute, unsigned kind)
{
	for (size_t i = 0; i < row_count; i++) {
		if (rows[i].kind == kind && bv_eq(rows[i].attribute, attribute) &&
		    bv_eq(rows[i].database, database))
			return &rows[i];
	}
	return NULL;
}

static struct unindexed *
add(struct bv database, struct bv attribute, unsigned kind)
{
	if (row_count == MAX_ROWS)
		return NULL;
	if (names == NULL)
		names = arena_new(0);
	struct unindexed *u = &rows[row_count++];
	*u = (struct unindexed){arena_dup(names, database), arena_dup(names, attribute), kind, 0};
	return u;
}

void
unindexed_note(struct bv database, struct bv attribute, unsigned kind)
{
	pthread_mutex_lock(&lock);
	struct unindexed *u = find(database, attribute, kind);
	if (u == NULL)
		u = add(database, attribute, kind);
	if (u != NULL)
		u->count++;
	else
		others++;
	pthread_mutex_unlock(&lock);
}

size_t
unindexed_list(struct arena *a, struct unindexed **out, uint64_t *others_out)
{
	pthread_mutex_lock(&lock);
	size_t n = row_count;
	*out = arena_zalloc(a, n + 1, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] = rows[i];
	*others_out = others;
	pthread_mutex_unlock(&lock);
	return n;
}

const char *
unindexed_kind(unsigned kind)
{
	if ((kind & INDEX_EQ) != 0)
		return "eq";
	if ((kind & INDEX_PRES) != 0)
		return "pres";
	return (kind & INDEX_APPROX) != 0 ? "approx" : "sub";
}
