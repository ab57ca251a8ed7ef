#ifndef SLAPD_NET_TLS_FILE_H
#define SLAPD_NET_TLS_FILE_H

/*
 * Files that the TLS options name: reading them with texts that tell an administrator
 * why it does not work and what to do, and noticing that they have changed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>
#include "base/bv.h"

struct arena;
struct errbuf;

/* What is remembered of a file to see that it is another one now. */
struct tls_mark {
	const char *path;
	bool there;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
	mode_t mode;
	uid_t owner;
	gid_t group;
};

/*
 * Reads a whole regular file of at most max_bytes into the arena. 0, or ERR_IO or ERR_CONFIG with a
 * text that names the option, the file, its owner and mode, the user slapd runs as, and the cure.
 */
int tls_file_read(struct arena *a, const char *option, const char *path, struct bv *out,
    struct errbuf *e) __attribute__((warn_unused_result));

/* As tls_file_read for a directory: whether it may be looked into. */
int tls_file_check_dir(const char *option, const char *path, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Returns whether everybody may read the file. */
bool tls_file_is_public(const char *path);

/* Looks at a file; path is kept. */
void tls_file_mark(struct tls_mark *m, const char *path);

/* Returns whether two looks saw the same. */
bool tls_file_same(const struct tls_mark *x, const struct tls_mark *y);

/* Writes "owner root:ssl-cert, mode 0640; slapd runs as openldap" to out. */
void tls_file_describe(const char *path, char *out, size_t size);

#endif
