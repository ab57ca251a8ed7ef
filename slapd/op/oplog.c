#include "op/oplog.h"

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/logline.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/schema.h"
#include "op/extended.h"
#include "op/op.h"
#include "op/unindexed.h"
#include "op/world.h"
#include "store/plan.h"
#include "wire/filter.h"

/* Request and result lines. No credential, value or new password is ever written. */

enum { MAX_FILTER_TEXT = 1024, MAX_NAMES_TEXT = 512 };

bool
oplog_begin(struct logline *l, const struct op *op, const char *event)
{
	if (!logline_begin(l, LOG_L_STATS))
		return false;
	logline_number(l, "conn", (int64_t)op->session->conn_id);
	logline_number(l, "op", (int64_t)op->op_id);
	logline_event(l, event);
	return true;
}

static bool
is_password(struct bv desc)
{
	static const char *const names[] = {"userPassword", "2.5.4.35", "olcRootPW",
	    "krbPrincipalKey", "sambaNTPassword", "sambaLMPassword"};

	desc.n = bv_find(desc, 0, ';');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (bv_is(desc, names[i]))
			return true;
	}
	return false;
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

/* Names with a space between them, as many as a line should hold. */
static void
put_names(struct buf *text, struct bv name)
{
	if (text->n < MAX_NAMES_TEXT)
		buf_printf(text, "%s%.*s", text->n == 0 ? "" : " ", BV(name));
}

static void
log_search(const struct op *op)
{
	const struct wire_search *q = &op->msg.u.search;
	struct logline l;
	struct buf text;

	if (!oplog_begin(&l, op, "SRCH"))
		return;
	buf_init(&text);
	filter_print(without_passwords(op, q->filter), &text);
	if (text.n > MAX_FILTER_TEXT)
		text.n = MAX_FILTER_TEXT;
	logline_quoted(&l, "base", q->base);
	logline_number(&l, "scope", (int)q->scope);
	logline_number(&l, "deref", (int)q->deref);
	logline_quoted(&l, "filter", buf_bv(&text));
	logline_end(&l);
	text.n = 0;
	for (size_t i = 0; i < q->attr_count; i++)
		put_names(&text, q->attrs[i]);
	if (q->attr_count > 0 && oplog_begin(&l, op, "SRCH")) {
		logline_bare(&l, "attr", buf_bv(&text));
		logline_end(&l);
	}
	buf_done(&text);
}

static void
log_modify(const struct op *op)
{
	const struct wire_modify *m = &op->msg.u.modify;
	struct logline l;
	struct buf text;

	oplog_named(op, "MOD", "dn", m->dn);
	buf_init(&text);
	for (size_t i = 0; i < m->count; i++)
		put_names(&text, m->mods[i].attr.desc);
	if (oplog_begin(&l, op, "MOD")) {
		logline_bare(&l, "attr", buf_bv(&text));
		logline_end(&l);
	}
	buf_done(&text);
}

void
oplog_unbound(const struct op *op)
{
	struct logline l;

	if (!oplog_begin(&l, op, log_is_json() ? "BIND" : "BIND anonymous"))
		return;
	logline_json(&l, "dn", BV_LIT(""));
	logline_bare(&l, "mech", BV_LIT("implicit"));
	logline_number(&l, "bind_ssf", 0);
	logline_number(&l, "ssf", op->session->peer.ssf);
	logline_end(&l);
}

static void
log_bind(const struct op *op)
{
	const struct wire_bind *b = &op->msg.u.bind;
	struct logline l;

	if (op->session->identity.normal.n > 0)
		oplog_unbound(op); /* whether the bind succeeds or not */
	if (!oplog_begin(&l, op, "BIND"))
		return;
	logline_quoted(&l, "dn", b->name);
	logline_number(&l, "method", b->sasl ? 163 : (int64_t)b->method);
	logline_end(&l);
}

void
oplog_bound(const struct op *op, struct bv dn, struct bv mechanism)
{
	struct logline l;

	if (!oplog_begin(&l, op, "BIND"))
		return;
	logline_quoted(&l, "dn", dn);
	logline_bare(&l, "mech", mechanism);
	logline_number(&l, "bind_ssf", 0);
	logline_number(&l, "ssf", op->session->peer.ssf);
	logline_end(&l);
}

void
oplog_authorized(const struct op *op, struct bv authcid, struct bv authzid)
{
	struct logline l;

	if (!oplog_begin(&l, op, "BIND"))
		return;
	logline_quoted(&l, "authcid", authcid);
	logline_quoted(&l, "authzid", authzid);
	logline_end(&l);
}

void
oplog_named(const struct op *op, const char *event, const char *key, struct bv value)
{
	struct logline l;

	if (!oplog_begin(&l, op, event))
		return;
	logline_quoted(&l, key, value);
	logline_end(&l);
}

void
oplog_numbered(const struct op *op, const char *event, const char *key, int64_t value)
{
	struct logline l;

	if (!oplog_begin(&l, op, event))
		return;
	logline_number(&l, key, value);
	logline_end(&l);
}

void
oplog_word(const struct op *op, const char *event)
{
	struct logline l;

	if (oplog_begin(&l, op, event))
		logline_end(&l);
}

static void
log_compare(const struct op *op)
{
	struct logline l;

	if (!oplog_begin(&l, op, "CMP"))
		return;
	logline_quoted(&l, "dn", op->msg.u.compare.dn);
	logline_quoted(&l, "attr", op->msg.u.compare.desc);
	logline_end(&l);
}

static void
log_other(const struct op *op)
{
	const struct message *m = &op->msg;
	struct logline l;

	if (m->tag == LDAP_REQ_ADD) {
		oplog_named(op, "ADD", "dn", m->u.add.dn);
	} else if (m->tag == LDAP_REQ_DELETE) {
		oplog_named(op, "DEL", "dn", m->u.delete_dn);
	} else if (m->tag == LDAP_REQ_MODDN) {
		oplog_named(op, "MODRDN", "dn", m->u.moddn.dn);
	} else if (m->tag == LDAP_REQ_COMPARE) {
		log_compare(op);
	} else if (m->tag == LDAP_REQ_EXTENDED && oplog_begin(&l, op, "EXT")) {
		logline_bare(&l, "oid", m->u.extended.oid);
		logline_end(&l);
	} else if (m->tag == LDAP_REQ_ABANDON) {
		oplog_numbered(op, "ABANDON", "msg", m->u.abandon_id);
	} else if (m->tag == LDAP_REQ_UNBIND) {
		oplog_word(op, "UNBIND");
	}
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

/* The response of an extended operation that is known has its name where others have the tag. */
void
oplog_result(const struct op *op, unsigned tag)
{
	bool search = op->msg.tag == LDAP_REQ_SEARCH;
	struct logline l;

	if (!oplog_begin(&l, op, search ? "SEARCH RESULT" : "RESULT"))
		return;
	int64_t now = clock_mono_us();
	if (tag == LDAP_RES_EXTENDED && extended_knows(op->msg.u.extended.oid))
		logline_bare(&l, "oid", op->response_oid);
	else
		logline_number(&l, "tag", tag);
	logline_number(&l, "err", op->code);
	logline_seconds(&l, "qtime", op->started_us - op->received_us);
	logline_seconds(&l, "etime", now - op->received_us);
	if (search)
		logline_number(&l, "nentries", (int64_t)op->entries_sent);
	logline_bare(&l, "text", op->text);
	logline_end(&l);
}

void
oplog_missing_index(const struct op *op, const struct plan *p)
{
	static _Atomic uint64_t said[64]; /* one bit per attribute type */
	unsigned kind = 0;
	const struct attr_desc *d = plan_missing_index(p, &kind);

	if (d == NULL)
		return;
	/* Options are the client's own choice, and rows are few. */
	unindexed_note(op->be->conf->name, d->type->names[0], kind);
	if (plan_estimate(p) < 1000)
		return;
	unsigned bit = d->type->index % (64 * 64);
	uint64_t mask = 1ULL << (bit % 64);
	if ((atomic_fetch_or(&said[bit / 64], mask) & mask) != 0)
		return;
	log_error("conn=%llu op=%llu a search on %.*s looks at every entry: %.*s has no %s index; "
		  "add one to "
		  "the database's configuration",
	    (unsigned long long)op->session->conn_id, (unsigned long long)op->op_id,
	    BV(op->be->conf->name), BV(d->name), unindexed_kind(kind));
}
