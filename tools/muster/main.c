#include <stdio.h>
#include <string.h>

#include "tools/muster/status.h"
#include "tools/muster/tls.h"

/*
 * muster: the administrator's verbs. One row per verb; each verb is a file of its own and
 * returns the exit status: 0 done, 1 it could not be done, 2 wrong usage.
 */

enum { USAGE_ERROR = 2 };

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *help;
};

static int print_help(int argc, char **argv);
static int print_version(int argc, char **argv);

static const struct verb verbs[] = {
    {"status", status_main, "[-H URI] [-D DN -y FILE] [--json]",
	"how a server does, and what it offers"},
    {"tls", tls_main, "status|reload [-H URI]", "the certificate in use; reading it again"},
    {"version", print_version, "", "the version of this program"},
    {"help", print_help, "", "this text"},
};

enum { VERB_COUNT = sizeof(verbs) / sizeof(verbs[0]) };

static int
no_arguments(int argc, char **argv)
{
	if (argc < 2)
		return 0;
	fprintf(stderr, "muster: %s takes no argument such as \"%s\"\n", argv[0], argv[1]);
	return USAGE_ERROR;
}

static void
list_verbs(FILE *out)
{
	fputs("usage: muster VERB [OPTION...]\n\n", out);
	for (size_t i = 0; i < VERB_COUNT; i++)
		fprintf(out, "  %-8s %-34s %s\n", verbs[i].name, verbs[i].arguments, verbs[i].help);
	fputs("\nSee muster(1).\n", out);
}

static int
print_help(int argc, char **argv)
{
	int bad = no_arguments(argc, argv);

	if (bad == 0)
		list_verbs(stdout);
	return bad;
}

static int
print_version(int argc, char **argv)
{
	int bad = no_arguments(argc, argv);

	if (bad == 0)
		puts("muster (Muster) " MUSTER_VERSION);
	return bad;
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		list_verbs(stderr);
		return USAGE_ERROR;
	}
	const char *name = argv[1] + (strncmp(argv[1], "--", 2) == 0 ? 2 : 0);
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	fprintf(stderr, "muster: \"%s\" is no verb; muster help lists them\n", argv[1]);
	return USAGE_ERROR;
}
