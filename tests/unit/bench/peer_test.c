#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "tests/bench/peer.h"
#include "wire/control.h"
#include "wire/ldap.h"
#include "wire/message.h"

/* A connection of the load generator against a server that this test plays. */

struct scene {
	int server; /* the accepted socket */
	struct group group;
	struct peer peer;
};

static void
begin(struct scene *s, const char *recipe, unsigned depth)
{
	struct recipe_scope scope = {
	    .suffix = "dc=x", .people = 100, .count = 10, .expect = RECIPE_ANY};
	struct stream_address to = {.n = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (struct sockaddr_in *)&to.addr;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct errbuf e;

	memset(s, 0, sizeof(*s));
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)in, to.n), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)in, &to.n), 0);
	s->group.name = recipe;
	s->group.suffix = "dc=x";
	s->group.depth = depth;
	group_reset(&s->group);
	assert_int_equal(script_init(&s->group.script, recipe_find(recipe), &scope, &e), 0);
	assert_int_equal(peer_init(&s->peer, &s->group, &to, &e), 0);
	s->server = accept(listener, NULL, NULL);
	assert_true(s->server >= 0);
	close(listener);
	peer_fill(&s->peer);
	assert_int_equal(peer_flush(&s->peer), 0);
}

static void
end(struct scene *s)
{
	peer_done(&s->peer);
	script_done(&s->group.script);
	close(s->server);
}

/* The ID of a request in flight. */
static int32_t
id_of(const struct scene *s, unsigned number)
{
	for (unsigned i = 0; i < PEER_DEPTH_MAX; i++) {
		if (s->peer.slots[i].id != 0 && number-- == 0)
			return s->peer.slots[i].id;
	}
	return 0;
}

/* Sends bytes to the peer, in pieces, and lets it read. */
static int
deliver(struct scene *s, const struct buf *out, size_t piece, struct errbuf *e)
{
	int rc = 0;

	for (size_t off = 0; off < out->n && rc == 0; off += piece) {
		size_t n = out->n - off < piece ? out->n - off : piece;

		assert_int_equal(send(s->server, out->p + off, n, MSG_NOSIGNAL), n);
		stream_wait(&s->peer.stream, false, 5000);
		rc = peer_read(&s->peer, e);
	}
	return rc;
}

static void
put_result(struct buf *out, int32_t id, int code)
{
	struct wire_result r = {.tag = LDAP_RES_SEARCH_RESULT, .code = code, .text = BV_LIT("why")};

	message_put_result(out, id, &r);
}

static void
put_entry(struct buf *out, int32_t id)
{
	message_put_entry(out, id, BV_LIT("uid=u1,dc=x"), BV_LIT(""), NULL, 0);
}

static void
test_read_judges_results(void **state)
{
	static const struct {
		const char *name;
		int entries;
		int code;
		unsigned wrong;
	} rows[] = {
	    {"as expected", 1, 0, 0},
	    {"no entry", 0, 0, 1},
	    {"two entries", 2, 0, 1},
	    {"another result", 1, LDAP_OTHER, 1},
	    {"neither", 0, LDAP_NO_SUCH_OBJECT, 1},
	    {"a code beyond the table", 1, LDAP_NO_OPERATION, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene s;
		struct buf out;
		struct errbuf e;

		buf_init(&out);
		begin(&s, "equality", 1);
		for (int n = 0; n < rows[i].entries; n++)
			put_entry(&out, id_of(&s, 0));
		put_result(&out, id_of(&s, 0), rows[i].code);
		assert_int_equal(deliver(&s, &out, i % 2 == 0 ? 1 : 4096, &e), 0);
		assert_int_equal(s.group.done, 1);
		assert_int_equal(s.group.wrong, rows[i].wrong);
		assert_int_equal(s.group.latency_ns.count, 1);
		assert_int_equal(peer_in_flight(&s.peer), 0);
		assert_true(
		    (strstr(s.group.first_wrong.text, "why") != NULL) == (rows[i].wrong > 0));
		buf_done(&out);
		end(&s);
	}
}

static void
test_read_answers_in_any_order(void **state)
{
	struct scene s;
	struct buf out;
	struct errbuf e;

	(void)state;
	buf_init(&out);
	begin(&s, "equality", 3);
	assert_int_equal(peer_in_flight(&s.peer), 3);
	put_entry(&out, id_of(&s, 2));
	put_entry(&out, id_of(&s, 0));
	put_result(&out, id_of(&s, 0), 0);
	put_entry(&out, id_of(&s, 1));
	put_result(&out, id_of(&s, 1), 0);
	put_result(&out, id_of(&s, 2), 0);
	assert_int_equal(deliver(&s, &out, 4096, &e), 0);
	assert_int_equal(s.group.done, 3);
	assert_int_equal(s.group.wrong, 0);
	buf_done(&out);
	end(&s);
}

static void
test_read_answers_nobody_asked_for(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t n;
		int rc;
	} rows[] = {
	    {"another ID", "\x30\x0c\x02\x01\x07\x65\x07\x0a\x01\x00\x04\x00\x04\x00", 14,
		ERR_SYNTAX},
	    {"notice of disconnection", "\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x34\x04\x00\x04\x00",
		14, ERR_CLOSED},
	    {"no LDAPMessage", "\x30\x03\x04\x01x", 5, ERR_SYNTAX},
	    {"empty message", "\x30\x00", 2, ERR_SYNTAX},
	    {"indefinite length", "\x30\x80\x00\x00", 4, ERR_SYNTAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene s;
		struct buf out;
		struct errbuf e;

		buf_init(&out);
		begin(&s, "equality", 1);
		buf_put(&out, rows[i].bytes, rows[i].n);
		assert_int_equal(deliver(&s, &out, 4096, &e), rows[i].rc);
		buf_done(&out);
		end(&s);
	}
}

static void
test_read_second_answer_refused(void **state)
{
	struct scene s;
	struct buf out;
	struct errbuf e;

	(void)state;
	buf_init(&out);
	begin(&s, "equality", 1);
	put_entry(&out, id_of(&s, 0));
	put_result(&out, id_of(&s, 0), 0);
	put_result(&out, id_of(&s, 0), 0);
	assert_int_equal(deliver(&s, &out, 4096, &e), ERR_SYNTAX);
	buf_done(&out);
	end(&s);
}

static void
test_read_closed(void **state)
{
	struct scene s;
	struct errbuf e;

	(void)state;
	begin(&s, "equality", 1);
	shutdown(s.server, SHUT_WR);
	stream_wait(&s.peer.stream, false, 5000);
	assert_int_equal(peer_read(&s.peer, &e), ERR_CLOSED);
	end(&s);
}

/* The cookie of one page is in the request for the next; an empty one ends the dump. */
static void
test_paged_follows_cookie(void **state)
{
	static const char *const cookies[] = {"first", "second", ""};
	struct scene s;

	(void)state;
	begin(&s, "paged", 5);
	for (size_t i = 0; i < 3; i++) {
		struct wire_control control = {.oid = BV_LIT(LDAP_OID_PAGED)};
		struct wire_result r = {
		    .tag = LDAP_RES_SEARCH_RESULT, .controls = &control, .control_count = 1};
		struct buf value, out;
		struct errbuf e;

		assert_int_equal(peer_in_flight(&s.peer), 1);
		buf_init(&value);
		buf_init(&out);
		control_paged_encode(&value, 0, bv_str(cookies[i]));
		control.value = buf_bv(&value);
		put_entry(&out, id_of(&s, 0));
		message_put_result(&out, id_of(&s, 0), &r);
		assert_int_equal(deliver(&s, &out, 4096, &e), 0);
		peer_fill(&s.peer);
		assert_true(
		    (memmem(s.peer.out.p, s.peer.out.n, cookies[i], strlen(cookies[i])) != NULL));
		assert_int_equal(s.peer.cookie.n, strlen(cookies[i]));
		assert_int_equal(peer_flush(&s.peer), 0);
		buf_done(&value);
		buf_done(&out);
	}
	assert_int_equal(s.group.wrong, 0);
	end(&s);
}

static void
test_fill_stops_at_the_end_of_a_serial_script(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, "delete", 200);
	assert_int_equal(peer_in_flight(&s.peer), 10);
	assert_true(group_exhausted(&s.group));
	end(&s);
	begin(&s, "compare", 200);
	assert_int_equal(peer_in_flight(&s.peer), 200);
	assert_false(group_exhausted(&s.group));
	end(&s);
	begin(&s, "bind", 200);
	assert_int_equal(peer_in_flight(&s.peer), 1);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read_judges_results),
	    cmocka_unit_test(test_read_answers_in_any_order),
	    cmocka_unit_test(test_read_answers_nobody_asked_for),
	    cmocka_unit_test(test_read_second_answer_refused),
	    cmocka_unit_test(test_read_closed),
	    cmocka_unit_test(test_paged_follows_cookie),
	    cmocka_unit_test(test_fill_stops_at_the_end_of_a_serial_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
