#ifndef MIGRATE_SOURCE_H
#define MIGRATE_SOURCE_H

/* Lines of a map, from its file or from getent: joined, cleaned, checked, numbered. */

#include "base/bv.h"
#include "migration.h"

enum {
	SOURCE_LINE_MAX_BYTES = 4 << 20, /* one logical line; longer ones are refused */
	SOURCE_FILE_MAX_BYTES = 1 << 30, /* one source; reading stops there with an error */
};

struct source;

/* A data line. The views last until the next call of source_next. */
struct source_line {
	struct bv text;	   /* UTF-8, no control of line ends, no leading or trailing blanks */
	struct bv comment; /* behind '#' in maps with such comments; else absent */
	struct report_place place;
};

/*
 * Opens the source of the map. Returns 0 and sets *source_out, which is NULL when the map was not
 * named by the user and its file does not exist (noted); or ERR_IO after saying why.
 */
int source_open(struct migration *m, enum map_id map, struct source **source_out)
    __attribute__((warn_unused_result));

/*
 * Reads on to the next line that holds data and is text; the ones that cannot be read as text are
 * reported as refused. Comments and empty lines are passed over. Returns whether there is one.
 */
bool source_next(struct source *source, struct source_line *line_out);

/* Closes the source. Returns 0, or ERR_IO after saying why not all of it could be read. */
int source_close(struct source **source) __attribute__((warn_unused_result));

#endif
