#ifndef SLAPD_CONFIG_CONFATTR_H
#define SLAPD_CONFIG_CONFATTR_H

/* What the attributes of a request mean in an entry of cn=config. */

#include "base/bv.h"

struct attr_type;
struct confchange;
struct option;

/* What an attribute description means in an entry of cn=config. */
enum confattr_role {
	CONFATTR_OPTION,
	CONFATTR_CLASSES, /* objectClass */
	CONFATTR_NAME,	  /* the naming attribute */
};

struct confattr {
	enum confattr_role role;
	const struct option *option; /* CONFATTR_OPTION */
	const struct attr_type *type;
};

/* Finds out what a description means for the node. 0, or an LDAP code: 17, 19, 65 with text. */
int confattr_find(const struct confchange *c, struct bv desc, struct confattr *out)
    __attribute__((warn_unused_result));

/* Returns a text's beginning, fit to be shown. In the scratch arena. */
struct bv confattr_show(const struct confchange *c, struct bv text);

#endif
