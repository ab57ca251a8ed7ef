#include "tools/muster/status.h"

#include <ldap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/*
 * Reads the root DSE, the subschema entry and the top of each naming context, and prints
 * them as a table. What the server sends is shown without control characters. Every
 * request has a time limit, so a server that hangs is reported as one that does.
 */

enum { USAGE_ERROR = 2, PATIENCE_S = 10, PASSWORD_BYTES = 1024, COLUMN = 12 };

struct options {
	const char *uri, *bind_dn, *password_file;
};

static int
usage(const char *why, const char *what)
{
	fprintf(stderr, "muster: %s%s\nusage: muster status [-H URI] [-D DN -y FILE]\n", why, what);
	return USAGE_ERROR;
}

static int
parse(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){NULL, NULL, NULL};
	opterr = 0;
	while ((c = getopt(argc, argv, ":H:D:y:x")) != -1) {
		const char letter[] = {'-', (char)optopt, 0};
		if (c == 'H')
			o->uri = optarg;
		else if (c == 'D')
			o->bind_dn = optarg;
		else if (c == 'y')
			o->password_file = optarg;
		else if (c == ':')
			return usage("an argument is missing behind ", letter);
		else if (c != 'x')
			return usage("there is no option ", letter);
	}
	if (optind < argc)
		return usage("unexpected argument ", argv[optind]);
	if ((o->bind_dn == NULL) != (o->password_file == NULL))
		return usage("-D and -y go together", "");
	return 0;
}

/* Shows bytes of the server without those that steer a terminal. */
static void
print_text(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)text[i];
		putc(byte < ' ' || byte == 0x7f ? '?' : byte, out);
	}
}

static int
complain(LDAP *ld, const char *what, int code)
{
	char *text = NULL;

	if (ld != NULL)
		ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
	fprintf(stderr, "muster: %s: %s", what,
	    ld == NULL ? "no LDAP URL; write it as ldap://HOST:PORT or ldapi:///"
		       : ldap_err2string(code));
	if (text != NULL && *text != 0) {
		fputs(": ", stderr);
		print_text(stderr, text, strlen(text));
	}
	putc('\n', stderr);
	ldap_memfree(text);
	return EXIT_FAILURE;
}

static int
read_password(const char *path, char *out, size_t size)
{
	FILE *in = fopen(path, "re");
	size_t n = 0;

	if (in != NULL) {
		n = fread(out, 1, size, in);
		fclose(in);
	}
	if (n > 0 && n < size && out[n - 1] == '\n')
		n--;
	if (n == 0 || n >= size) {
		fprintf(stderr,
		    "muster: %s: must be readable and hold a password of 1 to %zu bytes\n", path,
		    size - 1);
		return EXIT_FAILURE;
	}
	out[n] = 0;
	return 0;
}

static int
bind_as(LDAP *ld, const struct options *o)
{
	char password[PASSWORD_BYTES + 1];

	if (o->bind_dn == NULL)
		return 0;
	if (read_password(o->password_file, password, sizeof(password)) != 0)
		return EXIT_FAILURE;
	struct berval credentials = {strlen(password), password};
	int code =
	    ldap_sasl_bind_s(ld, o->bind_dn, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL);
	explicit_bzero(password, sizeof(password));
	return code == LDAP_SUCCESS ? 0 : complain(ld, o->bind_dn, code);
}

static int
open_server(const struct options *o, LDAP **out)
{
	struct timeval patience = {PATIENCE_S, 0};
	int version = LDAP_VERSION3;
	LDAP *ld = NULL;
	int code = ldap_initialize(&ld, o->uri);

	if (code != LDAP_SUCCESS)
		return complain(NULL, o->uri == NULL ? "server" : o->uri, code);
	ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &patience);
	ldap_set_option(ld, LDAP_OPT_TIMEOUT, &patience);
	ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	*out = ld;
	return bind_as(ld, o);
}

/* Reads one entry with all that it shows; what lies below is told only when asked for. */
static int
read_entry(LDAP *ld, const char *dn, LDAPMessage **out)
{
	char all[] = "*", operational[] = "+", below[] = "numSubordinates";
	char *attrs[] = {all, operational, below, NULL};
	struct timeval patience = {PATIENCE_S, 0};
	LDAPMessage *found = NULL;
	int code = ldap_search_ext_s(
	    ld, dn, LDAP_SCOPE_BASE, "(objectClass=*)", attrs, 0, NULL, NULL, &patience, 1, &found);

	if (code == LDAP_SUCCESS && ldap_first_entry(ld, found) != NULL) {
		*out = found;
		return LDAP_SUCCESS;
	}
	ldap_msgfree(found);
	return code == LDAP_SUCCESS ? LDAP_NO_SUCH_OBJECT : code;
}

static int
count(LDAP *ld, LDAPMessage *entry, const char *name)
{
	struct berval **values = ldap_get_values_len(ld, entry, name);
	int n = ldap_count_values_len(values);

	ldap_value_free_len(values);
	return n;
}

/* Prints the values of an attribute on one line, with a text before and one behind. */
static bool
print_values(LDAP *ld, LDAPMessage *entry, const char *name, const char *before)
{
	struct berval **values = ldap_get_values_len(ld, entry, name);

	for (int i = 0; values != NULL && values[i] != NULL; i++) {
		fputs(i == 0 ? before : " ", stdout);
		print_text(stdout, values[i]->bv_val, values[i]->bv_len);
	}
	ldap_value_free_len(values);
	return values != NULL;
}

static void
print_row(LDAP *ld, LDAPMessage *entry, const char *title, const char *name)
{
	printf("%-*s", COLUMN, title);
	if (!print_values(ld, entry, name, ""))
		fputs("none", stdout);
	putchar('\n');
}

static void
print_context(LDAP *ld, const char *dn)
{
	LDAPMessage *found = NULL;
	int code = read_entry(ld, dn, &found);

	printf("%-*s", COLUMN, "context");
	if (*dn == 0)
		fputs("\"\"", stdout);
	print_text(stdout, dn, strlen(dn));
	if (code != LDAP_SUCCESS) {
		printf(": %s\n", ldap_err2string(code));
		return;
	}
	LDAPMessage *entry = ldap_first_entry(ld, found);
	if (print_values(ld, entry, "numSubordinates", ": "))
		fputs(" entries directly below", stdout);
	print_values(ld, entry, "modifyTimestamp", ", top last changed ");
	putchar('\n');
	ldap_msgfree(found);
}

static void
print_contexts(LDAP *ld, LDAPMessage *root)
{
	struct berval **values = ldap_get_values_len(ld, root, "namingContexts");

	for (int i = 0; values != NULL && values[i] != NULL; i++)
		print_context(ld, values[i]->bv_val);
	if (values == NULL)
		printf("%-*snone: no database is configured\n", COLUMN, "context");
	ldap_value_free_len(values);
}

static void
print_schema(LDAP *ld, LDAPMessage *root)
{
	struct berval **values = ldap_get_values_len(ld, root, "subschemaSubentry");
	LDAPMessage *found = NULL;

	if (values != NULL && read_entry(ld, values[0]->bv_val, &found) == LDAP_SUCCESS) {
		LDAPMessage *entry = ldap_first_entry(ld, found);
		printf(
		    "%-*s%d attribute types, %d object classes, %d syntaxes, %d matching rules\n",
		    COLUMN, "schema", count(ld, entry, "attributeTypes"),
		    count(ld, entry, "objectClasses"), count(ld, entry, "ldapSyntaxes"),
		    count(ld, entry, "matchingRules"));
		ldap_msgfree(found);
	}
	ldap_value_free_len(values);
}

static void
print_server(LDAP *ld, LDAPMessage *root)
{
	char *uri = NULL;

	ldap_get_option(ld, LDAP_OPT_URI, &uri);
	printf("%-*s%s\n", COLUMN, "server", uri == NULL ? "" : uri);
	ldap_memfree(uri);
	print_row(ld, root, "version", "vendorVersion");
	print_contexts(ld, root);
	print_row(ld, root, "config", "configContext");
	print_row(ld, root, "monitor", "monitorContext");
	print_schema(ld, root);
	print_row(ld, root, "mechanisms", "supportedSASLMechanisms");
	printf("%-*s%d controls, %d extended operations, %d features\n", COLUMN, "offers",
	    count(ld, root, "supportedControl"), count(ld, root, "supportedExtension"),
	    count(ld, root, "supportedFeatures"));
}

int
status_main(int argc, char **argv)
{
	struct options o;
	LDAP *ld = NULL;
	LDAPMessage *found = NULL;
	int status = parse(argc, argv, &o);

	if (status == 0)
		status = open_server(&o, &ld);
	if (status == 0) {
		int code = read_entry(ld, "", &found);
		if (code == LDAP_SUCCESS)
			print_server(ld, ldap_first_entry(ld, found));
		else
			status = complain(ld, o.uri == NULL ? "server" : o.uri, code);
	}
	ldap_msgfree(found);
	if (ld != NULL)
		ldap_unbind_ext_s(ld, NULL, NULL);
	return status;
}
