#include "rule_text.h"

#include "base/arena.h"
#include "base/err.h"
#include "model/syntax_text.h"

/*
 * Character strings. The preparation itself is prep's; here are the checks before
 * it and the few rules that look inside a prepared value.
 */

/* Well-formed text with prohibited code points (damaged or private characters in old data) is
 * compared byte by byte, rather than refused. */
static int
prepare(struct arena *a, struct bv v, bool fold, struct bv *out)
{
	if (v.n == 0)
		return ERR_SYNTAX;
	if (prep_string(a, v, fold, PREP_SPACES_WHOLE, out) == 0)
		return 0;
	*out = v;
	return prep_is_utf8(v) ? 0 : ERR_SYNTAX;
}

int
rule_text_ignore(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	(void)s;
	return prepare(a, v, true, out);
}

int
rule_text_exact(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	(void)s;
	return prepare(a, v, false, out);
}

int
rule_text_ia5_ignore(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	if (syntax_text_ia5(s, v) != 0)
		return ERR_SYNTAX;
	return prep_string(a, v, true, PREP_SPACES_WHOLE, out);
}

int
rule_text_ia5_exact(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	if (syntax_text_ia5(s, v) != 0)
		return ERR_SYNTAX;
	return prep_string(a, v, false, PREP_SPACES_WHOLE, out);
}

int
rule_text_numeric(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	if (syntax_text_numeric(s, v) != 0)
		return ERR_SYNTAX;
	return prep_string(a, v, false, PREP_SPACES_NUMERIC, out);
}

int
rule_text_phone(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	if (syntax_text_printable(s, v) != 0)
		return ERR_SYNTAX;
	return prep_string(a, v, true, PREP_SPACES_PHONE, out);
}

/* Replaces \24 and \5C by what they stand for. */
static struct bv
unescape_line(struct arena *a, struct bv v)
{
	uint8_t *p;
	size_t n = 0;

	if (bv_find(v, 0, '\\') == v.n)
		return v;
	p = arena_alloc(a, v.n);
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\\' && i + 2 < v.n) {
			p[n++] = v.p[i + 1] == '2' ? '$' : '\\';
			i += 2;
		} else {
			p[n++] = v.p[i];
		}
	}
	return (struct bv){p, n};
}

int
rule_text_list_line(struct arena *a, struct bv v, enum prep_spaces spaces, struct bv *out)
{
	return prep_string(a, unescape_line(a, v), true, spaces, out);
}

/* Prepares each line; the sum of their lengths with one byte for each is *total_out. */
static int
prepare_lines(struct arena *a, struct bv v, struct bv *lines, size_t *total_out)
{
	size_t total = 0;

	for (size_t i = 0; v.p != NULL; i++) {
		struct bv line = syntax_text_cut(&v, '$');
		if (rule_text_list_line(a, line, PREP_SPACES_WHOLE, &lines[i]) != 0)
			return ERR_SYNTAX;
		total += lines[i].n + 1;
	}
	*total_out = total;
	return 0;
}

static size_t
count_lines(struct bv v)
{
	size_t count = 1;

	for (size_t i = bv_find(v, 0, '$'); i < v.n; i = bv_find(v, i + 1, '$'))
		count++;
	return count;
}

int
rule_text_list(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	size_t count = count_lines(v), total, n = 0;
	struct bv *lines;
	uint8_t *p;

	if (syntax_text_postal(s, v) != 0)
		return ERR_SYNTAX;
	lines = arena_alloc(a, count * sizeof *lines);
	if (prepare_lines(a, v, lines, &total) != 0)
		return ERR_SYNTAX;
	p = arena_alloc(a, total);
	for (size_t i = 0; i < count; i++) {
		memcpy(p + n, lines[i].p, lines[i].n);
		n += lines[i].n;
		p[n++] = '\n';
	}
	*out = (struct bv){p, n - 1};
	return 0;
}

int
rule_text_auth_password(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct bv scheme, info;
	uint8_t *upper;

	if (syntax_text_auth_password(s, v) != 0)
		return ERR_SYNTAX;
	scheme = bv_trim(syntax_text_cut(&v, '$'));
	info = bv_trim(syntax_text_cut(&v, '$'));
	upper = arena_alloc(a, scheme.n);
	for (size_t i = 0; i < scheme.n; i++) {
		uint8_t c = scheme.p[i];
		upper[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
	}
	*out = arena_printf(
	    a, "%.*s$%.*s$%.*s", (int)scheme.n, (const char *)upper, BV(info), BV(bv_trim(v)));
	return 0;
}

static bool
is_space(uint8_t c)
{
	return c == ' ';
}

static bool
is_punctuation(uint8_t c)
{
	return c < 0x80 && !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
}

/* Takes the next run of bytes that are no separators off *rest; false at the end. */
static bool
next_word(struct bv *rest, bool (*separates)(uint8_t c), struct bv *word)
{
	size_t n = 0;

	while (rest->n > 0 && separates(rest->p[0]))
		*rest = bv_from(*rest, 1);
	while (n < rest->n && !separates(rest->p[n]))
		n++;
	*word = (struct bv){rest->p, n};
	*rest = bv_from(*rest, n);
	return n > 0;
}

static bool
has_part(struct bv stored, struct bv asserted, bool (*separates)(uint8_t c))
{
	struct bv word;

	while (next_word(&stored, separates, &word)) {
		if (bv_eq(word, asserted))
			return true;
	}
	return false;
}

bool
rule_text_has_word(struct bv stored, struct bv asserted)
{
	return has_part(stored, asserted, is_space);
}

bool
rule_text_has_keyword(struct bv stored, struct bv asserted)
{
	return bv_eq(stored, asserted) || has_part(stored, asserted, is_punctuation);
}

/* A phonetic code: the first sound, then up to five classes of consonants. */
enum { CODE_BYTES = 6 };

struct code {
	uint8_t p[CODE_BYTES];
	size_t n;
};

/* Sounds that are heard alike share a digit; 0: vowels and what is not heard. */
static uint8_t
sound(uint8_t c)
{
	static const char CLASSES[] = "01230120022455012623010202";

	if (c >= 'a' && c <= 'z')
		return (uint8_t)CLASSES[c - 'a'];
	return c;
}

/* Resolves spellings of a first sound; *skip is how many letters it took. */
static uint8_t
first_sound(struct bv w, size_t *skip)
{
	static const char PAIRS[][4] = {"phf", "knn", "gnn", "pnn", "wrr", "whw", "pss"};

	*skip = 1;
	for (size_t i = 0; w.n > 1 && i < sizeof PAIRS / sizeof *PAIRS; i++) {
		if (memcmp(PAIRS[i], w.p, 2) == 0) {
			*skip = 2;
			return (uint8_t)PAIRS[i][2];
		}
	}
	switch (w.p[0]) {
	case 'c':
	case 'q':
		return 'k';
	case 'x':
	case 'z':
		return 's';
	default:
		return w.p[0];
	}
}

static struct code
code_of(struct bv word)
{
	struct code code = {{0}, 1};
	size_t at;
	uint8_t last;

	code.p[0] = first_sound(word, &at);
	last = sound(code.p[0]);
	for (; at < word.n && code.n < CODE_BYTES; at++) {
		uint8_t c = sound(word.p[at]);
		if (c != '0' && c != last)
			code.p[code.n++] = c;
		last = c;
	}
	return code;
}

bool
rule_text_sounds_like(struct bv stored, struct bv asserted)
{
	struct bv word, want;
	bool any = false;

	while (next_word(&asserted, is_punctuation, &want)) {
		struct code wanted = code_of(want), got = {{0}, 0};
		while (got.n != wanted.n || memcmp(got.p, wanted.p, got.n) != 0) {
			if (!next_word(&stored, is_punctuation, &word))
				return false;
			got = code_of(word);
		}
		any = true;
	}
	return any;
}

size_t
rule_text_codes(struct arena *a, struct bv normal, struct bv **codes_out)
{
	size_t count = 0, cap = 0;
	struct bv *codes = NULL, word;

	while (next_word(&normal, is_punctuation, &word)) {
		struct code code = code_of(word);
		if (count == cap) {
			cap = cap == 0 ? 8 : cap * 2;
			codes = arena_grow(a, codes, count, cap, sizeof *codes);
		}
		codes[count++] = arena_dup(a, (struct bv){code.p, code.n});
	}
	*codes_out = codes;
	return count;
}
