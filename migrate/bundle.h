#ifndef MIGRATE_BUNDLE_H
#define MIGRATE_BUNDLE_H

/*
 * Gathers the lines of a map that speak of one thing into one entry. Lines are of
 * one thing when name and splitting value (a port, a number, an address) are
 * equal. A name with one splitting value becomes "cn=NAME"; with several, as
 * many entries "cn=NAME+ATTRIBUTE=VALUE", because the attribute is single-valued.
 */

#include "migration.h"

struct bundles;

/* Returns an empty set of bundles of the classes; split is the attribute that splits a name. */
struct bundles *bundle_new(struct migration *m, const char *classes, enum attr_id split)
    __attribute__((returns_nonnull));

/* Returns the entry for name and value, made at place with both set when it is new. */
struct record *bundle_get(struct bundles *b, const struct report_place *place, struct bv name,
    struct bv value) __attribute__((returns_nonnull));

/* Adds the words of rest to cn; tells (as a detail) which equal a name that is there. */
void bundle_aliases(
    struct bundles *b, struct record *rec, const struct report_place *place, struct bv rest);

/* Makes one entry of those of one name whose sets of names are equal, joining the split values. */
void bundle_join_equal(struct bundles *b);

/* Gives entries without a description "prefix NAME": some schemas demand one. */
void bundle_describe(struct bundles *b, const char *prefix);

/* Names all entries and adds them to the migration in the order of their first lines. */
void bundle_finish(struct bundles *b);

#endif
