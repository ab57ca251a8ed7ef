#ifndef SLAPD_CONFIG_CONFJOURNAL_H
#define SLAPD_CONFIG_CONFJOURNAL_H

/*
 * The journal of slapd.d: while the file ".change" is there, it is the configuration, whole, and
 * the other files may be between the old and the new one.
 */

#define CONFJOURNAL_NAME ".change"	/* LDIF of all entries, with a last line of its own */
#define CONFJOURNAL_DRAFT ".change.new" /* being written: means nothing */
#define CONFJOURNAL_PARTS ".parts"	/* folder of files that will move into place */

struct buf;
struct conf_tree;
struct errbuf;

/* Appends the journal of a tree. */
void confjournal_put(const struct conf_tree *t, struct buf *out);

/* Returns whether the folder has a journal. */
int confjournal_is_there(const char *path);

/* Reads the configuration from the folder's journal. 0, ERR_NOT_FOUND, ERR_CORRUPT, ERR_CONFIG or
 * ERR_IO. */
int confjournal_read(const char *path, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
