#ifndef SLAPD_CONFIG_CONFBUILD_H
#define SLAPD_CONFIG_CONFBUILD_H

/*
 * Turning a tree into a snapshot: defaults from the rows, then each value through
 * its row, then what only the whole can tell (overlaps, missing parts, index rules).
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"
#include "config/conf.h"

struct arena;
struct attr_type;
struct conf_node;
struct conf_tree;
struct conf_value;
struct errbuf;
struct option;
struct schema;

/* What an apply function sees: the snapshot as far as it is filled. */
struct conf_build {
	struct arena *arena;
	struct conf *conf;
	const struct conf_tree *tree;
	const struct conf *before; /* whose schema may be shared; NULL: none */
	const struct schema *schema;
	const struct conf_node *node;	/* whose option is applied */
	struct conf_db *db;		/* NULL outside of databases */
	const struct conf_value *value; /* being applied, with its place */
	unsigned index_default;		/* enum index_kind bits of "index default" */
	bool db_disabled;
};

/* Builds the snapshot; see conf_build and conf_build_next (before may be NULL). On failure
 * everything but the tree is freed. */
int confbuild_run(struct conf_tree *tree, const struct conf *before, struct conf **out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Logs a warning with the place of the value being applied and keeps it in the snapshot. */
void confbuild_warn(struct conf_build *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a value to a list that only this function has filled. */
void confbuild_push(struct conf_build *b, const struct bv **list, size_t *count, struct bv value);

/*
 * Reads an integer of an option in its range. 0 or ERR_CONFIG, whose text names the option, the
 * range and the unit.
 */
int confbuild_int(const struct option *o, struct bv value, int64_t *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Reads TRUE or FALSE, on or off, yes or no. As confbuild_int. */
int confbuild_bool(const struct option *o, struct bv value, bool *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* A word that an option takes, and what it stands for. */
struct confbuild_word {
	const char *name; /* NULL ends a table */
	unsigned bit;
};

/* Finds a word in a table. 0, or ERR_CONFIG with the list of what is known. */
int confbuild_word(const struct option *o, struct bv value, const struct confbuild_word *table,
    unsigned *bit_out, struct errbuf *e) __attribute__((warn_unused_result));

/* The name of an option as the administrator wrote it: the keyword, or the attribute's name. */
const char *confbuild_name(const struct conf_build *b, const struct option *o);

/* Returns whether value is text for true or false; *out says which. */
bool confbuild_bool_text(struct bv value, bool *out);

/* Returns whether value is a number (decimal, 0x... or 0...); *out gets it. */
bool confbuild_number(struct bv value, int64_t *out);

#endif
