#ifndef SLAPD_ACL_LIMITS_H
#define SLAPD_ACL_LIMITS_H

/*
 * Limits for particular identities ("limits <who> <limit> ...", slapd.conf(5)) as compiled when
 * a configuration is read. Immutable; everything lives in the arena given to limits_compile.
 */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"
#include "config/conf.h"

struct arena;
struct attr_desc;
struct errbuf;
struct limits;
struct object_class;

/* A group whose members a line is for. */
struct limits_group {
	struct dn dn;
	const struct object_class *oc; /* that the group's entry must have */
	const struct attr_desc *attr;  /* that holds the members' DNs */
};

/* Who searches what. */
struct limits_request {
	struct bv who_normal;  /* "" anonymous */
	struct bv base_normal; /* of the search, for dn.this */
	/* Returns whether the group has the member, given by its normal DN. */
	bool (*is_member)(void *arg, const struct limits_group *g, struct bv who_normal);
	void *arg;
};

/*
 * Compiles the lines of a database with those of the frontend behind them. 0 with *out; ERR_CONFIG
 * with "file:line: " and a text that names the word and what was expected in its place.
 */
int limits_compile(struct arena *a, const struct conf *c, const struct conf_db *db,
    const struct limits **out, struct errbuf *e) __attribute__((warn_unused_result));

/* Checks the lines of every database, for whoever builds a snapshot without serving it. As
 * limits_compile; logs which lines can never fit. */
int limits_check(const struct conf *c, struct errbuf *e) __attribute__((warn_unused_result));

/* As limits_check, with the warnings to warn instead of the log. */
int limits_check_with(const struct conf *c, void (*warn)(void *arg, const char *text), void *arg,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Returns the limits that hold: those of the first line that fits, or the database's own. l may be
 * NULL: no lines. */
const struct conf_limits *limits_find(
    const struct limits *l, const struct conf_limits *own, const struct limits_request *r);

#endif
