#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "config/conf.h"
#include "net/tls_impl.h"

/*
 * Making a context: protocol and ciphers, the pair (tls_pair.c), what is trusted
 * (tls_trust.c). TLS 1.2 or later, no renegotiation, no compression. Sessions are resumed
 * by tickets under keys of this context alone, and not at all when clients show
 * certificates: resuming would skip the look at revocation and expiry.
 */

#define DEFAULT_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20"
#define SESSION_ID "muster slapd"

enum { SESSION_ID_BYTES = sizeof(SESSION_ID) - 1, DH_MIN_BITS = 2048 };

int
tls_load(
    struct tls_context *x, const char *option, struct bv path, struct bv *out, struct errbuf *e)
{
	const char *name = arena_str(x->arena, path);

	if (x->mark_count < TLS_MARKS)
		tls_file_mark(&x->marks[x->mark_count++], name);
	return tls_file_read(x->arena, option, name, out, e);
}

int
tls_blame(const char *option, struct bv path, const char *what, struct errbuf *e)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);

	err_set(e, ERR_CONFIG, "%s%s%.*s: %s%s%s%s", option, path.n == 0 ? "" : ": ",
	    BV(path.n == 0 ? BV_LIT("") : path), what, reason == NULL ? "" : " (",
	    reason == NULL ? "" : reason, reason == NULL ? "" : ")");
	ERR_clear_error();
	return ERR_CONFIG;
}

/* ---- ciphers ---- */

/* Names of ciphers that OpenSSL has no more, as configurations from former times still hold. */
static bool
is_gone(struct bv item)
{
	static const char *const names[] = {"MEDIUM", "LOW", "EXP", "EXPORT", "EXPORT40",
	    "EXPORT56", "SSLv2", "RC2", "RC4", "RC4-SHA", "RC4-MD5", "DES", "3DES", "DES-CBC3-SHA",
	    "IDEA", "SEED", "MD5"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (bv_is(item, names[i]))
			return true;
	}
	return false;
}

/* OpenSSL drops unknown names of a list without a word; a typing error must not go unseen. */
static int
check_cipher_items(SSL_CTX *scratch, struct bv list, struct errbuf *e)
{
	char item[128];

	while (list.n > 0) {
		size_t n = bv_find(list, 0, ':');
		bool plain = n > 0 && n < sizeof(item) && strchr("!-+@", list.p[0]) == NULL &&
			     !is_gone(bv_make(list.p, n));
		if (plain) {
			memcpy(item, list.p, n);
			item[n] = 0;
		}
		if (n >= sizeof(item) || (plain && SSL_CTX_set_cipher_list(scratch, item) != 1))
			return tls_blame("TLSCipherSuite", bv_make(list.p, n),
			    "no such cipher of TLS 1.2; openssl ciphers -v lists them", e);
		list = bv_from(list, n < list.n ? n + 1 : n);
	}
	return 0;
}

static int
set_ciphers(struct tls_context *x, struct errbuf *e)
{
	const struct conf_tls *t = &x->conf;
	int err = t->ciphers.n == 0 ? 0 : check_cipher_items(x->ssl, t->ciphers, e);

	if (err != 0)
		return err;
	const char *list = t->ciphers.n == 0 ? DEFAULT_CIPHERS : arena_str(x->arena, t->ciphers);
	if (SSL_CTX_set_cipher_list(x->ssl, list) != 1)
		return tls_blame("TLSCipherSuite", t->ciphers, "leaves no cipher of TLS 1.2", e);
	if (t->suites.n > 0 &&
	    SSL_CTX_set_ciphersuites(x->ssl, arena_str(x->arena, t->suites)) != 1)
		return tls_blame("TLSCipherSuite", t->suites,
		    "no such cipher of TLS 1.3; openssl ciphers -v -tls1_3 -s lists them", e);
	if (t->curves.n > 0 &&
	    SSL_CTX_set1_groups_list(x->ssl, arena_str(x->arena, t->curves)) != 1)
		return tls_blame("TLSECName", t->curves,
		    "no such curve; write X25519:prime256v1 or some of openssl ecparam "
		    "-list_curves",
		    e);
	return 0;
}

static int
set_dh(struct tls_context *x, struct errbuf *e)
{
	struct bv pem, path = x->conf.dh_file;

	if (path.n == 0)
		return SSL_CTX_set_dh_auto(x->ssl, 1) == 1 ? 0 : ERR_CONFIG;
	int err = tls_load(x, "TLSDHParamFile", path, &pem, e);
	if (err != 0)
		return err;
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *dh = bio == NULL ? NULL : PEM_read_bio_Parameters(bio, NULL);
	BIO_free(bio);
	if (dh == NULL || !EVP_PKEY_is_a(dh, "DH") || EVP_PKEY_get_bits(dh) < DH_MIN_BITS) {
		EVP_PKEY_free(dh);
		return tls_blame("TLSDHParamFile", path,
		    "holds no Diffie-Hellman parameters of 2048 bits or more; make them with "
		    "openssl dhparam -out FILE 2048, or leave the option out",
		    e);
	}
	if (SSL_CTX_set0_tmp_dh_pkey(x->ssl, dh) != 1) {
		EVP_PKEY_free(dh);
		return tls_blame("TLSDHParamFile", path, "cannot be used", e);
	}
	return 0;
}

/* ---- the whole ---- */

static int
set_protocol(struct tls_context *x, struct errbuf *e)
{
	bool resumes = x->conf.verify == CONF_TLS_VERIFY_NEVER;
	uint64_t options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
			   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF |
			   SSL_OP_SINGLE_DH_USE | (resumes ? 0U : SSL_OP_NO_TICKET);

	SSL_CTX_set_options(x->ssl, options);
	SSL_CTX_set_mode(x->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
				     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				     SSL_MODE_RELEASE_BUFFERS);
	/* A read ends when what came is used up, though it were key updates without end. */
	SSL_CTX_clear_mode(x->ssl, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_session_cache_mode(x->ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(x->ssl, resumes ? 1 : 0);
	if (SSL_CTX_set_min_proto_version(x->ssl, (int)x->conf.protocol_min) != 1 ||
	    SSL_CTX_set_session_id_context(
		x->ssl, (const unsigned char *)SESSION_ID, SESSION_ID_BYTES) != 1)
		return tls_blame("TLSProtocolMin", BV_NONE, "OpenSSL does not offer it", e);
	return 0;
}

static struct bv
keep(struct tls_context *x, struct bv v)
{
	return v.n == 0 ? BV_NONE : arena_dup(x->arena, v);
}

static void
copy_conf(struct tls_context *x, const struct conf_tls *t)
{
	x->conf = *t;
	x->conf.cert_file = keep(x, t->cert_file);
	x->conf.key_file = keep(x, t->key_file);
	x->conf.ca_file = keep(x, t->ca_file);
	x->conf.ca_path = keep(x, t->ca_path);
	x->conf.crl_file = keep(x, t->crl_file);
	x->conf.dh_file = keep(x, t->dh_file);
	x->conf.cert_der = keep(x, t->cert_der);
	x->conf.key_der = keep(x, t->key_der);
	x->conf.ca_der = keep(x, t->ca_der);
	x->conf.ciphers = keep(x, t->ciphers);
	x->conf.suites = keep(x, t->suites);
	x->conf.curves = keep(x, t->curves);
}

static int
make(const struct conf_tls *t, struct tls_context **out, struct errbuf *e)
{
	static int (*const steps[])(struct tls_context * x, struct errbuf * e) = {
	    set_ciphers, set_protocol, set_dh, tls_pair_set, tls_trust_set};
	struct tls_context *x = calloc(1, sizeof(*x));
	int err = 0;

	if (x == NULL)
		return err_set(e, ERR_FULL, "out of memory for TLS");
	ERR_clear_error();
	atomic_init(&x->refs, 1);
	x->arena = arena_new(0);
	arena_set_secret(x->arena);
	copy_conf(x, t);
	x->ssl = SSL_CTX_new(TLS_server_method());
	if (x->ssl == NULL)
		err = tls_blame("TLS", BV_NONE, "OpenSSL does not start", e);
	for (size_t i = 0; err == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		err = steps[i](x, e);
	if (err != 0) {
		tls_context_unref(&x);
		return err;
	}
	*out = x;
	return 0;
}

int
tls_context_new(const struct conf *c, struct tls_context **out, struct errbuf *e)
{
	*out = NULL;
	return c->tls.cert_file.n == 0 && c->tls.cert_der.n == 0 ? 0 : make(&c->tls, out, e);
}

int
tls_context_again(const struct tls_context *old, struct tls_context **out, struct errbuf *e)
{
	return make(&old->conf, out, e);
}

struct tls_context *
tls_context_ref(struct tls_context *x)
{
	if (x != NULL)
		atomic_fetch_add(&x->refs, 1);
	return x;
}

void
tls_context_unref(struct tls_context **xp)
{
	struct tls_context *x = *xp;

	*xp = NULL;
	if (x == NULL || atomic_fetch_sub(&x->refs, 1) != 1)
		return;
	SSL_CTX_free(x->ssl);
	arena_free(&x->arena);
	free(x);
}

bool
tls_context_is_of(const struct tls_context *x, const struct conf_tls *t)
{
	const struct conf_tls *mine = x == NULL ? NULL : &x->conf;

	if (mine == NULL)
		return t->cert_file.n == 0 && t->cert_der.n == 0;
	return bv_eq(mine->cert_file, t->cert_file) && bv_eq(mine->key_file, t->key_file) &&
	       bv_eq(mine->ca_file, t->ca_file) && bv_eq(mine->ca_path, t->ca_path) &&
	       bv_eq(mine->crl_file, t->crl_file) && bv_eq(mine->dh_file, t->dh_file) &&
	       bv_eq(mine->cert_der, t->cert_der) && bv_eq(mine->key_der, t->key_der) &&
	       bv_eq(mine->ca_der, t->ca_der) && bv_eq(mine->ciphers, t->ciphers) &&
	       bv_eq(mine->suites, t->suites) && bv_eq(mine->curves, t->curves) &&
	       mine->protocol_min == t->protocol_min && mine->verify == t->verify &&
	       mine->crl_check == t->crl_check;
}

const char *
tls_context_problem(const struct tls_context *x)
{
	return x->problem;
}

const struct tls_mark *
tls_context_marks(const struct tls_context *x, size_t *count_out)
{
	*count_out = x->mark_count;
	return x->marks;
}

/* Appends what a BIO holds as one line. */
static void
put_line(char *out, size_t size, const char *name, BIO *bio)
{
	char *text;
	long n = BIO_get_mem_data(bio, &text);
	size_t used = strlen(out);

	if (used < size)
		snprintf(out + used, size - used, "%s: %.*s\n", name, (int)n, text);
	(void)BIO_reset(bio);
}

void
tls_context_describe(const struct tls_context *x, char *out, size_t size)
{
	BIO *bio = BIO_new(BIO_s_mem());

	out[0] = 0;
	if (bio == NULL)
		return;
	X509_NAME_print_ex(bio, X509_get_subject_name(x->cert), 0, XN_FLAG_RFC2253);
	put_line(out, size, "subject", bio);
	X509_NAME_print_ex(bio, X509_get_issuer_name(x->cert), 0, XN_FLAG_RFC2253);
	put_line(out, size, "issuer", bio);
	int at = X509_get_ext_by_NID(x->cert, NID_subject_alt_name, -1);
	if (at >= 0 && X509V3_EXT_print(bio, X509_get_ext(x->cert, at), 0, 0) == 1)
		put_line(out, size, "names", bio);
	ASN1_TIME_print(bio, X509_get0_notBefore(x->cert));
	put_line(out, size, "valid from", bio);
	ASN1_TIME_print(bio, X509_get0_notAfter(x->cert));
	put_line(out, size, "valid until", bio);
	BIO_printf(
	    bio, "%.*s", BV(x->conf.cert_file.n == 0 ? BV_LIT("cn=config") : x->conf.cert_file));
	put_line(out, size, "certificate", bio);
	BIO_free(bio);
}
