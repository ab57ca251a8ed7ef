#include "config/confplan.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/confdump.h"
#include "config/conffile.h"
#include "config/conftree.h"

/* Both states as lists of files in the order of their paths, and what differs. */

enum { MAX_DEPTH = 8 };

struct files {
	struct confplan_file *v;
	size_t n, cap;
};

static void
push(struct arena *a, struct files *f, const char *path, struct bv text)
{
	if (f->n == f->cap) {
		size_t cap = f->cap == 0 ? 64 : f->cap * 2;
		f->v = arena_grow(a, f->v, f->cap, cap, sizeof(*f->v));
		f->cap = cap;
	}
	f->v[f->n++] = (struct confplan_file){path, text};
}

static int
file_cmp(const void *x, const void *y)
{
	const struct confplan_file *a = x, *b = y;

	return strcmp(a->path, b->path);
}

static const struct confplan_file *
find(const struct files *f, const char *path)
{
	struct confplan_file key = {path, BV_NONE};

	return f->n == 0 ? NULL : bsearch(&key, f->v, f->n, sizeof(*f->v), file_cmp);
}

/* Returns the path of a node's file without ".ldif". */
static const char *
base_of(struct arena *a, const char *path, const struct conf_node *n)
{
	const char *above = n->parent == NULL ? path : base_of(a, path, n->parent);

	return (const char *)arena_printf(a, "%s/%s=%.*s", above, conftree_naming(n), BV(n->name))
	    .p;
}

/* Lists the files of a tree, and the folders they need. */
static void
list_tree(struct arena *a, const char *path, const struct conf_tree *t, struct files *files,
    struct files *folders)
{
	struct buf text;

	buf_init(&text);
	for (const struct conf_node *n = t->root; n != NULL; n = conftree_next(n)) {
		const char *base = base_of(a, path, n);
		text.n = 0;
		confdump_file(n, &text);
		push(a, files, (const char *)arena_printf(a, "%s.ldif", base).p,
		    arena_dup(a, buf_bv(&text)));
		if (n->first != NULL)
			push(a, folders, base, BV_NONE);
	}
	buf_done_secret(&text);
	qsort(files->v, files->n, sizeof(*files->v), file_cmp);
}

/* Fills the plan with what differs; folders: those of the new state. */
static void
compare(struct arena *a, const struct files *before, const struct files *after,
    const struct files *folders, struct confplan *out)
{
	*out = (struct confplan){
	    .folders = arena_zalloc(a, folders->n + 1, sizeof(*out->folders)),
	    .writes = arena_zalloc(a, after->n + 1, sizeof(*out->writes)),
	    .gone = arena_zalloc(a, before->n + 1, sizeof(*out->gone)),
	};
	for (size_t i = 0; i < folders->n; i++)
		out->folders[out->folder_count++] = folders->v[i].path;
	for (size_t i = 0; i < after->n; i++) {
		const struct confplan_file *old = find(before, after->v[i].path);
		if (old == NULL || !bv_eq(old->text, after->v[i].text))
			out->writes[out->write_count++] = after->v[i];
	}
	for (size_t i = 0; i < before->n; i++) {
		if (find(after, before->v[i].path) == NULL)
			out->gone[out->gone_count++] = before->v[i].path;
	}
}

void
confplan_from_trees(struct arena *a, const char *path, const struct conf_tree *before,
    const struct conf_tree *after, struct confplan *out)
{
	struct files old = {NULL, 0, 0}, new = old, folders = old, old_folders = old, made = old;

	list_tree(a, path, before, &old, &old_folders);
	list_tree(a, path, after, &new, &folders);
	if (old_folders.n > 0)
		qsort(old_folders.v, old_folders.n, sizeof(*old_folders.v), file_cmp);
	for (size_t i = 0; i < folders.n; i++) {
		if (find(&old_folders, folders.v[i].path) == NULL)
			push(a, &made, folders.v[i].path, BV_NONE);
	}
	compare(a, &old, &new, &made, out);
}

/* ---- the disk ---- */

/* Entries of ours by the look of their names: what else there is stays. */
static int
is_ours(const struct dirent *d)
{
	const char *name = d->d_name;
	size_t n = strlen(name);

	if (n <= 5 || strcmp(name + n - 5, ".ldif") != 0 || strncmp(name, "cn=include", 10) == 0)
		return 0;
	return strncmp(name, "cn=", 3) == 0 || strncmp(name, "olc", 3) == 0;
}

static struct bv
contents(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");
	struct bv text = BV_NONE;
	struct buf b;
	size_t n;

	if (f == NULL)
		return text;
	buf_init(&b);
	do {
		n = fread(buf_reserve(&b, 65536), 1, 65536, f);
		b.n += n;
	} while (n > 0);
	if (!ferror(f))
		text = arena_dup(a, buf_bv(&b));
	buf_done_secret(&b);
	fclose(f);
	return text;
}

static int
list_folder(struct arena *a, const char *folder, int depth, struct files *files, struct errbuf *e)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, is_ours, alphasort);
	int code = 0;

	if (count < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (count < 0)
		return conffile_fail(e, "read", folder);
	for (int i = 0; i < count; i++) {
		const char *path =
		    (const char *)arena_printf(a, "%s/%s", folder, names[i]->d_name).p;
		struct bv base = bv_make(path, strlen(path) - strlen(".ldif"));
		free(names[i]);
		push(a, files, path, contents(a, path));
		if (code == 0 && depth < MAX_DEPTH)
			code = list_folder(a, arena_str(a, base), depth + 1, files, e);
	}
	free(names);
	return code;
}

int
confplan_from_disk(struct arena *a, const char *path, const struct conf_tree *after,
    struct confplan *out, struct errbuf *e)
{
	struct files old = {NULL, 0, 0}, new = old, folders = old;
	const char *top = (const char *)arena_printf(a, "%s/cn=config", path).p;
	const char *top_file = (const char *)arena_printf(a, "%s.ldif", top).p;

	push(a, &old, top_file, contents(a, top_file));
	int code = list_folder(a, top, 1, &old, e);
	if (code != 0)
		return code;
	qsort(old.v, old.n, sizeof(*old.v), file_cmp);
	list_tree(a, path, after, &new, &folders);
	compare(a, &old, &new, &folders, out);
	return 0;
}
