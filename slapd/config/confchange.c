#include "config/confchange.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/confattr.h"
#include "config/confedit.h"
#include "config/confname.h"
#include "config/confshape.h"
#include "config/conftree.h"
#include "config/option.h"
#include "model/schema.h"
#include "model/value.h"
#include "wire/message.h"

/*
 * An attribute is taken out of the node as a list with the normal form of each value,
 * changed, and put back. {n} in front of an ordered value says where it goes; when
 * values are deleted, {n} counts as before the modification.
 */

struct item {
	struct bv text; /* without {n} */
	struct bv normal;
	const char *file; /* its place, as in struct conf_value */
	unsigned long line;
	bool gone;
};

struct list {
	struct item *v;
	size_t n, cap;
};

static struct bv
show_value(const struct confchange *c, const struct option *o, struct bv text)
{
	if ((o->flags & (OPTION_F_SECRET | OPTION_F_BINARY)) != 0)
		return BV_LIT("(not shown)");
	return confattr_show(c, text);
}

/* ---- lists of values ---- */

static void
list_insert(const struct confchange *c, struct list *l, size_t at, const struct item *one)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 8 : l->cap * 2;
		l->v = arena_grow(c->by->scratch, l->v, l->cap, cap, sizeof(*l->v));
		l->cap = cap;
	}
	memmove(l->v + at + 1, l->v + at, (l->n - at) * sizeof(*l->v));
	l->v[at] = *one;
	l->n++;
}

/* Takes the present values out; a stored value without a normal form is its own. */
static void
list_load(const struct confchange *c, const struct confattr *attr, struct list *l)
{
	const struct conf_attr *old = conftree_find(c->node, attr->option);

	for (size_t i = 0; old != NULL && i < old->count; i++) {
		const struct conf_value *v = &old->values[i];
		struct item one = {v->text, v->text, v->file, v->line, false};
		struct bv text = v->text, stored;
		if (value_prepare(
			c->by->schema, c->by->scratch, attr->type, text, &stored, &one.normal) != 0)
			one.normal = text;
		list_insert(c, l, l->n, &one);
	}
}

static void
list_store(const struct confchange *c, const struct confattr *attr, const struct list *l)
{
	conftree_remove(c->node, attr->option);
	for (size_t i = 0; i < l->n; i++) {
		struct conf_value v = {l->v[i].text, l->v[i].file, l->v[i].line};
		if (!l->v[i].gone)
			conftree_put(c->tree, c->node, attr->option, &v);
	}
}

/* Returns the index of an equal value, or l->n. */
static size_t
list_find(const struct list *l, struct bv normal)
{
	size_t i = 0;

	while (i < l->n && !bv_eq(l->v[i].normal, normal))
		i++;
	return i;
}

/* ---- one value on its way in ---- */

/* Returns what a value should have been. */
static struct bv
expected(const struct confchange *c, const struct option *o)
{
	switch (o->type) {
	case OPTION_T_BOOL:
		return BV_LIT("TRUE or FALSE");
	case OPTION_T_INT:
		return arena_printf(c->by->scratch, "a number from %lld to %lld%s%s",
		    (long long)o->min, (long long)o->max, o->unit != NULL ? " " : "",
		    o->unit != NULL ? o->unit : "");
	case OPTION_T_DN:
		return BV_LIT("a distinguished name");
	case OPTION_T_TEXT:
	case OPTION_T_WORDS:
	case OPTION_T_OWN:
		break;
	}
	return bv_str(o->usage != NULL ? o->usage : "text");
}

static int
bad_syntax(const struct confchange *c, const struct option *o, size_t index, struct bv value)
{
	return err_set(c->e, LDAP_INVALID_SYNTAX,
	    "%s: value #%zu invalid per syntax: \"%.*s\"; expected %.*s", o->olc, index,
	    BV(show_value(c, o, value)), BV(expected(c, o)));
}

/* Checks one value, without its {n}, and gives both its forms. */
static int
prepare(const struct confchange *c, const struct confattr *attr, size_t index, struct bv value,
    struct item *out)
{
	const struct option *o = attr->option;
	bool raw = (o->flags & (OPTION_F_BINARY | OPTION_F_SECRET)) != 0;
	struct bv stored;

	if (value_prepare(
		c->by->schema, c->by->scratch, attr->type, value, &stored, &out->normal) != 0 ||
	    (!raw && bv_find(value, 0, 0) != value.n))
		return bad_syntax(c, o, index, value);
	out->text = confshape_canonical(o, c->tree->arena, value);
	out->file = c->place;
	out->line = 0;
	out->gone = false;
	return 0;
}

/* An ordered value as it comes: -1 when there is no {n}. */
struct cut {
	int number;
	struct bv rest;
};

/* Splits {n} from an ordered value. */
static int
cut_number(const struct confchange *c, const struct option *o, size_t index, struct bv value,
    struct cut *out)
{
	*out = (struct cut){-1, value};
	if (!o->ordered)
		return 0;
	if (!conftree_ordered(value, &out->number, &out->rest) && value.n > 0 && value.p[0] == '{')
		return err_set(c->e, LDAP_INVALID_SYNTAX,
		    "%s: value #%zu: \"%.*s\" does not begin with {n}, n from 0 to %d", o->olc,
		    index, BV(show_value(c, o, value)), CONFNAME_MAX_NUMBER);
	out->rest = bv_trim(out->rest);
	return 0;
}

/* ---- adding ---- */

static int
exists(const struct confchange *c, const struct option *o, const char *what, size_t index, bool own)
{
	if (own)
		return err_set(c->e, LDAP_TYPE_OR_VALUE_EXISTS,
		    "%s%s: value #%zu provided more than once", what, o->olc, index);
	return err_set(c->e, LDAP_TYPE_OR_VALUE_EXISTS, "%s%s: value #%zu already exists", what,
	    o->olc, index);
}

/* Returns whether a value may not be added as it is there. One that is at another place may: a
 * later modification can delete it there, which confchange_check_values insists on. */
static bool
is_there(const struct list *l, int number, struct bv normal)
{
	if (number < 0)
		return list_find(l, normal) < l->n;
	return (size_t)number < l->n && bv_eq(l->v[number].normal, normal);
}

static int
insert_all(const struct confchange *c, const struct confattr *attr, struct list *l,
    const struct wire_attr *values, const char *what)
{
	const struct option *o = attr->option;
	struct list own = {NULL, 0, 0};
	struct item one = {.gone = false};
	struct cut cut;

	for (size_t i = 0; i < values->count; i++) {
		int code = cut_number(c, o, i, values->values[i], &cut);
		if (code == 0)
			code = prepare(c, attr, i, cut.rest, &one);
		if (code != 0)
			return code;
		size_t again = list_find(&own, one.normal);
		if (again < own.n)
			return exists(c, o, what, again, true);
		if (is_there(l, cut.number, one.normal))
			return exists(c, o, what, i, false);
		if (l->n == CONFNAME_MAX_NUMBER)
			return err_set(c->e, LDAP_ADMINLIMIT_EXCEEDED, "%s%s: more than %d values",
			    what, o->olc, CONFNAME_MAX_NUMBER);
		bool last = cut.number < 0 || (size_t)cut.number > l->n;
		list_insert(c, &own, own.n, &one);
		list_insert(c, l, last ? l->n : (size_t)cut.number, &one);
	}
	return 0;
}

/* cn=schema itself shows what is built in; what is added there would not be checked. */
static int
check_add_here(const struct confchange *c, const struct option *o)
{
	if (c->node != c->tree->schema)
		return 0;
	return err_set(c->e, LDAP_UNWILLING_TO_PERFORM,
	    "%s: cn=schema,cn=config holds what is built in; add an entry cn=<name> below it",
	    o->olc);
}

int
confchange_add(const struct confchange *c, const struct confattr *attr,
    const struct wire_attr *values, const char *what)
{
	const struct option *o = attr->option;
	struct list l = {NULL, 0, 0};
	int code = check_add_here(c, o);

	if (code != 0)
		return code;
	if (values->count == 0)
		return err_set(
		    c->e, LDAP_PROTOCOL_ERROR, "%s%s: operation requires values", what, o->olc);
	if (!o->multi && values->count > 1)
		return err_set(c->e, LDAP_CONSTRAINT_VIOLATION,
		    "%s: multiple values provided; the attribute has one", o->olc);
	list_load(c, attr, &l);
	code = insert_all(c, attr, &l, values, what);
	if (code == 0)
		list_store(c, attr, &l);
	return code;
}

/* ---- deleting ---- */

static int
no_value(const struct confchange *c, const struct option *o, struct bv value, size_t count)
{
	struct bv shown = show_value(c, o, value);

	if (o->ordered)
		return err_set(c->e, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/delete: %s: no such value: \"%.*s\"; there are %zu, numbered from {0}",
		    o->olc, BV(shown), count);
	return err_set(c->e, LDAP_NO_SUCH_ATTRIBUTE, "modify/delete: %s: no such value: \"%.*s\"",
	    o->olc, BV(shown));
}

/* Returns the index of the value that {n} and value name together, or l->n. */
static size_t
find_cut(const struct list *l, const struct cut *cut, struct bv normal)
{
	if (cut->number >= 0 && bv_eq(l->v[cut->number].normal, normal))
		return (size_t)cut->number;
	return list_find(l, normal);
}

static int
mark(const struct confchange *c, const struct option *o, size_t index, struct item *item)
{
	if (item->gone)
		return err_set(c->e, LDAP_TYPE_OR_VALUE_EXISTS,
		    "modify/delete: %s: value #%zu names the same value as one before%s", o->olc,
		    index, o->ordered ? "; {n} counts as before the change" : "");
	item->gone = true;
	return 0;
}

/* Marks the value that a modification deletes: by {n}, by {n} and value, or by value. */
static int
delete_one(const struct confchange *c, const struct confattr *attr, struct list *l, size_t index,
    struct bv value)
{
	const struct option *o = attr->option;
	struct item one;
	struct cut cut;
	int code = cut_number(c, o, index, value, &cut);

	if (code != 0)
		return code;
	if (cut.number >= 0 && (size_t)cut.number >= l->n)
		return no_value(c, o, value, l->n);
	if (cut.number >= 0 && cut.rest.n == 0)
		return mark(c, o, index, &l->v[cut.number]);
	code = prepare(c, attr, index, cut.rest, &one);
	if (code != 0)
		return code;
	size_t at = find_cut(l, &cut, one.normal);
	if (at == l->n)
		return no_value(c, o, value, l->n);
	if (cut.number >= 0 && at != (size_t)cut.number)
		return err_set(c->e, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/delete: %s: no such value: this one is {%zu}, not {%d}", o->olc, at,
		    cut.number);
	return mark(c, o, index, &l->v[at]);
}

static int
delete_values(
    const struct confchange *c, const struct confattr *attr, const struct wire_attr *values)
{
	const struct option *o = attr->option;
	struct list l = {NULL, 0, 0};

	if (conftree_find(c->node, o) == NULL)
		return err_set(c->e, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/delete: %s: no such attribute in %.*s", o->olc,
		    BV(conftree_dn(c->node, c->by->scratch)));
	if (values->count == 0) {
		conftree_remove(c->node, o);
		return 0;
	}
	list_load(c, attr, &l);
	for (size_t i = 0; i < values->count; i++) {
		int code = delete_one(c, attr, &l, i, values->values[i]);
		if (code != 0)
			return code;
	}
	list_store(c, attr, &l);
	return 0;
}

int
confchange_apply(
    const struct confchange *c, const struct confattr *attr, const struct wire_mod *mod)
{
	switch (mod->op) {
	case LDAP_MOD_OP_ADD:
		return confchange_add(c, attr, &mod->attr, "modify/add: ");
	case LDAP_MOD_OP_DELETE:
		return delete_values(c, attr, &mod->attr);
	case LDAP_MOD_OP_REPLACE:
		conftree_remove(c->node, attr->option);
		return mod->attr.count == 0
			   ? 0
			   : confchange_add(c, attr, &mod->attr, "modify/replace: ");
	case LDAP_MOD_OP_INCREMENT:
		break;
	}
	return err_set(c->e, LDAP_UNWILLING_TO_PERFORM,
	    "%s: modify/increment not supported in cn=config; replace the value",
	    attr->option->olc);
}

/* ---- the whole entry ---- */

int
confchange_check_values(const struct confchange *c, const struct confattr *attr)
{
	struct list l = {NULL, 0, 0};

	if (!attr->option->ordered)
		return 0;
	list_load(c, attr, &l);
	for (size_t i = 0; i < l.n; i++) {
		size_t first = list_find(&l, l.v[i].normal);
		if (first < i)
			return err_set(c->e, LDAP_TYPE_OR_VALUE_EXISTS,
			    "modify/add: %s: value {%zu} already exists as {%zu}; delete it there "
			    "to "
			    "move it",
			    attr->option->olc, i, first);
	}
	return 0;
}

int
confchange_check(const struct confchange *c)
{
	const struct conf_node *n = c->node;
	const struct option *directory = option_by_olc(BV_LIT("olcDbDirectory"));

	for (size_t i = 0; i < n->count; i++) {
		if (!n->attrs[i].option->multi && n->attrs[i].count > 1)
			return err_set(c->e, LDAP_CONSTRAINT_VIOLATION,
			    "attribute '%s' cannot have multiple values; replace the one there is",
			    n->attrs[i].option->olc);
	}
	if (n->kind == CONF_NODE_DB && n->db_type == CONF_DB_MDB &&
	    conftree_find(n, directory) == NULL)
		return err_set(c->e, LDAP_OBJECT_CLASS_VIOLATION,
		    "object class 'olcMdbConfig' requires attribute 'olcDbDirectory'");
	return 0;
}
