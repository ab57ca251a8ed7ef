#include "log.h"

#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/*
 * The log: one formatted line at a time, written with one write(2) so that lines of
 * several threads do not mix. Peer bytes are escaped here, in one place.
 */

static atomic_int syslog_bits;
static atomic_int stderr_bits;
static atomic_int facility = LOG_LOCAL4;
static char ident[64] = "slapd";

static const struct {
	const char *name;
	int bit;
} levels[] = {
    {"trace", LOG_L_TRACE},
    {"packets", LOG_L_PACKETS},
    {"args", LOG_L_ARGS},
    {"conns", LOG_L_CONNS},
    {"ber", LOG_L_BER},
    {"filter", LOG_L_FILTER},
    {"config", LOG_L_CONFIG},
    {"acl", LOG_L_ACL},
    {"stats", LOG_L_STATS},
    {"stats2", LOG_L_STATS2},
    {"shell", LOG_L_SHELL},
    {"parse", LOG_L_PARSE},
    {"sync", LOG_L_SYNC},
    {"none", LOG_L_NONE},
    {"any", LOG_L_ANY},
};

void
log_open(const char *name, bool to_stderr)
{
	snprintf(ident, sizeof(ident), "%s", name);
	openlog(ident, LOG_PID | LOG_NDELAY, atomic_load(&facility));
	if (to_stderr && atomic_load(&stderr_bits) == 0)
		atomic_store(&stderr_bits, LOG_L_NONE);
}

void
log_reopen(void)
{
	closelog();
	openlog(ident, LOG_PID | LOG_NDELAY, atomic_load(&facility));
}

void
log_set_levels(int syslog_mask, int stderr_mask)
{
	atomic_store(&syslog_bits, syslog_mask);
	atomic_store(&stderr_bits, stderr_mask);
}

void
log_set_facility(int number)
{
	atomic_store(&facility, number);
	log_reopen();
}

bool
log_on(int level)
{
	int bits = atomic_load_explicit(&syslog_bits, memory_order_relaxed) |
		   atomic_load_explicit(&stderr_bits, memory_order_relaxed);

	return (bits & level) != 0;
}

/* Copies text to out (size bytes), control bytes as \xx; returns the length. */
static size_t
escape(const char *text, char *out, size_t size)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (; *text != 0 && n + 4 < size; text++) {
		unsigned char c = (unsigned char)*text;
		if (c >= ' ' && c != 0x7f) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '\\';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	out[n] = 0;
	return n;
}

static void
write_stderr(const char *line)
{
	char out[4200];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int n = snprintf(out, sizeof(out), "%08lx.%08lx %s\n", (unsigned long)now.tv_sec,
	    (unsigned long)now.tv_nsec, line);
	if (n > 0 && write(STDERR_FILENO, out, (size_t)n) < 0)
		return;
}

static void
emit(int level, int priority, const char *fmt, va_list ap)
{
	char raw[2048], line[4096];

	vsnprintf(raw, sizeof(raw), fmt, ap);
	escape(raw, line, sizeof(line));
	if (atomic_load(&stderr_bits) & level)
		write_stderr(line);
	if (atomic_load(&syslog_bits) & level)
		syslog(priority, "%s", line);
}

void
log_msg(int level, const char *fmt, ...)
{
	va_list ap;

	if (!log_on(level))
		return;
	va_start(ap, fmt);
	emit(level, LOG_DEBUG, fmt, ap);
	va_end(ap);
}

void
log_error(const char *fmt, ...)
{
	char raw[2048], line[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	escape(raw, line, sizeof(line));
	if (atomic_load(&stderr_bits) != 0)
		write_stderr(line);
	syslog(LOG_ERR, "%s", line);
}

bool
log_level_from_text(struct bv text, int *bits_out)
{
	char number[24];
	char *end;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (bv_is(text, levels[i].name)) {
			*bits_out = levels[i].bit;
			return true;
		}
	}
	if (text.n == 0 || text.n >= sizeof(number) || text.p[0] == ' ')
		return false;
	memcpy(number, text.p, text.n);
	number[text.n] = 0;
	long v = strtol(number, &end, 0);
	if (*end != 0 || v < -1 || v > INT_MAX)
		return false;
	*bits_out = (int)v;
	return true;
}

const char *
log_level_name(int bit)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (levels[i].bit == bit)
			return levels[i].name;
	}
	return NULL;
}
