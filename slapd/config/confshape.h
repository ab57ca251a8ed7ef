#ifndef SLAPD_CONFIG_CONFSHAPE_H
#define SLAPD_CONFIG_CONFSHAPE_H

/* From the words of a slapd.conf line to the values of a cn=config attribute, as the row says. */

#include "base/bv.h"
#include "config/conflex.h"

struct arena;
struct conf_node;
struct conf_tree;
struct errbuf;
struct option;

struct confshape_line {
	const struct option *option;
	struct bv text; /* the whole line */
	struct conflex_words words;
	const char *file;
	unsigned long line;
};

/*
 * Adds the line's values to node n. 0, or
 * ERR_CONFIG when the number of words is not what the row takes.
 */
int confshape_put(struct conf_tree *t, struct conf_node *n, const struct confshape_line *line,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Returns a value in the form that cn=config has for its type (TRUE, decimal), in the arena; as it
 * is when it does not have the type's form. */
struct bv confshape_canonical(const struct option *o, struct arena *a, struct bv value);

#endif
