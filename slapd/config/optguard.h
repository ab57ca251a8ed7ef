#ifndef SLAPD_CONFIG_OPTGUARD_H
#define SLAPD_CONFIG_OPTGUARD_H

/* The rows that say which sessions may do what: allow, disallow, require, restrict, security. */

#include "base/bv.h"

struct conf;
struct conf_build;
struct errbuf;
struct option;

/*
 * Each applies one value to b->db, or to the frontend when b->db is NULL; allow and disallow to
 * the server as a whole. 0, or ERR_CONFIG with a text that names what was expected.
 */
int optguard_allow(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optguard_disallow(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optguard_readonly(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optguard_require(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optguard_restrict(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optguard_security(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

/* Notes in c->guarded whether any database has a condition at all. */
void optguard_note(struct conf *c);

#endif
