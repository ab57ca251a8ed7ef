#ifndef SLAPD_ACL_SETS_IMPL_H
#define SLAPD_ACL_SETS_IMPL_H

/* The tree of a set expression, between sets.c, which reads it, and sets_run.c. */

#include <stdbool.h>
#include "base/bv.h"

struct attr_desc;

enum sets_kind {
	SETS_USER,
	SETS_THIS,
	SETS_LITERAL,
	SETS_BOTH,    /* & */
	SETS_EITHER,  /* | */
	SETS_JOINED,  /* + */
	SETS_CHASE,   /* left/desc */
	SETS_PARENT,  /* left/-level */
	SETS_PARENTS, /* left/-* */
};

struct sets_node {
	enum sets_kind kind;
	const struct sets_node *left, *right;
	struct bv literal;
	bool expand;		      /* the literal holds $n */
	const struct attr_desc *desc; /* CHASE */
	bool closure;		      /* CHASE: desc* */
	int level;		      /* PARENT */
};

struct sets {
	const struct sets_node *root;
	bool asks_entry;
	bool asks_user;
};

#endif
