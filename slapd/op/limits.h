#ifndef SLAPD_OP_LIMITS_H
#define SLAPD_OP_LIMITS_H

#include <stdint.h>

struct conf_db;
struct op;

/* What a search may use. */
struct limits_in_force {
	int64_t size;	   /* entries; -1: none */
	int64_t time_s;	   /* -1: none */
	int64_t unchecked; /* candidates; -1: none */
};

/*
 * Combines what the client asks for with the database's soft and hard limits (slapd.conf(5)
 * "limits"): 0 with *out, or 11 when the request goes above a hard limit. The root identity has
 * none but its own.
 */
int limits_for_search(struct op *op, const struct conf_db *db, struct limits_in_force *out);

#endif
