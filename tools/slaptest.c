#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "acl/limits.h"
#include "acl/rules.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "store/store.h"
#include "tools/bootconf.h"
#include "tools/common.h"
#include "tools/tools.h"

/* slaptest: whether a configuration is right; with -f and -F also its conversion. */

struct run {
	struct common c;
	bool quiet; /* -Q */
};

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct run *r = c->own_data;

	(void)arg;
	if (letter == 'Q')
		r->quiet = true;
	return letter == 'Q';
}

/* A database that has been used must open; one that was never used needs its directory only. */
static int
check_database(struct run *r, const struct conf_db *db)
{
	struct common one = r->c;
	char *file =
	    arena_str(r->c.arena, arena_printf(r->c.arena, "%.*s/data.mdb", BV(db->directory)));
	char *directory = arena_str(r->c.arena, db->directory);
	struct stat st;
	int status;

	if (stat(directory, &st) != 0 || !S_ISDIR(st.st_mode))
		return common_fail(&r->c,
		    "database %.*s: directory %s does not exist; make it, owned by the user slapd "
		    "runs as",
		    BV(db->name), directory);
	if (r->c.dry_run || stat(file, &st) != 0)
		return 0;
	one.db = db;
	one.no_glue = true;
	status = common_open(&one, COMMON_READ);
	for (size_t i = 0; i < one.store_count; i++)
		store_close(&one.stores[i].store);
	r->c.became_owner = one.became_owner;
	return status;
}

static int
check_databases(struct run *r)
{
	int status = 0;

	for (size_t i = 0; i < r->c.conf->db_count; i++) {
		const struct conf_db *db = &r->c.conf->dbs[i];
		if (db->type != CONF_DB_MDB)
			continue;
		if (r->c.number == COMMON_NO_NUMBER || r->c.number == db->number)
			status |= check_database(r, db);
	}
	return status;
}

static void
print_warning(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "warning: %s\n", text);
}

/* What the configuration is warned of; rules are known to be right here. */
static int
print_warnings(struct run *r)
{
	struct errbuf e;

	for (size_t i = 0; i < r->c.conf->warning_count; i++)
		fprintf(stderr, "warning: %.*s\n", BV(r->c.conf->warnings[i]));
	if (rules_check_with(r->c.conf, print_warning, NULL, &e) != 0 ||
	    limits_check_with(r->c.conf, print_warning, NULL, &e) != 0)
		return common_fail(&r->c, "%s", e.text);
	return 0;
}

static int
run(struct run *r)
{
	/* common_load reads -f when both are given; -F is then where to write. */
	const char *target = r->c.conf_file != NULL ? r->c.conf_dir : NULL;
	int status = common_load(&r->c);

	if (status != 0)
		return status;
	if (!r->quiet)
		status = print_warnings(r);
	if (status == 0 && target != NULL)
		status = bootconf_write(&r->c, r->c.conf->tree, target);
	if (status == 0)
		status = check_databases(r);
	if (status == 0 && !r->quiet)
		fprintf(stderr, "config file testing succeeded\n");
	return status;
}

int
slaptest_main(int argc, char **argv)
{
	struct run r = {.quiet = false};

	common_init(&r.c, "slaptest", "d:f:F:n:o:Quv",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-n "
	    "databasenumber] [-u] [-Q]");
	r.c.own = own_option;
	r.c.own_data = &r;
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (optind < argc)
		return common_done(&r.c, common_usage(&r.c));
	return common_done(&r.c, run(&r));
}
