#ifndef SLAPD_BASE_CLOCK_H
#define SLAPD_BASE_CLOCK_H

/* Time: a monotonic clock for limits, the wall clock for stamps, and CSNs. */

#include <stdint.h>
#include "bv.h"

enum {
	CLOCK_GTIME_BYTES = 16, /* "YYYYmmddHHMMSSZ" and a NUL */
	CLOCK_CSN_BYTES = 41,	/* "YYYYmmddHHMMSS.uuuuuuZ#cccccc#sss#mmmmmm" and a NUL */
	CLOCK_UUID_BYTES = 37,	/* the string form and a NUL */
};

/* Returns milliseconds of a clock that never goes back. */
int64_t clock_mono_ms(void);

/* Returns microseconds of the same clock. */
int64_t clock_mono_us(void);

/* Writes the present time in UTC as generalized time (RFC 4517 3.3.13) and returns a view of out.
 */
struct bv clock_gtime(char out[CLOCK_GTIME_BYTES]);

/* Writes seconds since the epoch as generalized time and returns a view of out. */
struct bv clock_gtime_at(int64_t epoch_s, char out[CLOCK_GTIME_BYTES]);

/*
 * Writes a change sequence number for the server ID sid (0 to 0xfff), later than every one this
 * process has given before; thread-safe. Returns a view of out.
 */
struct bv clock_csn(unsigned sid, char out[CLOCK_CSN_BYTES]);

/* Writes a random (version 4) UUID in lower-case string form; returns a view of out. */
struct bv clock_uuid(char out[CLOCK_UUID_BYTES]);

#endif
