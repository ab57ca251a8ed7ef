#ifndef SLAPD_CONFIG_CONFLOAD_H
#define SLAPD_CONFIG_CONFLOAD_H

/* LDIF records as nodes of the cn=config tree: for slapd.d, file by file, and for one LDIF of all.
 */

#include <stddef.h>
#include <stdio.h>
#include "base/bv.h"
#include "config/conf.h"

struct conf_node;
struct conf_tree;
struct errbuf;
struct ldif_record;
struct wire_attr;

struct confload {
	struct conf_tree *tree;
	const char *file;   /* for texts; lives as long as the tree */
	struct bv text;	    /* of the file, to find the lines of values; absent: not known */
	unsigned long line; /* of the record, when text is absent */
	size_t nodes;
};

/*
 * Takes a record as a node below parent (NULL: as cn=config itself); of its DN the first RDN
 * counts. *out is NULL for an entry that says nothing (cn=include). 0, or ERR_CONFIG with
 * "file:line: reason".
 */
int confload_record(struct confload *l, struct conf_node *parent, const struct ldif_record *rec,
    struct conf_node **out, struct errbuf *e) __attribute__((warn_unused_result));

/*
 * Reads a whole configuration from one LDIF of entries with their full names, superiors anywhere,
 * as slapcat -n 0 writes it. name stands for the file in texts. 0, ERR_CONFIG or ERR_IO.
 */
int confload_ldif(FILE *f, const char *name, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Keeps an operational attribute in the node. Returns whether it was one, or an attribute that only
 * says what the node is anyway. */
bool confload_stamp(struct conf_tree *t, struct conf_node *n, const struct wire_attr *a);

/* Returns the tree when code is 0, else frees it and returns ERR_IO or ERR_CONFIG. */
int confload_finish(struct conf_tree *t, int code, struct conf_tree **out)
    __attribute__((warn_unused_result));

#endif
