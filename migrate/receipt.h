#ifndef MIGRATE_RECEIPT_H
#define MIGRATE_RECEIPT_H

/*
 * The receipt of an apply: what was added and what stood there before, in a text
 * file that --undo reads. docs/migrate.md has the format.
 */

#include "plan.h"

struct receipt;

/* One step of a receipt that was read. */
struct receipt_step {
	struct receipt_step *older; /* the step before, or NULL */
	size_t line;
	bool added;  /* the entry was added; otherwise changed */
	bool failed; /* the server refused it: there is nothing to undo */
	struct bv dn;
	struct record *plus;  /* values added */
	struct record *minus; /* values that were replaced */
	struct record *equal; /* values put in their place */
};

/*
 * Returns a receipt that will be written to path, or, when path is NULL, to a file named after the
 * time in the present folder. The file is made, mode 0600, at the first step; one that exists is
 * never written over.
 */
struct receipt *receipt_new(struct arena *arena, const char *path, const char *uri)
    __attribute__((returns_nonnull));

/*
 * Writes the step before it is sent, so that a receipt never knows less than the server. Returns 0,
 * or ERR_IO after saying why.
 */
int receipt_write(struct receipt *r, const struct plan_change *change)
    __attribute__((warn_unused_result));

/* Writes that the server refused the latest step for dn. */
void receipt_failed(struct receipt *r, struct bv dn);

/*
 * Brings the file to disk and closes it. Returns its path, NULL when no step was written, and sets
 * *ok to whether all of it could be written.
 */
const char *receipt_close(struct receipt *r, bool *ok);

/*
 * Reads the receipt at path. Returns 0 and the latest step in *last_out, or ERR_IO or ERR_SYNTAX
 * after saying why. A file that others could have written is refused.
 */
int receipt_read(struct arena *arena, const char *path, struct receipt_step **last_out)
    __attribute__((warn_unused_result));

#endif
