#include "base/arena.h"
#include "base/err.h"
#include "confcase.h"
#include "config/optcipher.h"

/* TLS options: what ciphers mean in either language, and what must be given together. */

static void
test_optcipher_read_understands(void **state)
{
	static const struct {
		const char *text, *ciphers, *suites;
		bool only_1_3;
	} cases[] = {
	    {"HIGH:!aNULL", "HIGH:!aNULL", "", false},
	    {"TLS_AES_256_GCM_SHA384", "", "TLS_AES_256_GCM_SHA384", false},
	    {"ECDHE+AESGCM:TLS_AES_128_GCM_SHA256, !MD5", "ECDHE+AESGCM:!MD5",
		"TLS_AES_128_GCM_SHA256", false},
	    {"SECURE256", "ECDHE+AESGCM+AES256:DHE+AESGCM+AES256:ECDHE+CHACHA20:DHE+CHACHA20",
		"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256", false},
	    {"SECURE256:-DHE-RSA:!CHACHA20-POLY1305", "ECDHE+AESGCM+AES256",
		"TLS_AES_256_GCM_SHA384", false},
	    {"NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM",
		"ECDHE+AESGCM+AES128:DHE+AESGCM+AES128", "TLS_AES_128_GCM_SHA256", true},
	    {"SECURE256:-VERS-TLS-ALL:+VERS-TLS1.2:+VERS-TLS1.3:-RSA:-CAMELLIA-256-CBC:%COMPAT",
		"ECDHE+AESGCM+AES256:DHE+AESGCM+AES256:ECDHE+CHACHA20:DHE+CHACHA20",
		"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256", false},
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct optcipher c;
		struct errbuf e = {""};
		if (optcipher_read(a, bv_str(cases[i].text), &c, &e) != 0)
			fail_msg("%s: %s", cases[i].text, e.text);
		if (!bv_is(c.ciphers, cases[i].ciphers) || !bv_is(c.suites, cases[i].suites) ||
		    c.only_1_3 != cases[i].only_1_3)
			fail_msg("%s: \"%.*s\" and \"%.*s\"", cases[i].text, BV(c.ciphers),
			    BV(c.suites));
	}
	arena_free(&a);
}

static void
test_optcipher_read_refuses(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
	    {"", "expected a list of ciphers"},
	    {"NONE", "no translation"},
	    {"@SYSTEM", "no translation"},
	    {"NORMAL:+ROT13", "\"+ROT13\""},
	    {"NORMAL:%NOSUCH", "\"%NOSUCH\""},
	    {"NORMAL:-CIPHER-ALL", "leaves no cipher"},
	    {"NORMAL:-VERS-TLS1.3", "no TLS 1.3"},
	    {"NORMAL::", "\"\""},
	    {"+VERS-TLS1.2", "leaves no cipher"},
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct optcipher c;
		struct errbuf e = {""};
		if (optcipher_read(a, bv_str(cases[i].text), &c, &e) != ERR_CONFIG ||
		    strstr(e.text, cases[i].says) == NULL)
			fail_msg("\"%s\": %s", cases[i].text, e.text);
	}
	arena_free(&a);
}

/* Half of a pair, and checks without anything to check against, are told with the cure. */
static void
test_opttls_check_refuses(void **state)
{
	(void)state;
	case_bad("TLSCertificateFile /c\n", "both in one modify");
	case_bad("TLSCertificateKeyFile /k\n", "both in one modify");
	case_bad("TLSVerifyClient demand\n", "TLSCACertificateFile");
	case_bad("TLSVerifyClient try\n", "TLSCACertificateFile");
	case_bad("TLSCRLCheck peer\n", "TLSCRLFile");
	case_bad("TLSProtocolMin 3.x\n", "is no version");
	case_bad("TLSProtocolMin 4\n", "is no version");
	case_bad("TLSProtocolMin -3.3\n", "is no version");
}

static void
test_opttls_fills_the_snapshot(void **state)
{
	struct conf *c = case_good("TLSCertificateFile /c\nTLSCertificateKeyFile /k\n"
				   "TLSCACertificateFile /a\nTLSVerifyClient hard\n"
				   "TLSCRLFile /r\nTLSCRLCheck all\nTLSProtocolMin 3.4\n"
				   "TLSECName X25519\ntlshandshaketimeout 3\n");

	(void)state;
	assert_true(bv_is(c->tls.cert_file, "/c") && bv_is(c->tls.key_file, "/k"));
	assert_true(bv_is(c->tls.ca_file, "/a") && bv_is(c->tls.crl_file, "/r"));
	assert_true(bv_is(c->tls.curves, "X25519"));
	assert_int_equal(c->tls.verify, CONF_TLS_VERIFY_DEMAND);
	assert_int_equal(c->tls.crl_check, CONF_TLS_CRL_ALL);
	assert_int_equal(c->tls.protocol_min, CONF_TLS_1_3);
	assert_int_equal(c->tls_handshake_timeout_s, 3);
	conf_unref(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_optcipher_read_understands),
	    cmocka_unit_test(test_optcipher_read_refuses),
	    cmocka_unit_test(test_opttls_check_refuses),
	    cmocka_unit_test(test_opttls_fills_the_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
