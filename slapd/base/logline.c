#include "logline.h"

#include <string.h>
#include <time.h>

#include "json.h"
#include "log.h"

/*
 * The end of a line always has room: END_BYTES are kept back from fields. Every operation
 * writes some of these lines, so they are put together by hand: printf costs as much as a search.
 */

enum { END_BYTES = 32, DIGITS = 24 };

static size_t
room(const struct logline *l)
{
	return sizeof(l->text) - END_BYTES - l->n;
}

/* Returns whether n more bytes fit; notes that the line is cut when not. */
static bool
fits(struct logline *l, size_t n)
{
	if (n < room(l))
		return true;
	l->cut = true;
	return false;
}

/* Appends what is known to fit. */
static void
add(struct logline *l, const char *text, size_t n)
{
	memcpy(l->text + l->n, text, n);
	l->n += n;
}

/* Appends all of a short text, or nothing. */
static void
put(struct logline *l, const char *text)
{
	size_t n = strlen(text);

	if (fits(l, n))
		add(l, text, n);
}

/* Writes a number's digits, at least `least` of them, to the end of out; returns where they begin.
 */
static const char *
digits(uint64_t value, unsigned least, char out[DIGITS])
{
	size_t at = DIGITS - 1;

	out[at] = 0;
	for (; value > 0 || least > 0; value /= 10) {
		out[--at] = (char)('0' + value % 10);
		least -= least > 0;
	}
	return out + at;
}

/* Appends the name of a field with what stands around it, or nothing. */
static bool
put_key(struct logline *l, const char *key, const char *after, size_t value_bytes)
{
	size_t n = strlen(key), end = strlen(after);

	if (!fits(l, n + end + value_bytes + 3))
		return false;
	if (l->json)
		add(l, ",\"", 2);
	else if (l->n > 0)
		add(l, " ", 1);
	add(l, key, n);
	add(l, after, end);
	return true;
}

/* Control bytes as \HH: what a peer sends cannot make a second line. */
static void
put_escaped(struct logline *l, struct bv value)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < value.n; i++) {
		if (room(l) < 8) {
			l->cut = true;
			break;
		}
		uint8_t c = value.p[i];
		if (c >= ' ' && c != 0x7f) {
			l->text[l->n++] = (char)c;
			continue;
		}
		l->text[l->n++] = '\\';
		l->text[l->n++] = hex[c >> 4];
		l->text[l->n++] = hex[c & 15];
	}
}

static void
put_json(struct logline *l, const char *key, struct bv value)
{
	size_t n, before = l->n;

	if (!put_key(l, key, "\":\"", 0) || room(l) < 8) {
		l->cut = true;
		l->n = before;
		return;
	}
	if (json_escape(value, l->text + l->n, room(l) - 4, &n) < value.n)
		l->cut = true;
	l->n += n;
	l->text[l->n++] = '"';
}

void
logline_open(struct logline *l, bool json)
{
	struct timespec now;
	struct tm tm;
	char when[32], fraction[DIGITS];

	l->json = json;
	l->cut = false;
	l->n = 0;
	if (!json)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	put(l, "{\"time\":\"");
	put(l, when);
	put(l, ".");
	put(l, digits((uint64_t)now.tv_nsec / 1000, 6, fraction));
	put(l, "Z\"");
}

bool
logline_begin(struct logline *l, int level)
{
	if (!log_on(level))
		return false;
	logline_open(l, log_is_json());
	l->level = level;
	return true;
}

void
logline_event(struct logline *l, const char *name)
{
	if (l->json)
		put_json(l, "event", bv_str(name));
	else
		put_key(l, name, "", 0);
}

void
logline_number(struct logline *l, const char *key, int64_t value)
{
	char text[DIGITS];
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	if (!put_key(l, key, l->json ? "\":" : "=", DIGITS))
		return;
	if (value < 0)
		add(l, "-", 1);
	put(l, digits(size, 1, text));
}

void
logline_seconds(struct logline *l, const char *key, int64_t us)
{
	uint64_t size = us < 0 ? 0 : (uint64_t)us;
	char text[DIGITS];

	if (!put_key(l, key, l->json ? "\":" : "=", DIGITS))
		return;
	put(l, digits(size / 1000000, 1, text));
	add(l, ".", 1);
	put(l, digits(size % 1000000, 6, text));
}

void
logline_quoted(struct logline *l, const char *key, struct bv value)
{
	if (l->json) {
		put_json(l, key, value);
		return;
	}
	put_key(l, key, "=\"", 0);
	put_escaped(l, value);
	put(l, "\"");
}

void
logline_bare(struct logline *l, const char *key, struct bv value)
{
	if (l->json) {
		put_json(l, key, value);
		return;
	}
	put_key(l, key, "=", 0);
	put_escaped(l, value);
}

void
logline_words(struct logline *l, struct bv words)
{
	if (!l->json)
		put_escaped(l, words);
}

void
logline_json(struct logline *l, const char *key, struct bv value)
{
	if (l->json)
		put_json(l, key, value);
}

const char *
logline_close(struct logline *l)
{
	if (l->json) {
		const char *end = l->cut ? ",\"cut\":true}" : "}";
		add(l, end, strlen(end));
	}
	l->text[l->n] = 0;
	return l->text;
}

void
logline_end(struct logline *l)
{
	log_line(l->level, logline_close(l));
}
