#ifndef TOOLS_ACLENV_H
#define TOOLS_ACLENV_H

/* How slapacl's decisions read the opened databases: entries, groups, searches of set expressions.
 */

#include <stdbool.h>
#include "acl/decide.h"

struct common;
struct store_read;

struct aclenv {
	struct common *common;
	struct store_read **reads; /* by store of common; NULL: not begun */
	struct arena *scratch;
};

/* Prepares *x; nothing is read yet. */
void aclenv_init(struct aclenv *x, struct common *c);

/* Ends the transactions. */
void aclenv_done(struct aclenv *x);

/* Returns what decide_new takes; x must live as long. */
struct acl_env aclenv_env(struct aclenv *x);

/*
 * Finds the entry with a normal DN. 0 with *out and *record_out, which live until aclenv_done;
 * ERR_NOT_FOUND; or another ERR_* with e saying why.
 */
struct errbuf;
int aclenv_find(struct aclenv *x, struct bv normal_dn, struct acl_entry *out,
    struct record *record_out, struct errbuf *e) __attribute__((warn_unused_result));

#endif
