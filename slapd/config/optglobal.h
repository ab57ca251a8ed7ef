#ifndef SLAPD_CONFIG_OPTGLOBAL_H
#define SLAPD_CONFIG_OPTGLOBAL_H

/* The rows that are not about one database. */

#include "base/bv.h"

struct conf_build;
struct errbuf;
struct option;

/* Each applies one value; see struct option. 0, or ERR_CONFIG with a text that names what was
 * expected. */
int optglobal_authz_policy(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_authz_regexp(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_idle(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_loglevel(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_module(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_password_hash(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_referral(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_rootdse(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_search_base(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_server_id(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optglobal_tcp_buffer(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

/* Checks that value is a URL to which clients can be referred. 0 or ERR_CONFIG. */
int optglobal_url(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

#endif
