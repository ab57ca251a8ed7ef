#ifndef SLAPD_STORE_USAGE_H
#define SLAPD_STORE_USAGE_H

/* How much of a database's files is in use, for cn=Monitor. */

#include <stdint.h>

struct store_read;

struct usage {
	uint64_t page_bytes;
	uint64_t pages_max;  /* of the map as it is now; it grows with the file */
	uint64_t pages_used; /* of the file, free ones included */
	uint64_t pages_free; /* of those, to be used again */
	uint64_t readers_max, readers_used;
	uint64_t entries;
};

/* Fills out from the handle's open transaction. 0 or ERR_IO. */
int usage_read(struct store_read *r, struct usage *out) __attribute__((warn_unused_result));

#endif
