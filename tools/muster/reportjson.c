#include "tools/muster/reportjson.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "tools/muster/figures.h"
#include "tools/muster/report.h"

/* Numbers carry their unit in their names; a part that the server does not show is left out. */

enum { TEXT_BYTES = 8192 };

static void
put_text(const char *key, struct bv value)
{
	char text[TEXT_BYTES];
	size_t n;

	json_escape(value, text, sizeof(text), &n);
	printf("\"%s\":\"%s\"", key, text);
}

static void
put_number(const char *before, const char *key, uint64_t value)
{
	printf("%s\"%s\":%" PRIu64, before, key, value);
}

/* One row for each number: where it is in cn=Monitor. */
struct number {
	const char *key, *dn, *attr;
};

static void
put_numbers(const struct figures *f, const char *name, const struct number *rows, size_t count)
{
	printf(",\"%s\":{", name);
	for (size_t i = 0; i < count; i++)
		put_number(i == 0 ? "" : ",", rows[i].key, figures_of(f, rows[i].dn, rows[i].attr));
	putchar('}');
}

static void
put_operations(const struct figures *f, const char *name, const char *attr)
{
	bool first = true;
	const struct figures_entry *top = figures_find(f, "cn=Operations,cn=Monitor");

	printf(",\"%s\":{", name);
	for (size_t i = 0; top != NULL && i < f->count; i++) {
		if (!figures_is_below(&f->entries[i], top))
			continue;
		fputs(first ? "" : ",", stdout);
		first = false;
		put_number("", (const char *)figures_value(&f->entries[i], "cn").p,
		    figures_number(&f->entries[i], attr));
	}
	putchar('}');
}

static void
put_index(const struct figures_entry *e)
{
	struct bv state = figures_value(e, "musterIndexState");

	putchar('{');
	put_text("attribute", figures_value(e, "musterIndexAttribute"));
	putchar(',');
	put_text("kind", figures_value(e, "musterIndexKind"));
	if (state.n > 0) {
		printf(",\"ready\":%s", bv_is(state, "ready") ? "true" : "false");
		put_number(",", "uses", figures_number(e, "monitorCounter"));
	} else {
		put_number(",", "searches", figures_number(e, "monitorCounter"));
	}
	putchar('}');
}

/* The indexes of a database: those that there are, or those that searches lacked. */
static void
put_indexes(const struct figures *f, const struct figures_entry *db, const char *key, bool there)
{
	bool first = true;

	printf(",\"%s\":[", key);
	for (size_t i = 0; i < f->count; i++) {
		const struct figures_entry *e = &f->entries[i];
		if (!figures_is(e, "musterIndex") || !figures_is_below(e, db) ||
		    (figures_value(e, "musterIndexState").n > 0) != there)
			continue;
		fputs(first ? "" : ",", stdout);
		first = false;
		put_index(e);
	}
	putchar(']');
}

static void
put_database(const struct figures *f, const struct figures_entry *db)
{
	uint64_t page = figures_number(db, "musterPageBytes");

	putchar('{');
	put_text("suffix", figures_value(db, "namingContexts"));
	put_number(",", "entries", figures_number(db, "olmMDBEntries"));
	put_number(",", "file_bytes", figures_number(db, "olmMDBPagesUsed") * page);
	put_number(",", "free_bytes", figures_number(db, "olmMDBPagesFree") * page);
	put_number(",", "map_bytes", figures_number(db, "olmMDBPagesMax") * page);
	printf(
	    ",\"read_only\":%s", bv_is(figures_value(db, "readOnly"), "TRUE") ? "true" : "false");
	put_indexes(f, db, "indexes", true);
	put_indexes(f, db, "unindexed", false);
	putchar('}');
}

static void
put_databases(const struct figures *f)
{
	bool first = true;

	fputs(",\"databases\":[", stdout);
	for (size_t i = 0; i < f->count; i++) {
		if (!figures_is(&f->entries[i], "olmMDBDatabase"))
			continue;
		fputs(first ? "" : ",", stdout);
		first = false;
		put_database(f, &f->entries[i]);
	}
	putchar(']');
}

#define CONNS "cn=Connections,cn=Monitor"
#define STATS "cn=Statistics,cn=Monitor"

void
reportjson_print(
    const struct figures *f, const struct figures *before, struct bv server, struct bv version)
{
	static const struct number connections[] = {
	    {"open", "cn=Current," CONNS, "monitorCounter"},
	    {"most_open", "cn=Peak," CONNS, "monitorCounter"},
	    {"opened", "cn=Total," CONNS, "monitorCounter"},
	    {"file_descriptors", "cn=Max File Descriptors," CONNS, "monitorCounter"},
	    {"blocked", "cn=Write,cn=Waiters,cn=Monitor", "monitorCounter"},
	};
	static const struct number sent[] = {
	    {"bytes", "cn=Bytes," STATS, "monitorCounter"},
	    {"messages", "cn=PDU," STATS, "monitorCounter"},
	    {"entries", "cn=Entries," STATS, "monitorCounter"},
	    {"references", "cn=Referrals," STATS, "monitorCounter"},
	};

	putchar('{');
	put_text("server", server);
	putchar(',');
	put_text("version", version);
	put_number(",", "uptime_s", figures_of(f, "cn=Uptime,cn=Time,cn=Monitor", "monitoredInfo"));
	put_numbers(f, "connections", connections, sizeof(connections) / sizeof(connections[0]));
	put_operations(f, "operations_begun", "monitorOpInitiated");
	put_operations(f, "operations_done", "monitorOpCompleted");
	printf(",\"operations_per_s\":%.3f,\"interval_s\":%.3f", report_rate(f, before, NULL),
	    report_span_s(f, before));
	put_numbers(f, "sent", sent, sizeof(sent) / sizeof(sent[0]));
	put_databases(f);
	puts("}");
}
