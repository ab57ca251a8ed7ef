#include "syntax_name.h"

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/dn.h"
#include "model/syntax_text.h"

/*
 * Distinguished names as values. The length is bounded before the parser sees
 * it. A check works in an arena of its own, as validators have none.
 */

enum { MAX_DN_BYTES = 8192, CHECK_ARENA_BYTES = 4096 };

static int
parse(const struct schema *s, struct arena *a, struct bv v, struct dn *out)
{
	if (v.n > MAX_DN_BYTES)
		return ERR_SYNTAX;
	return dn_parse(s, a, v, out, NULL) == 0 ? 0 : ERR_SYNTAX;
}

static int
parse_rdn(const struct schema *s, struct arena *a, struct bv v, struct rdn *out)
{
	if (v.n > MAX_DN_BYTES)
		return ERR_SYNTAX;
	return dn_parse_rdn(s, a, v, out, NULL) == 0 ? 0 : ERR_SYNTAX;
}

typedef int transform(const struct schema *s, struct arena *a, struct bv v, struct bv *out);

static int
check(const struct schema *s, struct bv v, transform *fn)
{
	struct arena *a = arena_new(CHECK_ARENA_BYTES);
	struct bv out;
	int rc = fn(s, a, v, &out);

	arena_free(&a);
	return rc;
}

int
syntax_name_pretty_dn(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct dn dn;

	if (parse(s, a, v, &dn) != 0)
		return ERR_SYNTAX;
	*out = dn.pretty;
	return 0;
}

int
syntax_name_normal_dn(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct dn dn;

	if (parse(s, a, v, &dn) != 0)
		return ERR_SYNTAX;
	*out = dn.normal;
	return 0;
}

int
syntax_name_check_dn(const struct schema *s, struct bv v)
{
	return check(s, v, syntax_name_normal_dn);
}

int
syntax_name_pretty_rdn(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct rdn rdn;

	if (parse_rdn(s, a, v, &rdn) != 0)
		return ERR_SYNTAX;
	*out = rdn.pretty;
	return 0;
}

int
syntax_name_normal_rdn(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	struct rdn rdn;

	if (parse_rdn(s, a, v, &rdn) != 0)
		return ERR_SYNTAX;
	*out = rdn.normal;
	return 0;
}

int
syntax_name_check_rdn(const struct schema *s, struct bv v)
{
	return check(s, v, syntax_name_normal_rdn);
}

/* Cuts "#'...'B" off the end of *v when there is one; returns it, absent when not. */
static struct bv
cut_uid(struct bv *v)
{
	size_t at = v->n;
	struct bv uid;

	while (at > 0 && v->p[at - 1] != '#')
		at--;
	if (at == 0)
		return BV_NONE;
	uid = bv_from(*v, at);
	if (syntax_text_bits(NULL, uid) != 0)
		return BV_NONE;
	v->n = at - 1;
	return uid;
}

static struct bv
join_uid(struct arena *a, struct bv name, struct bv uid)
{
	uint8_t *p;

	if (uid.p == NULL)
		return name;
	p = arena_alloc(a, name.n + 1 + uid.n);
	memcpy(p, name.p, name.n);
	p[name.n] = '#';
	memcpy(p + name.n + 1, uid.p, uid.n);
	return (struct bv){p, name.n + 1 + uid.n};
}

static int
with_uid(const struct schema *s, struct arena *a, struct bv v, bool pretty, struct bv *out)
{
	struct bv uid = cut_uid(&v);
	struct dn dn;

	if (parse(s, a, v, &dn) != 0)
		return ERR_SYNTAX;
	*out = join_uid(a, pretty ? dn.pretty : dn.normal, uid);
	return 0;
}

int
syntax_name_pretty_uid(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	return with_uid(s, a, v, true, out);
}

int
syntax_name_normal_uid(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	return with_uid(s, a, v, false, out);
}

int
syntax_name_check_uid(const struct schema *s, struct bv v)
{
	return check(s, v, syntax_name_normal_uid);
}

static bool
has_prefix(struct bv v, struct bv prefix)
{
	return v.n >= prefix.n && bv_eq_nocase((struct bv){v.p, prefix.n}, prefix);
}

int
syntax_name_normal_authz(const struct schema *s, struct arena *a, struct bv v, struct bv *out)
{
	static const char *const PREFIXES[] = {"dn:", "dn.exact:"};
	struct dn dn;

	if (syntax_text_directory(s, v) != 0)
		return ERR_SYNTAX;
	*out = v;
	for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
		struct bv prefix = bv_str(PREFIXES[i]);
		if (has_prefix(v, prefix) && parse(s, a, bv_from(v, prefix.n), &dn) == 0)
			*out = dn.normal;
	}
	return 0;
}
