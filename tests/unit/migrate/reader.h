#ifndef TESTS_UNIT_MIGRATE_READER_H
#define TESTS_UNIT_MIGRATE_READER_H

/* Runs a reader over text and keeps what came of it: the LDIF and the report. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "migrate/ldifout.h"
#include "migrate/migration.h"

struct reader {
	struct arena *arena;
	struct options opt;
	struct migration m;
	char *ldif;
	char *report;
	size_t ldif_size;
	size_t report_size;
};

/* One line of a table: the file, what must and what must not be in the LDIF and the report. */
struct reader_case {
	const char *name;
	const char *file;
	const char *ldif;   /* NULL: no entry at all */
	const char *report; /* NULL: an empty report */
	size_t entries;
	size_t left_out;
};

/* Prepares options as the command line "-b dc=x --system" would. */
static inline void
reader_init(struct reader *r)
{
	char *argv[] = {
	    strdup("ldapmigrate"), strdup("-b"), strdup("dc=x"), strdup("--system"), NULL};

	*r = (struct reader){.arena = arena_new(0)};
	assert_int_equal(options_parse(&r->opt, r->arena, 4, argv), OPTIONS_GO);
	for (int i = 0; i < 4; i++)
		free(argv[i]);
	r->opt.base = "dc=x";
	memset(r->opt.want, 0, sizeof(r->opt.want));
	r->opt.named = true;
}

/* Makes the map's source a file with n bytes of text. */
static inline void
reader_file(struct reader *r, enum map_id map, const char *text, size_t n)
{
	char path[] = "/tmp/migrate-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	r->opt.want[map] = true;
	r->opt.file[map] = arena_str(r->arena, bv_str(path));
}

/* Reads all wanted maps. */
static inline void
reader_run(struct reader *r)
{
	FILE *report = open_memstream(&r->report, &r->report_size);
	FILE *ldif = open_memstream(&r->ldif, &r->ldif_size);

	migration_init(&r->m, &r->opt, r->arena, report_new(r->arena, report, REPORT_DETAIL));
	assert_int_equal(migration_read(&r->m), 0);
	for (size_t i = 0; i < r->m.records.count; i++)
		ldifout_record(ldif, r->m.records.items[i], 0);
	fclose(report);
	fclose(ldif);
	for (unsigned i = 0; i < MAP_SOURCES; i++) {
		if (r->opt.file[i] != NULL)
			unlink(r->opt.file[i]);
	}
}

static inline void
reader_done(struct reader *r)
{
	free(r->ldif);
	free(r->report);
	arena_free(&r->arena);
}

static inline void
reader_check(const struct reader_case *c, struct reader *r, enum map_id map)
{
	bool ok = r->m.records.count == c->entries &&
		  report_lines_left_out(r->m.report, map) == c->left_out &&
		  (c->ldif == NULL ? r->ldif_size == 0 : strstr(r->ldif, c->ldif) != NULL) &&
		  (c->report == NULL ? r->report_size == 0 : strstr(r->report, c->report) != NULL);

	if (!ok)
		fail_msg("%s: %zu entries, %zu left out\n%s\n%s", c->name, r->m.records.count,
		    report_lines_left_out(r->m.report, map), r->ldif, r->report);
}

/* Runs every case of the table over the map. */
static inline void
reader_table(enum map_id map, const struct reader_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct reader r;

		reader_init(&r);
		reader_file(&r, map, cases[i].file, strlen(cases[i].file));
		reader_run(&r);
		reader_check(&cases[i], &r, map);
		reader_done(&r);
	}
}

#define READER_TABLE(map, cases) reader_table(map, cases, sizeof(cases) / sizeof((cases)[0]))

#endif
