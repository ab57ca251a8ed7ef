#ifndef SLAPD_STORE_STORE_H
#define SLAPD_STORE_STORE_H

/*
 * One database: an LMDB environment with entries, tree, indexes and meta.
 * Readers never block and are never blocked; one writer at a time per process,
 * and across processes LMDB's lock orders writers. Acknowledged means fsynced.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "config/index_spec.h"
#include "store/record.h"

struct arena;
struct attr_map;
struct attr_type;
struct dn;
struct entry;
struct errbuf;
struct rdn;
struct schema;
struct store;
struct store_read;
struct store_write;

struct store_options {
	const char *directory;
	unsigned mode; /* of files created, 0600 by default */
	bool read_only;
	bool create;  /* make the files when missing (the directory must exist) */
	bool no_sync; /* slapadd -q: durable only after store_sync */
	const struct schema *schema;
	const struct dn *suffix;
	const struct index_spec *indexes; /* objectClass eq and entryUUID eq are always added */
	size_t index_count;
	unsigned max_readers; /* 0: default 126 * cores */
};

/*
 * Opens (and makes, when create) a database. 0; ERR_IO; ERR_CORRUPT; ERR_UNSUPPORTED (a newer
 * format); ERR_CONFIG (the directory is missing or another suffix's), with text naming the path and
 * the cure.
 */
int store_open(const struct store_options *o, struct store **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Stops the background index builder, closes; all transactions must be over. NULL in *s is fine. */
void store_close(struct store **s);

/*
 * Adopts a schema and index list (a new configuration generation), also while other threads read
 * and write; from any thread that is not inside a write transaction (it waits for one of
 * another's). From the next write transaction on the new schema is in force for writing; read
 * handles keep the one they were made with. New indexes are built by the background builder
 * (store_builder_step; the writing thread is woken) or by slapindex; until ready they are not used
 * by plans. The schema must live until a later call has succeeded or the store is closed, and every
 * handle made for it is freed; indexes is copied. 0; ERR_CONFIG with text when entries hold an
 * attribute type or object class that the new schema lacks, or has with another meaning; ERR_*: all
 * stays as it was.
 */
int store_configure(struct store *s, const struct schema *schema, const struct index_spec *indexes,
    size_t count, struct errbuf *e) __attribute__((warn_unused_result));

/*
 * Whether entries hold an attribute type (its subtypes aside) or object class, named as in the
 * schema in force: 0: none does, or there is no such definition; 1: some do, with a phrase in e
 * that names one, or it would take too long to find out; ERR_*. Takes a read transaction and at
 * most about a second.
 */
int store_uses_attr(struct store *s, struct bv name, struct errbuf *e)
    __attribute__((warn_unused_result));
int store_uses_class(struct store *s, struct bv name, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Returns whether index building work is left; does one bounded step of it in a write transaction
 * when called by the writer thread. 1: more to do, 0: all ready, ERR_*: failed. */
int store_builder_step(struct store *s, struct errbuf *e) __attribute__((warn_unused_result));
bool store_builder_pending(const struct store *s);

/* Flushes to disk (after no_sync writes). */
int store_sync(struct store *s, struct errbuf *e) __attribute__((warn_unused_result));

/* ---- reading: a handle is used by one thread and reused for many transactions ---- */

/* Returns a new handle: it reads with the schema that is in force now, whatever store_configure
 * does later. */
struct store_read *store_read_new(struct store *s);

/* Returns a new handle that reads with this schema: of a configuration that was in force, or is
 * about to be. */
struct store_read *store_read_new_for(struct store *s, const struct schema *schema);

/* Ends its transaction, if one is open, and frees it. NULL in *r is fine. */
void store_read_free(struct store_read **r);

/* Begins a read transaction on the newest committed state. 0, ERR_IO, or ERR_LIMIT (reader table
 * full). */
int store_read_begin(struct store_read *r, struct errbuf *e) __attribute__((warn_unused_result));
/* Ends it; views obtained are invalid. Harmless when none is open. */
void store_read_end(struct store_read *r);

/* Returns whether a transaction is open on the handle. */
bool store_read_is_open(const struct store_read *r);

/* The map that fits the open transaction, of the handle's schema; valid until it ends. */
const struct attr_map *store_read_map(const struct store_read *r);

/* Finds an entry by DN. Returns 0 with its ID; ERR_NOT_FOUND with *matched_out = ID of the nearest
 * existing superior (0: none, not even the suffix entry). */
int store_find(struct store_read *r, const struct dn *dn, uint64_t *id_out, uint64_t *matched_out)
    __attribute__((warn_unused_result));

/* Finds a child by normalized RDN. */
int store_find_child(struct store_read *r, uint64_t parent, struct bv rdn_normal, uint64_t *id_out)
    __attribute__((warn_unused_result));

/* Reads a record. 0, ERR_NOT_FOUND, or ERR_CORRUPT (logged with the ID; e names the entry). */
int store_get(struct store_read *r, uint64_t id, struct record *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Builds pretty and normal DN texts of an entry by walking up; a small cache of superiors in r
 * makes siblings cheap. Either out may be NULL. Memory from the arena. */
int store_dn(struct store_read *r, const struct record *rec, struct arena *a, struct bv *pretty_out,
    struct bv *normal_out) __attribute__((warn_unused_result));

/* Children: whether there are any, how many, and the next one after a given child in RDN order (0:
 * first). */
bool store_has_children(struct store_read *r, uint64_t id);
uint64_t store_child_count(struct store_read *r, uint64_t id);
int store_next_child(struct store_read *r, uint64_t parent, struct bv after_rdn_normal,
    uint64_t *id_out, struct bv *rdn_normal_out) __attribute__((warn_unused_result));

/* Next entry in ID order at or after *id. 0 with *id and *out set, ERR_NOT_FOUND at the end,
 * ERR_CORRUPT. */
int store_next(struct store_read *r, uint64_t *id, struct record *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Number of entries, for cn=monitor and estimates. */
uint64_t store_entry_count(struct store_read *r);

/* ---- writing: one write transaction at a time ---- */

/* Begins; waits for another process that writes. 0, ERR_DENIED (opened read-only), ERR_IO. */
int store_write_begin(struct store *s, struct store_write **out, struct errbuf *e)
    __attribute__((warn_unused_result));
/* Makes everything durable, or (ERR_*) nothing; *w is NULL either way. */
int store_write_commit(struct store_write **w, struct errbuf *e)
    __attribute__((warn_unused_result));
/* Forgets every change. NULL in *w is fine. */
void store_write_abort(struct store_write **w);

/* Reads inside the write transaction go through this handle: it sees the transaction's own changes.
 */
struct store_read *store_write_reader(struct store_write *w);

/* Returns the schema in force for this transaction: the one to prepare changes with. */
const struct schema *store_write_schema(struct store_write *w);

/*
 * Adds an entry under parent (0: e is the suffix entry, or at the top of the "" database). e->dn
 * must be set. The caller has checked that the DN is free; ERR_EXISTS otherwise. *id_out gets the
 * new ID.
 */
int store_add(struct store_write *w, uint64_t parent, const struct entry *e, uint64_t *id_out,
    struct errbuf *err) __attribute__((warn_unused_result));

/* Replaces the content of entry id; the RDN stays. Index changes follow from the difference. */
int store_replace(struct store_write *w, uint64_t id, const struct entry *e, struct errbuf *err)
    __attribute__((warn_unused_result));

/* Removes a leaf entry; ERR_EXISTS when it has children. */
int store_delete(struct store_write *w, uint64_t id, struct errbuf *err)
    __attribute__((warn_unused_result));

/* Gives entry id a new RDN and/or parent and new content: one record and one tree key change. */
int store_move(struct store_write *w, uint64_t id, uint64_t new_parent, const struct entry *e,
    struct errbuf *err) __attribute__((warn_unused_result));

/* Small named values in meta ("contextCSN" ...). */
int store_meta_put(struct store_write *w, const char *name, struct bv value, struct errbuf *e)
    __attribute__((warn_unused_result));
int store_meta_get(struct store_read *r, const char *name, struct bv *value_out)
    __attribute__((warn_unused_result));

/* ---- whole-database work, for the tools ---- */

/* Called for each problem found; arg is the caller's. */
typedef void store_report_fn(void *arg, uint64_t id, const char *text);

/* Verifies every record, tree key and index key against each other. Returns the count of problems
 * or ERR_IO. */
int64_t store_check(struct store *s, store_report_fn *report, void *arg, struct errbuf *e);

/* Rebuilds the indexes of the given types (none: all) from the entries. progress may be NULL. */
int store_reindex(struct store *s, const struct attr_type *const *types, size_t count,
    void (*progress)(void *arg, uint64_t done, uint64_t total), void *arg, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
