#include "fixture.h"

#include <sys/stat.h>
#include "store/tree.h"
#include "store/write.h"

/* The database as its users see it: names, records, changes, configuration, restarts. */

static struct fixture *
start(const char *suffix)
{
	static struct fixture f;

	fx_init(&f, suffix);
	fx_open(&f);
	return &f;
}

static void
add_small_tree(struct fixture *f)
{
	fx_add(f, "dc=falcot,dc=com",
	    FX_LINES(
		"objectClass: organization", "objectClass: dcObject", "o: Falcot", "dc: falcot"));
	fx_add(f, "ou=People,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: People"));
	fx_add(f, "uid=Roland,ou=People,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", "cn: Roland Mas", "sn: Mas", "uid: Roland",
		"cn;lang-fr: Roland le Grand", "entryUUID: 5f8c7a10-0000-4000-8000-000000000001"));
	fx_add(f, "uid=raphael,ou=people,dc=Falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", "cn: Raphael Hertzog", "sn: Hertzog",
		"uid: raphael"));
}

static int
find(struct fixture *f, struct store_read *r, const char *text, uint64_t *id, uint64_t *matched)
{
	struct arena *a = arena_new(0);
	struct dn dn = fx_dn(f, a, text);
	int rc = store_find(r, &dn, id, matched);

	arena_free(&a);
	return rc;
}

static void
test_find_follows_names(void **state)
{
	static const struct {
		const char *dn;
		int rc;
		uint64_t id, matched;
	} cases[] = {
	    {"dc=falcot,dc=com", 0, 1, 0},
	    {"DC=Falcot, DC=COM", 0, 1, 0},
	    {"ou=people,dc=falcot,dc=com", 0, 2, 1},
	    {"uid=roland,ou=people,dc=falcot,dc=com", 0, 3, 2},
	    {"uid=nobody,ou=people,dc=falcot,dc=com", ERR_NOT_FOUND, 99, 2},
	    {"uid=a,uid=b,dc=falcot,dc=com", ERR_NOT_FOUND, 99, 1},
	    {"dc=com", ERR_NOT_FOUND, 99, 0},
	    {"dc=other,dc=com", ERR_NOT_FOUND, 99, 0},
	    {"", ERR_NOT_FOUND, 99, 0},
	};
	struct fixture *f = start("dc=falcot,dc=com");
	struct store_read *r = store_read_new(f->store);

	(void)state;
	add_small_tree(f);
	fx_read_begin(r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t id = 99, matched = 98;
		assert_int_equal(find(f, r, cases[i].dn, &id, &matched), cases[i].rc);
		assert_int_equal(id, cases[i].id);
		if (cases[i].rc != 0)
			assert_int_equal(matched, cases[i].matched);
	}
	store_read_free(&r);
	fx_check(f);
	fx_done(f);
}

static void
test_get_gives_what_was_added(void **state)
{
	struct fixture *f = start("dc=falcot,dc=com");
	struct store_read *r = store_read_new(f->store);
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	struct bv pretty, normal;
	struct record rec;
	struct entry en;

	(void)state;
	add_small_tree(f);
	fx_read_begin(r);
	assert_int_equal(store_get(r, 3, &rec, &e), 0);
	assert_int_equal(rec.parent, 2);
	assert_int_equal(rec.row_count, 6);
	assert_int_equal(rec.user_count, 5);
	assert_int_equal(store_dn(r, &rec, a, &pretty, &normal), 0);
	assert_true(bv_eq(pretty, BV_LIT("uid=Roland,ou=People,dc=falcot,dc=com")));
	assert_true(bv_eq(normal, BV_LIT("uid=roland,ou=people,dc=falcot,dc=com")));
	assert_int_equal(record_decode(&rec, store_read_map(r), a, &en), 0);
	assert_int_equal(en.count, 6);
	assert_true(bv_eq(en.attrs[1].values[0], BV_LIT("Roland Mas")));
	assert_true(bv_eq(en.attrs[1].normals[0], BV_LIT("roland mas")));
	assert_true(bv_eq(en.attrs[4].desc->name, BV_LIT("cn;lang-fr")));
	assert_int_equal(store_get(r, 77, &rec, &e), ERR_NOT_FOUND);
	store_read_free(&r);
	arena_free(&a);
	fx_done(f);
}

static void
test_children_are_listed_in_order(void **state)
{
	struct fixture *f = start("dc=falcot,dc=com");
	struct store_read *r = store_read_new(f->store);
	struct bv rdn = BV_NONE;
	uint64_t id;

	(void)state;
	add_small_tree(f);
	fx_read_begin(r);
	assert_true(store_has_children(r, 2));
	assert_false(store_has_children(r, 3));
	assert_int_equal(store_child_count(r, 2), 2);
	assert_int_equal(store_next_child(r, 2, BV_NONE, &id, &rdn), 0);
	assert_int_equal(id, 4);
	assert_true(bv_eq(rdn, BV_LIT("uid=raphael")));
	assert_int_equal(store_next_child(r, 2, rdn, &id, &rdn), 0);
	assert_int_equal(id, 3);
	assert_int_equal(store_next_child(r, 2, rdn, &id, &rdn), ERR_NOT_FOUND);
	store_read_free(&r);
	fx_done(f);
}

static void
test_long_names_do_not_collide(void **state)
{
	struct fixture *f = start("dc=falcot,dc=com");
	struct store_read *r = store_read_new(f->store);
	char x[900], y[900];
	uint64_t id, matched;

	(void)state;
	add_small_tree(f);
	memset(x, 'x', sizeof(x));
	memcpy(x, "cn=", 3);
	strcpy(x + 700, ",dc=falcot,dc=com");
	memcpy(y, x, sizeof(y));
	y[699] = 'y';
	uint64_t id_x = fx_add(f, x, FX_LINES("objectClass: person", "cn: x", "sn: x"));
	fx_read_begin(r);
	assert_int_equal(find(f, r, y, &id, &matched), ERR_NOT_FOUND);
	uint64_t id_y = fx_add(f, y, FX_LINES("objectClass: person", "cn: y", "sn: y"));
	fx_read_begin(r);
	assert_int_equal(find(f, r, x, &id, &matched), 0);
	assert_int_equal(id, id_x);
	assert_int_equal(find(f, r, y, &id, &matched), 0);
	assert_int_equal(id, id_y);
	assert_int_equal(store_child_count(r, 1), 3);
	store_read_free(&r);
	fx_check(f);
	fx_done(f);
}

static void
test_changes_are_refused_without_effect(void **state)
{
	struct fixture *f = start("dc=falcot,dc=com");
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	struct store_write *w;
	uint64_t id = 0;

	(void)state;
	add_small_tree(f);
	struct entry twin = fx_entry(f, a, "uid=ROLAND,ou=people,dc=falcot,dc=com",
	    FX_LINES("objectClass: person", "cn: x", "sn: y", "uid: roland"));
	assert_int_equal(store_write_begin(f->store, &w, &e), 0);
	assert_int_equal(store_add(w, 2, &twin, &id, &e), ERR_EXISTS);
	assert_int_equal(store_delete(w, 2, &e), ERR_EXISTS);
	assert_int_equal(store_delete(w, 77, &e), ERR_NOT_FOUND);
	assert_int_equal(store_replace(w, 2, &twin, &e), ERR_UNSUPPORTED);
	assert_int_equal(store_move(w, 4, 2, &twin, &e), ERR_EXISTS);
	struct entry loop = fx_entry(f, a, "ou=people,uid=roland,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: people"));
	assert_int_equal(store_move(w, 2, 3, &loop, &e), ERR_DENIED);
	assert_int_equal(store_write_commit(&w, &e), 0);
	arena_free(&a);
	fx_check(f);
	fx_done(f);
}

static void
test_move_takes_the_subtree_along(void **state)
{
	struct fixture *f = start("dc=falcot,dc=com");
	struct store_read *r = store_read_new(f->store);
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	struct store_write *w;
	uint64_t id, matched;
	struct record rec;
	struct bv pretty;

	(void)state;
	add_small_tree(f);
	fx_add(
	    f, "ou=old,dc=falcot,dc=com", FX_LINES("objectClass: organizationalUnit", "ou: old"));
	struct entry moved = fx_entry(f, a, "ou=Staff,ou=old,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: Staff"));
	assert_int_equal(store_write_begin(f->store, &w, &e), 0);
	assert_int_equal(store_move(w, 2, 5, &moved, &e), 0);
	assert_int_equal(store_write_commit(&w, &e), 0);
	fx_read_begin(r);
	assert_int_equal(
	    find(f, r, "uid=roland,ou=people,dc=falcot,dc=com", &id, &matched), ERR_NOT_FOUND);
	assert_int_equal(
	    find(f, r, "uid=roland,ou=staff,ou=old,dc=falcot,dc=com", &id, &matched), 0);
	assert_int_equal(id, 3);
	assert_int_equal(store_get(r, 3, &rec, &e), 0);
	assert_int_equal(store_dn(r, &rec, a, &pretty, NULL), 0);
	assert_true(bv_eq(pretty, BV_LIT("uid=Roland,ou=Staff,ou=old,dc=falcot,dc=com")));
	store_read_free(&r);
	arena_free(&a);
	fx_check(f);
	fx_done(f);
}

static void
test_everything_survives_reopening(void **state)
{
	struct fixture *f = start("dc=falcot,dc=com");
	struct errbuf e = {""};
	struct store_write *w;
	struct bv value = BV_NONE;
	uint64_t id, matched;

	(void)state;
	add_small_tree(f);
	assert_int_equal(store_write_begin(f->store, &w, &e), 0);
	assert_int_equal(store_meta_put(w, "contextCSN", BV_LIT("x#y"), &e), 0);
	assert_int_equal(store_delete(w, 4, &e), 0);
	assert_int_equal(store_write_commit(&w, &e), 0);
	store_close(&f->store);
	fx_open(f);
	struct store_read *r = store_read_new(f->store);
	fx_read_begin(r);
	assert_int_equal(store_entry_count(r), 3);
	assert_int_equal(store_meta_get(r, "contextCSN", &value), 0);
	assert_true(bv_eq(value, BV_LIT("x#y")));
	assert_int_equal(store_meta_get(r, "other", &value), ERR_NOT_FOUND);
	assert_int_equal(find(f, r, "uid=roland,ou=people,dc=falcot,dc=com", &id, &matched), 0);
	store_read_free(&r);
	id = fx_add(f, "uid=x,ou=people,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", "cn: x", "sn: x", "uid: x"));
	assert_int_equal(id, 5); /* the number of a removed entry is not given again */
	fx_check(f);
	fx_done(f);
}

static void
test_empty_suffix_holds_several_trees(void **state)
{
	struct fixture *f = start("");
	struct store_read *r = store_read_new(f->store);
	uint64_t id, matched = 9;

	(void)state;
	fx_add(f, "o=one", FX_LINES("objectClass: organization", "o: one"));
	fx_add(f, "o=two", FX_LINES("objectClass: organization", "o: two"));
	fx_add(f, "ou=x,o=two", FX_LINES("objectClass: organizationalUnit", "ou: x"));
	fx_read_begin(r);
	assert_int_equal(find(f, r, "ou=x,o=two", &id, &matched), 0);
	assert_int_equal(id, 3);
	assert_int_equal(find(f, r, "ou=x,o=one", &id, &matched), ERR_NOT_FOUND);
	assert_int_equal(matched, 1);
	assert_int_equal(find(f, r, "", &id, &matched), ERR_NOT_FOUND);
	store_read_free(&r);
	fx_check(f);
	fx_done(f);
}

static void
write_file(const char *path, const char *bytes, size_t n)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fwrite(bytes, 1, n, file);
	fclose(file);
}

static void
test_open_refuses_with_a_reason(void **state)
{
	struct fixture *f = start("dc=falcot,dc=com");
	struct errbuf e = {""};
	char path[128], junk[16384];
	struct fixture other = *f;

	(void)state;
	add_small_tree(f);
	store_close(&f->store);
	other.suffix = fx_dn(f, f->arena, "dc=other");
	other.store = NULL;
	assert_int_equal(fx_open_rc(&other, true, &e), ERR_CONFIG);
	assert_non_null(strstr(e.text, "dc=falcot,dc=com"));
	snprintf(path, sizeof(path), "%s/data.mdb", f->directory);
	assert_int_equal(truncate(path, 12288), 0);
	assert_int_equal(fx_open_rc(f, true, &e), ERR_CORRUPT);
	memset(junk, 'j', sizeof(junk));
	write_file(path, junk, sizeof(junk));
	assert_int_equal(fx_open_rc(f, true, &e), ERR_CORRUPT);
	unlink(path);
	assert_int_equal(fx_open_rc(f, false, &e), ERR_CONFIG);
	strcpy(other.directory, "/nonexistent/muster");
	assert_int_equal(fx_open_rc(&other, true, &e), ERR_CONFIG);
	fx_done(f);
}

/* The mode of a file of the database. */
static unsigned
mode_of(const struct fixture *f, const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
test_new_files_have_the_mode_asked_for(void **state)
{
	static const struct {
		unsigned mask, mode, want;
	} cases[] = {{077, 0640, 0640}, {0, 0, 0600}, {022, 0600, 0600}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		struct errbuf e = {""};
		fx_init(&f, "dc=falcot,dc=com");
		struct store_options o = {.directory = f.directory,
		    .mode = cases[i].mode,
		    .create = true,
		    .no_sync = true,
		    .schema = f.schema,
		    .suffix = &f.suffix};
		mode_t before = umask((mode_t)cases[i].mask);
		assert_int_equal(store_open(&o, &f.store, &e), 0);
		umask(before);
		assert_int_equal(mode_of(&f, "data.mdb"), cases[i].want);
		assert_int_equal(mode_of(&f, "lock.mdb"), cases[i].want);
		fx_done(&f);
	}
}

static void
count_problem(void *arg, uint64_t id, const char *text)
{
	(void)id, (void)text;
	++*(unsigned *)arg;
}

/* Names that lead in circles are damage; following them must end. */
static void
test_check_ends_where_names_lead_in_circles(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct store_write *w;
	struct tree_key key;
	unsigned seen = 0;

	(void)state;
	fx_init(&f, "dc=falcot,dc=com");
	fx_open(&f);
	fx_add(&f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	uint64_t a = fx_add(
	    &f, "ou=a,dc=falcot,dc=com", FX_LINES("objectClass: organizationalUnit", "ou: a"));
	uint64_t b = fx_add(
	    &f, "ou=b,ou=a,dc=falcot,dc=com", FX_LINES("objectClass: organizationalUnit", "ou: b"));
	fx_check(&f);
	assert_int_equal(store_write_begin(f.store, &w, &e), 0);
	tree_key_make(&key, b, BV_LIT("ou=c"));
	assert_int_equal(tree_put(w->store, w->txn, &key, a), 0);
	assert_int_equal(store_write_commit(&w, &e), 0);
	assert_true(store_check(f.store, count_problem, &seen, &e) >= 2);
	assert_true(seen >= 2);
	fx_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_find_follows_names),
	    cmocka_unit_test(test_get_gives_what_was_added),
	    cmocka_unit_test(test_children_are_listed_in_order),
	    cmocka_unit_test(test_long_names_do_not_collide),
	    cmocka_unit_test(test_changes_are_refused_without_effect),
	    cmocka_unit_test(test_move_takes_the_subtree_along),
	    cmocka_unit_test(test_everything_survives_reopening),
	    cmocka_unit_test(test_empty_suffix_holds_several_trees),
	    cmocka_unit_test(test_open_refuses_with_a_reason),
	    cmocka_unit_test(test_new_files_have_the_mode_asked_for),
	    cmocka_unit_test(test_check_ends_where_names_lead_in_circles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
