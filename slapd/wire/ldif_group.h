#ifndef SLAPD_WIRE_LDIF_GROUP_H
#define SLAPD_WIRE_LDIF_GROUP_H

/* Collects attribute lines into one wire_attr per description. */

#include <stddef.h>
#include <stdint.h>
#include "wire/message.h"

struct arena;

struct ldif_group {
	struct arena *arena;
	struct wire_attr *attrs; /* in order of first appearance */
	size_t count;
	size_t last;	   /* the attribute used last: values of one mostly stand together */
	uint32_t *slots;   /* hash table of indices plus one, once there are many; 0 is free */
	size_t slot_count; /* a power of two */
};

/* Adds a value under its description, which matches without regard to letter case. */
void ldif_group_add(struct ldif_group *g, struct bv desc, struct bv value);

/* Appends a value to one attribute; its array has room for the next power of two. */
void ldif_group_append(struct arena *a, struct wire_attr *attr, struct bv value);

#endif
