#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "net/tls_impl.h"

/* The server's certificate with its chain, and the key: read, matched, doubted. */

enum { MAX_CHAIN = 16 };

#define CERT "TLSCertificateFile"
#define KEY "TLSCertificateKeyFile"

/* What the pass phrase callback notes: OpenSSL's reasons for a missing one vary. */
static int
refuse_phrase(char *out, int size, int writing, void *asked)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static const char *
name_of(struct bv file, const char *option, const char *in_tree)
{
	return file.n == 0 ? in_tree : option;
}

/* ---- certificate ---- */

static int
use_leaf(struct tls_context *x, X509 *leaf, struct errbuf *e)
{
	if (leaf == NULL)
		return tls_blame(name_of(x->conf.cert_file, CERT, "TLSCertificate"),
		    x->conf.cert_file,
		    "holds no certificate in PEM form (BEGIN CERTIFICATE); one in DER form is "
		    "turned into it by openssl x509 -inform DER -in OLD -out NEW",
		    e);
	if (SSL_CTX_use_certificate(x->ssl, leaf) != 1)
		return tls_blame(name_of(x->conf.cert_file, CERT, "TLSCertificate"),
		    x->conf.cert_file,
		    "the certificate cannot be used; it needs an RSA key of 2048 bits or more, or "
		    "an EC key, and a signature with SHA-256 or better",
		    e);
	x->cert = SSL_CTX_get0_certificate(x->ssl);
	return 0;
}

static int
add_chain(struct tls_context *x, BIO *bio, struct errbuf *e)
{
	X509 *below = x->cert, *next;

	for (int i = 0; (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL; i++) {
		if (X509_check_issued(next, below) != X509_V_OK)
			log_error("TLS: %.*s: certificate %d is not the issuer of the one before "
				  "it; clients may not find the chain",
			    BV(x->conf.cert_file), i + 2);
		if (i >= MAX_CHAIN || SSL_CTX_add0_chain_cert(x->ssl, next) != 1) {
			X509_free(next);
			return tls_blame(CERT, x->conf.cert_file,
			    "the certificates behind the first cannot be used", e);
		}
		below = next;
	}
	unsigned long code = ERR_peek_last_error();
	if (ERR_GET_REASON(code) != PEM_R_NO_START_LINE)
		return tls_blame(
		    CERT, x->conf.cert_file, "a certificate behind the first is damaged", e);
	ERR_clear_error();
	return 0;
}

static int
set_certificate_file(struct tls_context *x, struct errbuf *e)
{
	struct bv pem;
	int err = tls_load(x, CERT, x->conf.cert_file, &pem, e);

	if (err != 0)
		return err;
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *leaf = bio == NULL ? NULL : PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
	err = use_leaf(x, leaf, e);
	X509_free(leaf);
	if (err == 0)
		err = add_chain(x, bio, e);
	BIO_free(bio);
	return err;
}

static int
set_certificate(struct tls_context *x, struct errbuf *e)
{
	struct bv der = x->conf.cert_der;

	if (der.n == 0)
		return set_certificate_file(x, e);
	x->conf.cert_file = BV_NONE;
	const unsigned char *p = der.p;
	X509 *leaf = d2i_X509(NULL, &p, (long)der.n);
	int err = use_leaf(x, leaf, e);
	X509_free(leaf);
	return err;
}

/* ---- key ---- */

static EVP_PKEY *
read_key(struct bv pem, bool *phrase_out)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key =
	    bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, refuse_phrase, phrase_out);

	BIO_free(bio);
	return key;
}

static EVP_PKEY *
parse_key(struct bv der)
{
	const unsigned char *p = der.p;

	return d2i_AutoPrivateKey(NULL, &p, (long)der.n);
}

static int
use_key(struct tls_context *x, EVP_PKEY *key, bool phrase, struct errbuf *e)
{
	struct bv path = x->conf.key_file;
	const char *option = name_of(path, KEY, "TLSCertificateKey");
	char what[192];

	if (phrase) {
		ERR_clear_error();
		return tls_blame(option, path,
		    "the key is protected by a passphrase, and slapd has nobody to ask; take it "
		    "off with openssl pkey -in OLD -out NEW",
		    e);
	}
	if (key == NULL)
		return tls_blame(
		    option, path, "holds no private key in PEM form (BEGIN PRIVATE KEY)", e);
	if (X509_check_private_key(x->cert, key) != 1) {
		ERR_clear_error();
		snprintf(what, sizeof(what),
		    "is not the key of the certificate in %.*s; give the two that were made "
		    "together, both in one modify",
		    BV(x->conf.cert_file.n == 0 ? BV_LIT("TLSCertificate") : x->conf.cert_file));
		return tls_blame(option, path, what, e);
	}
	return SSL_CTX_use_PrivateKey(x->ssl, key) == 1
		   ? 0
		   : tls_blame(option, path, "the key cannot be used", e);
}

static int
set_key(struct tls_context *x, struct errbuf *e)
{
	struct bv bytes = x->conf.key_der;
	bool phrase = false;
	EVP_PKEY *key;

	if (bytes.n == 0) {
		int err = tls_load(x, KEY, x->conf.key_file, &bytes, e);
		if (err != 0)
			return err;
		key = read_key(bytes, &phrase);
		if (tls_file_is_public(arena_str(x->arena, x->conf.key_file)))
			log_error("WARNING: the private key in %.*s may be read by everybody on "
				  "this machine; chmod o-r it",
			    BV(x->conf.key_file));
	} else {
		x->conf.key_file = BV_NONE;
		key = parse_key(bytes);
	}
	int err = use_key(x, key, phrase, e);
	EVP_PKEY_free(key);
	return err;
}

/* ---- doubts ---- */

static void
note_time(struct tls_context *x, const char *what, const ASN1_TIME *when)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n = 0;

	if (bio != NULL && ASN1_TIME_print(bio, when) == 1)
		n = BIO_get_mem_data(bio, &text);
	snprintf(x->problem, sizeof(x->problem),
	    CERT ": %.*s: the certificate %s %.*s; have it renewed",
	    BV(x->conf.cert_file.n == 0 ? BV_LIT("cn=config") : x->conf.cert_file), what, (int)n,
	    text == NULL ? "" : text);
	BIO_free(bio);
}

static void
doubt(struct tls_context *x)
{
	if (X509_cmp_current_time(X509_get0_notAfter(x->cert)) < 0)
		note_time(x, "has expired on", X509_get0_notAfter(x->cert));
	else if (X509_cmp_current_time(X509_get0_notBefore(x->cert)) > 0)
		note_time(x, "is not valid before", X509_get0_notBefore(x->cert));
	if (X509_check_purpose(x->cert, X509_PURPOSE_SSL_SERVER, 0) != 1)
		log_error("WARNING: TLS: the certificate in %.*s is not one for servers (its "
			  "extendedKeyUsage lacks serverAuth); clients will refuse it",
		    BV(x->conf.cert_file));
	ERR_clear_error();
}

int
tls_pair_set(struct tls_context *x, struct errbuf *e)
{
	int err = set_certificate(x, e);

	if (err == 0)
		err = set_key(x, e);
	if (err == 0)
		doubt(x);
	return err;
}
