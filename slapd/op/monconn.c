#include "op/monconn.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "op/counters.h"
#include "op/montree.h"

/* Names and order are OpenLDAP's: connections by number, then the counters. */

/* What the connection does: r requests are awaited, w output waits, x operations run, p one waits.
 */
static struct bv
mask(struct montree *t, const struct counters_view *v)
{
	return arena_printf(t->arena, "%s%s%s%s", v->reading ? "r" : "", v->writing ? "w" : "",
	    v->started > v->completed ? "x" : "", v->received > v->started ? "p" : "");
}

static void
put_counts(struct montree *t, struct entry *e, const struct counters_view *v)
{
	uint64_t begun = v->started < v->completed ? v->completed : v->started;
	uint64_t received = v->received < begun ? begun : v->received;

	montree_put_number(t, e, "monitorConnectionNumber", v->number);
	montree_put_number(t, e, "monitorConnectionProtocol", v->protocol);
	montree_put_number(t, e, "monitorConnectionOpsReceived", received);
	montree_put_number(t, e, "monitorConnectionOpsExecuting", begun - v->completed);
	montree_put_number(t, e, "monitorConnectionOpsPending", received - begun);
	montree_put_number(t, e, "monitorConnectionOpsCompleted", v->completed);
	montree_put_number(t, e, "monitorConnectionOpsAsync", 0);
	montree_put_number(t, e, "monitorConnectionGet", v->gets);
	montree_put_number(t, e, "monitorConnectionRead", v->reads);
	montree_put_number(t, e, "monitorConnectionWrite", v->writes);
}

/* With thousands of connections a search for one of them makes that one only. */
static bool
is_wanted(const struct montree *t, uint64_t number)
{
	struct bv parent = BV_LIT("cn=connections,cn=monitor");
	char normal[64];

	snprintf(normal, sizeof(normal), "cn=connection %llu,%.*s", (unsigned long long)number,
	    BV(parent));
	return montree_wants(t, parent, bv_str(normal));
}

static void
add_connection(struct montree *t, struct bv parent, const struct counters_view *v)
{
	struct bv cn = arena_printf(t->arena, "Connection %llu", (unsigned long long)v->number);
	struct entry *e = montree_add(t, parent, "monitorConnection", cn, false);

	put_counts(t, e, v);
	struct bv state = mask(t, v);
	if (state.n > 0)
		montree_put(t, e, "monitorConnectionMask", state);
	montree_put(t, e, "monitorConnectionAuthzDN", v->authz);
	montree_put(t, e, "monitorConnectionListener", v->listener);
	montree_put_text(t, e, "monitorConnectionPeerDomain", "unknown");
	montree_put(t, e, "monitorConnectionPeerAddress", v->peer);
	montree_put(t, e, "monitorConnectionLocalAddress", v->local);
	montree_put_time(t, e, "monitorConnectionStartTime", v->opened_s);
	montree_put_time(t, e, "monitorConnectionActivityTime", v->active_s);
}

void
monconn_add(struct montree *t, const struct counters_sum *sum)
{
	struct bv dn = montree_add_container(
	    t, "Connections", "Connections that are open, and how many there were.", true);
	struct counters_view *views;
	struct rlimit fds;

	if (!montree_reaches(t, dn))
		return;
	size_t n = counters_conns(t->arena, &views);
	for (size_t i = 0; i < n; i++) {
		if (is_wanted(t, views[i].number))
			add_connection(t, dn, &views[i]);
	}
	if (getrlimit(RLIMIT_NOFILE, &fds) == 0)
		montree_add_counter(t, dn, "Max File Descriptors", fds.rlim_cur);
	montree_add_counter(t, dn, "Total", sum->opened);
	montree_add_counter(t, dn, "Current", sum->current);
	montree_add_counter(t, dn, "Peak", sum->peak);
}
