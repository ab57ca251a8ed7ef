#ifndef SLAPD_OP_WORLD_H
#define SLAPD_OP_WORLD_H

/*
 * What operations run against: the configuration snapshot with its open databases,
 * compiled access rules and the entries that exist in memory only (root DSE,
 * cn=Subschema, cn=config). Immutable once opened; shared by all threads and counted. A
 * change of the configuration makes another world, which shares the open databases.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "config/conf.h"
#include "store/record.h"

struct acl_rules;
struct attr_map;
struct database;
struct decide_memo;
struct errbuf;
struct host;
struct limits;
struct match;
struct pool;
struct store;
struct store_read;
struct writer;

/* An entry that lives in memory. */
struct memory_entry {
	struct dn dn;
	struct record record;
};

/* A tree of entries in memory, answered by op/memory.c. */
struct memory_db {
	const struct attr_map *map;
	const struct memory_entry *entries; /* superiors first */
	size_t count;
};

struct backend {
	const struct conf_db *conf;
	const struct acl_rules *rules;
	const struct limits *limits; /* of particular identities */
	struct database *database;   /* holds store and writer; NULL in memory */
	struct store *store;	     /* NULL for databases in memory, and absent in a rescue */
	struct writer *writer;	     /* NULL when read-only or in memory */
	const struct memory_db *memory;
	size_t index; /* in world->backends, and in each thread's readers */
};

struct world {
	atomic_int refs;
	struct conf *conf;
	struct backend *backends;
	size_t backend_count;
	const struct acl_rules *frontend_rules; /* root DSE and subschema */
	struct match *referrals;		/* (objectClass=referral), resolved once */
	struct match *aliases;			/* (objectClass=alias) */
	struct memory_db rootdse;		/* one entry */
	struct memory_db rootdse_local;		/* as seen where SASL EXTERNAL is offered */
	struct memory_db subschema;		/* one entry */
	bool rescue;	    /* databases that could not be opened are absent: no store */
	uint8_t secret[16]; /* of this process: keys the marks on paging cookies */
	struct pool *pool;  /* for what takes milliseconds; NULL in tools */
	struct host *host;  /* NULL in tools */
	struct arena *arena;
};

/* One per thread that runs operations: read handles by backend index, made when first used. */
struct reader_set {
	struct world *world; /* has a reference to it */
	struct store_read **reads;
	struct arena *scratch; /* rewound after each use */
	struct arena *arena;   /* as long as the handles */
	struct decide_memo *
	    *memos;		 /* by backend index, then the frontend's; made when first used */
	struct reader_set *next; /* of the owner's list */
	unsigned users;		 /* operations that use it; the owner's count */
};

/*
 * Opens every database of the snapshot (taking a reference to it) and starts their writers.
 * write: whether databases are opened for writing. 0 with one reference, or ERR_* with text.
 */
int world_open(struct conf *conf, bool write, struct world **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* As world_open for writing, but a database that cannot be opened is logged and left out. */
int world_open_rescue(struct conf *conf, struct world **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Makes the world of a changed snapshot: databases that both have are shared and stay as they are,
 * new ones are opened. As world_open, but one that a rescue left out may stay so; nothing is
 * different for the old world.
 */
int world_next(const struct world *old, struct conf *conf, struct world **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Gives the shared databases the schema and indexes of w where `from` has others. 0, or ERR_* with
 * everything as it was. Writers should be paused.
 */
int world_configure(const struct world *w, const struct world *from, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Keeps the writers of w between two operations; world_resume lets them go on. */
void world_pause(const struct world *w);
void world_resume(const struct world *w);

/* Adds a reference; returns w. */
struct world *world_ref(struct world *w);

/* Gives a reference back; the last one ends writers nobody else has (what is queued is done first),
 * closes their databases and drops the snapshot. Sets *w to NULL; NULL in it is fine. */
void world_unref(struct world **w);

/* Returns the backend whose suffix holds the normal DN best, or NULL. */
const struct backend *world_backend(const struct world *w, struct bv normal_dn);

/* Returns the backend glued directly or indirectly under be: the next after *from (start: 0), NULL
 * when done. */
const struct backend *world_glued(const struct world *w, const struct backend *be, size_t *from);

/* Returns whether a DN is the identity with all rights on the backend. */
bool world_is_root(const struct backend *be, struct bv normal_dn);

/* Makes a thread's read handles, with a reference to w; reader_set_free ends them. */
struct reader_set *reader_set_new(struct world *w);
void reader_set_free(struct reader_set **r);
struct store_read *reader_set_get(struct reader_set *r, const struct backend *be);

#endif
