#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

/* A database in a temporary directory, a small schema, and short ways to make entries. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "../model/model_schema.h"
#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/entry.h"
#include "model/match.h"
#include "store/plan.h"
#include "store/store.h"
#include "store/test.h"
#include "wire/filter.h"

/* Beside the types and classes of model_schema.h. */
static const char *const fx_types[] = {
    "( 2.5.4.42 NAME 'givenName' SUP name )",
    "( 1.3.6.1.1.1.1.4 NAME 'loginShell' EQUALITY caseExactIA5Match SYNTAX "
    "1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )",
};
static const char *const fx_classes[] = {
    "( 2.5.6.5 NAME 'organizationalUnit' SUP top STRUCTURAL MUST ou MAY description )",
    "( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( cn $ member ) )",
};

static inline const struct schema *
fx_schema(struct arena *a)
{
	struct schema_builder *b = schema_builder_new(a);
	struct errbuf e = {""};

	for (size_t i = 0; i < sizeof(model_schema_types) / sizeof(char *); i++)
		assert_int_equal(schema_add_attr_type(b, bv_str(model_schema_types[i]), &e), 0);
	for (size_t i = 0; i < sizeof(fx_types) / sizeof(char *); i++)
		assert_int_equal(schema_add_attr_type(b, bv_str(fx_types[i]), &e), 0);
	for (size_t i = 0; i < sizeof(model_schema_classes) / sizeof(char *); i++)
		assert_int_equal(
		    schema_add_object_class(b, bv_str(model_schema_classes[i]), &e), 0);
	for (size_t i = 0; i < sizeof(fx_classes) / sizeof(char *); i++)
		assert_int_equal(schema_add_object_class(b, bv_str(fx_classes[i]), &e), 0);
	(void)model_schema;
	return schema_build(b);
}

struct fixture {
	struct arena *arena; /* of the schema */
	const struct schema *schema;
	char directory[64];
	struct dn suffix;
	struct index_spec specs[16];
	size_t spec_count;
	struct store *store;
};

static inline void
fx_fail(const char *what, const struct errbuf *e)
{
	fail_msg("%s: %s", what, e->text);
}

static inline void
fx_index(struct fixture *f, const char *type, unsigned kinds)
{
	const struct attr_type *t = schema_attr_type(f->schema, bv_str(type));

	assert_non_null(t);
	f->specs[f->spec_count++] = (struct index_spec){t, kinds};
}

static inline int
fx_open_rc(struct fixture *f, bool create, struct errbuf *e)
{
	struct store_options o = {.directory = f->directory,
	    .create = create,
	    .no_sync = true,
	    .schema = f->schema,
	    .suffix = &f->suffix,
	    .indexes = f->specs,
	    .index_count = f->spec_count};

	return store_open(&o, &f->store, e);
}

static inline void
fx_open(struct fixture *f)
{
	struct errbuf e = {""};

	if (fx_open_rc(f, true, &e) != 0)
		fx_fail("open", &e);
}

static inline void
fx_init(struct fixture *f, const char *suffix)
{
	struct errbuf e = {""};

	*f = (struct fixture){.arena = arena_new(1 << 16)};
	f->schema = fx_schema(f->arena);
	if (dn_parse(f->schema, f->arena, bv_str(suffix), &f->suffix, &e) != 0)
		fx_fail(suffix, &e);
	strcpy(f->directory, "/tmp/muster-store-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
}

static inline void
fx_done(struct fixture *f)
{
	char path[128];

	store_close(&f->store);
	snprintf(path, sizeof(path), "%s/data.mdb", f->directory);
	unlink(path);
	snprintf(path, sizeof(path), "%s/lock.mdb", f->directory);
	unlink(path);
	rmdir(f->directory);
	arena_free(&f->arena);
}

static inline struct dn
fx_dn(const struct fixture *f, struct arena *a, const char *text)
{
	struct errbuf e = {""};
	struct dn dn;

	if (dn_parse(f->schema, a, bv_str(text), &dn, &e) != 0)
		fx_fail(text, &e);
	return dn;
}

static inline void
fx_value(const struct fixture *f, struct entry *en, const char *name, const char *value)
{
	struct errbuf e = {""};
	const struct attr_desc *d;
	struct bv v = bv_str(value);

	if (desc_parse(f->schema, en->arena, bv_str(name), &d, &e) != 0)
		fx_fail(name, &e);
	if (d->type->usage != ATTR_USER_APPLICATIONS && d->options.n == 0) {
		assert_int_equal(entry_put(f->schema, en, d->type, v), 0);
		return;
	}
	if (entry_add_values(f->schema, en, d, &v, 1, NULL, &e) != 0)
		fx_fail(value, &e);
}

/* Makes an entry from "name: value" lines, NULL at the end. */
static inline struct entry
fx_entry(const struct fixture *f, struct arena *a, const char *dn, const char *const *lines)
{
	struct dn name = fx_dn(f, a, dn);
	struct entry en;

	entry_init(&en, a, &name);
	for (; *lines != NULL; lines++) {
		const char *colon = strchr(*lines, ':');
		char *attr = arena_str(a, bv_make(*lines, (size_t)(colon - *lines)));
		fx_value(f, &en, attr, colon + 2);
	}
	return en;
}

#define FX_LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Adds an entry whose superior is there, in a transaction of its own. */
static inline uint64_t
fx_add(struct fixture *f, const char *dn, const char *const *lines)
{
	struct arena *a = arena_new(0);
	struct entry en = fx_entry(f, a, dn, lines);
	struct errbuf e = {""};
	struct store_write *w;
	uint64_t parent = 0, id = 0, matched;

	if (store_write_begin(f->store, &w, &e) != 0)
		fx_fail("begin", &e);
	if (!dn_eq(&en.dn, &f->suffix) && en.dn.rdn_count > f->suffix.rdn_count + 0) {
		struct dn above = dn_parent(&en.dn);
		if (above.rdn_count > 0)
			assert_int_equal(
			    store_find(store_write_reader(w), &above, &parent, &matched), 0);
	}
	if (store_add(w, parent, &en, &id, &e) != 0)
		fx_fail(dn, &e);
	if (store_write_commit(&w, &e) != 0)
		fx_fail("commit", &e);
	arena_free(&a);
	return id;
}

static inline struct match *
fx_match(const struct fixture *f, struct arena *a, const char *text)
{
	struct errbuf e = {""};
	struct filter *filter;

	if (filter_parse(a, bv_str(text), &filter_default_limits, &filter, &e) != 0)
		fx_fail(text, &e);
	return match_resolve(f->schema, a, filter);
}

static inline void
fx_read_begin(struct store_read *r)
{
	struct errbuf e = {""};

	if (store_read_begin(r, &e) != 0)
		fx_fail("read", &e);
}

/* Builds all indexes. */
static inline void
fx_build(struct fixture *f)
{
	struct errbuf e = {""};
	int rc;

	while ((rc = store_builder_step(f->store, &e)) == 1)
		;
	if (rc != 0)
		fx_fail("build", &e);
}

static inline void
fx_print_problem(void *arg, uint64_t id, const char *text)
{
	(void)arg;
	fprintf(stderr, "entry %llu: %s\n", (unsigned long long)id, text);
}

/* Runs store_check and wants no problem. */
static inline void
fx_check(struct fixture *f)
{
	struct errbuf e = {""};

	assert_int_equal(store_check(f->store, fx_print_problem, NULL, &e), 0);
}

#endif
