#ifndef SLAPD_STORE_TEST_H
#define SLAPD_STORE_TEST_H

/* Filter evaluation on a record in place: three-valued (RFC 4511 4.5.1.7), no decoding. */

#include <stdbool.h>
#include "base/bv.h"
#include "store/record.h"

struct arena;
struct attr_desc;
struct attr_map;
struct match;
struct schema;
struct store_read;

enum test_result { TEST_FALSE = 0, TEST_TRUE = 1, TEST_UNDEFINED = 2 };

/* One filter, bound to a database's attribute numbers: what can be precomputed once per search. */
struct test;

/* What evaluation asks outside of the record. */
struct test_env {
	const struct schema *schema;
	const struct attr_map *map;
	struct store_read
	    *read; /* NULL for records that live outside a store (root DSE, cn=config) */
	/* Right to search the attribute with the term's assertion; NULL: always. A term that may
	 * not be searched is UNDEFINED. */
	bool (*may_search)(void *arg, uint64_t id, const struct record *r,
	    const struct attr_desc *d, const struct match *m);
	/* Right to search a value that a term other than a plain equality has found; one that may
	 * not be searched counts as absent. NULL: always. Only with may_search. */
	bool (*may_value)(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
	    const struct bv pair[2]);
	/* DN of the record, normal form, for :dn: matches and entryDN; NULL: by read. */
	struct bv (*dn_normal)(void *arg, uint64_t id, const struct record *r);
	/* Values the server computes (hasSubordinates ...): fills out, returns the count or -1 when
	 * d is not such. */
	int (*computed)(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
	    struct arena *a, const struct bv **normals_out);
	void *arg;
};

/* Binds a resolved filter to env's map. Lives in the arena; env must outlive it. */
struct test *test_new(struct arena *a, const struct match *m, const struct test_env *env);

/* After the map changed between two slices of a search: bind again. */
void test_rebind(struct test *t, struct arena *a, const struct attr_map *map);

/* Evaluates. scratch is rewound to its present point before returning. */
enum test_result test_run(
    const struct test *t, uint64_t id, const struct record *r, struct arena *scratch);

#endif
