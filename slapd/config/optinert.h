#ifndef SLAPD_CONFIG_OPTINERT_H
#define SLAPD_CONFIG_OPTINERT_H

/* Rows without effect here whose values have a form all the same: what is wrong is refused. */

#include "base/bv.h"

struct conf_build;
struct errbuf;
struct option;

/* Each checks one value; see struct option. 0, or ERR_CONFIG with what was expected. */
int optinert_attribute(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optinert_checkpoint(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optinert_lastbind(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optinert_multival(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optinert_salt(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

#endif
