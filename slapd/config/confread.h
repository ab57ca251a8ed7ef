#ifndef SLAPD_CONFIG_CONFREAD_H
#define SLAPD_CONFIG_CONFREAD_H

/* The slapd.conf reader: text into the cn=config tree. */

#include <stdbool.h>
#include "base/bv.h"

struct conf_tree;
struct errbuf;

/* Reads a file and what it includes; see conf_read_file. */
int confread_file(const char *path, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Reads a text as if it were the file called name; includes are errors, so that no file is
 * touched. As confread_file.
 */
int confread_text(struct bv text, const char *name, struct conf_tree **out, struct errbuf *e)
    __attribute__((warn_unused_result));

#endif
