#include "op/selectval.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/desc.h"
#include "model/match.h"
#include "op/access.h"
#include "store/test_value.h"
#include "wire/message.h"

/* RFC 3876 2: a value is returned when a filter item that applies to its attribute matches it. */

static bool
item_applies(const struct match *m, const struct attr_desc *d)
{
	if (m->desc != NULL)
		return desc_is_subtype(d, m->desc);
	return m->kind == MATCH_EXTENSIBLE && test_rule_applies(d->type, m);
}

/* An object class is asserted as an OR over the class and those below it. */
static bool
item_holds(const struct value_test *t, const struct match *m, const struct bv pair[2])
{
	if (m->kind != MATCH_OR)
		return test_value(t->schema, t->scratch, m, t->desc->type, pair[0], pair[1]);
	for (size_t i = 0; i < m->child_count; i++) {
		if (item_holds(t, m->children[i], pair))
			return true;
	}
	return false;
}

static bool
is_wanted(const struct value_test *t, struct bv value, struct bv normal)
{
	const struct bv pair[2] = {value, normal};

	if (!t->filter)
		return true;
	for (size_t i = 0; i < t->item_count; i++) {
		if (item_applies(t->items[i], t->desc) && item_holds(t, t->items[i], pair))
			return true;
	}
	return false;
}

bool
selectval_holds(const struct value_test *t, struct bv value, struct bv normal)
{
	const struct acl_target on = access_on_value(t->desc, value, normal);

	return is_wanted(t, value, normal) &&
	       (t->entry == NULL || access_allows(t->op, t->entry, &on, ACL_B_READ));
}

void
selectval_put(const struct value_test *t, const struct record_attr *a, struct buf *out)
{
	struct bv *kept = arena_zalloc(t->scratch, a->count, sizeof(*kept));
	struct record_values it = record_values_of(a);
	struct bv value, normal;
	size_t n = 0;

	while (n < a->count && record_next_value(&it, &value, &normal)) {
		if (selectval_holds(t, value, normal))
			kept[n++] = value;
	}
	if (n > 0)
		message_put_attr(out, t->desc->name, kept, n);
}
