#ifndef SLAPD_WIRE_MESSAGE_H
#define SLAPD_WIRE_MESSAGE_H

/*
 * LDAPMessage (RFC 4511 4.1.1): decoding of requests and encoding of responses.
 * All views borrow the PDU, all arrays live in the arena given.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "wire/ldap.h"

struct arena;
struct buf;
struct errbuf;
struct filter;
struct filter_limits;

struct wire_control {
	struct bv oid;
	bool critical;
	struct bv value; /* absent (p == NULL) when not given */
};

/* An Attribute or PartialAttribute. */
struct wire_attr {
	struct bv desc;
	struct bv *values;
	size_t count;
};

struct wire_mod {
	enum ldap_mod_op op;
	struct wire_attr attr;
};

struct wire_bind {
	int64_t version;
	struct bv name;
	bool sasl;
	struct bv password;    /* simple; or the unknown choice's content when method is neither */
	struct bv mechanism;   /* sasl */
	struct bv credentials; /* sasl: absent when not given */
	uint8_t method;	       /* the tag as received: 0x80 simple, 0xa3 sasl, others unknown */
};

struct wire_search {
	struct bv base;
	int64_t scope;
	int64_t deref;
	int64_t size_limit;
	int64_t time_limit;
	bool types_only;
	struct filter *filter;
	struct bv *attrs;
	size_t attr_count;
};

struct wire_modify {
	struct bv dn;
	struct wire_mod *mods;
	size_t count;
};

struct wire_add {
	struct bv dn;
	struct wire_attr *attrs;
	size_t count;
};

struct wire_moddn {
	struct bv dn;
	struct bv new_rdn;
	bool delete_old_rdn;
	struct bv new_superior; /* absent when not given */
};

struct wire_compare {
	struct bv dn;
	struct bv desc;
	struct bv value;
};

struct wire_extended {
	struct bv oid;
	struct bv value; /* absent when not given */
};

struct message {
	int32_t id;
	enum ldap_tag tag;
	union {
		struct wire_bind bind;
		struct wire_search search;
		struct wire_modify modify;
		struct wire_add add;
		struct bv delete_dn;
		struct wire_moddn moddn;
		struct wire_compare compare;
		int64_t abandon_id;
		struct wire_extended extended;
	} u;
	struct wire_control *controls;
	size_t control_count;
};

struct message_limits {
	const struct filter_limits *filter;
	unsigned controls; /* controls in one request */
	unsigned attrs;	   /* attributes, modifications or requested names in one request */
	size_t dn_bytes;   /* of any DN in the request */
};

/* The built-in bounds of HARDENING: 16 controls, DN 8192 bytes, 4096 attribute names... */
extern const struct message_limits message_default_limits;

/*
 * What to do about a request that does not decode.
 * MESSAGE_OK: *out is complete, *code_out is 0.
 * MESSAGE_REFUSE: envelope and BER are sound, a value or a count is not: *out has id and tag,
 * *code_out and e say what to answer and the connection stays. protocolError: bind version outside
 * 1 to 127, scope, deref, limits or modify operation out of range, a filter RFC 4511 forbids, a
 * control without OID. adminLimitExceeded: too many controls, attributes, filter items or levels,
 * too long a DN. Unbind and abandon can be refused too and have no answer: see
 * message_response_tag.
 * MESSAGE_DISCONNECT: envelope or BER is broken (also id 0, an unknown request tag, elements
 * behind those RFC 4511 names): *out is untouched; send a Notice of Disconnection with *code_out
 * and e, and close (RFC 4511 4.1.1).
 * Left to the operation: empty value sets and descriptions, unknown authentication methods and
 * extended names, repeated controls.
 */
enum message_verdict { MESSAGE_OK, MESSAGE_REFUSE, MESSAGE_DISCONNECT };

/* Decodes one complete PDU (as ber_frame measured it). */
enum message_verdict message_decode(struct arena *a, struct bv pdu,
    const struct message_limits *limits, struct message *out, int *code_out, struct errbuf *e);

/* Returns the response tag that answers a request tag, or 0 for unbind and abandon. */
uint8_t message_response_tag(enum ldap_tag request);

/* An LDAPResult and what a particular response adds. */
struct wire_result {
	uint8_t tag;
	int code;
	struct bv matched;
	struct bv text;
	const struct bv *referrals;
	size_t referral_count;
	struct bv sasl_creds;	/* bind response: absent when none */
	struct bv response_oid; /* extended response: absent when none */
	struct bv response_value;
	const struct wire_control *controls;
	size_t control_count;
};

/* Appends a complete LDAPMessage with the result. */
void message_put_result(struct buf *out, int32_t id, const struct wire_result *r);

/*
 * Appends a SearchResultEntry message: the object name and attribute bytes that are already encoded
 * as a run of PartialAttributes (without the enclosing SEQUENCE). controls may be NULL.
 */
void message_put_entry(struct buf *out, int32_t id, struct bv name, struct bv partial_attributes,
    const struct wire_control *controls, size_t control_count);

/* Appends a SearchResultReference message. */
void message_put_reference(struct buf *out, int32_t id, const struct bv *uris, size_t count);

/* Appends an IntermediateResponse message; oid and value may be absent. */
void message_put_intermediate(struct buf *out, int32_t id, struct bv oid, struct bv value);

/* Appends a Notice of Disconnection (RFC 4511 4.4.1). */
void message_put_disconnection(struct buf *out, int code, struct bv text);

/* Appends one PartialAttribute. */
void message_put_attr(struct buf *out, struct bv desc, const struct bv *values, size_t count);

#endif
