#include "log.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "logfile.h"
#include "logline.h"

/*
 * The log: one formatted line at a time, written with one system call so that lines of
 * several threads do not mix. Peer bytes are escaped here, in one place. The syslog socket
 * is our own: libc's connects anew for every line where no syslog daemon runs, and waits
 * where one is slow; here such lines are dropped (RFC 3164 form, non-blocking).
 */

enum { RETRY_MS = 5000, LINE_BYTES = 4096 };

static atomic_int syslog_bits;
static atomic_int stderr_bits;
static atomic_bool as_json;
static atomic_int facility = LOG_LOCAL4;
static char ident[64] = "slapd";
static atomic_int syslog_fd = -1;
static _Atomic int64_t next_try_ms;

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
	log_reopen();
	if (to_stderr && atomic_load(&stderr_bits) == 0)
		atomic_store(&stderr_bits, LOG_L_NONE);
}

static void
forget_syslog(void)
{
	int old = atomic_exchange(&syslog_fd, -1);

	if (old >= 0)
		close(old);
	atomic_store(&next_try_ms, 0);
}

void
log_reopen(void)
{
	forget_syslog();
	logfile_reopen();
}

void
log_set_levels(int syslog_mask, int stderr_mask)
{
	atomic_store(&syslog_bits, syslog_mask);
	atomic_store(&stderr_bits, stderr_mask);
}

int
log_syslog_levels(void)
{
	return atomic_load(&syslog_bits);
}

void
log_set_syslog_levels(int bits)
{
	atomic_store(&syslog_bits, bits);
}

void
log_set_json(bool json)
{
	atomic_store(&as_json, json);
}

bool
log_is_json(void)
{
	return atomic_load_explicit(&as_json, memory_order_relaxed);
}

void
log_set_facility(int number)
{
	atomic_store(&facility, number);
}

/* Returns whether lines for syslog go nowhere: there is neither a syslog daemon nor a log file. */
static bool
is_deaf(void)
{
	return atomic_load_explicit(&syslog_fd, memory_order_relaxed) < 0 && !logfile_is_open() &&
	       clock_mono_ms() < atomic_load_explicit(&next_try_ms, memory_order_relaxed);
}

bool
log_on(int level)
{
	if ((atomic_load_explicit(&stderr_bits, memory_order_relaxed) & level) != 0)
		return true;
	return (atomic_load_explicit(&syslog_bits, memory_order_relaxed) & level) != 0 &&
	       !is_deaf();
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
	int n = log_is_json() ? snprintf(out, sizeof(out), "%s\n", line)
			      : snprintf(out, sizeof(out), "%08lx.%08lx %s\n",
				    (unsigned long)now.tv_sec, (unsigned long)now.tv_nsec, line);
	if (n > 0 && write(STDERR_FILENO, out, (size_t)n) < 0)
		return;
}

/* Returns a connected socket, or -1; tries again a few seconds after a failure. */
static int
connect_syslog(void)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	int64_t now = clock_mono_ms();
	int fd = atomic_load(&syslog_fd), none = -1;

	if (fd >= 0 || now < atomic_load(&next_try_ms))
		return fd;
	atomic_store(&next_try_ms, now + RETRY_MS);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    !atomic_compare_exchange_strong(&syslog_fd, &none, fd)) {
		close(fd);
		return atomic_load(&syslog_fd);
	}
	return fd;
}

/* What stands before each line; made once a second. */
struct heading {
	time_t at;
	int priority, facility;
	size_t n;
	char text[128];
};

static void
make_heading(struct heading *h, time_t now, int priority)
{
	char when[32];
	struct tm tm;

	if (localtime_r(&now, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	strftime(when, sizeof(when), "%b %e %H:%M:%S", &tm);
	h->at = now;
	h->priority = priority;
	h->facility = atomic_load(&facility);
	int n = snprintf(h->text, sizeof(h->text), "<%d>%s %s[%d]: ", h->facility | priority, when,
	    ident, (int)getpid());
	h->n = n < 0 ? 0 : strlen(h->text);
}

static void
write_syslog(int priority, const char *line)
{
	static _Thread_local struct heading h;
	time_t now = time(NULL);
	int fd = connect_syslog();

	if (fd < 0)
		return;
	if (h.at != now || h.priority != priority || h.facility != atomic_load(&facility))
		make_heading(&h, now, priority);
	struct iovec parts[] = {
	    {h.text, h.n}, {(void *)(uintptr_t)line, strnlen(line, LINE_BYTES)}};
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
	if (sendmsg(fd, &m, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
		forget_syslog();
}

void
log_line(int level, const char *line)
{
	if ((atomic_load(&stderr_bits) & level) != 0)
		write_stderr(line);
	if ((atomic_load(&syslog_bits) & level) == 0)
		return;
	write_syslog(LOG_DEBUG, line);
	logfile_write(line);
}

/* A message that is not an event: in JSON, an object of its text and its level. */
static void
format(char line[LINE_BYTES], const char *level, const char *fmt, va_list ap)
{
	char raw[2048];
	struct logline l;

	vsnprintf(raw, sizeof(raw), fmt, ap);
	if (!log_is_json()) {
		escape(raw, line, LINE_BYTES);
		return;
	}
	logline_open(&l, true);
	logline_json(&l, "level", bv_str(level == NULL ? "several" : level));
	logline_json(&l, "message", bv_str(raw));
	snprintf(line, LINE_BYTES, "%s", logline_close(&l));
}

void
log_msg(int level, const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list ap;

	if (!log_on(level))
		return;
	va_start(ap, fmt);
	format(line, log_level_name(level), fmt, ap);
	va_end(ap);
	log_line(level, line);
}

void
log_error(const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	format(line, "error", fmt, ap);
	va_end(ap);
	if (atomic_load(&stderr_bits) != 0)
		write_stderr(line);
	write_syslog(LOG_ERR, line);
	logfile_write(line);
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
