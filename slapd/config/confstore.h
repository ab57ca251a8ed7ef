#ifndef SLAPD_CONFIG_CONFSTORE_H
#define SLAPD_CONFIG_CONFSTORE_H

/*
 * slapd.d as a running server keeps it: each change of the tree becomes durable as a
 * whole or not at all, whenever the process or the machine stops.
 */

struct conf_tree;
struct confstore;
struct errbuf;

/*
 * Opens a slapd.d directory for changes: finishes or undoes a change that was cut off, and locks it
 * against other processes that change it. 0; ERR_IO, ERR_BUSY (another process), ERR_DENIED with a
 * text that names path, owner and cure.
 */
int confstore_open(const char *path, struct confstore **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Makes the directory hold `after` where it held `before`: only files that differ are touched. When
 * it returns 0 the new state survives any crash; otherwise the directory is as it was.
 */
int confstore_commit(struct confstore *s, const struct conf_tree *before,
    const struct conf_tree *after, struct errbuf *e) __attribute__((warn_unused_result));

/* Closes; NULL in *s is fine. */
void confstore_close(struct confstore **s);

/* For readers: finishes or undoes a change that was cut off, when the directory may be written;
 * else reads around it is not needed because a cut-off change is invisible until it is finished. 0
 * or ERR_IO with text. */
int confstore_recover(const char *path, struct errbuf *e) __attribute__((warn_unused_result));

#endif
