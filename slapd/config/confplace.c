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

	if (n->line == 0)
		n->file = place;
	for (size_t i = 0; i < n->count; i++) {
		for (size_t j = 0; j < n->attrs[i].count; j++) {
			if (n->attrs[i].values[j].line == 0)
				n->attrs[i].values[j].file = place;
		}
	}
	for (struct conf_node *child = n->first; child != NULL; child = child->next)
		confplace_name(t, child);
}

void
confplace_forget_files(struct conf_node *n)
{
	n->line = 0;
	for (size_t i = 0; i < n->count; i++) {
		for (size_t j = 0; j < n->attrs[i].count; j++)
			n->attrs[i].values[j].line = 0;
	}
	for (struct conf_node *child = n->first; child != NULL; child = child->next)
		confplace_forget_files(child);
}

/* ---- copies ---- */

/* Names of files come in runs: the last one is remembered. */
struct copier {
	struct conf_tree *tree;
	const char *from;
	const char *to;
};

static const char *
copy_file(struct copier *c, const char *file)
{
	if (file != c->from) {
		c->from = file;
		c->to = arena_str(c->tree->arena, bv_str(file));
	}
	return c->to;
}

static void
copy_attrs(struct copier *c, struct conf_node *to, const struct conf_node *from)
{
	struct arena *a = c->tree->arena;

	to->attrs = arena_zalloc(a, from->count, sizeof(*to->attrs));
	to->count = to->cap = from->count;
	for (size_t i = 0; i < from->count; i++) {
		const struct conf_attr *old = &from->attrs[i];
		struct conf_attr *attr = &to->attrs[i];
		*attr = (struct conf_attr){old->option, NULL, old->count, old->count};
		attr->values = arena_zalloc(a, old->count, sizeof(*attr->values));
		for (size_t j = 0; j < old->count; j++) {
			const struct conf_value *v = &old->values[j];
			attr->values[j] = (struct conf_value){
			    arena_dup(a, v->text), copy_file(c, v->file), v->line};
		}
	}
}

static void
copy_node(struct copier *c, struct conf_node *to, const struct conf_node *from)
{
	struct arena *a = c->tree->arena;
	const struct conf_stamp *s = &from->stamp;

	to->stamp = (struct conf_stamp){
	    .uuid = arena_dup(a, s->uuid),
	    .csn = arena_dup(a, s->csn),
	    .creator = arena_dup(a, s->creator),
	    .created = arena_dup(a, s->created),
	    .modifier = arena_dup(a, s->modifier),
	    .modified = arena_dup(a, s->modified),
	};
	to->db_type = from->db_type;
	to->file = copy_file(c, from->file);
	to->line = from->line;
	copy_attrs(c, to, from);
	for (const struct conf_node *child = from->first; child != NULL; child = child->next) {
		struct conf_node *n = c->tree->schema;
		if (child->kind != CONF_NODE_SCHEMA || from->kind != CONF_NODE_ROOT)
			n = conftree_add(c->tree, to, child->kind, child->number, child->name);
		copy_node(c, n, child);
	}
}

struct conf_tree *
confplace_copy(const struct conf_tree *t)
{
	struct copier c = {conftree_new(), NULL, NULL};

	c.tree->from_dir = true;
	copy_node(&c, c.tree->root, t->root);
	conftree_sort(c.tree, c.tree->root);
	return c.tree;
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
