#include "config/conflex.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Lines and words of slapd.conf. Nothing here knows an option. */

enum { MAX_LINE_BYTES = 4 << 20 };

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

void
conflex_init(struct conflex *l, struct bv text)
{
	*l = (struct conflex){text, 0, 1};
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		l->left = bv_from(text, 3);
}

/* Takes one physical line off, without its end. */
static struct bv
take_physical(struct conflex *l)
{
	size_t end = bv_find(l->left, 0, '\n');
	struct bv line = bv_make(l->left.p, end);

	l->left = bv_from(l->left, end < l->left.n ? end + 1 : end);
	l->next_line++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool
continues(const struct conflex *l)
{
	return l->left.n > 0 && is_blank(l->left.p[0]);
}

/* Joins the physical lines of one logical line. */
static struct bv
take_logical(struct conflex *l, struct arena *a)
{
	l->line = l->next_line;
	struct bv line = take_physical(l);
	if (!continues(l))
		return line;

	struct buf all;
	buf_init(&all);
	buf_put_bv(&all, line);
	while (continues(l))
		buf_put_bv(&all, take_physical(l));
	line = arena_dup(a, buf_bv(&all));
	buf_done_secret(&all);
	return line;
}

int
conflex_next(struct conflex *l, struct arena *a, struct bv *line_out, struct errbuf *e)
{
	while (l->left.n > 0) {
		struct bv line = take_logical(l, a);
		if (line.n == 0 || line.p[0] == '#' || bv_trim(line).n == 0)
			continue;
		if (line.n > MAX_LINE_BYTES)
			return err_set(e, ERR_LIMIT, "the line is longer than 4 MiB");
		if (bv_find(line, 0, 0) != line.n)
			return err_set(e, ERR_SYNTAX, "the line holds a NUL byte");
		*line_out = bv_trim(line);
		return 1;
	}
	return 0;
}

/* Copies one word to out without quotes; returns how much of text it took, or 0 when a quote is
 * open. */
static size_t
take_word(struct bv text, struct buf *out)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < text.n && (quoted || !is_blank(text.p[i])); i++) {
		uint8_t c = text.p[i];
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\' && i + 1 < text.n)
			c = text.p[++i];
		buf_put_byte(out, c);
	}
	return quoted ? 0 : i;
}

static void
word_put(struct arena *a, struct conflex_words *w, size_t *cap, struct bv word)
{
	if (w->n == *cap) {
		size_t more = *cap == 0 ? 8 : *cap * 2;
		w->v = arena_grow(a, w->v, *cap, more, sizeof(*w->v));
		*cap = more;
	}
	w->v[w->n++] = arena_dup(a, word);
}

int
conflex_split(struct arena *a, struct bv line, struct conflex_words *out, struct errbuf *e)
{
	struct conflex_words w = {NULL, 0};
	size_t cap = 0, took = 1;
	struct buf word;

	buf_init(&word);
	for (line = bv_trim(line); line.n > 0; line = bv_trim(bv_from(line, took))) {
		word.n = 0;
		took = take_word(line, &word);
		if (took == 0)
			break;
		word_put(a, &w, &cap, buf_bv(&word));
	}
	buf_done_secret(&word);
	if (took == 0)
		return err_set(e, ERR_SYNTAX, "a double quote is not closed");
	*out = w;
	return 0;
}

static bool
needs_quotes(struct bv word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (is_blank(word.p[i]) || word.p[i] == '"' || word.p[i] == '\\')
			return true;
	}
	return word.n == 0;
}

static void
put_quoted(struct buf *b, struct bv word)
{
	buf_put_byte(b, '"');
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '"' || word.p[i] == '\\')
			buf_put_byte(b, '\\');
		buf_put_byte(b, word.p[i]);
	}
	buf_put_byte(b, '"');
}

struct bv
conflex_join(struct arena *a, const struct conflex_words *w, size_t from)
{
	struct buf all;

	buf_init(&all);
	for (size_t i = from; i < w->n; i++) {
		if (i > from)
			buf_put_byte(&all, ' ');
		if (needs_quotes(w->v[i]))
			put_quoted(&all, w->v[i]);
		else
			buf_put_bv(&all, w->v[i]);
	}
	struct bv text = arena_dup(a, buf_bv(&all));
	buf_done_secret(&all);
	return text;
}

struct bv
conflex_rest(struct arena *a, struct bv line)
{
	size_t i = 0;
	bool quoted = false;
	struct buf all;

	while (i < line.n && !is_blank(line.p[i]))
		i++;
	line = bv_trim(bv_from(line, i));
	buf_init(&all);
	for (i = 0; i < line.n; i++) {
		if (line.p[i] == '\'')
			quoted = !quoted;
		bool squeeze = !quoted && is_blank(line.p[i]);
		if (squeeze && is_blank(line.p[i + 1]))
			continue;
		buf_put_byte(&all, squeeze ? ' ' : line.p[i]);
	}
	struct bv text = arena_dup(a, buf_bv(&all));
	buf_done(&all);
	return text;
}
