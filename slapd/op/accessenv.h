#ifndef SLAPD_OP_ACCESSENV_H
#define SLAPD_OP_ACCESSENV_H

/*
 * How access rules look beyond the entry asked about (struct acl_env): groups, sets. The
 * argument is the operation. Access is not asked here: the administrator who wrote the
 * rule decided what it looks at.
 */

#include "base/bv.h"

struct arena;
struct attr_desc;

/* Values and normal forms of an attribute, subtypes included, of any entry of any database. Returns
 * the count, -1 when there is no such entry or it cannot be read. */
int accessenv_values(void *op, struct bv normal_dn, const struct attr_desc *d, struct arena *a,
    const struct bv **values_out, const struct bv **normals_out);

/* Normal DNs of what an ldap:/// URL finds. Returns the count; -1 when the URL is none, names no
 * stored database, or the search is too large: the rule then does not hold. */
int accessenv_search(void *op, struct bv url, struct arena *a, const struct bv **dns_out);

#endif
