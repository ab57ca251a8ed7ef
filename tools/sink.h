#ifndef TOOLS_SINK_H
#define TOOLS_SINK_H

/* Where slapadd puts entries: one transaction that commits as a whole, or a bulk load. */

#include <stdbool.h>
#include <stdint.h>

struct common_store;
struct entry;
struct errbuf;
struct sink;

/* Starts on a store opened for writing; memory is freed by commit and abort. 0 or ERR_*. */
int sink_begin(const struct common_store *s, bool bulk, struct sink **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Adds an entry. 0; ERR_NOT_FOUND: its superior is not there (yet); ERR_EXISTS: the DN is taken;
 * after these the sink goes on. Other ERR_* with text: give up.
 */
int sink_add(struct sink *k, const struct entry *entry, uint64_t *id_out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Makes durable what was added so far and goes on; a bulk load, which cannot, does nothing. */
int sink_checkpoint(struct sink *k, struct errbuf *e) __attribute__((warn_unused_result));

/* Commits and syncs. *k is NULL afterwards in any case. */
int sink_commit(struct sink **k, struct errbuf *e) __attribute__((warn_unused_result));

/* Throws away what was added since the last checkpoint. NULL in *k is fine. */
void sink_abort(struct sink **k);

#endif
