#ifndef SLAPD_WIRE_BER_H
#define SLAPD_WIRE_BER_H

/*
 * BER as RFC 4511 5.1 restricts it: definite lengths, primitive strings.
 * Decoders and encoders are sticky: after the first error every further call
 * does nothing and returns zero values; test ber_in.bad once at the end.
 */

#include <stdbool.h>
#include <stdint.h>
#include "base/bv.h"

struct buf;

enum ber_tag {
	BER_BOOLEAN = 0x01,
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_NULL = 0x05,
	BER_ENUM = 0x0a,
	BER_SEQUENCE = 0x30,
	BER_SET = 0x31,
	BER_CONTEXT = 0x80,	 /* | n: context-specific, primitive */
	BER_CONTEXT_CONS = 0xa0, /* | n: context-specific, constructed */
};

/* A reader over borrowed bytes; views it returns borrow the same bytes. */
struct ber_in {
	const uint8_t *p;
	const uint8_t *end;
	bool bad;
};

/* Returns a reader over b. */
struct ber_in ber_in_of(struct bv b);

/* Returns whether nothing is left, or an error has happened. */
bool ber_at_end(const struct ber_in *in);

/* Returns the next element's tag without consuming it; -1 at the end or after an error. */
int ber_peek(const struct ber_in *in);

/* Consumes one element of any tag; its tag in *tag_out, returns its content. */
struct bv ber_any(struct ber_in *in, uint8_t *tag_out);

/* Returns how many elements are left without consuming them; a broken one counts and ends them. */
size_t ber_count(const struct ber_in *in);

/* Consumes an element that must have the tag and returns its content. */
struct bv ber_octets(struct ber_in *in, uint8_t tag);

/* Consumes a constructed element that must have the tag and returns a reader over its content. */
struct ber_in ber_enter(struct ber_in *in, uint8_t tag);

/* Marks outer bad when the inner reader is bad or has bytes left: call when done with inner. */
void ber_leave(struct ber_in *outer, const struct ber_in *inner);

/* Consumes an INTEGER or ENUMERATED content (1 to 8 bytes) under the tag. */
int64_t ber_int(struct ber_in *in, uint8_t tag);

/* Consumes a BOOLEAN under the tag; any non-zero octet is TRUE, as deployed clients send. */
bool ber_bool(struct ber_in *in, uint8_t tag);

/* Consumes a NULL under the tag; content must be empty. */
void ber_null(struct ber_in *in, uint8_t tag);

/*
 * Measures the element at the front of b, for framing a stream.
 * Returns its whole length (header and content) when the header is complete, even if the content
 * is not there yet; 0 when more header bytes are needed; ERR_SYNTAX when it is not BER of the
 * restricted form (indefinite length, length above 2^31-1, multi-byte tag).
 */
int64_t ber_frame(struct bv b) __attribute__((warn_unused_result));

/*
 * Writers append to a struct buf. Constructed elements are opened and closed; the length is
 * written in its shortest form when closed (bytes move at most a few places).
 */

/* Opens a constructed element; returns the position that ber_close needs. */
size_t ber_open(struct buf *out, uint8_t tag);

/* Closes the element opened at pos. Inner elements must be closed first. */
void ber_close(struct buf *out, size_t pos);

/* Appends tag, shortest length and the bytes. */
void ber_put_octets(struct buf *out, uint8_t tag, struct bv v);

/* Appends an INTEGER or ENUMERATED in its shortest two's complement form. */
void ber_put_int(struct buf *out, uint8_t tag, int64_t v);

/* Appends a BOOLEAN, TRUE as 0xff. */
void ber_put_bool(struct buf *out, uint8_t tag, bool v);

/* Appends tag and length only: for content the caller copies itself. */
void ber_put_header(struct buf *out, uint8_t tag, size_t content_bytes);

/* Returns how many bytes tag and length take for a content of that size (tags are one byte). */
size_t ber_header_bytes(size_t content_bytes);

/* Returns how many content bytes ber_put_int writes for v. */
size_t ber_int_bytes(int64_t v);

#endif
