#include "config/confread.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conflex.h"
#include "config/confshape.h"
#include "config/conftree.h"
#include "config/option.h"

/*
 * slapd.conf. A line's keyword finds its row; the row says how the words become
 * values and the section (global, backend, database) in which entry they go. What
 * begins a section, and include, have a function each. Values are checked later, by
 * confbuild, with the place recorded here. Bounds: 16 files deep, 1024 files, 16 MiB
 * each.
 */

enum { MAX_DEPTH = 16, MAX_FILES = 1024, MAX_FILE_BYTES = 16 << 20, MAX_DATABASES = 1000 };

/* One open file of the include chain. */
struct source {
	struct source *outer;
	const char *name;
	dev_t dev;
	ino_t ino;
	bool readable_by_all;
	bool has_rootpw;
	struct conf_node *schema; /* entry of its definitions, made by the first */
};

struct reader {
	struct conf_tree *tree;
	struct source *source;
	struct conf_node *section; /* database or backend that lines belong to; NULL: global */
	struct conf_node *module;
	int databases;
	int schemas;
	int modules;
	int backends;
	int files;
	unsigned long line; /* of source, being read */
	bool blamed;	    /* the error text has its place already */
};

/* ---- include ---- */

static bool
is_open(const struct reader *r, const struct stat *st)
{
	for (const struct source *s = r->source; s != NULL; s = s->outer) {
		if (s->dev == st->st_dev && s->ino == st->st_ino)
			return true;
	}
	return false;
}

static int
load(FILE *f, const char *name, struct buf *out, struct errbuf *e)
{
	size_t n;

	do {
		if (out->n > MAX_FILE_BYTES)
			return err_set(e, ERR_LIMIT, "%s is longer than 16 MiB", name);
		n = fread(buf_reserve(out, 65536), 1, 65536, f);
		out->n += n;
	} while (n > 0);
	if (ferror(f))
		return err_set(e, ERR_IO, "cannot read %s: %s", name, strerror(errno));
	return 0;
}

/* Refuses what is not a file, or is being read already; remembers what the file is. */
static int
check_file(const struct reader *r, FILE *f, struct source *s, struct errbuf *e)
{
	struct stat st;

	if (fstat(fileno(f), &st) != 0)
		return err_set(e, ERR_IO, "cannot read %s: %s", s->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is a directory; -F takes those", s->name);
	if (is_open(r, &st))
		return err_set(e, ERR_CONFIG, "%s includes itself", s->name);
	s->readable_by_all = S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0;
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return 0;
}

static int read_lines(struct reader *r, struct bv text, struct errbuf *e);

/* Reads text as the contents of s. */
static int
read_source(struct reader *r, struct source *s, struct bv text, struct errbuf *e)
{
	s->outer = r->source;
	r->source = s;
	int code = read_lines(r, text, e);
	if (code == 0 && s->has_rootpw && s->readable_by_all)
		conftree_warn(
		    r->tree, "%s holds rootpw and everybody may read it; chmod 640 it", s->name);
	r->source = s->outer;
	return code;
}

static int
read_file(struct reader *r, const char *name, struct errbuf *e)
{
	struct source s = {.name = name};
	struct buf text;
	FILE *f = fopen(name, "re");

	if (f == NULL)
		return err_set(e, ERR_IO, "cannot open %s: %s", name, strerror(errno));
	buf_init(&text);
	int code = check_file(r, f, &s, e);
	if (code == 0)
		code = load(f, name, &text, e);
	fclose(f);
	if (code == 0)
		code = read_source(r, &s, buf_bv(&text), e);
	buf_done_secret(&text);
	return code;
}

static int
line_include(struct reader *r, const struct confshape_line *l, struct errbuf *e)
{
	int depth = 0;

	if (l->words.n != 2)
		return err_set(e, ERR_CONFIG, "include: expected one file name");
	for (const struct source *s = r->source; s != NULL; s = s->outer)
		depth++;
	if (depth >= MAX_DEPTH || r->files >= MAX_FILES)
		return err_set(e, ERR_LIMIT, "include %.*s: files are %d deep or %d in all already",
		    BV(l->words.v[1]), MAX_DEPTH, MAX_FILES);
	if (r->files < 0)
		return err_set(e, ERR_CONFIG, "include is not possible here");
	r->files++;
	int code = read_file(r, arena_str(r->tree->arena, l->words.v[1]), e);
	r->line = l->line;
	return code == 0 || r->blamed ? code : err_prefix(e, code, "include");
}

/* ---- sections ---- */

static int
one_name(const struct confshape_line *l, struct errbuf *e)
{
	if (l->words.n == 2)
		return 0;
	return err_set(e, ERR_CONFIG, "%s: expected %s", l->option->keyword, l->option->usage);
}

static struct conf_node *
begin(struct reader *r, struct conf_node *parent, enum conf_node_kind kind, int number,
    struct bv name)
{
	struct conf_node *n = conftree_add(r->tree, parent, kind, number, name);

	n->file = r->source->name;
	n->line = r->line;
	return n;
}

static int
line_database(struct reader *r, const struct confshape_line *l, struct errbuf *e)
{
	enum conf_db_type type;
	int code = one_name(l, e);

	if (code == 0)
		code = conftree_db_type(l->words.v[1], &type, e);
	if (code != 0)
		return code;
	if (type == CONF_DB_FRONTEND || type == CONF_DB_CONFIG) {
		r->section = conftree_db_need(r->tree, type);
		return 0;
	}
	if (type == CONF_DB_MONITOR && conftree_db(r->tree, type) != NULL)
		return err_set(e, ERR_CONFIG, "database monitor is there already");
	if (r->databases == MAX_DATABASES)
		return err_set(e, ERR_LIMIT, "more than %d databases", MAX_DATABASES);
	int n = ++r->databases;
	struct bv name = arena_printf(r->tree->arena, "{%d}%s", n, conftree_db_name(type));
	r->section = begin(r, r->tree->root, CONF_NODE_DB, n, name);
	r->section->db_type = type;
	return 0;
}

static int
line_backend(struct reader *r, const struct confshape_line *l, struct errbuf *e)
{
	int code = one_name(l, e);

	if (code != 0)
		return code;
	if (!bv_is(l->words.v[1], "mdb"))
		return err_set(
		    e, ERR_CONFIG, "backend %.*s is not built in; expected mdb", BV(l->words.v[1]));
	if (r->databases > 0 || r->backends > 0)
		return err_set(
		    e, ERR_CONFIG, "backend mdb belongs once before the first database line");
	r->backends = 1;
	r->section = begin(r, r->tree->root, CONF_NODE_BACKEND, 0, BV_LIT("{0}mdb"));
	return 0;
}

static int
line_overlay(struct reader *r, const struct confshape_line *l, struct errbuf *e)
{
	int code = one_name(l, e);

	(void)r;
	if (code != 0)
		return code;
	return err_set(e, ERR_CONFIG,
	    "overlay %.*s is not built in; remove it and its options if the directory can do "
	    "without it",
	    BV(l->words.v[1]));
}

/* ---- options ---- */

/* Returns a file name without its folder and its last extension, fit for a DN and a file. */
static struct bv
base_name(struct arena *a, const char *path)
{
	struct bv base = bv_str(path);
	size_t slash, dot = 0;

	while ((slash = bv_find(base, 0, '/')) < base.n)
		base = bv_from(base, slash + 1);
	for (size_t i = 1; i < base.n; i++) {
		if (base.p[i] == '.')
			dot = i;
	}
	if (dot > 0)
		base.n = dot;
	char *name = arena_str(a, base);
	for (size_t i = 0; i < base.n; i++) {
		if (!conftree_name_byte(base.p[i]))
			name[i] = '_';
	}
	return bv_make(name, base.n);
}

/* Returns the entry for definitions of the present file: cn=config for the outermost. */
static struct conf_node *
schema_entry(struct reader *r)
{
	struct source *s = r->source;

	if (s->outer == NULL)
		return r->tree->root;
	if (s->schema == NULL) {
		int n = r->schemas++;
		struct bv name = arena_printf(
		    r->tree->arena, "{%d}%.*s", n, BV(base_name(r->tree->arena, s->name)));
		s->schema = begin(r, r->tree->schema, CONF_NODE_SCHEMA, n, name);
	}
	return s->schema;
}

/* Returns the entry for a module line; another path begins another entry. */
static struct conf_node *
module_entry(struct reader *r, const struct option *o)
{
	if (r->module == NULL || (!o->multi && r->module->count > 0)) {
		int n = r->modules++;
		r->module = begin(r, r->tree->root, CONF_NODE_MODULE, n,
		    arena_printf(r->tree->arena, "module{%d}", n));
	}
	return r->module;
}

static int
misplaced(const struct option *o, struct errbuf *e)
{
	const char *where = "below a \"database\" line";

	if ((o->scope & OPTION_BACKEND) != 0)
		where = "below a \"backend mdb\" line";
	else if ((o->scope & OPTION_MDB) != 0)
		where = "below a \"database mdb\" line";
	return err_set(e, ERR_CONFIG, "%s is in the wrong place: it belongs %s", o->keyword, where);
}

/* Returns the entry that an option of the present section goes to, or NULL. */
static struct conf_node *
entry_for(struct reader *r, const struct option *o)
{
	if ((o->scope & OPTION_SCHEMA) != 0)
		return schema_entry(r);
	if ((o->scope & OPTION_MODULE) != 0)
		return module_entry(r, o);
	if (r->section != NULL && (o->scope & conftree_scope(r->section)) != 0)
		return r->section;
	if ((o->scope & OPTION_FRONTEND) != 0)
		return conftree_db_need(r->tree, CONF_DB_FRONTEND);
	return (o->scope & OPTION_GLOBAL) != 0 ? r->tree->root : NULL;
}

static int
line_option(struct reader *r, const struct confshape_line *l, struct errbuf *e)
{
	struct conf_node *n = entry_for(r, l->option);

	if (n == NULL)
		return misplaced(l->option, e);
	if (bv_is(bv_str(l->option->keyword), "rootpw"))
		r->source->has_rootpw = true;
	return confshape_put(r->tree, n, l, e);
}

static int
unknown(struct bv keyword, struct errbuf *e)
{
	const char *near = option_nearest(keyword);
	int shown = keyword.n > 64 ? 64 : (int)keyword.n;

	if (near == NULL)
		return err_set(
		    e, ERR_CONFIG, "unknown directive %.*s", shown, (const char *)keyword.p);
	return err_set(e, ERR_CONFIG, "unknown directive %.*s; did you mean %s?", shown,
	    (const char *)keyword.p, near);
}

static int
read_line(struct reader *r, struct confshape_line *l, struct errbuf *e)
{
	static const struct {
		const char *keyword;
		int (*read)(struct reader *r, const struct confshape_line *l, struct errbuf *e);
	} special[] = {
	    {"include", line_include},
	    {"database", line_database},
	    {"backend", line_backend},
	    {"overlay", line_overlay},
	};

	l->option = option_by_keyword(l->words.v[0]);
	if (l->option == NULL)
		return unknown(l->words.v[0], e);
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (bv_is(bv_str(l->option->keyword), special[i].keyword))
			return special[i].read(r, l, e);
	}
	return line_option(r, l, e);
}

/* Gives an error its place: the innermost file's. */
static int
blame(struct reader *r, struct errbuf *e, int code)
{
	struct conf_value at = {BV_NONE, r->source->name, r->line};

	if (r->blamed)
		return code;
	r->blamed = true;
	return conftree_blame(&at, e, code);
}

static int
read_lines(struct reader *r, struct bv text, struct errbuf *e)
{
	struct arena *a = r->tree->arena;
	struct conflex lex;
	int code;

	conflex_init(&lex, text);
	do {
		struct confshape_line l = {.file = r->source->name};
		code = conflex_next(&lex, a, &l.text, e);
		r->line = l.line = lex.line;
		if (code == 1)
			code = conflex_split(a, l.text, &l.words, e) != 0 ? ERR_SYNTAX : 1;
		if (code == 1 && l.words.n > 0) {
			int failed = read_line(r, &l, e);
			code = failed != 0 ? failed : 1;
		}
	} while (code == 1);
	return code == 0 ? 0 : blame(r, e, code);
}

/* ---- entry points ---- */

static int
finish(struct reader *r, int code, struct conf_tree **out)
{
	if (code != 0) {
		conf_tree_free(&r->tree);
		return code == ERR_IO ? ERR_IO : ERR_CONFIG;
	}
	conftree_complete(r->tree);
	*out = r->tree;
	return 0;
}

int
confread_file(const char *path, struct conf_tree **out, struct errbuf *e)
{
	struct reader r = {.tree = conftree_new()};

	return finish(&r, read_file(&r, arena_str(r.tree->arena, bv_str(path)), e), out);
}

int
confread_text(struct bv text, const char *name, struct conf_tree **out, struct errbuf *e)
{
	struct reader r = {.tree = conftree_new(), .files = -1};
	struct source s = {.name = arena_str(r.tree->arena, bv_str(name))};

	return finish(&r, read_source(&r, &s, text, e), out);
}
