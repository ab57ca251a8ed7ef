#ifndef SLAPD_CONFIG_CONF_POLICY_H
#define SLAPD_CONFIG_CONF_POLICY_H

/*
 * What sessions may do and how much they get: restrict, allow, disallow, require, security and
 * limits, as the configuration has them (conf.h, conf_db.h).
 */

#include <stdint.h>

/* What may be done, as bits for restrict (forbidden operations). */
enum conf_restrict {
	CONF_OP_BIND = 1,
	CONF_OP_COMPARE = 2,
	CONF_OP_ADD = 4,
	CONF_OP_DELETE = 8,
	CONF_OP_MODIFY = 16,
	CONF_OP_RENAME = 32,
	CONF_OP_SEARCH = 64,
	CONF_OP_EXTENDED = 128,
	CONF_OP_START_TLS = 256, /* single extended operations: extended=<OID> */
	CONF_OP_PASSWD = 512,
	CONF_OP_WHOAMI = 1024,
	CONF_OP_CANCEL = 2048,
	CONF_OP_WRITES = CONF_OP_ADD | CONF_OP_DELETE | CONF_OP_MODIFY | CONF_OP_RENAME,
};

enum conf_allow {
	CONF_ALLOW_BIND_V2 = 1,
	CONF_ALLOW_BIND_ANON_CRED = 2,
	CONF_ALLOW_BIND_ANON_DN = 4,
	CONF_ALLOW_UPDATE_ANON = 8,
	CONF_ALLOW_PROXY_AUTHZ_ANON = 16,
};

enum conf_disallow {
	CONF_DISALLOW_BIND_ANON = 1,
	CONF_DISALLOW_BIND_SIMPLE = 2,
	CONF_DISALLOW_TLS_2_ANON = 4, /* StartTLS keeps the identity */
	CONF_DISALLOW_TLS_AUTHC = 8,  /* no StartTLS once bound */
	CONF_DISALLOW_PROXY_AUTHZ_NON_CRITICAL = 16,
	CONF_DISALLOW_DONT_USE_COPY_NON_CRITICAL = 32,
};

/* What sessions must be, for anything but Bind, Unbind and StartTLS. */
enum conf_require {
	CONF_REQUIRE_BIND = 1,
	CONF_REQUIRE_LDAP_V3 = 2,
	CONF_REQUIRE_AUTHC = 4,
	CONF_REQUIRE_SASL = 8,
	CONF_REQUIRE_STRONG = 16,
};

/* Strength (SSF) that a connection must have; 0: any. */
struct conf_strength {
	unsigned ssf, transport, tls, sasl;
	unsigned update_ssf, update_transport, update_tls, update_sasl;
	unsigned simple_bind;
};

enum {
	CONF_UNLIMITED = -1,
	CONF_PAGES_AS_HARD = 0,	  /* of page_total: the hard size limit */
	CONF_PAGES_DISABLED = -2, /* of page_total: no paged results */
};

/* Size and time limits; -1: unlimited. */
struct conf_limits {
	int64_t size_soft, size_hard; /* entries; hard 0: same as soft */
	int64_t time_soft, time_hard; /* seconds */
	int64_t unchecked; /* candidates a search may look at; -1: unlimited; 0: no search at all */
	int64_t page;	   /* entries on a page; 0 or -1: any number */
	int64_t page_total; /* entries on all pages; CONF_PAGES_AS_HARD, CONF_PAGES_DISABLED, -1 */
};

#endif
