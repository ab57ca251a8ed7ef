#ifndef TESTS_UNIT_ACL_RULES_PRINT_H
#define TESTS_UNIT_ACL_RULES_PRINT_H

/*
 * Compiled rules as text in one spelling, made from what was compiled alone: what two ways
 * to write a rule have in common, and what tests compare. Filters print as their kind.
 */

#include "acl/rules.h"
#include "base/arena.h"
#include "base/buf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/rule.h"
#include "model/schema.h"

static const char *const rules_print_styles[] = {
    "exact", "one", "subtree", "children", "regex", "?", "level"};

/* The normal form when there is one, so that it is tested too. */
static inline void
rules_print_dn(struct buf *out, const struct rules_dn *dn)
{
	buf_printf(out, ".%s", rules_print_styles[dn->style]);
	if (dn->style == RULES_LEVEL)
		buf_printf(out, "{%d}", dn->level);
	if (dn->expand)
		buf_printf(out, ",expand");
	if (!dn->expand && (dn->style == RULES_REGEX) != (dn->regex != NULL))
		buf_printf(out, "!");
	struct bv text = dn->normal.p != NULL ? dn->normal : dn->text;
	buf_printf(out, "=\"%.*s\"", BV(text));
}

static inline void
rules_print_attr(struct buf *out, const struct rules_attr *a)
{
	switch (a->kind) {
	case RULES_ATTR_DESC:
		buf_put_bv(out, a->desc->name);
		return;
	case RULES_ATTR_ENTRY:
		buf_printf(out, "entry");
		return;
	case RULES_ATTR_CHILDREN:
		buf_printf(out, "children");
		return;
	case RULES_ATTR_CLASS:
		buf_printf(out, "@%.*s", BV(a->oc->names[0]));
		return;
	case RULES_ATTR_NOT_CLASS:
		buf_printf(out, "!%.*s", BV(a->oc->names[0]));
		return;
	case RULES_ATTR_ALL_USER:
		buf_printf(out, "*");
		return;
	case RULES_ATTR_ALL_OPERATIONAL:
		buf_printf(out, "+");
		return;
	}
}

static inline void
rules_print_what(struct buf *out, const struct rules_what *w)
{
	buf_printf(out, "to");
	if (w->has_dn) {
		buf_printf(out, " dn");
		rules_print_dn(out, &w->dn);
	}
	if (w->filter != NULL)
		buf_printf(out, " filter:%d", (int)w->filter->kind);
	for (size_t i = 0; i < w->attr_count; i++) {
		buf_printf(out, i == 0 ? " attrs=" : ",");
		rules_print_attr(out, &w->attrs[i]);
	}
	if (w->has_value) {
		struct bv name = w->value.rule == NULL ? BV_NONE : w->value.rule->name;
		buf_printf(out, " val%s%.*s.%s=\"%.*s\"", name.n > 0 ? "/" : "", BV(name),
		    rules_print_styles[w->value.style],
		    BV(w->value.normal.p != NULL ? w->value.normal : w->value.text));
	}
	if (!w->has_dn && w->filter == NULL && w->attr_count == 0)
		buf_printf(out, " *");
}

static inline void
rules_print_address(struct buf *out, const struct rules_text *t)
{
	size_t n = t->style == RULES_TEXT_IP ? 4 : 16;

	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", t->address[i]);
	buf_put_byte(out, '%');
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", t->mask[i]);
	if (t->port >= 0)
		buf_printf(out, "{%d}", t->port);
}

static inline void
rules_print_text(struct buf *out, const struct rules_text *t)
{
	static const char *const styles[] = {"exact", "regex", "subtree", "ip", "ipv6", "path"};

	buf_printf(out, ".%s%s=", styles[t->style], t->expand ? ",expand" : "");
	if (t->style == RULES_TEXT_IP || t->style == RULES_TEXT_IPV6)
		rules_print_address(out, t);
	else
		buf_printf(out, "\"%.*s\"", BV(t->text));
	if (t->style == RULES_TEXT_REGEX && (t->regex != NULL) == t->expand)
		buf_printf(out, "!");
}

static inline void
rules_print_group(struct buf *out, const struct rules_group *g)
{
	buf_printf(out, "group/%.*s/%.*s", BV(g->oc->names[0]), BV(g->attr->name));
	rules_print_dn(out, &g->dn);
}

static inline void
rules_print_condition(struct buf *out, const struct rules_who *w)
{
	static const char *const names[] = {"*", "anonymous", "users", "self", "dn", "dnattr", "",
	    "set", "peername", "sockname", "sockurl", "domain", "", "op", "control", "dynacl"};
	static const char *const ssf[] = {"ssf", "transport_ssf", "tls_ssf", "sasl_ssf"};

	buf_printf(out, " %s%s", w->real ? "real" : "", names[w->kind]);
	if (w->kind == RULES_WHO_DN)
		rules_print_dn(out, &w->dn);
	else if (w->kind == RULES_WHO_SELF && w->dn.style == RULES_LEVEL)
		buf_printf(out, ".level{%d}", w->dn.level);
	else if (w->kind == RULES_WHO_DN_ATTR)
		buf_printf(out, "=%.*s%s", BV(w->attr->name), w->self_only ? "(self)" : "");
	else if (w->kind == RULES_WHO_GROUP)
		rules_print_group(out, &w->group);
	else if (w->kind == RULES_WHO_SET)
		buf_printf(out, "%s=\"%.*s\"%s", w->text.expand ? ".expand" : "", BV(w->text.text),
		    w->set == NULL ? "!" : "");
	else if (w->kind >= RULES_WHO_PEERNAME && w->kind <= RULES_WHO_DOMAIN)
		rules_print_text(out, &w->text);
	else if (w->kind == RULES_WHO_SSF)
		buf_printf(out, "%s=%u", ssf[w->ssf_kind], w->ssf);
	else if (w->kind == RULES_WHO_OP)
		buf_printf(out, "=%u", w->ops);
	else if (w->kind == RULES_WHO_CONTROL)
		buf_printf(out, "=%s", w->control);
}

static inline void
rules_print_by(struct buf *out, struct arena *a, const struct rules_by *by)
{
	static const char *const signs[] = {"", "+", "-"};
	static const char *const controls[] = {"", " continue", " break"};

	buf_printf(out, " by");
	for (const struct rules_who *w = by->who; w != NULL; w = w->next)
		rules_print_condition(out, w);
	buf_printf(
	    out, " %s%s%s", by->real_self ? "real" : "", by->self ? "self" : "", signs[by->apply]);
	buf_put_bv(out, rules_bits_text(a, by->bits));
	buf_printf(out, "%s", controls[by->control]);
}

/* Returns all rules printed, a line each. */
static inline struct bv
rules_print_all(struct arena *a, const struct acl_rules *rules)
{
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < rules->count; i++) {
		const struct rules_rule *rule = &rules->rules[i];
		rules_print_what(&out, &rule->what);
		for (size_t k = 0; k < rule->by_count; k++)
			rules_print_by(&out, a, &rule->by[k]);
		buf_put_byte(&out, '\n');
	}
	struct bv text = arena_dup(a, buf_bv(&out));
	buf_done(&out);
	return text;
}

/* Returns the texts kept for explanations, put together to lines again. */
static inline struct bv
rules_print_written(struct arena *a, const struct acl_rules *rules)
{
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < rules->count; i++) {
		buf_put_bv(&out, rules->rules[i].text);
		for (size_t k = 0; k < rules->rules[i].by_count; k++) {
			buf_put_byte(&out, ' ');
			buf_put_bv(&out, rules->rules[i].by[k].text);
		}
		buf_put_byte(&out, '\n');
	}
	struct bv text = arena_dup(a, buf_bv(&out));
	buf_done(&out);
	return text;
}

#endif
