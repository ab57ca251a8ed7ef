#include "record.h"

#include "base/err.h"
#include "hash.h"
#include "layout.h"

/*
 * Reading records in place. record_open proves the checksums and that the sections
 * tile the bytes exactly; rows and values are checked when they are looked at, so
 * that opening costs one pass over the bytes and nothing per attribute. Whatever the bytes
 * are, no function here reads outside of them: a row that does not fit gives values that
 * are "bad" at the first step.
 */

/* What a damaged row is shown as: one byte that is no OCTET STRING. */
static const uint8_t damaged[1] = {0xff};

int
layout_peek(struct bv bytes, uint64_t *parent_out, uint32_t *flags_out)
{
	const uint8_t *p = bytes.p;

	if (bytes.n < LAYOUT_HEADER_BYTES || get_le32(p + LAYOUT_MAGIC_AT) != LAYOUT_MAGIC ||
	    get_le32(p + LAYOUT_TOTAL_AT) != bytes.n ||
	    get_le64(p + LAYOUT_HEAD_SUM_AT) != layout_head_sum(p))
		return ERR_CORRUPT;
	*parent_out = get_le64(p + LAYOUT_PARENT_AT);
	*flags_out = get_le32(p + LAYOUT_FLAGS_AT);
	return 0;
}

uint64_t
layout_head_sum(const uint8_t *p)
{
	return hash_bytes(bv_make(p, LAYOUT_HEAD_SUM_AT), LAYOUT_MAGIC);
}

uint64_t
layout_body_sum(struct bv bytes)
{
	return hash_bytes(bv_from(bytes, LAYOUT_HEADER_BYTES), LAYOUT_MAGIC);
}

void
layout_seal(uint8_t *p, size_t n)
{
	if (n < LAYOUT_HEADER_BYTES)
		return;
	put_le32(p + LAYOUT_TOTAL_AT, (uint32_t)n);
	put_le64(p + LAYOUT_BODY_SUM_AT, layout_body_sum(bv_make(p, n)));
	put_le64(p + LAYOUT_HEAD_SUM_AT, layout_head_sum(p));
}

/* Cuts the next n bytes off the front of *rest; the caller has checked that they are there. */
static struct bv
cut(struct bv *rest, size_t n)
{
	struct bv front = bv_make(rest->p, n);

	*rest = bv_from(*rest, n);
	return front;
}

int
record_open(struct bv bytes, struct record *out)
{
	struct record r = {.bytes = bytes};
	const uint8_t *p = bytes.p;

	if (layout_peek(bytes, &r.parent, &r.flags) != 0 ||
	    get_le64(p + LAYOUT_BODY_SUM_AT) != layout_body_sum(bytes))
		return ERR_CORRUPT;
	size_t pretty = get_le32(p + LAYOUT_RDN_PRETTY_AT),
	       normal = get_le32(p + LAYOUT_RDN_NORMAL_AT), user = get_le32(p + LAYOUT_USER_AT),
	       all = get_le32(p + LAYOUT_ALL_AT), normals = get_le32(p + LAYOUT_NORMALS_AT);
	r.row_count = get_le32(p + LAYOUT_ROWS_AT);
	r.user_count = get_le32(p + LAYOUT_USER_ROWS_AT);
	size_t rows = r.row_count * LAYOUT_ROW_BYTES;
	if (LAYOUT_HEADER_BYTES + rows + pretty + normal + all + normals != bytes.n || user > all ||
	    r.user_count > r.row_count)
		return ERR_CORRUPT;
	struct bv rest = bv_from(bytes, LAYOUT_HEADER_BYTES);
	r.rows = (const struct record_row *)(const void *)cut(&rest, rows).p;
	r.rdn_pretty = cut(&rest, pretty);
	r.rdn_normal = cut(&rest, normal);
	r.all_attrs = cut(&rest, all);
	r.user_attrs = bv_make(r.all_attrs.p, user);
	*out = r;
	return 0;
}

static const uint8_t *
row_at(const struct record *r, size_t i)
{
	return (const uint8_t *)r->rows + i * LAYOUT_ROW_BYTES;
}

uint32_t
record_row_id(const struct record *r, size_t i)
{
	return get_le32(row_at(r, i) + LAYOUT_ROW_ID) & ~LAYOUT_SEPARATE;
}

/* Reads a length as BER writes it (up to 4 octets); returns whether it and its content fit. */
static inline bool
read_length(struct bv *b, size_t *out)
{
	if (b->n < 1)
		return false;
	size_t n = b->p[0], used = 1;
	if (n >= 0x80) {
		size_t octets = n & 0x7f;
		if (octets < 1 || octets > 4 || b->n < 1 + octets)
			return false;
		for (n = 0; used <= octets; used++)
			n = n << 8 | b->p[used];
	}
	if (n > b->n - used)
		return false;
	*b = bv_from(*b, used);
	*out = n;
	return true;
}

/* Takes one element with the tag off *b; returns whether there was a whole one. */
static inline bool
read_element(struct bv *b, uint8_t tag, struct bv *content)
{
	struct bv rest = *b;
	size_t n;

	if (rest.n < 2 || rest.p[0] != tag)
		return false;
	rest = bv_from(rest, 1);
	if (!read_length(&rest, &n))
		return false;
	*content = cut(&rest, n);
	*b = rest;
	return true;
}

/* Finds the SET of values inside an encoded PartialAttribute. */
static bool
find_set(struct bv encoded, struct bv *set_out)
{
	struct bv sequence, name;

	return read_element(&encoded, 0x30, &sequence) && encoded.n == 0 &&
	       read_element(&sequence, 0x04, &name) && read_element(&sequence, 0x31, set_out) &&
	       sequence.n == 0;
}

static struct record_attr
damaged_attr(uint32_t id, bool operational)
{
	struct bv bad = bv_make(damaged, sizeof(damaged));

	return (struct record_attr){.attr_id = id,
	    .operational = operational,
	    .encoded = bv_make(damaged, 0),
	    .values_set = bad};
}

/* Gives the part of a section between this row's offset and the next one's. */
static bool
row_part(const struct record *r, size_t i, size_t field, struct bv section, struct bv *out)
{
	size_t from = get_le32(row_at(r, i) + field), to = section.n;

	if (i + 1 < r->row_count)
		to = get_le32(row_at(r, i + 1) + field);
	if (from > to || to > section.n)
		return false;
	*out = bv_make(section.p + from, to - from);
	return true;
}

struct record_attr
record_attr_at(const struct record *r, size_t i)
{
	const uint8_t *end = r->bytes.p + r->bytes.n, *attrs_end = r->all_attrs.p + r->all_attrs.n;
	struct bv normals = bv_make(attrs_end, (size_t)(end - attrs_end)), packed;
	const uint8_t *row = row_at(r, i);
	uint32_t id = get_le32(row + LAYOUT_ROW_ID);
	struct record_attr a = {.attr_id = id & ~LAYOUT_SEPARATE,
	    .operational = i >= r->user_count,
	    .count = get_le32(row + LAYOUT_ROW_COUNT)};

	if (!row_part(r, i, LAYOUT_ROW_OFFSET, r->all_attrs, &a.encoded) ||
	    !row_part(r, i, LAYOUT_ROW_NORMAL, normals, &packed) ||
	    !find_set(a.encoded, &a.values_set) || a.count > a.values_set.n / 2)
		return damaged_attr(a.attr_id, a.operational);
	if ((id & LAYOUT_SEPARATE) != 0)
		a.normals = packed;
	return a;
}

struct bv
record_run(const struct record *r, size_t from, size_t until)
{
	size_t end = r->all_attrs.n;

	if (from >= until)
		return BV_NONE;
	size_t start = get_le32(row_at(r, from) + LAYOUT_ROW_OFFSET);
	if (until < r->row_count)
		end = get_le32(row_at(r, until) + LAYOUT_ROW_OFFSET);
	return start > end || end > r->all_attrs.n ? BV_NONE
						   : bv_make(r->all_attrs.p + start, end - start);
}

bool
record_find(const struct record *r, uint32_t attr_id, struct record_attr *out)
{
	for (size_t i = 0; i < r->row_count; i++) {
		if (record_row_id(r, i) == attr_id) {
			*out = record_attr_at(r, i);
			return true;
		}
	}
	return false;
}

struct record_values
record_values_of(const struct record_attr *a)
{
	return (struct record_values){.values_left = a->values_set,
	    .normals_left = a->normals,
	    .separate = a->normals.p != NULL};
}

static bool
fail(struct record_values *it)
{
	it->bad = true;
	it->values_left.n = 0;
	return false;
}

bool
record_next_value(struct record_values *it, struct bv *value_out, struct bv *normal_out)
{
	struct bv value;
	size_t n;

	if (it->values_left.n == 0)
		return false;
	if (!read_element(&it->values_left, 0x04, &value))
		return fail(it);
	*value_out = value;
	*normal_out = value;
	if (!it->separate)
		return true;
	if (!read_length(&it->normals_left, &n))
		return fail(it);
	*normal_out = cut(&it->normals_left, n);
	return true;
}

bool
record_has(const struct record_attr *a, struct bv normal, bool *bad_out)
{
	struct record_values it = record_values_of(a);
	struct bv value, found;

	while (record_next_value(&it, &value, &found)) {
		if (found.n == normal.n && memcmp(found.p, normal.p, normal.n) == 0)
			return true;
	}
	*bad_out |= it.bad;
	return false;
}
