#include <openssl/err.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "net/tls_impl.h"

/* What client certificates are checked against: authorities, revocation lists, how strictly. */

enum { MAX_DEPTH = 16 };

static int bad_index = -1; /* of the mark on a handshake */
static pthread_once_t bad_once = PTHREAD_ONCE_INIT;

static void
make_bad_index(void)
{
	bad_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

void
tls_trust_mark_bad(SSL *ssl)
{
	static char mark;

	SSL_set_ex_data(ssl, bad_index, &mark);
}

bool
tls_trust_is_bad(const SSL *ssl)
{
	return SSL_get_ex_data(ssl, bad_index) != NULL;
}

/* TLSVerifyClient allow: the handshake goes on, and the certificate counts for nothing. */
static int
let_pass(int ok, X509_STORE_CTX *check)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx());

	if (ok == 0)
		tls_trust_mark_bad(ssl);
	return 1;
}

/* ---- authorities ---- */

static int
trust(struct tls_context *x, X509 *cert)
{
	X509_STORE *store = SSL_CTX_get_cert_store(x->ssl);

	if (X509_STORE_add_cert(store, cert) != 1)
		return ERR_CONFIG;
	if (x->conf.verify != CONF_TLS_VERIFY_NEVER && SSL_CTX_add_client_CA(x->ssl, cert) != 1)
		return ERR_CONFIG;
	return 0;
}

/* Adds the certificates and revocation lists of PEM bytes; returns how many, or -1. */
static int
add_all(struct tls_context *x, struct bv pem, bool certs_too)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	STACK_OF(X509_INFO) *list =
	    bio == NULL ? NULL : PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL);
	int count = list == NULL ? -1 : 0;

	for (int i = 0; count >= 0 && i < sk_X509_INFO_num(list); i++) {
		const X509_INFO *info = sk_X509_INFO_value(list, i);
		if (certs_too && info->x509 != NULL)
			count = trust(x, info->x509) == 0 ? count + 1 : -1;
		if (info->crl != NULL && count >= 0)
			count = X509_STORE_add_crl(SSL_CTX_get_cert_store(x->ssl), info->crl) == 1
				    ? count + 1
				    : -1;
	}
	sk_X509_INFO_pop_free(list, X509_INFO_free);
	BIO_free(bio);
	return count;
}

static int
set_ca_file(struct tls_context *x, struct errbuf *e)
{
	struct bv pem, path = x->conf.ca_file;

	if (path.n == 0)
		return 0;
	int err = tls_load(x, "TLSCACertificateFile", path, &pem, e);
	if (err == 0 && add_all(x, pem, true) < 1)
		err = tls_blame("TLSCACertificateFile", path,
		    "holds no certificate in PEM form (BEGIN CERTIFICATE), or a damaged one", e);
	return err;
}

static int
set_ca_der(struct tls_context *x, struct errbuf *e)
{
	struct bv der = x->conf.ca_der;
	const unsigned char *p = der.p;

	if (der.n == 0)
		return 0;
	X509 *cert = d2i_X509(NULL, &p, (long)der.n);
	int err = cert != NULL && trust(x, cert) == 0
		      ? 0
		      : tls_blame("TLSCACertificate", BV_NONE, "is not a certificate in DER", e);
	X509_free(cert);
	return err;
}

static int
set_ca_path(struct tls_context *x, struct errbuf *e)
{
	struct bv path = x->conf.ca_path;

	if (path.n == 0)
		return 0;
	const char *name = arena_str(x->arena, path);
	int err = tls_file_check_dir("TLSCACertificatePath", name, e);
	if (err != 0)
		return err;
	tls_file_mark(&x->marks[x->mark_count++], name);
	return X509_STORE_load_path(SSL_CTX_get_cert_store(x->ssl), name) == 1
		   ? 0
		   : tls_blame("TLSCACertificatePath", path, "cannot be used", e);
}

/* ---- revocation ---- */

static int
add_crl_der(struct tls_context *x, struct bv der)
{
	const unsigned char *p = der.p;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der.n);
	int added = crl != NULL && X509_STORE_add_crl(SSL_CTX_get_cert_store(x->ssl), crl) == 1;

	X509_CRL_free(crl);
	return added;
}

static int
set_crl(struct tls_context *x, struct errbuf *e)
{
	struct bv bytes, path = x->conf.crl_file;
	unsigned long flags = 0;

	if (path.n > 0) {
		int err = tls_load(x, "TLSCRLFile", path, &bytes, e);
		if (err != 0)
			return err;
		if (add_all(x, bytes, false) < 1 && add_crl_der(x, bytes) < 1)
			return tls_blame("TLSCRLFile", path,
			    "holds no revocation list (BEGIN X509 CRL), or a damaged one", e);
		ERR_clear_error();
	}
	if (x->conf.crl_check != CONF_TLS_CRL_NONE)
		flags = X509_V_FLAG_CRL_CHECK;
	if (x->conf.crl_check == CONF_TLS_CRL_ALL)
		flags |= X509_V_FLAG_CRL_CHECK_ALL;
	X509_STORE_set_flags(SSL_CTX_get_cert_store(x->ssl), flags);
	return 0;
}

static void
set_verify(struct tls_context *x)
{
	static const int modes[] = {
	    [CONF_TLS_VERIFY_NEVER] = SSL_VERIFY_NONE,
	    [CONF_TLS_VERIFY_ALLOW] = SSL_VERIFY_PEER,
	    [CONF_TLS_VERIFY_TRY] = SSL_VERIFY_PEER,
	    [CONF_TLS_VERIFY_DEMAND] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	};

	pthread_once(&bad_once, make_bad_index);
	SSL_CTX_set_verify(x->ssl, modes[x->conf.verify],
	    x->conf.verify == CONF_TLS_VERIFY_ALLOW ? let_pass : NULL);
	SSL_CTX_set_verify_depth(x->ssl, MAX_DEPTH);
}

int
tls_trust_set(struct tls_context *x, struct errbuf *e)
{
	static int (*const steps[])(struct tls_context * y, struct errbuf * text) = {
	    set_ca_file, set_ca_der, set_ca_path, set_crl};
	int err = 0;

	for (size_t i = 0; err == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		err = steps[i](x, e);
	set_verify(x);
	return err;
}
