#ifndef SLAPD_CONFIG_CONF_H
#define SLAPD_CONFIG_CONF_H

/*
 * The configuration as the server uses it: an immutable snapshot built from the
 * cn=config tree (conftree.h), which is read from slapd.conf or slapd.d. New
 * operations take the newest snapshot; running ones keep theirs.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "config/conf_db.h"
#include "config/conf_policy.h"
#include "config/conf_tls.h"
#include "wire/filter.h"
#include "wire/message.h"

struct arena;
struct conf_tree;
struct confschema_shared;
struct entry;
struct errbuf;
struct schema;

/* Sizes of the kernel's buffers of connections; 0: the system's. */
struct conf_tcp_buffer {
	struct bv listener; /* URL as given to -h; absent: all */
	int read_bytes, write_bytes;
};

struct conf {
	atomic_int refs;
	struct arena *arena; /* owns everything below */
	const struct schema *schema;
	struct confschema_shared *schema_shared; /* who owns the schema */
	const struct conf_tree *tree;

	struct conf_db *dbs; /* in order; frontend first, config second */
	size_t db_count;
	const struct conf_db *frontend;
	const struct conf_db *config;

	struct conf_limits
	    limits;		/* the frontend's; 500/5000 entries and 30/120 s when not given */
	int threads;		/* worker pool; 0: cores - 1, at least 1 */
	int loops;		/* event loops; 0: one per core */
	int64_t idle_timeout_s; /* 0: none */
	int64_t idle_timeout_auth_s;
	int64_t write_timeout_s;
	int64_t request_timeout_s; /* a request that began to arrive must be complete */
	size_t max_incoming_bytes;
	size_t max_incoming_auth_bytes;
	unsigned max_pending;
	unsigned max_pending_auth;
	size_t max_unread_output_bytes;
	unsigned reserved_fds;
	unsigned max_tree_delete; /* entries one request may delete */
	unsigned max_aliases;	  /* aliases one search may follow */
	struct filter_limits filter_limits;
	struct message_limits message_limits;
	bool guarded;	      /* some database has restrict, require or security */
	unsigned local_ssf;   /* of ldapi connections */
	bool plain_passwords; /* simple binds with a password over the network in the clear */
	unsigned allow;	      /* enum conf_allow */
	unsigned disallow;    /* enum conf_disallow */
	const struct bv *referrals;
	size_t referral_count;
	const struct bv *rootdse_files;
	size_t rootdse_file_count;
	struct bv default_search_base; /* absent: none */
	struct bv pid_file;
	struct bv args_file;
	struct bv log_file; /* absent: none */
	const struct conf_tcp_buffer *tcp_buffers;
	size_t tcp_buffer_count;
	int log_levels;
	bool log_json;		/* each line of the log is a JSON object */
	struct bv metrics_host; /* absent: no metrics are served */
	uint16_t metrics_port;
	bool metrics_remote; /* metrics_host need not be of the loopback */
	unsigned server_id;
	struct bv password_hash; /* scheme for new passwords, "{ARGON2}" */
	struct conf_tls tls;
	int64_t tls_handshake_timeout_s;
	bool gentle_hup;
	bool machine_root;	     /* root over ldapi manages cn=config */
	bool anonymous_open;	     /* no access line anywhere: the start-up warning */
	const struct entry *entries; /* see conf_entries */
	size_t entry_count;
	const struct bv *warnings; /* what conf_build warned of, and logged: "file:line: ..." */
	size_t warning_count;
};

/* Reads slapd.conf (and its includes). 0 with a tree; ERR_CONFIG/ERR_IO with e = "file:line:
 * reason". */
int conf_read_file(const char *path, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Reads a slapd.d directory written by us or by OpenLDAP. */
int conf_read_dir(const char *path, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Builds a snapshot with one reference from a tree, which it takes over (freed with the snapshot;
 * on failure *tree stays the caller's). Checks everything that can be checked without opening
 * databases.
 */
int conf_build(struct conf_tree **tree, struct conf **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * As conf_build for a changed copy of a running snapshot's tree: when both define the same schema
 * the new snapshot shares before's schema object, so that attribute types stay the same pointers.
 * Neither snapshot needs the other to live.
 */
int conf_build_next(struct conf_tree **tree, const struct conf *before, struct conf **out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Writes the tree as a slapd.d directory: into a new folder that is renamed into place; ERR_EXISTS
 * when path holds a configuration already. */
int conf_write_dir(const struct conf_tree *t, const char *path, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Frees a tree that no snapshot has taken over, wiping it. Sets *t to NULL; NULL in it is fine. */
void conf_tree_free(struct conf_tree **t);

/* Adds a reference; returns c. */
struct conf *conf_ref(struct conf *c);
/* Drops a reference; the last one frees. Sets *c to NULL. */
void conf_unref(struct conf **c);

/* Returns the database whose suffix is the longest one that holds the normal DN, or NULL. Frontend
 * never. */
const struct conf_db *conf_db_for(const struct conf *c, struct bv normal_dn);

/*
 * The cn=config tree as entries, parents before children, for searching it: count in *count_out.
 * Built once per snapshot; values of olcRootPW are there (access decides who sees them).
 */
const struct entry *conf_entries(const struct conf *c, size_t *count_out);

#endif
