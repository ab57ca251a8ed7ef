#ifndef SLAPD_BASE_ERR_H
#define SLAPD_BASE_ERR_H

/*
 * Internal errors: functions return 0 or one of these negative numbers. They
 * never reach a client as such; each door (LMDB, errno, SASL) translates into
 * them and says in a struct errbuf what happened and what to do.
 */

enum err {
	ERR_OK = 0,
	ERR_SYNTAX = -1,       /* input does not have the form it must have */
	ERR_LIMIT = -2,	       /* a configured or built-in bound is exceeded */
	ERR_NOT_FOUND = -3,    /* the thing asked for does not exist */
	ERR_EXISTS = -4,       /* it exists already */
	ERR_IO = -5,	       /* the operating system refused or failed */
	ERR_CORRUPT = -6,      /* stored data fails its checks */
	ERR_FULL = -7,	       /* no room: disk, map, queue */
	ERR_BUSY = -8,	       /* in use by another; try later */
	ERR_AGAIN = -9,	       /* more input, or a later call, is needed */
	ERR_CLOSED = -10,      /* the peer or the queue is gone */
	ERR_UNSUPPORTED = -11, /* known but not offered */
	ERR_DENIED = -12,      /* not permitted */
	ERR_CONFIG = -13,      /* the configuration is wrong */
	ERR_UNDEFINED = -14,   /* an attribute type, class or rule is not in the schema */
};

/* A text for a person, beside the code; always terminated. */
struct errbuf {
	char text[512];
};

/*
 * Writes the formatted text into e (which may be NULL) and returns code, so that a function
 * can fail in one expression. Long texts are cut, not refused.
 */
int err_set(struct errbuf *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the text already in e, cutting at the end; returns code. */
int err_prefix(struct errbuf *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Returns a short constant phrase for an ERR_* code. */
const char *err_text(int code);

#endif
