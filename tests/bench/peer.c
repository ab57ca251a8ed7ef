#include "tests/bench/peer.h"

#include <string.h>
#include <time.h>

#include "wire/ber.h"
#include "wire/control.h"
#include "wire/ldap.h"

/*
 * A message ID is RECIPE_FIRST_ID, a generation of 16 bits and the slot's number in the lowest
 * eight: an answer that comes twice, or to a request long answered, is noticed.
 */

enum { READ_BYTES = 65536 };

uint64_t
peer_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

void
group_reset(struct group *g)
{
	g->sent = g->done = g->entries = g->bytes = g->wrong = 0;
	memset(g->codes, 0, sizeof(g->codes));
	g->first_wrong.text[0] = '\0';
	hist_init(&g->latency_ns);
}

bool
group_exhausted(const struct group *g)
{
	return (g->limit > 0 && g->sent >= g->limit) ||
	       (g->script.serial && g->next >= g->script.count);
}

int
peer_init(struct peer *p, struct group *g, const struct stream_address *to, struct errbuf *e)
{
	memset(p, 0, sizeof(*p));
	p->group = g;
	buf_init(&p->in);
	buf_init(&p->out);
	buf_init(&p->cookie);
	p->stream.fd = -1;
	for (unsigned i = 0; i < PEER_DEPTH_MAX; i++)
		p->free_slots[i] = (uint8_t)(PEER_DEPTH_MAX - 1 - i);
	p->free_count = PEER_DEPTH_MAX;
	return stream_open(to, &p->stream, e);
}

void
peer_done(struct peer *p)
{
	stream_close(&p->stream);
	buf_done(&p->in);
	buf_done(&p->out);
	buf_done(&p->cookie);
}

unsigned
peer_in_flight(const struct peer *p)
{
	return PEER_DEPTH_MAX - p->free_count;
}

static void
put_id(uint8_t *at, int32_t id)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)((uint32_t)id >> (24 - 8 * i));
}

/* Appends the request's bytes, or for a later page those that name the page. */
static void
put_request(struct peer *p, const struct request *q, int32_t id)
{
	size_t at = p->out.n;

	if (p->cookie.n > 0)
		script_put_page(&p->out, p->group->suffix, buf_bv(&p->cookie));
	else
		buf_put(&p->out, p->group->script.bytes.p + q->off, q->n);
	put_id(p->out.p + at + script_id_off(p->out.p + at), id);
}

static void
send_next(struct peer *p, uint64_t now)
{
	struct group *g = p->group;
	const struct request *q = &g->script.requests[g->next];
	uint8_t number = p->free_slots[--p->free_count];
	struct slot *slot = &p->slots[number];

	slot->id = RECIPE_FIRST_ID | (int32_t)((p->generation++ & 0xffff) << 8) | number;
	slot->sent_ns = now;
	slot->entries = 0;
	slot->request = q;
	put_request(p, q, slot->id);
	g->sent++;
	g->next++;
	if (g->next >= g->script.count && !g->script.serial)
		g->next = 0;
}

void
peer_fill(struct peer *p)
{
	struct group *g = p->group;
	unsigned depth = g->script.alone ? 1 : g->depth;
	uint64_t now = 0;

	while (peer_in_flight(p) < depth && !group_exhausted(g)) {
		if (now == 0)
			now = peer_now_ns();
		send_next(p, now);
	}
}

int
peer_flush(struct peer *p)
{
	while (p->written < p->out.n) {
		ssize_t n = stream_write(&p->stream, p->out.p + p->written, p->out.n - p->written);

		if (n < 0)
			return ERR_CLOSED;
		if (n == 0)
			return ERR_AGAIN;
		p->written += (size_t)n;
	}
	p->written = 0;
	p->out.n = 0;
	return 0;
}

/* Takes the cookie of the paged results control, if the controls hold one. */
static void
take_cookie(struct peer *p, struct ber_in *controls)
{
	while (!ber_at_end(controls)) {
		struct ber_in one = ber_enter(controls, BER_SEQUENCE);
		struct bv oid = ber_octets(&one, BER_OCTETS), cookie;
		int32_t size;

		if (ber_peek(&one) == BER_BOOLEAN)
			(void)ber_bool(&one, BER_BOOLEAN);
		if (!bv_is(oid, LDAP_OID_PAGED))
			continue;
		if (control_paged_decode(ber_octets(&one, BER_OCTETS), &size, &cookie) == 0)
			buf_put_bv(&p->cookie, cookie);
	}
}

static void
note_wrong(struct group *g, const struct slot *slot, int code, struct bv text)
{
	const struct request *q = slot->request;

	if (g->wrong++ > 0)
		return;
	err_set(&g->first_wrong, 0,
	    "%s, request %zu: result %d with %lld entries instead of %d with %lld: %.*s", g->name,
	    (size_t)(q - g->script.requests), code, (long long)slot->entries, q->code,
	    (long long)q->entries, BV(text));
}

static bool
entries_right(const struct slot *slot)
{
	int64_t want = slot->request->entries;

	return want == RECIPE_ANY || slot->entries == want ||
	       (want == RECIPE_SOME && slot->entries > 0);
}

/* Counts a result and frees its slot. A failed operation has no entries worth counting. */
static void
finish(struct peer *p, struct slot *slot, struct ber_in *result, uint64_t now)
{
	struct group *g = p->group;
	int code = (int)ber_int(result, BER_ENUM);

	(void)ber_octets(result, BER_OCTETS);
	g->codes[code >= 0 && code < PEER_CODES ? code : PEER_CODES - 1]++;
	if (result->bad || code != slot->request->code || !entries_right(slot))
		note_wrong(g, slot, code, ber_octets(result, BER_OCTETS));
	g->done++;
	g->entries += (uint64_t)slot->entries;
	hist_add(&g->latency_ns, now - slot->sent_ns);
	slot->id = 0;
	p->free_slots[p->free_count++] = (uint8_t)(slot - p->slots);
}

static int
take_message(struct peer *p, struct bv pdu, uint64_t now, struct errbuf *e)
{
	struct ber_in outer = ber_in_of(pdu), message = ber_enter(&outer, BER_SEQUENCE), result;
	int64_t id = ber_int(&message, BER_INTEGER);
	int tag = ber_peek(&message);
	struct slot *slot = &p->slots[id & 0xff];

	if (message.bad || tag < 0)
		return err_set(e, ERR_SYNTAX, "the server sent what is no LDAPMessage");
	if (id == 0)
		return err_set(e, ERR_CLOSED, "the server announced that it disconnects");
	if (slot->id == 0 || slot->id != id)
		return err_set(e, ERR_SYNTAX, "an answer to no request in flight: message ID %lld",
		    (long long)id);
	if (tag == LDAP_RES_SEARCH_ENTRY) {
		slot->entries++;
		return 0;
	}
	if (tag == LDAP_RES_SEARCH_REFERENCE || tag == LDAP_RES_INTERMEDIATE)
		return 0;
	result = ber_enter(&message, (uint8_t)tag);
	finish(p, slot, &result, now);
	if (p->group->script.paged) {
		struct ber_in controls = ber_enter(&message, BER_CONTEXT_CONS | 0);

		p->cookie.n = 0;
		take_cookie(p, &controls);
	}
	return 0;
}

/* Takes the complete messages off the input. */
static int
take_messages(struct peer *p, uint64_t now, struct errbuf *e)
{
	size_t off = 0;
	int rc = 0;

	while (rc == 0) {
		struct bv rest = bv_make(p->in.p + off, p->in.n - off);
		int64_t n = ber_frame(rest);

		if (n < 0)
			return err_set(e, ERR_SYNTAX, "the server sent what is no LDAPMessage");
		if (n == 0 || (size_t)n > rest.n)
			break;
		rc = take_message(p, bv_make(rest.p, (size_t)n), now, e);
		off += (size_t)n;
	}
	buf_consume(&p->in, off);
	return rc;
}

int
peer_read(struct peer *p, struct errbuf *e)
{
	size_t room = READ_BYTES;
	ssize_t n;
	int rc;

	do {
		n = stream_read(&p->stream, buf_reserve(&p->in, room), room);
		if (n < 0)
			return err_set(
			    e, ERR_CLOSED, "the server closed a connection of %s", p->group->name);
		p->in.n += (size_t)n;
		p->group->bytes += (uint64_t)n;
		rc = n > 0 ? take_messages(p, peer_now_ns(), e) : 0;
	} while (rc == 0 && n > 0 && ((size_t)n == room || stream_pending(&p->stream)));
	return rc;
}

/* Returns the code of the result in the input, -1 when it is not there yet. */
static int
result_in(struct peer *p)
{
	int64_t n = ber_frame(buf_bv(&p->in));
	struct ber_in outer, message, result;
	uint8_t tag;
	int code;

	if (n <= 0 || (size_t)n > p->in.n)
		return -1;
	outer = ber_in_of(bv_make(p->in.p, (size_t)n));
	message = ber_enter(&outer, BER_SEQUENCE);
	(void)ber_int(&message, BER_INTEGER);
	result = ber_in_of(ber_any(&message, &tag));
	code = (int)ber_int(&result, BER_ENUM);
	buf_consume(&p->in, (size_t)n);
	return message.bad ? LDAP_PROTOCOL_ERROR : code;
}

int
peer_ask(struct peer *p, struct bv request, int timeout_ms, struct errbuf *e)
{
	uint64_t deadline = peer_now_ns() + (uint64_t)timeout_ms * 1000000U;
	int rc, code;

	buf_put_bv(&p->out, request);
	while ((rc = peer_flush(p)) == ERR_AGAIN && peer_now_ns() < deadline)
		stream_wait(&p->stream, true, 100);
	while (rc == 0 && (code = result_in(p)) < 0) {
		ssize_t n;

		if (peer_now_ns() > deadline)
			return err_set(e, ERR_IO, "no answer within %d ms", timeout_ms);
		stream_wait(&p->stream, false, 100);
		n = stream_read(&p->stream, buf_reserve(&p->in, 4096), 4096);
		if (n < 0)
			rc = ERR_CLOSED;
		else
			p->in.n += (size_t)n;
	}
	return rc == 0 ? code : err_set(e, ERR_IO, "the server closed the connection");
}
