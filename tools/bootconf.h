#ifndef TOOLS_BOOTCONF_H
#define TOOLS_BOOTCONF_H

/* slapadd -n 0 -F directory: a configuration directory from LDIF. */

#include <stdbool.h>

struct common;

/* Returns whether the options ask for that: -n 0 or -b cn=config, and -F. */
bool bootconf_wanted(const struct common *c);

/* Reads, checks and writes the tree: an exit status. With -u nothing is written. */
int bootconf_run(struct common *c);

/* Writes a tree as a directory that belongs to the owner of what is there: an exit status. */
struct conf_tree;
int bootconf_write(const struct common *c, const struct conf_tree *t, const char *path);

#endif
