#include "decide_impl.h"

#include "acl/sets.h"
#include "base/arena.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/rule_table.h"
#include "model/schema.h"

/*
 * The conditions of a clause. Each is asked first without a question, for the whole
 * operation: then the answer is yes, no, or that it varies with the entry or the value. What
 * only reads the connection and the requestor comes before what looks into the directory.
 */

static enum decide_holds
holds_if(bool yes)
{
	return yes ? HOLDS_YES : HOLDS_NO;
}

static struct bv
identity(const struct decide *d, bool real)
{
	return real ? d->who.real_normal_dn : d->who.normal_dn;
}

static struct bv
superior(struct bv dn, int level)
{
	for (; level > 0 && dn.n > 0; level--)
		dn = dn_text_parent(dn);
	return dn;
}

/* self: the entry is the requestor's; level n: its n-th superior; -n: n levels below it. */
static enum decide_holds
self_holds(const struct decide *d, const struct decide_ask *ask, const struct rules_who *w)
{
	struct bv dn = identity(d, w->real);
	int level = w->dn.style == RULES_LEVEL ? w->dn.level : 0;

	if (dn.n == 0)
		return HOLDS_NO;
	struct bv wanted = superior(dn, level);
	if (wanted.n == 0)
		return HOLDS_NO;
	if (ask == NULL)
		return level < 0 || dn_normal_is_under(wanted, d->region) ? HOLDS_VARIES : HOLDS_NO;
	struct bv target = superior(ask->entry->normal_dn, -level);
	return holds_if(bv_eq(target, wanted));
}

static enum decide_holds
dn_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w)
{
	struct bv dn = identity(d, w->real), text;
	struct dn parsed;

	if (!w->dn.expand)
		return holds_if(decide_what_dn(&w->dn, dn, w->dn.normal));
	if (ask == NULL)
		return HOLDS_VARIES;
	if (w->dn.style == RULES_REGEX)
		return holds_if(decide_fill_matches(ask, w->dn.text, dn));
	if (!decide_fill(ask, w->dn.text, false, &text) ||
	    dn_parse(d->rules->schema, d->env.scratch, text, &parsed, NULL) != 0)
		return HOLDS_NO;
	return holds_if(decide_what_dn(&w->dn, dn, parsed.normal));
}

static enum decide_holds
dn_attr_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w)
{
	struct bv dn = identity(d, w->real);

	if (dn.n == 0)
		return HOLDS_NO;
	if (w->self_only)
		return HOLDS_YES; /* the value decides: see own_value */
	if (ask == NULL)
		return HOLDS_VARIES;
	return holds_if(decide_entry_has(ask, w->attr, dn));
}

/* A group that is being added or changed counts as it stands in the entry asked about. */
static bool
may_be_entry(const struct decide *d, const struct rules_group *g)
{
	enum { READS = RULES_OP_SEARCH | RULES_OP_COMPARE | RULES_OP_BIND | RULES_OP_EXTENDED };

	return (d->who.op & READS) == 0 && dn_normal_is_under(g->dn.normal, d->region);
}

static enum decide_holds
group_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w)
{
	struct bv dn = d->who.normal_dn;

	if (dn.n == 0)
		return HOLDS_NO;
	if (ask == NULL && (w->group.dn.expand || may_be_entry(d, &w->group)))
		return HOLDS_VARIES;
	return holds_if(decide_group_holds(d, ask, &w->group, dn));
}

static enum decide_holds
set_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w)
{
	if (ask == NULL && sets_ask_entry(w->set))
		return HOLDS_VARIES;
	return holds_if(decide_set_holds(d, ask, w));
}

static struct bv
peer_text(const struct acl_peer *p, enum rules_who_kind kind)
{
	if (p == NULL)
		return BV_NONE;
	if (kind == RULES_WHO_PEERNAME)
		return p->peername;
	if (kind == RULES_WHO_SOCKNAME)
		return p->sockname;
	return kind == RULES_WHO_SOCKURL ? p->sockurl : p->domain;
}

static enum decide_holds
peer_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w)
{
	struct bv have = peer_text(d->who.peer, w->kind), pattern = w->text.text;

	if (have.p == NULL)
		return HOLDS_NO;
	if (!w->text.expand)
		return holds_if(
		    bv_eq(pattern, BV_LIT("*")) || decide_peer_holds(&w->text, pattern, have));
	if (ask == NULL)
		return HOLDS_VARIES;
	if (w->text.style == RULES_TEXT_REGEX)
		return holds_if(decide_fill_matches(ask, pattern, have));
	return holds_if(decide_fill(ask, pattern, false, &pattern) &&
			decide_peer_holds(&w->text, pattern, have));
}

static enum decide_holds
ssf_holds(const struct acl_peer *p, const struct rules_who *w)
{
	unsigned have = 0;

	if (p != NULL) {
		switch (w->ssf_kind) {
		case RULES_SSF_ANY:
			have = p->ssf;
			break;
		case RULES_SSF_TRANSPORT:
			have = p->transport_ssf;
			break;
		case RULES_SSF_TLS:
			have = p->tls_ssf;
			break;
		case RULES_SSF_SASL:
			have = p->sasl_ssf;
			break;
		}
	}
	return holds_if(have >= w->ssf);
}

static enum decide_holds
control_holds(const struct acl_who *who, const char *oid)
{
	for (size_t i = 0; i < who->control_count; i++) {
		if (strcmp(who->controls[i], oid) == 0)
			return HOLDS_YES;
	}
	return HOLDS_NO;
}

static enum decide_holds
one_holds(struct decide *d, struct decide_ask *ask, const struct rules_who *w)
{
	switch (w->kind) {
	case RULES_WHO_ANYBODY:
		return HOLDS_YES;
	case RULES_WHO_ANONYMOUS:
		return holds_if(identity(d, w->real).n == 0);
	case RULES_WHO_USERS:
		return holds_if(identity(d, w->real).n > 0);
	case RULES_WHO_SELF:
		return self_holds(d, ask, w);
	case RULES_WHO_DN:
		return dn_holds(d, ask, w);
	case RULES_WHO_DN_ATTR:
		return dn_attr_holds(d, ask, w);
	case RULES_WHO_GROUP:
		return group_holds(d, ask, w);
	case RULES_WHO_SET:
		return set_holds(d, ask, w);
	case RULES_WHO_PEERNAME:
	case RULES_WHO_SOCKNAME:
	case RULES_WHO_SOCKURL:
	case RULES_WHO_DOMAIN:
		return peer_holds(d, ask, w);
	case RULES_WHO_SSF:
		return ssf_holds(d->who.peer, w);
	case RULES_WHO_OP:
		return holds_if((w->ops & d->who.op) != 0);
	case RULES_WHO_CONTROL:
		return control_holds(&d->who, w->control);
	case RULES_WHO_DYNACL:
		return HOLDS_NO;
	}
	return HOLDS_NO;
}

/* "self" before the access: only for a value that is the requestor's own DN. */
static enum decide_holds
own_value(const struct decide *d, const struct decide_ask *ask, const struct rules_by *by)
{
	struct bv dn = identity(d, by->real_self);

	if (dn.n == 0)
		return HOLDS_NO;
	if (ask == NULL)
		return HOLDS_VARIES;
	const struct acl_target *t = ask->target;
	return holds_if(t->part == ACL_PART_ATTR && t->value_normal.p != NULL &&
			rules_holds_dns(t->desc->type, true) && bv_eq(t->value_normal, dn));
}

static bool
looks_up(const struct rules_who *w)
{
	return w->kind == RULES_WHO_GROUP || w->kind == RULES_WHO_SET;
}

static enum decide_holds
all_hold(struct decide *d, struct decide_ask *ask, const struct rules_by *by, bool lookups)
{
	enum decide_holds result = HOLDS_YES;

	for (const struct rules_who *w = by->who; w != NULL; w = w->next) {
		if (looks_up(w) != lookups)
			continue;
		enum decide_holds one = one_holds(d, ask, w);
		if (one == HOLDS_NO)
			return one;
		if (one == HOLDS_VARIES)
			result = one;
	}
	return result;
}

enum decide_holds
decide_who_holds(struct decide *d, struct decide_ask *ask, const struct rules_by *by)
{
	d->failed = false;
	enum decide_holds result = all_hold(d, ask, by, false);

	if (result != HOLDS_NO && by->self) {
		enum decide_holds own = own_value(d, ask, by);
		result = own == HOLDS_YES ? result : own;
	}
	if (result == HOLDS_YES)
		result = all_hold(d, ask, by, true);
	return d->failed ? HOLDS_FAILED : result;
}
