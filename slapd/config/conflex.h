#ifndef SLAPD_CONFIG_CONFLEX_H
#define SLAPD_CONFIG_CONFLEX_H

/*
 * The form of slapd.conf: logical lines (a line that begins with white space
 * continues the one before; "#" in the first column makes a comment, continuations
 * included) and words (white space separates, double quotes and backslash protect).
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct buf;
struct errbuf;

/* Reads a file's text; borrows it. */
struct conflex {
	struct bv left;
	unsigned long line; /* of the logical line given last: its first physical line, from 1 */
	unsigned long next_line;
};

struct conflex_words {
	struct bv *v;
	size_t n;
};

/* Begins at the first line of text. */
void conflex_init(struct conflex *l, struct bv text);

/*
 * Gives the next logical line that is neither blank nor a comment, joined in the arena. Returns 1,
 * 0 at the end, ERR_SYNTAX (a NUL byte) or ERR_LIMIT (longer than 4 MiB) with text but no place.
 */
int conflex_next(struct conflex *l, struct arena *a, struct bv *line_out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Splits a line into words without their quotes. 0 or ERR_SYNTAX when a quote is left open. */
int conflex_split(struct arena *a, struct bv line, struct conflex_words *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Returns words from..n joined by one space, each quoted where it must be to be read back. */
struct bv conflex_join(struct arena *a, const struct conflex_words *w, size_t from);

/* Returns what follows the first word of a line, spaces outside single quotes squeezed to one. */
struct bv conflex_rest(struct arena *a, struct bv line);

#endif
