#ifndef SLAPD_CONFIG_CONFFILE_H
#define SLAPD_CONFIG_CONFFILE_H

/*
 * Files and folders of slapd.d, each step durable: 0600 and 0750, with the owner of the folder
 * they are made in when root makes them. Failures name the path, its owner and the cure.
 */

#include "base/bv.h"

struct errbuf;

/* Sets "cannot <what> <path>: ..." from errno. Returns ERR_DENIED, ERR_FULL or ERR_IO. */
int conffile_fail(struct errbuf *e, const char *what, const char *path);

/* Writes a file that does not exist and flushes it to disk. 0 or as conffile_fail. */
int conffile_write(const char *path, struct bv text, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Makes a folder; one that is there is fine when may_exist. 0 or as conffile_fail. */
int conffile_folder(const char *path, bool may_exist, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Flushes a folder's names to disk. 0 or as conffile_fail. */
int conffile_sync(const char *folder, struct errbuf *e) __attribute__((warn_unused_result));

/* Renames. 0 or as conffile_fail. */
int conffile_move(const char *from, const char *to, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Removes a file; one that is not there is fine. 0 or as conffile_fail. */
int conffile_remove(const char *path, struct errbuf *e) __attribute__((warn_unused_result));

/* Removes a folder that is empty; others stay. */
void conffile_remove_empty(const char *path);

/* Removes a folder with all that is in it, as far as possible. */
void conffile_remove_all(const char *path);

enum conffile_trap {
	CONFFILE_TRAP_NONE,
	CONFFILE_TRAP_DIE,  /* the process ends at the step, as by kill -9 */
	CONFFILE_TRAP_ONCE, /* the step fails for lack of room */
	CONFFILE_TRAP_ON,   /* so do all that follow */
};

/* For tests: lets so many steps of this file pass, then springs the trap. */
void conffile_set_trap(enum conffile_trap kind, unsigned steps);

#endif
