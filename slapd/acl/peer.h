#ifndef SLAPD_ACL_PEER_H
#define SLAPD_ACL_PEER_H

#include "base/bv.h"

/* The connection as rules see it. Lives as long as the connection. */
struct acl_peer {
	struct bv peername; /* "IP=127.0.0.1:40123", "IP=[::1]:40123", "PATH=/run/slapd/ldapi" */
	struct bv sockname; /* the same of the server's end */
	struct bv sockurl;  /* the listener's URL: "ldap://127.0.0.1:389/" */
	struct bv domain;   /* host name of the peer's address; absent: not looked up */
	unsigned ssf, transport_ssf, tls_ssf, sasl_ssf;
};

#endif
