#ifndef SLAPD_CONFIG_OPTMONITOR_H
#define SLAPD_CONFIG_OPTMONITOR_H

/* The rows about what the server tells of itself. Each applies one value; see struct option. */

#include "base/bv.h"

struct conf_build;
struct errbuf;
struct option;

/* 0, or ERR_CONFIG with a text that names what was expected. */
int optmonitor_log_format(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int optmonitor_metrics(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

#endif
