#include "tools/tools.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One binary, many names: the table of tools. */

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} tools[] = {
    {"slapadd", slapadd_main},
    {"slapcat", slapcat_main},
    {"slapdn", slapdn_main},
    {"slapindex", slapindex_main},
    {"slapmodify", slapmodify_main},
    {"slappasswd", slappasswd_main},
    {"slaptest", slaptest_main},
    {"slapschema", slapschema_main},
    {"slapacl", slapacl_main},
    {"slapauth", slapauth_main},
};

enum { TOOL_COUNT = sizeof(tools) / sizeof(tools[0]), PREFIX_BYTES = 4 /* "slap" */ };

const char *
tools_name(const char *argv0_or_T)
{
	const char *text = strcmp(argv0_or_T, "A") == 0 ? "acl" : argv0_or_T;
	size_t n = strlen(text);

	for (size_t i = 0; i < TOOL_COUNT; i++)
		if (strcmp(tools[i].name, text) == 0)
			return tools[i].name;
	for (size_t i = 0; i < TOOL_COUNT && n > 0; i++)
		if (strncasecmp(tools[i].name + PREFIX_BYTES, text, n) == 0)
			return tools[i].name;
	return NULL;
}

int
tools_main(const char *name, int argc, char **argv)
{
	for (size_t i = 0; i < TOOL_COUNT; i++)
		if (strcmp(tools[i].name, name) == 0)
			return tools[i].main(argc, argv);
	fprintf(stderr, "%s is no tool of this program\n", name);
	return 1;
}
