#include "opcase.h"
#include "base/err.h"
#include "op/page.h"
#include "wire/filter.h"

/*
 * Paging cookies: each case changes one thing between the page that gave the cookie and the
 * one that brings it back.
 */

static struct filter *
filter_of(struct opcase *c, const char *text)
{
	struct filter *f;
	struct errbuf e = {""};

	if (filter_parse(c->arena, bv_str(text), &filter_default_limits, &f, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return f;
}

static void
search_init(struct opcase *c)
{
	opcase_init(c, LDAP_REQ_SEARCH);
	c->op.target.normal = BV_LIT("dc=com");
	c->op.who.normal = BV_LIT("uid=jean");
	c->op.msg.u.search.scope = LDAP_SCOPE_WHOLE_SUBTREE;
	c->op.msg.u.search.filter = filter_of(c, "(uid=a)");
}

static const struct page_position position = {0x0102030405060708, 77, 3};

static void
same(struct opcase *c)
{
	(void)c;
}

static void
other_base(struct opcase *c)
{
	c->op.target.normal = BV_LIT("dc=org");
}

static void
base_that_takes_from_the_filter(struct opcase *c)
{
	c->op.target.normal = BV_LIT("dc=com(uid=a)");
}

static void
other_scope(struct opcase *c)
{
	c->op.msg.u.search.scope = LDAP_SCOPE_SINGLE_LEVEL;
}

static void
other_deref(struct opcase *c)
{
	c->op.msg.u.search.deref = LDAP_DEREF_ALWAYS_ALIASES;
}

static void
other_filter(struct opcase *c)
{
	c->op.msg.u.search.filter = filter_of(c, "(uid=b)");
}

static void
other_identity(struct opcase *c)
{
	c->op.who.normal = BV_LIT("uid=joe");
}

static void
anonymous(struct opcase *c)
{
	c->op.who.normal = BV_LIT("");
}

static void
other_connection(struct opcase *c)
{
	c->session.conn_id++;
}

static void
other_process(struct opcase *c)
{
	c->world.secret[15] ^= 1;
}

static void
other_attributes(struct opcase *c)
{
	static struct bv names[] = {{(const uint8_t *)"cn", 2}};

	c->op.msg.u.search.attrs = names;
	c->op.msg.u.search.attr_count = 1;
}

static const struct {
	const char *name;
	void (*change)(struct opcase *c);
	bool good;
} searches[] = {
    {"the same search", same, true},
    {"other attributes: no other entries", other_attributes, true},
    {"other base", other_base, false},
    {"base that takes from the filter", base_that_takes_from_the_filter, false},
    {"other scope", other_scope, false},
    {"other alias handling", other_deref, false},
    {"other filter", other_filter, false},
    {"other identity", other_identity, false},
    {"anonymous now", anonymous, false},
    {"other connection", other_connection, false},
    {"other process", other_process, false},
};

static void
test_cookie_belongs_to_its_search(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		struct opcase c;
		struct page_position got = {0, 0, 0};

		search_init(&c);
		struct bv cookie = page_cookie(&c.op, &position);
		searches[i].change(&c);
		bool good = page_read_cookie(&c.op, cookie, &got);
		if (good != searches[i].good)
			fail_msg("%s: %s", searches[i].name, good ? "taken" : "refused");
		if (good) {
			assert_int_equal(got.last_id, position.last_id);
			assert_int_equal(got.sent, position.sent);
			assert_int_equal(got.area, position.area);
		} else {
			assert_int_equal(got.last_id, 0);
		}
		opcase_done(&c);
	}
}

/* Every single bit counts. */
static void
test_cookie_forged(void **state)
{
	struct opcase c;
	struct page_position got;

	(void)state;
	search_init(&c);
	struct bv cookie = page_cookie(&c.op, &position);
	uint8_t *copy = arena_alloc(c.arena, cookie.n);
	for (size_t bit = 0; bit < cookie.n * 8; bit++) {
		memcpy(copy, cookie.p, cookie.n);
		copy[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		assert_false(page_read_cookie(&c.op, bv_make(copy, cookie.n), &got));
	}
	opcase_done(&c);
}

static void
test_cookie_of_another_length(void **state)
{
	struct opcase c;
	struct page_position got;

	(void)state;
	search_init(&c);
	struct bv cookie = page_cookie(&c.op, &position);
	uint8_t *longer = arena_zalloc(c.arena, cookie.n + 1, 1);
	memcpy(longer, cookie.p, cookie.n);
	assert_false(page_read_cookie(&c.op, bv_make(longer, cookie.n + 1), &got));
	for (size_t n = 0; n < cookie.n; n++)
		assert_false(page_read_cookie(&c.op, bv_make(cookie.p, n), &got));
	assert_true(page_read_cookie(&c.op, cookie, &got));
	opcase_done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cookie_belongs_to_its_search),
	    cmocka_unit_test(test_cookie_forged),
	    cmocka_unit_test(test_cookie_of_another_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
