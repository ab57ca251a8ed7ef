#ifndef SLAPD_CONFIG_CONFNAME_H
#define SLAPD_CONFIG_CONFNAME_H

/*
 * The names of cn=config's entries: which kinds stand where, and their {n}. In front of the
 * name for databases, backends and schema, behind it for modules: {1}mdb, module{0}.
 */

#include <stdbool.h>
#include "base/bv.h"
#include "config/conftree.h"

struct arena;
struct errbuf;

enum {
	CONFNAME_MAX_NUMBER = 9999, /* of {n}, in names and values */
	CONFNAME_MAX_SIBLINGS = 1000,
	CONFNAME_MAX_NODES = 4096, /* entries in all */
};

struct confname {
	enum conf_node_kind kind;
	enum conf_db_type db_type; /* databases */
	bool is_schema_root;	   /* cn=schema,cn=config */
	bool is_include; /* cn=include{n}: a leftover of old releases, which says nothing */
	bool has_number;
	int number;
	struct bv whole; /* the value; borrowed */
	struct bv base;	 /* likewise, without {n} */
};

/*
 * Reads type=value as the RDN of an entry below parent (NULL: of the top). 0, or an LDAP code with
 * text: no such kind of entry here, not built in, a byte that a name may not hold.
 */
int confname_read(const struct conf_node *parent, struct bv type, struct bv value,
    struct confname *out, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns the name of a node of this kind with another number, in the arena. */
struct bv confname_text(struct arena *a, enum conf_node_kind kind, struct bv base, int number);

/* Returns a node's name without its {n}: a view. */
struct bv confname_base(const struct conf_node *n);

/* Returns whether the names of such nodes hold {n}. */
bool confname_is_numbered(const struct conf_node *n);

/* Returns the child of parent (NULL: the top) that type=value names, or NULL. */
struct conf_node *confname_find(
    const struct conf_tree *t, const struct conf_node *parent, struct bv type, struct bv value);

#endif
