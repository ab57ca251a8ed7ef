#ifndef TOOLS_IDENTITY_H
#define TOOLS_IDENTITY_H

/* SASL identities as DNs, for slapauth and slapacl. */

#include "base/bv.h"

struct arena;

/*
 * Returns the DN text of an identity: "dn:..." gives its own; "u:ID" and ID give
 * uid=ID[,cn=realm][,cn=mech],cn=auth. realm and mech may be NULL.
 */
struct bv identity_dn(struct arena *a, const char *id, const char *realm, const char *mech);

#endif
