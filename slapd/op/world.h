#ifndef SLAPD_OP_WORLD_H
#define SLAPD_OP_WORLD_H

/*
 * What operations run against: the configuration snapshot with its open databases,
 * compiled access rules and the entries that exist in memory only (root DSE,
 * cn=Subschema, cn=config). Immutable once opened; shared by all threads.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "acl/acl.h"
#include "base/bv.h"
#include "config/conf.h"
#include "store/record.h"

struct attr_map;
struct errbuf;
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
	const struct acl *acl;
	struct store *store;   /* NULL for databases in memory */
	struct writer *writer; /* NULL when read-only or in memory */
	const struct memory_db *memory;
	size_t index; /* in world->backends, and in each thread's readers */
};

struct world {
	struct conf *conf;
	struct backend *backends;
	size_t backend_count;
	const struct acl *frontend_acl; /* root DSE and subschema */
	struct match *referrals;	/* (objectClass=referral), resolved once */
	struct match *aliases;		/* (objectClass=alias) */
	struct memory_db rootdse;	/* one entry */
	struct memory_db rootdse_local; /* as seen over ldapi: SASL EXTERNAL is offered */
	struct memory_db subschema;	/* one entry */
	uint8_t secret[16];		/* of this process: keys the marks on paging cookies */
	struct pool *pool;		/* for what takes milliseconds; NULL in tools */
	struct arena *arena;
};

/* One per thread that runs operations: read handles by backend index, made when first used. */
struct reader_set {
	const struct world *world;
	struct store_read **reads;
	struct arena *scratch; /* rewound after each use */
};

/*
 * Opens every database of the snapshot (taking a reference to it) and starts their writers.
 * write: whether databases are opened for writing. 0 or ERR_* with text.
 */
int world_open(struct conf *conf, bool write, struct world **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Ends writers (what is queued is done first), closes databases, drops the snapshot. */
void world_close(struct world **w);

/* Returns the backend whose suffix holds the normal DN best, or NULL. */
const struct backend *world_backend(const struct world *w, struct bv normal_dn);

/* Returns the backend glued directly or indirectly under be: the next after *from (start: 0), NULL
 * when done. */
const struct backend *world_glued(const struct world *w, const struct backend *be, size_t *from);

/* Returns whether a DN is the identity with all rights on the backend. */
bool world_is_root(const struct backend *be, struct bv normal_dn);

/* Thread-local read handles. */
void reader_set_init(struct reader_set *r, const struct world *w);
void reader_set_done(struct reader_set *r);
struct store_read *reader_set_get(struct reader_set *r, const struct backend *be);

#endif
