#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

/* How far a long job is: a line that is written over on a terminal, a summary with -v. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	bool shown;    /* standard error is a terminal */
	bool summary;  /* -v */
	FILE *input;   /* percent of its bytes; NULL: of total */
	int64_t total; /* bytes or entries; 0: not known */
	int64_t started_ms;
	int64_t drawn_ms;
	uint64_t entries;
};

/* Starts the clock. input may be NULL; total is then the number of entries, or 0. */
void progress_init(struct progress *p, FILE *input, int64_t total, bool summary);

/* Counts one entry; draws at most five times in a second. */
void progress_add(struct progress *p);

/* Sets the count of entries done. */
void progress_set(struct progress *p, uint64_t entries);

/* Removes the line, and prints how many entries took how long when a summary is wanted. */
void progress_done(struct progress *p);

#endif
