#include "config/confplace.h"

#include "base/arena.h"
#include "config/confname.h"
#include "config/conftree.h"

/*
 * Siblings of a kind are numbered without gaps: modules, backends and schema from 0,
 * databases from 1, where the frontend ({-1}) and config ({0}) never move.
 */

void
confplace_name(struct conf_tree *t, struct conf_node *n)
{
	const char *place = (const char *)conftree_dn(n, t->arena).p;

	n->file = place;
	n->line = 0;
	for (size_t i = 0; i < n->count; i++) {
		for (size_t j = 0; j < n->attrs[i].count; j++) {
			n->attrs[i].values[j].file = place;
			n->attrs[i].values[j].line = 0;
		}
	}
	for (struct conf_node *child = n->first; child != NULL; child = child->next)
		confplace_name(t, child);
}

/* ---- copies ---- */

static void
copy_attrs(struct conf_tree *t, struct conf_node *to, const struct conf_node *from)
{
	to->attrs = arena_zalloc(t->arena, from->count, sizeof(*to->attrs));
	to->count = to->cap = from->count;
	for (size_t i = 0; i < from->count; i++) {
		const struct conf_attr *old = &from->attrs[i];
		struct conf_attr *attr = &to->attrs[i];
		*attr = (struct conf_attr){old->option, NULL, old->count, old->count};
		attr->values = arena_zalloc(t->arena, old->count, sizeof(*attr->values));
		for (size_t j = 0; j < old->count; j++)
			attr->values[j].text = arena_dup(t->arena, old->values[j].text);
	}
}

static void
copy_node(struct conf_tree *t, struct conf_node *to, const struct conf_node *from)
{
	const struct conf_stamp *s = &from->stamp;

	to->stamp = (struct conf_stamp){
	    .uuid = arena_dup(t->arena, s->uuid),
	    .csn = arena_dup(t->arena, s->csn),
	    .creator = arena_dup(t->arena, s->creator),
	    .created = arena_dup(t->arena, s->created),
	    .modifier = arena_dup(t->arena, s->modifier),
	    .modified = arena_dup(t->arena, s->modified),
	};
	to->db_type = from->db_type;
	copy_attrs(t, to, from);
	for (const struct conf_node *child = from->first; child != NULL; child = child->next) {
		struct conf_node *n = t->schema;
		if (child->kind != CONF_NODE_SCHEMA || from->kind != CONF_NODE_ROOT)
			n = conftree_add(t, to, child->kind, child->number, child->name);
		copy_node(t, n, child);
	}
}

struct conf_tree *
confplace_copy(const struct conf_tree *t)
{
	struct conf_tree *copy = conftree_new();

	copy->from_dir = true;
	copy_node(copy, copy->root, t->root);
	conftree_sort(copy, copy->root);
	confplace_name(copy, copy->root);
	return copy;
}

/* ---- order ---- */

/* Returns whether the two share one sequence of numbers. */
static bool
in_sequence(const struct conf_node *n, const struct conf_node *with)
{
	if (n->kind != with->kind)
		return false;
	return n->kind != CONF_NODE_DB || n->number > 0;
}

static int
first_number(const struct conf_node *n)
{
	return n->kind == CONF_NODE_DB ? 1 : 0;
}

/* Numbers the siblings of n, which stand in order. */
static void
renumber(struct conf_tree *t, struct conf_node *n)
{
	int number = first_number(n);

	for (struct conf_node *s = n->parent->first; s != NULL; s = s->next) {
		if (!in_sequence(s, n))
			continue;
		struct bv name = confname_text(t->arena, s->kind, confname_base(s), number);
		s->number = number++;
		if (bv_eq(name, s->name))
			continue;
		s->name = name;
		confplace_name(t, s);
	}
}

void
confplace_insert(struct conf_tree *t, struct conf_node *n, int number)
{
	int last = first_number(n) - 1;

	for (struct conf_node *s = n->parent->first; s != NULL; s = s->next) {
		if (s == n || !in_sequence(s, n))
			continue;
		if (s->number > last)
			last = s->number;
		if (number >= 0 && s->number >= number)
			s->number++;
	}
	n->number = number < 0 || number > last ? last + 1 : number;
	conftree_sort(t, n->parent);
	renumber(t, n);
}

void
confplace_remove(struct conf_tree *t, struct conf_node *n)
{
	struct conf_node *prev = NULL;

	for (struct conf_node *s = n->parent->first; s != n; s = s->next)
		prev = s;
	if (prev == NULL)
		n->parent->first = n->next;
	else
		prev->next = n->next;
	if (n->parent->last == n)
		n->parent->last = prev;
	n->next = NULL;
	renumber(t, n);
}
