#ifndef MIGRATE_LDIFOUT_H
#define MIGRATE_LDIFOUT_H

/* Writing LDIF (RFC 2849). */

#include <stdio.h>
#include "record.h"

/*
 * Writes "name: value", or "name:: base64" where RFC 2849 demands it, folded so that no line is
 * wider than wrap (0: never folded). The caller looks at ferror(out) at the end.
 */
void ldifout_value(FILE *out, const char *name, struct bv value, size_t wrap);

/* Writes the entry and an empty line. */
void ldifout_record(FILE *out, const struct record *rec, size_t wrap);

/*
 * Reads what ldifout_value wrote unfolded: splits line into name and value, the value decoded.
 * Returns whether the line has that form.
 */
bool ldifout_read(struct arena *arena, struct bv line, struct bv *name_out, struct bv *value_out);

#endif
