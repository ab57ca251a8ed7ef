#include "config/confcheck.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/conftree.h"
#include "config/opttls.h"
#include "model/dn.h"

/* Checks that span options: each says which database and what to change. */

static int
blame_node(const struct conf_node *n, struct errbuf *e, int code)
{
	struct conf_value at = {n->name, n->file, n->line};

	return conftree_blame(&at, e, code);
}

/* cn=config and cn=Monitor are the suffixes of their databases without being written. */
static int
built_in_suffix(struct conf_build *b, struct errbuf *e)
{
	struct conf_db *db = b->db;
	struct bv text = db->type == CONF_DB_CONFIG ? BV_LIT("cn=config") : BV_LIT("cn=Monitor");

	db->suffixes = arena_zalloc(b->arena, 1, sizeof(*db->suffixes));
	db->suffix_count = 1;
	return dn_parse(b->schema, b->arena, text, &db->suffixes[0], e);
}

static bool
under_suffix(const struct conf_db *db, struct bv normal)
{
	for (size_t i = 0; i < db->suffix_count; i++) {
		if (dn_normal_is_under(normal, db->suffixes[i].normal))
			return true;
	}
	return false;
}

static int
check_root(const struct conf_build *b, struct errbuf *e)
{
	const struct conf_db *db = b->db;
	const char *pw = b->tree->from_dir ? "olcRootPW" : "rootpw";
	const char *dn = b->tree->from_dir ? "olcRootDN" : "rootdn";

	if (db->rootpw.p == NULL)
		return 0;
	if (!db->has_rootdn)
		return err_set(e, ERR_CONFIG, "database %.*s: %s needs %s", BV(db->name), pw, dn);
	if (!under_suffix(db, db->rootdn.normal))
		return err_set(e, ERR_CONFIG,
		    "database %.*s: %s can only be set when %s is under suffix; \"%.*s\" is not",
		    BV(db->name), pw, dn, BV(db->rootdn.pretty));
	return 0;
}

static int
check_mdb(const struct conf_db *db, struct errbuf *e)
{
	if (db->suffix_count == 0)
		return err_set(e, ERR_CONFIG, "database %.*s needs a suffix", BV(db->name));
	if (db->suffix_count > 1)
		return err_set(e, ERR_CONFIG,
		    "database %.*s has %zu suffixes; a database holds one: give \"%.*s\" a "
		    "database "
		    "of its own",
		    BV(db->name), db->suffix_count, BV(db->suffixes[1].pretty));
	if (db->directory.n == 0)
		return err_set(e, ERR_CONFIG, "database %.*s needs a directory", BV(db->name));
	return 0;
}

int
confcheck_db(struct conf_build *b, const struct conf_node *node, struct errbuf *e)
{
	struct conf_db *db = b->db;
	int code = 0;

	if (db->type == CONF_DB_CONFIG || db->type == CONF_DB_MONITOR)
		code = built_in_suffix(b, e);
	if (code == 0 && db->type == CONF_DB_MDB)
		code = check_mdb(db, e);
	if (code == 0)
		code = check_root(b, e);
	return code == 0 ? 0 : blame_node(node, e, code);
}

/* ---- all databases ---- */

/* Looks for a suffix of x that y holds too. */
static int
check_suffixes(const struct conf_db *x, const struct conf_db *y, struct errbuf *e)
{
	for (size_t i = 0; i < x->suffix_count; i++) {
		for (size_t j = 0; j < y->suffix_count; j++) {
			if (dn_eq(&x->suffixes[i], &y->suffixes[j]))
				return err_set(e, ERR_CONFIG,
				    "suffix \"%.*s\" of database %.*s is served by database %.*s "
				    "already",
				    BV(y->suffixes[j].pretty), BV(y->name), BV(x->name));
		}
	}
	return 0;
}

static int
check_pair(const struct conf_db *x, const struct conf_db *y, struct errbuf *e)
{
	if (x->type == CONF_DB_MDB && y->type == CONF_DB_MDB && bv_eq(x->directory, y->directory))
		return err_set(e, ERR_CONFIG,
		    "databases %.*s and %.*s have the same directory %.*s; each needs its own",
		    BV(x->name), BV(y->name), BV(x->directory));
	if (x->hidden || y->hidden)
		return 0;
	return check_suffixes(x, y, e);
}

static bool
is_superior(const struct conf_db *top, const struct conf_db *db)
{
	return top != db && top->type == CONF_DB_MDB && !top->hidden &&
	       under_suffix(top, db->suffixes[0].normal);
}

/* A subordinate database must lie under another one. */
static int
check_glue(const struct conf *c, const struct conf_db *db, struct errbuf *e)
{
	size_t i = 0;

	if (!db->subordinate)
		return 0;
	while (i < c->db_count && !is_superior(&c->dbs[i], db))
		i++;
	if (i < c->db_count)
		return 0;
	return err_set(e, ERR_CONFIG,
	    "database %.*s is subordinate, but no database holds the superior of \"%.*s\"",
	    BV(db->name), BV(db->suffixes[0].pretty));
}

static size_t
count_access(const struct conf *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->db_count; i++)
		count += c->dbs[i].type == CONF_DB_CONFIG ? 0 : c->dbs[i].access_count;
	return count;
}

/* Rules of one database say nothing about another: one without any is open, and is named. */
static void
warn_of_open(struct conf_build *b)
{
	const struct conf *c = b->conf;

	if (c->frontend->access_count > 0)
		return;
	for (size_t i = 0; i < c->db_count; i++) {
		const struct conf_db *db = &c->dbs[i];
		if (db->type == CONF_DB_MDB && db->access_count == 0)
			confbuild_warn(b,
			    "database %.*s has no access rule: everyone, without a password, can "
			    "read "
			    "all of it, password hashes included",
			    BV(db->name));
		if (db->type == CONF_DB_MONITOR && db->access_count == 0)
			confbuild_warn(b,
			    "database %.*s has no access rule: everyone can read who is connected "
			    "from where",
			    BV(db->name));
	}
}

int
confcheck_all(struct conf_build *b, struct errbuf *e)
{
	struct conf *c = b->conf;
	int code = 0;

	for (size_t i = 0; code == 0 && i < c->db_count; i++) {
		for (size_t j = 0; code == 0 && j < i; j++)
			code = check_pair(&c->dbs[j], &c->dbs[i], e);
		if (code == 0)
			code = check_glue(c, &c->dbs[i], e);
	}
	if (code == 0)
		code = opttls_check(b, e);
	c->anonymous_open = count_access(c) == 0;
	if (code == 0 && !c->anonymous_open)
		warn_of_open(b);
	return code;
}
