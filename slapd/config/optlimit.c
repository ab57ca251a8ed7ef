#include "config/optlimit.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/conflex.h"
#include "config/option.h"

/*
 * limits = word *( SP word )
 * word   = number / "unlimited" / kind [ "." part ] "=" ( number / "unlimited" / "soft" )
 * A plain number, or a kind without a part, sets soft and makes hard the same, as in
 * OpenLDAP; "hard=soft" does the latter alone.
 */

enum part { PART_BOTH, PART_SOFT, PART_HARD, PART_UNCHECKED };

struct word {
	enum part part;
	struct bv number;
};

static struct conf_limits *
limits_of(struct conf_build *b)
{
	if (b->db == NULL)
		return &b->conf->limits;
	b->db->has_limits = true;
	return &b->db->limits;
}

/* Cuts "size.soft=10" (kind "size") into part and number. Returns whether it has that form. */
static bool
cut(struct bv word, const char *kind, struct word *out)
{
	size_t eq = bv_find(word, 0, '=');
	size_t n = strlen(kind);

	*out = (struct word){PART_BOTH, word};
	if (eq == word.n)
		return true;
	out->number = bv_from(word, eq + 1);
	word.n = eq;
	if (word.n < n || !bv_is(bv_make(word.p, n), kind))
		return false;
	word = bv_from(word, n);
	if (word.n == 0)
		out->part = PART_BOTH;
	else if (bv_is(word, ".soft"))
		out->part = PART_SOFT;
	else if (bv_is(word, ".hard"))
		out->part = PART_HARD;
	else if (bv_is(word, ".unchecked"))
		out->part = PART_UNCHECKED;
	else
		return false;
	return true;
}

/* Reads a limit: -1 for unlimited. */
static int
read_number(const struct option *o, struct bv text, int64_t *out, struct errbuf *e)
{
	if (bv_is(text, "unlimited") || bv_is(text, "none") || bv_is(text, "-1")) {
		*out = -1;
		return 0;
	}
	return confbuild_int(o, text, out, e);
}

static int
bad_word(const struct option *o, struct bv word, struct errbuf *e)
{
	return err_set(e, ERR_CONFIG, "%s: \"%.*s\" is not a limit; expected %s", o->keyword,
	    BV(word), o->usage);
}

/* Applies one word to the soft and hard limit at hand; unchecked is NULL for times. */
static int
apply_word(
    const struct option *o, const struct word *w, int64_t *soft, int64_t *hard, struct errbuf *e)
{
	int64_t n;

	if (w->part == PART_HARD && bv_is(w->number, "soft")) {
		*hard = 0;
		return 0;
	}
	int code = read_number(o, w->number, &n, e);
	if (code != 0)
		return code;
	if (w->part != PART_HARD)
		*soft = n;
	if (w->part == PART_BOTH)
		*hard = 0;
	if (w->part == PART_HARD)
		*hard = n;
	return 0;
}

static int
apply_words(
    struct conf_build *b, const struct option *o, struct bv value, bool size, struct errbuf *e)
{
	struct conf_limits *l = limits_of(b);
	struct conflex_words words;
	struct word w;
	int code = conflex_split(b->arena, value, &words, e);

	for (size_t i = 0; code == 0 && i < words.n; i++) {
		if (!cut(words.v[i], size ? "size" : "time", &w))
			return bad_word(o, words.v[i], e);
		if (w.part == PART_UNCHECKED && size)
			code = read_number(o, w.number, &l->unchecked, e);
		else if (w.part == PART_UNCHECKED)
			code = bad_word(o, words.v[i], e);
		else if (size)
			code = apply_word(o, &w, &l->size_soft, &l->size_hard, e);
		else
			code = apply_word(o, &w, &l->time_soft, &l->time_hard, e);
	}
	return code;
}

int
optlimit_size(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	return apply_words(b, o, value, true, e);
}

int
optlimit_time(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	return apply_words(b, o, value, false, e);
}
