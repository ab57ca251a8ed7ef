#ifndef SLAPD_WIRE_LDIF_LINES_H
#define SLAPD_WIRE_LDIF_LINES_H

/* The lines of one LDIF record: unfolded, without comments, split and decoded. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct errbuf;

struct ldif_lines {
	struct arena *arena;
	const char *name; /* of the file, for error texts */
	struct errbuf *e;
	size_t max_value_bytes; /* what values from files may still take */
	uint8_t *p;		/* next physical line */
	uint8_t *end;
	unsigned long next_line;
	unsigned long line; /* number of the current logical line */
	bool have;	    /* there is a current line */
	bool dash;	    /* it is "-" */
	struct bv desc;	    /* else: what stands before the colon */
	struct bv value;    /* and the decoded value */
};

/* Goes to the next logical line; l->have tells whether there is one. 0, ERR_SYNTAX or ERR_LIMIT. */
int ldif_lines_next(struct ldif_lines *l) __attribute__((warn_unused_result));

/*
 * Decodes a value-spec behind its first colon (RFC 2849): plain, ": base64" or "< file URL".
 * A file that cannot be read is ERR_SYNTAX: the record is at fault, not the reader.
 */
int ldif_lines_value(struct ldif_lines *l, struct bv spec, struct bv *out)
    __attribute__((warn_unused_result));

/* Writes "name:line: reason" for the current line and returns code. */
int ldif_lines_fail(const struct ldif_lines *l, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
