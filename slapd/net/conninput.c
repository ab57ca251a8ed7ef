#include "net/conninput.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "net/conn.h"
#include "net/connops.h"
#include "net/loop.h"
#include "op/run.h"
#include "op/world.h"
#include "wire/ber.h"

/*
 * Bytes become requests, requests are started. Those that arrive together are decoded and
 * answered in one pass; what cannot start yet stays in the connection's input.
 */

enum { REQUESTS_PER_TURN = 64 };

static const struct conf *
conf_of(const struct conn *c)
{
	return loop_conf(c->loop);
}

size_t
conninput_unread_bytes(const struct conn *c)
{
	return c->out.n - c->sent;
}

/* Half of what may wait is where operations pause, so that each may finish the entry it is at. */
size_t
conninput_pause_bytes(const struct conn *c)
{
	return conf_of(c)->max_unread_output_bytes / 2;
}

bool
conninput_output_is_full(const struct conn *c)
{
	return conninput_unread_bytes(c) >= conninput_pause_bytes(c);
}

bool
conninput_may_start(const struct conn *c)
{
	unsigned max =
	    c->session.authenticated ? conf_of(c)->max_pending_auth : conf_of(c)->max_pending;

	return !c->closing && !c->binding && c->held == NULL && !conninput_output_is_full(c) &&
	       c->tls_state != CONNTLS_AWAITED && (max == 0 || c->op_count < max);
}

void
conninput_disconnect(struct conn *c, int code, const char *text)
{
	size_t before = c->out.n;

	message_put_disconnection(&c->out, code, bv_str(text));
	counters_sent_notice(c->out.n - before);
	c->closing = true;
	snprintf(c->close_text, sizeof(c->close_text), "%s", text);
	c->close_reason = c->close_text;
	c->input_waits = false;
	c->in.n = 0;
}

/* Puts an operation that is not over yet on the list, or frees it. */
static void
after_start(struct conn *c, struct op *op, enum run_state state)
{
	if (op->close_after) {
		c->closing = true;
		c->close_reason = NULL;
	}
	if (state == RUN_DONE) {
		loop_op_free(c->loop, op);
		return;
	}
	op->next = c->ops;
	c->ops = op;
	c->op_count++;
	c->binding = op->msg.tag == LDAP_REQ_BIND;
	if (state == RUN_YIELD)
		loop_make_runnable(c->loop, c);
}

static void
start(struct conn *c, struct op *op)
{
	if (op->msg.tag == LDAP_REQ_BIND && c->op_count > 0) {
		c->held = op;
		return;
	}
	after_start(c, op, run_start(op));
}

static void
request(struct conn *c, struct bv pdu)
{
	struct op *op = loop_op_new(c->loop);
	struct errbuf e = {""};
	int code = 0;

	op->session = &c->session;
	op->out = &c->out;
	op->owner = c;
	op->op_id = c->next_op_id++;
	counters_received(&c->session);
	op->received_us = c->loop->now_ms * 1000;
	switch (message_decode(op->arena, arena_dup(op->arena, pdu), &conf_of(c)->message_limits,
	    &op->msg, &code, &e)) {
	case MESSAGE_OK:
		start(c, op);
		return;
	case MESSAGE_REFUSE:
		run_refuse(op, code, e.text);
		break;
	case MESSAGE_DISCONNECT:
		conninput_disconnect(c, code == 0 ? LDAP_PROTOCOL_ERROR : code, e.text);
		break;
	}
	loop_op_free(c->loop, op);
}

/*
 * What came in clear behind a StartTLS request may be anybody's and is never run; who sent it does
 * not follow RFC 4511 4.14.1, or is not alone on the line.
 */
static void
refuse_behind_start_tls(struct conn *c, size_t bytes)
{
	if (bytes == 0)
		return;
	c->closing = true;
	c->close_reason = "bytes in clear behind StartTLS";
	c->in.n = 0;
}

/*
 * Starts what is complete in the bytes given. Returns how many were used; sets input_waits when it
 * stopped although more may be complete.
 */
static size_t
take_requests(struct conn *c, struct bv bytes)
{
	size_t used = 0;
	size_t max = c->session.authenticated ? conf_of(c)->max_incoming_auth_bytes
					      : conf_of(c)->max_incoming_bytes;

	c->input_waits = false;
	for (int n = 0; !c->closing && used < bytes.n; n++) {
		struct bv rest = bv_from(bytes, used);
		int64_t whole = ber_frame(rest);
		if (whole < 0 || rest.p[0] != BER_SEQUENCE) {
			conninput_disconnect(
			    c, LDAP_PROTOCOL_ERROR, "the bytes are not an LDAP message");
			break;
		}
		if (whole > 0 && (uint64_t)whole > max) {
			/* RFC 4511 4.4.1: a notice says protocolError or unavailable. */
			conninput_disconnect(
			    c, LDAP_PROTOCOL_ERROR, "the request is larger than allowed");
			break;
		}
		if (whole == 0 || (uint64_t)whole > rest.n)
			break;
		if (n >= REQUESTS_PER_TURN || !conninput_may_start(c)) {
			c->input_waits = true;
			break;
		}
		request(c, bv_make(rest.p, (size_t)whole));
		used += (size_t)whole;
		if (c->tls_state == CONNTLS_AWAITED) {
			refuse_behind_start_tls(c, bytes.n - used);
			break;
		}
		max = c->session.authenticated ? conf_of(c)->max_incoming_auth_bytes
					       : conf_of(c)->max_incoming_bytes;
	}
	return used;
}

static void
note_partial(struct conn *c)
{
	if (c->in.n == 0 || c->input_waits)
		c->request_began_ms = 0;
	else if (c->request_began_ms == 0)
		c->request_began_ms = c->loop->now_ms;
}

/* Uses bytes just read, straight from the loop's buffer when nothing was kept before. */
void
conninput_put(struct conn *c, struct bv bytes)
{
	if (c->in.n > 0) {
		buf_put_bv(&c->in, bytes);
		size_t used = take_requests(c, buf_bv(&c->in));
		if (c->in.n > 0)
			buf_consume(&c->in, used < c->in.n ? used : c->in.n);
	} else {
		size_t used = take_requests(c, bytes);
		if (!c->closing && used < bytes.n)
			buf_put_bv(&c->in, bv_from(bytes, used));
	}
	buf_shrink(&c->in, 0);
	note_partial(c);
	if (c->input_waits && conninput_may_start(c))
		loop_make_runnable(c->loop, c);
}

static void
start_held(struct conn *c)
{
	struct op *op = c->held;

	if (op == NULL || c->op_count > 0)
		return;
	c->held = NULL;
	after_start(c, op, run_start(op));
}

void
conninput_go_on(struct conn *c)
{
	start_held(c);
	if (c->in.n == 0 || !conninput_may_start(c))
		return;
	size_t used = take_requests(c, buf_bv(&c->in));
	if (c->in.n > 0)
		buf_consume(&c->in, used < c->in.n ? used : c->in.n);
	buf_shrink(&c->in, 0);
	note_partial(c);
}
