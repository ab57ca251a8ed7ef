#ifndef SLAPD_STORE_ATTRMAP_H
#define SLAPD_STORE_ATTRMAP_H

/*
 * The numbers that records use for attribute descriptions. A map is immutable
 * once published; the writer publishes a larger one when a new description is
 * stored, or when the schema changes. Old maps live until the store closes or no
 * reader can hold them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct attr_desc;
struct attr_map;
struct attr_type;
struct schema;

/* IDs of a type with its subtypes and every option: what a filter on the type must look at. */
struct attr_ids {
	const uint32_t *ids; /* ascending */
	size_t count;
};

/* Returns the schema the map was made for. */
const struct schema *attr_map_schema(const struct attr_map *m);

/* Returns a number that no other map of this process ever had: where a map's address may have been
 * used again, equal numbers still mean the same map. */
uint64_t attr_map_serial(const struct attr_map *m);

/* Returns the description behind an ID, or NULL when the ID is unknown. */
const struct attr_desc *attr_map_desc(const struct attr_map *m, uint32_t id);

/* Returns the ID of exactly this description, or 0 when no entry ever had it. */
uint32_t attr_map_id(const struct attr_map *m, const struct attr_desc *d);

/* Returns the IDs whose descriptions are d or subtypes of it (RFC 4512 2.5: type descends, options
 * superset). Option-less d: no allocation. With options: filtered copy in the arena. */
struct arena;
struct attr_ids attr_map_subtypes(
    const struct attr_map *m, struct arena *a, const struct attr_desc *d);

/* Returns how many IDs there are; IDs run from 1 to this. */
size_t attr_map_count(const struct attr_map *m);

struct entry;
/* Makes a map outside of any database that numbers every description of the entries; in the arena.
 */
const struct attr_map *attr_map_of_entries(
    const struct schema *s, struct arena *a, const struct entry *entries, size_t count);

#endif
