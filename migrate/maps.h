#ifndef MIGRATE_MAPS_H
#define MIGRATE_MAPS_H

/* The table of maps: where each comes from, where it goes, what reads it. */

#include "base/bv.h"

struct migration;

enum map_id {
	MAP_PASSWD,
	MAP_SHADOW,
	MAP_GROUP,
	MAP_GSHADOW,
	MAP_SERVICES,
	MAP_PROTOCOLS,
	MAP_RPC,
	MAP_NETWORKS,
	MAP_HOSTS,
	MAP_ETHERS,
	MAP_NETGROUP,
	MAP_ALIASES,
	MAP_SOURCES, /* the ones above are read from files; the ones below are made */
	MAP_BASE = MAP_SOURCES,
	MAP_PROFILE,
	MAP_COUNT
};

enum map_flag {
	MAP_INLINE_COMMENT = 1, /* '#' starts a comment anywhere in a line */
	MAP_BACKSLASH = 2,	/* a backslash at the end of a line continues it */
	MAP_INDENT = 4,		/* a line that starts with a blank continues the one before */
	MAP_NO_LIST = 8,	/* getent cannot list this map */
	MAP_QUIET = 16,		/* holds password hashes: its lines are never quoted */
};

struct map {
	const char *name;      /* as getent and the options call it */
	const char *file;      /* below --root */
	const char *container; /* below the base; NULL: merged into another map's entries */
	const char *class;     /* the object class that a server must know for this map */
	unsigned flags;
	int (*read)(struct migration *m); /* 0, or ERR_* when the source cannot be read */
};

/* Returns the row of id; lives for ever. */
const struct map *maps_get(enum map_id id) __attribute__((returns_nonnull));

/* Finds a map by name. Returns whether there is one; *id_out is untouched when not. */
int maps_find(struct bv name, enum map_id *id_out);

#endif
