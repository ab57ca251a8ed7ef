#ifndef TOOLS_WALK_H
#define TOOLS_WALK_H

/* Going through the entries of the open databases in ID order: slapcat and slapschema. */

#include <stdbool.h>
#include <stdint.h>
#include "base/bv.h"
#include "model/dn.h"

struct arena;
struct common;
struct errbuf;
struct match;
struct record;
struct store_read;

struct walk_entry {
	uint64_t id;
	const struct record *record;
	struct store_read *read;
	struct bv pretty_dn;
	struct arena *arena; /* for the call */
};

/* Which entries are wanted. */
struct walk {
	struct common *common;
	const char *filter_text; /* -a; NULL: all */
	const char *subtree;	 /* -s; NULL: all */
	const char *url;	 /* -H; NULL: none */
	bool has_base;
	struct dn base;
	int scope; /* enum ldap_scope under base */
	const struct match *match;
	/* Called for each; the views live during the call. Returns an exit status: 0 to go on. */
	int (*entry)(void *arg, const struct walk_entry *e);
	void *arg;
};

/* Takes -a, -s and -H; for struct common's own. */
bool walk_option(struct walk *w, int letter, const char *arg);

/* A URL's base chooses the database when neither -b nor -n is given: before choose_database. */
int walk_read_url(struct walk *w) __attribute__((warn_unused_result));

/* Reads filter and base with the schema: after common_load. 0, or 1 after saying what is wrong. */
int walk_prepare(struct walk *w) __attribute__((warn_unused_result));

/* Goes through all open databases, each in one read transaction. An exit status. */
int walk_run(struct walk *w) __attribute__((warn_unused_result));

#endif
