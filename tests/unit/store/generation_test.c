#include "fixture.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include "store/attrmap.h"
#include "store/record.h"
#include "store/writer.h"

/*
 * Changing the configuration of an open database: each handle keeps its schema, what
 * entries hold cannot change its meaning, nothing is lost or leaked, and every search of
 * every generation finds what looking at all entries finds.
 */

#define BADGE "( 1.3.6.1.4.1.99999.1 NAME 'badge' EQUALITY caseIgnoreMatch SUBSTR "
#define BADGE_REST "caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"
#define PLAIN_BADGE BADGE BADGE_REST
#define BADGE_HOLDER                                                                               \
	"( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top AUXILIARY MAY ( badge $ token ) )"
#define TOKEN "( 1.3.6.1.4.1.99999.3 NAME 'token' SUP name )"

#define BADGE_ALONE "( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top AUXILIARY )"
#define BADGE_HOLDER_ONLY "( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top AUXILIARY MAY badge )"

static const char *const badge_schema[] = {PLAIN_BADGE, TOKEN, BADGE_HOLDER, NULL};

/* The fixture's schema and some definitions more, attribute types first. */
static const struct schema *
schema_with(struct arena *a, const char *const *more)
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
	for (; *more != NULL; more++) {
		bool class =
		    strstr(*more, " AUXILIARY ") != NULL || strstr(*more, " STRUCTURAL ") != NULL;
		int rc = class ? schema_add_object_class(b, bv_str(*more), &e)
			       : schema_add_attr_type(b, bv_str(*more), &e);
		if (rc != 0)
			fx_fail(*more, &e);
	}
	return schema_build(b);
}

static void
start(struct fixture *f, const char *const *more)
{
	fx_init(f, "dc=falcot,dc=com");
	f->schema = schema_with(f->arena, more);
	fx_open(f);
	fx_add(f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
}

static int
configure(struct fixture *f, const struct schema *schema, struct errbuf *e)
{
	return store_configure(f->store, schema, f->specs, f->spec_count, e);
}

static const struct schema *
schema_of(struct store_read *r)
{
	const struct schema *s;

	fx_read_begin(r);
	s = attr_map_schema(store_read_map(r));
	store_read_end(r);
	return s;
}

static void
test_configure_leaves_handles_their_schema(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct store_write *w;

	(void)state;
	start(&f, FX_LINES(TOKEN));
	const struct schema *was = f.schema, *fresh = schema_with(f.arena, badge_schema);
	struct store_read *old = store_read_new(f.store), *open = store_read_new(f.store);
	fx_read_begin(open);
	assert_int_equal(configure(&f, fresh, &e), 0);
	assert_ptr_equal(attr_map_schema(store_read_map(open)), was);
	store_read_end(open);
	struct store_read *young = store_read_new(f.store);
	struct store_read *late = store_read_new_for(f.store, was);
	assert_ptr_equal(schema_of(old), was);
	assert_ptr_equal(schema_of(open), was);
	assert_ptr_equal(schema_of(late), was);
	assert_ptr_equal(schema_of(young), fresh);
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	assert_ptr_equal(store_write_schema(w), fresh);
	assert_ptr_equal(attr_map_schema(store_read_map(store_write_reader(w))), fresh);
	store_write_abort(&w);
	store_read_free(&old);
	store_read_free(&open);
	store_read_free(&young);
	store_read_free(&late);
	fx_done(&f);
}

/* A handle for a schema that no other handle has, after the store has gone on. */
static void
test_read_new_for_makes_a_lost_generation(void **state)
{
	struct fixture f;
	struct errbuf e = {""};

	(void)state;
	start(&f, FX_LINES(TOKEN));
	const struct schema *was = f.schema, *fresh = schema_with(f.arena, badge_schema);
	assert_int_equal(configure(&f, fresh, &e), 0);
	struct store_read *r = store_read_new_for(f.store, was);
	assert_ptr_equal(schema_of(r), was);
	store_read_free(&r);
	fx_done(&f);
}

/* Views of an older generation are built once for all who read with it, not per transaction. */
static void
test_old_handles_share_their_map(void **state)
{
	struct fixture f;
	struct errbuf e = {""};

	(void)state;
	start(&f, FX_LINES(TOKEN));
	struct store_read *x = store_read_new(f.store), *y = store_read_new(f.store);
	assert_int_equal(configure(&f, schema_with(f.arena, badge_schema), &e), 0);
	fx_read_begin(x);
	fx_read_begin(y);
	uint64_t serial = attr_map_serial(store_read_map(x));
	assert_int_equal(attr_map_serial(store_read_map(y)), serial);
	for (int i = 0; i < 3; i++) {
		fx_read_begin(x);
		fx_read_begin(y);
		assert_int_equal(attr_map_serial(store_read_map(x)), serial);
		assert_int_equal(attr_map_serial(store_read_map(y)), serial);
	}
	store_read_free(&x);
	store_read_free(&y);
	fx_done(&f);
}

/* ---- what cannot change ---- */

struct step {
	const char *name;
	const char *lines[4]; /* of the entry there is */
	const char *fresh[4]; /* definitions beside the fixture's */
	const char *refusal;  /* part of the text; NULL: the step is taken */
};

#define HOLDER "objectClass: badgeHolder"

static const struct step steps[] = {
    {"nothing changes", {HOLDER, "badge: 7"}, {PLAIN_BADGE, TOKEN, BADGE_HOLDER}, NULL},
    {"an unused type goes", {HOLDER, "token: 7"},
	{TOKEN, "( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top AUXILIARY MAY token )"}, NULL},
    {"a used type goes", {HOLDER, "badge: 7"},
	{TOKEN, "( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top AUXILIARY MAY token )"},
	"\"badge\" cannot be removed"},
    {"a type used with an option goes", {HOLDER, "badge;lang-en: 7"},
	{TOKEN, "( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top AUXILIARY MAY token )"},
	"(such as \"uid=a,dc=falcot,dc=com\")"},
    {"only a subtype of the type is used", {HOLDER, "cn: 7"},
	{"( 1.3.6.1.4.1.99999.3 NAME 'token' SUP name SINGLE-VALUE )", PLAIN_BADGE, BADGE_HOLDER},
	NULL},
    {"equality", {HOLDER, "badge: 7"},
	{"( 1.3.6.1.4.1.99999.1 NAME 'badge' EQUALITY caseExactMatch SUBSTR " BADGE_REST, TOKEN,
	    BADGE_HOLDER},
	"given another equality rule"},
    {"equality of an unused type", {HOLDER},
	{"( 1.3.6.1.4.1.99999.1 NAME 'badge' EQUALITY caseExactMatch SUBSTR " BADGE_REST, TOKEN,
	    BADGE_HOLDER},
	NULL},
    {"syntax", {HOLDER, "badge: 7"},
	{"( 1.3.6.1.4.1.99999.1 NAME 'badge' EQUALITY caseIgnoreMatch SYNTAX "
	 "1.3.6.1.4.1.1466.115.121.1.44 )",
	    TOKEN, BADGE_HOLDER},
	"given another syntax"},
    {"substrings", {HOLDER, "badge: 7"},
	{"( 1.3.6.1.4.1.99999.1 NAME 'badge' EQUALITY caseIgnoreMatch SYNTAX "
	 "1.3.6.1.4.1.1466.115.121.1.15 )",
	    TOKEN, BADGE_HOLDER},
	"given another substrings rule"},
    {"ordering", {HOLDER, "badge: 7"},
	{BADGE "caseIgnoreSubstringsMatch ORDERING caseIgnoreOrderingMatch SYNTAX "
	       "1.3.6.1.4.1.1466.115.121.1.15 )",
	    TOKEN, BADGE_HOLDER},
	"given another ordering rule"},
    {"single value", {HOLDER, "badge: 7"},
	{BADGE "caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )",
	    TOKEN, BADGE_HOLDER},
	"made SINGLE-VALUE"},
    {"superior", {HOLDER, "token: 7"},
	{"( 1.3.6.1.4.1.99999.3 NAME 'token' EQUALITY caseIgnoreMatch ORDERING "
	 "caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX "
	 "1.3.6.1.4.1.1466.115.121.1.15 )",
	    PLAIN_BADGE, BADGE_HOLDER},
	"\"token\" cannot be given another"},
    {"OID", {HOLDER, "token: 7"},
	{"( 1.3.6.1.4.1.99999.9 NAME 'token' SUP name )", PLAIN_BADGE, BADGE_HOLDER},
	"given another OID"},
    {"another name more", {HOLDER, "token: 7"},
	{"( 1.3.6.1.4.1.99999.3 NAME ( 'token' 'tok' ) SUP name )", PLAIN_BADGE, BADGE_HOLDER},
	NULL},
    {"another first name", {HOLDER, "token: 7"},
	{"( 1.3.6.1.4.1.99999.3 NAME ( 'tok' 'token' ) SUP name )", PLAIN_BADGE,
	    "( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top AUXILIARY MAY ( badge $ token ) )"},
	"given another first name"},
    {"a used class goes", {HOLDER}, {PLAIN_BADGE, TOKEN}, "\"badgeHolder\" cannot be removed"},
    {"an unused class goes", {"description: x"}, {PLAIN_BADGE, TOKEN}, NULL},
    {"a class changes its kind", {HOLDER},
	{PLAIN_BADGE, TOKEN,
	    "( 1.3.6.1.4.1.99999.2 NAME 'badgeHolder' SUP top STRUCTURAL MAY ( badge $ token ) )"},
	"made a class of another kind"},
};

static void
add_person(struct fixture *f, const struct step *step)
{
	const char *lines[9] = {"objectClass: inetOrgPerson", "uid: a", "cn: x", "sn: y"};

	for (size_t i = 0; i < 4; i++)
		lines[4 + i] = step->lines[i];
	fx_add(f, "uid=a,dc=falcot,dc=com", lines);
}

static void
take_step(const struct step *step, unsigned kinds)
{
	struct fixture f;
	struct errbuf e = {""};
	struct store_write *w;

	start(&f, badge_schema);
	add_person(&f, step);
	if (kinds != 0)
		fx_index(&f, "badge", kinds);
	assert_int_equal(configure(&f, f.schema, &e), 0);
	fx_build(&f);
	f.spec_count = 0;
	const struct schema *fresh = schema_with(f.arena, step->fresh);
	int rc = configure(&f, fresh, &e);
	if (step->refusal == NULL && rc != 0)
		fx_fail(step->name, &e);
	if (step->refusal != NULL && (rc != ERR_CONFIG || strstr(e.text, step->refusal) == NULL))
		fail_msg("%s: %d \"%s\"", step->name, rc, e.text);
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	assert_ptr_equal(store_write_schema(w), rc == 0 ? fresh : f.schema);
	store_write_abort(&w);
	fx_check(&f);
	fx_done(&f);
}

static void
test_configure_refuses_what_changes_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		take_step(&steps[i], 0);
		take_step(&steps[i], INDEX_EQ);
		take_step(&steps[i], INDEX_PRES);
	}
}

static void
test_uses_tells(void **state)
{
	struct fixture f;
	struct errbuf e = {""};

	(void)state;
	start(&f, badge_schema);
	assert_int_equal(store_uses_attr(f.store, bv_str("badge"), &e), 0);
	assert_int_equal(store_uses_attr(f.store, bv_str("nonsense"), &e), 0);
	assert_int_equal(store_uses_class(f.store, bv_str("badgeHolder"), &e), 0);
	add_person(&f, &steps[0]);
	assert_int_equal(store_uses_attr(f.store, bv_str("BADGE"), &e), 1);
	assert_non_null(strstr(e.text, "\"uid=a,dc=falcot,dc=com\""));
	assert_int_equal(store_uses_attr(f.store, bv_str("name"), &e), 0);
	assert_int_equal(store_uses_class(f.store, bv_str("badgeHolder"), &e), 1);
	assert_int_equal(store_uses_class(f.store, bv_str("alias"), &e), 0);
	struct errbuf none;
	struct store_write *w;
	assert_int_equal(store_write_begin(f.store, &w, &none), 0);
	assert_int_equal(store_delete(w, 2, &none), 0);
	assert_int_equal(store_write_commit(&w, &none), 0);
	assert_int_equal(store_uses_attr(f.store, bv_str("badge"), &e), 0);
	assert_int_equal(store_uses_class(f.store, bv_str("badgeHolder"), &e), 0);
	fx_done(&f);
}

/* Several types that changed are looked for together; the one that is used is named. */
static void
test_configure_names_the_type_in_use(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct store_write *w;

	(void)state;
	start(&f, badge_schema);
	fx_add(&f, "uid=b,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", HOLDER, "uid: b", "cn: x", "sn: y", "badge: 1"));
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	assert_int_equal(store_delete(w, 2, &e), 0);
	assert_int_equal(store_write_commit(&w, &e), 0);
	fx_add(&f, "uid=a,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", HOLDER, "uid: a", "cn: x", "sn: y",
		"token;lang-en: 1"));
	assert_int_equal(
	    configure(&f, schema_with(f.arena, FX_LINES(BADGE_ALONE)), &e), ERR_CONFIG);
	assert_non_null(strstr(e.text, "\"token\" cannot be removed"));
	assert_non_null(strstr(e.text, "uid=a,"));
	fx_done(&f);
}

/* Under a schema without the type it is taken from an entry; then it comes back. */
static void
test_configure_indexes_a_type_that_comes_back(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct store_write *w;

	(void)state;
	start(&f, badge_schema);
	fx_index(&f, "name", INDEX_EQ | INDEX_PRES);
	assert_int_equal(configure(&f, f.schema, &e), 0);
	fx_add(&f, "uid=a,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", HOLDER, "uid: a", "cn: x", "sn: y", "token: t"));
	fx_build(&f);
	store_close(&f.store);
	f.schema = schema_with(f.arena, FX_LINES(PLAIN_BADGE));
	f.spec_count = 0;
	fx_index(&f, "name", INDEX_EQ | INDEX_PRES);
	fx_open(&f);
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	struct entry en = fx_entry(&f, f.arena, "uid=a,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", "uid: a", "cn: x", "sn: y"));
	assert_int_equal(store_replace(w, 2, &en, &e), 0);
	assert_int_equal(store_write_commit(&w, &e), 0);
	f.schema = schema_with(f.arena, badge_schema);
	f.spec_count = 0;
	fx_index(&f, "name", INDEX_EQ | INDEX_PRES);
	if (configure(&f, f.schema, &e) != 0)
		fx_fail("configure", &e);
	fx_build(&f);
	fx_check(&f);
	fx_done(&f);
}

/* A commit that fails, for want of room on the disk, leaves the old configuration in force. */
static void
test_configure_fails_without_effect(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct store_write *w;
	struct rlimit limit, none;

	(void)state;
	start(&f, badge_schema);
	add_person(&f, &steps[0]);
	const struct schema *fresh = schema_with(f.arena, FX_LINES(PLAIN_BADGE, BADGE_HOLDER_ONLY));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	none = (struct rlimit){0, limit.rlim_max};
	fx_index(&f, "badge", INDEX_EQ);
	setrlimit(RLIMIT_FSIZE, &none);
	int rc = configure(&f, fresh, &e);
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_true(rc == ERR_FULL || rc == ERR_IO);
	struct store_read *r = store_read_new(f.store);
	assert_ptr_equal(schema_of(r), f.schema);
	store_read_free(&r);
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	assert_ptr_equal(store_write_schema(w), f.schema);
	store_write_abort(&w);
	if (configure(&f, fresh, &e) != 0)
		fx_fail("configure", &e);
	fx_build(&f);
	fx_check(&f);
	fx_done(&f);
}

/* ---- many times ---- */

enum { WARM_UP = 200, TIMES = 10000, GROWTH_BYTES = 256 * 1024 };

static void
test_configure_leaks_nothing(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	size_t before = 0;

	(void)state;
	start(&f, badge_schema);
	const struct schema *schemas[] = {f.schema, schema_with(f.arena, FX_LINES(TOKEN))};
	struct store_read *r = store_read_new(f.store);
	for (unsigned i = 0; i < TIMES; i++) {
		if (i == WARM_UP)
			before = mallinfo2().uordblks;
		f.spec_count = 0;
		if (i % 3 == 0)
			fx_index(&f, "cn", INDEX_EQ);
		if (configure(&f, schemas[i % 2], &e) != 0)
			fx_fail("configure", &e);
		fx_read_begin(r);
		store_read_end(r);
		while (store_builder_pending(f.store))
			assert_true(store_builder_step(f.store, &e) >= 0);
	}
	assert_true(mallinfo2().uordblks < before + GROWTH_BYTES);
	store_read_free(&r);
	fx_done(&f);
}

/* ---- with readers and the writing thread at work ---- */

enum { READERS = 2, ROUNDS = 60, SCHEMAS = 4, JOBS = 64 };

struct shared {
	struct fixture *f;
	const struct schema *schemas[SCHEMAS];
	atomic_bool stop;
	atomic_uint wrong;
	atomic_ulong searches, writes;
};

/* How many entries a filter finds, by the plan or by looking at each. */
static unsigned
count(struct store_read *r, struct arena *a, const char *filter, bool planned)
{
	const struct attr_map *map = store_read_map(r);
	struct fixture with = {.schema = attr_map_schema(map)};
	struct match *m = fx_match(&with, a, filter);
	struct test_env env = {.schema = with.schema, .map = map, .read = r};
	struct test *t = test_new(a, m, &env);
	struct plan *p = plan_new(r, a, &(struct plan_query){1, LDAP_SCOPE_WHOLE_SUBTREE, m});
	struct record rec;
	unsigned n = 0;
	uint64_t id = 0;

	if (planned) {
		while (plan_next(p, &id) == 1) {
			int rc = store_get(r, id, &rec, NULL);
			n += rc == 0 && (plan_exact(p) || test_run(t, id, &rec, a) == TEST_TRUE);
		}
		return n;
	}
	for (id = 1; store_next(r, &id, &rec, NULL) == 0; id++)
		n += test_run(t, id, &rec, a) == TEST_TRUE;
	return n;
}

static void
compare(struct shared *s, struct store_read *r, unsigned i)
{
	static const char *const filters[] = {"(cn=c1)", "(name=c2)", "(badge=b3)", "(badge=*)",
	    "(token=t4)", "(|(uid=*1)(token=t*))", "(&(name=*t*)(!(badge=b1)))",
	    "(objectClass=badgeHolder)"};
	struct arena *a = arena_new(0);
	struct errbuf e;

	if (store_read_begin(r, &e) == 0) {
		const char *filter = filters[i % (sizeof(filters) / sizeof(filters[0]))];
		unsigned planned = count(r, a, filter, true), all = count(r, a, filter, false);
		if (planned != all) {
			fprintf(stderr, "%s: %u planned, %u in all\n", filter, planned, all);
			s->wrong++;
		}
		store_read_end(r);
	}
	s->searches++;
	arena_free(&a);
}

/* Reads for a while with each generation it meets. */
static void *
reader_main(void *arg)
{
	struct shared *s = arg;
	struct store_read *r = NULL;

	for (unsigned i = 0; !s->stop; i++) {
		if (i % 37 == 0) {
			store_read_free(&r);
			r = i % 2 == 0 ? store_read_new(s->f->store)
				       : store_read_new_for(s->f->store, s->schemas[i % SCHEMAS]);
		}
		compare(s, r, i);
	}
	store_read_free(&r);
	return NULL;
}

/* Which types are kinds of name differs: each generation finds what its own schema says. */
static void
test_old_handles_see_their_own_subtypes(void **state)
{
	static const char *const badge_is_name[] = {"( 1.3.6.1.4.1.99999.1 NAME 'badge' SUP name )",
	    "( 1.3.6.1.4.1.99999.3 NAME 'token' EQUALITY caseIgnoreMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.15 )",
	    BADGE_HOLDER, NULL};
	struct fixture f;
	struct errbuf e = {""};

	(void)state;
	start(&f, badge_schema);
	fx_index(&f, "name", INDEX_EQ);
	assert_int_equal(configure(&f, f.schema, &e), 0);
	fx_build(&f);
	struct store_read *old = store_read_new(f.store);
	fx_read_begin(old);
	f.schema = schema_with(f.arena, badge_is_name);
	f.spec_count = 0;
	fx_index(&f, "name", INDEX_EQ);
	assert_int_equal(configure(&f, f.schema, &e), 0);
	fx_add(&f, "uid=a,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", HOLDER, "uid: a", "cn: x", "sn: y", "badge: b",
		"token: t"));
	struct store_read *young = store_read_new(f.store);
	fx_read_begin(old);
	fx_read_begin(young);
	for (int planned = 0; planned < 2; planned++) {
		assert_int_equal(count(old, f.arena, "(name=b)", planned), 0);
		assert_int_equal(count(old, f.arena, "(name=t)", planned), 1);
		assert_int_equal(count(old, f.arena, "(name=x)", planned), 1);
		assert_int_equal(count(young, f.arena, "(name=b)", planned), 1);
		assert_int_equal(count(young, f.arena, "(name=t)", planned), 0);
	}
	store_read_free(&old);
	store_read_free(&young);
	fx_check(&f);
	fx_done(&f);
}

struct job {
	struct write_job job;
	struct shared *shared;
	unsigned number;
	atomic_bool done;
};

/* Adds an entry, or replaces one with other values, under the schema in force. */
static int
run_job(struct write_job *job, struct store_write *w)
{
	struct job *j = (struct job *)job;
	struct arena *a = arena_new(0);
	struct fixture with = {.schema = store_write_schema(w)};
	char dn[80], v[5][40];
	unsigned n = j->number % 50;
	uint64_t id, above;
	struct errbuf e;

	snprintf(dn, sizeof(dn), "uid=u%u,dc=falcot,dc=com", n);
	snprintf(v[0], sizeof(v[0]), "uid: u%u", n);
	snprintf(v[1], sizeof(v[1]), "cn: c%u", j->number % 7);
	snprintf(v[2], sizeof(v[2]), "sn;lang-x%u: c%u", j->number / 256, j->number % 5);
	snprintf(v[3], sizeof(v[3]), "badge: b%u", j->number % 4);
	snprintf(v[4], sizeof(v[4]), "token: t%u", j->number % 6);
	struct entry en = fx_entry(&with, a, dn,
	    FX_LINES("objectClass: inetOrgPerson", HOLDER, "sn: y", v[0], v[1], v[2], v[3], v[4]));
	int rc = store_find(store_write_reader(w), &en.dn, &id, &above);
	if (rc == ERR_NOT_FOUND)
		rc = store_add(w, 1, &en, &id, &e);
	else if (rc == 0)
		rc = j->number % 11 == 0 ? store_delete(w, id, &e) : store_replace(w, id, &en, &e);
	arena_free(&a);
	return rc;
}

static void
done_job(struct write_job *job, int error, const char *text)
{
	struct job *j = (struct job *)job;

	if (error != 0) {
		fprintf(stderr, "write: %s\n", text);
		j->shared->wrong++;
	}
	j->shared->writes++;
	j->done = true;
}

static void
reconfigure(struct shared *s, unsigned round)
{
	struct errbuf e = {""};

	s->f->schema = s->schemas[round % SCHEMAS];
	s->f->spec_count = 0;
	if (round % 3 != 0)
		fx_index(s->f, "name", INDEX_EQ | (round % 2 != 0 ? INDEX_SUB : 0));
	if (round % 2 != 0)
		fx_index(s->f, "badge", INDEX_EQ | INDEX_PRES);
	if (round % 5 != 0)
		fx_index(s->f, "token", INDEX_EQ);
	if (configure(s->f, s->f->schema, &e) != 0)
		fx_fail("configure", &e);
}

static void
test_reconfiguring_under_load(void **state)
{
	static struct fixture f;
	static struct job jobs[JOBS];
	struct shared s = {.f = &f};
	struct errbuf e = {""};
	pthread_t readers[READERS];
	struct writer *w;

	(void)state;
	start(&f, badge_schema);
	for (size_t i = 0; i < SCHEMAS; i++)
		s.schemas[i] = schema_with(f.arena, badge_schema);
	assert_int_equal(configure(&f, s.schemas[0], &e), 0);
	assert_int_equal(writer_start(f.store, 0, &w, &e), 0);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, reader_main, &s), 0);
	for (unsigned i = 0; i < ROUNDS * JOBS; i++) {
		struct job *j = &jobs[i % JOBS];
		while (i >= JOBS && !j->done)
			usleep(50);
		*j = (struct job){{NULL, run_job, done_job}, &s, i, false};
		assert_int_equal(writer_submit(w, &j->job), 0);
		if (i % JOBS == JOBS / 2)
			reconfigure(&s, i / JOBS);
	}
	writer_stop(&w);
	s.stop = true;
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(s.wrong, 0);
	assert_int_equal(s.writes, ROUNDS * JOBS);
	assert_true(s.searches > 0);
	fx_build(&f);
	fx_check(&f);
	fx_done(&f);
}

/* The thread that writes builds what store_configure asks for though no job comes. */
static void
test_configure_wakes_the_builder(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct writer *w;

	(void)state;
	start(&f, badge_schema);
	add_person(&f, &steps[0]);
	assert_int_equal(writer_start(f.store, 0, &w, &e), 0);
	usleep(20000);
	fx_index(&f, "badge", INDEX_EQ);
	assert_int_equal(configure(&f, f.schema, &e), 0);
	for (int i = 0; store_builder_pending(f.store) && i < 5000; i++)
		usleep(1000);
	assert_false(store_builder_pending(f.store));
	writer_stop(&w);
	fx_check(&f);
	fx_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_configure_leaves_handles_their_schema),
	    cmocka_unit_test(test_read_new_for_makes_a_lost_generation),
	    cmocka_unit_test(test_old_handles_share_their_map),
	    cmocka_unit_test(test_configure_refuses_what_changes_entries),
	    cmocka_unit_test(test_uses_tells),
	    cmocka_unit_test(test_configure_names_the_type_in_use),
	    cmocka_unit_test(test_configure_indexes_a_type_that_comes_back),
	    cmocka_unit_test(test_configure_fails_without_effect),
	    cmocka_unit_test(test_configure_leaks_nothing),
	    cmocka_unit_test(test_old_handles_see_their_own_subtypes),
	    cmocka_unit_test(test_reconfiguring_under_load),
	    cmocka_unit_test(test_configure_wakes_the_builder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
