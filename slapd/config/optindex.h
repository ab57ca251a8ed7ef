#ifndef SLAPD_CONFIG_OPTINDEX_H
#define SLAPD_CONFIG_OPTINDEX_H

/* The index rows of an mdb database. */

#include "base/bv.h"

struct conf_build;
struct errbuf;
struct option;

/* Applies one olcDbIndex value; b->index_default follows "index default". 0 or ERR_CONFIG. */
int optindex_apply(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

#endif
