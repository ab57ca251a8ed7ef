#ifndef SLAPD_MODEL_ENTRY_BUILD_H
#define SLAPD_MODEL_ENTRY_BUILD_H

/* What the modules of the entry share and others leave alone. */

#include <stddef.h>

struct attr;
struct entry;

/* Appends a copy of the attribute's head and returns it; earlier pointers to attributes are void.
 */
struct attr *entry_append_attr(struct entry *e, const struct attr *attr);

/* Makes room for count values in all in the attribute's two arrays. */
void entry_reserve_values(struct entry *e, struct attr *attr, size_t count);

#endif
