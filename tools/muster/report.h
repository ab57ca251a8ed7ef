#ifndef MUSTER_REPORT_H
#define MUSTER_REPORT_H

/* What a server's figures mean, for people, on standard output. */

#include <stdio.h>
#include "base/bv.h"

struct figures;

/* Prints rows of a table; before: figures taken earlier, for rates, or NULL. */
void report_text(const struct figures *f, const struct figures *before);

/* Operations done per second, of one kind ("Search") or (NULL) of all; over how many seconds. */
double report_rate(const struct figures *f, const struct figures *before, const char *name);
double report_span_s(const struct figures *f, const struct figures *before);

/* Writes bytes of a server without those that steer a terminal. */
void report_bytes(FILE *out, struct bv text);

#endif
