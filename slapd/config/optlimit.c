#include "config/optlimit.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/conflex.h"
#include "config/option.h"

/*
 * limit  = kind "=" ( number / "unlimited" / "none" / word of the kind )
 * kind   = "size" [ ".soft" / ".hard" / ".unchecked" / ".pr" / ".prtotal" ]
 *        / "time" [ ".soft" / ".hard" ]
 * sizelimit and timelimit take a number or "unlimited" alone, too. A kind without a part sets
 * soft and makes hard the same, as in OpenLDAP; "hard=soft" does the latter alone.
 */

#define AT(field) offsetof(struct conf_limits, field)

enum { NO_FIELD = INT32_MAX };
static const int64_t unchanged = INT64_MIN;

struct special {
	const char *word;
	int64_t value; /* INT64_MIN: leaves the limit as it is */
};

static const struct kind {
	const char *name;
	size_t field;
	size_t same; /* another one that 0 makes follow the first; NO_FIELD: none */
	struct special special[2];
} kinds[] = {
    {"size", AT(size_soft), AT(size_hard), {{NULL, 0}, {NULL, 0}}},
    {"size.soft", AT(size_soft), NO_FIELD, {{NULL, 0}, {NULL, 0}}},
    {"size.hard", AT(size_hard), NO_FIELD, {{"soft", 0}, {NULL, 0}}},
    {"size.unchecked", AT(unchecked), NO_FIELD, {{"disabled", 0}, {NULL, 0}}},
    {"size.pr", AT(page), NO_FIELD, {{"noEstimate", INT64_MIN}, {NULL, 0}}},
    {"size.prtotal", AT(page_total), NO_FIELD,
	{{"hard", CONF_PAGES_AS_HARD}, {"disabled", CONF_PAGES_DISABLED}}},
    {"time", AT(time_soft), AT(time_hard), {{NULL, 0}, {NULL, 0}}},
    {"time.soft", AT(time_soft), NO_FIELD, {{NULL, 0}, {NULL, 0}}},
    {"time.hard", AT(time_hard), NO_FIELD, {{"soft", 0}, {NULL, 0}}},
};

static void
set(struct conf_limits *l, size_t field, int64_t value)
{
	memcpy((uint8_t *)l + field, &value, sizeof(value));
}

/* Reads what stands behind the "=". Returns whether it is a limit of the kind. */
static bool
read_value(const struct kind *k, struct bv text, int64_t *out)
{
	if (bv_is(text, "unlimited") || bv_is(text, "none") || bv_is(text, "-1")) {
		*out = CONF_UNLIMITED;
		return true;
	}
	for (size_t i = 0; k != NULL && i < 2 && k->special[i].word != NULL; i++) {
		if (bv_is(text, k->special[i].word)) {
			*out = k->special[i].value;
			return true;
		}
	}
	return confbuild_number(text, out) && *out >= 0 && *out <= INT32_MAX;
}

static int
bad_value(const struct kind *k, struct bv word, struct errbuf *e)
{
	const char *a = k->special[0].word, *b = k->special[1].word;

	return err_set(e, ERR_CONFIG,
	    "\"%.*s\": expected a number from 0 to 2147483647, unlimited%s%s%s%s behind %s=",
	    BV(word), a == NULL ? "" : ", ", a == NULL ? "" : a, b == NULL ? "" : ", ",
	    b == NULL ? "" : b, k->name);
}

int
optlimit_word(struct bv word, struct conf_limits *l, struct errbuf *e)
{
	size_t eq = bv_find(word, 0, '=');
	int64_t value;

	for (size_t i = 0; eq < word.n && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct kind *k = &kinds[i];
		if (!bv_is(bv_make(word.p, eq), k->name))
			continue;
		if (!read_value(k, bv_from(word, eq + 1), &value))
			return bad_value(k, word, e);
		if (value != unchanged)
			set(l, k->field, value);
		if (k->same != NO_FIELD)
			set(l, k->same, 0);
		return 0;
	}
	return err_set(e, ERR_CONFIG,
	    "\"%.*s\" is not a limit; expected size[.soft|.hard|.unchecked|.pr|.prtotal]=<n> or "
	    "time[.soft|.hard]=<n>",
	    BV(word));
}

static struct conf_limits *
limits_of(struct conf_build *b)
{
	if (b->db == NULL)
		return &b->conf->limits;
	b->db->has_limits = true;
	return &b->db->limits;
}

/* What hard says is not what happens when soft is more: OpenLDAP takes the larger one then. */
static void
warn_of_hard(struct conf_build *b, const char *kind, int64_t soft, int64_t hard)
{
	if (hard <= 0 || (soft >= 0 && soft <= hard))
		return;
	if (soft < 0)
		confbuild_warn(b,
		    "%s.hard=%lld is not followed, as %s.soft is unlimited; give %s.soft too", kind,
		    (long long)hard, kind, kind);
	else
		confbuild_warn(b,
		    "%s.hard=%lld is less than %s.soft=%lld, which is what counts; give %s.soft "
		    "too",
		    kind, (long long)hard, kind, (long long)soft, kind);
}

static void
warn_of(struct conf_build *b, const struct conf_limits *l)
{
	warn_of_hard(b, "size", l->size_soft, l->size_hard);
	warn_of_hard(b, "time", l->time_soft, l->time_hard);
}

/* A word of sizelimit or timelimit: a plain number, or a limit of this kind. */
static int
apply_word(const char *kind, struct bv word, struct conf_limits *l, struct errbuf *e)
{
	int64_t value;
	size_t n = strlen(kind);
	bool size = strcmp(kind, "size") == 0;

	if (read_value(NULL, word, &value)) {
		set(l, size ? AT(size_soft) : AT(time_soft), value);
		set(l, size ? AT(size_hard) : AT(time_hard), 0);
		return 0;
	}
	if (word.n < n || !bv_is(bv_make(word.p, n), kind))
		return err_set(e, ERR_CONFIG,
		    "\"%.*s\" is not a limit; expected a number from 0 to 2147483647, unlimited or "
		    "%s[.soft|.hard%s]=<n>",
		    BV(word), kind, size ? "|.unchecked|.pr|.prtotal" : "");
	return optlimit_word(word, l, e);
}

static int
apply_words(struct conf_build *b, const struct option *o, struct bv value, const char *kind,
    struct errbuf *e)
{
	struct conf_limits *l = limits_of(b);
	struct conflex_words words;
	int code = conflex_split(b->arena, value, &words, e);

	for (size_t i = 0; code == 0 && i < words.n; i++)
		code = apply_word(kind, words.v[i], l, e);
	if (code == 0)
		warn_of(b, l);
	return code == 0 ? 0 : err_prefix(e, code, "%s", o->keyword);
}

int
optlimit_size(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	return apply_words(b, o, value, "size", e);
}

int
optlimit_time(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	return apply_words(b, o, value, "time", e);
}

int
optlimit_limits(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conf_limits l = b->db->limits;
	struct conflex_words words;
	int code = conflex_split(b->arena, value, &words, e);

	if (code != 0)
		return code;
	if (words.n < 2)
		return err_set(e, ERR_CONFIG, "%s: expected %s", o->keyword, o->usage);
	for (size_t i = 1; code == 0 && i < words.n; i++)
		code = optlimit_word(words.v[i], &l, e);
	if (code != 0)
		return err_prefix(e, code, "%s", o->keyword);
	warn_of(b, &l);
	confbuild_push(b, &b->db->limit_lines, &b->db->limit_line_count, value);
	return 0;
}
