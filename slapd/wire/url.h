#ifndef SLAPD_WIRE_URL_H
#define SLAPD_WIRE_URL_H

/* LDAP URLs (RFC 4516), also ldaps:// and ldapi://, for listeners and referrals. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct arena;
struct errbuf;

enum url_scheme { URL_LDAP, URL_LDAPS, URL_LDAPI };

struct url {
	enum url_scheme scheme;
	struct bv
	    host; /* without brackets; for ldapi the decoded socket path; empty when not given */
	unsigned port; /* 0 when not given */
	bool has_dn;
	struct bv dn; /* percent-decoded */
	struct bv *attrs;
	size_t attr_count;
	int scope;	       /* enum ldap_scope, -1 when not given */
	struct bv filter;      /* percent-decoded; absent when not given */
	struct bv *extensions; /* as written, '!' included */
	size_t extension_count;
};

/* Reads a URL into the arena; 0 or ERR_SYNTAX with e saying what is wrong where. */
int url_parse(struct arena *a, struct bv text, struct url *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Returns the text form of u, percent-encoded, in the arena. */
struct bv url_print(struct arena *a, const struct url *u);

#endif
