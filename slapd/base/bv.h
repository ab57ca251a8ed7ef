#ifndef SLAPD_BASE_BV_H
#define SLAPD_BASE_BV_H

/*
 * A byte view: a borrowed, read-only run of bytes with its length. It may hold
 * NULs and need not be terminated. {NULL, 0} is the absent value; a view with
 * n == 0 and p != NULL is present and empty.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bv {
	const uint8_t *p;
	size_t n;
};

/* A view of a string literal, without its terminator. */
#define BV_LIT(s) ((struct bv){(const uint8_t *)("" s), sizeof(s) - 1})

/* The absent view. */
#define BV_NONE ((struct bv){NULL, 0})

/* The two arguments of a "%.*s" conversion. */
#define BV(b) (int)(b).n, (const char *)(b).p

/* Returns a view of n bytes at p; borrows them. */
static inline struct bv
bv_make(const void *p, size_t n)
{
	return (struct bv){p, n};
}

/* Returns a view of a terminated string, without the terminator; NULL gives the absent view. */
static inline struct bv
bv_str(const char *s)
{
	return (struct bv){(const uint8_t *)s, s == NULL ? 0 : strlen(s)};
}

/* Returns whether the two hold the same bytes; absent equals empty. */
static inline bool
bv_eq(struct bv a, struct bv b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Returns the view from offset off (at most b.n) to the end. */
static inline struct bv
bv_from(struct bv b, size_t off)
{
	return (struct bv){b.p + off, b.n - off};
}

/* Orders by bytes, a prefix first: negative, 0 or positive as memcmp. */
int bv_cmp(struct bv a, struct bv b);

/* Returns whether the two are equal when ASCII letters compare without case. */
bool bv_eq_nocase(struct bv a, struct bv b);

/* Orders like bv_cmp with ASCII letters compared in lower case. */
int bv_cmp_nocase(struct bv a, struct bv b);

/* Returns whether b equals the terminated string s, ASCII letters without case. */
bool bv_is(struct bv b, const char *s);

/* Returns the offset of byte c in b at or after from, or b.n when there is none. */
size_t bv_find(struct bv b, size_t from, uint8_t c);

/* Returns b without leading and trailing spaces and tabs. */
struct bv bv_trim(struct bv b);

/*
 * Reads an optionally signed decimal number that fills b completely.
 * Returns whether it is one and fits; *out is untouched when not.
 */
bool bv_to_i64(struct bv b, int64_t *out);

#endif
