#include "op/mondb.h"

#include "base/arena.h"
#include "config/conf.h"
#include "model/entry.h"
#include "op/controls.h"
#include "op/montree.h"
#include "op/op.h"
#include "op/unindexed.h"
#include "op/world.h"
#include "store/stat.h"

/* Databases have OpenLDAP's numbers; below each there is what is ours: indexes and their use. */

static const struct {
	const char *name;
	enum conf_db_type type;
} types[] = {
    {"config", CONF_DB_CONFIG},
    {"monitor", CONF_DB_MONITOR},
    {"mdb", CONF_DB_MDB},
};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

static const struct conf *
conf_of(const struct montree *t)
{
	return t->op->world->conf;
}

static void
see_databases(struct montree *t, struct entry *e, enum conf_db_type type)
{
	const struct conf *c = conf_of(t);

	for (size_t i = 0; i < c->db_count; i++) {
		if (c->dbs[i].type == type)
			montree_put(t, e, "seeAlso",
			    arena_printf(t->arena, "cn=Database %d,cn=Databases,cn=Monitor",
				c->dbs[i].number));
	}
}

static void
put_controls(struct montree *t, struct entry *e)
{
	size_t n;
	const char *const *oids = controls_supported(&n);

	for (size_t i = 0; i < n; i++)
		montree_put_text(t, e, "supportedControl", oids[i]);
}

void
mondb_add_backends(struct montree *t)
{
	struct bv parent = BV_LIT("cn=Backends,cn=Monitor");
	struct entry *e =
	    montree_add(t, BV_LIT("cn=Monitor"), "monitorContainer", BV_LIT("Backends"), true);

	montree_put_text(t, e, "description", "Types of databases that are built in.");
	for (size_t i = 0; i < TYPE_COUNT; i++)
		montree_put_text(t, e, "monitoredInfo", types[i].name);
	for (size_t i = 0; i < TYPE_COUNT && montree_reaches(t, parent); i++) {
		struct bv cn = arena_printf(t->arena, "Backend %zu", i);
		e = montree_add(t, parent, "monitoredObject", cn, false);
		montree_put_text(t, e, "monitoredInfo", types[i].name);
		montree_put_bool(t, e, "monitorRuntimeConfig", true);
		put_controls(t, e);
		see_databases(t, e, types[i].type);
	}
}

static void
put_contexts(struct montree *t, struct entry *e, const struct conf_db *db)
{
	const char *name = db->type == CONF_DB_MONITOR ? "monitorContext" : "namingContexts";

	for (size_t i = 0; i < db->suffix_count; i++)
		montree_put(t, e, name, db->suffixes[i].pretty);
}

/* The words of `restrict`, as cn=Monitor spells them. */
static void
put_restrictions(struct montree *t, struct entry *e, unsigned restricted)
{
	static const struct {
		unsigned bit;
		const char *name;
	} words[] = {{CONF_OP_BIND, "Bind"}, {CONF_OP_ADD, "Add"}, {CONF_OP_MODIFY, "Modify"},
	    {CONF_OP_RENAME, "Rename"}, {CONF_OP_DELETE, "Delete"}, {CONF_OP_SEARCH, "Search"},
	    {CONF_OP_COMPARE, "Compare"}, {CONF_OP_EXTENDED, "Extended"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((restricted & words[i].bit) != 0)
			montree_put_text(t, e, "restrictedOperation", words[i].name);
	}
}

static void
put_files(struct montree *t, struct entry *e, const struct backend *be)
{
	struct store_stat u;

	montree_put_text(t, e, "objectClass", "olmMDBDatabase");
	montree_put(t, e, "olmDbDirectory", be->conf->directory);
	if (store_stat(be->store, &u) != 0)
		return;
	montree_put_number(t, e, "olmMDBPagesMax", u.pages_max);
	montree_put_number(t, e, "olmMDBPagesUsed", u.pages_used);
	montree_put_number(t, e, "olmMDBPagesFree", u.pages_free);
	montree_put_number(t, e, "olmMDBReadersMax", u.readers_max);
	montree_put_number(t, e, "olmMDBReadersUsed", u.readers_used);
	montree_put_number(t, e, "olmMDBEntries", u.entries);
	montree_put_number(t, e, "musterPageBytes", u.page_bytes);
}

static void
see_backend(struct montree *t, struct entry *e, enum conf_db_type type)
{
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		if (types[i].type != type)
			continue;
		montree_put_text(t, e, "monitoredInfo", types[i].name);
		montree_put(t, e, "seeAlso",
		    arena_printf(t->arena, "cn=Backend %zu,cn=Backends,cn=Monitor", i));
	}
}

static void
add_index(struct montree *t, struct bv parent, const struct store_index_stat *x)
{
	struct entry *e = montree_add(t, parent, "musterIndex", bv_str(x->type), false);

	montree_put_text(t, e, "musterIndexAttribute", x->type);
	montree_put_text(t, e, "musterIndexKind", x->kinds);
	montree_put_text(t, e, "musterIndexState", x->ready ? "ready" : "building");
	if (!x->ready) {
		montree_put_number(t, e, "musterIndexPosition", x->position);
		montree_put_number(t, e, "musterIndexLast", x->total);
	}
	montree_put_number(t, e, "monitorCounter", x->uses);
}

static void
add_indexes(struct montree *t, struct bv database, struct store *s)
{
	struct bv dn = arena_printf(t->arena, "cn=Indexes,%.*s", BV(database));
	struct entry *e = montree_add(t, database, "monitorContainer", BV_LIT("Indexes"), true);

	montree_put_text(t, e, "description", "Indexes, and how many searches they served.");
	if (!montree_reaches(t, dn))
		return;
	size_t n = store_index_stats(s, NULL, 0);
	struct store_index_stat *list = arena_zalloc(t->arena, n + 1, sizeof(*list));
	size_t now = store_index_stats(s, list, n);
	for (size_t i = 0; i < n && i < now; i++)
		add_index(t, dn, &list[i]);
}

/* One entry for each index that searches would have used. */
static void
add_unindexed(struct montree *t, struct bv database, const struct conf_db *db)
{
	struct bv dn = arena_printf(t->arena, "cn=Unindexed,%.*s", BV(database));
	struct unindexed *list;
	uint64_t others;
	size_t n = unindexed_list(t->arena, &list, &others);
	struct entry *e = montree_add(t, database, "monitorContainer", BV_LIT("Unindexed"), n > 0);

	montree_put_text(t, e, "description",
	    "Searches that looked at every entry, by the index that they lacked.");
	for (size_t i = 0; i < n && montree_reaches(t, dn); i++) {
		if (!bv_eq(list[i].database, db->name))
			continue;
		struct bv cn = arena_printf(
		    t->arena, "%.*s %s", BV(list[i].attribute), unindexed_kind(list[i].kind));
		e = montree_add(t, dn, "musterIndex", cn, false);
		montree_put(t, e, "musterIndexAttribute", list[i].attribute);
		montree_put_text(t, e, "musterIndexKind", unindexed_kind(list[i].kind));
		montree_put_number(t, e, "monitorCounter", list[i].count);
	}
}

static void
add_database(struct montree *t, struct bv parent, const struct backend *be)
{
	const struct conf_db *db = be->conf;
	bool files = be->store != NULL;
	struct bv cn = arena_printf(t->arena, "Database %d", db->number);
	struct entry *e = montree_add(t, parent, "monitoredObject", cn, files);
	struct bv dn = e->dn.pretty;

	montree_put_bool(t, e, "monitorIsShadow", false);
	put_contexts(t, e, db);
	montree_put_bool(t, e, "readOnly", db->readonly);
	put_restrictions(t, e, db->restrict_ops);
	see_backend(t, e, db->type);
	if (!files)
		return;
	put_files(t, e, be);
	if (!montree_reaches(t, dn))
		return;
	add_indexes(t, dn, be->store);
	add_unindexed(t, dn, db);
}

static void
add_frontend(struct montree *t, struct bv parent)
{
	const struct conf_db *db = conf_of(t)->frontend;
	struct entry *e = montree_add(t, parent, "monitoredObject", BV_LIT("Frontend"), false);

	montree_put_text(t, e, "monitoredInfo", "frontend");
	montree_put_bool(t, e, "monitorIsShadow", false);
	montree_put(t, e, "namingContexts", BV_LIT(""));
	montree_put_bool(t, e, "readOnly", db->readonly);
	put_restrictions(t, e, db->restrict_ops);
}

void
mondb_add_databases(struct montree *t)
{
	const struct world *w = t->op->world;
	struct bv parent = BV_LIT("cn=Databases,cn=Monitor");
	struct entry *e =
	    montree_add(t, BV_LIT("cn=Monitor"), "monitorContainer", BV_LIT("Databases"), true);

	montree_put_text(t, e, "description", "Databases that are configured.");
	montree_put_bool(t, e, "readOnly", w->conf->frontend->readonly);
	montree_put(t, e, "namingContexts", BV_LIT(""));
	for (size_t i = 0; i < w->backend_count; i++)
		put_contexts(t, e, w->backends[i].conf);
	if (!montree_reaches(t, parent))
		return;
	add_frontend(t, parent);
	for (size_t i = 0; i < w->backend_count; i++)
		add_database(t, parent, &w->backends[i]);
}
