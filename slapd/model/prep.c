#include "prep.h"

#include <stdlib.h>
#include <utf8proc.h>
#include "base/arena.h"
#include "base/err.h"

/*
 * String preparation (RFC 4518). ASCII takes one pass that borrows the input as
 * long as nothing changes. Anything else goes code point by code point through
 * map (2.2), prohibit (2.4) and, in utf8proc, case folding and NFKC (2.2, 2.3);
 * spaces (2.6) are handled last, on code points. Assigned means assigned in the
 * Unicode version of the library, not 3.2: newer scripts stay usable.
 * utf8proc sorts combining marks in quadratic time, so their runs are bounded.
 */

enum {
	MAX_UNICODE_BYTES = 1 << 20, /* decomposition can make 18 code points of one */
	MAX_MARK_RUN = 128,
};

/* What the fast path does with each ASCII byte. */
enum ascii_class { KEEP, SPACE, UPPER, HYPHEN, TO_SPACE, DROP, WIDE };

static enum ascii_class
classify(uint8_t c)
{
	if (c >= 0x80)
		return WIDE;
	if (c == ' ')
		return SPACE;
	if (c >= 'A' && c <= 'Z')
		return UPPER;
	if (c >= 0x09 && c <= 0x0d)
		return TO_SPACE;
	if (c < 0x20 || c == 0x7f)
		return DROP;
	return c == '-' ? HYPHEN : KEEP;
}

static bool
drops_spaces(enum prep_spaces spaces)
{
	return spaces == PREP_SPACES_NUMERIC || spaces == PREP_SPACES_PHONE;
}

static bool
keeps_leading(enum prep_spaces spaces)
{
	return spaces == PREP_SPACES_ANY || spaces == PREP_SPACES_FINAL;
}

static bool
keeps_trailing(enum prep_spaces spaces)
{
	return spaces == PREP_SPACES_ANY || spaces == PREP_SPACES_INITIAL;
}

/* Returns whether byte c, met when the one before it was prev, can stay as it is. */
static bool
unchanged(enum ascii_class c, uint8_t prev, bool fold, enum prep_spaces spaces)
{
	switch (c) {
	case KEEP:
		return true;
	case SPACE:
		return !drops_spaces(spaces) && prev != ' ';
	case UPPER:
		return !fold;
	case HYPHEN:
		return spaces != PREP_SPACES_PHONE;
	case TO_SPACE:
	case DROP:
	case WIDE:
		break;
	}
	return false;
}

/* Returns how many bytes from the start need no change. */
static size_t
plain_prefix(struct bv v, bool fold, enum prep_spaces spaces)
{
	uint8_t prev = 0;

	for (size_t i = 0; i < v.n; i++) {
		if (!unchanged(classify(v.p[i]), prev, fold, spaces))
			return i;
		prev = v.p[i];
	}
	return v.n;
}

/* Takes from both ends the spaces that this kind of value does not keep; single ones are left. */
static struct bv
trim_edges(struct bv v, enum prep_spaces spaces)
{
	if (!keeps_leading(spaces)) {
		while (v.n > 0 && v.p[0] == ' ')
			v = bv_from(v, 1);
	}
	if (!keeps_trailing(spaces)) {
		while (v.n > 0 && v.p[v.n - 1] == ' ')
			v.n--;
	}
	return v;
}

/* Appends one byte of ASCII to out[n] by its class; returns the new length. */
static size_t
put_ascii(uint8_t *out, size_t n, uint8_t c, bool fold, enum prep_spaces spaces)
{
	switch (classify(c)) {
	case SPACE:
	case TO_SPACE:
		if (drops_spaces(spaces) || (n > 0 && out[n - 1] == ' '))
			return n;
		out[n] = ' ';
		return n + 1;
	case HYPHEN:
		if (spaces == PREP_SPACES_PHONE)
			return n;
		break;
	case DROP:
		return n;
	case UPPER:
		out[n] = fold ? (uint8_t)(c + 32) : c;
		return n + 1;
	case KEEP:
	case WIDE:
		break;
	}
	out[n] = c;
	return n + 1;
}

static bool
is_ascii(struct bv v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] >= 0x80)
			return false;
	}
	return true;
}

static struct bv
prep_ascii(struct arena *a, struct bv v, size_t done, bool fold, enum prep_spaces spaces)
{
	uint8_t *out = arena_alloc(a, v.n);
	size_t n = done;

	memcpy(out, v.p, done);
	for (size_t i = done; i < v.n; i++)
		n = put_ascii(out, n, v.p[i], fold, spaces);
	return trim_edges((struct bv){out, n}, spaces);
}

struct range {
	int32_t from, to;
};

/* RFC 4518 2.2: code points that are mapped to nothing, sorted. */
static const struct range DROPPED[] = {
    {0x0000, 0x0008},
    {0x000e, 0x001f},
    {0x007f, 0x0084},
    {0x0086, 0x009f},
    {0x00ad, 0x00ad},
    {0x034f, 0x034f},
    {0x06dd, 0x06dd},
    {0x070f, 0x070f},
    {0x1806, 0x1806},
    {0x180b, 0x180e},
    {0x200b, 0x200f},
    {0x202a, 0x202e},
    {0x2060, 0x2063},
    {0x206a, 0x206f},
    {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},
    {0xfff9, 0xfffc},
    {0x1d173, 0x1d17a},
    {0xe0001, 0xe0001},
    {0xe0020, 0xe007f},
};

/* RFC 4518 2.2: code points that are mapped to a space, sorted. */
static const struct range SPACES[] = {
    {0x0009, 0x000d},
    {0x0020, 0x0020},
    {0x0085, 0x0085},
    {0x00a0, 0x00a0},
    {0x1680, 0x1680},
    {0x2000, 0x200a},
    {0x2028, 0x2029},
    {0x202f, 0x202f},
    {0x205f, 0x205f},
    {0x3000, 0x3000},
};

/* RFC 4518 2.6.3: what a telephone number loses beside spaces. */
static const int32_t HYPHENS[] = {0x2d, 0x58a, 0x2010, 0x2011, 0x2212, 0xfe63, 0xff0d};

static int
range_cmp(const void *key, const void *row)
{
	int32_t c = *(const int32_t *)key;
	const struct range *r = row;

	return c < r->from ? -1 : c > r->to;
}

static bool
in_ranges(int32_t c, const struct range *ranges, size_t count)
{
	return bsearch(&c, ranges, count, sizeof *ranges, range_cmp) != NULL;
}

static bool
is_hyphen(int32_t c)
{
	for (size_t i = 0; i < sizeof HYPHENS / sizeof *HYPHENS; i++) {
		if (HYPHENS[i] == c)
			return true;
	}
	return false;
}

/* RFC 4518 2.4: unassigned, private use, noncharacters, the replacement character. */
static bool
is_prohibited(int32_t c)
{
	utf8proc_category_t cat = utf8proc_category(c);

	return cat == UTF8PROC_CATEGORY_CN || cat == UTF8PROC_CATEGORY_CO ||
	       cat == UTF8PROC_CATEGORY_CS || c == 0xfffd || c == 0x340 || c == 0x341;
}

/* A mark may attach to what is before it; FF9E and FF9F become marks under NFKC. */
static bool
is_mark(int32_t c)
{
	utf8proc_category_t cat = utf8proc_category(c);

	return cat == UTF8PROC_CATEGORY_MN || cat == UTF8PROC_CATEGORY_MC ||
	       cat == UTF8PROC_CATEGORY_ME || c == 0xff9e || c == 0xff9f;
}

/* Map and prohibit: value -> code points in cps (room for value.n); the count, or -1. */
static ptrdiff_t
map_points(struct bv value, utf8proc_int32_t *cps)
{
	ptrdiff_t n = 0;
	size_t marks = 0;
	utf8proc_int32_t c;

	for (size_t i = 0; i < value.n;) {
		ptrdiff_t len = utf8proc_iterate(value.p + i, (ptrdiff_t)(value.n - i), &c);
		if (len <= 0)
			return -1;
		i += (size_t)len;
		if (in_ranges(c, SPACES, sizeof SPACES / sizeof *SPACES))
			c = ' ';
		else if (in_ranges(c, DROPPED, sizeof DROPPED / sizeof *DROPPED))
			continue;
		else if (is_prohibited(c))
			return -1;
		marks = is_mark(c) ? marks + 1 : 0;
		if (marks > MAX_MARK_RUN)
			return -1;
		cps[n++] = c;
	}
	return n;
}

/* Encodes n code points into out, which has four bytes for each; the bytes used. */
static size_t
encode(const utf8proc_int32_t *cps, ptrdiff_t n, uint8_t *out)
{
	size_t used = 0;

	for (ptrdiff_t i = 0; i < n; i++)
		used += (size_t)utf8proc_encode_char(cps[i], out + used);
	return used;
}

/* Case folding and NFKC of n code points at cps; sets *out_cps in the arena; the count, or -1. */
static ptrdiff_t
fold_normalize(
    struct arena *a, utf8proc_int32_t *cps, ptrdiff_t n, bool fold, utf8proc_int32_t **out_cps)
{
	int mode =
	    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | (fold ? UTF8PROC_CASEFOLD : 0);
	utf8proc_option_t options = (utf8proc_option_t)mode;
	uint8_t *text = arena_alloc(a, (size_t)n * 4);
	ptrdiff_t bytes = (ptrdiff_t)encode(cps, n, text);
	ptrdiff_t need = utf8proc_decompose(text, bytes, NULL, 0, options);
	utf8proc_int32_t *buf;

	if (need < 0)
		return -1;
	buf = arena_alloc(a, (size_t)need * sizeof *buf + 1);
	need = utf8proc_decompose(text, bytes, buf, need, options);
	if (need < 0)
		return -1;
	*out_cps = buf;
	return utf8proc_normalize_utf32(buf, need, options);
}

/* RFC 4518 2.6: a space with a mark behind it is no space. Squeezes in place; the new count. */
static ptrdiff_t
squeeze(utf8proc_int32_t *cps, ptrdiff_t n, enum prep_spaces spaces)
{
	ptrdiff_t used = 0;
	bool after_space = false;

	for (ptrdiff_t i = 0; i < n; i++) {
		bool space = cps[i] == ' ' && (i + 1 == n || !is_mark(cps[i + 1]));
		if (space && (drops_spaces(spaces) || after_space))
			continue;
		if (spaces == PREP_SPACES_PHONE && is_hyphen(cps[i]))
			continue;
		if (space && used == 0 && !keeps_leading(spaces))
			continue;
		after_space = space;
		cps[used++] = cps[i];
	}
	if (after_space && used > 0 && !keeps_trailing(spaces))
		used--;
	return used;
}

static int
prep_unicode(struct arena *a, struct bv value, bool fold, enum prep_spaces spaces, struct bv *out)
{
	utf8proc_int32_t *cps, *normal;
	ptrdiff_t n;
	uint8_t *text;

	if (value.n > MAX_UNICODE_BYTES)
		return ERR_SYNTAX;
	cps = arena_alloc(a, value.n * sizeof *cps);
	n = map_points(value, cps);
	if (n < 0)
		return ERR_SYNTAX;
	n = fold_normalize(a, cps, n, fold, &normal);
	if (n < 0)
		return ERR_SYNTAX;
	n = squeeze(normal, n, spaces);
	text = arena_alloc(a, (size_t)n * 4);
	*out = (struct bv){text, encode(normal, n, text)};
	return 0;
}

int
prep_string(struct arena *a, struct bv value, bool fold, enum prep_spaces spaces, struct bv *out)
{
	struct bv v = trim_edges(value, spaces);
	size_t plain = plain_prefix(v, fold, spaces);

	if (plain == v.n) {
		*out = v;
		return 0;
	}
	if (!is_ascii(bv_from(v, plain)))
		return prep_unicode(a, value, fold, spaces, out);
	*out = prep_ascii(a, v, plain, fold, spaces);
	return 0;
}

bool
prep_is_utf8(struct bv b)
{
	utf8proc_int32_t c;

	for (size_t i = 0; i < b.n;) {
		if (b.p[i] < 0x80) {
			i++;
			continue;
		}
		ptrdiff_t len = utf8proc_iterate(b.p + i, (ptrdiff_t)(b.n - i), &c);
		if (len <= 0)
			return false;
		i += (size_t)len;
	}
	return true;
}
