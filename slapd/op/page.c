#include "op/page.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "op/op.h"
#include "op/world.h"
#include "wire/control.h"
#include "wire/filter.h"

/* Cookie: position (20 octets) and SipHash-2-4 under the process's secret over position and search.
 */

enum { POSITION_BYTES = 20, MARK_BYTES = 8 };

static uint64_t
rotl(uint64_t x, int b)
{
	return x << b | x >> (64 - b);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static uint64_t
sip_hash(const uint8_t key[16], struct bv in)
{
	uint64_t k0, k1, m;
	size_t whole = in.n & ~(size_t)7;

	memcpy(&k0, key, 8);
	memcpy(&k1, key + 8, 8);
	uint64_t v[4] = {k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL,
	    k0 ^ 0x6c7967656e657261ULL, k1 ^ 0x7465646279746573ULL};
	for (size_t i = 0; i <= whole; i += 8) {
		m = 0;
		memcpy(&m, in.p + i, i < whole ? 8 : in.n - whole);
		if (i == whole)
			m |= (uint64_t)in.n << 56;
		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t
mark_of(struct op *op, const uint8_t position[POSITION_BYTES])
{
	const struct wire_search *q = &op->msg.u.search;
	struct buf b;

	buf_init(&b);
	buf_put(&b, position, POSITION_BYTES);
	buf_printf(
	    &b, "%lld %lld %zu:", (long long)q->scope, (long long)q->deref, op->target.normal.n);
	buf_put_bv(&b, op->target.normal);
	filter_print(q->filter, &b);
	buf_printf(&b, " %llu %zu:", (unsigned long long)op->session->conn_id, op->who.normal.n);
	buf_put_bv(&b, op->who.normal);
	uint64_t mark = sip_hash(op->world->secret, buf_bv(&b));
	buf_done(&b);
	return mark;
}

struct bv
page_cookie(struct op *op, const struct page_position *p)
{
	uint8_t *out = arena_alloc(op->arena, POSITION_BYTES + MARK_BYTES);

	memcpy(out, &p->last_id, 8);
	memcpy(out + 8, &p->sent, 8);
	memcpy(out + 16, &p->area, 4);
	uint64_t mark = mark_of(op, out);
	memcpy(out + POSITION_BYTES, &mark, MARK_BYTES);
	return bv_make(out, POSITION_BYTES + MARK_BYTES);
}

bool
page_read_cookie(struct op *op, struct bv cookie, struct page_position *out)
{
	uint64_t mark;

	if (cookie.n != POSITION_BYTES + MARK_BYTES)
		return false;
	memcpy(&mark, cookie.p + POSITION_BYTES, MARK_BYTES);
	if (mark != mark_of(op, cookie.p))
		return false;
	memcpy(&out->last_id, cookie.p, 8);
	memcpy(&out->sent, cookie.p + 8, 8);
	memcpy(&out->area, cookie.p + 16, 4);
	return true;
}

void
page_answer(struct op *op, const struct page_position *next)
{
	if ((op->ctl.given & OP_CTL_PAGED) == 0)
		return;
	op->assembly.n = 0;
	control_paged_encode(&op->assembly, 0, next == NULL ? BV_LIT("") : page_cookie(op, next));
	op_add_control(op, LDAP_OID_PAGED, arena_dup(op->arena, buf_bv(&op->assembly)));
}
