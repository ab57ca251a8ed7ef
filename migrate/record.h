#ifndef MIGRATE_RECORD_H
#define MIGRATE_RECORD_H

/* An entry, made from source lines or read from a server, and a list of entries. */

#include <stdbool.h>
#include "attrs.h"
#include "hash.h"
#include "report.h"

struct record_attr {
	struct record_attr *next;
	const char *name;
	const struct attr_type *type;
	struct bv *values;
	size_t count;
	size_t room;
	struct hash *keys; /* of all values, once there are many and one was looked for */
};

struct record {
	struct arena *arena;
	struct report_place place; /* the first line that it comes from */
	struct bv dn;
	struct bv key;		   /* escape_dn_key(dn) */
	struct bv structural;	   /* the structural object class */
	bool container;		   /* made only when missing, never changed */
	struct record_attr *attrs; /* in the order in which they were added */
	struct record *next;	   /* for lists of the owner's choice */
};

struct records {
	struct arena *arena;
	struct record **items;
	size_t count;
	size_t room;
	struct hash *by_key;
};

/* Returns an entry without name and attributes, its place copied. */
struct record *record_new(struct arena *arena, const struct report_place *place)
    __attribute__((returns_nonnull));

/* Adds the object classes in a space-separated list; the first becomes the structural one. */
void record_classes(struct record *rec, const char *classes);

/* Adds a value unless the attribute holds an equal one. Returns whether it was added. */
bool record_add(struct record *rec, enum attr_id id, struct bv value);

/* Adds a value of an attribute by name without looking for equal ones. Copies the value. */
void record_append(struct record *rec, const char *name, struct bv value);

/* Returns the attribute, or NULL when the entry lacks it. */
struct record_attr *record_get(const struct record *rec, enum attr_id id);

/* Returns the attribute called name in any case, or NULL. */
struct record_attr *record_find(const struct record *rec, struct bv name);

/* Returns the first value of the attribute, or the absent view. */
struct bv record_value(const struct record *rec, enum attr_id id);

/* Returns whether the attribute holds a value equal to this one. */
bool record_has(const struct record *rec, enum attr_id id, struct bv value);

/* Sets the name from its RDN text and superior. */
void record_name(struct record *rec, struct bv rdn, struct bv superior);

/* Makes list empty. */
void record_list_init(struct records *list, struct arena *arena);

/* Appends rec, whose key is set. Returns NULL, or the entry of the same name that is there. */
struct record *record_list_add(struct records *list, struct record *rec);

#endif
