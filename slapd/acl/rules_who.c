#include "acl/rules_impl.h"

#include "acl/sets.h"
#include "base/arena.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/schema.h"

/*
 *	who = 1*condition
 *
 * A row for each word that may begin a condition. A slot holds what excludes each
 * other: nobody is at once anonymous and a user, and a second pattern of a kind would
 * leave the first without effect.
 */

enum slot {
	SLOT_DN,
	SLOT_REAL_DN,
	SLOT_DN_ATTR,
	SLOT_REAL_DN_ATTR,
	SLOT_GROUP,
	SLOT_SET,
	SLOT_PEERNAME,
	SLOT_SOCKNAME,
	SLOT_SOCKURL,
	SLOT_DOMAIN,
	SLOT_SSF,
	SLOT_TRANSPORT_SSF,
	SLOT_TLS_SSF,
	SLOT_SASL_SSF,
	SLOT_OP,
	SLOT_CONTROL,
};

struct row {
	const char *name;
	enum slot slot;
	enum rules_who_kind kind;
	bool real;
	bool has_value; /* "=" and something must follow */
	unsigned styles;
	int (*read)(struct rules_reader *r, const struct rules_word *w, struct rules_who *who);
};

enum {
	SELF_STYLES = SPELT_EXACT | SPELT_LEVEL,
	DN_STYLES = SPELT_EXACT | SPELT_ONE | SPELT_SUBTREE | SPELT_CHILDREN | SPELT_REGEX |
		    SPELT_EXPAND | SPELT_LEVEL,
	GROUP_STYLES = SPELT_EXACT | SPELT_EXPAND | SPELT_REGEX,
	SET_STYLES = SPELT_EXACT | SPELT_EXPAND | SPELT_REGEX,
	TEXT_STYLES = SPELT_EXACT | SPELT_REGEX | SPELT_EXPAND,
	PEER_STYLES = TEXT_STYLES | SPELT_IP | SPELT_IPV6 | SPELT_PATH,
	DOMAIN_STYLES = TEXT_STYLES | SPELT_SUBTREE,
};

/* ---- identities ---- */

static int
read_self(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	(void)r;
	if (w->style == SPELT_LEVEL && w->level != 0) {
		who->dn.style = RULES_LEVEL;
		who->dn.level = w->level;
	}
	return 0;
}

static int
read_dn_regex(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	who->dn.style = RULES_REGEX;
	if (w->expand)
		return err_set(r->e, ERR_CONFIG,
		    "%.*s: regex puts $n in by itself; leave \",expand\" out", BV(w->whole));
	if (bv_is(w->value, ".*"))
		who->kind = RULES_WHO_ANYBODY;
	if (bv_is(w->value, ".+") || bv_is(w->value, "*"))
		who->kind = RULES_WHO_USERS;
	if (who->kind != RULES_WHO_DN)
		return 0;
	return rules_template_regex(r, w->value, &who->dn.expand, &who->dn.regex);
}

/* level{0} and level{1} have names of their own. */
static int
read_dn_level(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	if (w->level < 0)
		return err_set(
		    r->e, ERR_CONFIG, "%.*s: the level of a DN is 0 or more", BV(w->whole));
	who->dn.level = w->level;
	if (w->level < 2)
		who->dn.style = w->level == 0 ? RULES_EXACT : RULES_ONE;
	return 0;
}

static int
read_dn(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	int code = 0;

	who->dn.style = rules_dn_style(w->style);
	who->dn.text = w->value;
	if (w->style == SPELT_REGEX)
		return read_dn_regex(r, w, who);
	if (w->style == SPELT_LEVEL)
		code = read_dn_level(r, w, who);
	if (code == 0 && (w->expand || w->style == SPELT_EXPAND))
		code = rules_template_check(r, w->value, false, &who->dn.expand);
	if (code == 0 && !who->dn.expand)
		code = rules_dn_fixed(r, w->value, &who->dn);
	return code;
}

static int
read_dn_attr(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	struct errbuf why;

	if (desc_parse(r->schema, r->arena, w->value, &who->attr, &why) != 0)
		return rules_unknown_attr(r, w->value, true, false);
	if (!rules_holds_dns(who->attr->type, true))
		return err_set(r->e, ERR_CONFIG, "%.*s: the values of %.*s are no DNs",
		    BV(w->whole), BV(who->attr->name));
	return 0;
}

static int
read_set(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	struct errbuf why = {""};
	int code = 0;

	who->text.text = w->value;
	if (w->value.n > RULES_MAX_PATTERN_BYTES)
		return err_set(r->e, ERR_CONFIG, "a set expression is longer than %d bytes",
		    RULES_MAX_PATTERN_BYTES);
	if (w->style == SPELT_EXPAND || w->style == SPELT_REGEX)
		code = rules_template_check(r, w->value, false, &who->text.expand);
	if (code == 0 && sets_compile(r->arena, r->schema, w->value, &who->set, &why) != 0)
		code = err_set(r->e, ERR_CONFIG, "set=\"%.*s\": %s", BV(w->value), why.text);
	return code;
}

static int
refuse_dynacl(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	(void)who;
	return err_set(r->e, ERR_CONFIG,
	    "%.*s: access rules kept in entries (ACI) and other modules of dynacl are not "
	    "supported; write rules with dn=, group= or set=",
	    BV(w->whole));
}

static const struct row rows[] = {
    {"*", SLOT_DN, RULES_WHO_ANYBODY, false, false, 0, NULL},
    {"anonymous", SLOT_DN, RULES_WHO_ANONYMOUS, false, false, 0, NULL},
    {"users", SLOT_DN, RULES_WHO_USERS, false, false, 0, NULL},
    {"self", SLOT_DN, RULES_WHO_SELF, false, false, SELF_STYLES, read_self},
    {"dn", SLOT_DN, RULES_WHO_DN, false, true, DN_STYLES, read_dn},
    {"realanonymous", SLOT_REAL_DN, RULES_WHO_ANONYMOUS, true, false, 0, NULL},
    {"realusers", SLOT_REAL_DN, RULES_WHO_USERS, true, false, 0, NULL},
    {"realself", SLOT_REAL_DN, RULES_WHO_SELF, true, false, SELF_STYLES, read_self},
    {"realdn", SLOT_REAL_DN, RULES_WHO_DN, true, true, DN_STYLES, read_dn},
    {"dnattr", SLOT_DN_ATTR, RULES_WHO_DN_ATTR, false, true, 0, read_dn_attr},
    {"realdnattr", SLOT_REAL_DN_ATTR, RULES_WHO_DN_ATTR, true, true, 0, read_dn_attr},
    {"group", SLOT_GROUP, RULES_WHO_GROUP, false, true, GROUP_STYLES, rules_group_read},
    {"set", SLOT_SET, RULES_WHO_SET, false, true, SET_STYLES, read_set},
    {"peername", SLOT_PEERNAME, RULES_WHO_PEERNAME, false, true, PEER_STYLES, rules_peer_read},
    {"sockname", SLOT_SOCKNAME, RULES_WHO_SOCKNAME, false, true, TEXT_STYLES, rules_peer_read},
    {"sockurl", SLOT_SOCKURL, RULES_WHO_SOCKURL, false, true, TEXT_STYLES, rules_peer_read},
    {"domain", SLOT_DOMAIN, RULES_WHO_DOMAIN, false, true, DOMAIN_STYLES, rules_peer_read},
    {"ssf", SLOT_SSF, RULES_WHO_SSF, false, true, 0, rules_request_read},
    {"transport_ssf", SLOT_TRANSPORT_SSF, RULES_WHO_SSF, false, true, 0, rules_request_read},
    {"tls_ssf", SLOT_TLS_SSF, RULES_WHO_SSF, false, true, 0, rules_request_read},
    {"sasl_ssf", SLOT_SASL_SSF, RULES_WHO_SSF, false, true, 0, rules_request_read},
    {"op", SLOT_OP, RULES_WHO_OP, false, true, 0, rules_request_read},
    {"control", SLOT_CONTROL, RULES_WHO_CONTROL, false, true, 0, rules_request_read},
    {"dynacl", SLOT_SET, RULES_WHO_DYNACL, false, false, ~0u, refuse_dynacl},
    {"aci", SLOT_SET, RULES_WHO_DYNACL, false, false, ~0u, refuse_dynacl},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static const struct row *
find_row(struct bv name)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (bv_is(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

/* ---- one clause ---- */

struct who {
	struct rules_who *first, *last;
	unsigned slots; /* bits of enum slot */
};

/* What a word must have or must not have, by its row. */
static int
check_form(struct rules_reader *r, const struct row *row, const struct rules_word *w)
{
	int code = rules_word_styles(r, w, row->styles);
	bool slash = row->kind == RULES_WHO_GROUP || row->kind == RULES_WHO_DYNACL;

	if (code == 0 && row->has_value)
		code = rules_word_needs_value(r, w);
	if (code != 0 || row->kind == RULES_WHO_DYNACL)
		return code;
	if (!row->has_value && w->value.p != NULL)
		return err_set(r->e, ERR_CONFIG,
		    "\"%.*s=%.*s\": %s has no value; access stands behind it after a space",
		    BV(w->whole), BV(w->value), row->name);
	if (w->options.p != NULL && !slash)
		return err_set(r->e, ERR_CONFIG, "%.*s: \"/\" has no meaning here", BV(w->whole));
	bool expands = row->kind == RULES_WHO_DN || row->kind == RULES_WHO_GROUP ||
		       row->kind == RULES_WHO_DOMAIN || row->kind == RULES_WHO_SET;
	if (w->expand && !expands)
		return err_set(
		    r->e, ERR_CONFIG, "%.*s: %s takes no expand", BV(w->whole), row->name);
	return 0;
}

static int
claim_slot(struct rules_reader *r, const struct row *row, struct who *who)
{
	unsigned bit = 1u << row->slot;

	if ((who->slots & bit) != 0)
		return err_set(r->e, ERR_CONFIG,
		    row->slot <= SLOT_REAL_DN
			? "\"%.*s\": the identity is given already; one of *, anonymous, users, "
			  "self and dn= per clause"
			: "\"%.*s\": this condition is given already; write two clauses",
		    BV(rules_word_next(r)));
	who->slots |= bit;
	return 0;
}

static int
read_condition(struct rules_reader *r, const struct row *row, struct who *who)
{
	struct rules_who *one = arena_zalloc(r->arena, 1, sizeof(*one));
	struct rules_word w;
	int code = claim_slot(r, row, who);

	if (code == 0)
		code = rules_word_read(r, rules_word_next(r), &w);
	if (code == 0)
		code = check_form(r, row, &w);
	if (code != 0)
		return code;
	one->kind = row->kind;
	one->real = row->real;
	if (row->read != NULL)
		code = row->read(r, &w, one);
	if (code != 0 || one->kind == RULES_WHO_ANYBODY)
		return code;
	if (who->first == NULL)
		who->first = one;
	else
		who->last->next = one;
	who->last = one;
	return 0;
}

static int
expected_who(struct rules_reader *r)
{
	struct bv text = rules_word_next(r);
	struct near n;

	if (text.p == NULL)
		return err_set(r->e, ERR_CONFIG,
		    "the line ends after \"by\"; expected *, anonymous, users, self, dn=, group= "
		    "or another <who>");
	near_init(&n, rules_word_name(text));
	for (size_t i = 0; i < ROW_COUNT; i++)
		near_try(&n, bv_str(rows[i].name));
	if (n.best.p != NULL)
		return rules_unknown(r, "after \"by\": unknown word", &n);
	return err_set(r->e, ERR_CONFIG,
	    "\"%.*s\" is not known after \"by\"; expected *, anonymous, users, self, dn=, group= "
	    "or another <who>",
	    BV(text));
}

/* "self=w" behind a condition is access, not a second identity. */
static bool
is_access(const struct rules_reader *r, const struct who *who)
{
	struct rules_by by;

	return who->slots != 0 && rules_access_read(rules_word_next(r), &by);
}

int
rules_who_read(struct rules_reader *r, const struct rules_who **out)
{
	struct who who = {0};
	int code = 0;

	while (code == 0 && r->at < r->words.n && !is_access(r, &who)) {
		const struct row *row = find_row(rules_word_name(rules_word_next(r)));
		if (row == NULL)
			break;
		code = read_condition(r, row, &who);
		r->at++;
	}
	if (code == 0 && who.slots == 0)
		code = expected_who(r);
	if (code == 0 && who.first == NULL)
		who.first = arena_zalloc(r->arena, 1, sizeof(*who.first));
	if (code == 0)
		*out = who.first;
	return code;
}
