#ifndef SLAPD_WIRE_CONTROL_H
#define SLAPD_WIRE_CONTROL_H

/*
 * Values of request and response controls (syntax only). Decoders return 0 or
 * ERR_SYNTAX; views borrow the control's value, arrays live in the arena.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct buf;
struct filter;
struct filter_limits;

/* RFC 2696: SEQUENCE { size INTEGER (0..maxInt), cookie OCTET STRING }. */
int control_paged_decode(struct bv value, int32_t *size_out, struct bv *cookie_out)
    __attribute__((warn_unused_result));
void control_paged_encode(struct buf *out, int32_t size, struct bv cookie);

/* RFC 4527 1: AttributeSelection of pre-read and post-read requests. */
int control_read_entry_decode(struct arena *a, struct bv value, struct bv **attrs_out,
    size_t *count_out) __attribute__((warn_unused_result));
/* The response: a SearchResultEntry (RFC 4527 3): name and encoded PartialAttributes. */
void control_read_entry_encode(struct buf *out, struct bv name, struct bv partial_attributes);

/* RFC 4528: the value is a Filter. */
int control_assertion_decode(struct arena *a, struct bv value, const struct filter_limits *limits,
    struct filter **out) __attribute__((warn_unused_result));

/* RFC 3876: ValuesReturnFilter, a SEQUENCE OF SimpleFilterItem (no and, or, not; no :dn). */
int control_values_return_decode(struct arena *a, struct bv value,
    const struct filter_limits *limits, struct filter ***items_out, size_t *count_out)
    __attribute__((warn_unused_result));

/* RFC 3672 3: BOOLEAN visibility. */
int control_subentries_decode(struct bv value, bool *visible_out)
    __attribute__((warn_unused_result));

/* RFC 3909 2.1: cancelRequestValue ::= SEQUENCE { cancelID MessageID }. */
int control_cancel_decode(struct bv value, int32_t *id_out) __attribute__((warn_unused_result));

/* RFC 3062 2: PasswdModifyRequestValue; absent members come out absent. */
int control_passmod_decode(struct bv value, struct bv *user_out, struct bv *old_out,
    struct bv *new_out) __attribute__((warn_unused_result));
/* RFC 3062: PasswdModifyResponseValue with a generated password. */
void control_passmod_encode(struct buf *out, struct bv generated);

#endif
