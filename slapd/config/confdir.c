#include "config/confdir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/confshape.h"
#include "config/conftree.h"
#include "config/option.h"
#include "wire/ldif.h"

/*
 * slapd.d: an entry per file, named after its RDN, with ".ldif"; its children are in
 * the folder of that name without it. The "dn:" of a file is the RDN alone. The tree is
 * what the files say; checksum comments are not looked at, as people edit these files.
 */

enum { MAX_DEPTH = 8, MAX_FILES = 4096, MAX_FILE_BYTES = 16 << 20 };

struct walk {
	struct conf_tree *tree;
	unsigned files;
	const char *file; /* being read */
};

/* ---- which node a file is ---- */

static int
check_name(struct bv name, struct errbuf *e)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!conftree_name_byte(name.p[i]))
			return err_set(e, ERR_CONFIG,
			    "entry name \"%.*s\" holds a character that is not a letter, digit, "
			    "'-', '_' or '.'",
			    BV(name));
	}
	return name.n > 0 ? 0 : err_set(e, ERR_CONFIG, "the entry has no name");
}

/* Adds a node; cn=schema is there from the beginning. */
static struct conf_node *
node_new(
    struct walk *w, struct conf_node *parent, enum conf_node_kind kind, int number, struct bv name)
{
	struct conf_node *n = conftree_add(w->tree, parent, kind, number, name);

	n->file = w->file;
	return n;
}

/* cn=...: schema, module{n}, or a part of the schema. */
static int
node_cn(struct walk *w, struct conf_node *parent, struct bv name, struct conf_node **out,
    struct errbuf *e)
{
	struct bv rest;
	int number = 0;
	bool is_module = name.n > 6 && bv_is(bv_make(name.p, 6), "module");

	if (parent->kind == CONF_NODE_SCHEMA) {
		conftree_ordered(name, &number, &rest);
		*out = node_new(w, parent, CONF_NODE_SCHEMA, number, name);
	} else if (bv_is(name, "schema")) {
		*out = w->tree->schema;
		(*out)->file = w->file;
	} else if (is_module && conftree_ordered(bv_from(name, 6), &number, &rest)) {
		*out = node_new(w, parent, CONF_NODE_MODULE, number, name);
	} else {
		return err_set(e, ERR_CONFIG, "entry cn=%.*s is not known here", BV(name));
	}
	return 0;
}

static int
node_database(struct walk *w, struct bv name, struct conf_node **out, struct errbuf *e)
{
	enum conf_db_type type;
	struct bv rest;
	int number;

	if (!conftree_ordered(name, &number, &rest))
		return err_set(e, ERR_CONFIG, "olcDatabase=%.*s lacks its {number}", BV(name));
	int code = conftree_db_type(rest, &type, e);
	if (code != 0)
		return code;
	if (type != CONF_DB_MDB && conftree_db(w->tree, type) != NULL)
		return err_set(e, ERR_CONFIG, "a second database %s", conftree_db_name(type));
	if ((type == CONF_DB_FRONTEND) != (number == -1) ||
	    (type == CONF_DB_CONFIG) != (number == 0))
		return err_set(e, ERR_CONFIG,
		    "olcDatabase=%.*s: the frontend is {-1}, config {0}, all others {1} or higher",
		    BV(name));
	*out = node_new(w, w->tree->root, CONF_NODE_DB, number, name);
	(*out)->db_type = type;
	return 0;
}

static int
node_backend(struct walk *w, struct bv name, struct conf_node **out, struct errbuf *e)
{
	struct bv rest;
	int number = 0;

	conftree_ordered(name, &number, &rest);
	if (!bv_is(rest, "mdb"))
		return err_set(
		    e, ERR_CONFIG, "backend %.*s is not built in; expected mdb", BV(rest));
	*out = node_new(w, w->tree->root, CONF_NODE_BACKEND, number, name);
	return 0;
}

/* Finds or makes the node that a DN (an RDN, mostly) names below parent; parent NULL: the top. */
static int
node_for(struct walk *w, struct conf_node *parent, struct bv dn, struct conf_node **out,
    struct errbuf *e)
{
	size_t eq = bv_find(dn, 0, '=');
	struct bv type = bv_make(dn.p, eq);
	struct bv name = bv_from(dn, eq < dn.n ? eq + 1 : eq);

	name.n = bv_find(name, 0, ',');
	int code = check_name(name, e);
	if (code != 0)
		return code;
	if (parent == NULL) {
		*out = w->tree->root;
		return bv_is(type, "cn") && bv_is(name, "config")
			   ? 0
			   : err_set(e, ERR_CONFIG, "the entry is not cn=config");
	}
	if (bv_is(type, "olcOverlay"))
		return err_set(e, ERR_CONFIG, "overlay %.*s is not built in", BV(name));
	if (bv_is(type, "cn") && parent->kind != CONF_NODE_DB)
		return node_cn(w, parent, name, out, e);
	if (bv_is(type, "olcDatabase") && parent->kind == CONF_NODE_ROOT)
		return node_database(w, name, out, e);
	if (bv_is(type, "olcBackend") && parent->kind == CONF_NODE_ROOT)
		return node_backend(w, name, out, e);
	return err_set(e, ERR_CONFIG, "entry %.*s is not known here", BV(dn));
}

/* ---- attributes ---- */

/* Keeps an operational attribute. Returns whether it was one, or says what the node is anyway. */
static bool
take_stamp(struct walk *w, struct conf_node *n, const struct wire_attr *a)
{
	const struct {
		const char *name;
		struct bv *where; /* NULL: follows from the node */
	} known[] = {
	    {"entryUUID", &n->stamp.uuid},
	    {"entryCSN", &n->stamp.csn},
	    {"creatorsName", &n->stamp.creator},
	    {"createTimestamp", &n->stamp.created},
	    {"modifiersName", &n->stamp.modifier},
	    {"modifyTimestamp", &n->stamp.modified},
	    {"structuralObjectClass", NULL},
	    {"contextCSN", NULL},
	    {"objectClass", NULL},
	    {"cn", NULL},
	    {"olcDatabase", NULL},
	    {"olcBackend", NULL},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!bv_is(a->desc, known[i].name))
			continue;
		if (known[i].where != NULL && a->count > 0)
			*known[i].where = arena_dup(w->tree->arena, a->values[0]);
		return true;
	}
	return false;
}

struct ordered {
	int number;
	size_t at; /* keeps the sort stable */
	struct bv text;
};

static int
ordered_cmp(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Puts the values in, ordered ones by their {n}. */
static void
put_values(struct walk *w, struct conf_node *n, const struct option *o, const struct wire_attr *a)
{
	struct ordered *v = arena_zalloc(w->tree->arena, a->count, sizeof(*v));

	for (size_t i = 0; i < a->count; i++) {
		v[i] = (struct ordered){0, i, a->values[i]};
		if (o->ordered && conftree_ordered(a->values[i], &v[i].number, &v[i].text))
			v[i].text = bv_trim(v[i].text);
	}
	if (o->ordered)
		qsort(v, a->count, sizeof(*v), ordered_cmp);
	for (size_t i = 0; i < a->count; i++) {
		struct conf_value value = {
		    confshape_canonical(o, w->tree->arena, v[i].text), w->file, 0};
		conftree_put(w->tree, n, o, &value);
	}
}

static int
unknown(struct bv name, struct errbuf *e)
{
	const char *near = option_nearest_olc(name);

	if (near == NULL)
		return err_set(e, ERR_CONFIG, "unknown attribute %.*s", BV(name));
	return err_set(e, ERR_CONFIG, "unknown attribute %.*s; did you mean %s?", BV(name), near);
}

/* A NUL may be in a key or a password; a file name or a rule with one would be read two ways. */
static bool
has_nul(const struct option *o, const struct wire_attr *a)
{
	if ((o->flags & (OPTION_F_BINARY | OPTION_F_SECRET)) != 0)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (bv_find(a->values[i], 0, 0) != a->values[i].n)
			return true;
	}
	return false;
}

static int
take_attr(struct walk *w, struct conf_node *n, const struct wire_attr *a, struct errbuf *e)
{
	if (take_stamp(w, n, a))
		return 0;
	struct bv name = bv_make(a->desc.p, bv_find(a->desc, 0, ';'));
	const struct option *o = option_by_olc(name);
	if (o == NULL)
		return unknown(name, e);
	if ((o->scope & conftree_scope(n)) == 0)
		return err_set(e, ERR_CONFIG, "%s does not belong in entry %s=%.*s", o->olc,
		    conftree_naming(n), BV(n->name));
	if (!o->multi && (a->count > 1 || conftree_find(n, o) != NULL))
		return err_set(e, ERR_CONFIG, "%s has more than one value", o->olc);
	if (has_nul(o, a))
		return err_set(e, ERR_CONFIG, "%s holds a NUL byte", o->olc);
	put_values(w, n, o, a);
	return 0;
}

/* ---- files and folders ---- */

/* Warns when others can read a file that holds a password. */
static void
check_secrecy(struct walk *w, const struct conf_node *n, FILE *f)
{
	struct stat st;

	if (conftree_find(n, option_by_olc(BV_LIT("olcRootPW"))) == NULL)
		return;
	if (fstat(fileno(f), &st) == 0 && (st.st_mode & S_IROTH) != 0)
		conftree_warn(
		    w->tree, "%s holds olcRootPW and everybody may read it; chmod 640 it", w->file);
}

/* Reads the one record of an open file. */
static int
read_record(
    struct walk *w, FILE *f, struct conf_node *parent, struct conf_node **out, struct errbuf *e)
{
	struct ldif_reader *reader = ldif_reader_new(f, w->file, MAX_FILE_BYTES);
	struct ldif_record rec;
	int code = ldif_next(reader, w->tree->arena, &rec, e);

	ldif_reader_free(&reader);
	if (code < 0)
		return code;
	if (code == 0 || rec.change != LDIF_CONTENT)
		return err_set(e, ERR_CONFIG, "%s: the file does not hold an entry", w->file);
	code = node_for(w, parent, rec.dn, out, e);
	for (size_t i = 0; code == 0 && i < rec.attr_count; i++)
		code = take_attr(w, *out, &rec.attrs[i], e);
	return code == 0 ? 0 : err_prefix(e, code, "%s", w->file);
}

static int
read_file(struct walk *w, const char *path, struct conf_node *parent, struct conf_node **out,
    struct errbuf *e)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return err_set(e, ERR_IO, "cannot open %s: %s", path, strerror(errno));
	if (++w->files > MAX_FILES) {
		fclose(f);
		return err_set(e, ERR_LIMIT, "%s: more than %d files", path, MAX_FILES);
	}
	w->file = path;
	int code = read_record(w, f, parent, out, e);
	if (code == 0)
		check_secrecy(w, *out, f);
	fclose(f);
	return code;
}

static int
is_ldif(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	bool plain = d->d_type == DT_REG || d->d_type == DT_LNK || d->d_type == DT_UNKNOWN;

	return plain && n > 5 && d->d_name[0] != '.' && strcmp(d->d_name + n - 5, ".ldif") == 0;
}

static int read_children(
    struct walk *w, const char *folder, struct conf_node *parent, int depth, struct errbuf *e);

static int
read_child(struct walk *w, const char *path, struct conf_node *parent, int depth, struct errbuf *e)
{
	struct conf_node *n = NULL;
	struct bv folder = bv_make(path, strlen(path) - strlen(".ldif"));
	int code = read_file(w, path, parent, &n, e);

	if (code == 0)
		code = read_children(w, arena_str(w->tree->arena, folder), n, depth + 1, e);
	return code;
}

static int
read_children(
    struct walk *w, const char *folder, struct conf_node *parent, int depth, struct errbuf *e)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, is_ldif, alphasort);
	int code = 0;

	if (count < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (count < 0)
		return err_set(e, ERR_IO, "cannot read %s: %s", folder, strerror(errno));
	if (count > 0 && depth > MAX_DEPTH)
		code = err_set(e, ERR_LIMIT, "%s: more than %d levels", folder, MAX_DEPTH);
	for (int i = 0; i < count; i++) {
		struct bv path = arena_printf(w->tree->arena, "%s/%s", folder, names[i]->d_name);
		if (code == 0)
			code = read_child(w, (const char *)path.p, parent, depth, e);
		free(names[i]);
	}
	free(names);
	return code;
}

static int
read_top(struct walk *w, const char *path, struct errbuf *e)
{
	struct conf_node *top = NULL;
	const char *file = (const char *)arena_printf(w->tree->arena, "%s/cn=config.ldif", path).p;
	const char *folder = (const char *)arena_printf(w->tree->arena, "%s/cn=config", path).p;
	struct stat st;

	if (stat(file, &st) != 0 && errno == ENOENT)
		return err_set(
		    e, ERR_CONFIG, "%s holds no configuration: there is no cn=config.ldif", path);
	int code = read_file(w, file, NULL, &top, e);
	return code != 0 ? code : read_children(w, folder, top, 1, e);
}

int
confdir_read(const char *path, struct conf_tree **out, struct errbuf *e)
{
	struct walk w = {.tree = conftree_new()};

	w.tree->from_dir = true;
	int code = read_top(&w, path, e);
	if (code != 0) {
		conf_tree_free(&w.tree);
		return code == ERR_IO ? ERR_IO : ERR_CONFIG;
	}
	conftree_complete(w.tree);
	*out = w.tree;
	return 0;
}
