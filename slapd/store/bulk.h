#ifndef SLAPD_STORE_BULK_H
#define SLAPD_STORE_BULK_H

/*
 * Loading many entries at once (slapadd): entries are appended in ID order and the
 * index keys are collected, sorted and appended in key order, which is many times faster
 * than one transaction per entry. Memory is bounded: sorted runs spill to temporary files in
 * the database directory and are merged.
 */

#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct bulk;
struct dn;
struct entry;
struct errbuf;
struct store;

/* Starts a load; the store must have been opened for writing by this process alone. run_bytes:
 * memory for sorting (0: 256 MiB). */
int bulk_begin(struct store *s, size_t run_bytes, struct bulk **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Adds an entry. ERR_NOT_FOUND: its superior is not there (yet); ERR_EXISTS: the DN is taken. The
 * bulk goes on. */
int bulk_add(struct bulk *b, const struct entry *e, uint64_t *id_out, struct errbuf *err)
    __attribute__((warn_unused_result));

/* Merges the index runs, commits and syncs; or throws everything away. Frees the bulk. */
int bulk_end(struct bulk **b, struct errbuf *e) __attribute__((warn_unused_result));
void bulk_abort(struct bulk **b);

#endif
