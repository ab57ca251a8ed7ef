#ifndef SLAPD_CONFIG_CONFTREE_H
#define SLAPD_CONFIG_CONFTREE_H

/*
 * The cn=config tree: what slapd.conf and slapd.d are read into, and what slapd.d
 * is written from. Values are texts without the {n} of ordered attributes (their
 * order is the array's), each with the place where it was written. Nothing here is
 * checked beyond form: confbuild gives the values meaning.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"
#include "config/conf.h"

struct arena;
struct errbuf;
struct option;

enum conf_node_kind {
	CONF_NODE_ROOT,	  /* cn=config */
	CONF_NODE_MODULE, /* cn=module{n} */
	CONF_NODE_SCHEMA, /* cn=schema, and cn={n}name below it */
	CONF_NODE_BACKEND,
	CONF_NODE_DB,
};

struct conf_value {
	struct bv text;
	const char *file;
	unsigned long line; /* 0: not known more closely than the file */
};

struct conf_attr {
	const struct option *option;
	struct conf_value *values;
	size_t count;
	size_t cap;
};

/* The operational attributes of a node. */
struct conf_stamp {
	struct bv uuid;
	struct bv csn;
	struct bv creator;
	struct bv created;
	struct bv modifier;
	struct bv modified;
};

struct conf_node {
	enum conf_node_kind kind;
	enum conf_db_type db_type; /* databases */
	int number;		   /* the {n}; 0 when there is none */
	struct bv name;		   /* value of the naming attribute: "{1}mdb", "module{0}" */
	const char *file;	   /* where it began */
	unsigned long line;
	struct conf_node *parent;
	struct conf_node *first;
	struct conf_node *last;
	struct conf_node *next;
	struct conf_attr *attrs; /* in the order in which they were first given */
	size_t count;
	size_t cap;
	struct conf_stamp stamp;
};

/* What a reader warned of. */
struct conf_warning {
	struct conf_warning *next;
	struct bv text;
};

struct conf_tree {
	struct arena *arena;
	struct conf_node *root;
	struct conf_node *schema;
	bool from_dir; /* read from slapd.d: cn=schema may repeat what is built in */
	struct conf_warning *warnings; /* the last one first */
};

/* Returns a tree with cn=config and cn=schema; conf_tree_free frees it. */
struct conf_tree *conftree_new(void);

/* Adds a node below parent, last; name is copied. The caller sets db_type. */
struct conf_node *conftree_add(struct conf_tree *t, struct conf_node *parent,
    enum conf_node_kind kind, int number, struct bv name);

/*
 * Makes the frontend and config databases when they are missing, gives cn=config its root DN when
 * it has none, fills missing operational attributes, and sorts the children of every node by kind
 * and number. Every reader ends with it.
 */
void conftree_complete(struct conf_tree *t);

/* Sorts the children of a node by kind and number. */
void conftree_sort(struct conf_tree *t, struct conf_node *parent);

/* Returns the node of a database type, the first in order, or NULL. */
struct conf_node *conftree_db(const struct conf_tree *t, enum conf_db_type type);

/* Returns the database node of this type, made when missing: frontend and config only. */
struct conf_node *conftree_db_need(struct conf_tree *t, enum conf_db_type type);

/* Reads a database type ("mdb"). 0 or ERR_CONFIG, with what to use instead. */
int conftree_db_type(struct bv name, enum conf_db_type *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Returns the name of a database type. */
const char *conftree_db_name(enum conf_db_type type);

/* Returns the option's values in the node, or NULL. */
struct conf_attr *conftree_find(const struct conf_node *n, const struct option *o);

/* Adds a value, which the tree copies; file must live as long as the tree. */
void conftree_put(
    struct conf_tree *t, struct conf_node *n, const struct option *o, const struct conf_value *v);

/* Removes the option's values from the node. */
void conftree_remove(struct conf_node *n, const struct option *o);

/* Returns the next node after n in depth-first order, parents before children; NULL at the end. */
const struct conf_node *conftree_next(const struct conf_node *n);

/* Returns the object classes of a node's entry, most general first, and how many: at most 3. */
size_t conftree_classes(const struct conf_node *n, const char *classes_out[3]);

/* Returns whether a byte may stand in a node's name, which is part of a DN and of a file's name. */
bool conftree_name_byte(uint8_t c);

/* Returns the naming attribute of a node: "cn", "olcDatabase" or "olcBackend". */
const char *conftree_naming(const struct conf_node *n);

/* Returns the DN text of a node, in the arena. */
struct bv conftree_dn(const struct conf_node *n, struct arena *a);

/* Returns which option scopes a node may hold, as enum option_scope bits. */
unsigned conftree_scope(const struct conf_node *n);

/* Logs a warning and keeps it for the snapshot. */
void conftree_warn(struct conf_tree *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts the place of a value before the text in e: "file:line: ..." and returns code. */
int conftree_blame(const struct conf_value *v, struct errbuf *e, int code);

/* Reads "{n}rest", n of at most four digits, or -1. Returns whether text starts so; *rest_out is
 * what follows, the whole text when not. */
bool conftree_ordered(struct bv text, int *number_out, struct bv *rest_out);

#endif
