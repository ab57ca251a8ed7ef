#ifndef SLAPD_CONFIG_CONF_DB_H
#define SLAPD_CONFIG_CONF_DB_H

/* One database of the configuration (conf.h), the frontend included. Immutable. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "config/conf_policy.h"
#include "config/index_spec.h"
#include "model/dn.h"

enum conf_db_type { CONF_DB_FRONTEND, CONF_DB_CONFIG, CONF_DB_MDB, CONF_DB_MONITOR };

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

#endif
