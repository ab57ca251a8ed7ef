/*
 * load: asks an LDAP server as fast as it answers, and prints what that took as JSON.
 *
 *   load -H URL -w WORKLOAD[:CONNECTIONS[:DEPTH]] ... [options]
 *
 * One thread, one epoll loop, requests encoded before the clock starts. Exit status 1 when an
 * answer was wrong or the run failed, 2 on a wrong command line.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "tests/bench/drive.h"
#include "tests/bench/peer.h"
#include "tests/bench/usage.h"

enum { GROUPS_MAX = 8, READ_REQUESTS = 20000 };

struct options {
	const char *url;
	const char *bind_dn;
	const char *password;
	pid_t pid;
	double seconds;
	double warm_seconds;
	unsigned long limit;
	unsigned long requests;
	unsigned long idle;
	unsigned long stall_seconds;
	struct recipe_scope scope;
	const char *specs[GROUPS_MAX];
	size_t spec_count;
};

/* What was read before and after the measured part. */
struct account {
	struct usage begin;
	struct usage end;
	struct usage before_idle;
	struct usage after_idle;
	uint64_t client_ns;
	uint64_t elapsed_ns;
};

static const char usage_text[] =
    "usage: load -H URL -w WORKLOAD[:CONNECTIONS[:DEPTH]] ... [options]\n"
    "  -H URL   ldap://127.0.0.1:389, ldaps://..., ldapi://%2Frun%2Fslapd%2Fldapi\n"
    "  -w ...   what to send, on how many connections (1), how many in flight on each (1);\n"
    "           up to eight at the same time\n"
    "  -p PID   the server, for its CPU time and memory\n"
    "  -N N     people in the directory (10000)   -s DN    suffix (dc=falcot,dc=com)\n"
    "  -t S     seconds to measure (2)            -W S     seconds to warm up (0)\n"
    "  -n N     requests at most, per workload    -R N     requests to encode ahead (20000)\n"
    "  -D DN    bind first                        -y PW    with this password\n"
    "  -e N     entries each search must return   -S N     seed of the order and of values\n"
    "  -I N     idle connections beside           -T S     silence that fails the run (60)\n"
    "workloads: ";

static void
print_usage(void)
{
	struct buf names;

	buf_init(&names);
	recipe_names(&names);
	fprintf(stderr, "%s%.*s\n", usage_text, (int)names.n, (const char *)names.p);
	buf_done(&names);
}

static void
set_option(struct options *o, int letter, char *value)
{
	switch (letter) {
	case 'H':
		o->url = value;
		break;
	case 'D':
		o->bind_dn = value;
		break;
	case 'y':
		o->password = value;
		break;
	case 's':
		o->scope.suffix = value;
		break;
	case 'w':
		if (o->spec_count < GROUPS_MAX)
			o->specs[o->spec_count] = value;
		o->spec_count++;
		break;
	case 't':
		o->seconds = strtod(value, NULL);
		break;
	case 'W':
		o->warm_seconds = strtod(value, NULL);
		break;
	}
}

static bool
set_number(struct options *o, int letter, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n > 1000000000) {
		fprintf(stderr, "load: -%c %s: expected a number up to 1000000000\n", letter, text);
		return false;
	}
	switch (letter) {
	case 'p':
		o->pid = (pid_t)n;
		break;
	case 'N':
		o->scope.people = (int64_t)n;
		break;
	case 'e':
		o->scope.expect = (int64_t)n;
		break;
	case 'S':
		o->scope.seed = n;
		break;
	case 'n':
		o->limit = n;
		break;
	case 'R':
		o->requests = n;
		break;
	case 'I':
		o->idle = n;
		break;
	case 'T':
		o->stall_seconds = n;
		break;
	}
	return true;
}

static bool
parse_options(int argc, char **argv, struct options *o)
{
	int letter;

	while ((letter = getopt(argc, argv, "H:w:p:N:s:t:W:n:R:D:y:e:S:I:T:")) != -1) {
		if (letter == '?')
			return false;
		if (strchr("pNeSnRIT", letter) == NULL)
			set_option(o, letter, optarg);
		else if (!set_number(o, letter, optarg))
			return false;
	}
	return optind == argc && o->url != NULL && o->spec_count > 0 &&
	       o->spec_count <= GROUPS_MAX && o->requests > 0 && o->seconds >= 0;
}

/* Reads "name:connections:depth" and encodes the group's requests. */
static int
make_group(const struct options *o, const char *spec, struct group *g, struct errbuf *e)
{
	char *name = strdup(spec), *colon;
	const struct recipe *recipe;
	struct recipe_scope scope = o->scope;

	if (name == NULL)
		abort();
	g->name = name; /* lives as long as the program */
	g->connections = g->depth = 1;
	g->limit = o->limit;
	g->suffix = scope.suffix;
	scope.count = o->requests;
	colon = strchr(name, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (sscanf(colon + 1, "%u:%u", &g->connections, &g->depth) < 1)
			return err_set(
			    e, ERR_SYNTAX, "\"%s\": a number belongs behind a colon", spec);
	}
	recipe = recipe_find(name);
	if (recipe == NULL)
		return err_set(e, ERR_SYNTAX, "\"%s\" is no workload", name);
	if (g->connections == 0 || g->connections > 20000 || g->depth == 0 ||
	    g->depth > PEER_DEPTH_MAX)
		return err_set(e, ERR_SYNTAX, "\"%s\": 1 to 20000 connections, depth 1 to %d", spec,
		    PEER_DEPTH_MAX);
	group_reset(g);
	return script_init(&g->script, recipe, &scope, e);
}

static uint64_t
own_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static int
read_usage(const struct options *o, struct usage *out, struct errbuf *e)
{
	return o->pid > 0 ? usage_read(o->pid, out, e) : 0;
}

/* Opens the idle connections; each has bound anonymously, so the server has begun to serve it. */
static int
open_idle(const struct options *o, const struct stream_address *to, struct drive *idle,
    struct account *a, struct errbuf *e)
{
	struct group *g = calloc(1, sizeof(*g));
	struct buf bind;
	int rc;

	if (g == NULL)
		abort();
	idle->groups = g; /* lives as long as the program */
	idle->group_count = 1;
	g->name = "idle";
	g->connections = (unsigned)o->idle;
	buf_init(&bind);
	script_put_bind(&bind, "", "");
	rc = read_usage(o, &a->before_idle, e);
	if (rc == 0)
		rc = drive_open(idle, to, buf_bv(&bind), e);
	if (rc == 0)
		rc = read_usage(o, &a->after_idle, e);
	buf_done(&bind);
	return rc;
}

/* Warms up, then measures. */
static int
measure(const struct options *o, struct drive *d, struct group *groups, struct account *a,
    struct errbuf *e)
{
	uint64_t ignored;
	bool serial = false;
	int rc = 0;

	/* Requests that can be sent once only are not spent on warming up. */
	for (size_t i = 0; i < o->spec_count; i++)
		serial = serial || groups[i].script.serial;
	if (o->warm_seconds > 0 && !serial)
		rc = drive_run(d, o->warm_seconds, &ignored, e);
	for (size_t i = 0; i < o->spec_count; i++) {
		if (groups[i].wrong > 0)
			return err_set(e, ERR_CORRUPT, "%s", groups[i].first_wrong.text);
		group_reset(&groups[i]);
	}
	if (rc == 0)
		rc = read_usage(o, &a->begin, e);
	a->client_ns = own_cpu_ns();
	if (rc == 0)
		rc = drive_run(d, o->seconds, &a->elapsed_ns, e);
	a->client_ns = own_cpu_ns() - a->client_ns;
	return rc == 0 ? read_usage(o, &a->end, e) : rc;
}

static void
print_text(const char *name, const char *text)
{
	char out[2048];
	size_t n;

	json_escape(bv_str(text), out, sizeof(out), &n);
	printf("\"%s\":\"%s\"", name, out);
}

static void
print_group(const struct group *g)
{
	static const struct {
		const char *name;
		unsigned per_mille;
	} points[] = {{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}};
	const char *comma = "";

	printf("{\"workload\":\"%s\",\"connections\":%u,\"depth\":%u,\"ops\":%llu,\"entries\":%llu,"
	       "\"bytes\":%llu,\"wrong\":%llu,",
	    g->name, g->connections, g->script.alone ? 1 : g->depth, (unsigned long long)g->done,
	    (unsigned long long)g->entries, (unsigned long long)g->bytes,
	    (unsigned long long)g->wrong);
	print_text("first_wrong", g->first_wrong.text);
	printf(",\"codes\":{");
	for (size_t i = 0; i < PEER_CODES; i++) {
		if (g->codes[i] == 0)
			continue;
		printf("%s\"%zu\":%llu", comma, i, (unsigned long long)g->codes[i]);
		comma = ",";
	}
	printf("},\"latency_us\":{\"mean\":%.3f", (double)hist_mean(&g->latency_ns) / 1e3);
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		printf(",\"%s\":%.3f", points[i].name,
		    (double)hist_percentile(&g->latency_ns, points[i].per_mille) / 1e3);
	printf(",\"min\":%.3f,\"max\":%.3f}}", (double)g->latency_ns.min / 1e3,
	    (double)g->latency_ns.max / 1e3);
}

static void
print_server(const struct account *a)
{
	printf("\"server\":{\"cpu_ns\":%lld,\"tick_ns\":%lld,\"switches\":%lld,\"rss\":%lld,"
	       "\"anon\":%lld,\"peak\":%lld,\"threads\":%lld},",
	    (long long)(a->end.cpu_ns - a->begin.cpu_ns),
	    (long long)(a->end.tick_ns - a->begin.tick_ns),
	    (long long)(a->end.switches - a->begin.switches), (long long)a->end.rss_bytes,
	    (long long)a->end.anon_bytes, (long long)a->end.peak_bytes,
	    (long long)a->end.thread_count);
}

static void
print_account(const struct options *o, const struct account *a, const struct group *groups)
{
	printf("{\"seconds\":%.6f,\"client_cpu_ns\":%llu,", (double)a->elapsed_ns / 1e9,
	    (unsigned long long)a->client_ns);
	if (o->pid > 0)
		print_server(a);
	if (o->idle > 0)
		printf("\"idle\":{\"connections\":%lu,\"rss_before\":%lld,\"rss_after\":%lld,"
		       "\"anon_before\":%lld,\"anon_after\":%lld},",
		    o->idle, (long long)a->before_idle.rss_bytes,
		    (long long)a->after_idle.rss_bytes, (long long)a->before_idle.anon_bytes,
		    (long long)a->after_idle.anon_bytes);
	printf("\"groups\":[");
	for (size_t i = 0; i < o->spec_count; i++) {
		printf("%s", i > 0 ? "," : "");
		print_group(&groups[i]);
	}
	printf("]}\n");
}

/* Returns the exit status: what was wrong is told on standard error. */
static int
judge(const struct options *o, const struct group *groups, int rc, const struct errbuf *e)
{
	if (rc != 0) {
		fprintf(stderr, "load: %s\n", e->text);
		return rc == ERR_SYNTAX ? 2 : 1;
	}
	for (size_t i = 0; i < o->spec_count; i++) {
		if (groups[i].wrong == 0)
			continue;
		fprintf(stderr, "load: %llu wrong answers, the first: %s\n",
		    (unsigned long long)groups[i].wrong, groups[i].first_wrong.text);
		rc = 1;
	}
	return rc;
}

static int
run(const struct options *o, struct group *groups, struct account *a, struct errbuf *e)
{
	struct drive d = {.groups = groups,
	    .group_count = o->spec_count,
	    .epoll_fd = -1,
	    .stall_ns = o->stall_seconds * 1000000000U};
	struct drive idle = {.epoll_fd = -1};
	struct stream_address to;
	struct buf bind;
	int rc = stream_parse(o->url, &to, e);

	buf_init(&bind);
	if (o->bind_dn != NULL)
		script_put_bind(&bind, o->bind_dn, o->password != NULL ? o->password : "");
	for (size_t i = 0; i < o->spec_count && rc == 0; i++)
		rc = make_group(o, o->specs[i], &groups[i], e);
	if (rc == 0 && o->idle > 0)
		rc = open_idle(o, &to, &idle, a, e);
	if (rc == 0)
		rc = drive_open(&d, &to, buf_bv(&bind), e);
	if (rc == 0)
		rc = measure(o, &d, groups, a, e);
	drive_close(&d);
	drive_close(&idle);
	buf_done(&bind);
	return rc;
}

int
main(int argc, char **argv)
{
	struct options o = {.seconds = 2,
	    .requests = READ_REQUESTS,
	    .stall_seconds = 60,
	    .scope = {.suffix = "dc=falcot,dc=com", .people = 10000, .expect = RECIPE_ANY}};
	static struct group groups[GROUPS_MAX];
	struct account account = {0};
	struct errbuf e = {""};
	struct rlimit files;
	int rc;

	if (!parse_options(argc, argv, &o)) {
		print_usage();
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	rc = run(&o, groups, &account, &e);
	if (rc == 0)
		print_account(&o, &account, groups);
	return judge(&o, groups, rc, &e);
}
