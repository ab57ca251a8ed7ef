#ifndef SLAPD_CONFIG_CONFDIR_H
#define SLAPD_CONFIG_CONFDIR_H

/* The slapd.d reader. */

struct conf_tree;
struct errbuf;

/* Reads a slapd.d directory; see conf_read_dir. Bounds: 8 levels, 4096 files of 16 MiB. */
int confdir_read(const char *path, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
