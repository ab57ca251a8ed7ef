#include "dn.h"

#include "base/arena.h"
#include "base/err.h"
#include "desc.h"
#include "dn_lex.h"
#include "dn_text.h"
#include "schema.h"
#include "value.h"

/*
 * Reading a DN takes three steps: words (dn_lex), meaning (types, values and normal forms), and
 * texts. Both texts are written into one block, and the values are views of it where no escape
 * stands in the way. AVAs of an RDN are sorted by type, so the order of writing does not matter.
 *
 * A value may itself be a DN: normalizing it comes back here. The depth of that is bounded, for
 * the stack's sake and because each level is read twice (stored form and normal form).
 */

enum { MAX_RDNS = 1024, MAX_AVAS = 64, MAX_NESTING = 4, FEW_TOKENS = 16 };

static _Thread_local unsigned nesting;

struct words {
	struct dn_token *tokens;
	size_t count, cap;
	size_t rdn_count;
	struct dn_token few[FEW_TOKENS];
};

static struct dn_token *
new_token(struct arena *a, struct words *w)
{
	if (w->count == w->cap) {
		struct dn_token *old = w->tokens == w->few ? NULL : w->tokens;
		w->tokens = arena_grow(a, old, w->cap, 2 * w->cap, sizeof(*old));
		if (old == NULL)
			memcpy(w->tokens, w->few, sizeof(w->few));
		w->cap *= 2;
	}
	return &w->tokens[w->count++];
}

static int
read_words(struct arena *a, struct bv text, struct words *w, struct errbuf *e)
{
	size_t pos = 0, avas = 0;
	uint8_t ending;

	w->tokens = w->few;
	w->cap = FEW_TOKENS;
	w->count = w->rdn_count = 0;
	do {
		struct dn_token *t = new_token(a, w);
		int rc = dn_lex_next(text, &pos, t, e);
		if (rc != 0)
			return rc;
		ending = t->ending;
		if (++avas > MAX_AVAS)
			return err_set(e, ERR_LIMIT, "more than %d values in one RDN", MAX_AVAS);
		if (ending != '+') {
			w->rdn_count++;
			avas = 0;
		}
		if (w->rdn_count > MAX_RDNS)
			return err_set(e, ERR_LIMIT, "more than %d RDNs", MAX_RDNS);
	} while (ending != 0);
	return 0;
}

static int
read_ava(const struct schema *s, struct arena *a, const struct dn_token *t, struct ava *out,
    struct errbuf *e)
{
	const struct attr_type *type = schema_attr_type(s, t->type);
	struct bv value;

	if (type == NULL)
		return err_set(e, ERR_UNDEFINED, "character %zu: unknown attribute type '%.*s'",
		    t->at + 1, BV(t->type));
	out->desc = desc_of_type(s, type);
	int rc = dn_lex_value(a, t, &value);
	if (rc == 0)
		rc = value_prepare(s, a, type, value, &out->value, &out->normal);
	if (rc == ERR_LIMIT)
		return err_set(e, rc, "character %zu: DNs nested too deeply", t->at + 1);
	if (rc != 0)
		return err_set(e, ERR_SYNTAX, "character %zu: not a valid value of '%.*s'",
		    t->at + 1, BV(type->names[0]));
	return 0;
}

/* Inserts the last of count sorted AVAs in its place. Returns whether its type was new. */
static bool
sort_in(struct ava *avas, size_t count)
{
	size_t at = count - 1;
	int order = 1;

	if (at == 0)
		return true;
	struct ava added = avas[at];
	while (at > 0) {
		order = bv_cmp(added.desc->name, avas[at - 1].desc->name);
		if (order >= 0)
			break;
		avas[at] = avas[at - 1];
		at--;
	}
	avas[at] = added;
	return at == 0 || order != 0;
}

static int
read_rdns(
    const struct schema *s, struct arena *a, const struct words *w, struct dn *dn, struct errbuf *e)
{
	struct ava *avas = arena_alloc(a, w->count * sizeof(*avas));
	struct rdn *rdn = dn->rdns;
	uint8_t before = ',';

	for (size_t i = 0; i < w->count; i++) {
		const struct dn_token *t = &w->tokens[i];
		if (before != '+')
			*rdn = (struct rdn){.avas = &avas[i]};
		before = t->ending;
		int rc = read_ava(s, a, t, &rdn->avas[rdn->ava_count], e);
		if (rc != 0)
			return rc;
		if (!sort_in(rdn->avas, ++rdn->ava_count))
			return err_set(e, ERR_SYNTAX, "character %zu: '%.*s' twice in one RDN",
			    t->at + 1, BV(t->type));
		if (before != '+')
			rdn++;
	}
	return 0;
}

static uint8_t *
put_type(uint8_t *p, struct bv name)
{
	memcpy(p, name.p, name.n);
	p[name.n] = '=';
	return p + name.n + 1;
}

static uint8_t *
put_lower_type(uint8_t *p, struct bv name)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		*p++ = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
	}
	*p++ = '=';
	return p;
}

/* Writes one value and makes *value independent of the text that was read. */
static uint8_t *
put_value(struct arena *a, uint8_t *p, struct bv *value)
{
	size_t n = dn_text_put_value(p, *value);

	*value = n == value->n ? bv_make(p, n) : arena_dup(a, *value);
	return p + n;
}

static uint8_t *
put_pretty(struct arena *a, uint8_t *p, struct rdn *rdn)
{
	uint8_t *start = p;

	for (size_t i = 0; i < rdn->ava_count; i++) {
		if (i > 0)
			*p++ = '+';
		p = put_type(p, rdn->avas[i].desc->name);
		p = put_value(a, p, &rdn->avas[i].value);
	}
	rdn->pretty = bv_make(start, (size_t)(p - start));
	return p;
}

static uint8_t *
put_normal(struct arena *a, uint8_t *p, struct rdn *rdn)
{
	uint8_t *start = p;

	for (size_t i = 0; i < rdn->ava_count; i++) {
		if (i > 0)
			*p++ = '+';
		p = put_lower_type(p, rdn->avas[i].desc->name);
		p = put_value(a, p, &rdn->avas[i].normal);
	}
	rdn->normal = bv_make(start, (size_t)(p - start));
	return p;
}

/* The most bytes both texts take. */
static size_t
texts_room(const struct dn *dn)
{
	size_t n = 0;

	for (size_t r = 0; r < dn->rdn_count; r++) {
		const struct rdn *rdn = &dn->rdns[r];
		for (size_t i = 0; i < rdn->ava_count; i++) {
			const struct ava *v = &rdn->avas[i];
			n += 2 * (v->desc->name.n + 2);
			n += DN_TEXT_EXPANSION * (v->value.n + v->normal.n);
		}
	}
	return n;
}

static void
write_texts(struct arena *a, struct dn *dn)
{
	uint8_t *pretty = arena_alloc(a, texts_room(dn)), *p = pretty;

	for (size_t r = 0; r < dn->rdn_count; r++) {
		if (r > 0)
			*p++ = ',';
		p = put_pretty(a, p, &dn->rdns[r]);
	}
	dn->pretty = bv_make(pretty, (size_t)(p - pretty));
	uint8_t *normal = p;
	for (size_t r = 0; r < dn->rdn_count; r++) {
		if (r > 0)
			*p++ = ',';
		p = put_normal(a, p, &dn->rdns[r]);
	}
	dn->normal = bv_make(normal, (size_t)(p - normal));
}

static int
parse_nonempty(
    const struct schema *s, struct arena *a, struct bv text, struct dn *out, struct errbuf *e)
{
	struct words w;
	struct dn dn;
	int rc = read_words(a, text, &w, e);

	if (rc != 0)
		return rc;
	dn.rdn_count = w.rdn_count;
	dn.rdns = arena_alloc(a, w.rdn_count * sizeof(*dn.rdns));
	rc = read_rdns(s, a, &w, &dn, e);
	if (rc != 0)
		return rc;
	write_texts(a, &dn);
	*out = dn;
	return 0;
}

int
dn_parse(const struct schema *s, struct arena *a, struct bv text, struct dn *out, struct errbuf *e)
{
	if (text.n == 0) {
		*out = (struct dn){.pretty = BV_LIT(""), .normal = BV_LIT("")};
		return 0;
	}
	if (nesting == MAX_NESTING)
		return err_set(e, ERR_LIMIT, "DNs nested too deeply");
	nesting++;
	int rc = parse_nonempty(s, a, text, out, e);
	nesting--;
	return rc;
}

int
dn_parse_rdn(
    const struct schema *s, struct arena *a, struct bv text, struct rdn *out, struct errbuf *e)
{
	struct dn dn;
	int rc = dn_parse(s, a, text, &dn, e);

	if (rc != 0)
		return rc;
	if (dn.rdn_count != 1)
		return err_set(e, ERR_SYNTAX, "one RDN is expected, not %zu", dn.rdn_count);
	*out = dn.rdns[0];
	return 0;
}

struct dn
dn_parent(const struct dn *dn)
{
	return (struct dn){
	    .pretty = dn_text_parent(dn->pretty),
	    .normal = dn_text_parent(dn->normal),
	    .rdns = dn->rdns + 1,
	    .rdn_count = dn->rdn_count - 1,
	};
}

static struct bv
join_text(struct arena *a, struct bv rdn, struct bv superior)
{
	uint8_t *p = arena_alloc(a, rdn.n + 1 + superior.n);

	memcpy(p, rdn.p, rdn.n);
	if (superior.n == 0)
		return bv_make(p, rdn.n);
	p[rdn.n] = ',';
	memcpy(p + rdn.n + 1, superior.p, superior.n);
	return bv_make(p, rdn.n + 1 + superior.n);
}

/* The bytes of old at the same distance from the start of text. */
static struct bv
moved(struct bv text, size_t *at, struct bv old)
{
	struct bv view = bv_make(text.p + *at, old.n);

	*at += old.n + 1;
	return view;
}

struct dn
dn_join(struct arena *a, const struct rdn *rdn, const struct dn *superior)
{
	struct dn dn = {
	    .pretty = join_text(a, rdn->pretty, superior->pretty),
	    .normal = join_text(a, rdn->normal, superior->normal),
	    .rdn_count = superior->rdn_count + 1,
	};
	size_t pretty_at = 0, normal_at = 0;

	dn.rdns = arena_alloc(a, dn.rdn_count * sizeof(*dn.rdns));
	for (size_t i = 0; i < dn.rdn_count; i++) {
		dn.rdns[i] = i == 0 ? *rdn : superior->rdns[i - 1];
		dn.rdns[i].pretty = moved(dn.pretty, &pretty_at, dn.rdns[i].pretty);
		dn.rdns[i].normal = moved(dn.normal, &normal_at, dn.rdns[i].normal);
	}
	return dn;
}
