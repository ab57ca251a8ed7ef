#include "acl/rules_impl.h"

#include "base/arena.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/match.h"
#include "model/schema.h"

/*
 * Rules and clauses that can never decide. Only what is certain is told: a regular
 * expression covers its equal alone, a rule that may pass on (break) covers nothing.
 * The work is bounded, as each rule is held against all before it.
 */

enum { MAX_COMPARISONS = 4000000 };

struct warning {
	const struct acl_rules *rules;
	void (*warn)(void *arg, const char *text);
	void *arg;
	struct arena *arena;
	unsigned long left; /* comparisons */
};

/* Tells of a rule, or of one of its clauses. */
static void
tell(struct warning *w, const struct rules_rule *rule, const char *why)
{
	struct bv at = rule->line == 0 ? arena_printf(w->arena, "%s", rule->file)
				       : arena_printf(w->arena, "%s:%lu", rule->file, rule->line);
	struct bv text = arena_printf(w->arena, "%.*s: access rule {%d} \"%.200s\"%s: %s", BV(at),
	    rule->number, (const char *)rule->text.p, rule->text.n > 200 ? "..." : "", why);

	w->warn(w->arg, (const char *)text.p);
}

/* ---- clauses ---- */

static bool
dn_same(const struct rules_dn *x, const struct rules_dn *y)
{
	return x->style == y->style && x->level == y->level && x->expand == y->expand &&
	       (x->normal.p != NULL ? bv_eq(x->normal, y->normal) : bv_eq(x->text, y->text));
}

static bool
is_user(const struct rules_who *y)
{
	bool fixed = y->kind == RULES_WHO_DN && y->dn.style == RULES_EXACT && !y->dn.expand;

	return y->kind == RULES_WHO_USERS || fixed;
}

/* Returns whether whoever meets condition y meets x too. */
static bool
condition_covers(const struct rules_who *x, const struct rules_who *y)
{
	if (x->kind == RULES_WHO_ANYBODY)
		return true;
	if (x->real != y->real)
		return false;
	if (x->kind == RULES_WHO_USERS && is_user(y))
		return true;
	if (x->kind != y->kind)
		return false;
	if (x->kind == RULES_WHO_SELF || x->kind == RULES_WHO_DN)
		return dn_same(&x->dn, &y->dn);
	if (x->kind == RULES_WHO_DN_ATTR)
		return desc_eq(x->attr, y->attr);
	if (x->kind == RULES_WHO_GROUP)
		return x->group.oc == y->group.oc && desc_eq(x->group.attr, y->group.attr) &&
		       dn_same(&x->group.dn, &y->group.dn);
	return x->kind == RULES_WHO_ANONYMOUS;
}

/* Returns whether clause x, which ends the list, takes everybody whom y would take. */
static bool
clause_covers(struct warning *w, const struct rules_by *x, const struct rules_by *y)
{
	if (x->control == RULES_CONTINUE || x->self || x->who->next != NULL)
		return false;
	for (const struct rules_who *c = y->who; c != NULL && w->left > 0; c = c->next) {
		w->left--;
		if (condition_covers(x->who, c))
			return true;
	}
	return false;
}

static void
warn_of_clause(struct warning *w, const struct rules_rule *rule, size_t at, size_t by)
{
	struct bv why = arena_printf(w->arena,
	    "\"%.*s\" can never decide: \"%.*s\" stands before it and takes whom it means",
	    BV(rule->by[at].text), BV(rule->by[by].text));

	tell(w, rule, (const char *)why.p);
}

/* An address that has bits outside of its mask equals no masked one. */
static bool
never_matches(const struct rules_who *who)
{
	const struct rules_text *t = &who->text;
	size_t n = t->style == RULES_TEXT_IPV6 ? 16 : 4;

	if (who->kind != RULES_WHO_PEERNAME ||
	    (t->style != RULES_TEXT_IP && t->style != RULES_TEXT_IPV6))
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((t->address[i] & ~t->mask[i]) != 0)
			return true;
	}
	return false;
}

/* The highest n for which <what> gives $n; -1: it gives none. */
static int
given_by(bool present, enum rules_style style, const regex_t *regex)
{
	if (!present)
		return -1;
	if (style == RULES_REGEX)
		return regex->re_nsub > 99 ? 99 : (int)regex->re_nsub;
	return style == RULES_EXACT ? 0 : 1;
}

/* A $n that <what> does not give makes the condition fail. */
static bool
lacks_match(const struct rules_what *what, const struct rules_who *who)
{
	bool group = who->kind == RULES_WHO_GROUP, text = who->text.expand;
	struct bv template = text ? who->text.text : group ? who->group.dn.text : who->dn.text;
	int dn, value;

	if (!text && !who->dn.expand && !who->group.dn.expand)
		return false;
	rules_template_refs(template, &dn, &value);
	int given = given_by(what->has_dn, what->dn.style, what->dn.regex);
	return dn > (given < 0 ? 0 : given) || /* $0 is the entry's DN whatever the pattern */
	       value > given_by(what->has_value, what->value.style, what->value.regex);
}

/* A DN that holds $n as it stands. */
static bool
forgot_expand(const struct rules_who *who)
{
	const struct rules_dn *dn = who->kind == RULES_WHO_GROUP ? &who->group.dn : &who->dn;
	int of_dn, of_value;

	if (dn->normal.p == NULL)
		return false;
	rules_template_refs(dn->text, &of_dn, &of_value);
	return of_dn >= 0 || of_value >= 0;
}

static void
check_conditions(struct warning *w, const struct rules_rule *rule, const struct rules_by *by)
{
	for (const struct rules_who *c = by->who; c != NULL; c = c->next) {
		const char *why = NULL;
		if (never_matches(c))
			why = "can never match: the address has bits that its mask removes";
		else if (lacks_match(&rule->what, c))
			why = "can never match: <what> gives no match for one of its $n";
		else if (forgot_expand(c))
			why = "takes $n as it stands; write dn.exact,expand= or group.expand=";
		if (why == NULL)
			continue;
		struct bv text = arena_printf(w->arena, "\"%.*s\" %s", BV(by->text), why);
		tell(w, rule, (const char *)text.p);
	}
}

/* Returns whether the clause takes everybody of a kind: anonymous, or users. */
static bool
takes_all(const struct rules_by *by, enum rules_who_kind kind)
{
	return by->control != RULES_CONTINUE && !by->self && by->who->next == NULL &&
	       by->who->kind == kind && !by->who->real;
}

static void
check_clause(struct warning *w, const struct rules_rule *rule, size_t at)
{
	bool anonymous = false, users = false;

	check_conditions(w, rule, &rule->by[at]);
	for (size_t i = 0; i < at && w->left > 0; i++) {
		w->left--;
		anonymous = anonymous || takes_all(&rule->by[i], RULES_WHO_ANONYMOUS);
		users = users || takes_all(&rule->by[i], RULES_WHO_USERS);
		if ((anonymous && users) || clause_covers(w, &rule->by[i], &rule->by[at])) {
			warn_of_clause(w, rule, at, i);
			return;
		}
	}
}

/* ---- rules ---- */

/* Returns whether x and everything that x means lies at sub or below it, the top left out. */
static bool
lies_below(const struct rules_dn *x, struct bv top)
{
	return x->normal.n > top.n && dn_normal_is_under(x->normal, top);
}

static bool
dn_covers(const struct rules_what *x, const struct rules_what *y)
{
	const struct rules_dn *a = &x->dn, *b = &y->dn;

	if (!x->has_dn)
		return true;
	if (!y->has_dn)
		return false;
	if (dn_same(a, b))
		return true;
	if (a->normal.p == NULL || b->normal.p == NULL)
		return false;
	bool at_top = bv_eq(a->normal, b->normal);
	if (a->style == RULES_SUBTREE)
		return dn_normal_is_under(b->normal, a->normal);
	if (a->style == RULES_CHILDREN)
		return lies_below(b, a->normal) ||
		       (at_top && (b->style == RULES_ONE || b->style == RULES_CHILDREN));
	return a->style == RULES_ONE && b->style == RULES_EXACT && b->normal.n > 0 &&
	       bv_eq(dn_text_parent(b->normal), a->normal);
}

static bool
attr_covers(const struct rules_attr *x, const struct rules_attr *y)
{
	if (x->kind == RULES_ATTR_ALL_USER && y->kind == RULES_ATTR_DESC)
		return y->desc->type->usage == ATTR_USER_APPLICATIONS;
	if (x->kind == RULES_ATTR_ALL_OPERATIONAL && y->kind == RULES_ATTR_DESC)
		return y->desc->type->usage != ATTR_USER_APPLICATIONS;
	if (x->kind != y->kind)
		return false;
	if (x->kind == RULES_ATTR_DESC)
		return desc_is_subtype(y->desc, x->desc);
	return x->oc == y->oc;
}

static bool
attrs_cover(struct warning *w, const struct rules_what *x, const struct rules_what *y)
{
	if (x->attr_count == 0 || y->attr_count == 0)
		return x->attr_count == 0;
	for (size_t i = 0; i < y->attr_count; i++) {
		size_t at = 0;
		while (at < x->attr_count && w->left > 0 &&
		       !attr_covers(&x->attrs[at], &y->attrs[i])) {
			at++;
			w->left--;
		}
		if (w->left == 0 || at == x->attr_count)
			return false;
	}
	return true;
}

/* Returns whether the rule passes on what it matches for somebody. */
static bool
passes_on(const struct rules_rule *rule)
{
	for (size_t i = 0; i < rule->by_count; i++) {
		if (rule->by[i].control == RULES_BREAK)
			return true;
	}
	return false;
}

static bool
rule_covers(struct warning *w, const struct rules_rule *x, const struct rules_rule *y)
{
	if (w->left == 0)
		return false;
	w->left--;
	return x->what.filter == NULL && !x->what.has_value && dn_covers(&x->what, &y->what) &&
	       attrs_cover(w, &x->what, &y->what) && !passes_on(x);
}

/* Returns whether the pattern may name an entry at or below the suffix. The empty DN may: it is the
 * superior of a suffix that is added. */
static bool
touches(const struct rules_dn *dn, struct bv suffix)
{
	if (dn->normal.p == NULL || dn->normal.n == 0 || dn_normal_is_under(dn->normal, suffix))
		return true;
	if (dn->style == RULES_SUBTREE || dn->style == RULES_CHILDREN)
		return dn_normal_is_under(suffix, dn->normal);
	return dn->style == RULES_ONE && bv_eq(dn_text_parent(suffix), dn->normal);
}

static bool
is_outside(const struct conf_db *db, const struct rules_what *what)
{
	if (!what->has_dn || db->type != CONF_DB_MDB)
		return false;
	for (size_t i = 0; i < db->suffix_count; i++) {
		if (touches(&what->dn, db->suffixes[i].normal))
			return false;
	}
	return true;
}

static bool
is_never(const struct match *filter)
{
	return filter != NULL && (filter->kind == MATCH_FALSE || filter->kind == MATCH_UNDEFINED);
}

static void
check_rule(struct warning *w, size_t at)
{
	const struct rules_rule *rule = &w->rules->rules[at];

	if (is_outside(w->rules->db, &rule->what)) {
		struct bv why = arena_printf(w->arena,
		    "it can never match: no entry below \"%.*s\" has such a DN",
		    BV(w->rules->db->suffixes[0].pretty));
		tell(w, rule, (const char *)why.p);
		return;
	}
	if (is_never(rule->what.filter))
		tell(w, rule, "it can never match: the filter names what the schema does not know");
	for (size_t i = 0; i < at; i++) {
		if (rule_covers(w, &w->rules->rules[i], rule)) {
			struct bv why = arena_printf(w->arena,
			    "it can never decide: rule {%d} stands before it and decides about "
			    "all that it names; add \"by * break\" there, or move this one up",
			    w->rules->rules[i].number);
			tell(w, rule, (const char *)why.p);
			return;
		}
	}
}

void
rules_warn(const struct acl_rules *r, void (*warn)(void *arg, const char *text), void *arg)
{
	struct arena *a = arena_new(0);
	struct warning w = {r, warn, arg, a, MAX_COMPARISONS};
	bool frontend = r->db->type == CONF_DB_FRONTEND;

	for (size_t i = 0; i < r->count; i++) {
		struct arena_mark mark = arena_mark(a);
		if (r->rules[i].frontend != frontend)
			break;
		check_rule(&w, i);
		for (size_t k = 0; k < r->rules[i].by_count; k++)
			check_clause(&w, &r->rules[i], k);
		arena_rewind(a, mark);
	}
	arena_free(&a);
}
