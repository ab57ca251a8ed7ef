#include "decide_impl.h"

#include "base/arena.h"
#include "base/buf.h"
#include "config/conf.h"

/* Why a decision is what it is, for people: the rule and the clause that had the last word. */

static void
put_rule(const struct decide *d, const struct rules_rule *r, struct buf *out)
{
	struct bv name = r->frontend || d->rules->db == NULL ? BV_NONE : d->rules->db->name;

	if (name.n > 0)
		buf_printf(out, "access rule {%d} of olcDatabase=%.*s", r->number, BV(name));
	else
		buf_printf(out, "access rule {%d} of %s", r->number,
		    r->frontend ? "the frontend" : "the database");
	if (r->line > 0 && r->file != NULL)
		buf_printf(out, " (%s:%lu)", r->file, r->line);
	buf_printf(out, ": %.*s: ", BV(r->text));
}

static const char *
without_rules(const struct decide *d)
{
	if (d->who.is_root)
		return "the rootdn: access rules do not apply";
	return d->rules->default_bits != 0 ? "there are no access rules: everybody may read"
					   : "there are no access rules: the rootdn alone";
}

static void
put_reason(const struct decide_ask *ask, struct buf *out)
{
	if (ask->rule == NULL) {
		buf_printf(out, "no access rule applies");
		return;
	}
	put_rule(ask->d, ask->rule, out);
	if (ask->failed)
		buf_printf(out, "a group or set could not be read, so nothing is granted");
	else if (ask->by == NULL)
		buf_printf(out, "no clause applies");
	else
		buf_put_bv(out, ask->by->text);
	if (ask->by != NULL && ask->by->control == RULES_BREAK)
		buf_printf(out, ", and no further rule applies");
}

void
decide_explain(
    struct decide *d, const struct acl_entry *e, const struct acl_target *t, struct buf *out)
{
	struct arena_mark mark = arena_mark(d->env.scratch);
	unsigned bits;

	if (decide_by_rules(d, e, &bits)) {
		struct decide_ask ask = {.d = d, .entry = e, .target = t};
		bits = decide_walk(&ask);
		put_reason(&ask, out);
	} else {
		buf_printf(out, "%s", without_rules(d));
	}
	buf_printf(out, ": granted %.*s", BV(rules_bits_text(d->env.scratch, bits)));
	if (d->env.scratch != d->env.arena)
		arena_rewind(d->env.scratch, mark);
}
