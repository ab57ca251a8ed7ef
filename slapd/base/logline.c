#include "logline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "log.h"

/* The end of a line always has room: END_BYTES are kept back from fields. */

enum { END_BYTES = 32 };

static size_t
room(const struct logline *l)
{
	return sizeof(l->text) - END_BYTES - l->n;
}

static void put(struct logline *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends all of a short text, or nothing. */
static void
put(struct logline *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(l->text + l->n, room(l), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room(l))
		l->cut = true;
	else
		l->n += (size_t)n;
	l->text[l->n] = 0;
}

/* Control bytes as \HH: what a peer sends cannot make a second line. */
static void
put_escaped(struct logline *l, struct bv value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (room(l) < 8) {
			l->cut = true;
			break;
		}
		if (value.p[i] < ' ' || value.p[i] == 0x7f)
			l->n += (size_t)sprintf(l->text + l->n, "\\%02X", value.p[i]);
		else
			l->text[l->n++] = (char)value.p[i];
	}
	l->text[l->n] = 0;
}

static void
put_json(struct logline *l, const char *key, struct bv value)
{
	size_t n, before = l->n;

	put(l, ",\"%s\":\"", key);
	if (l->n == before || room(l) < 8) {
		l->n = before;
		return;
	}
	if (json_escape(value, l->text + l->n, room(l) - 4, &n) < value.n)
		l->cut = true;
	l->n += n;
	l->text[l->n++] = '"';
	l->text[l->n] = 0;
}

void
logline_open(struct logline *l, bool json)
{
	struct timespec now;
	struct tm tm;
	char when[32];

	l->json = json;
	l->cut = false;
	l->n = 0;
	l->text[0] = 0;
	if (!json)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	put(l, "{\"time\":\"%s.%06ldZ\"", when, now.tv_nsec / 1000);
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
		put(l, " %s", name);
}

void
logline_number(struct logline *l, const char *key, int64_t value)
{
	if (l->json)
		put(l, ",\"%s\":%lld", key, (long long)value);
	else
		put(l, "%s%s=%lld", l->n == 0 ? "" : " ", key, (long long)value);
}

void
logline_seconds(struct logline *l, const char *key, int64_t us)
{
	long long s = us < 0 ? 0 : us / 1000000, rest = us < 0 ? 0 : us % 1000000;

	put(l, l->json ? ",\"%s\":%lld.%06lld" : " %s=%lld.%06lld", key, s, rest);
}

void
logline_quoted(struct logline *l, const char *key, struct bv value)
{
	if (l->json) {
		put_json(l, key, value);
		return;
	}
	put(l, " %s=\"", key);
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
	put(l, " %s=", key);
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
		memcpy(l->text + l->n, end, strlen(end) + 1);
		l->n += strlen(end);
	}
	return l->text;
}

void
logline_end(struct logline *l)
{
	log_line(l->level, logline_close(l));
}
