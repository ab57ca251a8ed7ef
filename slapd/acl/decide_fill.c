#include "decide_impl.h"

#include "acl/rules_ref.h"
#include "base/arena.h"

/*
 * Templates (rules_ref.h) are filled with what the pattern of <what> matched. In a regular
 * expression what is put in stands for itself: a name with a "*" in it must not become a pattern.
 */

enum { MAX_FILLED = 65536 };

/* The bytes that a reference stands for. Returns whether there is such a submatch. */
static bool
submatch(const struct decide_ask *ask, const struct rules_ref *r, struct bv *out)
{
	const regmatch_t *m = r->value ? ask->value_match : ask->dn_match;
	struct bv from = r->value ? decide_what_text(ask) : ask->entry->normal_dn;

	if (r->number >= (r->value ? ask->value_matches : ask->dn_matches))
		return false;
	m += r->number;
	*out =
	    m->rm_so < 0 ? BV_LIT("") : bv_make(from.p + m->rm_so, (size_t)(m->rm_eo - m->rm_so));
	return true;
}

static size_t
put_bytes(uint8_t *to, struct bv text, bool regex)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (regex && text.p[i] != 0 && strchr("\\.[](){}*+?|^$", text.p[i]) != NULL)
			to[n++] = '\\';
		to[n++] = text.p[i];
	}
	return n;
}

bool
decide_fill(const struct decide_ask *ask, struct bv text, bool regex, struct bv *out)
{
	uint8_t *p = arena_alloc(ask->d->env.scratch, text.n + 1);
	size_t n = 0, cap = text.n + 1;

	for (size_t i = 0; i < text.n; i++) {
		struct rules_ref r = {.length = 0};
		struct bv piece = {text.p + i, 1};
		if (text.p[i] == '$')
			r = rules_ref_at(text, i);
		bool put = r.length > 0 && !r.dollar;
		if (put && !submatch(ask, &r, &piece))
			return false;
		size_t need = n + piece.n * 2 + text.n + 1;
		if (need > MAX_FILLED)
			return false;
		if (need > cap) {
			p = arena_grow(ask->d->env.scratch, p, cap, need * 2, 1);
			cap = need * 2;
		}
		n += put_bytes(p + n, piece, regex && put);
		i += r.length > 0 ? r.length - 1 : 0;
	}
	p[n] = 0;
	*out = bv_make(p, n);
	return true;
}

bool
decide_fill_regex(const regex_t *re, struct bv have, size_t count, regmatch_t *matches)
{
	regmatch_t whole[DECIDE_MATCHES];
	static const char nothing[] = "";

	whole[0].rm_so = 0;
	whole[0].rm_eo = (regoff_t)have.n;
	const char *text = have.n > 0 ? (const char *)have.p : nothing;
	int rc = regexec(re, text, count > 0 ? count : 1, whole, REG_STARTEND);
	if (rc == 0 && count > 0)
		memcpy(matches, whole, count * sizeof(*matches));
	return rc == 0;
}

bool
decide_fill_matches(const struct decide_ask *ask, struct bv pattern, struct bv have)
{
	struct bv text;
	regex_t re;

	if (!decide_fill(ask, pattern, true, &text) || bv_find(text, 0, 0) < text.n ||
	    !rules_regex_fits(text))
		return false;
	if (regcomp(&re, (const char *)text.p, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		return false;
	regmatch_t whole = {0, (regoff_t)have.n};
	bool found =
	    regexec(&re, have.n > 0 ? (const char *)have.p : "", 1, &whole, REG_STARTEND) == 0;
	regfree(&re);
	return found;
}
