#include <inttypes.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/schema.h"
#include "store/store.h"
#include "tools/choose.h"
#include "tools/common.h"
#include "tools/progress.h"
#include "tools/tools.h"

/* slapindex: builds the indexes anew, or with --check verifies everything that is stored. */

enum {
	OPTION_CHECK = 256,
	MAX_DEPTH = 4096,
	MAX_SEARCHES = 100, /* damaged records whose names are looked for */
};

struct run {
	struct common c;
	bool check;
	struct progress progress;
};

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct run *r = c->own_data;

	(void)arg;
	if (letter == OPTION_CHECK)
		r->check = true;
	/* -t would empty the index first; here it is built anew beside the old one anyway. */
	return letter == OPTION_CHECK || letter == 't';
}

static bool
is_indexed(const struct conf_db *db, const struct attr_type *t)
{
	const struct index_spec *specs = db->indexes;

	for (size_t i = 0; i < db->index_count; i++)
		if (specs[i].type == t)
			return true;
	return false;
}

/* Reads the names of the attributes; the list lives in the arena. */
static int
read_types(struct run *r, char **names, int count, const struct attr_type ***out)
{
	const struct attr_type **types =
	    arena_zalloc(r->c.arena, (size_t)count + 1, sizeof(*types));

	for (int i = 0; i < count; i++) {
		types[i] = schema_attr_type(r->c.conf->schema, bv_str(names[i]));
		if (types[i] == NULL)
			return common_fail(&r->c, "%s: attribute type undefined (17)", names[i]);
		if (!is_indexed(r->c.db, types[i]))
			return common_fail(&r->c, "no index configured for %s", names[i]);
	}
	*out = types;
	return 0;
}

static void
show_progress(void *arg, uint64_t done, uint64_t total)
{
	struct progress *p = arg;

	p->total = (int64_t)total;
	progress_set(p, done);
}

static int
reindex(struct run *r, char **names, int count)
{
	const struct attr_type **types = NULL;
	struct errbuf e = {""};

	if (read_types(r, names, count, &types) != 0 || common_open(&r->c, COMMON_WRITE) != 0)
		return 1;
	for (size_t i = 0; i < r->c.store_count; i++) {
		progress_init(&r->progress, NULL, 0, r->c.verbose > 0);
		int rc = store_reindex(
		    r->c.stores[i].store, types, (size_t)count, show_progress, &r->progress, &e);
		progress_done(&r->progress);
		if (rc != 0)
			return common_fail(
			    &r->c, "database %.*s: %s", BV(r->c.stores[i].db->name), e.text);
	}
	return 0;
}

struct report {
	struct store_read *read;
	struct arena *arena; /* of one line */
	uint64_t id;	     /* reported last */
	struct bv name;
	struct arena *names; /* of name */
	unsigned searches;
	uint64_t
	    steps; /* that the search at hand may still take: a damaged tree may have circles */
};

/*
 * Looks through the tree for an entry whose record cannot be read, below a parent whose name is
 * above. Returns whether it was found; p->name is then its normal DN. Depth is bounded by the
 * length of a DN.
 */
static bool
search_tree(struct report *p, uint64_t parent, struct bv above, unsigned depth)
{
	struct bv rdn = BV_NONE;
	uint64_t id;

	while (depth < MAX_DEPTH && p->steps > 0 &&
	       store_next_child(p->read, parent, rdn, &id, &rdn) == 0) {
		p->steps--;
		struct arena_mark mark = arena_mark(p->names);
		struct bv name = arena_printf(
		    p->names, "%.*s%s%.*s", BV(rdn), above.n == 0 ? "" : ",", BV(above));
		if (id == p->id)
			p->name = name;
		if (id == p->id || search_tree(p, id, name, depth + 1))
			return true;
		arena_rewind(p->names, mark);
	}
	return false;
}

/* The name of an entry, through its record or, when that is damaged, through the tree. */
static struct bv
name_of(struct report *p, uint64_t id)
{
	struct record rec;
	struct bv dn = BV_NONE;

	if (id == 0)
		return BV_LIT("");
	if (store_get(p->read, id, &rec, NULL) == 0 &&
	    store_dn(p->read, &rec, p->arena, &dn, NULL) == 0)
		return dn;
	if (id == p->id)
		return p->name;
	arena_reset(p->names);
	p->id = id;
	p->name = BV_LIT("?");
	p->steps = 2 * store_entry_count(p->read) + 1000;
	if (p->searches++ < MAX_SEARCHES)
		search_tree(p, 0, BV_LIT(""), 0);
	return p->name;
}

static void
report(void *arg, uint64_t id, const char *text)
{
	struct report *p = arg;
	struct bv dn = name_of(p, id);

	printf("id=%08" PRIx64 " dn=\"%.*s\": %s\n", id, BV(dn), text);
	arena_reset(p->arena);
}

static int
check_store(struct run *r, struct common_store *s)
{
	struct report p = {
	    .read = store_read_new(s->store), .arena = arena_new(0), .names = arena_new(0)};
	struct errbuf e = {""};
	int64_t problems = ERR_IO;

	if (store_read_begin(p.read, &e) == 0)
		problems = store_check(s->store, report, &p, &e);
	store_read_end(p.read);
	store_read_free(&p.read);
	arena_free(&p.arena);
	arena_free(&p.names);
	if (problems < 0)
		return common_fail(&r->c, "database %.*s: %s", BV(s->db->name), e.text);
	if (problems > 0)
		return common_fail(&r->c,
		    "database %.*s: %" PRId64
		    " problems; slapindex repairs indexes, a backup (slapadd) entries",
		    BV(s->db->name), problems);
	if (r->c.verbose > 0)
		fprintf(stderr, "database %.*s: no problems\n", BV(s->db->name));
	return 0;
}

static int
check(struct run *r)
{
	int status = 0;

	if (common_open(&r->c, COMMON_READ) != 0)
		return 1;
	for (size_t i = 0; i < r->c.store_count; i++)
		status |= check_store(r, &r->c.stores[i]);
	return status;
}

int
slapindex_main(int argc, char **argv)
{
	static const struct option longs[] = {{"check", no_argument, NULL, OPTION_CHECK}, {0}};
	struct run r = {.check = false};

	common_init(&r.c, "slapindex", "b:cd:f:F:gn:o:qtv",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]\n"
	    "\t[-g] [-n databasenumber | -b suffix] [-q] [-t] [--check | attr ...]");
	r.c.own = own_option;
	r.c.own_data = &r;
	r.c.long_options = longs;
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (r.check && optind < argc)
		return common_done(&r.c, common_usage(&r.c));
	if (common_load(&r.c) != 0 || choose_database(&r.c) != 0)
		return common_done(&r.c, 1);
	if (r.check)
		return common_done(&r.c, check(&r));
	return common_done(&r.c, reindex(&r, argv + optind, argc - optind));
}
