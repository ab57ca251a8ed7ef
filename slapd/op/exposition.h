#ifndef SLAPD_OP_EXPOSITION_H
#define SLAPD_OP_EXPOSITION_H

/* The counters in Prometheus' text format 0.0.4. */

struct buf;
struct world;

/* Appends all metrics. Opens read transactions of its own: for any thread but the writers'. */
void exposition_print(const struct world *w, struct buf *out);

#endif
