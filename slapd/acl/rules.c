#include "acl/rules.h"

#include "acl/decide.h"
#include "acl/rules_impl.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "config/conf.h"
#include "config/conftree.h"

/*
 *	line = "to" what 1*( "by" who [ access ] [ control ] )
 *
 * Access and control may be missing: then the clause adds nothing ("+0") and stops.
 */

/* ---- one line ---- */

static int
read_access(struct rules_reader *r, struct rules_by *by)
{
	struct bv text = rules_word_next(r);
	enum rules_control control;

	*by = (struct rules_by){.who = by->who, .apply = RULES_PLUS, .control = RULES_STOP};
	if (text.p == NULL || bv_is(text, "by") || rules_control_read(text, &control))
		return 0;
	if (!rules_access_read(text, by))
		return err_set(r->e, ERR_CONFIG,
		    "\"%.*s\": expected an access level (none, disclose, auth, compare, search, "
		    "read, add, delete, write, manage) or privileges such as =rscxd",
		    BV(text));
	r->at++;
	return 0;
}

static int
read_control(struct rules_reader *r, struct rules_by *by)
{
	struct bv text = rules_word_next(r);

	if (text.p == NULL || bv_is(text, "by"))
		return 0;
	if (!rules_control_read(text, &by->control))
		return err_set(r->e, ERR_CONFIG,
		    "\"%.*s\": expected stop, continue, break or the next \"by\"", BV(text));
	r->at++;
	text = rules_word_next(r);
	if (text.p == NULL || bv_is(text, "by"))
		return 0;
	return err_set(r->e, ERR_CONFIG, "\"%.*s\": expected the next \"by\"", BV(text));
}

/* A clause with self before its level: what dnattr= asks about is then one value. */
static void
mark_self(struct rules_by *by)
{
	for (struct rules_who *w = (struct rules_who *)(uintptr_t)by->who; w != NULL;
	     w = (struct rules_who *)(uintptr_t)w->next)
		w->self_only = by->self && w->kind == RULES_WHO_DN_ATTR;
}

static int
read_clause(struct rules_reader *r, struct rules_by *by)
{
	size_t first = r->at++;
	int code = rules_who_read(r, &by->who);

	if (code == 0)
		code = read_access(r, by);
	if (code == 0)
		code = read_control(r, by);
	if (code != 0)
		return code;
	mark_self(by);
	by->text = rules_word_join(r, first);
	return 0;
}

static int
read_clauses(struct rules_reader *r, struct rules_rule *rule)
{
	struct rules_by *by;
	size_t count = 0;
	int code = 0;

	for (size_t i = r->at; i < r->words.n; i++)
		count += bv_is(r->words.v[i], "by");
	if (count == 0)
		return err_set(r->e, ERR_CONFIG,
		    "the line has no \"by\"; expected to <what> by <who> <access>");
	if (count > RULES_MAX_CLAUSES)
		return err_set(
		    r->e, ERR_CONFIG, "more than %d clauses in one rule", RULES_MAX_CLAUSES);
	by = arena_zalloc(r->arena, count, sizeof(*by));
	rule->by = by;
	while (code == 0 && r->at < r->words.n)
		code = read_clause(r, &by[rule->by_count++]);
	return code;
}

static int
read_line(struct rules_reader *r, struct bv line, struct rules_rule *rule)
{
	int code;

	if (bv_find(line, 0, 0) < line.n)
		return err_set(r->e, ERR_CONFIG, "the line holds a NUL byte");
	if (conflex_split(r->arena, line, &r->words, r->e) != 0)
		return ERR_CONFIG;
	r->at = 0;
	if (r->words.n > 1 && bv_is(r->words.v[0], "access"))
		r->at = 1;
	size_t first = r->at;
	if (!bv_is(rules_word_next(r), "to"))
		return err_set(
		    r->e, ERR_CONFIG, "expected to <what> by <who> <access>: \"to\" is missing");
	r->at++;
	code = rules_what_read(r, &rule->what);
	rule->text = rules_word_join(r, first);
	return code == 0 ? read_clauses(r, rule) : code;
}

/* ---- one database ---- */

/* Puts the place before the text in e: file and line, or the entry and {n}. */
static int
blame(const struct rules_rule *rule, struct errbuf *e)
{
	struct conf_value at = {rule->text, rule->file, rule->line};

	if (rule->line > 0)
		err_prefix(e, ERR_CONFIG, "access");
	else
		err_prefix(e, ERR_CONFIG, "olcAccess {%d}", rule->number);
	return conftree_blame(&at, e, ERR_CONFIG);
}

static int
compile_db(struct rules_reader *r, const struct conf_db *db, struct rules_rule *rules)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < db->access_count; i++) {
		struct rules_rule *rule = &rules[i];
		rule->number = (int)i;
		rule->frontend = db->type == CONF_DB_FRONTEND;
		rule->file = db->access_places[i].file;
		rule->line = db->access_places[i].line;
		code = read_line(r, db->access[i], rule);
		if (code != 0)
			code = blame(rule, r->e);
	}
	return code;
}

static bool
is_closed(const struct conf_db *db)
{
	return db->type == CONF_DB_CONFIG && db->access_count == 0;
}

int
rules_compile(struct arena *a, const struct conf *c, const struct conf_db *db,
    const struct acl_rules **out, struct errbuf *e)
{
	struct rules_reader r = {.arena = a, .schema = c->schema, .e = e};
	struct acl_rules *all = arena_zalloc(a, 1, sizeof(*all));
	bool behind = db != c->frontend && !is_closed(db);
	size_t own = db->access_count, more = behind ? c->frontend->access_count : 0;
	bool known;

	if (own + more > RULES_MAX_RULES)
		return err_set(e, ERR_CONFIG, "database %.*s: more than %d access rules",
		    BV(db->name), RULES_MAX_RULES);
	struct rules_rule *rules = arena_zalloc(a, own + more, sizeof(*rules));
	int code = compile_db(&r, db, rules);
	if (code == 0 && more > 0)
		code = compile_db(&r, c->frontend, rules + own);
	if (code != 0)
		return code;
	all->schema = c->schema;
	all->db = db;
	all->rules = rules;
	all->count = own + more;
	all->add_content_acl = db->add_content_acl;
	if (all->count == 0 && !is_closed(db))
		all->default_bits = rules_level_bits(BV_LIT("read"), &known);
	all->table = decide_prepare(a, all);
	*out = all;
	return 0;
}

/* ---- all of a configuration ---- */

int
rules_check_with(
    const struct conf *c, void (*warn)(void *arg, const char *text), void *arg, struct errbuf *e)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < c->db_count; i++) {
		struct arena *a = arena_new(0);
		const struct acl_rules *rules;
		code = rules_compile(a, c, &c->dbs[i], &rules, e);
		if (code == 0)
			rules_warn(rules, warn, arg);
		arena_free(&a);
	}
	return code;
}

void
rules_log_warning(void *arg, const char *text)
{
	(void)arg;
	log_error("warning: %s", text);
}

int
rules_check(const struct conf *c, struct errbuf *e)
{
	return rules_check_with(c, rules_log_warning, NULL, e);
}
