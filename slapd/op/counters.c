#include "op/counters.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "op/op.h"

/*
 * Counters have one writer each, so an increment is a load and a store without a locked
 * instruction. Those of threads that have ended still count.
 */

enum { CACHE_LINE_BYTES = 128, NAME_BYTES = 128 };

struct counters {
	alignas(CACHE_LINE_BYTES) _Atomic uint64_t pdus;
	_Atomic uint64_t bytes, entries, referrals;
	_Atomic uint64_t initiated[COUNTERS_OPS], completed[COUNTERS_OPS];
	atomic_bool busy;
	alignas(CACHE_LINE_BYTES) pthread_mutex_t lock; /* guards conns, and authz of each */
	struct counters_conn *conns;
	struct counters *next; /* set before others see it */
};

static pthread_mutex_t loops_lock = PTHREAD_MUTEX_INITIALIZER; /* guards additions to loops */
static _Atomic(struct counters *) loops;
static _Thread_local struct counters *mine;
static _Atomic int64_t start_s;
static _Atomic uint64_t opened, current, peak;
static _Atomic(const struct counters_listener *) listeners;
static _Atomic size_t listener_count;

static const struct {
	const char *name;
	enum ldap_tag tag;
} ops[COUNTERS_OPS] = {
    [COUNTERS_BIND] = {"Bind", LDAP_REQ_BIND},
    [COUNTERS_UNBIND] = {"Unbind", LDAP_REQ_UNBIND},
    [COUNTERS_SEARCH] = {"Search", LDAP_REQ_SEARCH},
    [COUNTERS_COMPARE] = {"Compare", LDAP_REQ_COMPARE},
    [COUNTERS_MODIFY] = {"Modify", LDAP_REQ_MODIFY},
    [COUNTERS_MODDN] = {"Modrdn", LDAP_REQ_MODDN},
    [COUNTERS_ADD] = {"Add", LDAP_REQ_ADD},
    [COUNTERS_DELETE] = {"Delete", LDAP_REQ_DELETE},
    [COUNTERS_ABANDON] = {"Abandon", LDAP_REQ_ABANDON},
    [COUNTERS_EXTENDED] = {"Extended", LDAP_REQ_EXTENDED},
};

const char *
counters_name(enum counters_op op)
{
	return ops[op].name;
}

static uint64_t
get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* For the one thread that writes the counter. */
static void
add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, get(counter) + n, memory_order_relaxed);
}

static struct counters *
make(void)
{
	struct counters *c = aligned_alloc(alignof(struct counters), sizeof(*c));

	if (c == NULL)
		abort();
	*c = (struct counters){0};
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_lock(&loops_lock);
	if (atomic_load(&loops) == NULL)
		atomic_store(&start_s, (int64_t)time(NULL));
	c->next = atomic_load(&loops);
	atomic_store(&loops, c);
	pthread_mutex_unlock(&loops_lock);
	return c;
}

static struct counters *
of_thread(void)
{
	if (mine == NULL)
		mine = make();
	return mine;
}

void
counters_turn(bool busy)
{
	atomic_store_explicit(&of_thread()->busy, busy, memory_order_relaxed);
}

static void
note_open(void)
{
	uint64_t now = atomic_fetch_add(&current, 1) + 1, was = atomic_load(&peak);

	atomic_fetch_add(&opened, 1);
	while (was < now && !atomic_compare_exchange_weak(&peak, &was, now))
		continue;
}

void
counters_conn_open(struct session *s)
{
	struct counters_conn *c = &s->stats;
	struct counters *l = of_thread();

	c->loop = l;
	c->number = s->conn_id;
	c->listener = s->peer.sockurl;
	c->peer = s->peer.peername;
	c->local = s->peer.sockname;
	c->opened_s = (int64_t)time(NULL);
	c->authz = BV_LIT("");
	atomic_store_explicit(&c->active_ms, clock_mono_ms(), memory_order_relaxed);
	atomic_store_explicit(&c->events, EPOLLIN, memory_order_relaxed);
	atomic_store_explicit(&c->protocol, 3, memory_order_relaxed);
	note_open();
	pthread_mutex_lock(&l->lock);
	c->next = l->conns;
	if (c->next != NULL)
		c->next->prev = c;
	l->conns = c;
	pthread_mutex_unlock(&l->lock);
}

void
counters_conn_close(struct session *s)
{
	struct counters_conn *c = &s->stats;
	struct counters *l = c->loop;

	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		l->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&l->lock);
	c->loop = NULL;
	arena_free(&c->names);
	atomic_fetch_sub(&current, 1);
}

void
counters_received(struct session *s)
{
	add(&s->stats.received, 1);
	add(&s->stats.gets, 1);
}

static enum counters_op
kind_of(const struct op *op)
{
	enum counters_op i = COUNTERS_BIND;

	while (i < COUNTERS_OPS && ops[i].tag != op->msg.tag)
		i++;
	return i;
}

void
counters_begin(const struct op *op)
{
	struct counters_conn *c = &op->session->stats;
	enum counters_op kind = kind_of(op);

	if (kind == COUNTERS_OPS)
		return;
	add(&of_thread()->initiated[kind], 1);
	add(&c->started, 1);
	atomic_store_explicit(&c->active_ms, op->started_us / 1000, memory_order_relaxed);
	if (kind == COUNTERS_BIND && op->msg.u.bind.version > 0)
		atomic_store_explicit(
		    &c->protocol, (uint64_t)op->msg.u.bind.version, memory_order_relaxed);
}

/* A bind may have changed who the connection is. */
static void
note_identity(const struct session *s, struct counters_conn *c)
{
	if (c->loop == NULL || bv_eq(c->authz, s->identity.dn))
		return;
	pthread_mutex_lock(&c->loop->lock);
	if (c->names == NULL)
		c->names = arena_new(NAME_BYTES);
	else
		arena_reset(c->names);
	c->authz = arena_dup(c->names, s->identity.dn);
	pthread_mutex_unlock(&c->loop->lock);
}

void
counters_end(const struct op *op)
{
	enum counters_op kind = op->row == NULL ? COUNTERS_OPS : kind_of(op);

	if (kind == COUNTERS_OPS)
		return;
	add(&of_thread()->completed[kind], 1);
	add(&op->session->stats.completed, 1);
	if (kind == COUNTERS_BIND || kind == COUNTERS_EXTENDED)
		note_identity(op->session, &op->session->stats);
}

static void
sent(size_t bytes)
{
	struct counters *l = of_thread();

	add(&l->pdus, 1);
	add(&l->bytes, bytes);
}

void
counters_sent(const struct op *op, size_t before)
{
	sent(op->out->n - before);
}

void
counters_sent_entry(const struct op *op, size_t before)
{
	sent(op->out->n - before);
	add(&mine->entries, 1);
}

void
counters_sent_reference(const struct op *op, size_t before)
{
	sent(op->out->n - before);
	add(&mine->referrals, 1);
}

void
counters_sent_notice(size_t bytes)
{
	sent(bytes);
}

void
counters_socket_read(struct session *s)
{
	add(&s->stats.reads, 1);
}

void
counters_socket_write(struct session *s)
{
	add(&s->stats.writes, 1);
}

void
counters_watch(struct session *s, unsigned epoll_events)
{
	atomic_store_explicit(&s->stats.events, epoll_events, memory_order_relaxed);
}

void
counters_set_listeners(const struct counters_listener *list, size_t count)
{
	atomic_store(&listeners, list);
	atomic_store(&listener_count, count);
}

const struct counters_listener *
counters_listeners(size_t *count_out)
{
	*count_out = atomic_load(&listener_count);
	return atomic_load(&listeners);
}

int64_t
counters_start_s(void)
{
	return atomic_load(&start_s);
}

static void
add_waiters(struct counters *l, struct counters_sum *out)
{
	pthread_mutex_lock(&l->lock);
	for (const struct counters_conn *c = l->conns; c != NULL; c = c->next) {
		uint64_t events = get(&c->events);
		out->read_waiters += (events & EPOLLIN) != 0;
		out->write_waiters += (events & EPOLLOUT) != 0;
	}
	pthread_mutex_unlock(&l->lock);
}

void
counters_read(struct counters_sum *out)
{
	*out = (struct counters_sum){
	    .opened = get(&opened), .current = get(&current), .peak = get(&peak)};
	for (struct counters *l = atomic_load(&loops); l != NULL; l = l->next) {
		out->loops++;
		out->busy_loops += atomic_load_explicit(&l->busy, memory_order_relaxed);
		out->pdus += get(&l->pdus);
		out->bytes += get(&l->bytes);
		out->entries += get(&l->entries);
		out->referrals += get(&l->referrals);
		/* Completed first: an operation is never seen over that had not begun. */
		for (size_t i = 0; i < COUNTERS_OPS; i++)
			out->completed[i] += get(&l->completed[i]);
		for (size_t i = 0; i < COUNTERS_OPS; i++)
			out->initiated[i] += get(&l->initiated[i]);
		add_waiters(l, out);
	}
}

static struct counters_view
view_of(struct arena *a, const struct counters_conn *c, int64_t epoch_minus_mono_ms)
{
	uint64_t events = get(&c->events);
	int64_t active_ms = atomic_load_explicit(&c->active_ms, memory_order_relaxed);

	return (struct counters_view){
	    .number = c->number,
	    .completed = get(&c->completed),
	    .started = get(&c->started),
	    .received = get(&c->received),
	    .gets = get(&c->gets),
	    .reads = get(&c->reads),
	    .writes = get(&c->writes),
	    .protocol = get(&c->protocol),
	    .opened_s = c->opened_s,
	    .active_s = (active_ms + epoch_minus_mono_ms) / 1000,
	    .reading = (events & EPOLLIN) != 0,
	    .writing = (events & EPOLLOUT) != 0,
	    .listener = arena_dup(a, c->listener),
	    .peer = arena_dup(a, c->peer),
	    .local = arena_dup(a, c->local),
	    .authz = arena_dup(a, c->authz),
	};
}

static int
by_number(const void *x, const void *y)
{
	const struct counters_view *a = x, *b = y;

	return a->number < b->number ? -1 : a->number > b->number;
}

size_t
counters_conns(struct arena *a, struct counters_view **out)
{
	struct timespec now;
	struct counters_view *list = NULL;
	size_t n = 0, room = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t offset_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000 - clock_mono_ms();
	for (struct counters *l = atomic_load(&loops); l != NULL; l = l->next) {
		pthread_mutex_lock(&l->lock);
		for (const struct counters_conn *c = l->conns; c != NULL; c = c->next) {
			if (n == room) {
				room = room * 2 + 64;
				list = arena_grow(a, list, n, room, sizeof(*list));
			}
			list[n++] = view_of(a, c, offset_ms);
		}
		pthread_mutex_unlock(&l->lock);
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), by_number);
	*out = list;
	return n;
}
