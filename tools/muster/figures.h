#ifndef MUSTER_FIGURES_H
#define MUSTER_FIGURES_H

/*
 * The content of a server's cn=Monitor, but for its connections: entries with their values,
 * in the order in which the server gave them. Everything lives in the arena given.
 */

#include <ldap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;

struct figures_value {
	struct bv name, value;
};

struct figures_entry {
	struct bv dn;
	struct figures_value *values;
	size_t count;
};

struct figures {
	struct figures_entry *entries;
	size_t count;
	int64_t taken_ms; /* of a clock that never goes back */
};

/* Reads everything that the connection may see. An LDAP result code. */
int figures_read(LDAP *ld, struct arena *a, struct figures *out);

/* Reads the counts of operations only, by one operation: what a rate begins with. */
int figures_read_operations(LDAP *ld, struct arena *a, struct figures *out);

/* The entry with the DN as the server spells it, but for case; NULL when there is none. */
const struct figures_entry *figures_find(const struct figures *f, const char *dn);

/* The first value of an attribute, absent when there is none; or as a number, 0 then. */
struct bv figures_value(const struct figures_entry *e, const char *name);
uint64_t figures_number(const struct figures_entry *e, const char *name);

/* The number of the entry with the DN, 0 when it is not there. */
uint64_t figures_of(const struct figures *f, const char *dn, const char *name);

/* Whether an entry has the object class. */
bool figures_is(const struct figures_entry *e, const char *class_name);

/* Whether an entry lies below another, at any depth. */
bool figures_is_below(const struct figures_entry *e, const struct figures_entry *top);

#endif
