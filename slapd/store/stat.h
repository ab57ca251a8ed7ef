#ifndef SLAPD_STORE_STAT_H
#define SLAPD_STORE_STAT_H

/* What an administrator sees of a database (cn=Monitor, slapadd's report): cheap enough to be asked
 * every second. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct store_stat {
	uint64_t entries;
	uint64_t pages_used;
	uint64_t pages_max;
	uint64_t pages_free; /* of those used; a free list of thousands of parts is estimated */
	unsigned readers_max;
	unsigned readers_used;
	size_t page_bytes;
};

/* Fills *out from the newest committed state. 0 or ERR_*. */
int store_stat(struct store *s, struct store_stat *out) __attribute__((warn_unused_result));

/* One attribute's index. */
struct store_index_stat {
	char type[128];	   /* its first name */
	char kinds[64];	   /* as the index directive has them: "pres,eq,sub" */
	bool ready;	   /* used by searches; else it is being built, or one of its kinds is */
	uint64_t position; /* building: entry IDs done ... */
	uint64_t total;	   /* ... of so many */
	uint64_t uses;	   /* searches planned with it since the database was opened, by kind */
};

/*
 * Describes the indexes as the newest committed state has them, the ones that are always kept
 * (objectClass, entryUUID) included. Fills at most max of out and returns how many there are; 0
 * when the database cannot be read.
 */
size_t store_index_stats(struct store *s, struct store_index_stat *out, size_t max);

#endif
