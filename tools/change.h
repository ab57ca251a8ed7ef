#ifndef TOOLS_CHANGE_H
#define TOOLS_CHANGE_H

/*
 * Changes to stored entries without a server (slapmodify): each is checked completely
 * before the transaction is touched. All return 0, an LDAP result code, or an ERR_* after
 * which the transaction must be thrown away; the text says why.
 */

#include <stdint.h>
#include "tools/ldifentry.h"

struct arena;
struct dn;
struct entry;
struct errbuf;
struct ldif_record;
struct store_write;

struct change {
	struct ldifentry how;
	struct arena *arena; /* of this change */
	struct store_write *write;
	struct errbuf *text;
};

/* Finds and decodes an entry: 0, 32, or ERR_*. */
int change_load(const struct change *c, const struct dn *dn, uint64_t *id_out, struct entry *out)
    __attribute__((warn_unused_result));

/* One change record each; *id_out is the entry's. */
int change_add(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
    __attribute__((warn_unused_result));
int change_delete(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
    __attribute__((warn_unused_result));
int change_modify(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
    __attribute__((warn_unused_result));
int change_rename(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
    __attribute__((warn_unused_result));

#endif
