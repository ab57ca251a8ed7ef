#ifndef SLAPD_STORE_ENV_H
#define SLAPD_STORE_ENV_H

/*
 * The LMDB environment of a database and the one place that translates LMDB's codes.
 * struct store is shared by the modules of this room only.
 */

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include "base/bv.h"
#include "store/store.h"

enum { ENV_FORMAT = 1, ENV_USES = 1024 };

struct generation;

struct store {
	MDB_env *env;
	MDB_dbi entries;     /* ID -> record */
	MDB_dbi tree;	     /* parent ID, RDN -> ID */
	MDB_dbi index;	     /* slot, key -> IDs */
	MDB_dbi meta;	     /* name -> value */
	MDB_dbi attrs;	     /* attribute number -> description */
	struct arena *arena; /* until store_close */
	const char *directory;
	struct bv suffix_normal;
	size_t suffix_rdns;
	bool read_only;
	bool loading;	      /* the lock is exclusive */
	int lock_fd;	      /* the directory, locked shared while open for writing; -1: none */
	atomic_bool building; /* an index is not ready, or one is to be dropped */
	struct generation *newest;	/* in force; takes one reference */
	struct generation *proposed;	/* its commit is under way; NULL: none */
	struct generation *generations; /* all that are alive */
	pthread_mutex_t view_lock;	/* guards the three, published views, reference counts */
	pthread_cond_t settled;		/* proposed has become NULL; with view_lock */
	pthread_mutex_t config_lock;	/* orders changes of configuration; guards wake, wake_arg */
	atomic_ulong uses[ENV_USES];	/* terms that a slot has served, by number modulo */
	void (*wake)(void *arg);	/* tells the writing thread that building is set */
	void *wake_arg;
};

/* Notes that a plan uses the slot, and tells how often that was. Slots whose numbers are a multiple
 * of ENV_USES apart share a count: few databases have as many, and it is not worth more. */
static inline void
env_note_use(struct store *s, uint32_t slot)
{
	atomic_fetch_add_explicit(&s->uses[slot % ENV_USES], 1, memory_order_relaxed);
}

static inline uint64_t
env_uses(struct store *s, uint32_t slot)
{
	return atomic_load_explicit(&s->uses[slot % ENV_USES], memory_order_relaxed);
}

/* Sets what store_configure calls, holding config_lock, when it has left work for the builder;
 * NULL: nobody. */
void env_on_work(struct store *s, void (*wake)(void *arg), void *arg);

/* Opens the files of o->directory into s. As store_open. */
int env_open(struct store *s, const struct store_options *o, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Closes what env_open opened. */
void env_close(struct store *s);

/* Translates an LMDB code; what says what was being done. 0 stays 0. */
int env_error(const struct store *s, int rc, const char *what, struct errbuf *e);

/* Named values of meta. Get: 0, ERR_NOT_FOUND, ERR_IO; the view lives as long as the transaction.
 */
int env_meta_get(const struct store *s, MDB_txn *txn, struct bv name, struct bv *out)
    __attribute__((warn_unused_result));
int env_meta_put(const struct store *s, MDB_txn *txn, struct bv name, struct bv value)
    __attribute__((warn_unused_result));

/* A number in meta; missing: fallback. */
uint64_t env_meta_number(const struct store *s, MDB_txn *txn, struct bv name, uint64_t fallback);
int env_meta_put_number(const struct store *s, MDB_txn *txn, struct bv name, uint64_t number)
    __attribute__((warn_unused_result));

/* LMDB's view type from ours, and back. LMDB does not write through it. */
static inline MDB_val
val_of(struct bv b)
{
	return (MDB_val){b.n, (void *)(uintptr_t)b.p};
}

static inline MDB_val
val_id(const uint64_t *id)
{
	return (MDB_val){sizeof(*id), (void *)(uintptr_t)id};
}

static inline struct bv
val_bv(MDB_val v)
{
	return bv_make(v.mv_data, v.mv_size);
}

/* Reads an ID out of a key or value; 0, which is no ID, when the size is wrong. */
static inline uint64_t
val_read_id(MDB_val v)
{
	uint64_t id = 0;

	if (v.mv_size == sizeof(id))
		memcpy(&id, v.mv_data, sizeof(id));
	return id;
}

#endif
