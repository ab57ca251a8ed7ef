#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "op/memory.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/record.h"
#include "store/store.h"
#include "store/test.h"
#include "tools/choose.h"
#include "tools/common.h"
#include "tools/tools.h"
#include "tools/walk.h"
#include "wire/ldif.h"

/* slapcat: a database as LDIF, byte for byte what loads back to the same database. */

enum { FLUSH_BYTES = 256 << 10 };

struct cat {
	struct common c;
	struct walk walk;
	FILE *out;
	struct buf text;
};

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct cat *cat = c->own_data;

	return walk_option(&cat->walk, letter, arg);
}

static int
flush(struct cat *cat, size_t keep)
{
	if (cat->text.n <= keep)
		return 0;
	if (fwrite(cat->text.p, 1, cat->text.n, cat->out) != cat->text.n)
		return common_fail(&cat->c, "cannot write: %s", strerror(errno));
	cat->text.n = 0;
	return 0;
}

/* The values of one attribute; false when its bytes are damaged. */
static bool
put_attr(struct cat *cat, const struct walk_entry *e, size_t row)
{
	struct record_attr a = record_attr_at(e->record, row);
	const struct attr_desc *d = attr_map_desc(store_read_map(e->read), a.attr_id);
	struct record_values it = record_values_of(&a);
	struct bv value, normal;

	if (d == NULL)
		return false;
	while (record_next_value(&it, &value, &normal))
		ldif_put(&cat->text, d->name, value, cat->c.wrap);
	return !it.bad;
}

static int
put_entry(void *arg, const struct walk_entry *e)
{
	struct cat *cat = arg;
	size_t start = cat->text.n;

	if (cat->c.verbose > 0)
		buf_printf(&cat->text, "# id=%08" PRIx64 "\n", e->id);
	ldif_put(&cat->text, BV_LIT("dn"), e->pretty_dn, cat->c.wrap);
	for (size_t i = 0; i < e->record->row_count; i++) {
		if (put_attr(cat, e, i))
			continue;
		cat->text.n = start;
		return common_fail(
		    &cat->c, "entry %08" PRIx64 " (\"%.*s\") is damaged", e->id, BV(e->pretty_dn));
	}
	buf_put_byte(&cat->text, '\n');
	return flush(cat, FLUSH_BYTES);
}

static void
put_config_entry(struct cat *cat, const struct entry *e)
{
	ldif_put(&cat->text, BV_LIT("dn"), e->dn.pretty, cat->c.wrap);
	for (size_t i = 0; i < e->count; i++)
		for (size_t j = 0; j < e->attrs[i].count; j++)
			ldif_put(
			    &cat->text, e->attrs[i].desc->name, e->attrs[i].values[j], cat->c.wrap);
	buf_put_byte(&cat->text, '\n');
}

static struct bv
config_dn(void *arg, uint64_t id, const struct record *r)
{
	const struct entry *entries = arg;

	(void)r;
	return entries[id].dn.normal;
}

static void
put_config(struct cat *cat)
{
	size_t count;
	const struct entry *entries = conf_entries(cat->c.conf, &count);
	const struct schema *s = cat->c.conf->schema;
	struct memory_db db = {0};
	struct test *filter = NULL;

	memory_build(cat->c.arena, s, entries, count, &db);
	struct test_env env = {
	    .schema = s, .map = db.map, .dn_normal = config_dn, .arg = (void *)(uintptr_t)entries};
	if (cat->walk.match != NULL)
		filter = test_new(cat->c.arena, cat->walk.match, &env);
	for (size_t i = 0; i < db.count; i++) {
		bool wanted = !cat->walk.has_base ||
			      dn_normal_is_under(entries[i].dn.normal, cat->walk.base.normal);
		if (wanted && filter != NULL)
			wanted =
			    test_run(filter, i, &db.entries[i].record, cat->c.arena) == TEST_TRUE;
		if (wanted)
			put_config_entry(cat, &entries[i]);
	}
}

/*
 * The file is opened before the process takes on the directory owner's rights. It holds password
 * hashes: a new one is for its owner alone.
 */
static int
open_output(struct cat *cat)
{
	cat->out = stdout;
	if (cat->c.ldif == NULL)
		return 0;
	int fd = open(cat->c.ldif, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	cat->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (cat->out != NULL)
		return 0;
	return common_fail(&cat->c, "cannot write %s: %s", cat->c.ldif, strerror(errno));
}

static int
run(struct cat *cat)
{
	int status = 0;

	if (walk_read_url(&cat->walk) != 0 || common_load(&cat->c) != 0 ||
	    choose_database(&cat->c) != 0 || walk_prepare(&cat->walk) != 0 || open_output(cat) != 0)
		return 1;
	buf_init(&cat->text);
	if (common_is_config(&cat->c))
		put_config(cat);
	else
		status = common_open(&cat->c, COMMON_READ) != 0 || walk_run(&cat->walk) != 0;
	status |= flush(cat, 0);
	if (fflush(cat->out) != 0 || ferror(cat->out))
		status = common_fail(&cat->c, "cannot write: %s", strerror(errno));
	if (cat->out != stdout && fclose(cat->out) != 0)
		status = common_fail(&cat->c, "cannot write %s: %s", cat->c.ldif, strerror(errno));
	buf_done_secret(&cat->text);
	return status;
}

int
slapcat_main(int argc, char **argv)
{
	struct cat cat = {.out = NULL};

	common_init(&cat.c, "slapcat", "a:b:cd:f:F:gH:l:n:o:s:v",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]\n"
	    "\t[-g] [-n databasenumber | -b suffix] [-l ldiffile] [-a filter] [-s subtree]"
	    " [-H url]");
	cat.c.own = own_option;
	cat.c.own_data = &cat;
	cat.walk = (struct walk){.common = &cat.c, .entry = put_entry, .arg = &cat};
	if (common_parse(&cat.c, argc, argv) != 0)
		return common_done(&cat.c, 1);
	if (optind < argc)
		return common_done(&cat.c, common_usage(&cat.c));
	return common_done(&cat.c, run(&cat));
}
