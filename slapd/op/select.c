#include "op/select.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/desc.h"
#include "model/match.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/op.h"
#include "op/selectval.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/store.h"
#include "wire/ber.h"
#include "wire/message.h"

/*
 * Attribute selection. The request's list is compiled once into wanted descriptions
 * and flags; per database map it becomes one verdict per attribute ID, so that the
 * work per entry is an array look-up per row. Runs of rows that go out unchanged are
 * copied as one piece.
 */

enum verdict {
	VERDICT_UNKNOWN,
	VERDICT_NO,
	VERDICT_YES,
	VERDICT_ASK,	/* for each entry */
	VERDICT_VALUES, /* for each value */
};

struct select {
	const struct schema *schema;
	bool all_user, all_operational, types_only;
	const struct attr_desc **wanted;
	size_t wanted_count;
	struct match **value_items; /* NULL entries: items that can never match */
	size_t value_item_count;
	bool filter_values;
	const struct attr_map *map; /* the map verdicts are for */
	uint64_t serial;	    /* of the map that verdicts are for; 0: none */
	size_t verdict_count;
	uint8_t *verdicts;    /* by attribute ID */
	uint32_t *classes;    /* by attribute ID, of those to be asked about: decide_class */
	bool as_stored;	      /* what may be read goes out as it is in the record */
	bool only_user;	      /* no operational attribute is asked for */
	bool reads_all;	      /* in the database of that map */
	uint32_t asked_class; /* of the attribute asked about last, on this entry */
	enum verdict asked_verdict;
	bool computed_entry_dn, computed_subschema, computed_has_sub, computed_num_sub;
};

static void
want(struct op *op, struct select *s, const struct attr_desc *d)
{
	for (size_t i = 0; i < s->wanted_count; i++) {
		if (s->wanted[i] == d)
			return;
	}
	s->wanted = arena_grow(
	    op->arena, s->wanted, s->wanted_count, s->wanted_count + 1, sizeof(*s->wanted));
	s->wanted[s->wanted_count++] = d;
}

/* RFC 4529: every attribute that the class and its superiors name. */
static void
want_class(struct op *op, struct select *s, const struct object_class *oc)
{
	if (oc == schema_known(s->schema)->extensible_object) {
		s->all_user = s->all_operational = true;
		return;
	}
	for (size_t i = 0; i < oc->must_count; i++)
		want(op, s, desc_of_type(s->schema, oc->must[i]));
	for (size_t i = 0; i < oc->may_count; i++)
		want(op, s, desc_of_type(s->schema, oc->may[i]));
	for (size_t i = 0; i < oc->sup_count; i++)
		want_class(op, s, oc->sups[i]);
}

static void
add_name(struct op *op, struct select *s, struct bv name)
{
	const struct attr_desc *d;
	struct errbuf *no_text = NULL;

	if (bv_eq(name, BV_LIT("*"))) {
		s->all_user = true;
	} else if (bv_eq(name, BV_LIT("+"))) {
		s->all_operational = true;
	} else if (name.n > 1 && name.p[0] == '@') {
		const struct object_class *oc = schema_object_class(s->schema, bv_from(name, 1));
		if (oc != NULL)
			want_class(op, s, oc);
	} else if (desc_parse(s->schema, op->arena, name, &d, no_text) == 0) {
		want(op, s, d);
	}
}

static bool
wants_type(const struct select *s, const struct attr_type *t)
{
	if (t->usage == ATTR_USER_APPLICATIONS ? s->all_user : s->all_operational)
		return true;
	for (size_t i = 0; i < s->wanted_count; i++) {
		if (s->wanted[i]->options.n == 0 && schema_attr_is_a(t, s->wanted[i]->type))
			return true;
	}
	return false;
}

static bool
names_type(const struct select *s, const struct attr_type *t)
{
	for (size_t i = 0; i < s->wanted_count; i++) {
		if (s->wanted[i]->type == t)
			return true;
	}
	return false;
}

struct select *
select_new(struct op *op, const struct bv *attrs, size_t count, bool types_only)
{
	struct select *s = arena_zalloc(op->arena, 1, sizeof(*s));
	const struct schema_known *k = schema_known(op->world->conf->schema);

	s->schema = op->world->conf->schema;
	s->types_only = types_only;
	s->all_user = count == 0;
	for (size_t i = 0; i < count; i++)
		add_name(op, s, attrs[i]);
	s->as_stored = !types_only;
	s->only_user = s->wanted_count == 0 && !s->all_operational;
	s->computed_entry_dn = wants_type(s, k->entry_dn);
	s->computed_subschema = wants_type(s, k->subschema_subentry);
	s->computed_has_sub = wants_type(s, k->has_subordinates);
	s->computed_num_sub = names_type(s, k->num_subordinates);
	return s;
}

void
select_set_value_filters(struct op *op, struct select *s)
{
	s->filter_values = op->ctl.value_filter_count > 0;
	s->as_stored = s->as_stored && !s->filter_values;
	s->value_item_count = op->ctl.value_filter_count;
	s->value_items = arena_zalloc(op->arena, s->value_item_count, sizeof(*s->value_items));
	for (size_t i = 0; i < s->value_item_count; i++)
		s->value_items[i] = match_resolve(s->schema, op->arena, op->ctl.value_filters[i]);
}

static bool
wants_desc(const struct select *s, const struct attr_desc *d)
{
	const struct attr_type *t = d->type;
	bool alone = t->sup == NULL && !t->undefined; /* no subtype of any other */

	if (t->usage == ATTR_USER_APPLICATIONS ? s->all_user : s->all_operational)
		return true;
	for (size_t i = 0; i < s->wanted_count; i++) {
		if ((!alone || s->wanted[i]->type == t) && desc_is_subtype(d, s->wanted[i]))
			return true;
	}
	return false;
}

static enum verdict
verdict_of(struct op *op, const struct select *s, const struct attr_desc *d)
{
	struct decide *decide = access_of(op, op->be);

	if (d == NULL || !wants_desc(s, d))
		return VERDICT_NO;
	switch (decide_once(decide, ACL_PART_ATTR, d, ACL_B_READ)) {
	case DECIDE_NO:
		return VERDICT_NO;
	case DECIDE_YES:
		return VERDICT_YES;
	case DECIDE_PER_ENTRY:
		break;
	}
	return !s->types_only && decide_by_value(decide, d) ? VERDICT_VALUES : VERDICT_ASK;
}

static void
bind_map(struct op *op, struct select *s, const struct attr_map *map)
{
	size_t need = attr_map_count(map) + 1;

	if (s->map == map)
		return;
	s->map = map;
	if (s->serial == attr_map_serial(map))
		return;
	s->serial = attr_map_serial(map);
	if (need > s->verdict_count) {
		s->verdicts = arena_alloc(op->arena, need);
		s->classes = arena_alloc(op->arena, need * sizeof(*s->classes));
	}
	s->verdict_count = need;
	memset(s->verdicts, VERDICT_UNKNOWN, need);
	s->reads_all = s->as_stored && s->only_user && s->all_user &&
		       decide_all(access_of(op, op->be), ACL_B_READ);
}

void
select_forget_map(struct select *s)
{
	s->map = NULL;
}

static struct acl_entry
asked_about(const struct select_entry *e)
{
	return (struct acl_entry){e->normal_dn, e->record, e->map, e->read, e->id, NULL};
}

/* Most attributes of an entry are of one class, and asked about once. */
static enum verdict
ask(struct op *op, struct select *s, const struct select_entry *e, uint32_t attr_id)
{
	uint32_t class = s->classes[attr_id];

	if (class == DECIDE_NO_CLASS || class != s->asked_class) {
		const struct acl_entry at = asked_about(e);
		bool allowed = access_attr(op, &at, attr_map_desc(s->map, attr_id), ACL_B_READ);
		s->asked_class = class;
		s->asked_verdict = allowed ? VERDICT_YES : VERDICT_NO;
	}
	return s->asked_verdict;
}

static enum verdict
row_verdict(struct op *op, struct select *s, const struct select_entry *e, uint32_t attr_id)
{
	if (attr_id >= s->verdict_count)
		return VERDICT_NO;
	uint8_t *v = &s->verdicts[attr_id];
	if (*v == VERDICT_UNKNOWN) {
		const struct attr_desc *d = attr_map_desc(s->map, attr_id);
		*v = (uint8_t)verdict_of(op, s, d);
		if (*v == VERDICT_ASK)
			s->classes[attr_id] = decide_class(access_of(op, op->be), d);
	}
	if (*v != VERDICT_ASK)
		return (enum verdict) * v;
	return ask(op, s, e, attr_id);
}

static struct value_test
value_test_of(
    struct op *op, const struct select *s, const struct attr_desc *d, struct arena *scratch)
{
	return (struct value_test){
	    .op = op,
	    .filter = s->filter_values,
	    .schema = s->schema,
	    .items = s->value_items,
	    .item_count = s->value_item_count,
	    .desc = d,
	    .scratch = scratch,
	};
}

/* A row that goes out otherwise than as it is stored; entry NULL: each value may be read. */
static void
put_row(struct op *op, struct select *s, const struct record_attr *a, const struct acl_entry *entry,
    struct arena *scratch)
{
	const struct attr_desc *d = attr_map_desc(s->map, a->attr_id);
	struct value_test t = value_test_of(op, s, d, scratch);

	t.entry = entry;
	if (s->types_only)
		message_put_attr(&op->assembly, d->name, NULL, 0);
	else
		selectval_put(&t, a, &op->assembly);
}

int
select_computed(struct op *op, const struct select_entry *e, const struct attr_desc *d,
    struct arena *a, const struct bv **normals_out)
{
	const struct schema_known *k = schema_known(op->world->conf->schema);
	struct bv *one = arena_zalloc(a, 1, sizeof(*one));

	*normals_out = one;
	if (d->type == k->entry_dn)
		*one = e->normal_dn;
	else if (d->type == k->subschema_subentry)
		*one = op->world->subschema.entries[0].dn.normal;
	else if (d->type == k->has_subordinates && e->read != NULL)
		*one = store_has_children(e->read, e->id) ? BV_LIT("TRUE") : BV_LIT("FALSE");
	else if (d->type == k->num_subordinates && e->read != NULL)
		*one =
		    arena_printf(a, "%llu", (unsigned long long)store_child_count(e->read, e->id));
	else
		return -1;
	return 1;
}

int
select_computed_of(void *arg, uint64_t id, const struct record *r, const struct attr_desc *d,
    struct arena *a, const struct bv **normals_out)
{
	struct op *op = arg;
	struct store_read *read = op_reader(op, op->be);
	struct select_entry e = {id, r, store_read_map(read), read, BV_NONE, BV_NONE};

	if (d->type == schema_known(op->world->conf->schema)->entry_dn &&
	    store_dn(read, r, a, NULL, &e.normal_dn) != 0)
		return -1;
	return select_computed(op, &e, d, a, normals_out);
}

/* What put_computed_one needs beside the attribute. */
struct computed_put {
	struct op *op;
	const struct select *select;
	const struct select_entry *entry;
	struct arena *scratch;
	struct buf *out;
};

static void
put_computed_one(
    const struct computed_put *p, const struct attr_type *type, struct bv value, struct bv normal)
{
	const struct select *s = p->select;
	const struct attr_desc *d = desc_of_type(s->schema, type);
	struct value_test t = value_test_of(p->op, s, d, p->scratch);
	const struct acl_entry at = asked_about(p->entry);

	t.entry = &at;
	if (s->types_only ? !access_attr(p->op, &at, d, ACL_B_READ)
			  : !selectval_holds(&t, value, normal))
		return;
	message_put_attr(p->out, d->name, &value, s->types_only ? 0 : 1);
}

static void
put_computed(struct op *op, const struct select *s, const struct select_entry *e,
    struct arena *scratch, struct buf *out)
{
	const struct schema_known *k = schema_known(s->schema);
	const struct computed_put p = {op, s, e, scratch, out};
	const struct dn *schema_dn = &op->world->subschema.entries[0].dn;

	if (s->computed_entry_dn)
		put_computed_one(&p, k->entry_dn, e->pretty_dn, e->normal_dn);
	if (s->computed_subschema)
		put_computed_one(&p, k->subschema_subentry, schema_dn->pretty, schema_dn->normal);
	if (s->computed_has_sub && e->read != NULL) {
		bool has = store_has_children(e->read, e->id);
		struct bv truth = has ? BV_LIT("TRUE") : BV_LIT("FALSE");
		put_computed_one(&p, k->has_subordinates, truth, truth);
	}
	if (s->computed_num_sub && e->read != NULL) {
		unsigned long long count = store_child_count(e->read, e->id);
		struct bv text = arena_printf(scratch, "%llu", count);
		put_computed_one(&p, k->num_subordinates, text, text);
	}
}

/* Everything asked for is one contiguous run of the record and may be read. */
static bool
whole_run(const struct select *s, const struct select_entry *e)
{
	return s->reads_all && e->read != NULL;
}

/* Rows that go out as they are stored are copied in runs. */
static void
put_rows(struct op *op, struct select *s, const struct select_entry *e, struct arena *scratch)
{
	const struct acl_entry at = asked_about(e);
	const struct record *rec = e->record;
	size_t count = s->only_user ? rec->user_count : rec->row_count, from = 0;

	s->asked_class = DECIDE_NO_CLASS;
	for (size_t i = 0; i < count; i++) {
		enum verdict v = row_verdict(op, s, e, record_row_id(rec, i));
		if (v == VERDICT_YES && s->as_stored)
			continue;
		buf_put_bv(&op->assembly, record_run(rec, from, i));
		from = i + 1;
		if (v == VERDICT_NO)
			continue;
		struct record_attr a = record_attr_at(rec, i);
		put_row(op, s, &a, v == VERDICT_VALUES ? &at : NULL, scratch);
	}
	buf_put_bv(&op->assembly, record_run(rec, from, count));
}

struct bv
select_encode(struct op *op, struct select *s, const struct select_entry *e, struct arena *scratch)
{
	struct buf *out = &op->assembly;

	bind_map(op, s, e->map);
	if (whole_run(s, e))
		return e->record->user_attrs;
	out->n = 0;
	put_rows(op, s, e, scratch);
	put_computed(op, s, e, scratch, out);
	return buf_bv(out);
}
