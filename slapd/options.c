#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <string.h>
#include <syslog.h>

#include "base/bv.h"
#include "base/log.h"

/* Options that OpenLDAP has and that mean nothing here are accepted: scripts pass them on. */

enum { OPTION_RESCUE = 1000 }; /* behind every character */

struct name_bit {
	const char *name;
	int value;
};

static const struct name_bit facilities[] = {
    {"AUTH", LOG_AUTH},
    {"AUTHPRIV", LOG_AUTHPRIV},
    {"DAEMON", LOG_DAEMON},
    {"USER", LOG_USER},
    {"LOCAL0", LOG_LOCAL0},
    {"LOCAL1", LOG_LOCAL1},
    {"LOCAL2", LOG_LOCAL2},
    {"LOCAL3", LOG_LOCAL3},
    {"LOCAL4", LOG_LOCAL4},
    {"LOCAL5", LOG_LOCAL5},
    {"LOCAL6", LOG_LOCAL6},
    {"LOCAL7", LOG_LOCAL7},
    {NULL, 0},
};

static void
usage(const char *program)
{
	fprintf(stderr,
	    "usage: %s options\n"
	    "\t-4\t\tIPv4 only\n"
	    "\t-6\t\tIPv6 only\n"
	    "\t-d level\tdebug level; stay in the foreground (-d ? lists the levels)\n"
	    "\t-f file\t\tconfiguration file (slapd.conf)\n"
	    "\t-F dir\t\tconfiguration directory (slapd.d)\n"
	    "\t-g group\tgroup (id or name) to run as\n"
	    "\t-h URLs\t\tlist of URLs to serve, in one argument\n"
	    "\t-l facility\tsyslog facility (default: LOCAL4)\n"
	    "\t-n name\t\tservice name, for the log\n"
	    "\t-o slp=off\tgeneric option; there is no other\n"
	    "\t-r dir\t\tchange root to this directory\n"
	    "\t-s level\tsyslog level (-s ? lists the levels)\n"
	    "\t-T tool\t\trun as slapadd, slapcat, ... (add, cat, dn, index, passwd, test, ...)\n"
	    "\t-u user\t\tuser (id or name) to run as\n"
	    "\t-V\t\tprint the version (-VV: and exit)\n"
	    "\t--rescue\tserve ldapi:// alone and give root its right to cn=config back\n",
	    program);
}

static bool
add_levels(const char *text, int *bits)
{
	char *copy = strdup(text), *rest = copy, *word;
	bool ok = copy != NULL;

	while (ok && (word = strsep(&rest, ",")) != NULL) {
		int bit;
		ok = log_level_from_text(bv_str(word), &bit);
		if (ok)
			*bits |= bit;
	}
	free(copy);
	return ok;
}

static enum options_outcome
list_levels(void)
{
	printf("Levels, to be given by number, by name, or several with commas:\n\n");
	for (int bit = 1; bit <= LOG_L_NONE; bit <<= 1) {
		if (log_level_name(bit) != NULL)
			printf("\t%-10s %6d  0x%x\n", log_level_name(bit), bit, (unsigned)bit);
	}
	printf("\t%-10s %6d\n", "any", LOG_L_ANY);
	return OPTIONS_ANSWERED;
}

static enum options_outcome
set_levels(char option, const char *level, int *bits)
{
	if (strcmp(level, "?") == 0)
		return list_levels();
	if (add_levels(level, bits))
		return OPTIONS_SERVE;
	fprintf(stderr,
	    "slapd: -%c %s: not a level; use a number or names such as stats,config (-%c ? lists "
	    "them)\n",
	    option, level, option);
	return OPTIONS_WRONG;
}

static enum options_outcome
set_facility(const char *name)
{
	for (const struct name_bit *f = facilities; f->name != NULL; f++) {
		if (strcasecmp(f->name, name) == 0) {
			log_set_facility(f->value);
			return OPTIONS_SERVE;
		}
	}
	fprintf(stderr,
	    "slapd: -l %s: not a syslog facility; use LOCAL0 to LOCAL7, USER, DAEMON, "
	    "AUTH or AUTHPRIV\n",
	    name);
	return OPTIONS_WRONG;
}

static enum options_outcome
set_generic(const char *text)
{
	if (strcmp(text, "slp") == 0 || strncmp(text, "slp=", 4) == 0)
		return OPTIONS_SERVE;
	fprintf(stderr, "slapd: -o %s: there is no such option; only slp is known\n", text);
	return OPTIONS_WRONG;
}

/* The options that are kept as they are given; NULL for the others. */
static const char **
text_of(struct options *o, int c)
{
	switch (c) {
	case 'f':
		return &o->conf_file;
	case 'F':
		return &o->conf_dir;
	case 'h':
		return &o->urls;
	case 'u':
		return &o->user;
	case 'g':
		return &o->group;
	case 'r':
		return &o->chroot_dir;
	case 'n':
		return &o->name;
	default:
		return NULL;
	}
}

static enum options_outcome
set_option(struct options *o, int c, const char *arg)
{
	const char **text = text_of(o, c);

	if (text != NULL)
		*text = arg;
	switch (c) {
	case 'd':
		o->foreground = true;
		return set_levels('d', arg, &o->debug_bits);
	case 's':
		return set_levels('s', arg, &o->syslog_bits);
	case 'l':
		return set_facility(arg);
	case 'o':
		return set_generic(arg);
	case 'V':
		o->versions++;
		return OPTIONS_SERVE;
	case '4':
		o->family = AF_INET;
		return OPTIONS_SERVE;
	case '6':
		o->family = AF_INET6;
		return OPTIONS_SERVE;
	case OPTION_RESCUE:
		o->rescue = true;
		return OPTIONS_SERVE;
	case 'c':
		return OPTIONS_SERVE;
	default:
		return text != NULL ? OPTIONS_SERVE : OPTIONS_WRONG;
	}
}

enum options_outcome
options_read(int argc, char **argv, struct options *out)
{
	static const struct option longs[] = {
	    {"rescue", no_argument, NULL, OPTION_RESCUE},
	    {NULL, 0, NULL, 0},
	};
	int c;

	*out = (struct options){.urls = "ldap:///", .name = "slapd"};
	while ((c = getopt_long(argc, argv, "46c:d:f:F:g:h:l:n:o:r:s:u:V", longs, NULL)) != -1) {
		enum options_outcome outcome = set_option(out, c, optarg);
		if (outcome == OPTIONS_WRONG)
			usage(argv[0]);
		if (outcome != OPTIONS_SERVE)
			return outcome;
	}
	if (optind == argc)
		return OPTIONS_SERVE;
	fprintf(stderr, "slapd: unexpected argument \"%s\"\n", argv[optind]);
	usage(argv[0]);
	return OPTIONS_WRONG;
}
