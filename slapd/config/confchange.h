#ifndef SLAPD_CONFIG_CONFCHANGE_H
#define SLAPD_CONFIG_CONFCHANGE_H

/* The attributes of one entry of cn=config, changed as LDAP says (RFC 4511 4.6), with {n} values.
 */

#include <stddef.h>
#include "base/bv.h"

struct attr_type;
struct confedit_by;
struct conf_node;
struct conf_tree;
struct errbuf;
struct option;
struct wire_attr;
struct wire_mod;

struct confchange {
	struct conf_tree *tree;
	const struct confedit_by *by;
	struct conf_node *node;
	struct errbuf *e;
	const char *place; /* of new values: the entry's name, in the tree's arena */
};

/* What an attribute description means in an entry of cn=config. */
enum confchange_role {
	CONFCHANGE_OPTION,
	CONFCHANGE_CLASSES, /* objectClass */
	CONFCHANGE_NAME,    /* the naming attribute */
};

struct confchange_attr {
	enum confchange_role role;
	const struct option *option; /* CONFCHANGE_OPTION */
	const struct attr_type *type;
};

/* Finds out what a description means for the node. 0, or an LDAP code: 17, 19, 65 with text. */
int confchange_attr(const struct confchange *c, struct bv desc, struct confchange_attr *out)
    __attribute__((warn_unused_result));

/* Adds values to an attribute. what: "modify/add: " or "", for texts. 0 or an LDAP code. */
int confchange_add(const struct confchange *c, const struct confchange_attr *attr,
    const struct wire_attr *values, const char *what) __attribute__((warn_unused_result));

/* Applies one modification of an option's values. 0 or an LDAP code. */
int confchange_apply(const struct confchange *c, const struct confchange_attr *attr,
    const struct wire_mod *mod) __attribute__((warn_unused_result));

/* Checks what only the whole entry shows: single values, required attributes. 0 or an LDAP code. */
int confchange_check(const struct confchange *c) __attribute__((warn_unused_result));

/* Returns a text's beginning, fit to be shown. In the scratch arena. */
struct bv confchange_show(const struct confchange *c, struct bv text);

#endif
