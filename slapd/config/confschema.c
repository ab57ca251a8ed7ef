#include "config/confschema.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conflex.h"
#include "config/confbuild.h"
#include "config/conftree.h"
#include "config/option.h"
#include "model/schema.h"

/*
 * Definitions may refer to later ones (slapd.d keeps classes and types of an entry
 * apart, and a slapd.conf may define types behind an include): what is undefined in
 * one pass is tried again in the next, for a bounded number of passes.
 */

enum { MAX_PASSES = 8 };

#define ARC "1.3.6.1.4.1.4203.1.12.2.4."

/* An object class of cn=config; MUST is one attribute or none, MAY comes from the rows. */
struct own_class {
	const char *oid;
	const char *name;
	const char *sup;
	const char *kind;
	const char *must;
	unsigned scope; /* rows with one of these bits */
	unsigned not_scope;
	bool cn;
};

static const struct own_class own_classes[] = {
    {ARC "0.0", "olcConfig", "top", "ABSTRACT", NULL, 0, 0, false},
    {ARC "0.1", "olcGlobal", "olcConfig", "STRUCTURAL", NULL, OPTION_GLOBAL | OPTION_SCHEMA, 0,
	true},
    {ARC "0.2", "olcSchemaConfig", "olcConfig", "STRUCTURAL", NULL, OPTION_SCHEMA, 0, true},
    {ARC "0.3", "olcBackendConfig", "olcConfig", "STRUCTURAL", "olcBackend", 0, 0, false},
    {ARC "0.4", "olcDatabaseConfig", "olcConfig", "STRUCTURAL", "olcDatabase", OPTION_DB, 0, false},
    {ARC "0.5", "olcOverlayConfig", "olcConfig", "STRUCTURAL", "olcOverlay", 0, 0, false},
    {ARC "0.6", "olcIncludeFile", "olcConfig", "STRUCTURAL", "olcInclude", 0, 0, true},
    {ARC "0.7", "olcFrontendConfig", NULL, "AUXILIARY", NULL, OPTION_FRONTEND, OPTION_DB, false},
    {ARC "0.8", "olcModuleList", "olcConfig", "STRUCTURAL", NULL, OPTION_MODULE, 0, true},
    {ARC "1.12.1", "olcMdbBkConfig", "olcBackendConfig", "STRUCTURAL", NULL, OPTION_BACKEND, 0,
	false},
    {ARC "2.12.1", "olcMdbConfig", "olcDatabaseConfig", "STRUCTURAL", "olcDbDirectory", OPTION_MDB,
	0, false},
    {ARC "2.4.1", "olcMonitorConfig", "olcDatabaseConfig", "STRUCTURAL", NULL, 0, 0, false},
};

/* Attributes whose rules do not follow from the row's type and flags. */
static const struct {
	const char *olc;
	const char *rules;
} odd_rules[] = {
    {"olcDatabase", "SUP olcBackend"},
    {"olcOverlay", "SUP olcDatabase"},
    {"olcTLSCertificateKey", "EQUALITY privateKeyMatch SYNTAX 1.2.840.113549.1.8.1.1"},
};

/* Returns the part of an attribute type description that says how values compare. */
static const char *
value_rules(const struct option *o)
{
	for (size_t i = 0; i < sizeof(odd_rules) / sizeof(odd_rules[0]); i++) {
		if (bv_is(bv_str(o->olc), odd_rules[i].olc))
			return odd_rules[i].rules;
	}
	if ((o->flags & OPTION_F_BINARY) != 0)
		return "EQUALITY certificateExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.8";
	if ((o->flags & OPTION_F_RAW) != 0)
		return "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX "
		       "1.3.6.1.4.1.1466.115.121.1.15";
	if ((o->flags & OPTION_F_SECRET) != 0 && o->type == OPTION_T_OWN)
		return "EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40";
	if ((o->flags & OPTION_F_EXACT) != 0)
		return "EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15";
	switch (o->type) {
	case OPTION_T_BOOL:
		return "EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7";
	case OPTION_T_INT:
		return "EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27";
	case OPTION_T_DN:
		return "EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12";
	case OPTION_T_TEXT:
	case OPTION_T_WORDS:
	case OPTION_T_OWN:
		break;
	}
	return "EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15";
}

/* Returns the first sentence of a row's help as a quoted string (RFC 4512 4.1). */
static struct bv
quoted_help(const struct option *o, struct arena *a)
{
	const char *help = o->help == NULL ? "" : o->help;
	const char *end = strstr(help, ". ");
	size_t n = end == NULL ? strlen(help) : (size_t)(end - help);
	char *text = arena_alloc(a, n * 3 + 1);
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (help[i] == '\'' || help[i] == '\\') {
			memcpy(text + at, help[i] == '\'' ? "\\27" : "\\5C", 3);
			at += 3;
		} else {
			text[at++] = help[i];
		}
	}
	if (at > 0 && text[at - 1] == '.')
		at--;
	return bv_make(text, at);
}

struct bv
confschema_attr_text(const struct option *o, struct arena *a)
{
	struct bv help = quoted_help(o, a);
	const char *order = "";

	if ((o->flags & OPTION_F_NODE) != 0)
		order = " X-ORDERED 'SIBLINGS'";
	else if (o->ordered)
		order = " X-ORDERED 'VALUES'";
	if (bv_is(bv_str(o->olc), "olcMultiProvider"))
		return arena_printf(a,
		    "( %s NAME ( '%s' 'olcMirrorMode' ) DESC '%.*s' %s SINGLE-VALUE )", o->oid,
		    o->olc, BV(help), value_rules(o));
	return arena_printf(a, "( %s NAME '%s' DESC '%.*s' %s%s%s )", o->oid, o->olc, BV(help),
	    value_rules(o), o->multi ? "" : " SINGLE-VALUE", order);
}

static int
add_attr_types(struct schema_builder *s, struct arena *a, struct errbuf *e)
{
	size_t count;
	const struct option *rows = option_rows(&count);
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++) {
		if (rows[i].olc != NULL)
			code = schema_add_attr_type(s, confschema_attr_text(&rows[i], a), e);
	}
	return code;
}

/* Returns whether a row's attribute is optional in the class. */
static bool
in_class(const struct own_class *c, const struct option *o)
{
	bool must = c->must != NULL && o->olc != NULL && bv_is(bv_str(o->olc), c->must);

	return o->olc != NULL && !must && (o->scope & c->scope) != 0 &&
	       (o->scope & c->not_scope) == 0 && (o->flags & OPTION_F_NODE) == 0;
}

static void
put_may(const struct own_class *c, struct buf *out)
{
	size_t count, put = 0;
	const struct option *rows = option_rows(&count);

	if (c->cn) {
		buf_printf(out, " MAY ( cn");
		put++;
	}
	for (size_t i = 0; i < count; i++) {
		if (in_class(c, &rows[i]))
			buf_printf(out, put++ == 0 ? " MAY ( %s" : " $ %s", rows[i].olc);
	}
	if (put > 0)
		buf_printf(out, " )");
}

static int
add_class(struct schema_builder *s, const struct own_class *c, struct errbuf *e)
{
	struct buf text;

	buf_init(&text);
	buf_printf(&text, "( %s NAME '%s'", c->oid, c->name);
	if (c->sup != NULL)
		buf_printf(&text, " SUP %s", c->sup);
	buf_printf(&text, " %s", c->kind);
	if (c->must != NULL)
		buf_printf(&text, " MUST %s", c->must);
	put_may(c, &text);
	buf_printf(&text, " )");
	int code = schema_add_object_class(s, buf_bv(&text), e);
	buf_done(&text);
	return code;
}

int
confschema_add_own(struct schema_builder *s, struct arena *a, struct errbuf *e)
{
	int code = add_attr_types(s, a, e);

	for (size_t i = 0; code == 0 && i < sizeof(own_classes) / sizeof(own_classes[0]); i++)
		code = add_class(s, &own_classes[i], e);
	return code;
}

/* ---- the definitions in the tree ---- */

typedef int add_fn(struct schema_builder *s, struct bv text, struct errbuf *e);

/* The kinds of definition, in the order in which an entry's are read. */
static const struct {
	const char *keyword;
	add_fn *add; /* NULL: an OID macro */
} definition_kinds[] = {
    {"objectidentifier", NULL},
    {"ldapsyntax", schema_add_syntax},
    {"attributetype", schema_add_attr_type},
    {"objectclass", schema_add_object_class},
    {"ditcontentrule", schema_add_content_rule},
};

struct definition {
	const struct option *option;
	const struct conf_value *value;
	add_fn *add;
	bool repeats_ok; /* cn=config and cn=schema of slapd.d repeat what is built in */
};

struct definitions {
	struct definition *v;
	size_t n, cap;
};

static void
push(struct arena *a, struct definitions *d, const struct definition *one)
{
	if (d->n == d->cap) {
		size_t cap = d->cap == 0 ? 256 : d->cap * 2;
		d->v = arena_grow(a, d->v, d->cap, cap, sizeof(*d->v));
		d->cap = cap;
	}
	d->v[d->n++] = *one;
}

/* Collects the macros of a node, or everything else. */
static void
collect_node(struct arena *a, const struct conf_tree *t, const struct conf_node *n, bool macros,
    struct definitions *d)
{
	struct definition one = {NULL, NULL, NULL, t->from_dir && n == t->schema};

	for (size_t k = 0; k < sizeof(definition_kinds) / sizeof(definition_kinds[0]); k++) {
		if (macros != (definition_kinds[k].add == NULL))
			continue;
		const struct option *o = option_by_keyword(bv_str(definition_kinds[k].keyword));
		const struct conf_attr *attr = conftree_find(n, o);
		one.option = o;
		one.add = definition_kinds[k].add;
		for (size_t i = 0; attr != NULL && i < attr->count; i++) {
			one.value = &attr->values[i];
			push(a, d, &one);
		}
	}
}

/* Collects the macros of a tree, or everything else. */
static void
collect(struct arena *a, const struct conf_tree *t, bool macros, struct definitions *d)
{
	for (const struct conf_node *n = t->root; n != NULL; n = conftree_next(n))
		collect_node(a, t, n, macros, d);
}

/* Returns whether a macro was defined before, in the same words. */
static bool
is_repeated(const struct conf_build *b, struct bv name, const struct conf_value *v)
{
	const struct option *o = option_by_keyword(BV_LIT("objectidentifier"));

	for (const struct conf_node *n = b->tree->root; n != NULL; n = conftree_next(n)) {
		const struct conf_attr *attr = conftree_find(n, o);
		for (size_t i = 0; attr != NULL && i < attr->count; i++) {
			struct bv other = attr->values[i].text;
			if (other.n > name.n && other.p[name.n] == ' ' &&
			    bv_eq_nocase(bv_make(other.p, name.n), name))
				return &attr->values[i] != v && bv_eq_nocase(other, v->text);
		}
	}
	return false;
}

static int
add_macro(
    struct conf_build *b, struct schema_builder *s, const struct conf_value *v, struct errbuf *e)
{
	struct conflex_words w;
	int code = conflex_split(b->arena, v->text, &w, e);

	if (code != 0)
		return code;
	if (w.n != 2)
		return err_set(e, ERR_CONFIG, "expected <name> and <oid>");
	code = schema_add_oid_macro(s, w.v[0], w.v[1], e);
	if (code == ERR_EXISTS && is_repeated(b, w.v[0], v))
		return 0;
	return code == ERR_SYNTAX ? ERR_UNDEFINED : code; /* its base may follow */
}

/* Adds one definition: 0, ERR_UNDEFINED (worth another pass), or another error, blamed. */
static int
add_one(
    struct conf_build *b, struct schema_builder *s, const struct definition *d, struct errbuf *e)
{
	int code = d->add == NULL ? add_macro(b, s, d->value, e) : d->add(s, d->value->text, e);

	if (code == ERR_EXISTS && d->repeats_ok)
		return 0;
	if (code == 0)
		return 0;
	err_prefix(e, code, "%s", confbuild_name(b, d->option));
	conftree_blame(d->value, e, code);
	return code == ERR_UNDEFINED ? code : ERR_CONFIG;
}

/* One pass over what is left; what stays undefined moves to the front. */
static int
add_pass(struct conf_build *b, struct schema_builder *s, struct definitions *d, struct errbuf *e)
{
	size_t kept = 0;
	bool told = false;
	struct errbuf text;

	for (size_t i = 0; i < d->n; i++) {
		int code = add_one(b, s, &d->v[i], &text);
		if (code == ERR_UNDEFINED) {
			if (!told && !d->v[i].repeats_ok)
				*e = text;
			told |= !d->v[i].repeats_ok;
			d->v[kept++] = d->v[i];
		} else if (code != 0) {
			*e = text;
			return code;
		}
	}
	d->n = kept;
	return 0;
}

/* Drops what OpenLDAP's own dump of cn=schema defines in terms this server does not have. */
static void
drop_foreign(struct definitions *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (!d->v[i].repeats_ok)
			d->v[kept++] = d->v[i];
	}
	d->n = kept;
}

/* Adds all macros of the tree, or everything else, in as many passes as it takes. */
static int
add_definitions(struct conf_build *b, struct schema_builder *s, bool macros, struct errbuf *e)
{
	struct definitions d = {NULL, 0, 0};
	int code = 0;

	collect(b->arena, b->tree, macros, &d);
	for (int pass = 0; code == 0 && d.n > 0 && pass < MAX_PASSES; pass++) {
		size_t before = d.n;
		code = add_pass(b, s, &d, e);
		if (d.n == before)
			break;
	}
	if (code != 0)
		return code;
	drop_foreign(&d);
	return d.n == 0 ? 0 : ERR_CONFIG;
}

/* attributeoptions: the first line replaces the default. */
static int
add_options(struct conf_build *b, struct schema_builder *s, struct errbuf *e)
{
	const struct option *o = option_by_keyword(BV_LIT("attributeoptions"));
	const struct conf_attr *attr = conftree_find(b->tree->root, o);
	int code = 0;

	if (attr == NULL)
		return 0;
	schema_clear_options(s);
	for (size_t i = 0; code == 0 && i < attr->count; i++) {
		code = schema_add_option(s, attr->values[i].text, e);
		if (code == 0)
			continue;
		err_prefix(e, code, "%s", confbuild_name(b, o));
		code = conftree_blame(&attr->values[i], e, ERR_CONFIG);
	}
	return code;
}

/* ---- one schema for many snapshots ---- */

static bool
same_values(const struct conf_attr *x, const struct conf_attr *y)
{
	if (x == NULL || y == NULL)
		return x == y;
	for (size_t i = 0; i < x->count && x->count == y->count; i++) {
		if (!bv_eq(x->values[i].text, y->values[i].text))
			return false;
	}
	return x->count == y->count;
}

static bool
same_kind(struct arena *a, const struct conf_tree *x, const struct conf_tree *y, bool macros)
{
	struct definitions dx = {NULL, 0, 0}, dy = {NULL, 0, 0};

	collect(a, x, macros, &dx);
	collect(a, y, macros, &dy);
	for (size_t i = 0; i < dx.n && dx.n == dy.n; i++) {
		if (dx.v[i].add != dy.v[i].add || dx.v[i].repeats_ok != dy.v[i].repeats_ok ||
		    !bv_eq(dx.v[i].value->text, dy.v[i].value->text))
			return false;
	}
	return dx.n == dy.n;
}

/* Returns whether two trees define the same schema in the same words and order. */
static bool
same_schema(struct arena *a, const struct conf_tree *x, const struct conf_tree *y)
{
	const struct option *o = option_by_keyword(BV_LIT("attributeoptions"));

	return same_values(conftree_find(x->root, o), conftree_find(y->root, o)) &&
	       same_kind(a, x, y, true) && same_kind(a, x, y, false);
}

/* Drops a reference; the last one frees. */
static void
release(void *arg)
{
	struct confschema_shared *shared = arg;

	if (atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) != 1)
		return;
	struct arena *a = shared->arena;
	arena_free(&a);
}

static int
build_into(struct conf_build *b, struct arena *a, struct errbuf *e)
{
	struct schema_builder *s = schema_builder_new(a);
	int code = confschema_add_own(s, b->arena, e);

	if (code != 0)
		return err_prefix(e, ERR_CONFIG, "built-in configuration schema");
	code = add_options(b, s, e);
	if (code == 0)
		code = add_definitions(b, s, true, e);
	if (code == 0)
		code = add_definitions(b, s, false, e);
	if (code == 0)
		b->schema = schema_build(s);
	return code;
}

int
confschema_build(struct conf_build *b, struct errbuf *e)
{
	struct confschema_shared *shared;

	if (b->before != NULL && same_schema(b->arena, b->before->tree, b->tree)) {
		shared = b->before->schema_shared;
		atomic_fetch_add_explicit(&shared->refs, 1, memory_order_relaxed);
		b->schema = b->before->schema;
	} else {
		struct arena *a = arena_new(65536);
		shared = arena_zalloc(a, 1, sizeof(*shared));
		shared->arena = a;
		atomic_init(&shared->refs, 1);
	}
	arena_on_release(b->arena, release, shared);
	b->conf->schema_shared = shared;
	return b->schema != NULL ? 0 : build_into(b, shared->arena, e);
}
