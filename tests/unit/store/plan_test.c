#include "fixture.h"

#include <string.h>
#include "model/rule.h"
#include "store/attrmap.h"

/*
 * Plans and the filter test against an oracle: random entries in memory beside the same
 * ones in a database, random filters with parts that are undefined, evaluated by
 * walking all entries with nothing but the matching rules. While indexes do not exist, are being
 * built, are ready, and after entries were changed, moved and removed.
 */

enum { ENTRIES = 2000, FILTERS = 600, DEPTH = 3 };

struct model {
	struct fixture f;
	struct arena *arena;
	struct entry *entries; /* by ID */
	uint64_t *parents;
	bool *alive;
	size_t count; /* IDs are 1 to count */
	unsigned seed;
};

static unsigned
roll(struct model *m, unsigned n)
{
	m->seed = m->seed * 1103515245u + 12345u;
	return (m->seed >> 16) % n;
}

static const char *const words[] = {"anna", "Anna Maria", "bert", "Bertram", "carl", "x", "yz",
    "a b  c", "Dora", "dorothea", "Zo\xc3\xab", "an", "long long long name indeed"};
static const char *const numbers[] = {"0", "-5", "17", "1000", "1001", "99999999999999999999", "2"};

static const char *
pick(struct model *m, const char *const *list, size_t n)
{
	return list[roll(m, (unsigned)n)];
}

#define PICK(m, list) pick(m, list, sizeof(list) / sizeof((list)[0]))

static struct entry
random_person(struct model *m, size_t i, uint64_t parent)
{
	char text[200];
	struct errbuf e = {""};
	struct rdn rdn;
	struct entry en;

	snprintf(text, sizeof(text), "uid=u%zu", i);
	assert_int_equal(
	    dn_parse_rdn(m->f.schema, m->arena, arena_dup(m->arena, bv_str(text)), &rdn, &e), 0);
	struct dn dn = dn_join(m->arena, &rdn, &m->entries[parent].dn);
	entry_init(&en, m->arena, &dn);
	fx_value(&m->f, &en, "objectClass", roll(m, 3) ? "inetOrgPerson" : "person");
	fx_value(&m->f, &en, "uid", text + 4);
	fx_value(&m->f, &en, "sn", PICK(m, words));
	fx_value(&m->f, &en, "cn", PICK(m, words));
	if (roll(m, 2))
		fx_value(&m->f, &en, "uidNumber", PICK(m, numbers));
	if (roll(m, 4) == 0)
		fx_value(&m->f, &en, "cn;lang-de", PICK(m, words));
	if (roll(m, 4) == 0)
		fx_value(&m->f, &en, "description", PICK(m, words));
	if (roll(m, 100) == 0) {
		char big[6000];
		memset(big, 'q', sizeof(big));
		memcpy(big + 5000, "needle", 6);
		big[sizeof(big) - 1] = 0;
		fx_value(&m->f, &en, "title", big);
	}
	if (roll(m, 3) == 0)
		fx_value(&m->f, &en, "telephoneNumber", roll(m, 2) ? "+1 555-12" : "+1 555 13");
	return en;
}

static void
store_entry(struct model *m, struct store_write *w, uint64_t parent, struct entry en)
{
	struct errbuf e = {""};
	uint64_t id;

	if (store_add(w, parent, &en, &id, &e) != 0)
		fx_fail("add", &e);
	assert_int_equal(id, m->count + 1);
	m->entries[id] = en;
	m->parents[id] = parent;
	m->alive[id] = true;
	m->count = id;
}

static void
populate(struct model *m)
{
	struct errbuf e = {""};
	struct store_write *w;

	assert_int_equal(store_write_begin(m->f.store, &w, &e), 0);
	store_entry(m, w, 0,
	    fx_entry(&m->f, m->arena, "dc=falcot,dc=com",
		FX_LINES("objectClass: organization", "o: Falcot")));
	while (m->count < ENTRIES) {
		uint64_t parent = m->count < 40 || roll(m, 3)
				      ? 1 + roll(m, m->count < 40 ? (unsigned)m->count : 40)
				      : 1 + roll(m, (unsigned)m->count);
		store_entry(m, w, parent, random_person(m, m->count, parent));
	}
	assert_int_equal(store_write_commit(&w, &e), 0);
}

/* ---- the oracle ---- */

static bool
value_holds(const struct model *m, const struct match *t, const struct attr_type *type, struct bv v)
{
	struct bv form = v, key;
	bool hit = false;

	if (t->kind == MATCH_PRESENT)
		return true;
	if (rule_normalize(t->rule, m->f.schema, m->arena, v, &form) != 0)
		return false;
	(void)type;
	if (t->kind == MATCH_EQUALITY || t->kind == MATCH_EXTENSIBLE)
		hit = rule_matches(t->rule, form, t->normal);
	else if (t->kind == MATCH_SUBSTRINGS)
		hit = rule_substrings_match(form, &t->sub);
	else if (t->kind == MATCH_APPROX)
		hit = rule_matches(t->rule, form, t->normal);
	else if (rule_order_key(t->rule, m->arena, form, &key) == 0)
		hit = t->kind == MATCH_GREATER_OR_EQUAL ? bv_cmp(key, t->order_key) >= 0
							: bv_cmp(key, t->order_key) <= 0;
	return hit;
}

static enum test_result
leaf_holds(const struct model *m, const struct match *t, const struct entry *en)
{
	for (size_t i = 0; i < en->count; i++) {
		const struct attr *a = &en->attrs[i];
		if (!desc_is_subtype(a->desc, t->desc))
			continue;
		for (size_t k = 0; k < a->count; k++) {
			if (value_holds(m, t, a->desc->type, a->values[k]))
				return TEST_TRUE;
		}
	}
	return TEST_FALSE;
}

static enum test_result
holds(const struct model *m, const struct match *t, const struct entry *en)
{
	bool undefined = false, decisive = t->kind == MATCH_OR;
	enum test_result one;

	if (t->kind == MATCH_TRUE || t->kind == MATCH_FALSE || t->kind == MATCH_UNDEFINED)
		return t->kind == MATCH_TRUE	? TEST_TRUE
		       : t->kind == MATCH_FALSE ? TEST_FALSE
						: TEST_UNDEFINED;
	if (t->kind == MATCH_NOT) {
		one = holds(m, t->children[0], en);
		return one == TEST_UNDEFINED ? one : one == TEST_TRUE ? TEST_FALSE : TEST_TRUE;
	}
	if (t->kind != MATCH_AND && t->kind != MATCH_OR)
		return leaf_holds(m, t, en);
	for (size_t i = 0; i < t->child_count; i++) {
		one = holds(m, t->children[i], en);
		undefined |= one == TEST_UNDEFINED;
		if (one == (decisive ? TEST_TRUE : TEST_FALSE))
			return one;
	}
	return undefined ? TEST_UNDEFINED : decisive ? TEST_FALSE : TEST_TRUE;
}

static bool
in_scope(const struct model *m, uint64_t id, uint64_t base, enum ldap_scope scope)
{
	if (scope == LDAP_SCOPE_BASE_OBJECT)
		return id == base;
	if (scope == LDAP_SCOPE_SINGLE_LEVEL)
		return m->parents[id] == base;
	if (id == base)
		return scope == LDAP_SCOPE_WHOLE_SUBTREE;
	while (id != 0 && id != base)
		id = m->parents[id];
	return id == base;
}

/* ---- random filters ---- */

static void
random_text(struct model *m, char *out, size_t n)
{
	static const char *const parts[] = {"an", "na", "a", "n", "ber", "dor", "Anna", "long",
	    "ong na", "x", "5", "needle", "qqq", " "};

	switch (roll(m, 5)) {
	case 0:
		snprintf(out, n, "%s*", PICK(m, parts));
		break;
	case 1:
		snprintf(out, n, "*%s", PICK(m, parts));
		break;
	case 2:
		snprintf(out, n, "*%s*%s*", PICK(m, parts), PICK(m, parts));
		break;
	case 3:
		snprintf(out, n, "%s*%s", PICK(m, parts), PICK(m, parts));
		break;
	default:
		snprintf(out, n, "%s", PICK(m, words));
		break;
	}
}

static void
random_leaf(struct model *m, char *out, size_t n)
{
	static const char *const types[] = {
	    "cn", "sn", "name", "cn;lang-de", "description", "title", "nosuch", "telephoneNumber"};
	static const char *const fixed[] = {"(objectClass=*)", "(objectClass=person)",
	    "(objectClass=inetOrgPerson)", "(&)", "(|)", "(uidNumber=abc)", "(uidNumber=*)",
	    "(title=*)", "(sn:caseExactMatch:=anna)", "(telephoneNumber=+155512)", "(nosuch=*)",
	    "(uidNumber<=-1)", "(uidNumber>=1000)", "(name=*)", "(jpegPhoto=x)"};
	static const char *const order[] = {">=", "<=", "="};
	char text[100];

	switch (roll(m, 6)) {
	case 0:
		snprintf(out, n, "%s", PICK(m, fixed));
		break;
	case 1:
		snprintf(out, n, "(uid=u%u)", roll(m, ENTRIES + 100));
		break;
	case 2:
		snprintf(out, n, "(uidNumber%s%s)", PICK(m, order), PICK(m, numbers));
		break;
	case 3:
		snprintf(out, n, "(cn~=%s)", PICK(m, words));
		break;
	case 4:
		snprintf(out, n, "(%s=%s)", PICK(m, types), PICK(m, words));
		break;
	default:
		random_text(m, text, sizeof(text));
		snprintf(out, n, "(%s=%s)", PICK(m, types), text);
		break;
	}
}

static void
random_filter(struct model *m, char *out, size_t n, unsigned depth)
{
	size_t at = 0;
	unsigned kind = roll(m, 6), children = 1 + roll(m, 4);

	if (depth == 0 || kind > 2) {
		random_leaf(m, out, n);
		return;
	}
	at += (size_t)snprintf(out, n, "(%c", "&|!"[kind]);
	for (unsigned i = 0; i < (kind == 2 ? 1 : children); i++) {
		random_filter(m, out + at, n - at - 2, depth - 1);
		at += strlen(out + at);
	}
	snprintf(out + at, n - at, ")");
}

/* ---- the comparison ---- */

struct question {
	const char *text;
	uint64_t base;
	enum ldap_scope scope;
};

static void
wrong(const struct question *q, uint64_t id, const char *what)
{
	fail_msg("%s base %llu scope %d: entry %llu %s", q->text, (unsigned long long)q->base,
	    (int)q->scope, (unsigned long long)id, what);
}

/* Looks at one candidate; returns whether it satisfies. */
static bool
judge(struct model *m, struct store_read *r, const struct test *t, const struct plan *p,
    uint64_t id, const struct question *q)
{
	struct errbuf e = {""};
	struct arena *scratch = arena_new(0);
	struct record rec;
	int rc = store_get(r, id, &rec, &e);

	(void)m;
	if (rc != 0)
		wrong(q, id, "cannot be read");
	enum test_result result = test_run(t, id, &rec, scratch);
	if (plan_exact(p) && q->scope != LDAP_SCOPE_BASE_OBJECT && result != TEST_TRUE)
		wrong(q, id, "came from an exact plan and fails the test");
	arena_free(&scratch);
	return result == TEST_TRUE;
}

static void
compare(struct model *m, struct store_read *r, const struct question *q, bool pausing)
{
	struct arena *a = arena_new(0);
	struct match *match = fx_match(&m->f, a, q->text);
	struct test_env env = {.schema = m->f.schema, .map = store_read_map(r), .read = r};
	struct plan_query query = {q->base, q->scope, match};
	struct plan *p = plan_new(r, a, &query);
	struct test *t = test_new(a, match, &env);
	uint64_t id, last = 0;
	int rc;

	while ((rc = plan_next(p, &id)) == 1) {
		bool hit = judge(m, r, t, p, id, q);
		if (id <= last)
			wrong(q, id, "came out of order");
		for (uint64_t i = last + 1; i <= id; i++) {
			bool want = m->alive[i] && in_scope(m, i, q->base, q->scope) &&
				    holds(m, match, &m->entries[i]) == TEST_TRUE;
			if (want && i < id)
				wrong(q, i, "was left out");
			if (i == id && want != hit)
				wrong(q, i, want ? "was refused" : "was let through");
		}
		last = id;
		if (pausing && id % 7 == 0) {
			plan_pause(p);
			store_read_end(r);
			fx_read_begin(r);
			plan_resume(p);
		}
	}
	assert_int_equal(rc, 0);
	for (uint64_t i = last + 1; i <= m->count; i++) {
		if (m->alive[i] && in_scope(m, i, q->base, q->scope) &&
		    holds(m, match, &m->entries[i]) == TEST_TRUE)
			wrong(q, i, "was left out at the end");
	}
	arena_free(&a);
}

static void
compare_many(struct model *m, unsigned count)
{
	struct store_read *r = store_read_new(m->f.store);
	char text[4000];

	for (unsigned i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(m->arena);
		random_filter(m, text, sizeof(text), DEPTH);
		struct question q = {text, roll(m, 3) ? 1 : 1 + roll(m, 60),
		    (enum ldap_scope)(roll(m, 3) ? 2 : roll(m, 4))};
		fx_read_begin(r);
		if (m->alive[q.base])
			compare(m, r, &q, i % 4 == 0);
		store_read_end(r);
		arena_rewind(m->arena, mark);
	}
	store_read_free(&r);
}

static void
change_many(struct model *m, unsigned count)
{
	struct errbuf e = {""};
	struct store_write *w;

	assert_int_equal(store_write_begin(m->f.store, &w, &e), 0);
	for (unsigned i = 0; i < count; i++) {
		uint64_t id = 60 + roll(m, (unsigned)m->count - 60), parent = 1 + roll(m, 40);
		bool leaf = m->alive[id] && !store_has_children(store_write_reader(w), id);
		if (!m->alive[id])
			continue;
		if (leaf && roll(m, 3) == 0) {
			assert_int_equal(store_delete(w, id, &e), 0);
			m->alive[id] = false;
		} else if (roll(m, 2)) {
			struct entry en = random_person(m, id - 1, m->parents[id]);
			if (store_replace(w, id, &en, &e) != 0)
				fx_fail("replace", &e);
			m->entries[id] = en;
		} else {
			struct entry en = random_person(m, id - 1, parent);
			int rc = store_move(w, id, parent, &en, &e);
			assert_true(rc == 0 || rc == ERR_DENIED);
			if (rc != 0)
				continue;
			m->entries[id] = en;
			m->parents[id] = parent;
		}
	}
	assert_int_equal(store_write_commit(&w, &e), 0);
}

static struct model *
model_start(unsigned seed)
{
	static struct model m;

	m = (struct model){.arena = arena_new(1 << 20), .seed = seed};
	fx_init(&m.f, "dc=falcot,dc=com");
	fx_open(&m.f);
	m.entries = calloc(ENTRIES + 2, sizeof(*m.entries));
	m.parents = calloc(ENTRIES + 2, sizeof(*m.parents));
	m.alive = calloc(ENTRIES + 2, sizeof(*m.alive));
	populate(&m);
	return &m;
}

static void
model_end(struct model *m)
{
	free(m->entries);
	free(m->parents);
	free(m->alive);
	arena_free(&m->arena);
	fx_done(&m->f);
}

static void
configure(struct model *m)
{
	struct errbuf e = {""};

	m->f.spec_count = 0;
	fx_index(&m->f, "uid", INDEX_EQ | INDEX_PRES);
	fx_index(&m->f, "cn", INDEX_EQ | INDEX_SUB | INDEX_APPROX | INDEX_PRES);
	fx_index(&m->f, "name", INDEX_EQ | INDEX_SUB_ANY);
	fx_index(&m->f, "sn", INDEX_SUB_INITIAL | INDEX_SUB_FINAL);
	fx_index(&m->f, "uidNumber", INDEX_EQ | INDEX_PRES);
	fx_index(&m->f, "title", INDEX_SUB_ANY | INDEX_PRES);
	fx_index(&m->f, "telephoneNumber", INDEX_EQ | INDEX_SUB);
	if (store_configure(m->f.store, m->f.schema, m->f.specs, m->f.spec_count, &e) != 0)
		fx_fail("configure", &e);
}

static void
test_answers_equal_the_oracle(void **state)
{
	const char *seed = getenv("STORE_SEED");
	struct model *m = model_start(seed != NULL ? (unsigned)atoi(seed) : 4711);
	struct errbuf e = {""};

	(void)state;
	compare_many(m, FILTERS / 4);
	configure(m);
	assert_true(store_builder_pending(m->f.store));
	assert_int_equal(store_builder_step(m->f.store, &e), 1);
	compare_many(m, FILTERS / 4);
	change_many(m, 200);
	compare_many(m, FILTERS / 4);
	fx_build(&m->f);
	assert_false(store_builder_pending(m->f.store));
	fx_check(&m->f);
	compare_many(m, FILTERS);
	change_many(m, 300);
	compare_many(m, FILTERS);
	fx_check(&m->f);
	m->f.spec_count = 2;
	assert_int_equal(
	    store_configure(m->f.store, m->f.schema, m->f.specs, m->f.spec_count, &e), 0);
	compare_many(m, FILTERS / 4);
	fx_build(&m->f);
	fx_check(&m->f);
	assert_int_equal(store_reindex(m->f.store, NULL, 0, NULL, NULL, &e), 0);
	fx_check(&m->f);
	compare_many(m, FILTERS / 4);
	model_end(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answers_equal_the_oracle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
