#ifndef SLAPD_OP_MONTREE_H
#define SLAPD_OP_MONTREE_H

/*
 * Building cn=Monitor for one operation, in its arena: entries are put together as text and
 * become a tree in memory (op/memory.h) at the end. Parts that the operation's base and
 * scope do not reach are left out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "op/world.h"

struct entry;
struct op;

struct montree {
	struct op *op;
	struct arena *arena;
	const struct schema *schema;
	struct entry *entries;
	size_t count, cap;
	struct bv base; /* normal DN of the operation's base */
	bool one_level, subtree;
	struct bv creator;
	struct bv start; /* generalized times */
	struct bv now;
};

/* Begins the tree of an operation whose target and backend are known. */
void montree_begin(struct montree *t, struct op *op);

/* Returns whether an entry below this one may be wanted; dn is a DN's text. */
bool montree_reaches(const struct montree *t, struct bv dn);

/*
 * Returns whether an entry may be wanted whose normal DN is given, when its superior is reached:
 * not if the base is another entry beside it.
 */
bool montree_wants(const struct montree *t, struct bv parent_normal, struct bv normal);

/*
 * Adds an entry named cn=<cn> below the DN `parent` ("": the top) and returns it, valid until the
 * next is added. below: it has entries below it.
 */
struct entry *montree_add(
    struct montree *t, struct bv parent, const char *class_name, struct bv cn, bool below);

/* Adds a value; text has to fit the syntax. An unknown attribute is a bug, and logged. */
void montree_put(struct montree *t, struct entry *e, const char *name, struct bv value);
void montree_put_text(struct montree *t, struct entry *e, const char *name, const char *value);
void montree_put_number(struct montree *t, struct entry *e, const char *name, uint64_t value);
void montree_put_bool(struct montree *t, struct entry *e, const char *name, bool value);
void montree_put_time(struct montree *t, struct entry *e, const char *name, int64_t epoch_s);

/* An entry of class monitorCounterObject with its counter. */
void montree_add_counter(struct montree *t, struct bv parent, const char *cn, uint64_t value);

/* An entry of class monitoredObject with its monitoredInfo, and what that means for people. */
void montree_add_info(
    struct montree *t, struct bv parent, const char *cn, struct bv info, const char *description);

/* A container below cn=Monitor; its DN. */
struct bv montree_add_container(
    struct montree *t, const char *cn, const char *description, bool below);

/* Returns the tree, in the operation's arena. */
const struct memory_db *montree_end(struct montree *t);

#endif
