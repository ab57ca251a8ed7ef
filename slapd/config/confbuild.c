#include "config/confbuild.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "config/confcheck.h"
#include "config/confentry.h"
#include "config/conflex.h"
#include "config/confschema.h"
#include "config/conftree.h"
#include "config/optguard.h"
#include "config/option.h"

/*
 * The one way from a tree to a snapshot, whichever reader made the tree. Order: the
 * schema (values need it), defaults from the rows, cn=config, modules, the frontend,
 * then each database; within an entry the order of the rows. Nothing outside of the
 * new snapshot is touched.
 */

const char *
confbuild_name(const struct conf_build *b, const struct option *o)
{
	return o->keyword == NULL || b->tree->from_dir ? o->olc : o->keyword;
}

/* Returns whether the snapshot before was warned of the same, which was logged then. */
static bool
is_old_warning(const struct conf_build *b, struct bv line)
{
	for (size_t i = 0; b->before != NULL && i < b->before->warning_count; i++) {
		if (bv_eq(b->before->warnings[i], line))
			return true;
	}
	return false;
}

void
confbuild_warn(struct conf_build *b, const char *fmt, ...)
{
	char text[400];
	struct bv line;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (b->value == NULL)
		line = arena_printf(b->arena, "%s", text);
	else if (b->value->line == 0)
		line = arena_printf(b->arena, "%s: %s", b->value->file, text);
	else
		line = arena_printf(b->arena, "%s:%lu: %s", b->value->file, b->value->line, text);
	if (!is_old_warning(b, line))
		log_error("warning: %.*s", BV(line));
	confbuild_push(b, &b->conf->warnings, &b->conf->warning_count, line);
}

/* Takes over what the reader warned of. */
static void
keep_warnings(struct conf_build *b)
{
	for (const struct conf_warning *w = b->tree->warnings; w != NULL; w = w->next)
		confbuild_push(b, &b->conf->warnings, &b->conf->warning_count, w->text);
}

void
confbuild_push(struct conf_build *b, const struct bv **list, size_t *count, struct bv value)
{
	size_t n = *count;
	struct bv *more;

	if ((n & (n - 1)) == 0) { /* full: 0, 1, 2, 4, 8 ... */
		more = arena_alloc(b->arena, (n == 0 ? 1 : n * 2) * sizeof(*more));
		if (n > 0)
			memcpy(more, *list, n * sizeof(*more));
		*list = more;
	}
	memcpy((uint8_t *)(uintptr_t)*list + n * sizeof(value), &value, sizeof(value));
	*count = n + 1;
}

bool
confbuild_number(struct bv value, int64_t *out)
{
	char text[32];
	char *end;

	if (value.n == 0 || value.n >= sizeof(text))
		return false;
	memcpy(text, value.p, value.n);
	text[value.n] = 0;
	if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
		return false;
	int base = value.n > 1 && text[0] == '0' ? 0 : 10;
	errno = 0;
	long long v = strtoll(text, &end, base);
	if (errno != 0 || *end != 0 || end == text)
		return false;
	*out = v;
	return true;
}

bool
confbuild_bool_text(struct bv value, bool *out)
{
	static const char *const yes[] = {"TRUE", "on", "yes", "1"};
	static const char *const no[] = {"FALSE", "off", "no", "0"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (bv_is(value, yes[i]) || bv_is(value, no[i])) {
			*out = bv_is(value, yes[i]);
			return true;
		}
	}
	return false;
}

int
confbuild_int(const struct option *o, struct bv value, int64_t *out, struct errbuf *e)
{
	int64_t n;
	const char *unit = o->unit == NULL ? "" : o->unit;

	if (!confbuild_number(value, &n) || n < o->min || n > o->max)
		return err_set(e, ERR_CONFIG, "%s: \"%.*s\" is not %lld to %lld%s%s",
		    o->keyword != NULL ? o->keyword : o->olc, BV(value), (long long)o->min,
		    (long long)o->max, *unit != 0 ? " " : "", unit);
	*out = n;
	return 0;
}

int
confbuild_bool(const struct option *o, struct bv value, bool *out, struct errbuf *e)
{
	if (!confbuild_bool_text(value, out))
		return err_set(e, ERR_CONFIG, "%s: \"%.*s\" is not on or off",
		    o->keyword != NULL ? o->keyword : o->olc, BV(value));
	return 0;
}

int
confbuild_word(const struct option *o, struct bv value, const struct confbuild_word *table,
    unsigned *bit_out, struct errbuf *e)
{
	char known[320] = "";
	size_t used = 0;

	for (; table->name != NULL; table++) {
		if (bv_is(value, table->name)) {
			*bit_out = table->bit;
			return 0;
		}
		int n = snprintf(
		    known + used, sizeof(known) - used, "%s%s", used == 0 ? "" : ", ", table->name);
		if (n > 0 && (size_t)n < sizeof(known) - used)
			used += (size_t)n;
	}
	return err_set(e, ERR_CONFIG, "%s: \"%.*s\" is not known; expected one of %s", o->keyword,
	    BV(value), known);
}

/* ---- plain values ---- */

/* Returns where a plain option is kept, or NULL. */
static void *
field_of(const struct conf_build *b, const struct option *o)
{
	const unsigned databases = OPTION_FRONTEND | OPTION_DB | OPTION_MDB;
	bool in_db = (o->scope & ~databases) == 0;

	if (o->offset == 0 || (in_db && b->db == NULL))
		return NULL;
	return in_db ? (uint8_t *)b->db + o->offset : (uint8_t *)b->conf + o->offset;
}

static int
store_int(const struct option *o, void *field, struct bv value, struct errbuf *e)
{
	int64_t n;
	int code = confbuild_int(o, value, &n, e);

	if (code != 0 || field == NULL)
		return code;
	if (o->width == sizeof(int32_t)) {
		int32_t narrow = (int32_t)n;
		memcpy(field, &narrow, sizeof(narrow));
	} else {
		memcpy(field, &n, sizeof(n));
	}
	return 0;
}

static int
store_bool(const struct option *o, void *field, struct bv value, struct errbuf *e)
{
	bool on;
	int code = confbuild_bool(o, value, &on, e);

	if (code == 0 && field != NULL)
		memcpy(field, &on, sizeof(on));
	return code;
}

/* Checks a value by its row's type and keeps it where the row says. */
static int
store_plain(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	void *field = field_of(b, o);

	switch (o->type) {
	case OPTION_T_INT:
		return store_int(o, field, value, e);
	case OPTION_T_BOOL:
		return store_bool(o, field, value, e);
	case OPTION_T_DN:
	case OPTION_T_WORDS:
	case OPTION_T_OWN:
		return 0;
	case OPTION_T_TEXT:
		break;
	}
	if (value.n == 0)
		return err_set(e, ERR_CONFIG, "%s: expected %s", confbuild_name(b, o), o->usage);
	if (field != NULL)
		memcpy(field, &value, sizeof(value));
	return 0;
}

/* ---- applying a node ---- */

/* A text that begins with the keyword begins with the attribute's name instead where that is what
 * the administrator wrote; one that names neither gets the name in front. */
static int
name_option(struct conf_build *b, const struct option *o, int err, struct errbuf *e)
{
	const char *name = confbuild_name(b, o);
	size_t n = o->keyword == NULL ? 0 : strlen(o->keyword);
	char text[sizeof(e->text)];

	if (err == 0 || name == o->keyword || strstr(e->text, name) != NULL)
		return err;
	snprintf(text, sizeof(text), "%s", e->text);
	if (n > 0 && strncmp(text, o->keyword, n) == 0)
		return err_set(e, err, "%s%s", name, text + n);
	return err_prefix(e, err, "%s", name);
}

static int
apply_word(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	if ((o->flags & OPTION_F_REFUSED) != 0)
		return err_set(e, ERR_CONFIG, "%s is refused. %s", confbuild_name(b, o), o->help);
	if ((o->flags & OPTION_F_LATER) != 0 && (o->fallback == NULL || !bv_is(value, o->fallback)))
		confbuild_warn(b, "%s has no effect. %s", confbuild_name(b, o), o->help);
	if (o->apply != NULL)
		return name_option(b, o, o->apply(b, o, value, e), e);
	return name_option(b, o, store_plain(b, o, value, e), e);
}

/* OpenLDAP takes several words as one value, too ("stats sync"), and keeps them so. */
static int
apply_value(struct conf_build *b, const struct option *o, struct errbuf *e)
{
	struct bv value = b->value->text;
	struct conflex_words words;
	int code = 0;

	if ((o->flags & OPTION_F_EACH) == 0 || bv_find(value, 0, ' ') == value.n)
		return apply_word(b, o, value, e);
	if (conflex_split(b->arena, value, &words, e) != 0)
		return ERR_CONFIG;
	for (size_t i = 0; code == 0 && i < words.n; i++)
		code = apply_word(b, o, words.v[i], e);
	return code;
}

static int
apply_attr(struct conf_build *b, const struct conf_attr *attr, struct errbuf *e)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < attr->count; i++) {
		b->value = &attr->values[i];
		code = apply_value(b, attr->option, e);
		if (code != 0)
			code = conftree_blame(b->value, e, code);
	}
	b->value = NULL;
	return code;
}

static int
apply_node(struct conf_build *b, const struct conf_node *n, struct errbuf *e)
{
	size_t count;
	const struct option *rows = option_rows(&count);
	int code = 0;

	b->node = n;
	for (size_t i = 0; code == 0 && i < count; i++) {
		const struct conf_attr *attr = conftree_find(n, &rows[i]);
		if (attr != NULL)
			code = apply_attr(b, attr, e);
	}
	return code;
}

/* Gives every plain field in reach its row's default. */
static void
apply_defaults(struct conf_build *b)
{
	size_t count;
	const struct option *rows = option_rows(&count);
	struct errbuf e;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].offset == 0 || rows[i].fallback == NULL)
			continue;
		int code = store_plain(b, &rows[i], bv_str(rows[i].fallback), &e);
		if (code != 0)
			log_error("default of %s: %s", rows[i].keyword, e.text);
	}
}

/* ---- databases ---- */

static const struct conf_limits default_limits = {500, 5000, 30, 120, -1, 0, 0};

static void
init_db(struct conf_build *b, const struct conf_node *n, struct conf_db *db)
{
	b->db = db;
	db->type = n->db_type;
	db->number = n->number;
	db->name = n->name;
	db->mode = 0600;
	db->lastmod = true;
	db->max_deref_depth = 15;
	db->monitoring = n->db_type == CONF_DB_MDB;
	apply_defaults(b);
	b->db = NULL;
}

static void
init_dbs(struct conf_build *b)
{
	struct conf *c = b->conf;
	size_t i = 0;

	for (const struct conf_node *n = b->tree->root->first; n != NULL; n = n->next)
		c->db_count += n->kind == CONF_NODE_DB;
	c->dbs = arena_zalloc(b->arena, c->db_count, sizeof(*c->dbs));
	for (const struct conf_node *n = b->tree->root->first; n != NULL; n = n->next) {
		if (n->kind == CONF_NODE_DB)
			init_db(b, n, &c->dbs[i++]);
	}
}

static int
apply_db(struct conf_build *b, const struct conf_node *n, struct conf_db *db, struct errbuf *e)
{
	db->limits = b->conf->limits;
	b->db = db;
	b->index_default = 0;
	b->db_disabled = false;
	int code = apply_node(b, n, e);
	if (code == 0 && !b->db_disabled)
		code = confcheck_db(b, n, e);
	if (db->type == CONF_DB_FRONTEND)
		b->conf->limits = db->limits;
	b->db = NULL;
	return code;
}

/* Applies the databases in order; those that are disabled leave the snapshot. */
static int
apply_dbs(struct conf_build *b, struct errbuf *e)
{
	struct conf *c = b->conf;
	size_t kept = 0, at = 0;
	int code = 0;

	for (const struct conf_node *n = b->tree->root->first; code == 0 && n != NULL;
	     n = n->next) {
		if (n->kind != CONF_NODE_DB)
			continue;
		code = apply_db(b, n, &c->dbs[at], e);
		if (!b->db_disabled)
			c->dbs[kept++] = c->dbs[at];
		at++;
	}
	c->db_count = kept;
	optguard_note(c);
	for (size_t i = 0; code == 0 && i < kept; i++) {
		if (c->dbs[i].type == CONF_DB_FRONTEND)
			c->frontend = &c->dbs[i];
		if (c->dbs[i].type == CONF_DB_CONFIG)
			c->config = &c->dbs[i];
	}
	return code;
}

static int
apply_rest(struct conf_build *b, struct errbuf *e)
{
	int code = apply_node(b, b->tree->root, e);

	for (const struct conf_node *n = b->tree->root->first; code == 0 && n != NULL;
	     n = n->next) {
		if (n->kind == CONF_NODE_MODULE || n->kind == CONF_NODE_BACKEND)
			code = apply_node(b, n, e);
	}
	return code;
}

static int
fill(struct conf_build *b, struct errbuf *e)
{
	struct conf *c = b->conf;
	int code = confschema_build(b, e);

	if (code != 0)
		return code;
	c->schema = b->schema;
	c->limits = default_limits;
	c->idle_timeout_s = 300;
	c->log_levels = LOG_L_STATS;
	c->password_hash = BV_LIT("{ARGON2}");
	c->message_limits.filter = &c->filter_limits;
	keep_warnings(b);
	init_dbs(b);
	apply_defaults(b);
	code = apply_rest(b, e);
	if (code == 0)
		code = apply_dbs(b, e);
	if (code == 0)
		code = confcheck_all(b, e);
	if (code == 0)
		code = confentry_build(b, e);
	return code;
}

int
confbuild_run(
    struct conf_tree *tree, const struct conf *before, struct conf **out, struct errbuf *e)
{
	struct arena *a = arena_new(65536);
	struct conf *c = arena_zalloc(a, 1, sizeof(*c));
	struct conf_build b = {.arena = a, .conf = c, .tree = tree, .before = before};

	arena_set_secret(a);
	c->arena = a;
	c->tree = tree;
	atomic_init(&c->refs, 1);
	int code = fill(&b, e);
	if (code != 0) {
		arena_free(&a);
		return code;
	}
	*out = c;
	return 0;
}
