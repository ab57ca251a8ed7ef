#ifndef SLAPD_CONFIG_CONFCHANGE_H
#define SLAPD_CONFIG_CONFCHANGE_H

/* The attributes of one entry of cn=config, changed as LDAP says (RFC 4511 4.6), with {n} values.
 */

#include <stddef.h>
#include "base/bv.h"

struct confattr;
struct confedit_by;
struct conf_node;
struct conf_tree;
struct errbuf;
struct wire_attr;
struct wire_mod;

struct confchange {
	struct conf_tree *tree;
	const struct confedit_by *by;
	struct conf_node *node;
	struct errbuf *e;
	const char *place; /* of new values: the entry's name, in the tree's arena */
};

/* Adds values to an attribute. what: "modify/add: " or "", for texts. 0 or an LDAP code. */
int confchange_add(const struct confchange *c, const struct confattr *attr,
    const struct wire_attr *values, const char *what) __attribute__((warn_unused_result));

/* Applies one modification of an option's values. 0 or an LDAP code. */
int confchange_apply(const struct confchange *c, const struct confattr *attr,
    const struct wire_mod *mod) __attribute__((warn_unused_result));

/* Checks that no value of an ordered attribute is there twice in the end. 0 or an LDAP code. */
int confchange_check_values(const struct confchange *c, const struct confattr *attr)
    __attribute__((warn_unused_result));

/* Checks what only the whole entry shows: single values, required attributes. 0 or an LDAP code. */
int confchange_check(const struct confchange *c) __attribute__((warn_unused_result));

#endif
