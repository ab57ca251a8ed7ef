#ifndef TOOLS_CONFMODIFY_H
#define TOOLS_CONFMODIFY_H

/* Changes of cn=config without a running server: the same steps as over LDAP. */

#include <stdbool.h>

struct common;

/*
 * Applies the LDIF records of the input to slapd.d, all of them or, unless -c, none. entries:
 * records are new entries (slapadd), else changes. Returns the exit status.
 */
int confmodify_run(struct common *c, bool entries) __attribute__((warn_unused_result));

#endif
