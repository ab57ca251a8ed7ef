#ifndef SLAPD_WIRE_LDIF_SOURCE_H
#define SLAPD_WIRE_LDIF_SOURCE_H

/* The bytes under the LDIF reader: a window over the file, cut into runs of lines. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/bv.h"

struct ldif_source {
	FILE *f;
	uint8_t *window; /* heap */
	size_t start;	 /* first byte not yet taken */
	size_t end;	 /* behind the last byte read */
	size_t cap;
	size_t max_record_bytes;
	unsigned long line; /* number of the line at start, from 1 */
	bool begun;	    /* the first bytes have been read */
};

/* Makes s read from f, which it borrows. */
void ldif_source_init(struct ldif_source *s, FILE *f, size_t max_record_bytes);

/* Frees the window. */
void ldif_source_done(struct ldif_source *s);

/*
 * Takes the next run of lines without a blank line in it. Returns 1 with a view (line ends
 * included, valid until the next call) and the number of its first line, 0 at the end of the
 * file, ERR_IO, or ERR_LIMIT when it is too long; then it has been passed over.
 */
int ldif_source_record(struct ldif_source *s, struct bv *raw_out, unsigned long *line_out)
    __attribute__((warn_unused_result));

/* Passes over records until the first that starts at or after line. Returns 0 or ERR_IO. */
int ldif_source_skip(struct ldif_source *s, unsigned long line) __attribute__((warn_unused_result));

#endif
