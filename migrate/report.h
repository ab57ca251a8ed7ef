#ifndef MIGRATE_REPORT_H
#define MIGRATE_REPORT_H

/*
 * What a person is told: one line per thing that was not taken over as it
 * stands, "file:line: text", and at the end the counts per map with reasons.
 */

#include <stdbool.h>
#include <stdio.h>
#include "base/arena.h"
#include "maps.h"

enum report_level {
	REPORT_REFUSED, /* the whole line is not migrated */
	REPORT_PARTIAL, /* the line is migrated without a part of it */
	REPORT_SKIPPED, /* left out because the options say so; shown with -v */
	REPORT_NOTE,	/* migrated; a person should know something about it */
	REPORT_DETAIL,	/* migrated in an equivalent form; shown with -v */
	REPORT_LEVELS
};

/* Where a line stands. */
struct report_place {
	enum map_id map;
	const char *file;
	size_t line; /* from 1; 0: the file as a whole */
};

struct report;

/*
 * Returns a report in the arena that writes to out (NULL: counts only). Levels above most are
 * counted, not shown.
 */
struct report *report_new(struct arena *arena, FILE *out, enum report_level most)
    __attribute__((returns_nonnull));

/* Counts one data line of the map as read. */
void report_read(struct report *r, enum map_id map);

/*
 * Writes and counts one event at place. reason is a short constant phrase under which the
 * summary counts it; the formatted text says what is wrong with this line in particular.
 */
void report_line(struct report *r, enum report_level level, const struct report_place *place,
    const char *reason, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Returns how many data lines of the map were read. */
size_t report_lines_read(const struct report *r, enum map_id map);

/* Returns how many data lines of the map were refused or skipped. */
size_t report_lines_left_out(const struct report *r, enum map_id map);

/* Returns whether anything was refused, in whole or in part. */
bool report_any_refused(const struct report *r);

/* Writes the counts of the map, with entries as the number of entries they became. */
void report_summary(const struct report *r, enum map_id map, size_t entries);

#endif
