#include "generation.h"

#include <stdlib.h>
#include "base/log.h"
#include "view.h"

/*
 * A change of configuration is a write transaction. Between its commit and the moment
 * the new generation is in force another writer may already begin: it waits for that moment
 * (microseconds), because under the old generation it would drop the new indexes as unknown.
 * Readers never wait: their generation is their own, and views say what it may rely on.
 */

struct generation *
generation_new(
    struct store *s, const struct schema *schema, const struct index_spec *specs, size_t count)
{
	struct generation *g = calloc(1, sizeof(*g) + count * sizeof(*specs));

	if (g == NULL) {
		log_error("store: out of memory for a configuration");
		abort();
	}
	g->schema = schema;
	g->refs = 1;
	g->spec_count = count;
	if (count > 0)
		memcpy(g->specs, specs, count * sizeof(*specs));
	pthread_mutex_lock(&s->view_lock);
	g->next = s->generations;
	s->generations = g;
	pthread_mutex_unlock(&s->view_lock);
	return g;
}

/* Under view_lock. */
static struct generation *
share(struct generation *g)
{
	g->refs++;
	return g;
}

struct generation *
generation_take(struct store *s)
{
	pthread_mutex_lock(&s->view_lock);
	struct generation *g = share(s->newest);
	pthread_mutex_unlock(&s->view_lock);
	return g;
}

struct generation *
generation_take_writing(struct store *s)
{
	pthread_mutex_lock(&s->view_lock);
	while (s->proposed != NULL)
		pthread_cond_wait(&s->settled, &s->view_lock);
	struct generation *g = share(s->newest);
	pthread_mutex_unlock(&s->view_lock);
	return g;
}

struct generation *
generation_take_coming(struct store *s)
{
	pthread_mutex_lock(&s->view_lock);
	struct generation *g = share(s->proposed != NULL ? s->proposed : s->newest);
	pthread_mutex_unlock(&s->view_lock);
	return g;
}

struct generation *
generation_take_of(struct store *s, const struct schema *schema)
{
	pthread_mutex_lock(&s->view_lock);
	struct generation *g = s->newest->schema == schema ? s->newest : s->generations;
	while (g != NULL && g->schema != schema)
		g = g->next;
	if (g != NULL)
		share(g);
	pthread_mutex_unlock(&s->view_lock);
	return g != NULL ? g : generation_new(s, schema, NULL, 0);
}

/* Takes g off the list. Under view_lock. */
static void
unlink_from(struct generation **at, const struct generation *g)
{
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
}

void
generation_release(struct store *s, struct generation **gp)
{
	struct generation *g = *gp;

	*gp = NULL;
	if (g == NULL)
		return;
	pthread_mutex_lock(&s->view_lock);
	bool last = --g->refs == 0;
	if (last)
		unlink_from(&s->generations, g);
	pthread_mutex_unlock(&s->view_lock);
	if (!last)
		return;
	view_release(s, &g->view);
	free(g);
}

void
generation_propose(struct store *s, struct generation *g)
{
	pthread_mutex_lock(&s->view_lock);
	s->proposed = g;
	pthread_mutex_unlock(&s->view_lock);
}

void
generation_settle(struct store *s, struct generation *g, bool committed)
{
	struct generation *old = NULL;

	pthread_mutex_lock(&s->view_lock);
	s->proposed = NULL;
	if (committed) {
		old = s->newest;
		s->newest = share(g);
	}
	pthread_cond_broadcast(&s->settled);
	pthread_mutex_unlock(&s->view_lock);
	generation_release(s, &old);
}
