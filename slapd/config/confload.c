#include "config/confload.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/confname.h"
#include "config/confshape.h"
#include "config/conftree.h"
#include "config/option.h"
#include "wire/ldif.h"

/*
 * What may stand where is confname's; which attributes an entry may have follows from
 * the rows. Values keep the file and line where they stand, so that whatever is found
 * wrong with them later can be blamed on the place.
 */

enum { MAX_RECORD_BYTES = 16 << 20, MAX_LEVELS = 8 };

/* ---- lines ---- */

/* Returns whether the line that starts at p begins a value of the attribute. */
static bool
starts_value(struct bv text, size_t at, struct bv desc)
{
	struct bv rest = bv_from(text, at);

	return rest.n > desc.n && rest.p[desc.n] == ':' &&
	       bv_eq_nocase(bv_make(rest.p, desc.n), desc);
}

/* Finds the lines of the attribute's values, in their order: the record's where there is no text.
 * lines has room for count. */
static void
find_lines(const struct confload *l, struct bv desc, size_t count, unsigned long *lines)
{
	unsigned long line = 1;
	size_t found = 0;

	for (size_t at = 0; at < l->text.n && found < count; line++) {
		if (starts_value(l->text, at, desc))
			lines[found++] = line;
		const uint8_t *end = memchr(l->text.p + at, '\n', l->text.n - at);
		at = end == NULL ? l->text.n : (size_t)(end - l->text.p) + 1;
	}
	while (found < count)
		lines[found++] = l->line;
}

static int
blame_line(const struct confload *l, unsigned long line, struct errbuf *e)
{
	struct conf_value at = {BV_NONE, l->file, line};

	return conftree_blame(&at, e, ERR_CONFIG);
}

/* ---- nodes ---- */

static int
check_database(const struct confload *l, const struct confname *name, struct errbuf *e)
{
	if (!name->has_number)
		return err_set(
		    e, ERR_CONFIG, "olcDatabase=%.*s lacks its {number}", BV(name->base));
	if (name->db_type != CONF_DB_MDB && conftree_db(l->tree, name->db_type) != NULL)
		return err_set(
		    e, ERR_CONFIG, "a second database %s", conftree_db_name(name->db_type));
	return 0;
}

static int
node_new(struct confload *l, struct conf_node *parent, const struct confname *name,
    struct conf_node **out, struct errbuf *e)
{
	if (++l->nodes > CONFNAME_MAX_NODES)
		return err_set(e, ERR_LIMIT, "more than %d entries", CONFNAME_MAX_NODES);
	if (name->kind == CONF_NODE_DB && check_database(l, name, e) != 0)
		return ERR_CONFIG;
	if (name->kind == CONF_NODE_MODULE && !name->has_number)
		return err_set(e, ERR_CONFIG, "entry cn=%.*s is not known here", BV(name->whole));
	*out = conftree_add(l->tree, parent, name->kind, name->number, name->whole);
	(*out)->db_type = name->db_type;
	return 0;
}

/* Finds or makes the node that an RDN names below parent; NULL in *out: nothing to take. */
static int
node_for(struct confload *l, struct conf_node *parent, struct bv dn, struct conf_node **out,
    struct errbuf *e)
{
	size_t eq = bv_find(dn, 0, '=');
	struct bv type = bv_make(dn.p, eq);
	struct bv value = bv_from(dn, eq < dn.n ? eq + 1 : eq);
	struct confname name;

	value.n = bv_find(value, 0, ',');
	if (confname_read(parent, bv_trim(type), bv_trim(value), &name, e) != 0)
		return ERR_CONFIG;
	value = bv_trim(value);
	*out = NULL;
	if (name.is_include) {
		conftree_warn(l->tree,
		    "%s: entry cn=%.*s is left over from an old release and not read; what it "
		    "included must be in the other entries",
		    l->file, BV(value));
		return 0;
	}
	if (parent == NULL)
		*out = l->tree->root;
	else if (name.is_schema_root)
		*out = l->tree->schema;
	else
		return node_new(l, parent, &name, out, e);
	return 0;
}

/* ---- attributes ---- */

bool
confload_stamp(struct conf_tree *t, struct conf_node *n, const struct wire_attr *a)
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
			*known[i].where = arena_dup(t->arena, a->values[0]);
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
put_values(
    struct confload *l, struct conf_node *n, const struct option *o, const struct wire_attr *a)
{
	struct arena *arena = l->tree->arena;
	struct ordered *v = arena_zalloc(arena, a->count, sizeof(*v));
	unsigned long *lines = arena_zalloc(arena, a->count, sizeof(*lines));

	find_lines(l, a->desc, a->count, lines);
	for (size_t i = 0; i < a->count; i++) {
		v[i] = (struct ordered){0, i, a->values[i]};
		if (o->ordered && conftree_ordered(a->values[i], &v[i].number, &v[i].text))
			v[i].text = bv_trim(v[i].text);
	}
	if (o->ordered && a->count > 0)
		qsort(v, a->count, sizeof(*v), ordered_cmp);
	for (size_t i = 0; i < a->count; i++) {
		struct conf_value value = {
		    confshape_canonical(o, arena, v[i].text), l->file, lines[v[i].at]};
		conftree_put(l->tree, n, o, &value);
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
check_attr(
    const struct conf_node *n, const struct option *o, const struct wire_attr *a, struct errbuf *e)
{
	if ((o->scope & conftree_scope(n)) == 0)
		return err_set(e, ERR_CONFIG, "%s does not belong in entry %s=%.*s", o->olc,
		    conftree_naming(n), BV(n->name));
	if (!o->multi && (a->count > 1 || conftree_find(n, o) != NULL))
		return err_set(e, ERR_CONFIG, "%s has more than one value", o->olc);
	if (has_nul(o, a))
		return err_set(e, ERR_CONFIG, "%s holds a NUL byte", o->olc);
	if (a->count > CONFNAME_MAX_NUMBER)
		return err_set(
		    e, ERR_CONFIG, "%s has more than %d values", o->olc, CONFNAME_MAX_NUMBER);
	return 0;
}

static int
take_attr(struct confload *l, struct conf_node *n, const struct wire_attr *a, struct errbuf *e)
{
	struct bv name = bv_make(a->desc.p, bv_find(a->desc, 0, ';'));

	if (confload_stamp(l->tree, n, a))
		return 0;
	const struct option *o = option_by_olc(name);
	int code = o == NULL ? unknown(name, e) : check_attr(n, o, a, e);
	if (code != 0) {
		unsigned long line;
		find_lines(l, a->desc, 1, &line);
		return blame_line(l, line, e);
	}
	put_values(l, n, o, a);
	return 0;
}

int
confload_record(struct confload *l, struct conf_node *parent, const struct ldif_record *rec,
    struct conf_node **out, struct errbuf *e)
{
	l->line = rec->line;
	if (rec->change != LDIF_CONTENT) {
		err_set(e, ERR_CONFIG, "a change record; entries are needed");
		return blame_line(l, rec->line, e);
	}
	if (node_for(l, parent, rec->dn, out, e) != 0)
		return blame_line(l, rec->line, e);
	if (*out == NULL)
		return 0;
	(*out)->file = l->file;
	(*out)->line = rec->line;
	int code = 0;
	for (size_t i = 0; code == 0 && i < rec->attr_count; i++)
		code = take_attr(l, *out, &rec->attrs[i], e);
	return code;
}

int
confload_finish(struct conf_tree *t, int code, struct conf_tree **out)
{
	if (code != 0) {
		conf_tree_free(&t);
		return code == ERR_IO ? ERR_IO : ERR_CONFIG;
	}
	conftree_complete(t);
	*out = t;
	return 0;
}

/* ---- one LDIF ---- */

struct records {
	struct ldif_record *v;
	size_t n, cap;
	struct arena *arena; /* of the records and of their names */
};

/* Cuts a DN into RDNs, leaf first. Returns how many; 0 when it is not under cn=config. */
static size_t
cut(struct bv dn, struct bv rdns[MAX_LEVELS])
{
	size_t count = 0;

	for (size_t at = 0; at <= dn.n && count < MAX_LEVELS; count++) {
		size_t end = bv_find(dn, at, ',');
		rdns[count] = bv_trim(bv_make(dn.p + at, end - at));
		at = end + 1;
		if (end == dn.n)
			return bv_is(rdns[count], "cn=config") ? count + 1 : 0;
	}
	return 0;
}

static size_t
depth_of(struct bv dn)
{
	struct bv rdns[MAX_LEVELS];

	return cut(dn, rdns);
}

static int
record_cmp(const void *x, const void *y)
{
	const struct ldif_record *a = x, *b = y;
	size_t da = depth_of(a->dn), db = depth_of(b->dn);

	if (da != db)
		return da < db ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static int
read_records(FILE *f, const char *name, struct records *r, struct errbuf *e)
{
	struct ldif_reader *reader = ldif_reader_new(f, name, MAX_RECORD_BYTES);
	struct ldif_record rec;
	int code;

	while ((code = ldif_next(reader, r->arena, &rec, e)) > 0) {
		if (r->n == CONFNAME_MAX_NODES) {
			code = err_set(
			    e, ERR_LIMIT, "%s: more than %d entries", name, CONFNAME_MAX_NODES);
			break;
		}
		if (r->n == r->cap) {
			size_t cap = r->cap == 0 ? 64 : r->cap * 2;
			r->v = arena_grow(r->arena, r->v, r->cap, cap, sizeof(*r->v));
			r->cap = cap;
		}
		r->v[r->n++] = rec;
	}
	ldif_reader_free(&reader);
	return code;
}

/* Finds a record's superior among the nodes there are. */
static int
superior_of(const struct confload *l, const struct ldif_record *rec, struct conf_node **out,
    struct errbuf *e)
{
	struct bv rdns[MAX_LEVELS];
	size_t count = cut(rec->dn, rdns);
	struct conf_node *n = NULL;

	if (count == 0)
		return err_set(e, ERR_CONFIG, "dn: %.*s: not the name of an entry under cn=config",
		    rec->dn.n < 200 ? (int)rec->dn.n : 200, (const char *)rec->dn.p);
	for (size_t i = count; i-- > 1;) {
		size_t eq = bv_find(rdns[i], 0, '=');
		struct bv value = bv_from(rdns[i], eq < rdns[i].n ? eq + 1 : eq);
		n = confname_find(l->tree, n, bv_trim(bv_make(rdns[i].p, eq)), bv_trim(value));
		if (n == NULL)
			return err_set(
			    e, ERR_CONFIG, "there is no entry %.*s above this one", BV(rdns[i]));
	}
	*out = n;
	return 0;
}

/* Returns whether the entry has come before: cn=config and cn=schema are there from the start. */
static bool
is_second(const struct conf_node *parent, const struct conf_tree *t, struct bv dn)
{
	size_t eq = bv_find(dn, 0, '=');
	struct bv value = bv_from(dn, eq < dn.n ? eq + 1 : eq);

	value = bv_trim(bv_make(value.p, bv_find(value, 0, ',')));
	const struct conf_node *n = confname_find(t, parent, bv_trim(bv_make(dn.p, eq)), value);
	return n != NULL && n->line != 0;
}

static int
take_record(struct confload *l, const struct ldif_record *rec, struct errbuf *e)
{
	struct conf_node *parent = NULL, *n = NULL;

	if (superior_of(l, rec, &parent, e) != 0)
		return blame_line(l, rec->line, e);
	if (is_second(parent, l->tree, rec->dn)) {
		err_set(e, ERR_CONFIG, "dn: %.*s: the entry comes twice", BV(rec->dn));
		return blame_line(l, rec->line, e);
	}
	return confload_record(l, parent, rec, &n, e);
}

int
confload_ldif(FILE *f, const char *name, struct conf_tree **out, struct errbuf *e)
{
	struct confload l = {.tree = conftree_new()};
	struct records r = {.arena = arena_new(65536)};

	arena_set_secret(r.arena);
	l.tree->from_dir = true;
	l.file = arena_str(l.tree->arena, bv_str(name));
	int code = read_records(f, l.file, &r, e);
	if (r.n > 0)
		qsort(r.v, r.n, sizeof(*r.v), record_cmp);
	if (code == 0 && (r.n == 0 || depth_of(r.v[0].dn) > 1))
		code = err_set(e, ERR_CONFIG, "%s holds no entry cn=config", name);
	for (size_t i = 0; code == 0 && i < r.n; i++)
		code = take_record(&l, &r.v[i], e);
	arena_free(&r.arena);
	return confload_finish(l.tree, code, out);
}
