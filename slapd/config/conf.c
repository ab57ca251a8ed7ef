#include "config/conf.h"

#include <stdlib.h>
#include "base/arena.h"
#include "config/confbuild.h"
#include "config/confdir.h"
#include "config/confread.h"
#include "config/confdump.h"
#include "config/conftree.h"

/* The door of the room: readers, the builder and the writer behind one header; counting. */

int
conf_read_file(const char *path, struct conf_tree **out, struct errbuf *e)
{
	return confread_file(path, out, e);
}

int
conf_read_dir(const char *path, struct conf_tree **out, struct errbuf *e)
{
	return confdir_read(path, out, e);
}

static void
free_tree(void *arg)
{
	struct conf_tree *t = arg;

	conf_tree_free(&t);
}

int
conf_build_next(
    struct conf_tree **tree, const struct conf *before, struct conf **out, struct errbuf *e)
{
	int code = confbuild_run(*tree, before, out, e);

	if (code == 0) {
		arena_on_release((*out)->arena, free_tree, *tree);
		*tree = NULL;
	}
	return code;
}

int
conf_build(struct conf_tree **tree, struct conf **out, struct errbuf *e)
{
	return conf_build_next(tree, NULL, out, e);
}

int
conf_write_dir(const struct conf_tree *t, const char *path, struct errbuf *e)
{
	return confdump_write(t, path, e);
}

struct conf *
conf_ref(struct conf *c)
{
	atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	return c;
}

void
conf_unref(struct conf **c)
{
	struct conf *gone = *c;

	*c = NULL;
	if (gone == NULL || atomic_fetch_sub_explicit(&gone->refs, 1, memory_order_acq_rel) != 1)
		return;
	struct arena *a = gone->arena;
	arena_free(&a);
}

/* Returns the length of the database's longest suffix that holds the DN, plus one; 0 when none. */
static size_t
fit(const struct conf_db *db, struct bv normal_dn)
{
	size_t best = 0;

	if (db->hidden || db->type == CONF_DB_FRONTEND)
		return 0;
	for (size_t i = 0; i < db->suffix_count; i++) {
		struct bv suffix = db->suffixes[i].normal;
		if (suffix.n >= best && dn_normal_is_under(normal_dn, suffix))
			best = suffix.n + 1;
	}
	return best;
}

const struct conf_db *
conf_db_for(const struct conf *c, struct bv normal_dn)
{
	const struct conf_db *found = NULL;
	size_t best = 0;

	for (size_t i = 0; i < c->db_count; i++) {
		size_t n = fit(&c->dbs[i], normal_dn);
		if (n > best) {
			best = n;
			found = &c->dbs[i];
		}
	}
	return found;
}

const struct entry *
conf_entries(const struct conf *c, size_t *count_out)
{
	*count_out = c->entry_count;
	return c->entries;
}
