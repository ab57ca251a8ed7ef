#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "text.h"

/*
 * One logical line at a time into one reused buffer. Bounds: a line has at most
 * SOURCE_LINE_MAX_BYTES (the rest is read and dropped, the line refused), a
 * source SOURCE_FILE_MAX_BYTES, so that neither /dev/zero nor a sparse file is
 * read for ever. Bytes are judged here once; the readers see UTF-8 without NUL.
 */

static const char getent_path[] = "/usr/bin/getent";

struct source {
	struct migration *m;
	const struct map *map;
	struct report_place place;
	FILE *in;
	pid_t child; /* 0: a file */
	struct buf buf;
	size_t line; /* physical lines read */
	size_t bytes;
	bool overlong; /* of the present logical line */
	bool has_nul;
	bool crlf_told;
	bool too_big;
};

static int
cannot(const char *what, int error)
{
	fprintf(stderr, "ldapmigrate: %s: %s\n", what, strerror(error));
	return ERR_IO;
}

/* A default map that this machine does not have is no error: it is said and passed over. */
static int
open_failed(struct source *s, int error)
{
	if (error == ENOENT && !s->m->opt->named) {
		report_line(s->m->report, REPORT_DETAIL, &s->place, "no such file",
		    "no such file: this map is left out");
		return 0;
	}
	return cannot(s->place.file, error);
}

static int
open_file(struct source *s)
{
	struct stat st;

	s->in = fopen(s->place.file, "re");
	if (s->in == NULL)
		return open_failed(s, errno);
	if (fstat(fileno(s->in), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(s->in);
		s->in = NULL;
		return cannot(s->place.file, EISDIR);
	}
	return 0;
}

static int
spawn_getent(struct source *s, int out)
{
	char *argv[] = {arena_str(s->m->arena, BV_LIT("getent")),
	    arena_str(s->m->arena, bv_str(s->map->name)), NULL};
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	int error = posix_spawn(&s->child, getent_path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int
open_getent(struct source *s)
{
	int ends[2];

	if ((s->map->flags & MAP_NO_LIST) != 0) {
		fprintf(stderr,
		    "ldapmigrate: getent cannot list %s: name a file with --file %s=PATH\n",
		    s->map->name, s->map->name);
		return ERR_IO;
	}
	if (pipe2(ends, O_CLOEXEC) != 0)
		return cannot("pipe", errno);
	int error = spawn_getent(s, ends[1]);
	close(ends[1]);
	if (error != 0) {
		close(ends[0]);
		return cannot(getent_path, error);
	}
	s->in = fdopen(ends[0], "r");
	return s->in == NULL ? cannot("getent", errno) : 0;
}

int
source_open(struct migration *m, enum map_id map, struct source **source_out)
{
	struct source *s = arena_zalloc(m->arena, 1, sizeof(*s));
	const char *file = m->opt->file[map];
	bool getent = m->getent && file == NULL;

	s->m = m;
	s->map = maps_get(map);
	if (getent)
		file = (const char *)arena_printf(m->arena, "getent %s", s->map->name).p;
	else if (file == NULL)
		file = (const char *)arena_printf(m->arena, "%s%s", m->opt->root, s->map->file).p;
	s->place = (struct report_place){map, file, 0};
	int rc = getent ? open_getent(s) : open_file(s);
	if (rc == 0)
		*source_out = s->in == NULL ? NULL : s;
	return rc;
}

/* Takes one byte of a line; what exceeds the bound is dropped. */
static void
take_byte(struct source *s, int c)
{
	s->has_nul |= c == 0;
	if (s->buf.n < SOURCE_LINE_MAX_BYTES)
		buf_put_byte(&s->buf, (uint8_t)c);
	else
		s->overlong = true;
}

/* Appends the next physical line to the buffer, without its end. Returns whether there was one. */
static bool
read_physical(struct source *s)
{
	int c = getc_unlocked(s->in);

	if (c == EOF || s->too_big)
		return false;
	for (; c != EOF && c != '\n'; c = getc_unlocked(s->in)) {
		take_byte(s, c);
		s->too_big = ++s->bytes >= SOURCE_FILE_MAX_BYTES;
		if (s->too_big)
			break;
	}
	s->line++;
	if (s->buf.n > 0 && s->buf.p[s->buf.n - 1] == '\r') {
		s->buf.n--;
		if (!s->crlf_told)
			report_line(s->m->report, REPORT_NOTE,
			    &(struct report_place){s->place.map, s->place.file, s->line},
			    "DOS line ends",
			    "the line ends in CR LF; the CR is taken off, here and below");
		s->crlf_told = true;
	}
	return true;
}

/* Reads a whole physical line and forgets it. */
static void
skip_physical(struct source *s)
{
	size_t kept = s->buf.n;

	read_physical(s);
	s->buf.n = kept;
}

/* Returns whether the next line goes on with this one; comments and empty lines between do not end
 * it. */
static bool
indent_follows(struct source *s)
{
	for (;;) {
		int c = getc_unlocked(s->in);

		if (c == EOF)
			return false;
		ungetc(c, s->in);
		if (c == ' ' || c == '\t')
			return true;
		if ((c != '#' && c != '\n' && c != '\r') || s->too_big)
			return false;
		skip_physical(s);
	}
}

static void
join_continuations(struct source *s)
{
	while ((s->map->flags & MAP_BACKSLASH) != 0 && s->buf.n > 0 &&
	       s->buf.p[s->buf.n - 1] == '\\') {
		s->buf.p[s->buf.n - 1] = ' ';
		if (!read_physical(s))
			return;
	}
	while ((s->map->flags & MAP_INDENT) != 0 && indent_follows(s)) {
		take_byte(s, ' ');
		read_physical(s);
	}
}

static bool
is_comment(struct bv text)
{
	return text.n == 0 || text.p[0] == '#';
}

static struct bv
without_bom(struct source *s, struct bv text)
{
	if (s->place.line != 1 || text.n < 3 || memcmp(text.p, "\xef\xbb\xbf", 3) != 0)
		return text;
	report_line(s->m->report, REPORT_NOTE, &s->place, "byte order mark",
	    "the file starts with a byte order mark, which is passed over");
	return bv_trim(bv_from(text, 3));
}

static void
cut_comment(const struct source *s, struct source_line *line)
{
	size_t at = bv_find(line->text, 0, '#');

	line->comment = BV_NONE;
	if ((s->map->flags & MAP_INLINE_COMMENT) == 0 || at == line->text.n)
		return;
	line->comment = bv_trim(bv_from(line->text, at + 1));
	line->text = bv_trim(bv_make(line->text.p, at));
}

static bool
refuse(struct source *s, const char *reason, const char *advice)
{
	report_line(s->m->report, REPORT_REFUSED, &s->place, reason, "%s: %s", reason, advice);
	return false;
}

/* Makes the line UTF-8. A comment that is none is dropped, a line that is none refused. */
static bool
to_utf8(struct source *s, struct source_line *line)
{
	bool utf8 = text_is_utf8(line->text);

	if (s->m->opt->latin1 && !utf8)
		line->text = text_from_latin1(s->m->arena, line->text);
	else if (s->m->opt->latin1 && !text_is_ascii(line->text))
		report_line(s->m->report, REPORT_NOTE, &s->place, "UTF-8 already",
		    "the line is UTF-8 already and is not converted again");
	if (!text_is_utf8(line->comment))
		line->comment =
		    s->m->opt->latin1 ? text_from_latin1(s->m->arena, line->comment) : BV_NONE;
	return utf8 || s->m->opt->latin1;
}

static bool
has_control(struct bv text)
{
	for (size_t i = 0; i < text.n; i++) {
		if ((text.p[i] < 32 && text.p[i] != '\t') || text.p[i] == 127)
			return true;
	}
	return false;
}

/* Turns the buffer into a line. Returns whether it holds data that can be used. */
static bool
judge(struct source *s, struct source_line *line)
{
	line->text = without_bom(s, bv_trim(buf_bv(&s->buf)));
	if (is_comment(line->text))
		return false;
	cut_comment(s, line);
	line->place = s->place;
	report_read(s->m->report, s->place.map);
	if (s->overlong)
		return refuse(s, "line too long", "longer than 4 MiB");
	if (s->has_nul)
		return refuse(s, "NUL byte", "the line holds a zero byte; is this a text file?");
	if (has_control(line->text))
		return refuse(
		    s, "control character", "take it out; names and paths cannot hold one");
	if (!to_utf8(s, line))
		return refuse(s, "not UTF-8",
		    "convert the file, or say --charset iso-8859-1 if that is what it is");
	return true;
}

bool
source_next(struct source *s, struct source_line *line_out)
{
	for (;;) {
		s->buf.n = 0;
		s->overlong = s->has_nul = false;
		if (!read_physical(s))
			return false;
		s->place.line = s->line;
		struct bv text = bv_trim(buf_bv(&s->buf));
		if (!is_comment(text))
			join_continuations(s);
		if (judge(s, line_out))
			return true;
	}
}

/* getent leaves with 2 when a map is empty; everything else but 0 means that it did not work. */
static int
reap(struct source *s)
{
	int status = 0;

	if (s->child == 0)
		return 0;
	while (waitpid(s->child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2))
		return 0;
	fprintf(stderr, "ldapmigrate: %s failed: run it by hand to see why\n", s->place.file);
	return ERR_IO;
}

int
source_close(struct source **source)
{
	struct source *s = *source;
	int rc = 0;

	if (ferror(s->in))
		rc = cannot(s->place.file, errno);
	if (s->too_big) {
		fprintf(
		    stderr, "ldapmigrate: %s: larger than 1 GiB: reading stopped\n", s->place.file);
		rc = ERR_IO;
	}
	fclose(s->in);
	buf_done_secret(&s->buf);
	int reaped = reap(s);
	*source = NULL;
	return rc != 0 ? rc : reaped;
}
