#ifndef SLAPD_STORE_VIEW_H
#define SLAPD_STORE_VIEW_H

/*
 * What a transaction knows beside its data: the attribute map and the state of the
 * indexes, both as of its snapshot, for one generation of the configuration. Views are immutable
 * and counted; a reader keeps its view until the store's stamp in meta says that it has changed.
 */

#include <stdbool.h>
#include <stdint.h>
#include "generation.h"
#include "store/attrmap.h"

struct attr_desc;
struct attr_type;
struct schema;

/* One index: a type and one kind. Its keys start with its number. */
struct index_slot {
	const struct attr_type *type;
	unsigned kind; /* one bit of enum index_kind */
	bool no_subtypes;
	bool ready;
	uint32_t number;
	uint64_t position; /* while building: entries up to this ID are done */
};

/* What one type has in the map. */
struct type_ids {
	const struct attr_type *type;
	uint32_t plain; /* ID of the description without options; 0: none */
	struct attr_ids ids;
};

struct attr_map {
	const struct schema *schema;
	uint64_t serial;
	const struct attr_desc **descs; /* 1 to count */
	size_t count;
	struct type_ids *types; /* by attr_type.index */
	size_t type_count;
};

struct view {
	struct attr_map map;
	uint64_t stamp;
	struct index_slot *slots;
	size_t slot_count;
	bool alien;		/* there are slots this process cannot keep */
	bool superseded;	/* writers have another schema: its indexes are supersets only */
	uint16_t *attr_slots;	/* slot indices of attribute ID i: from attr_slot_at[i] ... */
	uint32_t *attr_slot_at; /* ... to attr_slot_at[i + 1] */
	unsigned refs;
	struct arena *arena;
};

/* Makes *view (its old value released), one of g's, the one that fits txn. 0 or ERR_*. */
int view_refresh(struct store *s, MDB_txn *txn, struct generation *g, struct view **view)
    __attribute__((warn_unused_result));

/* Builds a view from txn that is not published: for a writer that has changed the tables. */
int view_build(struct store *s, MDB_txn *txn, const struct generation *g, struct view **out)
    __attribute__((warn_unused_result));

/* Makes v, built for g, the newest for all who hold g; takes a reference of its own. */
void view_publish(struct store *s, struct generation *g, struct view *v);

/* Gives back a reference; *v becomes NULL. NULL in *v is fine. */
void view_release(struct store *s, struct view **v);

/* Tells all readers of later snapshots that the tables have changed. */
int view_bump(struct store *s, MDB_txn *txn) __attribute__((warn_unused_result));

/* Returns the slot of exactly this type and kind, or NULL. */
const struct index_slot *view_slot(
    const struct view *v, const struct attr_type *type, unsigned kind);

/* Fills m for the descriptions 1 to count; memory from the arena. */
struct arena;
void attr_map_fill(struct attr_map *m, struct arena *a);

#endif
