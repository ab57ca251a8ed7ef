#ifndef SLAPD_OP_DATABASE_H
#define SLAPD_OP_DATABASE_H

/*
 * An open store with its writer, shared by the worlds that serve it. LMDB must not be
 * opened twice in a process, so open databases are known by their directory.
 */

#include <stdbool.h>

struct conf_db;
struct database;
struct errbuf;
struct schema;
struct store;
struct writer;

/*
 * Opens the database of a configuration entry, or takes a reference to it when it is open: it must
 * then have the same suffix. write: for writing, with a writer; an open one is as it is. 0;
 * ERR_CONFIG, ERR_IO ... with a text that names the database and the cure.
 */
int database_get(const struct conf_db *db, const struct schema *schema, bool write,
    struct database **out, struct errbuf *e) __attribute__((warn_unused_result));

/* Gives a reference back; the last one ends the writer (what is queued is done first) and closes.
 * Sets *d to NULL; NULL in it is fine. */
void database_put(struct database **d);

/* The store, open as long as the reference is held. */
struct store *database_store(const struct database *d);

/* The writer; NULL when the database was not opened for writing. */
struct writer *database_writer(const struct database *d);

#endif
