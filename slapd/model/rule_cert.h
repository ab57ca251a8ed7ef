#ifndef SLAPD_MODEL_RULE_CERT_H
#define SLAPD_MODEL_RULE_CERT_H

/*
 * Exact matching of certificates and revocation lists (RFC 4523 2.1, 2.5): the
 * normal form is "serial$issuer" or "time$issuer" with the issuer's normal DN.
 * An issuer with types that the schema does not have is compared as lower-case
 * text. All return 0 or ERR_SYNTAX.
 */

#include "base/bv.h"

struct arena;
struct schema;

/* Of a stored certificate or list (DER); of an assertion (DER, GSER, or "serial$issuer"). */
int rule_cert_normal(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_cert_asserted(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_cert_crl_normal(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int rule_cert_crl_asserted(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

#endif
