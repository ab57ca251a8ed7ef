#ifndef SLAPD_CONFIG_CONFCHECK_H
#define SLAPD_CONFIG_CONFCHECK_H

/* What only a whole database, or all of them together, can show to be wrong. */

struct conf_build;
struct conf_node;
struct errbuf;

/* Checks b->db, just filled from node: required options, root DN and password. 0 or ERR_CONFIG. */
int confcheck_db(struct conf_build *b, const struct conf_node *node, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Checks the databases against each other, and warns of what is open. 0 or ERR_CONFIG. */
int confcheck_all(struct conf_build *b, struct errbuf *e) __attribute__((warn_unused_result));

#endif
