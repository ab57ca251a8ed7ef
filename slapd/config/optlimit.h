#ifndef SLAPD_CONFIG_OPTLIMIT_H
#define SLAPD_CONFIG_OPTLIMIT_H

/* sizelimit, timelimit, and the <limit> words of limits. */

#include "base/bv.h"

struct conf_build;
struct conf_limits;
struct errbuf;
struct option;

/* Each applies one value to the limits of b->db, or of the frontend. 0 or ERR_CONFIG. */
int optlimit_size(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optlimit_time(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

/*
 * Keeps a "limits" line with b->db after a look at its <limit> words. Who it is for needs the
 * schema's and regex's rules: acl/limits.h compiles that. 0 or ERR_CONFIG.
 */
int optlimit_limits(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

/* Puts one <limit> word ("size.hard=100") into l. 0, or ERR_CONFIG with the forms there are. */
int optlimit_word(struct bv word, struct conf_limits *l, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
