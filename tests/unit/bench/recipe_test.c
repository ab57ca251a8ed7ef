#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "tests/bench/recipe.h"
#include "wire/filter.h"
#include "wire/message.h"

/* Every request that the load generator sends is one that the server's own decoder takes. */

static const struct recipe_scope scope = {
    .suffix = "dc=falcot,dc=com", .people = 500, .count = 300, .seed = 1, .expect = RECIPE_ANY};

static struct bv
bytes_of(const struct script *s, size_t i)
{
	return bv_make(s->bytes.p + s->requests[i].off, s->requests[i].n);
}

static void
decode(struct arena *a, struct bv pdu, struct message *out)
{
	struct errbuf e;
	int code;

	assert_int_equal(
	    message_decode(a, pdu, &message_default_limits, out, &code, &e), MESSAGE_OK);
}

static void
check_recipe(const char *name)
{
	struct arena *a = arena_new(0);
	struct script s;
	struct errbuf e;
	struct message m;

	assert_int_equal(script_init(&s, recipe_find(name), &scope, &e), 0);
	assert_int_equal(s.count, scope.count);
	for (size_t i = 0; i < s.count; i++) {
		struct bv pdu = bytes_of(&s, i);

		decode(a, pdu, &m);
		assert_int_equal(m.id, RECIPE_FIRST_ID);
		assert_int_equal(pdu.p[s.requests[i].id_off], RECIPE_FIRST_ID >> 24);
		assert_int_equal(pdu.p[s.requests[i].id_off - 1], 4);
		arena_reset(a);
	}
	script_done(&s);
	arena_free(&a);
}

static void
test_script_every_recipe_decodes(void **state)
{
	struct buf names;
	char list[1024], *save = NULL;
	int count = 0;

	(void)state;
	buf_init(&names);
	recipe_names(&names);
	assert_true(names.n < sizeof(list));
	memcpy(list, names.p, names.n);
	list[names.n] = '\0';
	for (char *name = strtok_r(list, " ", &save); name != NULL;
	     name = strtok_r(NULL, " ", &save)) {
		check_recipe(name);
		count++;
	}
	assert_true(count >= 16);
	buf_done(&names);
	assert_null(recipe_find("no such"));
}

static void
test_script_same_seed_same_bytes(void **state)
{
	struct recipe_scope other = scope;
	struct script s[3];
	struct errbuf e;

	(void)state;
	other.seed = 2;
	assert_int_equal(script_init(&s[0], recipe_find("getpw"), &scope, &e), 0);
	assert_int_equal(script_init(&s[1], recipe_find("getpw"), &scope, &e), 0);
	assert_int_equal(script_init(&s[2], recipe_find("getpw"), &other, &e), 0);
	assert_true(bv_eq(buf_bv(&s[0].bytes), buf_bv(&s[1].bytes)));
	assert_false(bv_eq(buf_bv(&s[0].bytes), buf_bv(&s[2].bytes)));
	for (int i = 0; i < 3; i++)
		script_done(&s[i]);
}

static void
test_script_templates_filled(void **state)
{
	struct arena *a = arena_new(0);
	struct recipe_scope one = scope;
	struct script s;
	struct errbuf e;
	struct message m;
	struct buf text;

	(void)state;
	one.people = 10; /* too few for ranges: everybody is number 0 */
	buf_init(&text);
	assert_int_equal(script_init(&s, recipe_find("range"), &one, &e), 0);
	decode(a, bytes_of(&s, 0), &m);
	filter_print(m.u.search.filter, &text);
	assert_true(bv_is(buf_bv(&text), "(&(uidNumber>=10000)(uidNumber<=10019))"));
	assert_true(bv_is(m.u.search.base, "dc=falcot,dc=com"));
	assert_int_equal(s.requests[0].entries, 20);
	script_done(&s);
	assert_int_equal(script_init(&s, recipe_find("add"), &one, &e), 0);
	decode(a, bytes_of(&s, 7), &m);
	assert_true(bv_is(m.u.add.dn, "uid=x7,ou=People,dc=falcot,dc=com"));
	assert_true(s.serial);
	script_done(&s);
	buf_done(&text);
	arena_free(&a);
}

static void
test_put_page_carries_cookie(void **state)
{
	struct arena *a = arena_new(0);
	struct buf out;
	struct message m;

	(void)state;
	buf_init(&out);
	script_put_page(&out, "dc=x", BV_LIT("a cookie"));
	decode(a, buf_bv(&out), &m);
	assert_int_equal(m.control_count, 1);
	assert_non_null(memmem(m.controls[0].value.p, m.controls[0].value.n, "a cookie", 8));
	assert_int_equal(out.p[script_id_off(out.p)], RECIPE_FIRST_ID >> 24);
	buf_done(&out);
	arena_free(&a);
}

static void
test_expect_replaces_entries_of_searches(void **state)
{
	struct recipe_scope seven = scope;
	struct script s;
	struct errbuf e;

	(void)state;
	seven.expect = 7;
	assert_int_equal(script_init(&s, recipe_find("mixed"), &seven, &e), 0);
	assert_int_equal(s.requests[0].entries, 7);
	assert_int_equal(s.requests[4].entries, 0);
	script_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_script_every_recipe_decodes),
	    cmocka_unit_test(test_script_same_seed_same_bytes),
	    cmocka_unit_test(test_script_templates_filled),
	    cmocka_unit_test(test_put_page_carries_cookie),
	    cmocka_unit_test(test_expect_replaces_entries_of_searches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
