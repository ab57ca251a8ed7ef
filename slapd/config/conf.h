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
#include "config/conf_tls.h"
#include "config/index_spec.h"
#include "model/dn.h"
#include "wire/filter.h"
#include "wire/message.h"

struct arena;
struct conf_tree;
struct confschema_shared;
struct entry;
struct errbuf;
struct schema;

enum conf_db_type { CONF_DB_FRONTEND, CONF_DB_CONFIG, CONF_DB_MDB, CONF_DB_MONITOR };

/* What may be done, as bits for restrict (forbidden operations). */
enum conf_restrict {
	CONF_OP_BIND = 1,
	CONF_OP_COMPARE = 2,
	CONF_OP_ADD = 4,
	CONF_OP_DELETE = 8,
	CONF_OP_MODIFY = 16,
	CONF_OP_RENAME = 32,
	CONF_OP_SEARCH = 64,
	CONF_OP_EXTENDED = 128,
	CONF_OP_START_TLS = 256, /* single extended operations: extended=<OID> */
	CONF_OP_PASSWD = 512,
	CONF_OP_WHOAMI = 1024,
	CONF_OP_CANCEL = 2048,
	CONF_OP_WRITES = CONF_OP_ADD | CONF_OP_DELETE | CONF_OP_MODIFY | CONF_OP_RENAME,
};

enum conf_allow {
	CONF_ALLOW_BIND_V2 = 1,
	CONF_ALLOW_BIND_ANON_CRED = 2,
	CONF_ALLOW_BIND_ANON_DN = 4,
	CONF_ALLOW_UPDATE_ANON = 8,
	CONF_ALLOW_PROXY_AUTHZ_ANON = 16,
};

enum conf_disallow {
	CONF_DISALLOW_BIND_ANON = 1,
	CONF_DISALLOW_BIND_SIMPLE = 2,
	CONF_DISALLOW_TLS_2_ANON = 4, /* StartTLS keeps the identity */
	CONF_DISALLOW_TLS_AUTHC = 8,  /* no StartTLS once bound */
	CONF_DISALLOW_PROXY_AUTHZ_NON_CRITICAL = 16,
	CONF_DISALLOW_DONT_USE_COPY_NON_CRITICAL = 32,
};

/* What sessions must be, for anything but Bind, Unbind and StartTLS. */
enum conf_require {
	CONF_REQUIRE_BIND = 1,
	CONF_REQUIRE_LDAP_V3 = 2,
	CONF_REQUIRE_AUTHC = 4,
	CONF_REQUIRE_SASL = 8,
	CONF_REQUIRE_STRONG = 16,
};

/* Strength (SSF) that a connection must have; 0: any. */
struct conf_strength {
	unsigned ssf, transport, tls, sasl;
	unsigned update_ssf, update_transport, update_tls, update_sasl;
	unsigned simple_bind;
};

enum {
	CONF_UNLIMITED = -1,
	CONF_PAGES_AS_HARD = 0,	  /* of page_total: the hard size limit */
	CONF_PAGES_DISABLED = -2, /* of page_total: no paged results */
};

/* Size and time limits; -1: unlimited. */
struct conf_limits {
	int64_t size_soft, size_hard; /* entries; hard 0: same as soft */
	int64_t time_soft, time_hard; /* seconds */
	int64_t unchecked; /* candidates a search may look at; -1: unlimited; 0: no search at all */
	int64_t page;	   /* entries on a page; 0 or -1: any number */
	int64_t page_total; /* entries on all pages; CONF_PAGES_AS_HARD, CONF_PAGES_DISABLED, -1 */
};

/* Where a line was read. */
struct conf_place {
	const char *file;
	unsigned long line; /* 0: not known more closely than the file */
};

/* One database. */
struct conf_db {
	enum conf_db_type type;
	int number;	/* the {n} of olcDatabase */
	struct bv name; /* "{1}mdb" */
	struct dn *suffixes;
	size_t suffix_count;
	bool has_rootdn;
	struct dn rootdn;
	struct bv rootpw; /* absent when not set */
	struct bv directory;
	unsigned mode;
	struct index_spec *indexes;
	size_t index_count;
	bool subordinate; /* glued under the database that holds its superior */
	bool hidden;
	bool readonly;
	bool lastmod;
	bool no_sync;		       /* always false: dbnosync is accepted and not followed */
	unsigned max_deref_depth;      /* alias chain length, default 15 */
	unsigned restrict_ops;	       /* enum conf_restrict; the frontend's included */
	unsigned requires;	       /* enum conf_require; likewise */
	struct conf_strength strength; /* likewise, where the database has no number of its own */
	bool has_limits;	       /* sizelimit or timelimit given here, else the frontend's */
	struct conf_limits limits;
	const struct bv *
	    access; /* access lines in order, without {n}; the frontend's follow a database's own */
	size_t access_count;
	const struct conf_place *access_places; /* where each of them stands */
	bool add_content_acl;			/* adding asks for every attribute */
	const struct bv *limit_lines;
	size_t limit_line_count;
	const struct bv *update_refs;
	size_t update_ref_count;
	bool monitoring;
	unsigned max_readers;	/* of the LMDB environment; 0: the store's default */
	size_t max_entry_bytes; /* largest entry; 0: no limit */
	bool advertise;		/* subordinate: its suffix is in the root DSE all the same */
};

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
