#include "op/oplog.h"

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/schema.h"
#include "op/op.h"
#include "op/world.h"
#include "store/plan.h"
#include "wire/filter.h"

/* Request and result lines. No credential, value or new password is ever written. */

enum { MAX_FILTER_TEXT = 1024, MAX_NAMES_TEXT = 512 };

#define HEAD "conn=%llu op=%llu "
#define IDS(op) (unsigned long long)(op)->session->conn_id, (unsigned long long)(op)->op_id

static bool
is_password(struct bv desc)
{
	desc.n = bv_find(desc, 0, ';');
	return bv_is(desc, "userPassword") || bv_is(desc, "2.5.4.35");
}

/* Returns f, or a copy in which passwords are not told. Depth is bounded by the decoder's limit. */
static const struct filter *
without_passwords(const struct op *op, const struct filter *f)
{
	struct filter *copy;

	if (f->child_count == 0 && (f->kind == FILTER_PRESENT || !is_password(f->desc)))
		return f;
	copy = arena_zalloc(op->arena, 1, sizeof(*copy));
	*copy = *f;
	if (f->child_count == 0) {
		*copy = (struct filter){
		    .kind = FILTER_EQUALITY, .desc = f->desc, .value = BV_LIT("(hidden)")};
		return copy;
	}
	copy->children = arena_zalloc(op->arena, f->child_count, sizeof(*copy->children));
	for (size_t i = 0; i < f->child_count; i++)
		copy->children[i] =
		    (struct filter *)(uintptr_t)without_passwords(op, f->children[i]);
	return copy;
}

static void
log_search(const struct op *op)
{
	const struct wire_search *q = &op->msg.u.search;
	struct buf text;

	buf_init(&text);
	filter_print(without_passwords(op, q->filter), &text);
	if (text.n > MAX_FILTER_TEXT)
		text.n = MAX_FILTER_TEXT;
	log_msg(LOG_L_STATS, HEAD "SRCH base=\"%.*s\" scope=%d deref=%d filter=\"%.*s\"", IDS(op),
	    BV(q->base), (int)q->scope, (int)q->deref, BV(buf_bv(&text)));
	text.n = 0;
	for (size_t i = 0; i < q->attr_count && text.n < MAX_NAMES_TEXT; i++)
		buf_printf(&text, "%s%.*s", i == 0 ? "" : " ", BV(q->attrs[i]));
	if (q->attr_count > 0)
		log_msg(LOG_L_STATS, HEAD "SRCH attr=%.*s", IDS(op), BV(buf_bv(&text)));
	buf_done(&text);
}

static void
log_modify(const struct op *op)
{
	const struct wire_modify *m = &op->msg.u.modify;
	struct buf text;

	log_msg(LOG_L_STATS, HEAD "MOD dn=\"%.*s\"", IDS(op), BV(m->dn));
	buf_init(&text);
	for (size_t i = 0; i < m->count && text.n < MAX_NAMES_TEXT; i++)
		buf_printf(&text, "%s%.*s", i == 0 ? "" : " ", BV(m->mods[i].attr.desc));
	log_msg(LOG_L_STATS, HEAD "MOD attr=%.*s", IDS(op), BV(buf_bv(&text)));
	buf_done(&text);
}

static void
log_bind(const struct op *op)
{
	const struct wire_bind *b = &op->msg.u.bind;

	if (b->sasl)
		log_msg(LOG_L_STATS, HEAD "BIND dn=\"%.*s\" method=163 mech=%.*s", IDS(op),
		    BV(b->name), BV(b->mechanism));
	else
		log_msg(LOG_L_STATS, HEAD "BIND dn=\"%.*s\" method=%u", IDS(op), BV(b->name),
		    (unsigned)b->method);
}

static void
log_other(const struct op *op)
{
	const struct message *m = &op->msg;

	if (m->tag == LDAP_REQ_ADD)
		log_msg(LOG_L_STATS, HEAD "ADD dn=\"%.*s\"", IDS(op), BV(m->u.add.dn));
	else if (m->tag == LDAP_REQ_DELETE)
		log_msg(LOG_L_STATS, HEAD "DEL dn=\"%.*s\"", IDS(op), BV(m->u.delete_dn));
	else if (m->tag == LDAP_REQ_MODDN)
		log_msg(LOG_L_STATS, HEAD "MODRDN dn=\"%.*s\"", IDS(op), BV(m->u.moddn.dn));
	else if (m->tag == LDAP_REQ_COMPARE)
		log_msg(LOG_L_STATS, HEAD "CMP dn=\"%.*s\" attr=\"%.*s\"", IDS(op),
		    BV(m->u.compare.dn), BV(m->u.compare.desc));
	else if (m->tag == LDAP_REQ_EXTENDED)
		log_msg(LOG_L_STATS, HEAD "EXT oid=%.*s", IDS(op), BV(m->u.extended.oid));
	else if (m->tag == LDAP_REQ_ABANDON)
		log_msg(LOG_L_STATS, HEAD "ABANDON msg=%lld", IDS(op), (long long)m->u.abandon_id);
	else if (m->tag == LDAP_REQ_UNBIND)
		log_msg(LOG_L_STATS, HEAD "UNBIND", IDS(op));
}

void
oplog_request(const struct op *op)
{
	if (!log_on(LOG_L_STATS))
		return;
	if (op->msg.tag == LDAP_REQ_SEARCH)
		log_search(op);
	else if (op->msg.tag == LDAP_REQ_MODIFY)
		log_modify(op);
	else if (op->msg.tag == LDAP_REQ_BIND)
		log_bind(op);
	else
		log_other(op);
}

void
oplog_result(const struct op *op, unsigned tag)
{
	if (!log_on(LOG_L_STATS))
		return;
	int64_t now = clock_mono_us();
	double qtime = (double)(op->started_us - op->received_us) / 1e6;
	double etime = (double)(now - op->received_us) / 1e6;

	if (op->msg.tag == LDAP_REQ_SEARCH)
		log_msg(LOG_L_STATS,
		    HEAD
		    "SEARCH RESULT tag=%u err=%d qtime=%.6f etime=%.6f nentries=%llu text=%.*s",
		    IDS(op), tag, op->code, qtime, etime, (unsigned long long)op->entries_sent,
		    BV(op->text));
	else
		log_msg(LOG_L_STATS, HEAD "RESULT tag=%u err=%d qtime=%.6f etime=%.6f text=%.*s",
		    IDS(op), tag, op->code, qtime, etime, BV(op->text));
}

void
oplog_missing_index(const struct op *op, const struct plan *p)
{
	static _Atomic uint64_t said[64]; /* one bit per attribute type */
	unsigned kind = 0;
	const struct attr_desc *d = plan_missing_index(p, &kind);

	if (d == NULL || plan_estimate(p) < 1000)
		return;
	unsigned bit = d->type->index % (64 * 64);
	uint64_t mask = 1ULL << (bit % 64);
	if ((atomic_fetch_or(&said[bit / 64], mask) & mask) != 0)
		return;
	log_error(HEAD "a search on %.*s looks at every entry: %.*s has no %s index; add one to "
		       "the database's configuration",
	    IDS(op), BV(op->be->conf->name), BV(d->name),
	    kind == INDEX_EQ	   ? "eq"
	    : kind == INDEX_PRES   ? "pres"
	    : kind == INDEX_APPROX ? "approx"
				   : "sub");
}
