#ifndef SLAPD_STORE_GENERATION_H
#define SLAPD_STORE_GENERATION_H

/*
 * Generations of a database's configuration: a schema and an index list, as store_open and
 * store_configure were given them. Writers take the newest; a reader keeps the one it was made
 * with, and with it the views that were built for it. One lives until nobody holds it.
 */

#include "env.h"

struct view;

struct generation {
	const struct schema *schema;
	struct view *view; /* the newest published of this generation; takes one reference */
	unsigned refs;
	struct generation *next; /* of those that are alive */
	size_t spec_count;
	struct index_spec specs[];
};

/* Makes one that is not in force yet; copies the list. The caller has the only reference. */
struct generation *generation_new(
    struct store *s, const struct schema *schema, const struct index_spec *specs, size_t count);

/* Returns the one in force, with a reference of the caller's. */
struct generation *generation_take(struct store *s);

/* As generation_take, inside a write transaction: waits while the change that went before it is
 * being settled, so that the configuration is the one the tables were left in. */
struct generation *generation_take_writing(struct store *s);

/*
 * Returns, with a reference, one that the tables will be in when all changes so far are
 * committed: that which a view of another schema has to be compared with.
 */
struct generation *generation_take_coming(struct store *s);

/* Returns one of this schema, with a reference; made when there is none (without indexes: reading
 * needs no list). */
struct generation *generation_take_of(struct store *s, const struct schema *schema);

/* Gives a reference back; *g becomes NULL. NULL in *g is fine. */
void generation_release(struct store *s, struct generation **g);

/* Announces g, before the commit that brings the tables in line with it. */
void generation_propose(struct store *s, struct generation *g);

/* After that commit: g is in force, or (committed is false) it is not. */
void generation_settle(struct store *s, struct generation *g, bool committed);

#endif
