#ifndef SLAPD_ACL_ACL_H
#define SLAPD_ACL_ACL_H

/*
 * Access decisions. Every read, search term, comparison and write asks here; the
 * runner refuses an operation that succeeded without having asked.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct attr_desc;
struct conf;
struct conf_db;
struct schema_known;
struct acl;

/* Levels in rising order; each includes those below it (slapd.access(5)). */
enum acl_level {
	ACL_NONE,
	ACL_DISCLOSE,
	ACL_AUTH,
	ACL_COMPARE,
	ACL_SEARCH,
	ACL_READ,
	ACL_WRITE_ADD,
	ACL_WRITE_DELETE,
	ACL_WRITE,
	ACL_MANAGE,
};

/* Who asks. Empty normal DN: anonymous. */
struct acl_who {
	struct bv normal_dn;
	bool is_root; /* the database's rootdn, or the machine's root over ldapi on cn=config */
};

/* What is asked about. The pseudo attributes "entry" and "children" are given by name. */
enum acl_part { ACL_PART_ATTR, ACL_PART_ENTRY, ACL_PART_CHILDREN };

struct acl_target {
	struct bv normal_dn;
	enum acl_part part;
	const struct attr_desc *desc; /* ACL_PART_ATTR */
	struct bv value_normal;	      /* absent: the attribute as a whole */
};

/*
 * Compiles a database's access rules with the frontend's behind them. Memory from the arena.
 * Without any rule everybody reads; with rules, until the whole language is read, the rules of
 * Debian's installation apply: userPassword and shadowLastChange are written by their owner,
 * authenticated against by anonymous and hidden from others, everything else is readable.
 */
const struct acl *acl_compile(struct arena *a, const struct conf *c, const struct conf_db *db);

/* Decides. */
bool acl_allows(const struct acl *acl, const struct acl_who *who, const struct acl_target *t,
    enum acl_level level);

/* Returns whether who may read every attribute of every entry: lets a search copy whole records. */
bool acl_reads_all(const struct acl *acl, const struct acl_who *who);

/* Returns whether the decision on this attribute depends on the entry or value for who; when not,
 * *allowed_out is the answer for every entry. */
bool acl_decided_once(const struct acl *acl, const struct acl_who *who,
    const struct attr_desc *desc, enum acl_level level, bool *allowed_out);

#endif
