#include "tools/muster/tls.h"

#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "op/tlsop.h"

/* Both requests are extended operations of our own over the local socket, as the machine's root. */

enum { USAGE_ERROR = 2, PATIENCE_S = 30 };

static int
usage(const char *why, const char *what)
{
	fprintf(stderr, "muster: %s%s\nusage: muster tls status|reload [-H URI]\n", why, what);
	return USAGE_ERROR;
}

/* Shows bytes of the server without those that steer a terminal, but for line ends. */
static void
print_text(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)text[i];
		putc((byte < ' ' && byte != '\n') || byte == 0x7f ? '?' : byte, out);
	}
}

static int
complain(LDAP *ld, const char *what, int code)
{
	char *text = NULL;

	if (ld != NULL)
		ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
	fprintf(stderr, "muster: %s: %s", what, ldap_err2string(code));
	if (text != NULL && *text != 0) {
		fputs(": ", stderr);
		print_text(stderr, text, strlen(text));
	}
	putc('\n', stderr);
	ldap_memfree(text);
	return EXIT_FAILURE;
}

static int
open_server(const char *uri, LDAP **out)
{
	struct timeval patience = {PATIENCE_S, 0};
	struct berval nobody = {0, NULL};
	int version = LDAP_VERSION3;
	LDAP *ld = NULL;
	int code = ldap_initialize(&ld, uri);

	if (code != LDAP_SUCCESS)
		return complain(NULL, uri, code);
	*out = ld;
	ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &patience);
	ldap_set_option(ld, LDAP_OPT_TIMEOUT, &patience);
	nobody.bv_val = (char[1]){0};
	code = ldap_sasl_bind_s(ld, NULL, "EXTERNAL", &nobody, NULL, NULL, NULL);
	return code == LDAP_SUCCESS ? 0 : complain(ld, uri, code);
}

static int
ask(LDAP *ld, const char *oid)
{
	char *name = NULL;
	struct berval *value = NULL;
	int code = ldap_extended_operation_s(ld, oid, NULL, NULL, NULL, &name, &value);

	if (code == LDAP_SUCCESS && value != NULL)
		print_text(stdout, value->bv_val, value->bv_len);
	ldap_memfree(name);
	ber_bvfree(value);
	return code;
}

static const char *
oid_of(const char *verb)
{
	if (strcmp(verb, "reload") == 0)
		return TLSOP_OID_RELOAD;
	return strcmp(verb, "status") == 0 ? TLSOP_OID_STATUS : NULL;
}

int
tls_main(int argc, char **argv)
{
	const char *uri = "ldapi:///", *oid = argc < 2 ? NULL : oid_of(argv[1]);
	LDAP *ld = NULL;
	int c;

	if (oid == NULL)
		return usage("say status or reload", "");
	opterr = 0;
	while ((c = getopt(argc - 1, argv + 1, ":H:")) != -1) {
		const char letter[] = {'-', (char)optopt, 0};
		if (c != 'H')
			return usage(
			    c == ':' ? "an argument is missing behind " : "there is no option ",
			    letter);
		uri = optarg;
	}
	if (optind < argc - 1)
		return usage("unexpected argument ", argv[optind + 1]);
	int status = open_server(uri, &ld);
	if (status == 0) {
		int code = ask(ld, oid);
		status = code == LDAP_SUCCESS ? 0 : complain(ld, argv[1], code);
	}
	if (status == 0 && strcmp(argv[1], "reload") == 0)
		puts("the certificates were read again and are in use for new connections");
	if (ld != NULL)
		ldap_unbind_ext_s(ld, NULL, NULL);
	return status;
}
