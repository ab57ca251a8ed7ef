#ifndef SLAPD_MODEL_DER_H
#define SLAPD_MODEL_DER_H

/*
 * A walk over the DER of X.509 objects, as far as the directory needs it: the
 * shape of certificates and revocation lists (RFC 5280) and the fields that their
 * matching rules (RFC 4523) compare. No keys, no signatures, no trust.
 */

#include <stdbool.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct schema;

/* One element: its tag, its content, and both with the length between. */
struct der_tlv {
	uint8_t tag;
	struct bv content;
	struct bv whole;
};

/* Takes one element off the front of *rest; false when there is no well-formed one. */
bool der_next(struct bv *rest, struct der_tlv *out);

/* Validators for the syntax table: 0 or ERR_SYNTAX; the schema is not used. */
int der_check_certificate(const struct schema *s, struct bv v);
int der_check_certificate_list(const struct schema *s, struct bv v);
int der_check_sequence(const struct schema *s, struct bv v); /* one SEQUENCE and nothing more */

/* Finds the content bytes of serialNumber and the whole TLV of issuer. 0 or ERR_SYNTAX. */
int der_certificate_id(struct bv cert, struct bv *serial_out, struct bv *issuer_out)
    __attribute__((warn_unused_result));

/* Finds the whole TLV of issuer and the content of thisUpdate, UTCTime in its four-digit form
 * (from the arena). 0 or ERR_SYNTAX. */
int der_crl_id(struct arena *a, struct bv crl, struct bv *issuer_out, struct bv *update_out)
    __attribute__((warn_unused_result));

/* Writes the content bytes of an INTEGER as decimal text. At most 64 bytes; else ERR_SYNTAX. */
int der_integer_text(struct arena *a, struct bv content, struct bv *out)
    __attribute__((warn_unused_result));

#endif
