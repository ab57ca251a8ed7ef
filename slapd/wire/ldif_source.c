#include "ldif_source.h"

#include <stdlib.h>
#include <string.h>
#include "base/err.h"

/*
 * The window of the LDIF reader. It holds the record that is being collected and what
 * was read ahead, in chunks large enough that stdio hands them to read(2) unbuffered.
 * The window grows to max_record_bytes and one chunk, never further.
 */

enum { CHUNK_BYTES = 64 * 1024 };

void
ldif_source_init(struct ldif_source *s, FILE *f, size_t max_record_bytes)
{
	*s = (struct ldif_source){.f = f, .max_record_bytes = max_record_bytes, .line = 1};
}

void
ldif_source_done(struct ldif_source *s)
{
	free(s->window);
	s->window = NULL;
}

static void
make_room(struct ldif_source *s)
{
	if (s->start > 0) {
		memmove(s->window, s->window + s->start, s->end - s->start);
		s->end -= s->start;
		s->start = 0;
	}
	if (s->cap - s->end >= CHUNK_BYTES)
		return;
	s->cap = s->cap < CHUNK_BYTES ? CHUNK_BYTES : s->cap * 2;
	s->window = realloc(s->window, s->cap);
	if (s->window == NULL) {
		fprintf(stderr, "out of memory reading an LDIF record of %zu bytes\n", s->cap);
		abort();
	}
}

/* A file that an editor marked as UTF-8 begins with these three bytes. */
static void
pass_byte_order_mark(struct ldif_source *s)
{
	if (s->end >= 3 && memcmp(s->window, "\xef\xbb\xbf", 3) == 0)
		s->start = 3;
	s->begun = true;
}

/* Reads more behind the window. Returns 1, 0 at the end of the file or ERR_IO. */
static int
refill(struct ldif_source *s)
{
	make_room(s);
	size_t n = fread(s->window + s->end, 1, s->cap - s->end, s->f);
	s->end += n;
	if (!s->begun)
		pass_byte_order_mark(s);
	if (n == 0 && ferror(s->f))
		return ERR_IO;
	return n > 0;
}

/*
 * Finds the line that begins from bytes behind s->start, without taking it. Returns 1 with a
 * view that includes the line end, 0 when there is none, ERR_IO, ERR_LIMIT.
 */
static int
peek_line(struct ldif_source *s, size_t from, struct bv *line_out)
{
	size_t searched = from;

	for (;;) {
		size_t have = s->end - s->start;
		const uint8_t *nl = NULL;
		if (have > searched)
			nl = memchr(s->window + s->start + searched, '\n', have - searched);
		if (nl != NULL) {
			const uint8_t *p = s->window + s->start + from;
			*line_out = bv_make(p, (size_t)(nl + 1 - p));
			return 1;
		}
		if (have > s->max_record_bytes)
			return ERR_LIMIT;
		searched = have;
		int r = refill(s);
		if (r < 0)
			return r;
		if (r == 0) {
			*line_out = bv_make(s->window + s->start + from, have - from);
			return have > from;
		}
	}
}

static bool
is_blank(struct bv line)
{
	return line.n == 0 || line.p[0] == '\n' ||
	       (line.p[0] == '\r' && (line.n == 1 || line.p[1] == '\n'));
}

static void
take_line(struct ldif_source *s, struct bv line)
{
	s->start += line.n;
	s->line++;
}

/* Takes the line at s->start, however long. Returns 1, 0 at the end or ERR_IO. */
static int
drop_line(struct ldif_source *s, bool *blank_out)
{
	struct bv line;
	bool cut = false;
	int r;

	while ((r = peek_line(s, 0, &line)) == ERR_LIMIT) {
		s->start = s->end;
		cut = true;
	}
	if (r <= 0)
		return r;
	*blank_out = !cut && is_blank(line);
	take_line(s, line);
	return 1;
}

/* Takes lines up to and with the next blank one; returns ERR_LIMIT, or ERR_IO. */
static int
drop_record(struct ldif_source *s)
{
	bool blank = false;
	int r = 1;

	while (r == 1 && !blank)
		r = drop_line(s, &blank);
	return r < 0 ? r : ERR_LIMIT;
}

static int
skip_blank_lines(struct ldif_source *s)
{
	struct bv line;
	int r;

	while ((r = peek_line(s, 0, &line)) == 1 && is_blank(line))
		take_line(s, line);
	return r;
}

int
ldif_source_record(struct ldif_source *s, struct bv *raw_out, unsigned long *line_out)
{
	struct bv line;
	unsigned long lines = 0;
	size_t n = 0;
	int r = skip_blank_lines(s);

	if (r == 0 || r == ERR_IO)
		return r;
	*line_out = s->line;
	while (r != ERR_LIMIT && (r = peek_line(s, n, &line)) == 1 && !is_blank(line)) {
		n += line.n;
		lines++;
		if (n > s->max_record_bytes)
			r = ERR_LIMIT;
	}
	if (r < 0)
		return r == ERR_LIMIT ? drop_record(s) : r;
	*raw_out = bv_make(s->window + s->start, n);
	s->start += n;
	s->line += lines;
	return 1;
}

/* Whether a record can begin with this line: not a comment, not the rest of one. */
static bool
begins_record(struct bv line)
{
	return line.p[0] != '#' && line.p[0] != ' ';
}

int
ldif_source_skip(struct ldif_source *s, unsigned long target)
{
	struct bv line;
	bool in_record = false, blank;
	int r;

	while ((r = peek_line(s, 0, &line)) == 1 || r == ERR_LIMIT) {
		if (!in_record && (r == ERR_LIMIT || (!is_blank(line) && begins_record(line)))) {
			if (s->line >= target)
				return 0;
			in_record = true;
		}
		r = drop_line(s, &blank);
		if (r < 0)
			return r;
		in_record = in_record && !blank;
	}
	return r;
}
