#ifndef SLAPD_OPTIONS_H
#define SLAPD_OPTIONS_H

/* The command line of slapd, as OpenLDAP's slapd(8) has it. */

#include <stdbool.h>

/* What the command line asks for; texts are borrowed from argv. */
struct options {
	const char *conf_file, *conf_dir, *urls, *user, *group, *chroot_dir, *name;
	bool foreground; /* -d was given */
	bool rescue;	 /* --rescue: ldapi only, and root may change cn=config again */
	int debug_bits;	 /* to standard error */
	int syslog_bits; /* -s, on top of loglevel */
	unsigned versions;
	int family; /* -4, -6: AF_INET, AF_INET6; 0: both */
};

enum options_outcome { OPTIONS_SERVE, OPTIONS_ANSWERED, OPTIONS_WRONG };

/*
 * Reads the options. OPTIONS_ANSWERED: what was asked for is printed ("-d ?"); OPTIONS_WRONG: what
 * is wrong was said on standard error.
 */
enum options_outcome options_read(int argc, char **argv, struct options *out);

#endif
