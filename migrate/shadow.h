#ifndef MIGRATE_SHADOW_H
#define MIGRATE_SHADOW_H

/* Lines of /etc/shadow and /etc/gshadow, kept by name until their account or group comes. */

#include "migration.h"

enum {
	SHADOW_FIELDS = 9, /* shadow(5): name, password, seven numbers */
	SHADOW_GROUP_FIELDS = 4,
};

/* What became of the account or group; the highest of several lines of one name counts. */
enum shadow_fate {
	SHADOW_UNKNOWN, /* there is none */
	SHADOW_REFUSED,
	SHADOW_SKIPPED,
	SHADOW_TAKEN,
	SHADOW_FATES
};

struct shadow_line {
	struct report_place place;
	struct bv fields[SHADOW_FIELDS]; /* the name first */
	enum shadow_fate fate;
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

/* Returns the line of this name; NULL when there is none. */
struct shadow_line *shadow_find(const struct shadow *shadow, struct bv name);

/* Notes what became of the account or group that the line (which may be NULL) belongs to. */
void shadow_decide(struct shadow_line *line, enum shadow_fate fate);

/* Reports, once each, the lines whose account or group is not migrated. */
void shadow_report(struct migration *m, const struct shadow *shadow);

#endif
