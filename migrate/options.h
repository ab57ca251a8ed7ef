#ifndef MIGRATE_OPTIONS_H
#define MIGRATE_OPTIONS_H

/* The command line as one structure; the rows in options.c are parser, defaults and help. */

#include <stdbool.h>
#include "base/arena.h"
#include "maps.h"

enum options_mode {
	OPTIONS_LDIF,
	OPTIONS_PLAN,
	OPTIONS_APPLY,
	OPTIONS_VERIFY,
	OPTIONS_UNDO,
};

enum options_groups {
	OPTIONS_RFC2307,	/* posixGroup with memberUid */
	OPTIONS_GROUPOFMEMBERS, /* RFC 2307bis: groupOfMembers + posixGroup with member */
	OPTIONS_GROUPOFNAMES,	/* RFC 2307bis: groupOfNames + posixGroup with member */
};

enum options_people {
	OPTIONS_PEOPLE_AUTO, /* inetOrgPerson for ordinary accounts with a name, else account */
	OPTIONS_PEOPLE_ACCOUNT,
	OPTIONS_PEOPLE_INETORGPERSON,
};

struct options {
	struct arena *arena;
	enum options_mode mode;
	enum options_groups groups;
	enum options_people people;
	bool want[MAP_COUNT];
	bool named; /* the user chose the maps */
	bool from_getent;
	bool no_base;
	bool latin1;
	bool system;
	bool external;
	bool start_tls;
	bool update;
	bool force;
	bool getent; /* --verify against getent too */
	bool profile;
	bool verbose;
	bool quiet;
	bool prompt;
	unsigned long uid_min;
	unsigned long uid_max;
	unsigned long gid_min;
	unsigned long gid_max;
	unsigned long wrap;
	const char *file[MAP_COUNT];	  /* NULL: the default below root */
	const char *container[MAP_COUNT]; /* below the base */
	const char *root;
	const char *base;
	const char *organization;
	const char *mail_domain;
	const char *output;
	const char *uri;
	const char *bind_dn;
	const char *password; /* NULL: none given */
	const char *receipt;
};

enum options_result {
	OPTIONS_GO,   /* run */
	OPTIONS_DONE, /* help or version was printed: exit 0 */
	OPTIONS_BAD,  /* said what is wrong: exit 2 */
};

/*
 * Reads the command line into *opt. Texts live in the arena or in argv; a password in argv is
 * overwritten there. Returns what to do.
 */
enum options_result options_parse(struct options *opt, struct arena *arena, int argc, char **argv);

#endif
