#include "filter.h"

#include "ber.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Filters in BER (RFC 4511 4.5.1.7). Descending is recursive: the decoder stops at
 * limits->depth, and the encoder walks only trees that a decoder or parser bounded.
 * Children are counted before they are allocated, so that a limit costs nothing.
 */

const struct filter_limits filter_default_limits = {.depth = 100, .nodes = 4096};

struct decoder {
	struct arena *arena;
	const struct filter_limits *limits;
	unsigned depth;
	size_t nodes;
};

static int decode(struct decoder *d, struct ber_in *in, struct filter **out);

/* Counts n more nodes; ERR_LIMIT when that is too many. */
static int
count_nodes(struct decoder *d, size_t n)
{
	d->nodes += n;
	return d->nodes > d->limits->nodes ? ERR_LIMIT : 0;
}

/* and [0] SET OF filter, or [1] SET OF filter, not [2] Filter */
static int
decode_set(struct decoder *d, struct ber_in *in, struct filter *f)
{
	int r = 0;

	f->child_count = ber_count(in);
	if (f->kind == FILTER_NOT && f->child_count != 1)
		return ERR_SYNTAX;
	if (count_nodes(d, f->child_count) != 0)
		return ERR_LIMIT;
	if (f->child_count > 0 && d->depth >= d->limits->depth)
		return ERR_LIMIT;
	f->children = arena_zalloc(d->arena, f->child_count, sizeof(*f->children));
	d->depth++;
	for (size_t i = 0; i < f->child_count && r == 0; i++)
		r = decode(d, in, &f->children[i]);
	d->depth--;
	return r;
}

/* AttributeValueAssertion ::= SEQUENCE { attributeDesc, assertionValue } */
static int
decode_ava(struct decoder *d, struct ber_in *in, struct filter *f)
{
	(void)d;
	f->desc = ber_octets(in, BER_OCTETS);
	f->value = ber_octets(in, BER_OCTETS);
	return f->desc.n == 0 ? ERR_SYNTAX : 0;
}

/* One of initial [0], any [1], final [2]; they come in this order, none of them empty. */
static int
decode_component(struct ber_in *in, struct filter *f, size_t index)
{
	uint8_t tag = 0;
	struct bv v = ber_any(in, &tag);

	if (v.n == 0 || f->final.p != NULL)
		return ERR_SYNTAX;
	if (tag == (BER_CONTEXT | 0) && index == 0)
		f->initial = v;
	else if (tag == (BER_CONTEXT | 1))
		f->any[f->any_count++] = v;
	else if (tag == (BER_CONTEXT | 2))
		f->final = v;
	else
		return ERR_SYNTAX;
	return 0;
}

/* SubstringFilter ::= SEQUENCE { type, substrings SEQUENCE SIZE (1..MAX) OF CHOICE } */
static int
decode_substrings(struct decoder *d, struct ber_in *in, struct filter *f)
{
	f->desc = ber_octets(in, BER_OCTETS);
	struct ber_in list = ber_enter(in, BER_SEQUENCE);
	size_t n = ber_count(&list);
	int r = f->desc.n == 0 || n == 0 ? ERR_SYNTAX : count_nodes(d, n);
	if (r != 0)
		return r;
	f->any = arena_zalloc(d->arena, n, sizeof(*f->any));
	for (size_t i = 0; i < n && r == 0; i++)
		r = decode_component(&list, f, i);
	if (r == 0 || list.bad)
		ber_leave(in, &list);
	return r;
}

/* MatchingRuleAssertion ::= SEQUENCE { matchingRule [1] OPTIONAL, type [2] OPTIONAL,
 *     matchValue [3], dnAttributes [4] BOOLEAN DEFAULT FALSE } */
static int
decode_extensible(struct decoder *d, struct ber_in *in, struct filter *f)
{
	(void)d;
	if (ber_peek(in) == (BER_CONTEXT | 1))
		f->rule = ber_octets(in, BER_CONTEXT | 1);
	if (ber_peek(in) == (BER_CONTEXT | 2))
		f->desc = ber_octets(in, BER_CONTEXT | 2);
	f->value = ber_octets(in, BER_CONTEXT | 3);
	if (ber_peek(in) == (BER_CONTEXT | 4))
		f->dn_attributes = ber_bool(in, BER_CONTEXT | 4);
	if ((f->rule.p != NULL && f->rule.n == 0) || (f->desc.p != NULL && f->desc.n == 0))
		return ERR_SYNTAX;
	return f->rule.p == NULL && f->desc.p == NULL ? ERR_SYNTAX : 0;
}

static const struct row {
	enum filter_kind kind;
	int (*decode)(struct decoder *d, struct ber_in *in, struct filter *f);
} rows[] = {
    {FILTER_AND, decode_set},
    {FILTER_OR, decode_set},
    {FILTER_NOT, decode_set},
    {FILTER_EQUALITY, decode_ava},
    {FILTER_SUBSTRINGS, decode_substrings},
    {FILTER_GREATER_OR_EQUAL, decode_ava},
    {FILTER_LESS_OR_EQUAL, decode_ava},
    {FILTER_APPROX, decode_ava},
    {FILTER_EXTENSIBLE, decode_extensible},
};

static const struct row *
row_of(int tag)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((int)rows[i].kind == tag)
			return &rows[i];
	}
	return NULL;
}

/*
 * RFC 4511 4.5.1.7: what is not understood evaluates to Undefined. Such an item becomes
 * an equality match on an attribute that no schema can define; it prints as "(\3f=undefined)".
 */
static int
undefined(struct filter *f)
{
	*f = (struct filter){
	    .kind = FILTER_EQUALITY, .desc = BV_LIT("?"), .value = BV_LIT("undefined")};
	return 0;
}

static int
decode_present(struct ber_in *in, struct filter *f)
{
	f->kind = FILTER_PRESENT;
	f->desc = ber_octets(in, FILTER_PRESENT);
	if (in->bad)
		return ERR_SYNTAX;
	return f->desc.n == 0 ? undefined(f) : 0;
}

static int
decode_unknown(struct ber_in *in, struct filter *f)
{
	uint8_t tag;

	(void)ber_any(in, &tag);
	return in->bad || (tag & 0xc0) != BER_CONTEXT ? ERR_SYNTAX : undefined(f);
}

static int
decode(struct decoder *d, struct ber_in *in, struct filter **out)
{
	struct filter *f = arena_zalloc(d->arena, 1, sizeof(*f));
	int tag = ber_peek(in);
	const struct row *row = row_of(tag);

	*out = f;
	if (tag == FILTER_PRESENT)
		return decode_present(in, f);
	if (row == NULL)
		return decode_unknown(in, f);
	f->kind = row->kind;
	struct ber_in inner = ber_enter(in, (uint8_t)tag);
	int r = row->decode(d, &inner, f);
	if (r == ERR_SYNTAX && row->decode != decode_set && !inner.bad)
		return undefined(f);
	if (r == 0 || inner.bad)
		ber_leave(in, &inner);
	return in->bad ? ERR_SYNTAX : r;
}

int
filter_decode(
    struct arena *a, struct ber_in *in, const struct filter_limits *limits, struct filter **out)
{
	struct decoder d = {.arena = a, .limits = limits, .depth = 1, .nodes = 1};
	struct filter *f;
	int r = limits->depth < 1 || limits->nodes < 1 ? ERR_LIMIT : decode(&d, in, &f);

	if (r == 0)
		*out = f;
	return r;
}

static void
encode_substrings(const struct filter *f, struct buf *out)
{
	ber_put_octets(out, BER_OCTETS, f->desc);
	size_t list = ber_open(out, BER_SEQUENCE);
	if (f->initial.p != NULL)
		ber_put_octets(out, BER_CONTEXT | 0, f->initial);
	for (size_t i = 0; i < f->any_count; i++)
		ber_put_octets(out, BER_CONTEXT | 1, f->any[i]);
	if (f->final.p != NULL)
		ber_put_octets(out, BER_CONTEXT | 2, f->final);
	ber_close(out, list);
}

static void
encode_extensible(const struct filter *f, struct buf *out)
{
	if (f->rule.p != NULL)
		ber_put_octets(out, BER_CONTEXT | 1, f->rule);
	if (f->desc.p != NULL)
		ber_put_octets(out, BER_CONTEXT | 2, f->desc);
	ber_put_octets(out, BER_CONTEXT | 3, f->value);
	if (f->dn_attributes)
		ber_put_bool(out, BER_CONTEXT | 4, true);
}

void
filter_encode(const struct filter *f, struct buf *out)
{
	if (f->kind == FILTER_PRESENT) {
		ber_put_octets(out, FILTER_PRESENT, f->desc);
		return;
	}
	size_t pos = ber_open(out, (uint8_t)f->kind);
	if (f->kind == FILTER_SUBSTRINGS) {
		encode_substrings(f, out);
	} else if (f->kind == FILTER_EXTENSIBLE) {
		encode_extensible(f, out);
	} else if (f->kind <= FILTER_NOT) {
		for (size_t i = 0; i < f->child_count; i++)
			filter_encode(f->children[i], out);
	} else {
		ber_put_octets(out, BER_OCTETS, f->desc);
		ber_put_octets(out, BER_OCTETS, f->value);
	}
	ber_close(out, pos);
}
