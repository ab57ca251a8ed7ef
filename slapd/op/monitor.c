#include "op/monitor.h"

#include <time.h>

#include "auth/pool.h"
#include "base/arena.h"
#include "base/log.h"
#include "config/conf.h"
#include "op/counters.h"
#include "op/host.h"
#include "op/monconn.h"
#include "op/mondb.h"
#include "op/monlog.h"
#include "op/montree.h"
#include "op/op.h"

/*
 * The containers of cn=Monitor in OpenLDAP's order, and those whose content is small. The
 * figures are those of the moment at which the search began.
 */

enum { CERTIFICATE_BYTES = 4096 };

static void
add_top(struct montree *t)
{
	struct entry *e = montree_add(t, BV_LIT(""), "monitorServer", BV_LIT("Monitor"), true);

	montree_put_text(t, e, "description", "What this server tells about itself.");
	montree_put_text(t, e, "description",
	    "Most of it is in operational attributes: ask for them by name or with \"+\".");
	montree_put_text(t, e, "monitoredInfo", "Muster: slapd " MUSTER_VERSION);
}

static void
add_listeners(struct montree *t)
{
	size_t n;
	const struct counters_listener *list = counters_listeners(&n);
	struct bv dn =
	    montree_add_container(t, "Listeners", "Sockets that are listened on.", n > 0);

	for (size_t i = 0; i < n && montree_reaches(t, dn); i++) {
		struct bv cn = arena_printf(t->arena, "Listener %zu", i);
		struct entry *e = montree_add(t, dn, "monitoredObject", cn, false);
		montree_put(t, e, "monitorConnectionLocalAddress", list[i].local);
		montree_put(t, e, "labeledURI", list[i].url);
	}
}

static void
put_operations(struct montree *t, struct entry *e, uint64_t initiated, uint64_t completed)
{
	montree_put_number(t, e, "monitorOpInitiated", initiated);
	montree_put_number(t, e, "monitorOpCompleted", completed);
}

static void
add_operations(struct montree *t, const struct counters_sum *sum)
{
	struct bv parent = BV_LIT("cn=Operations,cn=Monitor");
	struct entry *e =
	    montree_add(t, BV_LIT("cn=Monitor"), "monitorContainer", BV_LIT("Operations"), true);
	uint64_t initiated = 0, completed = 0;

	montree_put_text(t, e, "description", "Operations since the start, by kind.");
	for (enum counters_op i = 0; i < COUNTERS_OPS; i++) {
		initiated += sum->initiated[i];
		completed += sum->completed[i];
	}
	put_operations(t, e, initiated, completed);
	for (enum counters_op i = 0; i < COUNTERS_OPS && montree_reaches(t, parent); i++) {
		e = montree_add(t, parent, "monitorOperation", bv_str(counters_name(i)), false);
		put_operations(t, e, sum->initiated[i], sum->completed[i]);
	}
}

static void
add_statistics(struct montree *t, const struct counters_sum *sum)
{
	struct bv dn =
	    montree_add_container(t, "Statistics", "What was sent since the start.", true);

	if (!montree_reaches(t, dn))
		return;
	montree_add_counter(t, dn, "Bytes", sum->bytes);
	montree_add_counter(t, dn, "PDU", sum->pdus);
	montree_add_counter(t, dn, "Entries", sum->entries);
	montree_add_counter(t, dn, "Referrals", sum->referrals);
}

static struct bv
number(struct montree *t, uint64_t n)
{
	return arena_printf(t->arena, "%llu", (unsigned long long)n);
}

static void
add_threads(struct montree *t, const struct counters_sum *sum)
{
	struct bv dn =
	    montree_add_container(t, "Threads", "Threads and what waits for them.", true);
	struct pool_load load = {0};

	if (!montree_reaches(t, dn))
		return;
	if (t->op->world->pool != NULL)
		pool_load(t->op->world->pool, &load);
	uint64_t threads = sum->loops + load.threads, active = sum->busy_loops + load.busy;
	montree_add_info(
	    t, dn, "Max", number(t, threads), "Event loops and workers, as configured");
	montree_add_info(t, dn, "Max Pending", number(t, load.waiting_max),
	    "Most pieces of work that may wait for a worker");
	montree_add_info(t, dn, "Open", number(t, threads), "Event loops and workers that run");
	montree_add_info(t, dn, "Starting", number(t, 0), "Threads being started");
	montree_add_info(t, dn, "Active", number(t, active), "Threads that work at this moment");
	montree_add_info(
	    t, dn, "Pending", number(t, load.waiting), "Pieces of work that wait for a worker");
	montree_add_info(t, dn, "Backload", number(t, active + load.waiting), "Active and pending");
	montree_add_info(t, dn, "State", BV_LIT("running"), "State of the workers");
	montree_add_info(t, dn, "Runqueue", BV_NONE, "Background tasks that run");
	montree_add_info(t, dn, "Tasklist", BV_NONE, "Background tasks that run or stand by");
}

static void
add_time(struct montree *t)
{
	struct bv dn = montree_add_container(t, "Time", "Times of the server.", true);
	int64_t start_s = counters_start_s(), now_s = (int64_t)time(NULL);

	if (!montree_reaches(t, dn))
		return;
	struct entry *e = montree_add(t, dn, "monitoredObject", BV_LIT("Start"), false);
	montree_put_time(t, e, "monitorTimestamp", start_s);
	e = montree_add(t, dn, "monitoredObject", BV_LIT("Current"), false);
	montree_put_time(t, e, "monitorTimestamp", now_s);
	montree_add_info(
	    t, dn, "Uptime", number(t, now_s < start_s ? 0 : (uint64_t)(now_s - start_s)), NULL);
}

/* Subordinate databases are joined to the one above them: what OpenLDAP calls overlay glue. */
static void
add_overlays(struct montree *t)
{
	struct bv parent = BV_LIT("cn=Overlays,cn=Monitor");
	struct entry *e =
	    montree_add(t, BV_LIT("cn=Monitor"), "monitorContainer", BV_LIT("Overlays"), true);

	montree_put_text(t, e, "description", "Overlays that are built in.");
	montree_put_text(t, e, "monitoredInfo", "glue");
	if (!montree_reaches(t, parent))
		return;
	e = montree_add(t, parent, "monitoredObject", BV_LIT("Overlay 0"), false);
	montree_put_text(t, e, "monitoredInfo", "glue");
	montree_put_bool(t, e, "monitorRuntimeConfig", false);
}

/* What is known of the certificate, a value for each line of its description. */
static void
add_tls(struct montree *t)
{
	const struct host *h = t->op->world->host;
	struct entry *e =
	    montree_add(t, BV_LIT("cn=Monitor"), "monitorContainer", BV_LIT("TLS"), false);
	char text[CERTIFICATE_BYTES];

	montree_put_text(t, e, "description", "The certificate that new connections get.");
	if (h == NULL || h->describe_tls(h->arg, text, sizeof(text)) != 0)
		return;
	struct bv rest = bv_str(text);
	while (rest.n > 0) {
		size_t end = bv_find(rest, 0, '\n');
		if (end > 0)
			montree_put(t, e, "monitoredInfo", bv_make(rest.p, end));
		rest = bv_from(rest, end < rest.n ? end + 1 : rest.n);
	}
}

static void
add_waiters(struct montree *t, const struct counters_sum *sum)
{
	struct bv dn =
	    montree_add_container(t, "Waiters", "Connections that wait for their peer.", true);

	if (!montree_reaches(t, dn))
		return;
	montree_add_counter(t, dn, "Read", sum->read_waiters);
	montree_add_counter(t, dn, "Write", sum->write_waiters);
}

const struct memory_db *
monitor_tree(struct op *op)
{
	struct counters_sum sum;
	struct montree t;

	if (op->be->conf->type != CONF_DB_MONITOR)
		return op->be->memory;
	counters_read(&sum);
	montree_begin(&t, op);
	add_top(&t);
	mondb_add_backends(&t);
	monconn_add(&t, &sum);
	mondb_add_databases(&t);
	add_listeners(&t);
	monlog_add(&t);
	add_operations(&t, &sum);
	add_overlays(&t);
	montree_add_container(&t, "SASL", "About SASL.", false);
	add_statistics(&t, &sum);
	add_threads(&t, &sum);
	add_time(&t);
	add_tls(&t);
	add_waiters(&t, &sum);
	return montree_end(&t);
}
