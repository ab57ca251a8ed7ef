#ifndef SLAPD_CONFIG_CONFEDIT_H
#define SLAPD_CONFIG_CONFEDIT_H

/*
 * Changing the cn=config tree as LDAP operations do. The caller works on a copy,
 * builds a snapshot from it (conf_build) and throws the copy away when anything is
 * refused. Entry-level rules are enforced here: which entries may stand where, naming, {n}
 * of names and values, single and ordered values, options that an entry may hold. What values mean
 * is conf_build's.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct conf_tree;
struct errbuf;
struct ldif_record;
struct schema;
struct wire_add;
struct wire_modify;
struct wire_moddn;

/* Who changes, for the operational attributes of the entries touched; schema: of the present
 * snapshot, to read names. */
struct confedit_by {
	const struct schema *schema;
	struct arena *scratch; /* of the operation */
	struct bv dn;	       /* pretty; "" for the server itself */
	unsigned server_id;    /* for CSNs */
	bool restoring; /* slapadd: operational attributes of new entries are taken as given */
};

/* Returns a copy of a tree in memory of its own; conf_tree_free frees it. */
struct conf_tree *confedit_copy(const struct conf_tree *t);

/* Gives every value its entry's name as its place, for texts: the files it came from are then
 * forgotten. */
void confedit_name_places(struct conf_tree *t);

/*
 * Each applies one operation and returns an LDAP result code with a text in e that names the entry,
 * the attribute and the value and what was expected; the tree is then half changed. *dn_out (may be
 * NULL) gets the name that the entry has now, in the tree's arena: the server chooses {n} where the
 * request has none.
 */
int confedit_add(struct conf_tree *t, const struct confedit_by *by, const struct wire_add *q,
    struct bv *dn_out, struct errbuf *e) __attribute__((warn_unused_result));
int confedit_modify(struct conf_tree *t, const struct confedit_by *by, const struct wire_modify *q,
    struct errbuf *e) __attribute__((warn_unused_result));
int confedit_delete(struct conf_tree *t, const struct confedit_by *by, struct bv dn,
    struct errbuf *e) __attribute__((warn_unused_result));
int confedit_rename(struct conf_tree *t, const struct confedit_by *by, const struct wire_moddn *q,
    struct bv *dn_out, struct errbuf *e) __attribute__((warn_unused_result));

/* Applies one record of an LDIF file, content (as an add) or a change. As the four above. */
int confedit_record(struct conf_tree *t, const struct confedit_by *by,
    const struct ldif_record *rec, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns the name of the deepest entry on the way to dn ("" when there is none), in scratch: the
 * matchedDN of noSuchObject. */
struct bv confedit_matched(const struct conf_tree *t, const struct confedit_by *by, struct bv dn);

#endif
