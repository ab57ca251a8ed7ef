#ifndef MUSTER_REPORTJSON_H
#define MUSTER_REPORTJSON_H

#include "base/bv.h"

struct figures;

/*
 * Prints a server's figures as one JSON object on standard output; before: figures taken earlier,
 * for the rate, or NULL. Bytes that are not UTF-8 are shown as json.h says.
 */
void reportjson_print(
    const struct figures *f, const struct figures *before, struct bv server, struct bv version);

#endif
