#ifndef SLAPD_CONFIG_CONFDUMP_H
#define SLAPD_CONFIG_CONFDUMP_H

/* The slapd.d writer, and nodes as LDIF. */

struct buf;
struct conf_node;
struct conf_tree;
struct errbuf;

/* Appends a node as slapd.d keeps it: a record whose DN is the RDN. */
void confdump_node(const struct conf_node *n, struct buf *out);

/* Appends the text of a node's file: a comment and the node. */
void confdump_file(const struct conf_node *n, struct buf *out);

/* Appends all nodes with their full names, superiors first. */
void confdump_ldif(const struct conf_tree *t, struct buf *out);

/*
 * Writes a tree as slapd.d; see conf_write_dir. path is made when missing and must be empty. The
 * files come into being in a folder inside it; cn=config.ldif moves into place last, so that an
 * interrupted run leaves nothing that looks like a configuration.
 */
int confdump_write(const struct conf_tree *t, const char *path, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
