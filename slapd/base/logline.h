#ifndef SLAPD_BASE_LOGLINE_H
#define SLAPD_BASE_LOGLINE_H

/*
 * One event of the log, put together field by field. It comes out as OpenLDAP's text
 * (conn=1000 op=1 SRCH base="" scope=0) or as one JSON object, whichever is configured
 * (log.h). What does not fit is cut and, in JSON, said to be.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bv.h"

enum { LOGLINE_BYTES = 4096 };

struct logline {
	int level;
	bool json, cut;
	size_t n;
	char text[LOGLINE_BYTES];
};

/* Begins a line in a form of the caller's choice, to be taken by logline_close. */
void logline_open(struct logline *l, bool json);

/* Completes the line and returns its text, which lives in l. */
const char *logline_close(struct logline *l);

/* Returns whether the level is logged; only then are the other functions to be called. */
bool logline_begin(struct logline *l, int level);

/* The name of the event, "SRCH". In JSON: "event". */
void logline_event(struct logline *l, const char *name);

/* A number; microseconds, shown as seconds; a value in quotation marks; one without. */
void logline_number(struct logline *l, const char *key, int64_t value);
void logline_seconds(struct logline *l, const char *key, int64_t us);
void logline_quoted(struct logline *l, const char *key, struct bv value);
void logline_bare(struct logline *l, const char *key, struct bv value);

/* In text only: as given. In JSON only: a string. */
void logline_words(struct logline *l, struct bv words);
void logline_json(struct logline *l, const char *key, struct bv value);

/* Writes the line. */
void logline_end(struct logline *l);

#endif
