#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Error texts: one table of phrases, and the formatting into a caller's buffer. */

static const char *const phrases[] = {
    [-ERR_OK] = "success",
    [-ERR_SYNTAX] = "wrong syntax",
    [-ERR_LIMIT] = "limit exceeded",
    [-ERR_NOT_FOUND] = "not found",
    [-ERR_EXISTS] = "exists already",
    [-ERR_IO] = "input/output error",
    [-ERR_CORRUPT] = "stored data is damaged",
    [-ERR_FULL] = "no room left",
    [-ERR_BUSY] = "in use",
    [-ERR_AGAIN] = "incomplete",
    [-ERR_CLOSED] = "closed",
    [-ERR_UNSUPPORTED] = "not supported",
    [-ERR_DENIED] = "not permitted",
    [-ERR_CONFIG] = "wrong configuration",
    [-ERR_UNDEFINED] = "not defined in the schema",
};

int
err_set(struct errbuf *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return code;
}

int
err_prefix(struct errbuf *e, int code, const char *fmt, ...)
{
	va_list ap;
	struct errbuf old;

	if (e == NULL)
		return code;
	old = *e;
	va_start(ap, fmt);
	int n = vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->text))
		snprintf(e->text + n, sizeof(e->text) - (size_t)n, ": %s", old.text);
	return code;
}

const char *
err_text(int code)
{
	size_t i = (size_t)-code;

	return code <= 0 && i < sizeof(phrases) / sizeof(phrases[0]) ? phrases[i] : "unknown error";
}
