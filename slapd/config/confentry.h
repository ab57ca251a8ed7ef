#ifndef SLAPD_CONFIG_CONFENTRY_H
#define SLAPD_CONFIG_CONFENTRY_H

/* The cn=config tree as directory entries. */

struct conf_build;
struct errbuf;

/* Fills the snapshot's entries, parents before children. 0, or ERR_CONFIG when a value does not
 * have the syntax of its attribute. */
int confentry_build(struct conf_build *b, struct errbuf *e) __attribute__((warn_unused_result));

#endif
