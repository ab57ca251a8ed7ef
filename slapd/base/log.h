#ifndef SLAPD_BASE_LOG_H
#define SLAPD_BASE_LOG_H

/*
 * The log. Levels are OpenLDAP's bits, so that `loglevel stats` and `-d 256`
 * mean what administrators expect. Lines go to syslog (LOG_LOCAL4 by default),
 * and to standard error when -d was given. Thread-safe. No secret is ever logged.
 */

#include <stdbool.h>
#include <stdint.h>
#include "bv.h"

enum log_level {
	LOG_L_TRACE = 1,
	LOG_L_PACKETS = 2,
	LOG_L_ARGS = 4,
	LOG_L_CONNS = 8,
	LOG_L_BER = 16,
	LOG_L_FILTER = 32,
	LOG_L_CONFIG = 64,
	LOG_L_ACL = 128,
	LOG_L_STATS = 256,
	LOG_L_STATS2 = 512,
	LOG_L_SHELL = 1024,
	LOG_L_PARSE = 2048,
	LOG_L_SYNC = 16384,
	LOG_L_NONE = 32768, /* messages that are always logged */
	LOG_L_ANY = -1,
};

/* Opens the log under the program's name; to_stderr also writes each line there. */
void log_open(const char *name, bool to_stderr);

/* Closes and opens again what SIGUSR1 must reopen. */
void log_reopen(void);

/* Sets the bits that are logged to syslog (loglevel) and to standard error (-d). */
void log_set_levels(int syslog_bits, int stderr_bits);

/* The bits that are logged to syslog; how cn=Monitor changes them alone. */
int log_syslog_levels(void);
void log_set_syslog_levels(int bits);

/* Whether every line is a JSON object (log_line and logline.h), or text as OpenLDAP's. */
void log_set_json(bool json);
bool log_is_json(void);

/* Sets the syslog facility by its number, LOG_LOCAL4 and so on. */
void log_set_facility(int facility);

/* Returns whether a line at this level would be written anywhere: test before costly formatting. */
bool log_on(int level);

/* Writes one line; the caller gives no newline. Control bytes in the text come out as \xx. */
void log_msg(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Writes a line that is complete as it stands (logline.h). */
void log_line(int level, const char *line);

/* Writes one line that is never filtered: start-up failures, data damage, refused configuration. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Reads a level by OpenLDAP's name ("stats", "any", "none", ...), or a decimal or 0x number.
 * Returns whether it is one; *bits_out is untouched when not.
 */
bool log_level_from_text(struct bv text, int *bits_out);

/* Returns the name of one level bit, or NULL. */
const char *log_level_name(int bit);

#endif
