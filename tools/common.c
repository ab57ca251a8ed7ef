#include "tools/common.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "acl/limits.h"
#include "acl/rules.h"
#include "base/arena.h"
#include "base/log.h"
#include "config/conf.h"
#include "model/dn.h"
#include "model/schema.h"
#include "store/store.h"
#include "tools/owner.h"

/* Options, configuration, databases. What goes wrong is printed where it is found. */

enum { MAX_NUMBER = 9999, MAX_SID = 0xfff };

void
common_init(struct common *c, const char *program, const char *letters, const char *usage)
{
	*c = (struct common){
	    .program = program,
	    .letters = letters,
	    .usage = usage,
	    .number = COMMON_NO_NUMBER,
	    .sid = -1,
	    .arena = arena_new(0),
	};
	log_open(program, false);
}

int
common_fail(const struct common *c, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* Names and values come from files: they must not steer the terminal. */
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", c->program, text);
	return 1;
}

int
common_usage(const struct common *c)
{
	fprintf(stderr, "usage: %s %s\n", c->program, c->usage);
	return 1;
}

/* ---- options ---- */

static bool
read_number(const char *text, int max, int *out)
{
	int64_t n;

	if (!bv_to_i64(bv_str(text), &n) || n < 0 || n > max)
		return false;
	*out = (int)n;
	return true;
}

static bool
read_line(const char *text, unsigned long *out)
{
	int64_t n;

	if (!bv_to_i64(bv_str(text), &n) || n < 0)
		return false;
	*out = (unsigned long)n;
	return true;
}

static bool
read_debug(struct common *c, const char *text)
{
	int bits;

	if (!log_level_from_text(bv_str(text), &bits)) {
		fprintf(stderr, "unrecognized log level \"%s\"\n", text);
		return false;
	}
	c->debug = true;
	log_open(c->program, true);
	log_set_levels(0, bits);
	return true;
}

static bool
read_yes(const char *text, bool *out)
{
	static const char *const yes[] = {"yes", "on", "true", "1"};
	static const char *const no[] = {"no", "off", "false", "0"};

	for (size_t i = 0; i < 4; i++) {
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			*out = text == yes[i] || strcmp(text, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

static bool
set_wrap(struct common *c, const char *value)
{
	int64_t columns;

	if (strcmp(value, "no") == 0) {
		c->wrap = SIZE_MAX;
		return true;
	}
	if (!bv_to_i64(bv_str(value), &columns) || columns < 2 || columns > 1000000) {
		fprintf(
		    stderr, "unable to parse ldif-wrap=\"%s\": give \"no\" or a number.\n", value);
		return false;
	}
	c->wrap = (size_t)columns;
	return true;
}

static bool
set_schema_check(struct common *c, const char *value)
{
	bool check;

	if (!read_yes(value, &check))
		return false;
	c->unchecked = !check;
	return true;
}

/* Values are always checked unless schemas are not; where syslog goes is no matter of a tool. */
static bool
set_nothing(struct common *c, const char *value)
{
	(void)c;
	(void)value;
	return true;
}

static const struct {
	const char *name;
	bool (*set)(struct common *c, const char *value);
} settings[] = {
    {"ldif-wrap", set_wrap},
    {"ldif_wrap", set_wrap},
    {"schema-check", set_schema_check},
    {"value-check", set_nothing},
    {"syslog", set_nothing},
    {"syslog-level", set_nothing},
    {"syslog-user", set_nothing},
    {"module-load", set_nothing},
    {"module-path", set_nothing},
};

static bool
set_option(struct common *c, const char *text)
{
	size_t n = strcspn(text, "=");
	const char *value = text[n] == '=' ? text + n + 1 : "";

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strlen(settings[i].name) == n && strncmp(settings[i].name, text, n) == 0)
			return settings[i].set(c, value);
	fprintf(stderr, "unknown option -o %s\n", text);
	return false;
}

/* Letters that only set something. */
static bool
set_flag(struct common *c, int letter)
{
	const struct {
		int letter;
		bool *flag;
	} flags[] = {
	    {'c', &c->keep_going},
	    {'g', &c->no_glue},
	    {'q', &c->quick},
	    {'s', &c->unchecked},
	    {'u', &c->dry_run},
	    {'w', &c->write_context},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].letter != letter)
			continue;
		*flags[i].flag = true;
		return true;
	}
	return false;
}

static bool
set_text(struct common *c, int letter, const char *arg)
{
	switch (letter) {
	case 'f':
		c->conf_file = arg;
		return true;
	case 'F':
		c->conf_dir = arg;
		return true;
	case 'b':
		c->base = arg;
		return true;
	case 'l':
		c->ldif = arg;
		return true;
	default:
		return false;
	}
}

static bool
set_letter(struct common *c, int letter, const char *arg)
{
	if (c->own != NULL && c->own(c, letter, arg))
		return true;
	if (set_flag(c, letter) || set_text(c, letter, arg))
		return true;
	switch (letter) {
	case 'v':
		c->verbose++;
		return true;
	case 'n':
		return read_number(arg, MAX_NUMBER, &c->number);
	case 'S':
		return read_number(arg, MAX_SID, &c->sid);
	case 'j':
		return read_line(arg, &c->first_line);
	case 'd':
		return read_debug(c, arg);
	case 'o':
		return set_option(c, arg);
	default:
		return false;
	}
}

int
common_parse(struct common *c, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, c->letters, c->long_options, NULL)) != -1)
		if (!set_letter(c, letter, optarg))
			return common_usage(c);
	if (c->base != NULL && c->number != COMMON_NO_NUMBER)
		return common_usage(c);
	return 0;
}

/* ---- configuration ---- */

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void
find_configuration(struct common *c)
{
	if (c->conf_file != NULL || c->conf_dir != NULL)
		return;
	if (is_folder(MUSTER_SYSCONFDIR "/ldap/slapd.d"))
		c->conf_dir = MUSTER_SYSCONFDIR "/ldap/slapd.d";
	else
		c->conf_file = MUSTER_SYSCONFDIR "/ldap/slapd.conf";
}

int
common_load(struct common *c)
{
	struct conf_tree *tree = NULL;
	struct errbuf e = {""};
	int rc;

	find_configuration(c);
	if (c->conf_file != NULL)
		rc = conf_read_file(c->conf_file, &tree, &e);
	else
		rc = conf_read_dir(c->conf_dir, &tree, &e);
	if (rc == 0)
		rc = conf_build(&tree, &c->conf, &e);
	if (rc == 0)
		rc = rules_check(c->conf, &e);
	if (rc == 0)
		rc = limits_check(c->conf, &e);
	if (rc == 0)
		return 0;
	conf_tree_free(&tree);
	fprintf(stderr, "%s\n", e.text);
	return common_fail(c, "bad configuration %s!", c->conf_file != NULL ? "file" : "directory");
}

/* ---- databases ---- */

bool
common_is_config(const struct common *c)
{
	return c->db->type == CONF_DB_CONFIG;
}

static int
open_one(struct common *c, const struct conf_db *db, enum common_mode mode)
{
	struct errbuf e = {""};
	struct store_options o = {
	    .directory = arena_str(c->arena, db->directory),
	    .mode = db->mode,
	    .read_only = mode == COMMON_READ,
	    .create = mode != COMMON_READ,
	    .no_sync = mode == COMMON_LOAD,
	    .schema = c->conf->schema,
	    .suffix = &db->suffixes[0],
	    .indexes = db->indexes,
	    .index_count = db->index_count,
	    .max_readers = db->max_readers,
	};
	struct common_store *s = &c->stores[c->store_count];

	errno = 0;
	if (!is_folder(o.directory))
		return common_fail(c,
		    "database directory %s: %s; make it, owned by the user slapd runs as",
		    o.directory, errno == 0 ? "not a directory" : strerror(errno));
	if (owner_become(o.directory, &c->became_owner, &e) != 0)
		return common_fail(c, "%s", e.text);
	if (store_open(&o, &s->store, &e) != 0)
		return common_fail(c, "could not open database %.*s: %s%s", BV(db->name), e.text,
		    c->became_owner ? " (opened as the owner of the directory)" : "");
	s->db = db;
	c->store_count++;
	return 0;
}

static bool
is_wanted(const struct common *c, const struct conf_db *db)
{
	if (db == c->db || db->type != CONF_DB_MDB || c->all_databases)
		return db != c->db && db->type == CONF_DB_MDB;
	return !c->no_glue && db->subordinate &&
	       dn_normal_is_under(db->suffixes[0].normal, c->db->suffixes[0].normal);
}

int
common_open(struct common *c, enum common_mode mode)
{
	int rc;

	if (c->db->type != CONF_DB_MDB)
		return common_fail(c, "cn=config is not a database for this tool");
	c->stores = arena_zalloc(c->arena, c->conf->db_count, sizeof(*c->stores));
	rc = open_one(c, c->db, mode);
	for (size_t i = 0; i < c->conf->db_count && rc == 0; i++)
		if (is_wanted(c, &c->conf->dbs[i]))
			rc = open_one(c, &c->conf->dbs[i], mode);
	return rc;
}

struct common_store *
common_store_for(struct common *c, struct bv normal_dn)
{
	const struct conf_db *db = conf_db_for(c->conf, normal_dn);

	for (size_t i = 0; i < c->store_count; i++)
		if (c->stores[i].db == db)
			return &c->stores[i];
	return NULL;
}

unsigned
common_sid(const struct common *c)
{
	return c->sid >= 0 ? (unsigned)c->sid : c->conf->server_id;
}

bool
common_is_top(const struct conf_db *db, const struct dn *dn)
{
	for (size_t i = 0; i < db->suffix_count; i++)
		if (dn_eq(dn, &db->suffixes[i]) ||
		    (db->suffixes[i].rdn_count == 0 && dn->rdn_count == 1))
			return true;
	return false;
}

bool
common_server_runs(const struct common *c)
{
	FILE *f;
	long pid = 0;

	if (c->conf->pid_file.n == 0)
		return false;
	f = fopen(arena_str(c->arena, c->conf->pid_file), "re");
	if (f == NULL)
		return false;
	bool read = fscanf(f, "%ld", &pid) == 1 && pid > 0;
	fclose(f);
	return read && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

int
common_done(struct common *c, int status)
{
	for (size_t i = 0; i < c->store_count; i++)
		store_close(&c->stores[i].store);
	if (c->conf != NULL)
		conf_unref(&c->conf);
	arena_free(&c->arena);
	return status;
}

int
common_input(const struct common *c, FILE **out, const char **name_out)
{
	*name_out = "standard input";
	*out = stdin;
	if (c->ldif == NULL)
		return 0;
	*name_out = c->ldif;
	*out = fopen(c->ldif, "re");
	return *out != NULL ? 0 : common_fail(c, "cannot open %s: %s", c->ldif, strerror(errno));
}
