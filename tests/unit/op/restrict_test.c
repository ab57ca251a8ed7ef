#include "opcase.h"
#include "model/schema.h"
#include "op/restrict.h"

/* Conditions put together from the frontend and a database, and whom they do not hold for. */

struct setting {
	struct opcase c;
	struct conf_db dbs[2]; /* frontend; the database asked */
	struct dn suffix;
	struct memory_entry subschema;
};

static void
setting_init(struct setting *s, enum ldap_tag tag)
{
	memset(s, 0, sizeof(*s));
	opcase_init(&s->c, tag);
	s->c.conf.schema = schema_build(schema_builder_new(s->c.arena));
	s->c.conf.guarded = true;
	s->c.conf.plain_passwords = true;
	s->c.conf.dbs = s->dbs;
	s->c.conf.db_count = 2;
	s->c.conf.frontend = &s->dbs[0];
	s->dbs[0].type = CONF_DB_FRONTEND;
	s->dbs[1].type = CONF_DB_CONFIG;
	s->dbs[1].suffixes = &s->suffix;
	s->dbs[1].suffix_count = 1;
	s->suffix.normal = BV_LIT("cn=config");
	s->suffix.rdn_count = 1;
	s->subschema.dn.normal = BV_LIT("cn=subschema");
	s->c.world.subschema.entries = &s->subschema;
	s->c.op.msg.u.search.base = BV_LIT("cn=config");
	s->c.op.msg.u.search.scope = LDAP_SCOPE_BASE_OBJECT;
}

static int
search(struct setting *s)
{
	return restrict_check(&s->c.op, CONF_OP_SEARCH);
}

static void
test_database_comes_on_top_of_the_frontend(void **state)
{
	struct setting s;

	(void)state;
	setting_init(&s, LDAP_REQ_SEARCH);
	assert_int_equal(search(&s), 0);
	s.dbs[0].requires = CONF_REQUIRE_BIND;
	assert_int_equal(search(&s), LDAP_OPERATIONS_ERROR);
	s.c.session.protocol = 3;
	assert_int_equal(search(&s), 0);
	s.dbs[1].requires = CONF_REQUIRE_AUTHC;
	assert_int_equal(search(&s), LDAP_UNWILLING_TO_PERFORM);
	s.c.op.who.normal = BV_LIT("cn=a");
	assert_int_equal(search(&s), 0);
	s.dbs[0].strength.ssf = 128;
	assert_int_equal(search(&s), LDAP_CONFIDENTIALITY_REQUIRED);
	assert_true(bv_is(s.c.op.text, "confidentiality required"));
	s.c.session.peer.ssf = 56;
	assert_int_equal(search(&s), LDAP_CONFIDENTIALITY_REQUIRED);
	assert_true(bv_is(s.c.op.text, "stronger confidentiality required"));
	s.dbs[1].strength.ssf = 56;
	assert_int_equal(search(&s), 0);
	s.dbs[0].restrict_ops = CONF_OP_SEARCH;
	assert_int_equal(search(&s), LDAP_UNWILLING_TO_PERFORM);
	opcase_done(&s.c);
}

static void
test_nothing_is_asked_without_conditions(void **state)
{
	struct setting s;

	(void)state;
	setting_init(&s, LDAP_REQ_SEARCH);
	s.dbs[0].restrict_ops = CONF_OP_SEARCH;
	s.c.conf.guarded = false;
	assert_int_equal(search(&s), 0);
	opcase_done(&s.c);
}

static void
test_root_of_the_machine_is_never_locked_out(void **state)
{
	struct setting s;

	(void)state;
	setting_init(&s, LDAP_REQ_SEARCH);
	s.dbs[0].restrict_ops = CONF_OP_SEARCH | CONF_OP_BIND;
	s.dbs[0].requires = CONF_REQUIRE_SASL | CONF_REQUIRE_STRONG;
	s.dbs[0].strength = (struct conf_strength){256, 256, 256, 256, 256, 256, 256, 256, 256};
	assert_int_equal(
	    restrict_bind(&s.c.op, RESTRICT_BIND_SASL, NULL), LDAP_CONFIDENTIALITY_REQUIRED);
	s.c.session.local = true;
	assert_int_equal(restrict_bind(&s.c.op, RESTRICT_BIND_SASL, NULL), 0);
	s.c.session.peer_uid = 1000;
	assert_int_equal(
	    restrict_bind(&s.c.op, RESTRICT_BIND_SASL, NULL), LDAP_CONFIDENTIALITY_REQUIRED);
	s.c.op.who.normal = BV_LIT("cn=root");
	assert_int_equal(search(&s), LDAP_CONFIDENTIALITY_REQUIRED);
	s.c.op.who.machine_root = true;
	assert_int_equal(search(&s), LDAP_CONFIDENTIALITY_REQUIRED);
	s.c.conf.machine_root = true;
	assert_int_equal(search(&s), 0);
	s.dbs[1].restrict_ops = CONF_OP_SEARCH;
	assert_int_equal(search(&s), 0);
	s.dbs[1].type = CONF_DB_MDB;
	assert_int_equal(search(&s), LDAP_CONFIDENTIALITY_REQUIRED);
	opcase_done(&s.c);
}

static void
test_passwords_in_the_clear(void **state)
{
	static const struct {
		const char *peer;
		bool tls, local, taken;
	} cases[] = {
	    {"IP=192.0.2.1:40000", false, false, false},
	    {"IP=192.0.2.1:40000", true, false, true},
	    {"IP=127.0.0.1:40000", false, false, true},
	    {"IP=127.9.9.9:40000", false, false, true},
	    {"IP=128.0.0.1:127", false, false, false},
	    {"IP=[::1]:40000", false, false, true},
	    {"IP=[::1:2]:40000", false, false, false},
	    {"IP=[2001:db8::1]:127", false, false, false},
	    {"PATH=/run/slapd/ldapi", false, true, true},
	    {"", false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct setting s;
		setting_init(&s, LDAP_REQ_BIND);
		s.c.session.peer.peername = bv_str(cases[i].peer);
		s.c.session.tls = cases[i].tls;
		s.c.session.local = cases[i].local;
		assert_int_equal(restrict_password(&s.c.op), 0);
		s.c.conf.plain_passwords = false;
		int code = restrict_password(&s.c.op);
		if (code != (cases[i].taken ? 0 : LDAP_CONFIDENTIALITY_REQUIRED))
			fail_msg("%s: %d", cases[i].peer, code);
		opcase_done(&s.c);
	}
}

static void
test_start_tls_after_a_bind(void **state)
{
	struct setting s;

	(void)state;
	setting_init(&s, LDAP_REQ_EXTENDED);
	s.c.op.msg.u.extended.oid = BV_LIT(LDAP_OID_STARTTLS);
	s.dbs[0].strength.tls = 128;
	assert_int_equal(restrict_check(&s.c.op, CONF_OP_EXTENDED), 0);
	s.c.conf.disallow = CONF_DISALLOW_TLS_AUTHC;
	assert_int_equal(restrict_check(&s.c.op, CONF_OP_EXTENDED), 0);
	s.c.op.who.normal = BV_LIT("cn=a");
	assert_int_equal(restrict_check(&s.c.op, CONF_OP_EXTENDED), LDAP_OPERATIONS_ERROR);
	s.c.op.who.normal = BV_LIT("");
	s.dbs[0].restrict_ops = CONF_OP_START_TLS;
	assert_int_equal(restrict_check(&s.c.op, CONF_OP_EXTENDED), LDAP_UNWILLING_TO_PERFORM);
	opcase_done(&s.c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_database_comes_on_top_of_the_frontend),
	    cmocka_unit_test(test_nothing_is_asked_without_conditions),
	    cmocka_unit_test(test_root_of_the_machine_is_never_locked_out),
	    cmocka_unit_test(test_passwords_in_the_clear),
	    cmocka_unit_test(test_start_tls_after_a_bind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
