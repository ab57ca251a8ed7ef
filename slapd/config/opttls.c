#include "config/opttls.h"

#include "base/err.h"
#include "config/confbuild.h"
#include "config/optcipher.h"
#include "config/option.h"

/*
 * TLS options. Their form is checked here, so that slaptest tells what is wrong; whether
 * a file is there, is readable and holds what it should is found out by the server.
 */

struct word {
	const char *name;
	int value;
};

static int
find_word(const struct word *words, struct bv value, int *out)
{
	for (; words->name != NULL; words++) {
		if (!bv_is(value, words->name))
			continue;
		*out = words->value;
		return 0;
	}
	return ERR_CONFIG;
}

int
opttls_file(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	if (value.n == 0 || bv_find(value, 0, 0) < value.n)
		return err_set(e, ERR_CONFIG, "%s: expected %s", confbuild_name(b, o), o->usage);
	memcpy((uint8_t *)b->conf + o->offset, &value, sizeof(value));
	return 0;
}

int
opttls_ciphers(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct optcipher c;
	struct conf_tls *tls = &b->conf->tls;

	if (optcipher_read(b->arena, value, &c, e) != 0)
		return err_prefix(e, ERR_CONFIG, "%s", confbuild_name(b, o));
	tls->ciphers = c.ciphers;
	tls->suites = c.suites;
	if (c.only_1_3)
		tls->protocol_min = CONF_TLS_1_3;
	if (c.translated)
		confbuild_warn(b,
		    "%s: \"%.*s\" is a priority string of GnuTLS; taken as OpenSSL's \"%.*s\" and "
		    "\"%.*s\", which is the form to write here",
		    confbuild_name(b, o), BV(value), BV(c.ciphers), BV(c.suites));
	return 0;
}

int
opttls_verify(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct word words[] = {
	    {"never", CONF_TLS_VERIFY_NEVER},
	    {"allow", CONF_TLS_VERIFY_ALLOW},
	    {"try", CONF_TLS_VERIFY_TRY},
	    {"demand", CONF_TLS_VERIFY_DEMAND},
	    {"hard", CONF_TLS_VERIFY_DEMAND},
	    {"true", CONF_TLS_VERIFY_DEMAND},
	    {NULL, 0},
	};
	int verify;

	if (find_word(words, value, &verify) != 0)
		return err_set(e, ERR_CONFIG,
		    "%s: \"%.*s\" is not known; expected never, allow, try or demand",
		    confbuild_name(b, o), BV(value));
	b->conf->tls.verify = (enum conf_tls_verify)verify;
	return 0;
}

int
opttls_crl(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct word words[] = {
	    {"none", CONF_TLS_CRL_NONE},
	    {"peer", CONF_TLS_CRL_PEER},
	    {"all", CONF_TLS_CRL_ALL},
	    {NULL, 0},
	};
	int check;

	if (find_word(words, value, &check) != 0)
		return err_set(e, ERR_CONFIG,
		    "%s: \"%.*s\" is not known; expected none, peer or all", confbuild_name(b, o),
		    BV(value));
	b->conf->tls.crl_check = (enum conf_tls_crl)check;
	return 0;
}

/* Reads "<major>[.<minor>]"; 3.3 is TLS 1.2, as OpenLDAP counts. */
int
opttls_version(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	size_t dot = bv_find(value, 0, '.');
	int64_t major, minor = 0;
	bool whole = bv_to_i64(bv_make(value.p, dot), &major) &&
		     (dot == value.n || bv_to_i64(bv_from(value, dot + 1), &minor));

	if (!whole || major < 0 || minor < 0 || major > 3 || (major == 3 && minor > 4))
		return err_set(e, ERR_CONFIG,
		    "%s: \"%.*s\" is no version; expected 3.3 (TLS 1.2) or 3.4 (TLS 1.3)",
		    confbuild_name(b, o), BV(value));
	if (major == 3 && minor == 4)
		b->conf->tls.protocol_min = CONF_TLS_1_3;
	else if (major != 0 && (major < 3 || minor < 3))
		confbuild_warn(b,
		    "%s %.*s: versions before TLS 1.2 (3.3) are not safe and are never used; 3.3 "
		    "holds",
		    confbuild_name(b, o), BV(value));
	return 0;
}

static int
check_trust(struct conf_build *b, struct errbuf *e)
{
	const struct conf_tls *t = &b->conf->tls;
	bool trusts = t->ca_file.n > 0 || t->ca_path.n > 0 || t->ca_der.n > 0;

	if (t->verify >= CONF_TLS_VERIFY_TRY && !trusts)
		return err_set(e, ERR_CONFIG,
		    "TLSVerifyClient needs the authority that signs the clients' certificates: "
		    "give TLSCACertificateFile (olcTLSCACertificateFile), too");
	if (t->verify == CONF_TLS_VERIFY_ALLOW && !trusts)
		confbuild_warn(b,
		    "TLSVerifyClient allow without TLSCACertificateFile: no client certificate "
		    "can be verified, so none counts");
	if (t->crl_check != CONF_TLS_CRL_NONE && t->crl_file.n == 0 && t->ca_path.n == 0)
		return err_set(e, ERR_CONFIG,
		    "TLSCRLCheck needs revocation lists: give TLSCRLFile (olcTLSCRLFile), or put "
		    "them into TLSCACertificatePath");
	return 0;
}

int
opttls_check(struct conf_build *b, struct errbuf *e)
{
	struct conf_tls *t = &b->conf->tls;
	bool cert = t->cert_file.n > 0 || t->cert_der.n > 0;
	bool key = t->key_file.n > 0 || t->key_der.n > 0;

	if (t->protocol_min == 0)
		t->protocol_min = CONF_TLS_1_2;
	if (cert && !key)
		return err_set(e, ERR_CONFIG,
		    "there is a TLS certificate, but no key: give TLSCertificateKeyFile "
		    "(olcTLSCertificateKeyFile) as well, both in one modify");
	if (key && !cert)
		return err_set(e, ERR_CONFIG,
		    "there is a TLS key, but no certificate: give TLSCertificateFile "
		    "(olcTLSCertificateFile) as well, both in one modify");
	return check_trust(b, e);
}
