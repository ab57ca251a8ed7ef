#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "escape.h"
#include "text.h"

/*
 * One row per option feeds getopt_long, the setter and --help. An option that is
 * more than a flag, a text or a number names its own small function.
 */

enum { PASSWORD_MAX_BYTES = 1024, FIRST_LONG = 256 };

enum kind { FLAG, TEXT, NUMBER, CALL };

struct row {
	const char *name;
	char letter;
	enum kind kind;
	size_t offset;
	int (*call)(struct options *opt, const char *arg);
	const char *arg; /* NULL: the option takes none */
	const char *help;
};

static int
bad(const char *what, const char *arg, const char *advice)
{
	fprintf(stderr, "ldapmigrate: %s \"%s\": %s\n", what, arg, advice);
	return -1;
}

static int
set_plan(struct options *opt, const char *arg)
{
	(void)arg;
	opt->mode = OPTIONS_PLAN;
	return 0;
}

static int
set_apply(struct options *opt, const char *arg)
{
	(void)arg;
	opt->mode = OPTIONS_APPLY;
	return 0;
}

static int
set_verify(struct options *opt, const char *arg)
{
	(void)arg;
	opt->mode = OPTIONS_VERIFY;
	return 0;
}

static int
set_undo(struct options *opt, const char *arg)
{
	opt->mode = OPTIONS_UNDO;
	opt->receipt = arg;
	return 0;
}

/* Splits "MAP=text". Returns the text, or NULL after saying what is wrong. */
static const char *
map_value(const char *arg, enum map_id *map_out)
{
	const char *equals = strchr(arg, '=');

	if (equals == NULL || equals[1] == 0) {
		bad("option value", arg, "the form is MAP=VALUE, as passwd=/tmp/passwd");
		return NULL;
	}
	if (!maps_find(bv_make(arg, (size_t)(equals - arg)), map_out)) {
		bad("map", arg, "the maps are listed by --help");
		return NULL;
	}
	return equals + 1;
}

static int
set_file(struct options *opt, const char *arg)
{
	enum map_id map = MAP_PASSWD;
	const char *path = map_value(arg, &map);

	if (path == NULL)
		return -1;
	opt->file[map] = path;
	return 0;
}

static int
set_container(struct options *opt, const char *arg)
{
	enum map_id map = MAP_PASSWD;
	const char *rdn = map_value(arg, &map);
	struct bv type, value, up;

	if (rdn == NULL)
		return -1;
	if (maps_get(map)->container == NULL)
		return bad("map", arg, "its lines become part of passwd or group entries");
	for (struct bv at = bv_str(rdn); at.n > 0; at = up) {
		if (!escape_first(opt->arena, at, &type, &value, &up) || !bv_is(type, "ou"))
			return bad(
			    "container", arg, "write it as ou=NAME[,ou=NAME...], without the base");
	}
	opt->container[map] = rdn;
	return 0;
}

static int
set_from(struct options *opt, const char *arg)
{
	opt->from_getent = strcmp(arg, "getent") == 0;
	if (!opt->from_getent && strcmp(arg, "files") != 0)
		return bad("source", arg, "it is files or getent");
	return 0;
}

static int
set_charset(struct options *opt, const char *arg)
{
	opt->latin1 = strcasecmp(arg, "iso-8859-1") == 0 || strcasecmp(arg, "latin1") == 0;
	if (!opt->latin1 && strcasecmp(arg, "utf-8") != 0)
		return bad("character set", arg, "it is utf-8 or iso-8859-1");
	return 0;
}

static int
set_groups(struct options *opt, const char *arg)
{
	if (strcmp(arg, "rfc2307") == 0)
		opt->groups = OPTIONS_RFC2307;
	else if (strcmp(arg, "rfc2307bis") == 0 || strcmp(arg, "groupOfMembers") == 0)
		opt->groups = OPTIONS_GROUPOFMEMBERS;
	else if (strcmp(arg, "groupOfNames") == 0)
		opt->groups = OPTIONS_GROUPOFNAMES;
	else
		return bad("kind of groups", arg, "it is rfc2307, rfc2307bis or groupOfNames");
	return 0;
}

static int
set_people(struct options *opt, const char *arg)
{
	if (strcmp(arg, "auto") == 0)
		opt->people = OPTIONS_PEOPLE_AUTO;
	else if (strcmp(arg, "account") == 0)
		opt->people = OPTIONS_PEOPLE_ACCOUNT;
	else if (strcmp(arg, "inetOrgPerson") == 0)
		opt->people = OPTIONS_PEOPLE_INETORGPERSON;
	else
		return bad("kind of people", arg, "it is auto, account or inetOrgPerson");
	return 0;
}

static int
set_mechanism(struct options *opt, const char *arg)
{
	if (strcasecmp(arg, "EXTERNAL") != 0)
		return bad("SASL mechanism", arg, "only EXTERNAL is offered (ldapi:/// as root)");
	opt->external = true;
	return 0;
}

/* Takes the password and leaves stars in argv, where every user could read it. */
static int
set_password(struct options *opt, const char *arg)
{
	union {
		const char *in;
		char *out;
	} text = {arg};

	opt->password = arena_str(opt->arena, bv_str(arg));
	for (; *text.out != 0; text.out++)
		*text.out = '*';
	return 0;
}

static int
set_password_file(struct options *opt, const char *arg)
{
	char text[PASSWORD_MAX_BYTES + 2];
	struct stat st;
	FILE *in = fopen(arg, "re");

	if (in == NULL)
		return bad("password file", arg, strerror(errno));
	if (fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		fprintf(stderr, "ldapmigrate: %s can be read by others: chmod 600 it\n", arg);
	size_t n = fread(text, 1, sizeof(text), in);
	fclose(in);
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n == 0 || n > PASSWORD_MAX_BYTES || memchr(text, 0, n) != NULL)
		return bad("password file", arg, "must hold one password of 1 to 1024 bytes");
	opt->password = arena_str(opt->arena, bv_make(text, n));
	explicit_bzero(text, sizeof(text));
	return 0;
}

static int
ignore_arg(struct options *opt, const char *arg)
{
	(void)opt;
	(void)arg;
	return 0;
}

static int print_help(struct options *opt, const char *arg);

static int
print_version(struct options *opt, const char *arg)
{
	(void)opt;
	(void)arg;
	puts("ldapmigrate (Muster) " MUSTER_VERSION);
	return 1;
}

#define AT(field) offsetof(struct options, field)

static const struct row rows[] = {
    {"plan", 0, CALL, 0, set_plan, NULL, "show what --apply would change on the server"},
    {"apply", 0, CALL, 0, set_apply, NULL, "write the entries into the server"},
    {"verify", 0, CALL, 0, set_verify, NULL, "read back from the server and compare"},
    {"undo", 0, CALL, 0, set_undo, "RECEIPT", "take back what the apply with this receipt did"},
    {"base", 'b', TEXT, AT(base), NULL, "DN", "entry below which everything goes"},
    {"from", 0, CALL, 0, set_from, "SOURCE", "files (default) or getent"},
    {"file", 0, CALL, 0, set_file, "MAP=PATH", "read this map from PATH"},
    {"root", 0, TEXT, AT(root), NULL, "DIR", "read DIR/etc/... instead of /etc/..."},
    {"container", 0, CALL, 0, set_container, "MAP=OU",
	"put the map below OU, as hosts=ou=Machines"},
    {"no-base", 0, FLAG, AT(no_base), NULL, NULL, "do not make the base entry and the containers"},
    {"organization", 0, TEXT, AT(organization), NULL, "NAME", "o of the base entry if it is made"},
    {"system", 0, FLAG, AT(system), NULL, NULL, "take the system's accounts and groups too"},
    {"uid-min", 0, NUMBER, AT(uid_min), NULL, "N", "leave out accounts below N (1000)"},
    {"uid-max", 0, NUMBER, AT(uid_max), NULL, "N", "leave out accounts above N"},
    {"gid-min", 0, NUMBER, AT(gid_min), NULL, "N", "leave out groups below N (1000)"},
    {"gid-max", 0, NUMBER, AT(gid_max), NULL, "N", "leave out groups above N"},
    {"groups", 0, CALL, 0, set_groups, "KIND", "rfc2307 (default), rfc2307bis or groupOfNames"},
    {"people", 0, CALL, 0, set_people, "KIND", "auto (default), account or inetOrgPerson"},
    {"mail-domain", 0, TEXT, AT(mail_domain), NULL, "DOMAIN", "give persons mail: login@DOMAIN"},
    {"charset", 0, CALL, 0, set_charset, "NAME", "utf-8 (default) or iso-8859-1"},
    {"profile", 0, FLAG, AT(profile), NULL, NULL, "write a DUAConfigProfile for clients too"},
    {"output", 'o', TEXT, AT(output), NULL, "FILE", "write the LDIF to FILE (mode 0600)"},
    {"wrap", 0, NUMBER, AT(wrap), NULL, "N", "width of LDIF lines (76), 0 for no folding"},
    {"uri", 'H', TEXT, AT(uri), NULL, "URI", "server (default: URI of ldap.conf)"},
    {"bind-dn", 'D', TEXT, AT(bind_dn), NULL, "DN", "bind as DN"},
    {"password", 'w', CALL, 0, set_password, "TEXT", "password; better use -y or -W"},
    {"prompt", 'W', FLAG, AT(prompt), NULL, NULL, "ask for the password"},
    {"password-file", 'y', CALL, 0, set_password_file, "FILE", "password from FILE"},
    {"mechanism", 'Y', CALL, 0, set_mechanism, "EXTERNAL", "bind with SASL EXTERNAL"},
    {"simple", 'x', CALL, 0, ignore_arg, NULL, "accepted; simple bind is the default"},
    {"starttls", 'Z', FLAG, AT(start_tls), NULL, NULL, "StartTLS, and stop when it fails"},
    {"update", 0, FLAG, AT(update), NULL, NULL, "replace single values that differ"},
    {"receipt", 0, TEXT, AT(receipt), NULL, "FILE", "where --apply writes its receipt"},
    {"force", 0, FLAG, AT(force), NULL, NULL, "undo even entries that were changed since"},
    {"getent", 0, FLAG, AT(getent), NULL, NULL, "verify against getent's answers too"},
    {"verbose", 'v', FLAG, AT(verbose), NULL, NULL, "show every line that is left out"},
    {"quiet", 'q', FLAG, AT(quiet), NULL, NULL, "no notes and no summary, only refusals"},
    {"help", 'h', CALL, 0, print_help, NULL, "this text"},
    {"version", 'V', CALL, 0, print_version, NULL, "the version"},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static int
print_help(struct options *opt, const char *arg)
{
	(void)opt;
	(void)arg;
	puts("usage: ldapmigrate [--plan | --apply | --verify | --undo RECEIPT] -b DN [options] "
	     "[MAP...]\n"
	     "Without a mode, LDIF is written to standard output. Maps (default: all that exist):");
	for (unsigned i = 0; i < MAP_SOURCES; i++)
		printf(" %s", maps_get((enum map_id)i)->name);
	puts("\n");
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct row *row = &rows[i];
		char left[64];

		snprintf(left, sizeof(left), "%c%c --%s %s", row->letter ? '-' : ' ',
		    row->letter ? row->letter : ' ', row->name, row->arg ? row->arg : "");
		printf("  %-30s %s\n", left, row->help);
	}
	puts("\nExit status: 0 all done, 1 something refused or different, 2 usage or unreadable "
	     "input,"
	     "\n3 server error. See ldapmigrate(1).");
	return 1;
}

static int
set_number(struct options *opt, const struct row *row, const char *arg)
{
	unsigned long value = 0;

	if (!text_number(bv_str(arg), 4294967294UL, &value))
		return bad(row->name, arg, "must be a number from 0 to 4294967294");
	*(unsigned long *)(void *)((char *)opt + row->offset) = value;
	return 0;
}

static int
set_row(struct options *opt, const struct row *row, const char *arg)
{
	switch (row->kind) {
	case FLAG:
		*(bool *)((char *)opt + row->offset) = true;
		return 0;
	case TEXT:
		*(const char **)(void *)((char *)opt + row->offset) = arg;
		return 0;
	case NUMBER:
		return set_number(opt, row, arg);
	case CALL:
		return row->call(opt, arg);
	}
	return -1;
}

static void
set_defaults(struct options *opt, struct arena *arena)
{
	*opt = (struct options){.arena = arena, .root = "", .wrap = 76};
	opt->uid_min = opt->gid_min = 1000;
	opt->uid_max = opt->gid_max = 4294967294UL;
	for (unsigned i = 0; i < MAP_COUNT; i++)
		opt->container[i] = maps_get((enum map_id)i)->container;
}

static int
take_map(struct options *opt, const char *name)
{
	enum map_id map = MAP_PASSWD;

	if (!maps_find(bv_str(name), &map))
		return bad("map", name, "not known; the maps are listed by --help");
	opt->want[map] = true;
	opt->named = true;
	return 0;
}

/* Without maps on the command line all are meant that can be read. */
static void
choose_maps(struct options *opt)
{
	for (unsigned i = 0; i < MAP_SOURCES && !opt->named; i++)
		opt->want[i] =
		    !opt->from_getent || (maps_get((enum map_id)i)->flags & MAP_NO_LIST) == 0;
	opt->want[MAP_BASE] = !opt->no_base;
	opt->want[MAP_PROFILE] = opt->profile;
	if (opt->system) {
		opt->uid_min = opt->gid_min = 0;
		opt->uid_max = opt->gid_max = 4294967294UL;
	}
}

static int
check_base(struct options *opt)
{
	char *configured = NULL;

	if (opt->base == NULL && ldap_get_option(NULL, LDAP_OPT_DEFBASE, &configured) == 0 &&
	    configured != NULL) {
		opt->base = arena_str(opt->arena, bv_str(configured));
		ldap_memfree(configured);
	}
	if (opt->base == NULL || opt->base[0] == 0)
		return bad("option", "-b",
		    "say below which entry everything goes, as -b dc=falcot,dc=com");
	if (!escape_dn_ok(opt->arena, bv_str(opt->base)))
		return bad("base", opt->base, "is no distinguished name");
	return 0;
}

static int
check_password(struct options *opt)
{
	if (opt->prompt && opt->password == NULL) {
		const char *typed = getpass("LDAP password: ");

		if (typed == NULL)
			return bad("option", "-W", "there is no terminal to ask on; use -y FILE");
		opt->password = arena_str(opt->arena, bv_str(typed));
	}
	if (opt->bind_dn != NULL && (opt->password == NULL || opt->password[0] == 0))
		return bad("bind DN", opt->bind_dn, "needs a password: -W, -y FILE or -w");
	if (opt->bind_dn == NULL && opt->password != NULL)
		return bad("option", "-D", "a password needs a DN to bind as");
	return 0;
}

static int
check(struct options *opt)
{
	if (opt->mode == OPTIONS_UNDO)
		return check_password(opt);
	if (opt->want[MAP_SHADOW] && !opt->want[MAP_PASSWD])
		return bad(
		    "map", "shadow", "its lines become part of passwd entries: name passwd too");
	if (opt->want[MAP_GSHADOW] && !opt->want[MAP_GROUP])
		return bad(
		    "map", "gshadow", "its lines become part of group entries: name group too");
	if (check_base(opt) != 0)
		return -1;
	return opt->mode == OPTIONS_LDIF ? 0 : check_password(opt);
}

static void
fill_getopt(struct option *longs, char *letters)
{
	*letters = 0;
	for (size_t i = 0; i < ROW_COUNT; i++) {
		bool arg = rows[i].arg != NULL;

		longs[i] = (struct option){
		    rows[i].name, arg ? required_argument : no_argument, NULL, (int)i + FIRST_LONG};
		if (rows[i].letter == 0)
			continue;
		*letters++ = rows[i].letter;
		if (arg)
			*letters++ = ':';
		*letters = 0;
	}
}

static const struct row *
row_of(int found)
{
	if (found >= FIRST_LONG)
		return &rows[found - FIRST_LONG];
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (rows[i].letter != 0 && rows[i].letter == found)
			return &rows[i];
	}
	return NULL;
}

enum options_result
options_parse(struct options *opt, struct arena *arena, int argc, char **argv)
{
	struct option longs[ROW_COUNT + 1] = {0};
	char letters[2 * ROW_COUNT + 1];
	int found;

	set_defaults(opt, arena);
	fill_getopt(longs, letters);
	optind = 1;
	while ((found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct row *row = row_of(found);
		int rc = row == NULL ? -1 : set_row(opt, row, optarg);

		if (rc != 0)
			return rc > 0 ? OPTIONS_DONE : OPTIONS_BAD;
	}
	for (; optind < argc; optind++) {
		if (take_map(opt, argv[optind]) != 0)
			return OPTIONS_BAD;
	}
	choose_maps(opt);
	return check(opt) == 0 ? OPTIONS_GO : OPTIONS_BAD;
}
