#include "control.h"

#include "ber.h"
#include "filter.h"
#include "ldap.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Control and extended-operation values: each is one BER element that must fill its
 * octet string; anything behind it makes the value wrong.
 */

/* Returns the decoders' answer: the value was well-formed and is used up. */
static int
finished(const struct ber_in *in)
{
	return in->bad || !ber_at_end(in) ? ERR_SYNTAX : 0;
}

static bool
is_positive_i32(int64_t v)
{
	return v >= 0 && v <= INT32_MAX;
}

int
control_paged_decode(struct bv value, int32_t *size_out, struct bv *cookie_out)
{
	struct ber_in in = ber_in_of(value);
	struct ber_in seq = ber_enter(&in, BER_SEQUENCE);
	int64_t size = ber_int(&seq, BER_INTEGER);
	struct bv cookie = ber_octets(&seq, BER_OCTETS);

	ber_leave(&in, &seq);
	if (finished(&in) != 0 || !is_positive_i32(size))
		return ERR_SYNTAX;
	*size_out = (int32_t)size;
	*cookie_out = cookie;
	return 0;
}

void
control_paged_encode(struct buf *out, int32_t size, struct bv cookie)
{
	size_t seq = ber_open(out, BER_SEQUENCE);

	ber_put_int(out, BER_INTEGER, size);
	ber_put_octets(out, BER_OCTETS, cookie);
	ber_close(out, seq);
}

int
control_read_entry_decode(
    struct arena *a, struct bv value, struct bv **attrs_out, size_t *count_out)
{
	struct ber_in in = ber_in_of(value);
	struct ber_in seq = ber_enter(&in, BER_SEQUENCE);
	size_t n = ber_count(&seq);
	struct bv *attrs = arena_zalloc(a, n, sizeof(*attrs));

	for (size_t i = 0; i < n; i++)
		attrs[i] = ber_octets(&seq, BER_OCTETS);
	ber_leave(&in, &seq);
	if (finished(&in) != 0)
		return ERR_SYNTAX;
	*attrs_out = attrs;
	*count_out = n;
	return 0;
}

void
control_read_entry_encode(struct buf *out, struct bv name, struct bv partial_attributes)
{
	size_t entry = ber_open(out, LDAP_RES_SEARCH_ENTRY);

	ber_put_octets(out, BER_OCTETS, name);
	ber_put_octets(out, BER_SEQUENCE, partial_attributes);
	ber_close(out, entry);
}

int
control_assertion_decode(
    struct arena *a, struct bv value, const struct filter_limits *limits, struct filter **out)
{
	struct ber_in in = ber_in_of(value);
	struct filter *f;
	int r = filter_decode(a, &in, limits, &f);

	if (r == 0)
		r = finished(&in);
	if (r == 0)
		*out = f;
	return r;
}

static bool
is_simple_item(const struct filter *f)
{
	return f->kind != FILTER_AND && f->kind != FILTER_OR && f->kind != FILTER_NOT &&
	       !f->dn_attributes;
}

int
control_values_return_decode(struct arena *a, struct bv value, const struct filter_limits *limits,
    struct filter ***items_out, size_t *count_out)
{
	struct ber_in in = ber_in_of(value);
	struct ber_in seq = ber_enter(&in, BER_SEQUENCE);
	size_t n = ber_count(&seq);

	if (n > limits->nodes)
		return ERR_LIMIT;
	struct filter **items = arena_zalloc(a, n, sizeof(struct filter *));
	for (size_t i = 0; i < n; i++) {
		int r = filter_decode(a, &seq, limits, &items[i]);
		if (r != 0)
			return r;
		if (!is_simple_item(items[i]))
			return ERR_SYNTAX;
	}
	ber_leave(&in, &seq);
	if (finished(&in) != 0 || n == 0)
		return ERR_SYNTAX;
	*items_out = items;
	*count_out = n;
	return 0;
}

int
control_subentries_decode(struct bv value, bool *visible_out)
{
	struct ber_in in = ber_in_of(value);
	bool visible = ber_bool(&in, BER_BOOLEAN);

	if (finished(&in) != 0)
		return ERR_SYNTAX;
	*visible_out = visible;
	return 0;
}

int
control_cancel_decode(struct bv value, int32_t *id_out)
{
	struct ber_in in = ber_in_of(value);
	struct ber_in seq = ber_enter(&in, BER_SEQUENCE);
	int64_t id = ber_int(&seq, BER_INTEGER);

	ber_leave(&in, &seq);
	if (finished(&in) != 0 || !is_positive_i32(id))
		return ERR_SYNTAX;
	*id_out = (int32_t)id;
	return 0;
}

static struct bv
optional(struct ber_in *in, uint8_t tag)
{
	return ber_peek(in) == tag ? ber_octets(in, tag) : BV_NONE;
}

int
control_passmod_decode(struct bv value, struct bv *user_out, struct bv *old_out, struct bv *new_out)
{
	struct bv user = BV_NONE, old = BV_NONE, new = BV_NONE;

	if (value.p != NULL) {
		struct ber_in in = ber_in_of(value);
		struct ber_in seq = ber_enter(&in, BER_SEQUENCE);
		user = optional(&seq, BER_CONTEXT | 0);
		old = optional(&seq, BER_CONTEXT | 1);
		new = optional(&seq, BER_CONTEXT | 2);
		ber_leave(&in, &seq);
		if (finished(&in) != 0)
			return ERR_SYNTAX;
	}
	*user_out = user;
	*old_out = old;
	*new_out = new;
	return 0;
}

void
control_passmod_encode(struct buf *out, struct bv generated)
{
	size_t seq = ber_open(out, BER_SEQUENCE);

	ber_put_octets(out, BER_CONTEXT | 0, generated);
	ber_close(out, seq);
}
