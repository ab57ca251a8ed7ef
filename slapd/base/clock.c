#include "clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

/*
 * Time and the stamps made from it. A CSN is the wall clock in microseconds with a
 * counter for changes within the same microsecond; when the wall clock goes back,
 * the last stamp is kept and only the counter moves, so CSNs always grow.
 */

static pthread_mutex_t csn_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the two below */
static int64_t csn_last_us;
static unsigned csn_count;

static int64_t
now_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_mono_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

struct bv
clock_gtime_at(int64_t epoch_s, char out[CLOCK_GTIME_BYTES])
{
	time_t t = (time_t)epoch_s;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	if (tm.tm_year > 9999 - 1900 || tm.tm_year < -1900)
		memset(&tm, 0, sizeof(tm));
	size_t n = strftime(out, CLOCK_GTIME_BYTES, "%Y%m%d%H%M%SZ", &tm);
	return bv_make(out, n);
}

struct bv
clock_gtime(char out[CLOCK_GTIME_BYTES])
{
	return clock_gtime_at(now_us(CLOCK_REALTIME) / 1000000, out);
}

static void
csn_next(int64_t *us_out, unsigned *count_out)
{
	int64_t us = now_us(CLOCK_REALTIME);

	pthread_mutex_lock(&csn_lock);
	if (us > csn_last_us) {
		csn_last_us = us;
		csn_count = 0;
	} else if (++csn_count > 0xffffff) {
		csn_last_us++;
		csn_count = 0;
	}
	*us_out = csn_last_us;
	*count_out = csn_count;
	pthread_mutex_unlock(&csn_lock);
}

struct bv
clock_csn(unsigned sid, char out[CLOCK_CSN_BYTES])
{
	int64_t us;
	unsigned count;
	char when[CLOCK_GTIME_BYTES];

	csn_next(&us, &count);
	clock_gtime_at(us / 1000000, when);
	int n = snprintf(out, CLOCK_CSN_BYTES, "%.14s.%06uZ#%06x#%03x#%06x", when,
	    (unsigned)(us % 1000000), count & 0xffffff, sid & 0xfff, 0U);
	return bv_make(out, n < 0 ? 0 : (size_t)n);
}

struct bv
clock_uuid(char out[CLOCK_UUID_BYTES])
{
	uint8_t r[16];

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r)) {
		fprintf(stderr, "slapd: the kernel gives no random bytes; stopping\n");
		abort();
	}
	r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
	r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
	int n = snprintf(out, CLOCK_UUID_BYTES,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1],
	    r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14],
	    r[15]);
	return bv_make(out, n < 0 ? 0 : (size_t)n);
}
