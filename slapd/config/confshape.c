#include "config/confshape.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/conftree.h"
#include "config/option.h"

/* The shapes: one word, all words as one value, each word a value, a list, or the raw line. */

struct bv
confshape_canonical(const struct option *o, struct arena *a, struct bv value)
{
	bool on;
	int64_t n;

	if (o->type == OPTION_T_BOOL && confbuild_bool_text(value, &on))
		return on ? BV_LIT("TRUE") : BV_LIT("FALSE");
	if (o->type == OPTION_T_INT && confbuild_number(value, &n))
		return arena_printf(a, "%lld", (long long)n);
	return value;
}

static int
wrong_count(const struct confshape_line *l, struct errbuf *e)
{
	return err_set(e, ERR_CONFIG, "%s: expected %s; quote a value that holds spaces",
	    l->option->keyword, l->option->usage);
}

static void
put_value(struct conf_tree *t, struct conf_node *n, const struct confshape_line *l, struct bv value)
{
	struct conf_value v = {confshape_canonical(l->option, t->arena, value), l->file, l->line};

	conftree_put(t, n, l->option, &v);
}

/* "uid,mail eq,sub": a value for each attribute. */
static void
put_list(struct conf_tree *t, struct conf_node *n, const struct confshape_line *l)
{
	struct bv list = l->words.v[1];
	struct bv rest = conflex_join(t->arena, &l->words, 2);

	for (size_t at = 0; at <= list.n;) {
		size_t end = bv_find(list, at, ',');
		struct bv item = bv_make(list.p + at, end - at);
		if (item.n == 0)
			item = BV_LIT("\"\"");
		if (rest.n > 0)
			item = arena_printf(t->arena, "%.*s %.*s", BV(item), BV(rest));
		put_value(t, n, l, item);
		at = end + 1;
	}
}

/* A value that stands alone takes the place of an earlier one, or adds its words to it. */
static struct bv
replace_single(
    struct conf_tree *t, struct conf_node *n, const struct confshape_line *l, struct bv value)
{
	const struct conf_attr *old = conftree_find(n, l->option);

	if (old == NULL || l->option->multi)
		return value;
	if ((l->option->flags & OPTION_F_APPEND) != 0)
		value = arena_printf(t->arena, "%.*s %.*s", BV(old->values[0].text), BV(value));
	else
		conftree_warn(t, "%s:%lu: %s was given before, at line %lu; this one counts",
		    l->file, l->line, l->option->keyword, old->values[0].line);
	conftree_remove(n, l->option);
	return value;
}

/* Returns the one value that the line makes. */
static int
one_value(
    struct conf_tree *t, const struct confshape_line *l, struct bv *value_out, struct errbuf *e)
{
	const struct option *o = l->option;
	const struct conflex_words *w = &l->words;

	if ((o->flags & OPTION_F_RAW) != 0)
		*value_out = conflex_rest(t->arena, l->text);
	else if (w->n == 1 && (o->flags & OPTION_F_EMPTY) != 0)
		*value_out = BV_LIT("TRUE");
	else if (w->n > 1 && o->type == OPTION_T_WORDS)
		*value_out = conflex_join(t->arena, w, 1);
	else if (w->n == 2)
		*value_out = w->v[1];
	else
		return wrong_count(l, e);
	return 0;
}

int
confshape_put(
    struct conf_tree *t, struct conf_node *n, const struct confshape_line *line, struct errbuf *e)
{
	struct bv value = BV_NONE;

	if ((line->option->flags & (OPTION_F_LIST | OPTION_F_EACH)) != 0) {
		if (line->words.n < 2)
			return wrong_count(line, e);
		if ((line->option->flags & OPTION_F_LIST) != 0)
			put_list(t, n, line);
		for (size_t i = 1; (line->option->flags & OPTION_F_EACH) != 0 && i < line->words.n;
		     i++)
			put_value(t, n, line, line->words.v[i]);
		return 0;
	}
	int code = one_value(t, line, &value, e);
	if (code == 0)
		put_value(t, n, line, replace_single(t, n, line, value));
	return code;
}
