#ifndef SLAPD_CONFIG_CONFPLAN_H
#define SLAPD_CONFIG_CONFPLAN_H

/* Which files of slapd.d a change writes and removes. */

#include <stddef.h>
#include "base/bv.h"

struct arena;
struct conf_tree;
struct errbuf;

struct confplan_file {
	const char *path;
	struct bv text;
};

struct confplan {
	const char **folders; /* must be there: superiors first */
	size_t folder_count;
	struct confplan_file *writes;
	size_t write_count;
	const char **gone;
	size_t gone_count;
};

/* Plans the way from one tree to another in the folder path. All in the arena. */
void confplan_from_trees(struct arena *a, const char *path, const struct conf_tree *before,
    const struct conf_tree *after, struct confplan *out);

/*
 * Plans the way from whatever the folder holds to a tree; files that are no entries of cn=config
 * stay. 0 or ERR_IO.
 */
int confplan_from_disk(struct arena *a, const char *path, const struct conf_tree *after,
    struct confplan *out, struct errbuf *e) __attribute__((warn_unused_result));

#endif
