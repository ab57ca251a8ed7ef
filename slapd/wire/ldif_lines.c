#include "ldif_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/err.h"
#include "base64.h"
#include "hex.h"

/*
 * Logical lines. Folded lines are joined in place: the text only moves towards the
 * front, so the record's own copy is all the memory that is needed. Spaces and tabs
 * behind the colon are passed over, as OpenLDAP does.
 */

int
ldif_lines_fail(const struct ldif_lines *l, int code, const char *fmt, ...)
{
	va_list ap;

	if (l->e == NULL)
		return code;
	va_start(ap, fmt);
	vsnprintf(l->e->text, sizeof(l->e->text), fmt, ap);
	va_end(ap);
	return err_prefix(l->e, code, "%s:%lu", l->name, l->line);
}

/* Moves the text of the physical line at l->p to the front position to; returns its end there. */
static uint8_t *
move_line(struct ldif_lines *l, uint8_t *to)
{
	uint8_t *nl = memchr(l->p, '\n', (size_t)(l->end - l->p));
	uint8_t *stop = nl == NULL ? l->end : nl;
	size_t n = (size_t)(stop - l->p);

	if (n > 0 && stop[-1] == '\r')
		n--;
	if (to != l->p)
		memmove(to, l->p, n);
	l->p = nl == NULL ? l->end : nl + 1;
	l->next_line++;
	return to + n;
}

/* Takes the next logical line, comments too; false at the end. */
static bool
take_logical(struct ldif_lines *l, struct bv *text_out)
{
	uint8_t *start = l->p;

	if (l->p == l->end)
		return false;
	l->line = l->next_line;
	uint8_t *stop = move_line(l, start);
	while (l->p < l->end && *l->p == ' ') {
		l->p++;
		stop = move_line(l, stop);
	}
	*text_out = bv_make(start, (size_t)(stop - start));
	return true;
}

/* Reads n bytes of the file at path into the arena. */
static int
read_all(struct ldif_lines *l, int fd, size_t n, struct bv *out)
{
	uint8_t *to = arena_alloc(l->arena, n + 1);
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, to + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ldif_lines_fail(
			    l, ERR_SYNTAX, "reading the value's file: %s", strerror(errno));
		if (got == 0)
			break;
		done += (size_t)got;
	}
	to[done] = 0;
	l->max_value_bytes -= done;
	*out = bv_make(to, done);
	return 0;
}

/* Whether the file is a regular one of bearable size: a device is never opened. */
static int
check_file(const struct ldif_lines *l, const char *path, struct stat *st)
{
	if (stat(path, st) != 0)
		return ldif_lines_fail(l, ERR_SYNTAX, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st->st_mode))
		return ldif_lines_fail(l, ERR_SYNTAX, "%s is not a regular file", path);
	if (st->st_size < 0 || (size_t)st->st_size > l->max_value_bytes)
		return ldif_lines_fail(l, ERR_LIMIT, "%s would make the record too large", path);
	return 0;
}

static int
read_file(struct ldif_lines *l, const char *path, struct bv *out)
{
	struct stat st;
	int r = check_file(l, path, &st);

	if (r != 0)
		return r;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return ldif_lines_fail(l, ERR_SYNTAX, "%s: %s", path, strerror(errno));
	r = read_all(l, fd, (size_t)st.st_size, out);
	close(fd);
	return r;
}

/* Reads the value that a URL names: file:///path or file://localhost/path. */
static int
read_url(struct ldif_lines *l, struct bv url, struct bv *out)
{
	static const char *const prefixes[] = {"file://localhost/", "file:///"};
	struct bv path = BV_NONE;

	for (size_t i = 0; i < 2 && path.p == NULL; i++) {
		size_t n = strlen(prefixes[i]);
		if (url.n > n && bv_is(bv_make(url.p, n), prefixes[i]))
			path = bv_from(url, n - 1);
	}
	if (path.p == NULL || hex_unpercent(l->arena, path, &path) != 0 ||
	    bv_find(path, 0, 0) < path.n)
		return ldif_lines_fail(
		    l, ERR_SYNTAX, "a URL must be file:///path, with special characters as %%xx");
	return read_file(l, (const char *)path.p, out);
}

/* Returns v without leading spaces and tabs. */
static struct bv
after_fill(struct bv v)
{
	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t'))
		v = bv_from(v, 1);
	return v;
}

int
ldif_lines_value(struct ldif_lines *l, struct bv spec, struct bv *out)
{
	if (spec.n > 0 && spec.p[0] == '<')
		return read_url(l, bv_trim(bv_from(spec, 1)), out);
	if (spec.n == 0 || spec.p[0] != ':') {
		*out = after_fill(spec);
		return 0;
	}
	if (base64_decode(l->arena, bv_trim(bv_from(spec, 1)), out) != 0)
		return ldif_lines_fail(l, ERR_SYNTAX, "the value is not base64 (RFC 4648)");
	return 0;
}

int
ldif_lines_next(struct ldif_lines *l)
{
	struct bv text;

	do {
		l->have = take_logical(l, &text);
		if (!l->have)
			return 0;
	} while (text.n > 0 && text.p[0] == '#');
	size_t colon = bv_find(text, 0, ':');
	l->dash = colon == text.n && bv_eq(bv_trim(text), BV_LIT("-"));
	if (l->dash)
		return 0;
	if (text.n > 0 && text.p[0] == ' ')
		return ldif_lines_fail(l, ERR_SYNTAX,
		    "a line that begins with a space continues "
		    "the line before it, but there is none");
	if (colon == text.n || colon == 0)
		return ldif_lines_fail(l, ERR_SYNTAX,
		    "a line must be \"attribute: value\", not \"%.*s\"",
		    text.n < 60 ? (int)text.n : 60, (const char *)text.p);
	l->desc = bv_make(text.p, colon);
	return ldif_lines_value(l, bv_from(text, colon + 1), &l->value);
}
