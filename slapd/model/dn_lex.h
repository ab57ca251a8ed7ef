#ifndef SLAPD_MODEL_DN_LEX_H
#define SLAPD_MODEL_DN_LEX_H

/* The words of a DN's text: one attribute value assertion at a time, nothing interpreted. */

#include <stddef.h>
#include "base/bv.h"

struct arena;
struct errbuf;

enum dn_lex_form {
	DN_LEX_PLAIN,	/* the bytes are the value */
	DN_LEX_ESCAPED, /* with \c or \xx; also what stood between quotes */
	DN_LEX_HEX,	/* hex digits of a BER value */
};

struct dn_token {
	struct bv type; /* without an OID. prefix */
	struct bv raw;	/* a view into the text */
	enum dn_lex_form form;
	size_t at;	/* where it starts */
	uint8_t ending; /* '+', ',' or 0 at the end of the text */
};

/*
 * Reads the assertion that starts at *pos and moves *pos behind its separator. 0, or ERR_SYNTAX
 * with the position (counted from 1) and what was expected.
 */
int dn_lex_next(struct bv text, size_t *pos, struct dn_token *out, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Decodes a token's value: a view of the text when plain, in the arena otherwise. ERR_SYNTAX when
 * a hex string is not the BER form of one string (RFC 4514 2.4). The result is never empty.
 */
int dn_lex_value(struct arena *a, const struct dn_token *t, struct bv *out)
    __attribute__((warn_unused_result));

#endif
