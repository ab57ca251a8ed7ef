#ifndef MIGRATE_MIGRATION_H
#define MIGRATE_MIGRATION_H

/* One pass over the sources: what the options ask for and the entries that come of it. */

#include "options.h"
#include "record.h"

struct migration {
	const struct options *opt;
	struct arena *arena;
	struct report *report;
	struct records records;
	struct bv base;
	struct hash *accounts; /* login name -> the account's record, for members as names */
	bool getent;	       /* read `getent MAP` instead of the files */
};

/* Prepares m; opt, arena and report are borrowed. */
void migration_init(
    struct migration *m, const struct options *opt, struct arena *arena, struct report *report);

/* Reads every map that the options ask for into m->records. Returns 0 or ERR_* (text printed). */
int migration_read(struct migration *m) __attribute__((warn_unused_result));

/* Returns the name of the entry above the map's entries. */
struct bv migration_container(const struct migration *m, enum map_id map);

/*
 * Names rec "type=value" below the map's container and adds it to m->records. Returns whether
 * it was added; when an entry of that name is there already, that is reported as refused.
 */
bool migration_add(struct migration *m, struct record *rec, enum attr_id type);

/* Returns whether the name of rec has a length that servers take; reports it refused when not. */
bool migration_name_fits(struct migration *m, const struct record *rec);

/*
 * Adds a value to rec when its syntax allows it; reports a part refused when not: a value that
 * is empty, or not ASCII where the schema says IA5 String. Returns whether the value is held.
 */
bool migration_value(struct migration *m, struct record *rec, enum attr_id id, struct bv value);

/* Returns how many entries of the map there are. */
size_t migration_count(const struct migration *m, enum map_id map);

#endif
