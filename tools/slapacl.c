#include <stdio.h>
#include <string.h>
#include "acl/acl.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "store/record.h"
#include "store/store.h"
#include "tools/common.h"
#include "tools/tools.h"

/* slapacl: asks the access rules, as the server would, about one entry and one identity. */

struct run {
	struct common c;
	const char *who_text; /* -D */
	struct acl_who who;
	const struct acl *acl;
	struct dn entry_dn; /* -b */
};

static const struct {
	enum acl_level level;
	const char *name;
	const char *mask;
} levels[] = {
    {ACL_MANAGE, "manage", "mwrscxd"},
    {ACL_WRITE, "write", "wrscxd"},
    {ACL_WRITE_DELETE, "delete", "zrscxd"},
    {ACL_WRITE_ADD, "add", "arscxd"},
    {ACL_READ, "read", "rscxd"},
    {ACL_SEARCH, "search", "scxd"},
    {ACL_COMPARE, "compare", "cxd"},
    {ACL_AUTH, "auth", "xd"},
    {ACL_DISCLOSE, "disclose", "d"},
    {ACL_NONE, "none", "0"},
};

enum { LEVEL_COUNT = sizeof(levels) / sizeof(levels[0]) };

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct run *r = c->own_data;

	if (letter != 'D')
		return false;
	r->who_text = arg;
	return true;
}

/* Prints the highest level granted. */
static void
show_level(const struct run *r, const char *what, const struct acl_target *t)
{
	size_t i = 0;

	while (i + 1 < LEVEL_COUNT && !acl_allows(r->acl, &r->who, t, levels[i].level))
		i++;
	fprintf(stderr, "%s: %s(=%s)\n", what, levels[i].name, levels[i].mask);
}

static void
show_entry(const struct run *r, const struct entry *e)
{
	struct acl_target t = {.normal_dn = r->entry_dn.normal};

	t.part = ACL_PART_ENTRY;
	show_level(r, "entry", &t);
	t.part = ACL_PART_CHILDREN;
	show_level(r, "children", &t);
	t.part = ACL_PART_ATTR;
	for (size_t i = 0; i < e->count; i++) {
		const struct attr *a = &e->attrs[i];
		t.desc = a->desc;
		for (size_t j = 0; j < a->count; j++) {
			struct bv text = arena_printf(
			    r->c.arena, "%.*s=%.*s", BV(a->desc->name), BV(a->values[j]));
			t.value_normal = a->normals[j];
			show_level(r, (const char *)text.p, &t);
		}
	}
}

/* Reads the entry when it is there: an exit status. */
static int
load_entry(struct run *r, struct store *s, struct entry *out)
{
	struct store_read *read = store_read_new(s);
	struct errbuf e = {""};
	struct record rec;
	uint64_t id, nearest;

	int rc = store_read_begin(read, &e);
	if (rc == 0)
		rc = store_find(read, &r->entry_dn, &id, &nearest);
	if (rc == 0)
		rc = store_get(read, id, &rec, &e);
	if (rc == 0)
		rc = record_decode(&rec, store_read_map(read), r->c.arena, out);
	store_read_end(read);
	store_read_free(&read);
	if (rc == 0)
		return 0;
	return common_fail(&r->c, "no entry \"%.*s\"%s%s; -u asks without it",
	    BV(r->entry_dn.pretty), e.text[0] == 0 ? "" : ": ", e.text);
}

/* attr[/level]: the level, and text cut before it. */
static bool
cut_level(char *text, enum acl_level *out)
{
	char *slash = strchr(text, '/');

	*out = ACL_NONE;
	if (slash == NULL)
		return true;
	*slash = '\0';
	for (size_t i = 0; i < LEVEL_COUNT; i++) {
		if (strcmp(levels[i].name, slash + 1) != 0)
			continue;
		*out = levels[i].level;
		return true;
	}
	return false;
}

static int
ask(struct run *r, const char *arg)
{
	char *text = arena_str(r->c.arena, bv_str(arg));
	char *colon = strchr(text, ':');
	struct acl_target t = {.normal_dn = r->entry_dn.normal, .part = ACL_PART_ATTR};
	enum acl_level level;
	struct errbuf e = {""};

	if (colon != NULL)
		*colon = '\0';
	bool has_level = strchr(text, '/') != NULL;
	if (!cut_level(text, &level))
		return common_fail(&r->c, "unknown access \"%s\"", arg);
	if (strcmp(text, "entry") == 0)
		t.part = ACL_PART_ENTRY;
	else if (strcmp(text, "children") == 0)
		t.part = ACL_PART_CHILDREN;
	else if (desc_parse(r->c.conf->schema, r->c.arena, bv_str(text), &t.desc, &e) != 0)
		return common_fail(&r->c, "%s", e.text);
	if (colon != NULL)
		t.value_normal = bv_str(colon + 1);
	if (!has_level) {
		show_level(r, text, &t);
		return 0;
	}
	fprintf(stderr, "%s access to %s: %s\n", strchr(arg, '/') + 1, text,
	    acl_allows(r->acl, &r->who, &t, level) ? "ALLOWED" : "DENIED");
	return 0;
}

static int
prepare(struct run *r)
{
	struct errbuf e = {""};
	struct dn dn;

	if (common_load(&r->c) != 0 || common_choose(&r->c) != 0)
		return 1;
	if (dn_parse(r->c.conf->schema, r->c.arena, bv_str(r->c.base), &r->entry_dn, &e) != 0)
		return common_fail(&r->c, "invalid DN \"%s\": %s", r->c.base, e.text);
	r->acl = acl_compile(r->c.arena, r->c.conf, r->c.db);
	r->who.normal_dn = BV_LIT("");
	if (r->who_text == NULL)
		return 0;
	if (dn_parse(r->c.conf->schema, r->c.arena, bv_str(r->who_text), &dn, &e) != 0)
		return common_fail(&r->c, "invalid DN \"%s\": %s", r->who_text, e.text);
	r->who.normal_dn = dn.normal;
	r->who.is_root = r->c.db->has_rootdn && dn_eq(&dn, &r->c.db->rootdn);
	fprintf(stderr, "authcDN: \"%.*s\"\n", BV(dn.normal));
	return 0;
}

static int
run(struct run *r, char **names, int count)
{
	struct entry e;
	int status = prepare(r);

	if (status != 0)
		return status;
	entry_init(&e, r->c.arena, &r->entry_dn);
	if (!r->c.dry_run) {
		if (common_open(&r->c, COMMON_READ) != 0)
			return 1;
		struct common_store *s = common_store_for(&r->c, r->entry_dn.normal);
		if (s == NULL || load_entry(r, s->store, &e) != 0)
			return 1;
	}
	if (count == 0)
		show_entry(r, &e);
	for (int i = 0; i < count; i++)
		status |= ask(r, names[i]);
	return status;
}

int
slapacl_main(int argc, char **argv)
{
	struct run r = {.who_text = NULL};

	common_init(&r.c, "slapacl", "b:D:d:f:F:o:uv",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]]\n"
	    "\t-b DN [-D authcDN] [-u] [attr[/access][:value]] [...]");
	r.c.own = own_option;
	r.c.own_data = &r;
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (r.c.base == NULL)
		return common_done(&r.c, common_usage(&r.c));
	return common_done(&r.c, run(&r, argv + optind, argc - optind));
}
