#include "tools/muster/status.h"

#include <ldap.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/arena.h"
#include "tools/muster/figures.h"
#include "tools/muster/report.h"
#include "tools/muster/reportjson.h"

/*
 * Reads the root DSE, the subschema entry and the top of each naming context, and prints
 * them as a table. What the server sends is shown without control characters. Every
 * request has a time limit, so a server that hangs is reported as one that does.
 */

enum {
	USAGE_ERROR = 2,
	PATIENCE_S = 10,
	PASSWORD_BYTES = 1024,
	MAX_INTERVAL_S = 3600,
	COLUMN = 12
};

struct options {
	const char *uri, *bind_dn, *password_file;
	bool ask; /* for the password */
	bool json;
	long interval_s; /* 0: figures are taken once */
};

static int
usage(const char *why, const char *what)
{
	fprintf(stderr,
	    "muster: %s%s\nusage: muster status [-H URI] [-D DN {-y FILE | -W}] "
	    "[-i SECONDS] [--json]\n",
	    why, what);
	return USAGE_ERROR;
}

static int
set_interval(struct options *o, const char *text)
{
	char *end;

	o->interval_s = strtol(text, &end, 10);
	if (*text == 0 || *end != 0 || o->interval_s < 1 || o->interval_s > MAX_INTERVAL_S)
		return usage("-i takes seconds from 1 to 3600, not ", text);
	return 0;
}

static int
set_option(struct options *o, int c)
{
	const char letter[] = {'-', (char)optopt, 0};

	if (c == 'H')
		o->uri = optarg;
	else if (c == 'D')
		o->bind_dn = optarg;
	else if (c == 'y')
		o->password_file = optarg;
	else if (c == 'W')
		o->ask = true;
	else if (c == 'j')
		o->json = true;
	else if (c == 'i')
		return set_interval(o, optarg);
	else if (c == ':')
		return usage("an argument is missing behind ", letter);
	else if (c != 'x')
		return usage("there is no option ", optopt == 0 ? "with that name" : letter);
	return 0;
}

static int
parse(int argc, char **argv, struct options *o)
{
	static const struct option long_options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	int c, status = 0;

	*o = (struct options){0};
	opterr = 0;
	while (
	    status == 0 && (c = getopt_long(argc, argv, ":H:D:y:Wi:x", long_options, NULL)) != -1)
		status = set_option(o, c);
	if (status == 0 && optind < argc)
		return usage("unexpected argument ", argv[optind]);
	if (status == 0 && (o->bind_dn == NULL) != (o->password_file == NULL && !o->ask))
		return usage("-D and -y go together, or -D and -W", "");
	return status;
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
		report_bytes(stderr, bv_str(text));
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
ask_password(char *out, size_t size)
{
	const char *given = getpass("Password: ");

	if (given == NULL || *given == 0 || strlen(given) >= size) {
		fputs("muster: no password was given\n", stderr);
		return EXIT_FAILURE;
	}
	snprintf(out, size, "%s", given);
	return 0;
}

/* On the local socket the kernel says who we are; a server that does not want it is asked as
 * nobody. */
static int
bind_as_machine_user(LDAP *ld, const struct options *o)
{
	char nothing[] = "";
	struct berval none = {0, nothing};

	if (o->uri != NULL && strncmp(o->uri, "ldapi:", 6) == 0)
		(void)ldap_sasl_bind_s(ld, "", "EXTERNAL", &none, NULL, NULL, NULL);
	return 0;
}

static int
bind_as(LDAP *ld, const struct options *o)
{
	char password[PASSWORD_BYTES + 1];

	if (o->bind_dn == NULL)
		return bind_as_machine_user(ld, o);
	if ((o->ask ? ask_password(password, sizeof(password))
		    : read_password(o->password_file, password, sizeof(password))) != 0)
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
		report_bytes(
		    stdout, bv_make((const uint8_t *)values[i]->bv_val, values[i]->bv_len));
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
	report_bytes(stdout, bv_str(dn));
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

static void
print_monitor(const struct figures *f, const struct figures *before, int code)
{
	if (code == LDAP_SUCCESS) {
		report_text(f, before);
		return;
	}
	printf("%-*scn=Monitor cannot be read (%s): configure `database monitor`, or ask as an "
	       "identity that may read it\n",
	    COLUMN, "figures", ldap_err2string(code));
}

static void
print_json(LDAP *ld, LDAPMessage *root, const struct figures *f, const struct figures *before)
{
	struct berval **values = ldap_get_values_len(ld, root, "vendorVersion");
	char *uri = NULL;

	ldap_get_option(ld, LDAP_OPT_URI, &uri);
	struct bv version = values == NULL
				? BV_LIT("")
				: bv_make((const uint8_t *)values[0]->bv_val, values[0]->bv_len);
	reportjson_print(f, before, bv_str(uri == NULL ? "" : uri), version);
	ldap_memfree(uri);
	ldap_value_free_len(values);
}

/* Reads the figures, twice when a rate is asked for, and prints all that is known. */
static int
tell(LDAP *ld, LDAPMessage *root, const struct options *o)
{
	struct arena *a = arena_new(0);
	struct figures f, first;
	const struct figures *before = NULL;
	int code = LDAP_SUCCESS;

	if (o->interval_s > 0) {
		code = figures_read_operations(ld, a, &first);
		before = &first;
		sleep((unsigned)o->interval_s);
	}
	if (code == LDAP_SUCCESS)
		code = figures_read(ld, a, &f);
	int status = 0;
	if (o->json && code != LDAP_SUCCESS) {
		status = complain(ld, "cn=Monitor", code);
	} else if (o->json) {
		print_json(ld, root, &f, before);
	} else {
		print_server(ld, root);
		print_monitor(&f, before, code);
	}
	arena_free(&a);
	return status;
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
			status = tell(ld, ldap_first_entry(ld, found), &o);
		else
			status = complain(ld, o.uri == NULL ? "server" : o.uri, code);
	}
	ldap_msgfree(found);
	if (ld != NULL)
		ldap_unbind_ext_s(ld, NULL, NULL);
	return status;
}
