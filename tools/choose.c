#include "tools/choose.h"

#include <stdio.h>
#include "base/bv.h"
#include "config/conf.h"
#include "model/dn.h"
#include "tools/common.h"

/* Which database of the configuration a tool works on. */

static int
by_suffix(struct common *c)
{
	struct errbuf e = {""};
	struct dn dn;

	if (dn_parse(c->conf->schema, c->arena, bv_str(c->base), &dn, &e) != 0)
		return common_fail(c, "invalid DN \"%s\": %s", c->base, e.text);
	c->db = conf_db_for(c->conf, dn.normal);
	if (c->db == NULL)
		return common_fail(c, "slap_init no backend for \"%s\"", c->base);
	return 0;
}

static int
by_number(struct common *c)
{
	int highest = 0;

	for (size_t i = 0; i < c->conf->db_count; i++) {
		const struct conf_db *db = &c->conf->dbs[i];
		if (db->type != CONF_DB_FRONTEND && db->number == c->number)
			c->db = db;
		if (db->number > highest)
			highest = db->number;
	}
	if (c->db != NULL)
		return 0;
	fprintf(stderr,
	    "Database number selected via -n is out of range\n"
	    "Must be in the range 0 to %d (the number of configured databases)\n",
	    highest);
	return 1;
}

static int
first(struct common *c)
{
	for (size_t i = 0; i < c->conf->db_count && c->db == NULL; i++) {
		const struct conf_db *db = &c->conf->dbs[i];
		if (db->type == CONF_DB_MDB && (!db->subordinate || c->no_glue))
			c->db = db;
	}
	return c->db != NULL ? 0 : common_fail(c, "the configuration has no database with entries");
}

int
choose_database(struct common *c)
{
	int rc;

	if (c->base != NULL)
		rc = by_suffix(c);
	else if (c->number != COMMON_NO_NUMBER)
		rc = by_number(c);
	else
		rc = first(c);
	if (rc != 0 || c->db->type == CONF_DB_MDB || c->db->type == CONF_DB_CONFIG)
		return rc;
	return common_fail(
	    c, "database %.*s is not kept on disk: there is nothing to open", BV(c->db->name));
}
