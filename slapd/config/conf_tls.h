#ifndef SLAPD_CONFIG_CONF_TLS_H
#define SLAPD_CONFIG_CONF_TLS_H

/* What the configuration says about TLS, part of the snapshot. Whether files can be used is for
 * net/tls_context.h to find out. */

#include <stdint.h>
#include "base/bv.h"

enum conf_tls_verify {
	CONF_TLS_VERIFY_NEVER,	/* no certificate is asked for */
	CONF_TLS_VERIFY_ALLOW,	/* a bad one counts as none */
	CONF_TLS_VERIFY_TRY,	/* a bad one ends the connection, none is fine */
	CONF_TLS_VERIFY_DEMAND, /* a good one must be there */
};

enum conf_tls_crl { CONF_TLS_CRL_NONE, CONF_TLS_CRL_PEER, CONF_TLS_CRL_ALL };

/* Protocol versions as they stand in the records. */
enum conf_tls_version { CONF_TLS_1_2 = 0x0303, CONF_TLS_1_3 = 0x0304 };

struct conf_tls {
	struct bv cert_file, key_file, ca_file, ca_path, crl_file, dh_file; /* absent: none */
	struct bv cert_der, key_der, ca_der; /* given in cn=config itself; absent: none */
	struct bv ciphers;		     /* OpenSSL's list for TLS 1.2; absent: the default */
	struct bv suites;		     /* those of TLS 1.3; absent: the default */
	struct bv curves;		     /* absent: the default */
	enum conf_tls_version protocol_min;
	enum conf_tls_verify verify;
	enum conf_tls_crl crl_check;
};

#endif
