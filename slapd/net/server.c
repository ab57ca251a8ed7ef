#include "net/server.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/pool.h"
#include "base/err.h"
#include "base/log.h"
#include "base/logfile.h"
#include "net/loop.h"
#include "net/metrics.h"
#include "net/tls_box.h"
#include "net/tls_context.h"
#include "op/host.h"
#include "op/world.h"

/*
 * Starting and stopping the threads, and handing them a new world when the
 * configuration has changed: each loop goes over at its next turn, before it looks at what has
 * arrived, so that whoever has seen the change acknowledged finds it everywhere.
 */

enum { MAX_LOOPS = 64, MAX_CHANGES_WAITING = 64 };

struct server {
	pthread_mutex_t lock; /* guards world */
	struct world *world;
	struct tls_box *tls;
	atomic_uint generation;
	struct server_options options;
	struct host host;
	struct pool *pool;
	struct metrics *metrics; /* NULL: none are served */
	atomic_uint loop_count;	 /* grows while the first loops serve already */
	struct loop loops[MAX_LOOPS];
};

/* The cores that this process may use. */
static unsigned
cores(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set)
							     : (int)sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
}

struct world *
server_world(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	struct world *w = world_ref(s->world);
	pthread_mutex_unlock(&s->lock);
	return w;
}

unsigned
server_generation(const struct server *s)
{
	return atomic_load_explicit(&s->generation, memory_order_acquire);
}

const struct listener *
server_listeners(const struct server *s, size_t *count_out)
{
	*count_out = s->options.listener_count;
	return s->options.listeners;
}

static struct world *
newest(void *arg)
{
	return server_world(arg);
}

/* A listener that cannot be opened would keep the server from starting the next time. */
static int
check_metrics(struct server *s, const struct conf *c, struct errbuf *e)
{
	struct world *w = server_world(s);
	bool same = w->conf->metrics_port == c->metrics_port &&
		    bv_eq(w->conf->metrics_host, c->metrics_host);

	world_unref(&w);
	return same || s->options.rescue ? 0 : metrics_check(s->metrics, c, e);
}

static int
prepare(void *arg, const struct conf *c, void **ready_out, struct errbuf *e)
{
	struct server *s = arg;
	struct tls_context *x = NULL;
	int err = s->options.rescue ? 0 : tls_box_prepare(s->tls, c, &x, e);

	if (err == 0)
		err = logfile_check(c->log_file, e);
	if (err == 0)
		err = check_metrics(s, c, e);

	if (err == 0)
		*ready_out = x;
	else
		tls_context_unref(&x);
	return err;
}

static void
discard(void *arg, void *ready)
{
	struct tls_context *x = ready;

	(void)arg;
	tls_context_unref(&x);
}

static int
reload_tls(void *arg, struct errbuf *e)
{
	struct server *s = arg;

	return tls_box_reload(s->tls, e);
}

static int
describe_tls(void *arg, char *out, size_t size)
{
	struct server *s = arg;

	return tls_box_describe(s->tls, out, size);
}

static void
set_log_levels(const struct server *s, const struct conf *c)
{
	struct errbuf e;

	log_set_json(c->log_json);
	if (logfile_set(c->log_file, &e) != 0)
		log_error("%s", e.text);
	log_set_levels(c->log_levels | s->options.log_bits | LOG_L_NONE, s->options.debug_bits);
}

static void
publish(void *arg, struct world *w, void *ready)
{
	struct server *s = arg;

	tls_box_set(s->tls, ready);
	pthread_mutex_lock(&s->lock);
	struct world *old = s->world;
	s->world = w;
	pthread_mutex_unlock(&s->lock);
	/* What was set in cn=Log,cn=Monitor outlives changes of other options. */
	if (w->conf->log_levels != old->conf->log_levels ||
	    w->conf->log_json != old->conf->log_json ||
	    !bv_eq(w->conf->log_file, old->conf->log_file))
		set_log_levels(s, w->conf);
	atomic_fetch_add_explicit(&s->generation, 1, memory_order_release);
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_wake(&s->loops[i]);
	world_unref(&old);
}

static int
start_pools(struct server *s, struct errbuf *e)
{
	const struct conf *c = s->world->conf;
	unsigned workers = c->threads > 0 ? (unsigned)c->threads : cores() > 1 ? cores() - 1 : 1;

	int err = pool_start(workers, 0, &s->pool, e);
	if (err == 0)
		err = pool_start(1, MAX_CHANGES_WAITING, &s->host.changes, e);
	s->world->pool = s->pool;
	s->world->host = &s->host;
	return err;
}

static int
start_loops(struct server *s, struct errbuf *e)
{
	const struct conf *c = s->world->conf;
	unsigned loops = c->loops > 0 ? (unsigned)c->loops : cores();

	if (loops > MAX_LOOPS)
		loops = MAX_LOOPS;
	for (; s->loop_count < loops; s->loop_count++) {
		s->loops[s->loop_count].tls = s->tls;
		int err = loop_start(&s->loops[s->loop_count], s->loop_count, s, e);
		if (err != 0)
			return err;
	}
	return 0;
}

int
server_start(struct world *w, const struct server_options *o, struct server **out, struct errbuf *e)
{
	struct server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(e, ERR_FULL, "out of memory starting the server");
	pthread_mutex_init(&s->lock, NULL);
	s->world = world_ref(w);
	s->options = *o;
	s->host = (struct host){.arg = s,
	    .storage = o->storage,
	    .storage_failure = o->storage_failure,
	    .prepare = prepare,
	    .discard = discard,
	    .publish = publish,
	    .newest = newest,
	    .reload_tls = reload_tls,
	    .describe_tls = describe_tls};
	set_log_levels(s, w->conf);
	int err = tls_box_new(o->rescue ? NULL : w->conf, &s->tls, e);
	if (err == 0)
		err = start_pools(s, e);
	if (err == 0 && !o->rescue)
		err = metrics_start(
		    w->conf, &(struct metrics_source){s, newest, world_unref}, &s->metrics, e);
	if (err == 0)
		err = start_loops(s, e);
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
	metrics_stop(&s->metrics);
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_stop(&s->loops[i]);
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_join(&s->loops[i]);
	pool_stop(&s->host.changes);
	pool_stop(&s->pool);
	/* A writer may have handed over its last operation and not yet woken the loop. */
	world_pause(s->world);
	world_resume(s->world);
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_done(&s->loops[i]);
	tls_box_free(&s->tls);
	world_unref(&s->world);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
