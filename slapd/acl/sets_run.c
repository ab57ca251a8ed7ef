#include "sets.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/log.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/schema.h"
#include "sets_impl.h"
#include "wire/url.h"

/*
 * Evaluating a set expression. Every set is sorted by bytes and holds each text once, so
 * that combining two is one walk through both. Whatever grows is bounded: a set out of
 * bounds fails the whole expression, and so does a look-up that cannot be made.
 */

enum { MAX_MEMBERS = 10000, MAX_READS = 1000, MAX_BYTES = 4 << 20, MAX_WORK = 1000000 };

struct set {
	const struct bv *items;
	size_t count;
};

struct run {
	const struct sets_env *env;
	int reads;
	size_t bytes;
	size_t work; /* members merged */
	bool failed;
	bool empty; /* failed, but for want of a submatch: nothing is lost */
};

static int
compare(const void *x, const void *y)
{
	return bv_cmp(*(const struct bv *)x, *(const struct bv *)y);
}

static struct set
fail(struct run *r)
{
	r->failed = true;
	return (struct set){NULL, 0};
}

/* Sorts items in place and drops what is there twice. */
static struct set
sorted(struct run *r, struct bv *items, size_t count)
{
	size_t n = 0;

	if (count > MAX_MEMBERS)
		return fail(r);
	if (count > 1)
		qsort(items, count, sizeof(*items), compare);
	for (size_t i = 0; i < count; i++) {
		if (n == 0 || !bv_eq(items[n - 1], items[i]))
			items[n++] = items[i];
	}
	return (struct set){items, n};
}

static struct set
single(struct run *r, struct bv text)
{
	struct bv *item = arena_alloc(r->env->arena, sizeof(*item));

	*item = text;
	return (struct set){item, 1};
}

/* x without what is in y too when minus, else what is in both. */
static struct set
common(struct run *r, struct set x, struct set y, bool minus)
{
	struct bv *items = arena_alloc(r->env->arena, (x.count + 1) * sizeof(*items));
	size_t n = 0, k = 0;

	for (size_t i = 0; i < x.count; i++) {
		while (k < y.count && bv_cmp(y.items[k], x.items[i]) < 0)
			k++;
		bool there = k < y.count && bv_eq(y.items[k], x.items[i]);
		if (there != minus)
			items[n++] = x.items[i];
	}
	return (struct set){items, n};
}

/* Both are in order: one walk through them. */
static struct set
either(struct run *r, struct set x, struct set y)
{
	size_t n = 0, i = 0, k = 0;

	if (x.count == 0 || y.count == 0)
		return x.count == 0 ? y : x;
	r->work += x.count + y.count;
	if (x.count + y.count > 2 * MAX_MEMBERS || r->work > MAX_WORK)
		return fail(r);
	struct bv *items = arena_alloc(r->env->arena, (x.count + y.count) * sizeof(*items));
	while (i < x.count || k < y.count) {
		int order = i == x.count ? 1 : k == y.count ? -1 : bv_cmp(x.items[i], y.items[k]);
		items[n++] = order <= 0 ? x.items[i] : y.items[k];
		i += order <= 0 ? 1 : 0;
		k += order >= 0 ? 1 : 0;
	}
	return n > MAX_MEMBERS ? fail(r) : (struct set){items, n};
}

static struct bv
join(struct run *r, struct bv x, struct bv y)
{
	uint8_t *p = arena_alloc(r->env->arena, x.n + y.n + 1);

	if (x.n > 0)
		memcpy(p, x.p, x.n);
	if (y.n > 0)
		memcpy(p + x.n, y.p, y.n);
	return bv_make(p, x.n + y.n);
}

/* Every text of x before every text of y. */
static struct set
joined(struct run *r, struct set x, struct set y)
{
	size_t count = x.count * y.count, n = 0;

	if (count > MAX_MEMBERS)
		return fail(r);
	struct bv *items = arena_alloc(r->env->arena, (count + 1) * sizeof(*items));
	for (size_t i = 0; i < count; i++) {
		struct bv left = x.items[i / y.count], right = y.items[i % y.count];
		r->bytes += left.n + right.n;
		if (r->bytes > MAX_BYTES)
			return fail(r);
		items[n++] = join(r, left, right);
	}
	return sorted(r, items, n);
}

/* The values of one attribute of one entry. */
static struct set
values_of(struct run *r, struct bv normal_dn, const struct attr_desc *desc)
{
	const struct sets_env *env = r->env;
	const struct bv *texts = NULL;

	if (desc->type == schema_known(env->schema)->entry_dn)
		return single(r, normal_dn);
	if (++r->reads > MAX_READS)
		return fail(r);
	int count = env->values(env->arg, normal_dn, desc, env->arena, &texts);
	if (count < -1)
		return fail(r);
	if (count <= 0)
		return (struct set){NULL, 0};
	if (count > MAX_MEMBERS)
		return fail(r);
	struct bv *items = arena_alloc(env->arena, (size_t)count * sizeof(*items));
	memcpy(items, texts, (size_t)count * sizeof(*items));
	return sorted(r, items, (size_t)count);
}

/* The URL's own attributes, those that are known. */
static struct set
url_values(struct run *r, const struct url *u, struct bv dn)
{
	struct set all = {NULL, 0};

	for (size_t i = 0; i < u->attr_count && !r->failed; i++) {
		const struct attr_desc *d;
		if (desc_parse(r->env->schema, r->env->arena, u->attrs[i], &d, NULL) == 0)
			all = either(r, all, values_of(r, dn, d));
	}
	return all;
}

/* What an ldap:/// URL finds: values of desc and of the URL's attributes. */
static struct set
search(struct run *r, struct bv text, const struct attr_desc *desc)
{
	const struct sets_env *env = r->env;
	struct set all = {NULL, 0};
	const struct bv *dns = NULL;
	struct url u;

	if (url_parse(env->arena, text, &u, NULL) != 0 || u.host.n > 0 || u.extension_count > 0)
		return all;
	r->reads++;
	int count = env->search == NULL ? -1 : env->search(env->arg, text, env->arena, &dns);
	if (count < -1)
		return fail(r);
	for (int i = 0; i < count && !r->failed; i++) {
		all = either(r, all, values_of(r, dns[i], desc));
		if (u.attr_count > 0)
			all = either(r, all, url_values(r, &u, dns[i]));
	}
	return all;
}

static struct set
gather(struct run *r, struct bv name, const struct attr_desc *desc)
{
	struct bv head = {name.p, name.n < 8 ? name.n : 8};
	struct dn dn;

	if (bv_is(head, "ldap:///"))
		return search(r, name, desc);
	if (dn_parse(r->env->schema, r->env->arena, name, &dn, NULL) != 0)
		return (struct set){NULL, 0};
	return values_of(r, dn.normal, desc);
}

static struct set
gather_all(struct run *r, struct set from, const struct attr_desc *desc)
{
	struct set all = {NULL, 0};

	for (size_t i = 0; i < from.count && !r->failed; i++)
		all = either(r, all, gather(r, from.items[i], desc));
	return all;
}

static struct set
chase(struct run *r, const struct sets_node *n, struct set from)
{
	struct set all = gather_all(r, from, n->desc), fresh = all;

	while (n->closure && fresh.count > 0 && !r->failed) {
		fresh = common(r, gather_all(r, fresh, n->desc), all, true);
		all = either(r, all, fresh);
	}
	return all;
}

/* Each text's superior; a DN that has fewer ends at the root. */
static struct set
parent(struct run *r, struct set from, int level)
{
	struct bv *items = arena_alloc(r->env->arena, (from.count + 1) * sizeof(*items));

	for (size_t i = 0; i < from.count; i++) {
		items[i] = from.items[i];
		for (int k = 0; k < level && items[i].n > 0; k++)
			items[i] = dn_text_parent(items[i]);
	}
	return sorted(r, items, from.count);
}

/* Every text with all its superiors, the root too. */
static struct set
parents(struct run *r, struct set from)
{
	struct set all = from, level = from;

	while (level.count > 0 && !r->failed && !(level.count == 1 && level.items[0].n == 0)) {
		level = parent(r, level, 1);
		all = either(r, all, level);
	}
	return all;
}

static struct set
literal(struct run *r, const struct sets_node *n)
{
	const struct sets_env *env = r->env;
	struct bv text = n->literal;

	if (n->expand && env->expand != NULL && !env->expand(env->arg, text, env->arena, &text)) {
		r->empty = !r->failed;
		return fail(r);
	}
	return single(r, text);
}

static struct set run(struct run *r, const struct sets_node *n);

static struct set
combine(struct run *r, const struct sets_node *n)
{
	struct set left = run(r, n->left), right = run(r, n->right);

	if (n->kind == SETS_EITHER)
		return either(r, left, right);
	return n->kind == SETS_BOTH ? common(r, left, right, false) : joined(r, left, right);
}

static struct set
run(struct run *r, const struct sets_node *n)
{
	if (r->failed)
		return (struct set){NULL, 0};
	switch (n->kind) {
	case SETS_USER:
		return single(r, r->env->user);
	case SETS_THIS:
		return single(r, r->env->self);
	case SETS_LITERAL:
		return literal(r, n);
	case SETS_BOTH:
	case SETS_EITHER:
	case SETS_JOINED:
		return combine(r, n);
	case SETS_CHASE:
		return chase(r, n, run(r, n->left));
	case SETS_PARENT:
		return parent(r, run(r, n->left), n->level);
	case SETS_PARENTS:
		return parents(r, run(r, n->left));
	}
	return (struct set){NULL, 0};
}

int
sets_hold(const struct sets *s, const struct sets_env *env)
{
	struct run r = {.env = env};

	if (s->asks_user && env->user.n == 0)
		return 0;
	struct set result = run(&r, s->root);
	if (r.empty)
		return 0;
	if (r.failed)
		log_msg(LOG_L_ACL, "acl: a set expression grew out of bounds or could not be read");
	return r.failed ? -1 : result.count > 0;
}
