#include "config/optindex.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/conflex.h"
#include "config/index_spec.h"
#include "config/option.h"
#include "model/rule.h"
#include "model/schema.h"

/*
 * index = attrs [ SP kinds ];  attrs = "default" / attr *( "," attr );
 * kinds = kind *( "," kind ). A kind needs the matching rule that it serves; an
 * attribute has one line. Options on attributes are refused, as one index holds
 * all of an attribute's options.
 */

static const struct {
	const char *name;
	unsigned bits;
} kinds[] = {
    {"pres", INDEX_PRES},
    {"eq", INDEX_EQ},
    {"sub", INDEX_SUB},
    {"substr", INDEX_SUB},
    {"subinitial", INDEX_SUB_INITIAL},
    {"subany", INDEX_SUB_ANY},
    {"subfinal", INDEX_SUB_FINAL},
    {"approx", INDEX_APPROX},
    {"nolang", INDEX_NO_LANG},
    {"notags", INDEX_NO_LANG},
    {"nosubtypes", INDEX_NO_SUBTYPES},
};

/* Takes the next item of a comma list off. Returns whether there was one. */
static bool
take_item(struct bv *list, struct bv *item_out)
{
	if (list->p == NULL)
		return false;
	size_t end = bv_find(*list, 0, ',');
	*item_out = bv_make(list->p, end);
	*list = end < list->n ? bv_from(*list, end + 1) : BV_NONE;
	return true;
}

static int
read_kinds(struct bv list, unsigned *out, struct errbuf *e)
{
	unsigned bits = 0;
	struct bv item;

	while (take_item(&list, &item)) {
		size_t i = 0, count = sizeof(kinds) / sizeof(kinds[0]);
		while (i < count && !bv_is(item, kinds[i].name))
			i++;
		if (i == count)
			return err_set(e, ERR_CONFIG,
			    "index: \"%.*s\" is not a kind of index; expected pres, eq, sub, "
			    "subinitial, subany, subfinal, approx, nolang or nosubtypes",
			    BV(item));
		bits |= kinds[i].bits;
	}
	if ((bits & ~(unsigned)(INDEX_NO_LANG | INDEX_NO_SUBTYPES)) == 0)
		return err_set(e, ERR_CONFIG, "index: no kind of index given besides modifiers");
	*out = bits;
	return 0;
}

static int
no_rule(const struct attr_type *t, const char *kind, const char *rule, struct errbuf *e)
{
	return err_set(e, ERR_CONFIG,
	    "index %s of attribute %.*s: no %s matching rule; leave \"%s\" out", kind,
	    BV(t->names[0]), rule, kind);
}

/* Refuses kinds that no filter could use. */
static int
check_rules(const struct attr_type *t, unsigned bits, struct errbuf *e)
{
	if ((bits & INDEX_EQ) != 0 && t->equality == NULL)
		return no_rule(t, "eq", "equality", e);
	if ((bits & INDEX_APPROX) != 0 && t->approx == NULL && t->equality == NULL)
		return no_rule(t, "approx", "approximate or equality", e);
	if ((bits & INDEX_SUB) != 0 && t->substr == NULL)
		return no_rule(t, "sub", "substring", e);
	return 0;
}

static bool
has_index(const struct conf_db *db, const struct attr_type *t)
{
	for (size_t i = 0; i < db->index_count; i++) {
		if (db->indexes[i].type == t)
			return true;
	}
	return false;
}

static void
push_index(struct conf_build *b, const struct attr_type *t, unsigned bits)
{
	struct conf_db *db = b->db;
	size_t n = db->index_count;

	if ((n & (n - 1)) == 0)
		db->indexes =
		    arena_grow(b->arena, db->indexes, n, n == 0 ? 1 : n * 2, sizeof(*db->indexes));
	db->indexes[db->index_count++] = (struct index_spec){t, bits};
}

static int
add_index(struct conf_build *b, struct bv name, unsigned bits, struct errbuf *e)
{
	if (bv_find(name, 0, ';') != name.n)
		return err_set(e, ERR_CONFIG,
		    "index: \"%.*s\" has options; name the attribute alone: its index holds them "
		    "all",
		    BV(name));
	const struct attr_type *t = schema_attr_type(b->schema, name);
	if (t == NULL)
		return err_set(e, ERR_CONFIG,
		    "index: attribute type \"%.*s\" is not in the schema; is an include missing?",
		    BV(name));
	if (has_index(b->db, t))
		return err_set(e, ERR_CONFIG, "index: attribute %.*s has an index line already",
		    BV(t->names[0]));
	int code = check_rules(t, bits, e);
	if (code == 0)
		push_index(b, t, bits);
	return code;
}

int
optindex_apply(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conflex_words w;
	unsigned bits = b->index_default;
	struct bv item;
	int code = conflex_split(b->arena, value, &w, e);

	if (code == 0 && (w.n == 0 || w.n > 2))
		return err_set(e, ERR_CONFIG, "index: expected %s", o->usage);
	if (code == 0 && w.n == 2)
		code = read_kinds(w.v[1], &bits, e);
	if (code != 0)
		return code;
	if (bits == 0)
		return err_set(e, ERR_CONFIG,
		    "index %.*s: no kinds given, and no \"index default\" line before it",
		    BV(w.v[0]));
	if (bv_is(w.v[0], "default")) {
		b->index_default = bits;
		return 0;
	}
	while (code == 0 && take_item(&w.v[0], &item))
		code = add_index(b, item, bits, e);
	return code;
}
