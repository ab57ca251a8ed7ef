#include <ldap.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply.h"
#include "base/err.h"
#include "ldifout.h"
#include "undo.h"
#include "verify.h"

/*
 * ldapmigrate: reads the maps, then does what the mode says. One arena for the
 * life of the program, wiped at the end because it holds password hashes.
 */

enum { EXIT_FINE, EXIT_REFUSED, EXIT_USAGE, EXIT_SERVER };

/* Without the version line that RFC 2849 wants: OpenLDAP's slapadd refuses a file that has one. */
static int
write_ldif(struct migration *m, FILE *out)
{
	for (size_t i = 0; i < m->records.count; i++)
		ldifout_record(out, m->records.items[i], m->opt->wrap);
	if (fflush(out) == 0 && !ferror(out))
		return EXIT_FINE;
	fprintf(stderr, "ldapmigrate: the LDIF cannot be written: %s\n", strerror(errno));
	return EXIT_USAGE;
}

/* The file holds password hashes: nobody else may read it, whatever its mode was. */
static int
run_ldif(struct migration *m)
{
	const char *path = m->opt->output;

	if (path == NULL)
		return write_ldif(m, stdout);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *out = fd < 0 || fchmod(fd, 0600) != 0 ? NULL : fdopen(fd, "w");
	if (out == NULL) {
		fprintf(stderr, "ldapmigrate: %s: %s\n", path, strerror(errno));
		return EXIT_USAGE;
	}
	int status = write_ldif(m, out);
	if (fclose(out) != 0)
		status = EXIT_USAGE;
	return status;
}

static int
run_apply(struct snapshot *s)
{
	size_t failed = 0, conflicts = 0;

	if (apply_run(s, &failed, &conflicts) != 0 || failed > 0)
		return EXIT_SERVER;
	return conflicts > 0 ? EXIT_REFUSED : EXIT_FINE;
}

static int
run_verify(struct snapshot *s)
{
	size_t differences = verify_source(s), more = 0;

	if (s->m->opt->getent && verify_getent(s, &more) != 0)
		return EXIT_USAGE;
	return differences + more > 0 ? EXIT_REFUSED : EXIT_FINE;
}

static int
run_mode(struct snapshot *s)
{
	switch (s->m->opt->mode) {
	case OPTIONS_PLAN:
		return apply_plan(s) > 0 ? EXIT_REFUSED : EXIT_FINE;
	case OPTIONS_APPLY:
		return run_apply(s);
	case OPTIONS_VERIFY:
		return run_verify(s);
	case OPTIONS_LDIF:
	case OPTIONS_UNDO:
		break;
	}
	return EXIT_USAGE;
}

static int
run_server(struct migration *m)
{
	struct server *server = NULL;
	struct snapshot s;

	if (server_open(m->opt, m->arena, &server) != 0)
		return EXIT_SERVER;
	int status = EXIT_SERVER;
	if (snapshot_check_schema(m, server) == 0) {
		snapshot_read(m, server, &s);
		status = run_mode(&s);
	}
	server_close(&server);
	return status;
}

static int
run_undo(struct arena *arena, const struct options *opt)
{
	struct server *server = NULL;
	size_t refused = 0;

	if (server_open(opt, arena, &server) != 0)
		return EXIT_SERVER;
	int rc = undo_run(arena, opt, server, &refused);
	server_close(&server);
	if (rc != 0)
		return rc == ERR_SYNTAX ? EXIT_USAGE : EXIT_SERVER;
	return refused > 0 ? EXIT_REFUSED : EXIT_FINE;
}

static void
summarize(const struct migration *m)
{
	for (unsigned i = 0; i < MAP_SOURCES && !m->opt->quiet; i++) {
		enum map_id map = (enum map_id)i;

		if (m->opt->want[i] && (m->opt->named || report_lines_read(m->report, map) > 0))
			report_summary(m->report, map, migration_count(m, map));
	}
}

static enum report_level
shown(const struct options *opt)
{
	if (opt->verbose)
		return REPORT_DETAIL;
	return opt->quiet ? REPORT_PARTIAL : REPORT_NOTE;
}

static int
run_migration(struct arena *arena, const struct options *opt)
{
	struct migration m;

	migration_init(&m, opt, arena, report_new(arena, stderr, shown(opt)));
	if (migration_read(&m) != 0)
		return EXIT_USAGE;
	int status = opt->mode == OPTIONS_LDIF ? run_ldif(&m) : run_server(&m);
	summarize(&m);
	if (status == EXIT_FINE && report_any_refused(m.report))
		status = EXIT_REFUSED;
	return status;
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new(1 << 16);
	struct options opt;
	int status = EXIT_USAGE;

	signal(SIGPIPE, SIG_IGN);
	umask(077);
	arena_set_secret(arena);
	switch (options_parse(&opt, arena, argc, argv)) {
	case OPTIONS_GO:
		status =
		    opt.mode == OPTIONS_UNDO ? run_undo(arena, &opt) : run_migration(arena, &opt);
		break;
	case OPTIONS_DONE:
		status = EXIT_FINE;
		break;
	case OPTIONS_BAD:
		break;
	}
	arena_free(&arena);
	return status;
}
