#ifndef SLAPD_OP_PAGE_H
#define SLAPD_OP_PAGE_H

/*
 * Paging cookies (RFC 2696). Nothing is kept on the server: the cookie says where to go on and
 * carries a keyed mark over that and the search it belongs to, so that a made-up or exchanged one
 * is refused.
 */

#include <stdbool.h>
#include <stdint.h>
#include "base/bv.h"

struct op;

struct page_position {
	uint64_t last_id;
	uint64_t sent; /* entries on the pages so far */
	uint32_t area;
};

/* Returns a cookie in the op's arena. */
struct bv page_cookie(struct op *op, const struct page_position *p);

/* Reads a cookie; returns whether it is one of ours for this very search. */
bool page_read_cookie(struct op *op, struct bv cookie, struct page_position *out);

/* Adds the response control to a search that asked for pages: where the next begins; NULL: all was
 * sent. */
void page_answer(struct op *op, const struct page_position *next);

#endif
