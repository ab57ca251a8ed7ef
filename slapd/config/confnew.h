#ifndef SLAPD_CONFIG_CONFNEW_H
#define SLAPD_CONFIG_CONFNEW_H

/* The contents of an entry that is added to cn=config. */

struct confchange;
struct wire_add;

/* Puts the attributes of an add request into the node, which is new and empty. 0 or an LDAP code.
 */
int confnew_fill(const struct confchange *c, const struct wire_add *q)
    __attribute__((warn_unused_result));

#endif
