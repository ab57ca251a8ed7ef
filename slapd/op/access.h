#ifndef SLAPD_OP_ACCESS_H
#define SLAPD_OP_ACCESS_H

/*
 * What operations ask of acl/decide.h. Each operation has one decide for each database it
 * meets, made when first asked. Handlers that stop at a refusal use access_demand: it
 * keeps, for managers and for the log, which rule decided.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "acl/decide.h"
#include "base/bv.h"

struct arena;
struct attr_desc;
struct attr_map;
struct backend;
struct entry;
struct match;
struct op;
struct wire_mod;

/* Returns the operation's decide for a database; NULL: for the root DSE and the subschema, which
 * are under the frontend's rules. Notes that access was asked. */
struct decide *access_of(struct op *op, const struct backend *be);

/* Memory that is rewound, of the thread that runs the operation; never the operation's arena. */
struct arena *access_scratch(struct op *op);

/* Before and after an apply on the writer: what the loop, or an attempt that was taken back,
 * decided is forgotten. */
void access_enter_write(struct op *op);
void access_leave_write(struct op *op);

/* A stored entry, and one that is about to be added. */
struct acl_entry access_stored(
    struct store_read *r, uint64_t id, const struct record *rec, struct bv normal_dn);
struct acl_entry access_new(const struct entry *e);

/* What stands above a database's top entries: the empty name (slapd.access(5), "children"). */
struct acl_entry access_nothing(void);

/* The questions, in the rules of op->be: all of want on the target. */
bool access_allows(
    struct op *op, const struct acl_entry *e, const struct acl_target *t, unsigned want);

/* On the pseudo attribute "entry". */
bool access_entry(struct op *op, const struct acl_entry *e, unsigned want);

/* On an attribute as a whole. */
bool access_attr(
    struct op *op, const struct acl_entry *e, const struct attr_desc *d, unsigned want);

/* Targets for access_allows and access_demand. */
struct acl_target access_on_entry(void);
struct acl_target access_on_children(void);
struct acl_target access_on_attr(const struct attr_desc *d);
struct acl_target access_on_value(const struct attr_desc *d, struct bv value, struct bv normal);

/*
 * access_allows for a question that decides the operation. When refused, the rule that decided is
 * logged at level acl, and kept for the response when the explain control was given by an identity
 * that has manage on the entry or on the database's top entry.
 */
bool access_demand(
    struct op *op, const struct acl_entry *e, const struct acl_target *t, unsigned want);

/* The same under the frontend's or another database's rules, for what lies outside of op->be's
 * names: access_nothing(). */
bool access_demand_above(struct op *op, const struct acl_target *t, unsigned want);

/*
 * Demands what a modification needs: add or delete for each value given, both for replacing and
 * incrementing. These need the right to delete on the attribute as a whole: one who may only name
 * himself could remove others with them. Values that are none of the syntax are refused.
 */
bool access_demand_change(struct op *op, const struct acl_entry *e, const struct attr_desc *d,
    const struct wire_mod *mod);

/* For struct test_env with a store: whether the attribute may be searched with this assertion. */
bool access_may_search(void *op, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct match *m);

/* The same for a value that an assertion found without naming it: pair is value and normal form. */
bool access_may_find(void *op, uint64_t id, const struct record *r, const struct attr_desc *d,
    const struct bv pair[2]);

/* The same for an entry at hand. */
bool access_may_assert(
    struct op *op, const struct acl_entry *e, const struct attr_desc *d, const struct match *m);

/* Returns whether every attribute that the filter looks at may be searched on every entry of
 * op->be: then nothing needs to be asked per entry. */
bool access_filter_is_free(struct op *op, const struct match *m, const struct attr_map *map);

#endif
