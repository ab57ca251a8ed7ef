#include "op/exposition.h"

#include <string.h>
#include <time.h>

#include "auth/pool.h"
#include "base/arena.h"
#include "base/buf.h"
#include "op/counters.h"
#include "op/host.h"
#include "op/unindexed.h"
#include "op/world.h"
#include "store/stat.h"

/*
 * Each metric has its help and type once, before its samples. Names of databases and
 * attributes are the only labels that are not ours; connections are not told one by one.
 */

enum { CERTIFICATE_BYTES = 4096 };

static void
head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP muster_%s %s\n# TYPE muster_%s %s\n", name, help, name, type);
}

static void
sample(struct buf *out, const char *name, uint64_t value)
{
	buf_printf(out, "muster_%s %llu\n", name, (unsigned long long)value);
}

static void
single(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	head(out, name, type, help);
	sample(out, name, value);
}

/* A label's value: backslash, quote and line end are escaped. */
static void
put_label(struct buf *out, const char *name, struct bv value)
{
	buf_printf(out, "%s=\"", name);
	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];
		if (c == '\n')
			buf_put(out, "\\n", 2);
		else if (c == '\\' || c == '"')
			buf_printf(out, "\\%c", c);
		else
			buf_put_byte(out, c);
	}
	buf_put_byte(out, '"');
}

static void
print_connections(const struct counters_sum *sum, struct buf *out)
{
	single(out, "connections_opened_total", "counter", "Connections accepted since the start.",
	    sum->opened);
	single(out, "connections", "gauge", "Connections that are open.", sum->current);
	single(out, "connections_peak", "gauge", "Most connections that were open at once.",
	    sum->peak);
	single(out, "connections_read_waiting", "gauge", "Connections whose requests are awaited.",
	    sum->read_waiters);
	single(out, "connections_write_waiting", "gauge",
	    "Connections that have not read what is ready for them.", sum->write_waiters);
}

static void
print_operations(
    struct buf *out, const char *name, const char *help, const uint64_t values[COUNTERS_OPS])
{
	head(out, name, "counter", help);
	for (enum counters_op i = 0; i < COUNTERS_OPS; i++)
		buf_printf(out, "muster_%s{operation=\"%s\"} %llu\n", name, counters_name(i),
		    (unsigned long long)values[i]);
}

static void
print_sent(const struct counters_sum *sum, struct buf *out)
{
	single(out, "sent_bytes_total", "counter", "Bytes of LDAP messages sent.", sum->bytes);
	single(out, "sent_messages_total", "counter", "LDAP messages sent.", sum->pdus);
	single(out, "sent_entries_total", "counter", "Entries that searches sent.", sum->entries);
	single(out, "sent_references_total", "counter", "Continuation references sent.",
	    sum->referrals);
}

static void
print_threads(const struct world *w, const struct counters_sum *sum, struct buf *out)
{
	struct pool_load load = {0};

	if (w->pool != NULL)
		pool_load(w->pool, &load);
	single(out, "threads", "gauge", "Event loops and workers.", sum->loops + load.threads);
	single(out, "threads_busy", "gauge", "Event loops and workers that work.",
	    sum->busy_loops + load.busy);
	single(
	    out, "work_waiting", "gauge", "Pieces of work that wait for a worker.", load.waiting);
}

/* What is known of one database while the metrics are printed. */
struct database {
	const struct conf_db *conf;
	struct store_stat stat;
	struct store_index_stat *indexes;
	size_t index_count;
};

static size_t
read_databases(const struct world *w, struct arena *a, struct database *list)
{
	size_t n = 0;

	for (size_t i = 0; i < w->backend_count; i++) {
		const struct backend *be = &w->backends[i];
		struct database *db = &list[n];
		if (be->store == NULL || store_stat(be->store, &db->stat) != 0)
			continue;
		size_t room = store_index_stats(be->store, NULL, 0);
		db->conf = be->conf;
		db->indexes = arena_zalloc(a, room + 1, sizeof(*db->indexes));
		db->index_count = store_index_stats(be->store, db->indexes, room);
		if (db->index_count > room)
			db->index_count = room;
		n++;
	}
	return n;
}

static void
print_files(const struct database *list, size_t count, struct buf *out)
{
	static const char *const rows[][2] = {
	    {"database_entries", "Entries of the database."},
	    {"database_page_bytes", "Bytes of a page."},
	    {"database_pages_max", "Pages that the map has room for."},
	    {"database_pages_used", "Pages of the file."},
	    {"database_pages_free", "Pages of the file that are free."},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && count > 0; i++) {
		head(out, rows[i][0], "gauge", rows[i][1]);
		for (size_t j = 0; j < count; j++) {
			const struct store_stat *s = &list[j].stat;
			const uint64_t values[] = {
			    s->entries, s->page_bytes, s->pages_max, s->pages_used, s->pages_free};
			buf_printf(out, "muster_%s{", rows[i][0]);
			put_label(out, "database", list[j].conf->name);
			put_label(out, ",suffix", list[j].conf->suffixes[0].pretty);
			buf_printf(out, "} %llu\n", (unsigned long long)values[i]);
		}
	}
}

static void
print_indexes(const struct database *list, size_t count, struct buf *out)
{
	static const char *const rows[][3] = {
	    {"index_ready", "gauge", "1: searches use the index; 0: it is being built."},
	    {"index_uses_total", "counter", "Searches that an index served."},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && count > 0; i++) {
		head(out, rows[i][0], rows[i][1], rows[i][2]);
		for (size_t j = 0; j < count; j++) {
			for (size_t k = 0; k < list[j].index_count; k++) {
				const struct store_index_stat *x = &list[j].indexes[k];
				buf_printf(out, "muster_%s{", rows[i][0]);
				put_label(out, "database", list[j].conf->name);
				put_label(out, ",attribute", bv_str(x->type));
				buf_printf(out, "} %llu\n",
				    (unsigned long long)(i == 0 ? x->ready : x->uses));
			}
		}
	}
}

static void
print_databases(const struct world *w, struct arena *a, struct buf *out)
{
	struct database *list = arena_zalloc(a, w->backend_count + 1, sizeof(*list));
	size_t n = read_databases(w, a, list);

	print_files(list, n, out);
	print_indexes(list, n, out);
}

/* The end of the certificate's life, out of the line "valid until: Nov 22 11:00:00 2027 GMT". */
static void
print_certificate(const struct world *w, struct buf *out)
{
	char text[CERTIFICATE_BYTES];
	struct tm tm = {0};
	const char *at;

	if (w->host == NULL || w->host->describe_tls(w->host->arg, text, sizeof(text)) != 0)
		return;
	at = strstr(text, "valid until: ");
	if (at == NULL || strptime(at, "valid until: %b %d %H:%M:%S %Y GMT", &tm) == NULL)
		return;
	time_t end = timegm(&tm);
	if (end > 0)
		single(out, "certificate_expiry_time_seconds", "gauge",
		    "When the server's certificate expires, since the epoch.", (uint64_t)end);
}

static void
print_unindexed(struct arena *a, struct buf *out)
{
	struct unindexed *list;
	uint64_t others;
	size_t n = unindexed_list(a, &list, &others);

	head(out, "unindexed_searches_total", "counter",
	    "Searches that looked at every entry, by the index that they lacked.");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "muster_unindexed_searches_total{");
		put_label(out, "database", list[i].database);
		put_label(out, ",attribute", list[i].attribute);
		buf_printf(out, ",index=\"%s\"} %llu\n", unindexed_kind(list[i].kind),
		    (unsigned long long)list[i].count);
	}
}

void
exposition_print(const struct world *w, struct buf *out)
{
	struct arena *a = arena_new(0);
	struct counters_sum sum;

	counters_read(&sum);
	head(out, "info", "gauge", "The version that runs.");
	buf_printf(out, "muster_info{version=\"%s\"} 1\n", MUSTER_VERSION);
	single(out, "start_time_seconds", "gauge", "When the server started, since the epoch.",
	    (uint64_t)counters_start_s());
	print_connections(&sum, out);
	print_operations(out, "operations_initiated_total", "Operations begun.", sum.initiated);
	print_operations(out, "operations_completed_total", "Operations over.", sum.completed);
	print_sent(&sum, out);
	print_threads(w, &sum, out);
	print_databases(w, a, out);
	print_unindexed(a, out);
	print_certificate(w, out);
	arena_free(&a);
}
