#ifndef SLAPD_CONFIG_OPTLIMIT_H
#define SLAPD_CONFIG_OPTLIMIT_H

/* sizelimit and timelimit. */

#include "base/bv.h"

struct conf_build;
struct errbuf;
struct option;

/* Each applies one value to the limits of b->db, or of the frontend. 0 or ERR_CONFIG. */
int optlimit_size(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optlimit_time(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

#endif
