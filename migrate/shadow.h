#ifndef MIGRATE_SHADOW_H
#define MIGRATE_SHADOW_H

/* Lines of /etc/shadow and /etc/gshadow, kept by name until their account or group comes. */

#include "migration.h"

enum {
	SHADOW_FIELDS = 9, /* shadow(5): name, password, seven numbers */
	SHADOW_GROUP_FIELDS = 4,
};

struct shadow_line {
	struct report_place place;
	struct bv fields[SHADOW_FIELDS]; /* the name first */
	bool used;
	struct shadow_line *next;
};

struct shadow {
	struct hash *by_name;
	struct shadow_line *first;
	struct shadow_line **last;
};

/*
 * Reads the map (shadow or gshadow) into *out, empty when the map is not wanted or has no file.
 * Wrong lines are reported. Returns 0, or ERR_IO when it cannot be read.
 */
int shadow_read(struct migration *m, enum map_id map, struct shadow *out)
    __attribute__((warn_unused_result));

/* Returns the line of this name and marks it as used; NULL when there is none. */
struct shadow_line *shadow_take(struct shadow *shadow, struct bv name);

/* Reports every line that no account or group has taken. */
void shadow_report_unused(struct migration *m, const struct shadow *shadow);

#endif
