#include "bytes.h"
#include "wire/ber.h"
#include "wire/filter.h"
#include "wire/message.h"

/* Requests: what disconnects, what is refused, what decodes; then responses byte for byte. */

static struct arena *a;

#define SEARCH_TAIL "02 01 00 02 01 00 01 01 00 87 01 'a' 30 00"

static const struct {
	const char *name;
	const char *hex;
	enum message_verdict verdict;
	int code;
	const char *text; /* part of the diagnostic */
} verdicts[] = {
    {"nothing", "", MESSAGE_DISCONNECT, 2, "not an LDAPMessage"},
    {"not a sequence", "31 05 02 01 01 42 00", MESSAGE_DISCONNECT, 2, "not an LDAPMessage"},
    {"empty sequence", "30 00", MESSAGE_DISCONNECT, 2, "not an LDAPMessage"},
    {"bytes behind the message", "30 05 02 01 01 42 00 00", MESSAGE_DISCONNECT, 2,
	"not an LDAPMessage"},
    {"id 0", "30 05 02 01 00 42 00", MESSAGE_DISCONNECT, 2, "not an LDAPMessage"},
    {"id -1", "30 05 02 01 ff 42 00", MESSAGE_DISCONNECT, 2, "not an LDAPMessage"},
    {"id 2^31", "30 09 02 05 00 80 00 00 00 42 00", MESSAGE_DISCONNECT, 2, "not an LDAPMessage"},
    {"id of nine octets", "30 0d 02 09 00 00 00 00 00 00 00 00 01 42 00", MESSAGE_DISCONNECT, 2,
	"not an LDAPMessage"},
    {"no operation", "30 03 02 01 01", MESSAGE_DISCONNECT, 2, "unknown request tag"},
    {"a response", "30 0c 02 01 01 61 07 0a 01 00 04 00 04 00", MESSAGE_DISCONNECT, 2,
	"unknown request tag"},
    {"delete as constructed", "30 05 02 01 01 6a 00", MESSAGE_DISCONNECT, 2, "unknown request tag"},
    {"operation longer than message", "30 05 02 01 01 4a 05", MESSAGE_DISCONNECT, 2,
	"decoding error"},
    {"unbind with content", "30 06 02 01 01 42 01 00", MESSAGE_OK, 0, ""},
    {"bind without authentication", "30 0a 02 01 01 60 05 02 01 03 04 00", MESSAGE_DISCONNECT, 2,
	"decoding error"},
    {"bind with more behind", "30 0e 02 01 01 60 09 02 01 03 04 00 80 00 04 00", MESSAGE_DISCONNECT,
	2, "decoding error"},
    {"search cut inside its filter",
	"30 1a 02 01 01 63 15 04 00 0a 01 00 0a 01 00"
	"02 01 00 02 01 00 01 01 00 a3 02 04 05",
	MESSAGE_DISCONNECT, 2, NULL},
    {"compare without value", "30 0c 02 01 01 6e 07 04 00 30 03 04 01 'a'", MESSAGE_DISCONNECT, 2,
	"decoding error"},
    {"modify: no set", "30 12 02 01 01 66 0d 04 00 30 09 30 07 0a 01 00 30 02 04 00",
	MESSAGE_DISCONNECT, 2, "decoding error"},
    {"element that is no control", "30 07 02 01 01 42 00 04 00", MESSAGE_DISCONNECT, 2,
	"decoding controls"},
    {"something behind the controls", "30 09 02 01 01 42 00 a0 00 04 00", MESSAGE_DISCONNECT, 2,
	"decoding controls"},
    {"control with a fourth member", "30 0f 02 01 01 4a 00 a0 08 30 06 04 01 '1' 04 00 05",
	MESSAGE_DISCONNECT, 2, NULL},
    {"bind version 0", "30 0c 02 01 01 60 07 02 01 00 04 00 80 00", MESSAGE_REFUSE, 2,
	"requested protocol version not supported"},
    {"bind version 128", "30 0d 02 01 01 60 08 02 02 00 80 04 00 80 00", MESSAGE_REFUSE, 2,
	"requested protocol version not supported"},
    {"scope 7", "30 1b 02 01 01 63 16 04 00 0a 01 07 0a 01 00 " SEARCH_TAIL, MESSAGE_REFUSE, 2,
	"invalid scope 7"},
    {"scope -1", "30 1b 02 01 01 63 16 04 00 0a 01 ff 0a 01 00 " SEARCH_TAIL, MESSAGE_REFUSE, 2,
	"invalid scope -1"},
    {"deref 4", "30 1b 02 01 01 63 16 04 00 0a 01 00 0a 01 04 " SEARCH_TAIL, MESSAGE_REFUSE, 2,
	"invalid deref 4"},
    {"size limit -1",
	"30 1b 02 01 01 63 16 04 00 0a 01 00 0a 01 00 02 01 ff 02 01 00 01 01 00 87 01 'a' 30 00",
	MESSAGE_REFUSE, 2, "invalid size limit -1"},
    {"time limit -2",
	"30 1b 02 01 01 63 16 04 00 0a 01 00 0a 01 00 02 01 00 02 01 fe 01 01 00 87 01 'a' 30 00",
	MESSAGE_REFUSE, 2, "invalid time limit -2"},
    {"filter: not without a filter",
	"30 1a 02 01 01 63 15 04 00 0a 01 00 0a 01 00 02 01 00 02 01 00 01 01 00 a2 00 30 00",
	MESSAGE_REFUSE, 2, "filter"},
    {"modify operation 4", "30 14 02 01 01 66 0f 04 00 30 0b 30 09 0a 01 04 30 04 04 00 31 00",
	MESSAGE_REFUSE, 2, "unrecognized modify operation (4)"},
    {"control without OID: an unknown one", "30 0b 02 01 01 4a 00 a0 04 30 02 04 00", MESSAGE_OK, 0,
	""},
    {"largest id", "30 08 02 04 7f ff ff ff 42 00", MESSAGE_OK, 0, ""},
    {"unbind", "30 05 02 01 01 42 00", MESSAGE_OK, 0, ""},
    {"abandon", "30 06 02 01 02 50 01 01", MESSAGE_OK, 0, ""},
    {"bind, unknown method", "30 0c 02 01 01 60 07 02 01 03 04 00 81 00", MESSAGE_OK, 0, ""},
    {"modify of nothing", "30 09 02 01 01 66 04 04 00 30 00", MESSAGE_OK, 0, ""},
    {"subordinate scope", "30 1b 02 01 01 63 16 04 00 0a 01 03 0a 01 00 " SEARCH_TAIL, MESSAGE_OK,
	0, ""},
};

static void
test_decode_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		struct message m = {0};
		struct errbuf e = {""};
		int code = -1;
		enum message_verdict v = message_decode(
		    a, bytes(a, verdicts[i].hex), &message_default_limits, &m, &code, &e);
		if (v != verdicts[i].verdict || code != verdicts[i].code)
			fail_msg(
			    "%s: verdict %d, code %d, %s", verdicts[i].name, (int)v, code, e.text);
		if (verdicts[i].text != NULL && strstr(e.text, verdicts[i].text) == NULL)
			fail_msg("%s: \"%s\"", verdicts[i].name, e.text);
		if ((v == MESSAGE_DISCONNECT) != (m.id == 0))
			fail_msg("%s: id %d", verdicts[i].name, (int)m.id);
	}
}

static struct message
decode(const char *hex)
{
	struct message m = {0};
	struct errbuf e = {""};
	int code;

	if (message_decode(a, bytes(a, hex), &message_default_limits, &m, &code, &e) != MESSAGE_OK)
		fail_msg("%s: %s", hex, e.text);
	return m;
}

static void
test_decode_bind(void **state)
{
	struct message m = decode("30 11 02 01 05 60 0c 02 01 03 04 03 'a=b' 80 02 'pw'");

	(void)state;
	assert_int_equal(m.id, 5);
	assert_int_equal(m.tag, LDAP_REQ_BIND);
	assert_int_equal(m.u.bind.version, 3);
	assert_bv(m.u.bind.name, BV_LIT("a=b"));
	assert_bv(m.u.bind.password, BV_LIT("pw"));
	assert_int_equal(m.u.bind.method, 0x80);
	m = decode("30 14 02 01 05 60 0f 02 01 03 04 00 a3 08 04 03 'ABC' 04 01 'c'");
	assert_true(m.u.bind.sasl);
	assert_bv(m.u.bind.mechanism, BV_LIT("ABC"));
	assert_bv(m.u.bind.credentials, BV_LIT("c"));
	m = decode("30 11 02 01 05 60 0c 02 01 03 04 00 a3 05 04 03 'ABC'");
	assert_null(m.u.bind.credentials.p);
}

static void
test_decode_search(void **state)
{
	struct message m = decode("30 25 02 01 01 63 20 04 04 'dc=x' 0a 01 02 0a 01 03 02 01 05 "
				  "02 01 06 01 01 ff 87 01 'a' 30 06 04 01 '*' 04 01 '+'");

	(void)state;
	assert_bv(m.u.search.base, BV_LIT("dc=x"));
	assert_int_equal(m.u.search.scope, 2);
	assert_int_equal(m.u.search.deref, 3);
	assert_int_equal(m.u.search.size_limit, 5);
	assert_int_equal(m.u.search.time_limit, 6);
	assert_true(m.u.search.types_only);
	assert_int_equal(m.u.search.filter->kind, FILTER_PRESENT);
	assert_int_equal(m.u.search.attr_count, 2);
	assert_bv(m.u.search.attrs[1], BV_LIT("+"));
}

static void
test_decode_writes(void **state)
{
	struct message m = decode("30 17 02 01 01 68 12 04 01 'd' 30 0d 30 0b 04 01 'a' "
				  "31 06 04 01 '1' 04 01 '2'");

	(void)state;
	assert_int_equal(m.u.add.count, 1);
	assert_int_equal(m.u.add.attrs[0].count, 2);
	assert_bv(m.u.add.attrs[0].values[1], BV_LIT("2"));
	m = decode("30 16 02 01 01 66 11 04 01 'd' 30 0c 30 0a 0a 01 03 30 05 04 01 'a' 31 00");
	assert_int_equal(m.u.modify.mods[0].op, LDAP_MOD_OP_INCREMENT);
	assert_int_equal(m.u.modify.mods[0].attr.count, 0);
	m = decode("30 11 02 01 01 6c 0c 04 01 'd' 04 01 'n' 01 01 ff 80 01 's'");
	assert_true(m.u.moddn.delete_old_rdn);
	assert_bv(m.u.moddn.new_superior, BV_LIT("s"));
	m = decode("30 0e 02 01 01 6c 09 04 01 'd' 04 01 'n' 01 01 00");
	assert_null(m.u.moddn.new_superior.p);
	m = decode("30 06 02 01 01 4a 01 'd'");
	assert_bv(m.u.delete_dn, BV_LIT("d"));
	m = decode("30 10 02 01 01 6e 0b 04 01 'd' 30 06 04 01 'a' 04 01 'v'");
	assert_bv(m.u.compare.value, BV_LIT("v"));
	m = decode("30 0b 02 01 01 77 06 80 01 '1' 81 01 'v'");
	assert_bv(m.u.extended.oid, BV_LIT("1"));
	assert_bv(m.u.extended.value, BV_LIT("v"));
}

static void
test_decode_controls(void **state)
{
	struct message m = decode("30 1c 02 01 01 42 00 a0 15 30 03 04 01 '1' 30 06 04 01 '2' 01 "
				  "01 ff 30 06 04 01 '3' 04 01 'v'");

	(void)state;
	assert_int_equal(m.control_count, 3);
	assert_false(m.controls[0].critical);
	assert_null(m.controls[0].value.p);
	assert_true(m.controls[1].critical);
	assert_bv(m.controls[2].value, BV_LIT("v"));
}

static void
test_limits_are_refused_with_eleven(void **state)
{
	static const struct filter_limits shallow = {.depth = 1, .nodes = 10};
	static const struct message_limits limits = {&shallow, 1, 1, 3};
	static const char *const cases[] = {
	    "30 0f 02 01 01 4a 00 a0 08 30 02 04 00 30 02 04 00",
	    "30 09 02 01 01 4a 04 'dc=x'",
	    "30 10 02 01 01 60 0b 02 01 03 04 04 'dc=x' 80 00",
	    "30 12 02 01 01 6c 0d 04 00 04 00 01 01 ff 80 04 'dc=x'",
	    "30 1d 02 01 01 63 18 04 00 0a 01 00 0a 01 00 02 01 00 02 01 00 01 01 00 a2 03 87 01 "
	    "'a' 30 00",
	    "30 1f 02 01 01 63 1a 04 00 0a 01 00 0a 01 00 02 01 00 02 01 00 01 01 00 87 01 'a' 30 "
	    "04 04 00 04 00",
	    "30 15 02 01 01 68 10 04 00 30 0c 30 04 04 00 31 00 30 04 04 00 31 00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message m;
		struct errbuf e = {""};
		int code = 0;
		enum message_verdict v =
		    message_decode(a, bytes(a, cases[i]), &limits, &m, &code, &e);
		if (v != MESSAGE_REFUSE || code != LDAP_ADMINLIMIT_EXCEEDED || e.text[0] == 0)
			fail_msg("case %zu: %d %d %s", i, (int)v, code, e.text);
	}
}

static void
test_response_tags(void **state)
{
	(void)state;
	assert_int_equal(message_response_tag(LDAP_REQ_SEARCH), LDAP_RES_SEARCH_RESULT);
	assert_int_equal(message_response_tag(LDAP_REQ_DELETE), LDAP_RES_DELETE);
	assert_int_equal(message_response_tag(LDAP_REQ_UNBIND), 0);
	assert_int_equal(message_response_tag(LDAP_REQ_ABANDON), 0);
	assert_int_equal(message_response_tag(LDAP_RES_BIND), 0);
}

static void
test_put_result_bytes(void **state)
{
	struct bv uri = BV_LIT("u");
	struct wire_control control = {.oid = BV_LIT("1"), .critical = true, .value = BV_LIT("v")};
	struct wire_result full = {.tag = LDAP_RES_EXTENDED,
	    .code = 10,
	    .matched = BV_LIT("m"),
	    .text = BV_LIT("t"),
	    .referrals = &uri,
	    .referral_count = 1,
	    .response_oid = BV_LIT("o"),
	    .response_value = BV_LIT(""),
	    .controls = &control,
	    .control_count = 1};
	struct wire_result plain = {.tag = LDAP_RES_BIND, .sasl_creds = BV_LIT("s")};
	struct buf out = {0};

	(void)state;
	message_put_result(&out, 7, &full);
	assert_bv(buf_bv(&out),
	    bytes(a, "30 25 02 01 07 78 13 0a 01 0a 04 01 'm' 04 01 't' a3 03 04 01 'u' 8a 01 'o'"
		     "8b 00 a0 0b 30 09 04 01 '1' 01 01 ff 04 01 'v'"));
	buf_consume(&out, out.n);
	message_put_result(&out, 1, &plain);
	assert_bv(buf_bv(&out), bytes(a, "30 0f 02 01 01 61 0a 0a 01 00 04 00 04 00 87 01 's'"));
	buf_consume(&out, out.n);
	message_put_disconnection(&out, 2, BV_LIT(""));
	assert_int_equal(ber_frame(buf_bv(&out)), out.n);
	assert_bv(bv_make(out.p + 2, 3), bytes(a, "02 01 00"));
	buf_done(&out);
}

static void
test_put_entry_bytes(void **state)
{
	struct bv values[] = {BV_LIT("1"), BV_LIT("")};
	struct wire_control control = {.oid = BV_LIT("1")};
	struct buf attrs = {0}, out = {0};

	(void)state;
	message_put_attr(&attrs, BV_LIT("a"), values, 2);
	message_put_attr(&attrs, BV_LIT("b"), NULL, 0);
	assert_bv(buf_bv(&attrs),
	    bytes(a, "30 0a 04 01 'a' 31 05 04 01 '1' 04 00 30 05 04 01 'b' 31 00"));
	message_put_entry(&out, 3, BV_LIT("d"), buf_bv(&attrs), &control, 1);
	assert_bv(buf_bv(&out),
	    bytes(a, "30 24 02 01 03 64 18 04 01 'd' 30 13 30 0a 04 01 'a' 31 05 04 01 '1' 04 00"
		     "30 05 04 01 'b' 31 00 a0 05 30 03 04 01 '1'"));
	buf_done(&attrs);
	buf_done(&out);
}

static void
test_put_entry_length_is_exact_for_every_size(void **state)
{
	static const size_t sizes[] = {
	    0, 100, 118, 119, 120, 121, 127, 128, 255, 256, 65530, 70000};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf out = {0};
		struct bv run = bv_make(arena_zalloc(a, sizes[i] + 1, 1), sizes[i]);
		message_put_entry(&out, INT32_MAX, BV_LIT("dc=x"), run, NULL, 0);
		assert_int_equal(ber_frame(buf_bv(&out)), out.n);
		struct ber_in in = ber_in_of(buf_bv(&out));
		struct ber_in message = ber_enter(&in, BER_SEQUENCE);
		assert_int_equal(ber_int(&message, BER_INTEGER), INT32_MAX);
		struct ber_in entry = ber_enter(&message, LDAP_RES_SEARCH_ENTRY);
		assert_bv(ber_octets(&entry, BER_OCTETS), BV_LIT("dc=x"));
		assert_bv(ber_octets(&entry, BER_SEQUENCE), run);
		ber_leave(&message, &entry);
		ber_leave(&in, &message);
		assert_false(in.bad);
		buf_done(&out);
	}
}

static void
test_put_reference_and_intermediate(void **state)
{
	struct bv uris[] = {BV_LIT("u"), BV_LIT("v")};
	struct buf out = {0};

	(void)state;
	message_put_reference(&out, 1, uris, 2);
	message_put_intermediate(&out, 1, BV_NONE, BV_LIT("v"));
	message_put_intermediate(&out, 1, BV_LIT("o"), BV_NONE);
	assert_bv(buf_bv(&out), bytes(a, "30 0b 02 01 01 73 06 04 01 'u' 04 01 'v'"
					 "30 08 02 01 01 79 03 81 01 'v'"
					 "30 08 02 01 01 79 03 80 01 'o'"));
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decode_verdicts),
	    cmocka_unit_test(test_decode_bind),
	    cmocka_unit_test(test_decode_search),
	    cmocka_unit_test(test_decode_writes),
	    cmocka_unit_test(test_decode_controls),
	    cmocka_unit_test(test_limits_are_refused_with_eleven),
	    cmocka_unit_test(test_response_tags),
	    cmocka_unit_test(test_put_result_bytes),
	    cmocka_unit_test(test_put_entry_bytes),
	    cmocka_unit_test(test_put_entry_length_is_exact_for_every_size),
	    cmocka_unit_test(test_put_reference_and_intermediate),
	};

	a = arena_new(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&a);
	return failed;
}
