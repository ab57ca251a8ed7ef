#ifndef TOOLS_COMMON_H
#define TOOLS_COMMON_H

/*
 * What the tools share: options, finding and opening the configuration and the
 * databases it names, and messages. One struct common lives as long as the process.
 */

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/bv.h"
#include "base/err.h"

struct arena;
struct conf;
struct conf_db;
struct store;

struct common_store {
	const struct conf_db *db;
	struct store *store;
};

struct common {
	/* Set by the tool before common_parse. */
	const char *program;		   /* "slapadd" */
	const char *usage;		   /* what follows the name in the usage text */
	const char *letters;		   /* getopt's list of its options */
	const struct option *long_options; /* NULL: none */
	bool (*own)(struct common *c, int letter, const char *arg); /* its own letters, first */
	void *own_data;

	/* Options. */
	const char *conf_file;	  /* -f */
	const char *conf_dir;	  /* -F */
	const char *base;	  /* -b */
	const char *ldif;	  /* -l; NULL: standard input or output */
	int number;		  /* -n; COMMON_NO_NUMBER: not given */
	unsigned verbose;	  /* -v */
	bool keep_going;	  /* -c */
	bool dry_run;		  /* -u */
	bool no_glue;		  /* -g */
	bool all_databases;	  /* set by a tool: common_open opens every one */
	bool quick;		  /* -q */
	bool unchecked;		  /* -s, or -o schema-check=no */
	bool debug;		  /* -d */
	bool write_context;	  /* -w */
	int sid;		  /* -S; -1: the configuration's */
	unsigned long first_line; /* -j */
	size_t wrap;		  /* -o ldif-wrap, as ldif_put takes it */

	/* Opened. */
	struct arena *arena;
	struct conf *conf;
	const struct conf_db *db;    /* the one chosen */
	struct common_store *stores; /* db and what else was opened */
	size_t store_count;
	bool became_owner;
};

enum { COMMON_NO_NUMBER = -2 };

enum common_mode { COMMON_READ, COMMON_WRITE, COMMON_LOAD /* as WRITE, without syncing */ };

/* Prepares *c. The strings are the caller's for good. */
void common_init(struct common *c, const char *program, const char *letters, const char *usage);

/*
 * Reads the options; the rest of argv begins at optind. Returns 0, or 1 after printing what is
 * wrong and the usage.
 */
int common_parse(struct common *c, int argc, char **argv) __attribute__((warn_unused_result));

/* Prints "program: text" on standard error and returns 1. */
int common_fail(const struct common *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints the usage and returns 1. */
int common_usage(const struct common *c);

/* Reads and builds the configuration: 0, or 1 after saying why not. */
int common_load(struct common *c) __attribute__((warn_unused_result));

/* Returns whether the chosen database is cn=config. */
bool common_is_config(const struct common *c);

/*
 * Opens the chosen database and, without -g, those glued under it. When run by root the process
 * becomes the owner of each directory first, so that no file of root's is left behind. Returns 0,
 * or 1 after saying why not.
 */
int common_open(struct common *c, enum common_mode mode) __attribute__((warn_unused_result));

/* Returns the opened store for a normal DN, or NULL when it belongs to none of them. */
struct common_store *common_store_for(struct common *c, struct bv normal_dn);

/* Returns the server ID for CSNs that are made up. */
unsigned common_sid(const struct common *c);

/* Returns whether the DN has no superior in the database: a suffix, or the first level under "". */
struct dn;
bool common_is_top(const struct conf_db *db, const struct dn *dn);

/* Returns whether the server of this configuration runs, as its pid file tells. */
bool common_server_runs(const struct common *c);

/* Gives back everything. Returns status, for "return common_done(&c, status)". */
int common_done(struct common *c, int status);

/* Opens the input of -l, or standard input: 0, or 1 after saying why not. *name_out is for texts.
 */
int common_input(const struct common *c, FILE **out, const char **name_out)
    __attribute__((warn_unused_result));

#endif
