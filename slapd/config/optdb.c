#include "config/optdb.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/conflex.h"
#include "config/conftree.h"
#include "config/option.h"
#include "config/optglobal.h"
#include "model/dn.h"

/*
 * Options of databases. b->db is NULL for the few that may stand in cn=config too;
 * there they set the frontend's, which databases made later start from.
 */

static int
read_dn(
    struct conf_build *b, const struct option *o, struct bv value, struct dn *out, struct errbuf *e)
{
	struct errbuf why;

	if (dn_parse(b->schema, b->arena, value, out, &why) != 0)
		return err_set(
		    e, ERR_CONFIG, "%s: \"%.*s\" is not a DN: %s", o->keyword, BV(value), why.text);
	return 0;
}

/* Refuses an option that would have nothing to act on in these databases. */
static int
only_with_data(struct conf_build *b, const struct option *o, struct errbuf *e)
{
	if (b->db->type != CONF_DB_FRONTEND && b->db->type != CONF_DB_CONFIG)
		return 0;
	return err_set(e, ERR_CONFIG, "%s cannot be set for database %s", o->keyword,
	    b->db->type == CONF_DB_CONFIG ? "config" : "frontend");
}

int
optdb_suffix(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conf_db *db = b->db;
	size_t n = db->suffix_count;
	struct dn dn;
	int code = only_with_data(b, o, e);

	if (code == 0 && db->type == CONF_DB_MONITOR)
		code =
		    err_set(e, ERR_CONFIG, "suffix: database monitor has cn=Monitor and no other");
	if (code == 0)
		code = read_dn(b, o, value, &dn, e);
	if (code != 0)
		return code;
	if ((n & (n - 1)) == 0)
		db->suffixes = arena_grow(
		    b->arena, db->suffixes, n, n == 0 ? 1 : n * 2, sizeof(*db->suffixes));
	db->suffixes[db->suffix_count++] = dn;
	return 0;
}

int
optdb_rootdn(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct dn dn;

	if (b->db->type == CONF_DB_FRONTEND)
		return err_set(e, ERR_CONFIG, "rootdn cannot be set for database frontend");
	int code = read_dn(b, o, value, &dn, e);
	if (code != 0)
		return code;
	if (dn.rdn_count == 0)
		return err_set(
		    e, ERR_CONFIG, "rootdn: the empty DN is everybody's; name an identity");
	b->db->rootdn = dn;
	b->db->has_rootdn = true;
	return 0;
}

int
optdb_rootpw(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	if (b->db->type == CONF_DB_FRONTEND)
		return err_set(e, ERR_CONFIG, "%s cannot be set for database frontend", o->keyword);
	b->db->rootpw = value;
	return 0;
}

int
optdb_lastmod(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	return confbuild_bool(o, value, &b->db->lastmod, e);
}

int
optdb_monitoring(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	return confbuild_bool(o, value, &b->db->monitoring, e);
}

int
optdb_multi_provider(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	bool on;
	int code = confbuild_bool(o, value, &on, e);

	(void)b;
	if (code == 0 && on)
		return err_set(e, ERR_CONFIG, "%s: replication is not built in", o->keyword);
	return code;
}

int
optdb_disabled(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	bool on;
	int code = confbuild_bool(o, value, &on, e);

	if (code == 0 && on)
		code = only_with_data(b, o, e);
	if (code == 0 && on) {
		b->db_disabled = true;
		confbuild_warn(b, "database %.*s is disabled", BV(b->db->name));
	}
	return code;
}

int
optdb_subordinate(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	bool on = true;
	int code = only_with_data(b, o, e);

	if (code != 0)
		return code;
	b->db->advertise = bv_is(value, "advertise");
	if (!b->db->advertise && !confbuild_bool_text(value, &on))
		return err_set(e, ERR_CONFIG,
		    "%s: \"%.*s\" is not known; expected nothing or advertise", o->keyword,
		    BV(value));
	b->db->subordinate = on;
	return 0;
}

int
optdb_deref(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	int64_t depth;
	int code = confbuild_int(o, value, &depth, e);

	if (code == 0)
		b->db->max_deref_depth = (unsigned)depth;
	return code;
}

int
optdb_schema_dn(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct dn dn;
	int code = read_dn(b, o, value, &dn, e);

	if (code == 0 && !bv_eq(dn.normal, BV_LIT("cn=subschema")))
		return err_set(e, ERR_CONFIG, "%s: only %s is served", o->keyword, o->usage);
	return code;
}

/* Rules get their meaning, and are checked, in acl/. */
int
optdb_access(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conf_db *db = b->db;
	size_t n = db->access_count;
	struct conf_place *places;

	(void)o;
	(void)e;
	if ((n & (n - 1)) == 0) {
		places = arena_alloc(b->arena, (n == 0 ? 1 : n * 2) * sizeof(*places));
		if (n > 0)
			memcpy(places, db->access_places, n * sizeof(*places));
		db->access_places = places;
	}
	places = (struct conf_place *)(uintptr_t)db->access_places;
	places[n] = (struct conf_place){b->value->file, b->value->line};
	confbuild_push(b, &db->access, &db->access_count, value);
	return 0;
}

int
optdb_updateref(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	int code = optglobal_url(b, o, value, e);

	if (code == 0)
		confbuild_push(b, &b->db->update_refs, &b->db->update_ref_count, value);
	return code;
}

/* Reads "rw-rw----", with or without a character for the file type. */
static bool
mode_from_letters(struct bv text, unsigned *out)
{
	static const char letters[] = "rwxrwxrwx";
	unsigned mode = 0;

	if (text.n == 10 && text.p[0] == '-')
		text = bv_from(text, 1);
	if (text.n != 9)
		return false;
	for (size_t i = 0; i < 9; i++) {
		if (text.p[i] != '-' && text.p[i] != (uint8_t)letters[i])
			return false;
		mode = mode << 1 | (text.p[i] != '-');
	}
	*out = mode;
	return true;
}

static bool
mode_from_octal(struct bv text, unsigned *out)
{
	unsigned mode = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '7' || mode > 0777)
			return false;
		mode = mode * 8 + (text.p[i] - '0');
	}
	*out = mode;
	return text.n > 0;
}

int
optdb_mode(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	unsigned mode;

	if (!mode_from_octal(value, &mode) && !mode_from_letters(value, &mode))
		return err_set(e, ERR_CONFIG, "%s: \"%.*s\" is not a mode; expected %s", o->keyword,
		    BV(value), o->usage);
	if ((mode & 0600) != 0600 || mode > 0666 || (mode & 0111) != 0)
		return err_set(e, ERR_CONFIG,
		    "%s %.*s: expected 0600 to 0666: the server must read and write, and nobody "
		    "execute",
		    o->keyword, BV(value));
	b->db->mode = mode;
	return 0;
}

int
optdb_no_sync(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	bool on;
	int code = confbuild_bool(o, value, &on, e);

	if (code == 0 && on)
		confbuild_warn(
		    b, "%s is not followed: every acknowledged change is on disk", o->keyword);
	return code;
}

int
optdb_env_flags(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const char *const flags[] = {
	    "nosync", "nometasync", "writemap", "mapasync", "nordahead"};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!bv_is(value, flags[i]))
			continue;
		confbuild_warn(b, "%s %s is not followed", o->keyword, flags[i]);
		return 0;
	}
	return err_set(e, ERR_CONFIG,
	    "%s: \"%.*s\" is not known; expected nosync, nometasync, "
	    "writemap, mapasync or nordahead",
	    o->keyword, BV(value));
}
