#ifndef SLAPD_WIRE_FILTER_H
#define SLAPD_WIRE_FILTER_H

/*
 * Search filters as syntax: the tree of RFC 4511 4.5.1.7 and its text form of
 * RFC 4515. Attribute descriptions and values are uninterpreted bytes; model/
 * gives them meaning.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct ber_in;
struct buf;
struct errbuf;

enum filter_kind {
	FILTER_AND = 0xa0,
	FILTER_OR = 0xa1,
	FILTER_NOT = 0xa2,
	FILTER_EQUALITY = 0xa3,
	FILTER_SUBSTRINGS = 0xa4,
	FILTER_GREATER_OR_EQUAL = 0xa5,
	FILTER_LESS_OR_EQUAL = 0xa6,
	FILTER_PRESENT = 0x87,
	FILTER_APPROX = 0xa8,
	FILTER_EXTENSIBLE = 0xa9,
};

struct filter {
	enum filter_kind kind;
	struct filter **children; /* and, or: any count (RFC 4526: 0 too); not: exactly one */
	size_t child_count;
	struct bv desc;	   /* attribute description; absent in an extensible match without type */
	struct bv value;   /* assertion value of equality, ordering, approx, extensible */
	struct bv initial; /* substrings: absent (p == NULL) when not given */
	struct bv *any;
	size_t any_count;
	struct bv final;
	struct bv rule;	    /* extensible: matching rule, absent when not given */
	bool dn_attributes; /* extensible: RDN attributes of the entry's DN match too */
};

struct filter_limits {
	unsigned depth; /* nesting levels */
	unsigned nodes; /* filter items in all, substring components counted */
};

/* The built-in bounds: depth 100, 4096 nodes. */
extern const struct filter_limits filter_default_limits;

/*
 * Reads one Filter element from in. The tree lives in the arena, the values borrow in's bytes.
 * Returns 0; ERR_SYNTAX for malformed BER or a NOT without exactly one filter; ERR_LIMIT when a
 * limit is exceeded (detected before descending: no recursion deeper than limits->depth). An item
 * of an unknown choice, or one that RFC 4511 forbids (no attribute, substrings without a component,
 * empty or out of order), becomes "(\3f=undefined)", which evaluates to Undefined. Broken BER also
 * marks in bad. *out is untouched on failure.
 */
int filter_decode(struct arena *a, struct ber_in *in, const struct filter_limits *limits,
    struct filter **out) __attribute__((warn_unused_result));

/* Appends the filter's BER form, a Filter element. */
void filter_encode(const struct filter *f, struct buf *out);

/*
 * Reads RFC 4515 text as deployed tools accept it: the outer parentheses may be missing, white
 * space may stand between filters, a backslash may stand before ( ) * \, empty parts between stars
 * are passed over. Everything is copied into the arena. Returns 0, ERR_SYNTAX or ERR_LIMIT with *e
 * naming the place and the cause.
 */
int filter_parse(struct arena *a, struct bv text, const struct filter_limits *limits,
    struct filter **out, struct errbuf *e) __attribute__((warn_unused_result));

/*
 * Appends the RFC 4515 text; specials and bytes outside printable ASCII are escaped as \xx, in
 * names too, so that filter_parse reads back every filter that filter_decode accepted. Like
 * filter_encode it recurses as deep as the tree, which the decoder or parser bounded.
 */
void filter_print(const struct filter *f, struct buf *out);

#endif
