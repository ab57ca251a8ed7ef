#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include "ber.h"
#include "filter.h"
#include "base/arena.h"
#include "base/err.h"

/*
 * Decoding of requests. The envelope is read first and completely; then the table
 * names the decoder of the operation. Broken BER anywhere means disconnection
 * (RFC 4511 4.1.1); a value or a count that is wrong in sound BER means refusal.
 * Every list is counted and checked against its limit before it is allocated.
 */

const struct message_limits message_default_limits = {
    .filter = &filter_default_limits,
    .controls = 16,
    .attrs = 4096,
    .dn_bytes = 8192,
};

struct decoder {
	struct arena *arena;
	const struct message_limits *limits;
	int code; /* the refusal, 0 while there is none */
	struct errbuf *e;
};

/* Notes the first reason to refuse. */
static void __attribute__((format(printf, 3, 4)))
refuse(struct decoder *d, int code, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (d->code != 0)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->code = err_set(d->e, code, "%s", text);
}

static void
check_dn(struct decoder *d, const char *what, struct bv dn)
{
	if (dn.n > d->limits->dn_bytes)
		refuse(d, LDAP_ADMINLIMIT_EXCEEDED, "%s of %zu bytes is too long: at most %zu",
		    what, dn.n, d->limits->dn_bytes);
}

/* Consumes a DN or RDN under the tag; what names it in the refusal when it is too long. */
static struct bv
take_dn(struct decoder *d, struct ber_in *in, uint8_t tag, const char *what)
{
	struct bv dn = ber_octets(in, tag);

	check_dn(d, what, dn);
	return dn;
}

static struct bv
take_optional(struct ber_in *in, uint8_t tag)
{
	return ber_peek(in) == tag ? ber_octets(in, tag) : BV_NONE;
}

/* Like count_elements; refuses and returns 0 when there are more than the limit. */
static size_t
count_limited(struct decoder *d, const struct ber_in *in, const char *what)
{
	size_t n = ber_count(in);

	if (n <= d->limits->attrs)
		return n;
	refuse(d, LDAP_ADMINLIMIT_EXCEEDED, "%zu %s in one request: at most %u", n, what,
	    d->limits->attrs);
	return 0;
}

/* Whether decoding a list of n elements makes sense; when not, the reader is used up. */
static bool
usable(struct decoder *d, struct ber_in *in)
{
	if (d->code == 0)
		return true;
	in->p = in->end;
	return false;
}

/* BindRequest ::= [APPLICATION 0] SEQUENCE { version, name, authentication CHOICE {
 *     simple [0] OCTET STRING, sasl [3] SEQUENCE { mechanism, credentials OPTIONAL } } } */
static void
decode_bind(struct decoder *d, struct ber_in *in, struct message *m)
{
	struct wire_bind *b = &m->u.bind;

	b->version = ber_int(in, BER_INTEGER);
	b->name = take_dn(d, in, BER_OCTETS, "bind DN");
	if (!in->bad && (b->version < 1 || b->version > 127))
		refuse(d, LDAP_PROTOCOL_ERROR, "requested protocol version not supported");
	b->sasl = ber_peek(in) == (BER_CONTEXT_CONS | 3);
	if (!b->sasl) {
		b->password = ber_any(in, &b->method);
		return;
	}
	b->method = BER_CONTEXT_CONS | 3;
	struct ber_in sasl = ber_enter(in, b->method);
	b->mechanism = ber_octets(&sasl, BER_OCTETS);
	b->credentials = take_optional(&sasl, BER_OCTETS);
	ber_leave(in, &sasl);
}

static void
check_range(struct decoder *d, const char *what, int64_t v, int64_t max)
{
	if (v < 0 || v > max)
		refuse(d, LDAP_PROTOCOL_ERROR, "invalid %s %lld", what, (long long)v);
}

static void
decode_filter(struct decoder *d, struct ber_in *in, struct wire_search *s)
{
	const struct filter_limits *limits = d->limits->filter;
	int r = in->bad ? 0 : filter_decode(d->arena, in, limits, &s->filter);

	if (r == ERR_LIMIT)
		refuse(d, LDAP_ADMINLIMIT_EXCEEDED,
		    "filter nested too deeply or too long: at most %u levels and %u items",
		    limits->depth, limits->nodes);
	else if (r != 0)
		refuse(d, LDAP_PROTOCOL_ERROR, "filter is not one of RFC 4511");
}

/* AttributeSelection ::= SEQUENCE OF selector LDAPString */
static void
decode_selection(struct decoder *d, struct ber_in *in, struct wire_search *s)
{
	struct ber_in list = ber_enter(in, BER_SEQUENCE);

	s->attr_count = count_limited(d, &list, "requested attributes");
	if (!usable(d, &list))
		return;
	s->attrs = arena_zalloc(d->arena, s->attr_count, sizeof(*s->attrs));
	for (size_t i = 0; i < s->attr_count; i++)
		s->attrs[i] = ber_octets(&list, BER_OCTETS);
	ber_leave(in, &list);
}

/* SearchRequest ::= [APPLICATION 3] SEQUENCE { baseObject, scope, derefAliases, sizeLimit,
 *     timeLimit, typesOnly, filter, attributes } */
static void
decode_search(struct decoder *d, struct ber_in *in, struct message *m)
{
	struct wire_search *s = &m->u.search;

	s->base = take_dn(d, in, BER_OCTETS, "search base");
	s->scope = ber_int(in, BER_ENUM);
	s->deref = ber_int(in, BER_ENUM);
	s->size_limit = ber_int(in, BER_INTEGER);
	s->time_limit = ber_int(in, BER_INTEGER);
	s->types_only = ber_bool(in, BER_BOOLEAN);
	check_range(d, "scope", s->scope, LDAP_SCOPE_SUBORDINATES);
	check_range(d, "deref", s->deref, LDAP_DEREF_ALWAYS_ALIASES);
	check_range(d, "size limit", s->size_limit, INT32_MAX);
	check_range(d, "time limit", s->time_limit, INT32_MAX);
	decode_filter(d, in, s);
	if (usable(d, in))
		decode_selection(d, in, s);
}

/* PartialAttribute ::= SEQUENCE { type, vals SET OF value } */
static void
decode_attr(struct decoder *d, struct ber_in *in, struct wire_attr *attr)
{
	struct ber_in seq = ber_enter(in, BER_SEQUENCE);

	attr->desc = ber_octets(&seq, BER_OCTETS);
	struct ber_in set = ber_enter(&seq, BER_SET);
	attr->count = ber_count(&set);
	attr->values = arena_zalloc(d->arena, attr->count, sizeof(*attr->values));
	for (size_t i = 0; i < attr->count; i++)
		attr->values[i] = ber_octets(&set, BER_OCTETS);
	ber_leave(&seq, &set);
	ber_leave(in, &seq);
}

/* change SEQUENCE { operation ENUMERATED, modification PartialAttribute } */
static void
decode_change(struct decoder *d, struct ber_in *in, struct wire_mod *mod)
{
	struct ber_in seq = ber_enter(in, BER_SEQUENCE);
	int64_t op = ber_int(&seq, BER_ENUM);

	if (op < LDAP_MOD_OP_ADD || op > LDAP_MOD_OP_INCREMENT)
		refuse(
		    d, LDAP_PROTOCOL_ERROR, "unrecognized modify operation (%lld)", (long long)op);
	else
		mod->op = (enum ldap_mod_op)op;
	decode_attr(d, &seq, &mod->attr);
	ber_leave(in, &seq);
}

/* ModifyRequest ::= [APPLICATION 6] SEQUENCE { object, changes SEQUENCE OF change } */
static void
decode_modify(struct decoder *d, struct ber_in *in, struct message *m)
{
	struct wire_modify *mod = &m->u.modify;

	mod->dn = take_dn(d, in, BER_OCTETS, "DN");
	struct ber_in list = ber_enter(in, BER_SEQUENCE);
	mod->count = count_limited(d, &list, "modifications");
	if (!usable(d, &list))
		return;
	mod->mods = arena_zalloc(d->arena, mod->count, sizeof(*mod->mods));
	for (size_t i = 0; i < mod->count; i++)
		decode_change(d, &list, &mod->mods[i]);
	ber_leave(in, &list);
}

/* AddRequest ::= [APPLICATION 8] SEQUENCE { entry, attributes SEQUENCE OF Attribute } */
static void
decode_add(struct decoder *d, struct ber_in *in, struct message *m)
{
	struct wire_add *add = &m->u.add;

	add->dn = take_dn(d, in, BER_OCTETS, "DN");
	struct ber_in list = ber_enter(in, BER_SEQUENCE);
	add->count = count_limited(d, &list, "attributes");
	if (!usable(d, &list))
		return;
	add->attrs = arena_zalloc(d->arena, add->count, sizeof(*add->attrs));
	for (size_t i = 0; i < add->count; i++)
		decode_attr(d, &list, &add->attrs[i]);
	ber_leave(in, &list);
}

/* ModifyDNRequest ::= [APPLICATION 12] SEQUENCE { entry, newrdn, deleteoldrdn,
 *     newSuperior [0] OPTIONAL } */
static void
decode_moddn(struct decoder *d, struct ber_in *in, struct message *m)
{
	struct wire_moddn *r = &m->u.moddn;

	r->dn = take_dn(d, in, BER_OCTETS, "DN");
	r->new_rdn = take_dn(d, in, BER_OCTETS, "new RDN");
	r->delete_old_rdn = ber_bool(in, BER_BOOLEAN);
	r->new_superior = take_optional(in, BER_CONTEXT | 0);
	check_dn(d, "new superior", r->new_superior);
}

/* CompareRequest ::= [APPLICATION 14] SEQUENCE { entry, ava AttributeValueAssertion } */
static void
decode_compare(struct decoder *d, struct ber_in *in, struct message *m)
{
	struct wire_compare *c = &m->u.compare;

	c->dn = take_dn(d, in, BER_OCTETS, "DN");
	struct ber_in ava = ber_enter(in, BER_SEQUENCE);
	c->desc = ber_octets(&ava, BER_OCTETS);
	c->value = ber_octets(&ava, BER_OCTETS);
	ber_leave(in, &ava);
}

/* ExtendedRequest ::= [APPLICATION 23] SEQUENCE { requestName [0], requestValue [1] OPTIONAL } */
static void
decode_extended(struct decoder *d, struct ber_in *in, struct message *m)
{
	(void)d;
	m->u.extended.oid = ber_octets(in, BER_CONTEXT | 0);
	m->u.extended.value = take_optional(in, BER_CONTEXT | 1);
}

/* The three primitive requests: these take the whole element, tag included. */

/* UnbindRequest ::= [APPLICATION 2] NULL */
static void
decode_unbind(struct decoder *d, struct ber_in *in, struct message *m)
{
	(void)d;
	(void)m;
	/* Whatever it holds: nothing may be answered to it (RFC 4511 4.3). */
	(void)ber_octets(in, LDAP_REQ_UNBIND);
}

/* DelRequest ::= [APPLICATION 10] LDAPDN */
static void
decode_delete(struct decoder *d, struct ber_in *in, struct message *m)
{
	m->u.delete_dn = take_dn(d, in, LDAP_REQ_DELETE, "DN");
}

/* AbandonRequest ::= [APPLICATION 16] MessageID */
static void
decode_abandon(struct decoder *d, struct ber_in *in, struct message *m)
{
	(void)d;
	m->u.abandon_id = ber_int(in, LDAP_REQ_ABANDON);
}

static const struct row {
	enum ldap_tag tag;
	uint8_t response;
	void (*decode)(struct decoder *d, struct ber_in *in, struct message *m);
} rows[] = {
    {LDAP_REQ_BIND, LDAP_RES_BIND, decode_bind},
    {LDAP_REQ_UNBIND, 0, decode_unbind},
    {LDAP_REQ_SEARCH, LDAP_RES_SEARCH_RESULT, decode_search},
    {LDAP_REQ_MODIFY, LDAP_RES_MODIFY, decode_modify},
    {LDAP_REQ_ADD, LDAP_RES_ADD, decode_add},
    {LDAP_REQ_DELETE, LDAP_RES_DELETE, decode_delete},
    {LDAP_REQ_MODDN, LDAP_RES_MODDN, decode_moddn},
    {LDAP_REQ_COMPARE, LDAP_RES_COMPARE, decode_compare},
    {LDAP_REQ_ABANDON, 0, decode_abandon},
    {LDAP_REQ_EXTENDED, LDAP_RES_EXTENDED, decode_extended},
};

static const struct row *
row_of(int tag)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((int)rows[i].tag == tag)
			return &rows[i];
	}
	return NULL;
}

uint8_t
message_response_tag(enum ldap_tag request)
{
	const struct row *row = row_of((int)request);

	return row == NULL ? 0 : row->response;
}

/* Control ::= SEQUENCE { controlType, criticality BOOLEAN DEFAULT FALSE, controlValue OPTIONAL } */
static void
decode_control(struct ber_in *in, struct wire_control *c)
{
	struct ber_in seq = ber_enter(in, BER_SEQUENCE);

	c->oid = ber_octets(&seq, BER_OCTETS);
	if (ber_peek(&seq) == BER_BOOLEAN)
		c->critical = ber_bool(&seq, BER_BOOLEAN);
	c->value = take_optional(&seq, BER_OCTETS);
	ber_leave(in, &seq);
}

/* controls [0] SEQUENCE OF Control OPTIONAL */
static void
decode_controls(struct decoder *d, struct ber_in *in, struct message *m)
{
	if (ber_at_end(in))
		return;
	struct ber_in list = ber_enter(in, BER_CONTEXT_CONS | 0);
	size_t n = ber_count(&list);
	if (n > d->limits->controls) {
		refuse(d, LDAP_ADMINLIMIT_EXCEEDED, "%zu controls in one request: at most %u", n,
		    d->limits->controls);
		return;
	}
	m->control_count = n;
	m->controls = arena_zalloc(d->arena, n, sizeof(*m->controls));
	for (size_t i = 0; i < n; i++)
		decode_control(&list, &m->controls[i]);
	ber_leave(in, &list);
}

/* Decodes the operation, a view of its whole element; returns whether its BER is sound. */
static bool
decode_op(struct decoder *d, const struct row *row, struct bv element, struct message *m)
{
	struct ber_in in = ber_in_of(element);

	if ((row->tag & 0x20) == 0) {
		row->decode(d, &in, m);
		return d->code != 0 || (!in.bad && ber_at_end(&in));
	}
	struct ber_in inner = ber_enter(&in, (uint8_t)row->tag);
	row->decode(d, &inner, m);
	return !inner.bad && (d->code != 0 || ber_at_end(&inner));
}

/* Returns MESSAGE_DISCONNECT with the text. */
static enum message_verdict
broken(struct errbuf *e, int *code_out, const char *text)
{
	*code_out = err_set(e, LDAP_PROTOCOL_ERROR, "%s", text);
	return MESSAGE_DISCONNECT;
}

/* LDAPMessage ::= SEQUENCE { messageID, protocolOp CHOICE, controls [0] OPTIONAL } */
enum message_verdict
message_decode(struct arena *a, struct bv pdu, const struct message_limits *limits,
    struct message *out, int *code_out, struct errbuf *e)
{
	struct decoder d = {.arena = a, .limits = limits, .e = e};
	struct message m = {0};
	struct ber_in in = ber_in_of(pdu);
	struct ber_in envelope = ber_enter(&in, BER_SEQUENCE);
	int64_t id = ber_int(&envelope, BER_INTEGER);
	const struct row *row = row_of(ber_peek(&envelope));
	const uint8_t *start = envelope.p;
	uint8_t tag;

	if (envelope.bad || !ber_at_end(&in) || id < 1 || id > INT32_MAX)
		return broken(e, code_out, "the request is not an LDAPMessage with an id");
	if (row == NULL)
		return broken(e, code_out, "unknown request tag");
	ber_any(&envelope, &tag);
	struct bv element = bv_make(start, (size_t)(envelope.p - start));
	m.id = (int32_t)id;
	m.tag = row->tag;
	if (envelope.bad || !decode_op(&d, row, element, &m))
		return broken(e, code_out, "decoding error");
	decode_controls(&d, &envelope, &m);
	if (envelope.bad || (d.code == 0 && !ber_at_end(&envelope)))
		return broken(e, code_out, "decoding controls error");
	*out = m;
	*code_out = d.code;
	return d.code == 0 ? MESSAGE_OK : MESSAGE_REFUSE;
}
