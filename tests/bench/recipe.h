#ifndef TESTS_BENCH_RECIPE_H
#define TESTS_BENCH_RECIPE_H

/*
 * The workloads: what each asks of the people that tests/bench/generate writes, and the
 * answer it must get. Requests are encoded ahead; only the message ID is filled in later.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

struct errbuf;
struct recipe;

enum {
	RECIPE_FIRST_ID = 0x01000000, /* message IDs take four bytes, so that one fits any other */
	RECIPE_ANY = -1,	      /* any number of entries is right */
	RECIPE_SOME = -2,	      /* at least one entry */
	RECIPE_PAGE = 1000,	      /* entries in one page of the paged dump */
};

/* An encoded request and what it must be answered with. */
struct request {
	size_t off; /* in the script's bytes */
	size_t n;
	size_t id_off;	 /* of the four bytes of the message ID, from off */
	int code;	 /* the result code that is right */
	int64_t entries; /* how many entries, RECIPE_ANY or RECIPE_SOME */
};

struct script {
	struct buf bytes;
	struct request *requests;
	size_t count;
	bool serial; /* each request is sent once; otherwise they go round */
	bool alone;  /* no second request may be in flight on the connection */
	bool paged;  /* a cookie in the answer asks for the next page: script_put_page */
};

struct recipe_scope {
	const char *suffix;
	int64_t people; /* people in the directory are numbered from 0 */
	size_t count;	/* requests to encode ahead; of serial ones the most that can be sent */
	uint64_t seed;	/* of the order */
	int64_t expect; /* entries that each search must return; RECIPE_ANY: as the recipe says */
};

/* Returns the recipe of that name, or NULL. */
const struct recipe *recipe_find(const char *name);

/* Appends all names, separated by spaces. */
void recipe_names(struct buf *out);

/* Encodes the requests of a recipe. Returns 0, or ERR_SYNTAX with *e when a template is wrong. */
int script_init(struct script *s, const struct recipe *r, const struct recipe_scope *scope,
    struct errbuf *e) __attribute__((warn_unused_result));

/* Frees the memory. */
void script_done(struct script *s);

/* Appends the request for the page behind the cookie; its message ID is RECIPE_FIRST_ID. */
void script_put_page(struct buf *out, const char *suffix, struct bv cookie);

/* Appends a simple bind request with the ID RECIPE_FIRST_ID. */
void script_put_bind(struct buf *out, const char *dn, const char *password);

/* Returns the offset of the message ID's bytes in an encoded message that begins at p. */
size_t script_id_off(const uint8_t *p);

#endif
