#ifndef SLAPD_MODEL_STAMP_H
#define SLAPD_MODEL_STAMP_H

/*
 * Values with an inner form: generalized time (RFC 4517 3.3.13), change sequence
 * numbers, UUIDs (RFC 4530). Each has one normal form that the syntax check,
 * the matching rules and the index share.
 */

#include "base/bv.h"

struct arena;
struct schema;

/* Longest fraction of a second that a time keeps; more digits are refused. */
enum { STAMP_FRACTION_DIGITS = 32, STAMP_TIME_BYTES = 16 + STAMP_FRACTION_DIGITS };

/* Bytes of a normal CSN and of a normal UUID. */
enum { STAMP_CSN_BYTES = 40, STAMP_UUID_BYTES = 16 };

/*
 * Writes "YYYYmmddHHMMSS[.f]Z" in UTC, without zeros at the end of the fraction, into out and its
 * length to *n_out. 0 or ERR_SYNTAX, also for a moment before year 0 or after 9999.
 */
int stamp_time(struct bv value, char out[STAMP_TIME_BYTES], size_t *n_out)
    __attribute__((warn_unused_result));

/*
 * Writes the 40 bytes "YYYYmmddHHMMSS.uuuuuuZ#cccccc#sss#mmmmmm", hex digits in lower case; the
 * older form without microseconds and with two-digit server IDs is read too. 0 or ERR_SYNTAX.
 */
int stamp_csn(struct bv value, char out[STAMP_CSN_BYTES]) __attribute__((warn_unused_result));

/* Writes the three hex digits, lower case, of a server ID of one to three digits. 0 or ERR_SYNTAX.
 */
int stamp_sid(struct bv value, char out[3]) __attribute__((warn_unused_result));

/* Reads the 36-character string form. 0 or ERR_SYNTAX. */
int stamp_uuid(struct bv value, uint8_t out[STAMP_UUID_BYTES]) __attribute__((warn_unused_result));

/* Validators for the syntax table: 0 or ERR_SYNTAX; the schema is not used. */
int stamp_check_time(const struct schema *s, struct bv v);
int stamp_check_utc_time(const struct schema *s, struct bv v); /* RFC 4517 3.3.34 */
int stamp_check_csn(const struct schema *s, struct bv v);
int stamp_check_sid(const struct schema *s, struct bv v);
int stamp_check_uuid(const struct schema *s, struct bv v);

#endif
