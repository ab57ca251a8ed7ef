#ifndef SLAPD_CONFIG_OPTDB_H
#define SLAPD_CONFIG_OPTDB_H

/* The rows of databases: naming, identity, access, files. */

#include "base/bv.h"

struct conf_build;
struct errbuf;
struct option;

/* Each applies one value to b->db; see struct option. 0, or ERR_CONFIG with a text that names what
 * was expected. */
int optdb_access(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_deref(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_disabled(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_env_flags(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_lastmod(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_mode(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_monitoring(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_multi_provider(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_no_sync(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_rootdn(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_rootpw(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_schema_dn(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_subordinate(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_suffix(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optdb_updateref(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

#endif
