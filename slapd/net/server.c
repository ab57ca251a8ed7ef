#include "net/server.h"

#include <stdlib.h>
#include <unistd.h>

#include "auth/pool.h"
#include "base/err.h"
#include "net/loop.h"
#include "op/world.h"

/* Starting and stopping the threads. */

enum { MAX_LOOPS = 64 };

struct server {
	struct world *world;
	unsigned loop_count;
	struct loop loops[MAX_LOOPS];
};

static unsigned
cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
}

int
server_start(struct world *w, const struct listener *listeners, size_t listener_count,
    struct server **out, struct errbuf *e)
{
	struct server *s = calloc(1, sizeof(*s));
	unsigned loops = w->conf->loops > 0 ? (unsigned)w->conf->loops : cores();
	unsigned workers = w->conf->threads > 0 ? (unsigned)w->conf->threads
			   : cores() > 1	? cores() - 1
						: 1;

	if (s == NULL)
		return err_set(e, ERR_FULL, "out of memory starting the server");
	s->world = w;
	if (loops > MAX_LOOPS)
		loops = MAX_LOOPS;
	int err = pool_start(workers, 0, &w->pool, e);
	for (; err == 0 && s->loop_count < loops; s->loop_count++) {
		err = loop_start(
		    &s->loops[s->loop_count], s->loop_count, w, listeners, listener_count, e);
		if (err != 0)
			break;
	}
	if (err != 0) {
		server_stop(&s);
		return err;
	}
	*out = s;
	return 0;
}

void
server_stop(struct server **sp)
{
	struct server *s = *sp;

	if (s == NULL)
		return;
	*sp = NULL;
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_stop(&s->loops[i]);
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_join(&s->loops[i]);
	pool_stop(&s->world->pool);
	free(s);
}
