#ifndef SLAPD_CONFIG_CONFPLACE_H
#define SLAPD_CONFIG_CONFPLACE_H

/* Where the entries of a tree stand: copies of trees, the order of siblings and their {n}. */

struct conf_node;
struct conf_tree;

/* Returns a copy in memory of its own, places of values included. */
struct conf_tree *confplace_copy(const struct conf_tree *t);

/*
 * Gives a node that is in its parent's list the number (-1: behind the last one), moves those from
 * that number on by one, and closes gaps: numbers and names are then consecutive.
 */
void confplace_insert(struct conf_tree *t, struct conf_node *n, int number);

/* Takes a node out of its parent's list and closes the gap. */
void confplace_remove(struct conf_tree *t, struct conf_node *n);

/* Forgets where a node, its values and all below it stood in files; confplace_name has the names.
 */
void confplace_forget_files(struct conf_node *n);

/* Values that came over LDAP have no file: the name of their entry is their place for texts. Sets
 * it after the name changed, here and below. */
void confplace_name(struct conf_tree *t, struct conf_node *n);

#endif
