#ifndef TOOLS_CONFLDIF_H
#define TOOLS_CONFLDIF_H

/* The cn=config tree out of one LDIF file. */

#include <stdio.h>

struct conf_tree;
struct errbuf;

/*
 * Reads entries with their full names, superiors anywhere. name stands for the file in texts. 0,
 * ERR_CONFIG, ERR_SYNTAX or ERR_IO with text; the tree is the caller's (conf_tree_free).
 */
int confldif_read(FILE *f, const char *name, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
