#include "tools/muster/report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "tools/muster/figures.h"

/*
 * The table says what each number counts, and for what is wrong what to do about it.
 */

enum { COLUMN = 12, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

static const char *const operations[] = {"Bind", "Unbind", "Search", "Compare", "Modify", "Modrdn",
    "Add", "Delete", "Abandon", "Extended"};

enum { OPERATION_COUNT = sizeof(operations) / sizeof(operations[0]) };

void
report_bytes(FILE *out, struct bv text)
{
	for (size_t i = 0; i < text.n; i++)
		putc(text.p[i] < ' ' || text.p[i] == 0x7f ? '?' : text.p[i], out);
}

static void
title(const char *name)
{
	printf("%-*s", COLUMN, name);
}

static void
print_size(uint64_t bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
	double n = (double)bytes;
	size_t unit = 0;

	while (n >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		n /= 1024;
		unit++;
	}
	printf(unit == 0 ? "%.0f %s" : "%.1f %s", n, units[unit]);
}

/* The rows of cn=TLS,cn=Monitor. */
static void
print_certificate(const struct figures *f)
{
	const struct figures_entry *e = figures_find(f, "cn=TLS,cn=Monitor");
	const char *name = "certificate";

	for (size_t i = 0; e != NULL && i < e->count; i++) {
		if (!bv_is(e->values[i].name, "monitoredInfo"))
			continue;
		title(name);
		report_bytes(stdout, e->values[i].value);
		putchar('\n');
		name = "";
	}
}

static uint64_t
counter(const struct figures *f, const char *dn)
{
	return figures_of(f, dn, "monitorCounter");
}

static uint64_t
operation(const struct figures *f, const char *name, const char *attr)
{
	char dn[64];

	snprintf(dn, sizeof(dn), "cn=%s,cn=Operations,cn=Monitor", name);
	return figures_of(f, dn, attr);
}

static uint64_t
uptime_s(const struct figures *f)
{
	return figures_of(f, "cn=Uptime,cn=Time,cn=Monitor", "monitoredInfo");
}

/* Seconds between two readings, or since the start. */
double
report_span_s(const struct figures *f, const struct figures *before)
{
	double s =
	    before == NULL ? (double)uptime_s(f) : (double)(f->taken_ms - before->taken_ms) / 1000;

	return s > 0 ? s : 1;
}

double
report_rate(const struct figures *f, const struct figures *before, const char *name)
{
	static const char *const all = "cn=Operations,cn=Monitor";
	const char *attr = "monitorOpCompleted";
	uint64_t now = name == NULL ? figures_of(f, all, attr) : operation(f, name, attr), then = 0;

	if (before != NULL)
		then = name == NULL ? figures_of(before, all, attr) : operation(before, name, attr);
	return now < then ? 0 : (double)(now - then) / report_span_s(f, before);
}

static void
print_uptime(const struct figures *f)
{
	uint64_t s = uptime_s(f);
	struct bv t =
	    figures_value(figures_find(f, "cn=Start,cn=Time,cn=Monitor"), "monitorTimestamp");
	const char *p = (const char *)t.p;

	title("up");
	printf("%" PRIu64 " days %" PRIu64 " h %" PRIu64 " min %" PRIu64 " s", s / DAY_S,
	    s % DAY_S / HOUR_S, s % HOUR_S / MINUTE_S, s % MINUTE_S);
	if (t.n == 15)
		printf(", since %.4s-%.2s-%.2s %.2s:%.2s:%.2s UTC", p, p + 4, p + 6, p + 8, p + 10,
		    p + 12);
	putchar('\n');
}

static void
print_connections(const struct figures *f)
{
	title("connections");
	printf("%" PRIu64 " open", counter(f, "cn=Current,cn=Connections,cn=Monitor"));
	if (figures_find(f, "cn=Peak,cn=Connections,cn=Monitor") != NULL)
		printf(
		    ", %" PRIu64 " at the most", counter(f, "cn=Peak,cn=Connections,cn=Monitor"));
	printf(", %" PRIu64 " since the start; %" PRIu64 " file descriptors are allowed\n",
	    counter(f, "cn=Total,cn=Connections,cn=Monitor"),
	    counter(f, "cn=Max File Descriptors,cn=Connections,cn=Monitor"));
	title("waiting");
	printf("%" PRIu64 " connections have not read their answers; %" PRIu64
	       " pieces of work wait for a thread\n",
	    counter(f, "cn=Write,cn=Waiters,cn=Monitor"),
	    figures_of(f, "cn=Pending,cn=Threads,cn=Monitor", "monitoredInfo"));
}

static void
print_operations(const struct figures *f, const struct figures *before)
{
	uint64_t done = figures_of(f, "cn=Operations,cn=Monitor", "monitorOpCompleted");
	uint64_t begun = figures_of(f, "cn=Operations,cn=Monitor", "monitorOpInitiated");

	title("operations");
	printf("%.1f a second ", report_rate(f, before, NULL));
	if (before == NULL)
		puts("on average since the start");
	else
		printf("over the last %.1f seconds\n", report_span_s(f, before));
	title("");
	printf("%" PRIu64 " done since the start, %" PRIu64 " run:", done,
	    begun > done ? begun - done : 0);
	for (size_t i = 0; i < OPERATION_COUNT; i++) {
		uint64_t n = operation(f, operations[i], "monitorOpCompleted");
		if (n > 0)
			printf(" %s %" PRIu64, operations[i], n);
	}
	putchar('\n');
}

static void
print_sent(const struct figures *f)
{
	title("sent");
	print_size(counter(f, "cn=Bytes,cn=Statistics,cn=Monitor"));
	printf(" in %" PRIu64 " messages: %" PRIu64 " entries, %" PRIu64 " references\n",
	    counter(f, "cn=PDU,cn=Statistics,cn=Monitor"),
	    counter(f, "cn=Entries,cn=Statistics,cn=Monitor"),
	    counter(f, "cn=Referrals,cn=Statistics,cn=Monitor"));
}

static void
print_index(const struct figures_entry *e)
{
	uint64_t last = figures_number(e, "musterIndexLast");
	uint64_t position = figures_number(e, "musterIndexPosition");

	title("");
	fputs("index ", stdout);
	report_bytes(stdout, figures_value(e, "musterIndexAttribute"));
	putchar(' ');
	report_bytes(stdout, figures_value(e, "musterIndexKind"));
	if (bv_is(figures_value(e, "musterIndexState"), "ready"))
		printf(": used %" PRIu64 " times\n", figures_number(e, "monitorCounter"));
	else
		printf(": being built, %.0f %% done; searches do without it until then\n",
		    last == 0 ? 0 : 100 * (double)position / (double)last);
}

static void
print_missing(const struct figures_entry *e)
{
	struct bv name = figures_value(e, "musterIndexAttribute");
	struct bv kind = figures_value(e, "musterIndexKind");

	title("");
	printf("%" PRIu64 " searches looked at every entry; cure: olcDbIndex: ",
	    figures_number(e, "monitorCounter"));
	report_bytes(stdout, name);
	putchar(' ');
	report_bytes(stdout, kind);
	putchar('\n');
}

static void
print_database(const struct figures *f, const struct figures_entry *db)
{
	uint64_t page = figures_number(db, "musterPageBytes");
	uint64_t used = figures_number(db, "olmMDBPagesUsed"),
		 max = figures_number(db, "olmMDBPagesMax");

	title("database");
	report_bytes(stdout, figures_value(db, "namingContexts"));
	printf(": %" PRIu64 " entries", figures_number(db, "olmMDBEntries"));
	if (page > 0) {
		fputs("; the file has ", stdout);
		print_size(used * page);
		fputs(", of them free ", stdout);
		print_size(figures_number(db, "olmMDBPagesFree") * page);
		printf(
		    "; %.2f %% of the map in use", max == 0 ? 0 : 100 * (double)used / (double)max);
	}
	if (bv_is(figures_value(db, "readOnly"), "TRUE"))
		fputs("; read-only", stdout);
	putchar('\n');
	for (size_t i = 0; i < f->count; i++) {
		const struct figures_entry *e = &f->entries[i];
		if (!figures_is(e, "musterIndex") || !figures_is_below(e, db))
			continue;
		if (figures_value(e, "musterIndexState").n > 0)
			print_index(e);
		else
			print_missing(e);
	}
}

void
report_text(const struct figures *f, const struct figures *before)
{
	print_uptime(f);
	print_connections(f);
	print_operations(f, before);
	print_sent(f);
	print_certificate(f);
	for (size_t i = 0; i < f->count; i++) {
		if (figures_is(&f->entries[i], "olmMDBDatabase"))
			print_database(f, &f->entries[i]);
	}
}
