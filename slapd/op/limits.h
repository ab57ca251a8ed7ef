#ifndef SLAPD_OP_LIMITS_H
#define SLAPD_OP_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

struct backend;
struct op;

/* What a search may use. */
struct limits_in_force {
	int64_t size;	   /* entries, of all pages together; -1: none */
	int64_t time_s;	   /* -1: none */
	int64_t unchecked; /* candidates; -1: none */
};

/* Returns whether the search is to be answered in pages: it asks for them, and not for fewer
 * entries than one holds. */
bool limits_is_paged(const struct op *op);

/*
 * Combines what the client asks for with the limits of be for who asks (slapd.conf(5) "limits"):
 * 0 with *out, or 11 when the search may not begin at all. A request above a hard limit gets the
 * hard limit, as in OpenLDAP 2.5. The root identity has none but its own. No transaction may be
 * open: a group may have to be read.
 */
int limits_for_search(struct op *op, const struct backend *be, struct limits_in_force *out);

#endif
