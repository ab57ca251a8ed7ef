#include "record.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "attrmap.h"
#include "hash.h"
#include "layout.h"

/*
 * Writing records, and turning them back into entries. Encoding is two passes: sizes
 * first, so that the bytes are written once, front to back, into room reserved once.
 */

/* One attribute's sizes. */
struct measure {
	size_t set_bytes;
	size_t sequence_bytes;
	size_t encoded_bytes;
	size_t normal_bytes; /* 0 when the normal forms equal the values */
};

static size_t
length_bytes(size_t n)
{
	return n < 0x80 ? 1 : n < 0x100 ? 2 : n < 0x10000 ? 3 : n < 0x1000000 ? 4 : 5;
}

static uint8_t *
put_length(uint8_t *p, size_t n)
{
	size_t octets = length_bytes(n) - 1;

	if (octets == 0) {
		*p = (uint8_t)n;
		return p + 1;
	}
	*p = (uint8_t)(0x80 | octets);
	for (size_t i = octets; i > 0; i--, n >>= 8)
		p[i] = (uint8_t)n;
	return p + 1 + octets;
}

static uint8_t *
put_bytes(uint8_t *p, struct bv b)
{
	if (b.n > 0)
		memcpy(p, b.p, b.n);
	return p + b.n;
}

static uint8_t *
put_element(uint8_t *p, uint8_t tag, struct bv content)
{
	*p = tag;
	return put_bytes(put_length(p + 1, content.n), content);
}

static size_t
element_bytes(size_t n)
{
	return 1 + length_bytes(n) + n;
}

static bool
is_operational(const struct attr *a)
{
	return a->desc->type->usage != ATTR_USER_APPLICATIONS;
}

static struct measure
measure(const struct attr *a)
{
	struct measure m = {0};
	bool separate = false;

	for (size_t i = 0; i < a->count; i++) {
		m.set_bytes += element_bytes(a->values[i].n);
		m.normal_bytes += length_bytes(a->normals[i].n) + a->normals[i].n;
		separate = separate || !bv_eq(a->values[i], a->normals[i]);
	}
	m.sequence_bytes = element_bytes(a->desc->name.n) + element_bytes(m.set_bytes);
	m.encoded_bytes = element_bytes(m.sequence_bytes);
	if (!separate)
		m.normal_bytes = 0;
	return m;
}

/* Sums over the attributes of one kind. */
struct totals {
	size_t rows;
	size_t encoded;
	size_t normals;
};

static struct totals
total(const struct entry *e, bool operational)
{
	struct totals t = {0};

	for (size_t i = 0; i < e->count; i++) {
		if (e->attrs[i].count == 0 || is_operational(&e->attrs[i]) != operational)
			continue;
		struct measure m = measure(&e->attrs[i]);
		t.rows++;
		t.encoded += m.encoded_bytes;
		t.normals += m.normal_bytes;
	}
	return t;
}

/* Where the next row, attribute and normal form go. */
struct pen {
	const struct attr_map *map;
	uint8_t *row;
	uint8_t *attrs, *attrs_start;
	uint8_t *normals, *normals_start;
};

static void
write_attr(struct pen *pen, const struct attr *a)
{
	struct measure m = measure(a);
	uint32_t id = attr_map_id(pen->map, a->desc);

	put_le32(pen->row + LAYOUT_ROW_ID, id | (m.normal_bytes > 0 ? LAYOUT_SEPARATE : 0));
	put_le32(pen->row + LAYOUT_ROW_OFFSET, (uint32_t)(pen->attrs - pen->attrs_start));
	put_le32(pen->row + LAYOUT_ROW_COUNT, (uint32_t)a->count);
	put_le32(pen->row + LAYOUT_ROW_NORMAL, (uint32_t)(pen->normals - pen->normals_start));
	pen->row += LAYOUT_ROW_BYTES;
	*pen->attrs = 0x30;
	uint8_t *p = put_element(put_length(pen->attrs + 1, m.sequence_bytes), 0x04, a->desc->name);
	*p = 0x31;
	p = put_length(p + 1, m.set_bytes);
	for (size_t i = 0; i < a->count; i++)
		p = put_element(p, 0x04, a->values[i]);
	pen->attrs = p;
	for (size_t i = 0; m.normal_bytes > 0 && i < a->count; i++)
		pen->normals = put_bytes(put_length(pen->normals, a->normals[i].n), a->normals[i]);
}

static void
write_attrs(struct pen *pen, const struct entry *e, bool operational)
{
	for (size_t i = 0; i < e->count; i++) {
		if (e->attrs[i].count > 0 && is_operational(&e->attrs[i]) == operational)
			write_attr(pen, &e->attrs[i]);
	}
}

static uint32_t
class_flags(const struct schema *s, struct bv value)
{
	const struct schema_known *known = schema_known(s);
	const struct object_class *oc = schema_object_class(s, value);
	uint32_t flags = bv_is(value, "glue") ? RECORD_GLUE : 0;

	if (oc == NULL)
		return flags;
	if (schema_class_is_a(oc, known->alias))
		flags |= RECORD_ALIAS;
	if (schema_class_is_a(oc, known->referral))
		flags |= RECORD_REFERRAL;
	if (schema_class_is_a(oc, known->subentry))
		flags |= RECORD_SUBENTRY;
	return flags;
}

static uint32_t
entry_flags(const struct schema *s, const struct entry *e)
{
	const struct attr *oc = entry_find(e, desc_of_type(s, schema_known(s)->object_class));
	uint32_t flags = 0;

	for (size_t i = 0; oc != NULL && i < oc->count; i++)
		flags |= class_flags(s, oc->values[i]);
	return flags;
}

static void
write_header(uint8_t *p, const struct totals *user, const struct totals *all)
{
	put_le32(p + LAYOUT_MAGIC_AT, LAYOUT_MAGIC);
	put_le32(p + LAYOUT_ROWS_AT, (uint32_t)all->rows);
	put_le32(p + LAYOUT_USER_ROWS_AT, (uint32_t)user->rows);
	put_le32(p + LAYOUT_USER_AT, (uint32_t)user->encoded);
	put_le32(p + LAYOUT_ALL_AT, (uint32_t)all->encoded);
	put_le32(p + LAYOUT_NORMALS_AT, (uint32_t)all->normals);
}

void
record_encode(const struct schema *s, const struct attr_map *map, const struct entry *e,
    uint64_t parent, bool whole_dn, struct buf *out)
{
	struct totals user = total(e, false), all = total(e, true);
	struct bv pretty = BV_LIT(""), normal = BV_LIT("");

	if (whole_dn || e->dn.rdn_count > 0) {
		pretty = whole_dn ? e->dn.pretty : e->dn.rdns[0].pretty;
		normal = whole_dn ? e->dn.normal : e->dn.rdns[0].normal;
	}
	all = (struct totals){
	    all.rows + user.rows, all.encoded + user.encoded, all.normals + user.normals};
	size_t n = LAYOUT_HEADER_BYTES + all.rows * LAYOUT_ROW_BYTES + pretty.n + normal.n +
		   all.encoded + all.normals;
	uint8_t *p = buf_reserve(out, n), *rows = p + LAYOUT_HEADER_BYTES,
		*names = rows + all.rows * LAYOUT_ROW_BYTES, *attrs = names + pretty.n + normal.n;
	write_header(p, &user, &all);
	put_le32(p + LAYOUT_FLAGS_AT, entry_flags(s, e));
	put_le64(p + LAYOUT_PARENT_AT, parent);
	put_le32(p + LAYOUT_RDN_PRETTY_AT, (uint32_t)pretty.n);
	put_le32(p + LAYOUT_RDN_NORMAL_AT, (uint32_t)normal.n);
	put_bytes(put_bytes(names, pretty), normal);
	struct pen pen = {.map = map,
	    .row = rows,
	    .attrs = attrs,
	    .attrs_start = attrs,
	    .normals = attrs + all.encoded,
	    .normals_start = attrs + all.encoded};
	write_attrs(&pen, e, false);
	write_attrs(&pen, e, true);
	layout_seal(p, n);
	out->n += n;
}

static int
decode_attr(const struct record_attr *from, struct arena *a, struct attr *to)
{
	struct record_values it = record_values_of(from);
	struct bv value, normal;

	to->cap = from->count;
	to->values = arena_alloc(a, from->count * sizeof(*to->values));
	to->normals = arena_alloc(a, from->count * sizeof(*to->normals));
	to->count = 0;
	while (to->count < from->count && record_next_value(&it, &value, &normal)) {
		to->values[to->count] = value;
		to->normals[to->count++] = normal;
	}
	return it.bad || to->count != from->count || it.values_left.n > 0 ? ERR_CORRUPT : 0;
}

int
record_decode(
    const struct record *r, const struct attr_map *map, struct arena *a, struct entry *out)
{
	struct record copy;
	struct attr *attrs = arena_zalloc(a, r->row_count + 1, sizeof(*attrs));

	if (record_open(arena_dup(a, r->bytes), &copy) != 0)
		return ERR_CORRUPT;
	for (size_t i = 0; i < copy.row_count; i++) {
		struct record_attr from = record_attr_at(&copy, i);
		attrs[i].desc = attr_map_desc(map, from.attr_id);
		if (attrs[i].desc == NULL || decode_attr(&from, a, &attrs[i]) != 0)
			return ERR_CORRUPT;
	}
	out->arena = a;
	out->attrs = attrs;
	out->count = copy.row_count;
	out->cap = copy.row_count + 1;
	return 0;
}
