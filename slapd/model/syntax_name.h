#ifndef SLAPD_MODEL_SYNTAX_NAME_H
#define SLAPD_MODEL_SYNTAX_NAME_H

/*
 * Syntaxes that hold distinguished names (RFC 4517 3.3.9, 3.3.21): checks, the
 * form returned to clients and the form compared. All return 0 or ERR_SYNTAX.
 */

#include "base/bv.h"

struct arena;
struct schema;

/* DN: a distinguished name, empty allowed. */
int syntax_name_check_dn(const struct schema *s, struct bv v);
int syntax_name_pretty_dn(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int syntax_name_normal_dn(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* A relative distinguished name by itself. */
int syntax_name_check_rdn(const struct schema *s, struct bv v);
int syntax_name_pretty_rdn(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int syntax_name_normal_rdn(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* Name and Optional UID: a DN, then perhaps "#" and a bit string. */
int syntax_name_check_uid(const struct schema *s, struct bv v);
int syntax_name_pretty_uid(const struct schema *s, struct arena *a, struct bv v, struct bv *out);
int syntax_name_normal_uid(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

/* OpenLDAP's authorization rules: "dn:" and "dn.exact:" rules compare as names, others as bytes. */
int syntax_name_normal_authz(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

#endif
