#ifndef SLAPD_WIRE_LDIF_H
#define SLAPD_WIRE_LDIF_H

/*
 * LDIF (RFC 2849): reading records of content and changes, writing content.
 * URLs (attr:< file:///path) are read for file: only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/bv.h"
#include "wire/message.h"

struct arena;
struct buf;
struct errbuf;

enum ldif_change { LDIF_CONTENT, LDIF_ADD, LDIF_DELETE, LDIF_MODIFY, LDIF_MODRDN };

struct ldif_record {
	unsigned long line; /* of the record's "dn:", from 1 */
	struct bv dn;
	enum ldif_change change;
	struct wire_attr
	    *attrs; /* content, add: grouped by description in order of first appearance */
	size_t attr_count;
	struct wire_mod *mods; /* modify */
	size_t mod_count;
	struct wire_moddn moddn; /* modrdn */
	struct wire_control *controls;
	size_t control_count;
};

struct ldif_reader;

/*
 * Returns a reader over an open file, which it borrows. name appears in error texts ("name:line:
 * ..."). The reader lives in heap memory until ldif_reader_free. Bound per record: max_record_bytes
 * (0: 64 MiB).
 */
struct ldif_reader *ldif_reader_new(FILE *f, const char *name, size_t max_record_bytes);
void ldif_reader_free(struct ldif_reader **r);

/*
 * Reads the next record into the arena. Returns 1 with *out filled, 0 at the end of the file, or
 * ERR_SYNTAX, ERR_LIMIT or ERR_IO with e = "name:line: reason"; after ERR_SYNTAX the reader is
 * positioned behind the bad record, so that a caller with -c can go on.
 * A value file (attr:< file:///path) that cannot be read is ERR_SYNTAX too, one too large
 * ERR_LIMIT; behind ERR_LIMIT the reader also stands after the record.
 * "version: 1" is accepted before any record (joined files); comments, folded lines, CRLF, base64,
 * missing final newline too.
 */
int ldif_next(struct ldif_reader *r, struct arena *a, struct ldif_record *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Skips forward to the record that starts at or after line (slapadd -j). Returns 0 or ERR_IO.
 */
int ldif_skip_to_line(struct ldif_reader *r, unsigned long line)
    __attribute__((warn_unused_result));

/*
 * Appends "desc: value" or "desc:: base64" with a newline, folded at wrap columns (0: the default
 * 78 as OpenLDAP's tools print; SIZE_MAX: never folded).
 */
void ldif_put(struct buf *out, struct bv desc, struct bv value, size_t wrap);

#endif
