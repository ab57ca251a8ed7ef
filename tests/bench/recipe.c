#include "tests/bench/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "wire/ber.h"
#include "wire/control.h"
#include "wire/filter.h"
#include "wire/ldap.h"

/*
 * A recipe is a row of templates. In them {n} stands for a person's number, {n+K} and {n%K} for
 * what that gives, {i} for the number of the request, {suffix} and {seed} for what the caller gave.
 * Numbers come in the order of a fixed generator, so that two servers are asked the same.
 */

enum recipe_kind { SEARCH, COMPARE, BIND, ADD, DELETE, MODIFY, MIXED };

#define PERSON "uid=u{n},ou=People,{suffix}"
#define FRESH "uid=x{i},ou=People,{suffix}"
#define STRONG "uid=s{n%64},ou=People,{suffix}"
#define FAMILIAR "uid=s{n%4},ou=People,{suffix}" /* few, so that each binds again soon */
#define GROUP "cn=everybody,ou=Groups,{suffix}"

struct recipe {
	const char *name;
	enum recipe_kind kind;
	const char *dn;	  /* or the base of a search */
	const char *text; /* the filter, the value, the password */
	const char *what; /* names of attributes to return; the attribute */
	int scope;
	int code;
	int64_t entries;
	bool serial;
	bool paged;
	enum ldap_mod_op mod;
};

static const struct recipe recipes[] = {
    {.name = "equality",
	.text = "(uid=u{n})",
	.dn = "{suffix}",
	.what = "",
	.scope = 2,
	.entries = 1},
    {.name = "getpw",
	.dn = "{suffix}",
	.text = "(&(objectClass=posixAccount)(uid=u{n}))",
	.what = "uid userPassword uidNumber gidNumber gecos homeDirectory loginShell",
	.scope = 2,
	.entries = 1},
    {.name = "mail",
	.dn = "{suffix}",
	.text = "(mail=u{n}@falcot.com)",
	.what = "uid",
	.scope = 2,
	.entries = 1},
    {.name = "miss", .dn = "{suffix}", .text = "(uid=nobody{n})", .what = "", .scope = 2},
    {.name = "base", .dn = PERSON, .text = "(objectClass=*)", .what = "", .entries = 1},
    {.name = "substring",
	.dn = "{suffix}",
	.text = "(mail=*u{n}@fal*)",
	.what = "uid",
	.scope = 2,
	.entries = 1},
    {.name = "range",
	.dn = "{suffix}",
	.text = "(&(uidNumber>={n+10000})(uidNumber<={n+10019}))",
	.what = "uid",
	.scope = 2,
	.entries = 20},
    {.name = "and",
	.dn = "{suffix}",
	.text = "(&(departmentNumber=0)(employeeType=temporary))",
	.what = "uid",
	.scope = 2,
	.entries = RECIPE_SOME},
    {.name = "dump",
	.dn = "{suffix}",
	.text = "(objectClass=*)",
	.what = "",
	.scope = 2,
	.entries = RECIPE_SOME},
    {.name = "paged",
	.dn = "{suffix}",
	.text = "(objectClass=*)",
	.what = "",
	.scope = 2,
	.entries = RECIPE_SOME,
	.paged = true},
    {.name = "compare",
	.kind = COMPARE,
	.dn = PERSON,
	.text = "/bin/bash",
	.what = "loginShell",
	.code = LDAP_COMPARE_TRUE},
    {.name = "bind", .kind = BIND, .dn = PERSON, .text = "secret{n}"},
    {.name = "bind-argon2", .kind = BIND, .dn = FAMILIAR, .text = "strong secret"},
    {.name = "bind-wrong",
	.kind = BIND,
	.dn = STRONG,
	.text = "not the secret {i}",
	.code = LDAP_INVALID_CREDENTIALS},
    {.name = "add", .kind = ADD, .dn = FRESH, .what = "inetOrgPerson posixAccount", .serial = true},
    {.name = "delete", .kind = DELETE, .dn = FRESH, .serial = true},
    {.name = "modify",
	.kind = MODIFY,
	.dn = PERSON,
	.text = "+33 4 77 {seed} {i}",
	.what = "telephoneNumber",
	.mod = LDAP_MOD_OP_REPLACE},
    {.name = "mixed", .kind = MIXED, .what = ""},
    {.name = "member-add",
	.kind = MODIFY,
	.dn = GROUP,
	.text = FRESH,
	.what = "member",
	.serial = true,
	.mod = LDAP_MOD_OP_ADD},
    {.name = "member-delete",
	.kind = MODIFY,
	.dn = GROUP,
	.text = FRESH,
	.what = "member",
	.serial = true,
	.mod = LDAP_MOD_OP_DELETE},
};

/* What the templates of one request are filled with. */
struct filling {
	struct arena *arena;
	const struct recipe_scope *scope;
	int64_t n;
	int64_t i;
	struct errbuf *e;
	int rc;
};

const struct recipe *
recipe_find(const char *name)
{
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
		if (strcmp(recipes[i].name, name) == 0)
			return &recipes[i];
	}
	return NULL;
}

void
recipe_names(struct buf *out)
{
	for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++)
		buf_printf(out, "%s%s", i > 0 ? " " : "", recipes[i].name);
}

/* Appends what stands for the n bytes between two braces. */
static void
put_field(struct buf *out, const char *field, size_t n, struct filling *f)
{
	if (n == 6 && memcmp(field, "suffix", n) == 0)
		buf_put(out, f->scope->suffix, strlen(f->scope->suffix));
	else if (n == 4 && memcmp(field, "seed", n) == 0)
		buf_printf(out, "%llu", (unsigned long long)f->scope->seed);
	else if (n == 1 && field[0] == 'n')
		buf_printf(out, "%lld", (long long)f->n);
	else if (n == 1 && field[0] == 'i')
		buf_printf(out, "%lld", (long long)f->i);
	else if (n > 2 && field[1] == '+')
		buf_printf(out, "%lld", (long long)f->n + strtoll(field + 2, NULL, 10));
	else if (n > 2 && field[1] == '%')
		buf_printf(out, "%lld", (long long)f->n % strtoll(field + 2, NULL, 10));
}

/* Fills a template; the text lives in the filling's arena. */
static struct bv
fill(struct filling *f, const char *template)
{
	struct buf out;
	struct bv text;

	buf_init(&out);
	for (const char *p = template; *p != '\0'; p++) {
		size_t n = *p == '{' ? strcspn(p, "}") : 0;

		if (n == 0) {
			buf_put_byte(&out, (uint8_t)*p);
			continue;
		}
		put_field(&out, p + 1, n - 1, f);
		p += n;
	}
	text = arena_dup(f->arena, buf_bv(&out));
	buf_done(&out);
	return text;
}

/* Appends the words of a list as OCTET STRINGs. */
static void
put_words(struct buf *out, const char *words)
{
	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		ber_put_octets(out, BER_OCTETS, bv_make(words, n));
		words += n;
		words += strspn(words, " ");
	}
}

static void
put_paged_control(struct buf *out, struct bv cookie)
{
	size_t controls = ber_open(out, BER_CONTEXT_CONS | 0), one = ber_open(out, BER_SEQUENCE);
	struct buf value;

	buf_init(&value);
	control_paged_encode(&value, RECIPE_PAGE, cookie);
	ber_put_octets(out, BER_OCTETS, BV_LIT(LDAP_OID_PAGED));
	ber_put_bool(out, BER_BOOLEAN, true);
	ber_put_octets(out, BER_OCTETS, buf_bv(&value));
	buf_done(&value);
	ber_close(out, one);
	ber_close(out, controls);
}

static void
put_search(struct buf *out, const struct recipe *r, struct filling *f)
{
	size_t op = ber_open(out, LDAP_REQ_SEARCH), attrs;
	struct filter *filter;

	f->rc = filter_parse(f->arena, fill(f, r->text), &filter_default_limits, &filter, f->e);
	if (f->rc != 0)
		return;
	ber_put_octets(out, BER_OCTETS, fill(f, r->dn));
	ber_put_int(out, BER_ENUM, r->scope);
	ber_put_int(out, BER_ENUM, LDAP_DEREF_NEVER_ALIASES);
	ber_put_int(out, BER_INTEGER, 0);
	ber_put_int(out, BER_INTEGER, 0);
	ber_put_bool(out, BER_BOOLEAN, false);
	filter_encode(filter, out);
	attrs = ber_open(out, BER_SEQUENCE);
	put_words(out, r->what);
	ber_close(out, attrs);
	ber_close(out, op);
}

static void
put_compare(struct buf *out, const struct recipe *r, struct filling *f)
{
	size_t op = ber_open(out, LDAP_REQ_COMPARE), assertion;

	ber_put_octets(out, BER_OCTETS, fill(f, r->dn));
	assertion = ber_open(out, BER_SEQUENCE);
	ber_put_octets(out, BER_OCTETS, bv_str(r->what));
	ber_put_octets(out, BER_OCTETS, fill(f, r->text));
	ber_close(out, assertion);
	ber_close(out, op);
}

static void
put_bind(struct buf *out, struct bv dn, struct bv password)
{
	size_t op = ber_open(out, LDAP_REQ_BIND);

	ber_put_int(out, BER_INTEGER, 3);
	ber_put_octets(out, BER_OCTETS, dn);
	ber_put_octets(out, BER_CONTEXT | 0, password);
	ber_close(out, op);
}

/* Appends an attribute with one value, as add and modify carry it. */
static void
put_attr(struct buf *out, const char *name, struct bv value)
{
	size_t attr = ber_open(out, BER_SEQUENCE), values;

	ber_put_octets(out, BER_OCTETS, bv_str(name));
	values = ber_open(out, BER_SET);
	ber_put_octets(out, BER_OCTETS, value);
	ber_close(out, values);
	ber_close(out, attr);
}

static void
put_add(struct buf *out, const struct recipe *r, struct filling *f)
{
	static const char *const attrs[][2] = {{"uid", "x{i}"}, {"cn", "Marie Nouvelle {i}"},
	    {"givenName", "Marie"}, {"sn", "Nouvelle{i}"}, {"mail", "x{i}@falcot.com"},
	    {"telephoneNumber", "+33 4 77 {i}"}, {"uidNumber", "{i}"}, {"gidNumber", "20001"},
	    {"homeDirectory", "/home/x{i}"}, {"loginShell", "/bin/bash"}};
	size_t op = ber_open(out, LDAP_REQ_ADD), list, classes, values;

	ber_put_octets(out, BER_OCTETS, fill(f, r->dn));
	list = ber_open(out, BER_SEQUENCE);
	classes = ber_open(out, BER_SEQUENCE);
	ber_put_octets(out, BER_OCTETS, BV_LIT("objectClass"));
	values = ber_open(out, BER_SET);
	put_words(out, r->what);
	ber_close(out, values);
	ber_close(out, classes);
	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		put_attr(out, attrs[i][0], fill(f, attrs[i][1]));
	ber_close(out, list);
	ber_close(out, op);
}

static void
put_modify(struct buf *out, const struct recipe *r, struct filling *f)
{
	size_t op = ber_open(out, LDAP_REQ_MODIFY), list, one;

	ber_put_octets(out, BER_OCTETS, fill(f, r->dn));
	list = ber_open(out, BER_SEQUENCE);
	one = ber_open(out, BER_SEQUENCE);
	ber_put_int(out, BER_ENUM, r->mod);
	put_attr(out, r->what, fill(f, r->text));
	ber_close(out, one);
	ber_close(out, list);
	ber_close(out, op);
}

static void
put_operation(struct buf *out, const struct recipe *r, struct filling *f)
{
	switch (r->kind) {
	case SEARCH:
		put_search(out, r, f);
		break;
	case COMPARE:
		put_compare(out, r, f);
		break;
	case BIND:
		put_bind(out, fill(f, r->dn), fill(f, r->text));
		break;
	case ADD:
		put_add(out, r, f);
		break;
	case DELETE:
		ber_put_octets(out, LDAP_REQ_DELETE, fill(f, r->dn));
		break;
	case MODIFY:
		put_modify(out, r, f);
		break;
	case MIXED:
		break;
	}
}

size_t
script_id_off(const uint8_t *p)
{
	return p[1] < 0x80 ? 4 : 4 + (size_t)(p[1] & 0x7f);
}

static size_t
open_message(struct buf *out)
{
	size_t message = ber_open(out, BER_SEQUENCE);

	ber_put_int(out, BER_INTEGER, RECIPE_FIRST_ID);
	return message;
}

void
script_put_page(struct buf *out, const char *suffix, struct bv cookie)
{
	struct arena *arena = arena_new(0);
	struct recipe_scope scope = {.suffix = suffix};
	struct filling f = {.arena = arena, .scope = &scope};
	size_t message = open_message(out);

	put_search(out, recipe_find("paged"), &f);
	put_paged_control(out, cookie);
	ber_close(out, message);
	arena_free(&arena);
}

void
script_put_bind(struct buf *out, const char *dn, const char *password)
{
	size_t message = open_message(out);

	put_bind(out, bv_str(dn), bv_str(password));
	ber_close(out, message);
}

/* Of five requests of a mixed script four are of the first recipe, one of the second. */
static const struct recipe *
choose(const struct recipe *r, size_t i)
{
	const struct recipe *part = NULL;

	if (r->kind == MIXED)
		part = recipe_find(i % 5 == 4 ? "modify" : "equality");
	return part != NULL ? part : r;
}

static void
add_request(struct script *s, const struct recipe *r, struct filling *f)
{
	struct request *q = &s->requests[s->count++];
	size_t message;

	q->off = s->bytes.n;
	message = open_message(&s->bytes);
	put_operation(&s->bytes, r, f);
	if (r->paged)
		put_paged_control(&s->bytes, bv_make("", 0));
	ber_close(&s->bytes, message);
	q->n = s->bytes.n - q->off;
	q->id_off = script_id_off(s->bytes.p + q->off);
	q->code = r->code;
	q->entries = r->entries;
	if (r->kind == SEARCH && f->scope->expect != RECIPE_ANY)
		q->entries = f->scope->expect;
}

/* A number below limit of a fixed sequence (xorshift64*). */
static int64_t
next_number(uint64_t *state, int64_t limit)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (int64_t)((*state * 2685821657736338717ULL) >> 11) % limit;
}

int
script_init(
    struct script *s, const struct recipe *r, const struct recipe_scope *scope, struct errbuf *e)
{
	/* A range of twenty must find twenty: it does not begin with the last ones. */
	int64_t limit = scope->people > 40 ? scope->people - 20 : 1;
	uint64_t state = scope->seed * 2 + 1;
	struct filling f = {.arena = arena_new(0), .scope = scope, .e = e};

	memset(s, 0, sizeof(*s));
	buf_init(&s->bytes);
	s->requests = calloc(scope->count, sizeof(*s->requests));
	if (s->requests == NULL)
		abort();
	s->serial = r->serial;
	s->paged = r->paged;
	s->alone = r->paged || r->kind == BIND;
	for (size_t i = 0; i < scope->count && f.rc == 0; i++) {
		f.i = (int64_t)i;
		f.n = next_number(&state, limit);
		add_request(s, choose(r, i), &f);
		arena_reset(f.arena);
	}
	arena_free(&f.arena);
	if (f.rc != 0)
		script_done(s);
	return f.rc;
}

void
script_done(struct script *s)
{
	buf_done(&s->bytes);
	free(s->requests);
	memset(s, 0, sizeof(*s));
}
