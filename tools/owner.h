#ifndef TOOLS_OWNER_H
#define TOOLS_OWNER_H

/*
 * Files that root's tools make must belong to the user slapd runs as, or slapd will
 * not start: the classic trap of slapadd and slapindex on Debian.
 */

#include <stdbool.h>

struct errbuf;

/*
 * When the process has root's rights and the directory another owner, takes on that owner's
 * effective user and group (saved IDs stay, so that the next call can change again). Sets
 * *became_out when it did. 0, or ERR_IO or ERR_DENIED with text.
 */
int owner_become(const char *directory, bool *became_out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Gives a tree of files that this process has just made as root to another user, innermost
 * first. Symbolic links are not followed. 0 or ERR_IO.
 */
int owner_give(const char *path, unsigned uid, unsigned gid, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
