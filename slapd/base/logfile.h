#ifndef SLAPD_BASE_LOGFILE_H
#define SLAPD_BASE_LOGFILE_H

/* A file that gets the lines that syslog gets, with their time in front. Thread-safe. */

#include <stdbool.h>
#include "bv.h"

struct errbuf;

/*
 * Appends to this file from now on; empty: to none. 0, or ERR_IO with the file and the reason:
 * what was in use stays.
 */
int logfile_set(struct bv path, struct errbuf *e) __attribute__((warn_unused_result));

/* Returns what logfile_set would, without using the file; one in use is not looked at. */
int logfile_check(struct bv path, struct errbuf *e) __attribute__((warn_unused_result));

/* Opens the file anew, which may have been moved away. */
void logfile_reopen(void);

/* Returns whether there is one. */
bool logfile_is_open(void);

/* Writes one line, if there is a file. */
void logfile_write(const char *line);

#endif
