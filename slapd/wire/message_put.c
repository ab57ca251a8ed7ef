#include "message.h"

#include "ber.h"
#include "base/buf.h"

/*
 * Encoding of responses (RFC 4511 4.1.9 and the response of each operation).
 * Search entries, the hot path, are measured first and written once; the others
 * are opened and closed, as their size does not matter.
 */

/* Control ::= SEQUENCE { controlType, criticality DEFAULT FALSE, controlValue OPTIONAL } */
static size_t
control_content_bytes(const struct wire_control *c)
{
	size_t n = ber_header_bytes(c->oid.n) + c->oid.n;

	if (c->critical)
		n += ber_header_bytes(1) + 1;
	if (c->value.p != NULL)
		n += ber_header_bytes(c->value.n) + c->value.n;
	return n;
}

static void
put_control(struct buf *out, const struct wire_control *c)
{
	ber_put_header(out, BER_SEQUENCE, control_content_bytes(c));
	ber_put_octets(out, BER_OCTETS, c->oid);
	if (c->critical)
		ber_put_bool(out, BER_BOOLEAN, true);
	if (c->value.p != NULL)
		ber_put_octets(out, BER_OCTETS, c->value);
}

static size_t
controls_content_bytes(const struct wire_control *c, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		size_t one = control_content_bytes(&c[i]);
		n += ber_header_bytes(one) + one;
	}
	return n;
}

/* controls [0] SEQUENCE OF Control OPTIONAL */
static void
put_controls(struct buf *out, const struct wire_control *c, size_t count)
{
	if (count == 0)
		return;
	ber_put_header(out, BER_CONTEXT_CONS | 0, controls_content_bytes(c, count));
	for (size_t i = 0; i < count; i++)
		put_control(out, &c[i]);
}

/* Opens the LDAPMessage and writes its id. */
static size_t
open_message(struct buf *out, int32_t id)
{
	size_t pos = ber_open(out, BER_SEQUENCE);

	ber_put_int(out, BER_INTEGER, id);
	return pos;
}

static void
put_uris(struct buf *out, const struct bv *uris, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ber_put_octets(out, BER_OCTETS, uris[i]);
}

/* referral [3] SEQUENCE SIZE (1..MAX) OF URI OPTIONAL */
static void
put_referral(struct buf *out, const struct bv *uris, size_t count)
{
	if (count == 0)
		return;
	size_t pos = ber_open(out, BER_CONTEXT_CONS | 3);
	put_uris(out, uris, count);
	ber_close(out, pos);
}

static void
put_optional(struct buf *out, uint8_t tag, struct bv v)
{
	if (v.p != NULL)
		ber_put_octets(out, tag, v);
}

void
message_put_result(struct buf *out, int32_t id, const struct wire_result *r)
{
	size_t message = open_message(out, id);
	size_t op = ber_open(out, r->tag);

	ber_put_int(out, BER_ENUM, r->code);
	ber_put_octets(out, BER_OCTETS, r->matched);
	ber_put_octets(out, BER_OCTETS, r->text);
	put_referral(out, r->referrals, r->referral_count);
	put_optional(out, BER_CONTEXT | 7, r->sasl_creds);
	put_optional(out, BER_CONTEXT | 10, r->response_oid);
	put_optional(out, BER_CONTEXT | 11, r->response_value);
	ber_close(out, op);
	put_controls(out, r->controls, r->control_count);
	ber_close(out, message);
}

static size_t
element_bytes(size_t content)
{
	return ber_header_bytes(content) + content;
}

void
message_put_entry(struct buf *out, int32_t id, struct bv name, struct bv partial_attributes,
    const struct wire_control *controls, size_t control_count)
{
	size_t entry = element_bytes(name.n) + element_bytes(partial_attributes.n);
	size_t extra = controls_content_bytes(controls, control_count);
	size_t message = element_bytes(ber_int_bytes(id)) + element_bytes(entry);

	if (control_count > 0)
		message += element_bytes(extra);
	buf_reserve(out, element_bytes(message));
	ber_put_header(out, BER_SEQUENCE, message);
	ber_put_int(out, BER_INTEGER, id);
	ber_put_header(out, LDAP_RES_SEARCH_ENTRY, entry);
	ber_put_octets(out, BER_OCTETS, name);
	ber_put_octets(out, BER_SEQUENCE, partial_attributes);
	put_controls(out, controls, control_count);
}

void
message_put_reference(struct buf *out, int32_t id, const struct bv *uris, size_t count)
{
	size_t message = open_message(out, id);
	size_t op = ber_open(out, LDAP_RES_SEARCH_REFERENCE);

	put_uris(out, uris, count);
	ber_close(out, op);
	ber_close(out, message);
}

void
message_put_intermediate(struct buf *out, int32_t id, struct bv oid, struct bv value)
{
	size_t message = open_message(out, id);
	size_t op = ber_open(out, LDAP_RES_INTERMEDIATE);

	put_optional(out, BER_CONTEXT | 0, oid);
	put_optional(out, BER_CONTEXT | 1, value);
	ber_close(out, op);
	ber_close(out, message);
}

void
message_put_disconnection(struct buf *out, int code, struct bv text)
{
	struct wire_result r = {
	    .tag = LDAP_RES_EXTENDED,
	    .code = code,
	    .text = text,
	    .response_oid = BV_LIT(LDAP_OID_DISCONNECTION),
	};

	message_put_result(out, 0, &r);
}

void
message_put_attr(struct buf *out, struct bv desc, const struct bv *values, size_t count)
{
	size_t set = 0;

	for (size_t i = 0; i < count; i++)
		set += element_bytes(values[i].n);
	size_t content = element_bytes(desc.n) + element_bytes(set);
	buf_reserve(out, element_bytes(content));
	ber_put_header(out, BER_SEQUENCE, content);
	ber_put_octets(out, BER_OCTETS, desc);
	ber_put_header(out, BER_SET, set);
	for (size_t i = 0; i < count; i++)
		ber_put_octets(out, BER_OCTETS, values[i]);
}
