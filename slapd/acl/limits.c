#include "acl/limits.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "acl/rules_impl.h"
#include "acl/rules.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conflex.h"
#include "config/conftree.h"
#include "config/option.h"
#include "config/optlimit.h"
#include "model/desc.h"
#include "model/schema.h"

/*
 * who   = "*" / "anonymous" / "users" / [ "dn" [ ".self" / ".this" ] [ "." style ] "=" ] pattern
 *       / "group" [ "/" class [ "/" attribute ] ] "=" DN
 * style = "exact" / "base" / "onelevel" / "one" / "subtree" / "sub" / "children" / "regex"
 *       / "anonymous"
 * As OpenLDAP has it, an empty pattern fits nobody unless it is a regex, "*" and the regex ".*"
 * fit everybody, and no other pattern fits anonymous clients.
 */

enum style {
	STYLE_ANY,
	STYLE_ANONYMOUS,
	STYLE_USERS,
	STYLE_EXACT,
	STYLE_ONE,
	STYLE_SUBTREE,
	STYLE_CHILDREN,
	STYLE_REGEX,
	STYLE_GROUP,
	STYLE_NOBODY,
};

struct line {
	enum style style;
	bool this_base; /* the base of the search is looked at, not who searches */
	struct bv normal;
	regex_t *regex;
	struct limits_group group;
	struct conf_limits limits;
};

struct limits {
	struct line *lines;
	size_t count;
};

/* What the compilation of one line needs. */
struct compiler {
	struct arena *arena;
	const struct schema *schema;
	struct line *line;
	struct errbuf *e;
};

static int
compile_regex(struct compiler *k, struct bv pattern)
{
	struct rules_reader bounds = {.arena = k->arena, .schema = k->schema, .e = k->e};

	if (memchr(pattern.p, 0, pattern.n) != NULL)
		return err_set(k->e, ERR_CONFIG, "dn.regex=: the pattern has a NUL byte in it");
	return rules_regex(&bounds, pattern, &k->line->regex);
}

static int
compile_dn(struct compiler *k, struct bv pattern, struct dn *out)
{
	struct errbuf why;

	if (dn_parse(k->schema, k->arena, pattern, out, &why) == 0)
		return 0;
	return err_set(k->e, ERR_CONFIG,
	    "\"%.*s\" is not a DN: %s; expected *, anonymous, users, dn[.<style>]=<pattern> or "
	    "group=<DN>",
	    BV(pattern), why.text);
}

static int
compile_pattern(struct compiler *k, struct bv pattern)
{
	struct line *l = k->line;
	struct dn dn;

	if (l->style == STYLE_ANONYMOUS)
		return 0;
	if (bv_is(pattern, "*") || (l->style == STYLE_REGEX && bv_is(pattern, ".*"))) {
		l->style = STYLE_ANY;
		return 0;
	}
	if (l->style == STYLE_REGEX)
		return compile_regex(k, pattern);
	int code = compile_dn(k, pattern, &dn);
	if (code != 0)
		return code;
	l->normal = dn.normal;
	if (dn.rdn_count == 0)
		l->style = STYLE_NOBODY;
	return 0;
}

/* Takes word off the front of *text when a '.', a '/', a '=' or the end follows it. */
static bool
take(struct bv *text, const char *word)
{
	size_t n = strlen(word);

	if (text->n < n || !bv_is(bv_make(text->p, n), word))
		return false;
	if (text->n > n && strchr("./=", text->p[n]) == NULL)
		return false;
	*text = bv_from(*text, n);
	return true;
}

static bool
take_style(struct bv *text, enum style *out)
{
	static const struct {
		const char *word;
		enum style style;
	} styles[] = {{"exact", STYLE_EXACT}, {"base", STYLE_EXACT}, {"onelevel", STYLE_ONE},
	    {"one", STYLE_ONE}, {"subtree", STYLE_SUBTREE}, {"sub", STYLE_SUBTREE},
	    {"children", STYLE_CHILDREN}, {"regex", STYLE_REGEX}, {"anonymous", STYLE_ANONYMOUS}};

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (take(text, styles[i].word)) {
			*out = styles[i].style;
			return true;
		}
	}
	return false;
}

/* What follows "dn". */
static int
compile_dn_who(struct compiler *k, struct bv who)
{
	struct bv rest = who;
	bool typed = false;

	k->line->style = STYLE_EXACT;
	if (rest.n > 0 && rest.p[0] == '.') {
		struct bv after = bv_from(rest, 1);
		k->line->this_base = take(&after, "this");
		typed = k->line->this_base || take(&after, "self");
		rest = typed ? after : rest;
	}
	if (rest.n > 0 && rest.p[0] == '.') {
		rest = bv_from(rest, 1);
		if (!take_style(&rest, &k->line->style))
			return err_set(k->e, ERR_CONFIG,
			    "dn%.*s: expected dn[.self|.this][.exact|.base|.onelevel|.subtree|"
			    ".children|.regex]=<pattern>",
			    BV(who));
	}
	if (rest.n == 0 || rest.p[0] != '=')
		return err_set(k->e, ERR_CONFIG, "dn%.*s: expected \"=\" and a pattern", BV(who));
	return compile_pattern(k, bv_from(rest, 1));
}

/* Cuts "/name" off the front of *text. */
static struct bv
take_part(struct bv *text, const char *fallback)
{
	size_t n = 1;

	if (text->n == 0 || text->p[0] != '/')
		return bv_str(fallback);
	while (n < text->n && text->p[n] != '/' && text->p[n] != '=')
		n++;
	struct bv part = bv_make(text->p + 1, n - 1);
	*text = bv_from(*text, n);
	return part;
}

/* What follows "group". */
static int
compile_group(struct compiler *k, struct bv who)
{
	struct limits_group *g = &k->line->group;
	struct bv rest = who;
	struct bv oc = take_part(&rest, "groupOfNames");
	struct bv attr = take_part(&rest, "member");

	k->line->style = STYLE_GROUP;
	if (rest.n == 0 || rest.p[0] != '=')
		return err_set(k->e, ERR_CONFIG,
		    "group%.*s: expected group[/<class>[/<attribute>]]=<DN>", BV(who));
	g->oc = schema_object_class(k->schema, oc);
	if (g->oc == NULL)
		return err_set(k->e, ERR_CONFIG,
		    "group%.*s: object class \"%.*s\" is not in the schema", BV(who), BV(oc));
	if (desc_parse(k->schema, k->arena, attr, &g->attr, NULL) != 0)
		return err_set(k->e, ERR_CONFIG,
		    "group%.*s: attribute \"%.*s\" is not in the schema", BV(who), BV(attr));
	return compile_dn(k, bv_from(rest, 1), &g->dn);
}

static int
compile_who(struct compiler *k, struct bv who)
{
	struct bv rest = who;

	k->line->style = STYLE_EXACT;
	if (bv_is(who, "*"))
		k->line->style = STYLE_ANY;
	else if (bv_is(who, "anonymous"))
		k->line->style = STYLE_ANONYMOUS;
	else if (bv_is(who, "users"))
		k->line->style = STYLE_USERS;
	else if (take(&rest, "dn"))
		return compile_dn_who(k, rest);
	else if (take(&rest, "group"))
		return compile_group(k, rest);
	else
		return compile_pattern(k, who);
	return 0;
}

static int
compile_line(struct compiler *k, struct bv text)
{
	struct conflex_words w;
	int code = conflex_split(k->arena, text, &w, k->e);

	if (code != 0 || w.n < 2)
		return code != 0 ? code : err_set(k->e, ERR_CONFIG, "expected <who> <limit> ...");
	code = compile_who(k, w.v[0]);
	for (size_t i = 1; code == 0 && i < w.n; i++)
		code = optlimit_word(w.v[i], &k->line->limits, k->e);
	return code;
}

/* Puts the place of line i of a database before the text of an error. */
static int
blame(const struct conf *c, const struct conf_db *db, size_t i, struct errbuf *e, int code)
{
	const struct option *o = option_by_olc(BV_LIT("olcLimits"));

	err_prefix(e, code, "%s", c->tree->from_dir ? o->olc : o->keyword);
	for (const struct conf_node *n = c->tree->root->first; n != NULL; n = n->next) {
		const struct conf_attr *at = conftree_find(n, o);
		if (n->kind == CONF_NODE_DB && bv_eq(n->name, db->name) && at != NULL &&
		    i < at->count)
			return conftree_blame(&at->values[i], e, code);
	}
	return err_prefix(e, code, "database %.*s", BV(db->name));
}

/* Adds the lines of db, which may be the frontend; what they leave open is as own has it. */
static int
compile_db(struct compiler *k, const struct conf *c, const struct conf_db *db,
    const struct conf_limits *own, struct limits *out)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < db->limit_line_count; i++) {
		k->line = &out->lines[out->count++];
		k->line->limits = *own;
		code = compile_line(k, db->limit_lines[i]);
		if (code != 0)
			code = blame(c, db, i, k->e, code);
	}
	return code;
}

int
limits_compile(struct arena *a, const struct conf *c, const struct conf_db *db,
    const struct limits **out, struct errbuf *e)
{
	struct limits *l = arena_zalloc(a, 1, sizeof(*l));
	size_t most = db->limit_line_count + c->frontend->limit_line_count;
	struct compiler k = {a, c->schema, NULL, e};

	l->lines = arena_zalloc(a, most + 1, sizeof(*l->lines));
	int code = compile_db(&k, c, db, &db->limits, l);
	if (code == 0 && db != c->frontend)
		code = compile_db(&k, c, c->frontend, &db->limits, l);
	if (code == 0)
		*out = l;
	return code == 0 ? 0 : ERR_CONFIG;
}

/* Says which lines of a database can never fit. */
static void
warn_of_db(const struct conf_db *db, const struct limits *l,
    void (*warn)(void *arg, const char *text), void *arg)
{
	bool all = false;

	for (size_t i = 0; i < db->limit_line_count; i++) {
		bool nobody = l->lines[i].style == STYLE_NOBODY;
		char text[400];

		snprintf(text, sizeof(text), "database %.*s: limits \"%.*s\" %s", BV(db->name),
		    BV(db->limit_lines[i]),
		    nobody ? "fits nobody: the DN is empty; use * or users"
			   : "is never looked at: an earlier line fits everybody");
		if (nobody || all)
			warn(arg, text);
		all = all || l->lines[i].style == STYLE_ANY;
	}
}

int
limits_check_with(
    const struct conf *c, void (*warn)(void *arg, const char *text), void *arg, struct errbuf *e)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < c->db_count; i++) {
		struct arena *a = arena_new(0);
		const struct limits *l = NULL;
		code = limits_compile(a, c, &c->dbs[i], &l, e);
		if (code == 0)
			warn_of_db(&c->dbs[i], l, warn, arg);
		arena_free(&a);
	}
	return code;
}

int
limits_check(const struct conf *c, struct errbuf *e)
{
	return limits_check_with(c, rules_log_warning, NULL, e);
}

/* ---- finding ---- */

static bool
regex_fits(const struct line *l, struct bv text)
{
	regmatch_t m = {.rm_so = 0, .rm_eo = (regoff_t)text.n};

	return regexec(l->regex, (const char *)text.p, 0, &m, REG_STARTEND) == 0;
}

static bool
dn_fits(const struct line *l, struct bv dn)
{
	if (dn.n == 0)
		return false;
	if (l->style == STYLE_EXACT)
		return bv_eq(dn, l->normal);
	if (l->style == STYLE_ONE)
		return bv_eq(dn_text_parent(dn), l->normal);
	if (l->style == STYLE_REGEX)
		return regex_fits(l, dn);
	return dn_normal_is_under(dn, l->normal) &&
	       (l->style == STYLE_SUBTREE || !bv_eq(dn, l->normal));
}

static bool
fits(const struct line *l, const struct limits_request *r)
{
	switch (l->style) {
	case STYLE_ANY:
		return true;
	case STYLE_NOBODY:
		return false;
	case STYLE_ANONYMOUS:
		return r->who_normal.n == 0;
	case STYLE_USERS:
		return r->who_normal.n > 0;
	case STYLE_GROUP:
		return r->who_normal.n > 0 && r->is_member(r->arg, &l->group, r->who_normal);
	case STYLE_EXACT:
	case STYLE_ONE:
	case STYLE_SUBTREE:
	case STYLE_CHILDREN:
	case STYLE_REGEX:
		break;
	}
	return dn_fits(l, l->this_base ? r->base_normal : r->who_normal);
}

const struct conf_limits *
limits_find(const struct limits *l, const struct conf_limits *own, const struct limits_request *r)
{
	for (size_t i = 0; l != NULL && i < l->count; i++) {
		if (fits(&l->lines[i], r))
			return &l->lines[i].limits;
	}
	return own;
}
