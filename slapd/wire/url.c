#include "url.h"

#include <string.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "hex.h"
#include "ldap.h"

/*
 * LDAP URLs (RFC 4516): scheme://host:port/dn?attributes?scope?filter?extensions.
 * The text is cut at "/" and "?" before anything is percent-decoded. Bytes that a
 * URL should have encoded (spaces, UTF-8) are accepted where they are unambiguous.
 */

struct parser {
	struct arena *arena;
	struct bv text;
	struct errbuf *e;
};

static const struct {
	const char *prefix;
	enum url_scheme scheme;
} schemes[] = {
    {"ldap://", URL_LDAP},
    {"ldaps://", URL_LDAPS},
    {"ldapi://", URL_LDAPI},
};

static const struct {
	const char *name;
	int scope;
} scopes[] = {
    {"base", LDAP_SCOPE_BASE_OBJECT},
    {"one", LDAP_SCOPE_SINGLE_LEVEL},
    {"sub", LDAP_SCOPE_WHOLE_SUBTREE},
    {"subordinate", LDAP_SCOPE_SUBORDINATES},
    {"onelevel", LDAP_SCOPE_SINGLE_LEVEL},
    {"subtree", LDAP_SCOPE_WHOLE_SUBTREE},
    {"subord", LDAP_SCOPE_SUBORDINATES},
    {"children", LDAP_SCOPE_SUBORDINATES},
};

static int
wrong(const struct parser *p, const char *what)
{
	return err_set(p->e, ERR_SYNTAX, "URL \"%.*s\": %s", p->text.n > 200 ? 200 : (int)p->text.n,
	    (const char *)p->text.p, what);
}

/* Copies raw into the arena with %xx decoded. */
static int
decode(const struct parser *p, struct bv raw, struct bv *out)
{
	if (hex_unpercent(p->arena, raw, out) != 0)
		return wrong(p, "\"%\" must be followed by two hex digits");
	return 0;
}

/* Cuts the part before the next c off *rest; *rest is absent when there is no c. */
static struct bv
cut(struct bv *rest, uint8_t c)
{
	size_t at = bv_find(*rest, 0, c);
	struct bv part = bv_make(rest->p, at);

	*rest = at == rest->n ? BV_NONE : bv_from(*rest, at + 1);
	return part;
}

static int
parse_port(const struct parser *p, struct bv text, struct url *u)
{
	int64_t port = 0;

	if (text.n == 0)
		return 0;
	if (text.p[0] < '0' || text.p[0] > '9' || !bv_to_i64(text, &port) || port < 1 ||
	    port > 65535)
		return wrong(p, "the port must be a number from 1 to 65535");
	u->port = (unsigned)port;
	return 0;
}

/* host = reg-name / IPv4address / "[" IPv6address "]", then [":" port] */
static int
parse_hostport(const struct parser *p, struct bv text, struct url *u)
{
	struct bv rest = text, host;

	if (text.n > 0 && text.p[0] == '[') {
		rest = bv_from(text, 1);
		host = cut(&rest, ']');
		if (rest.p == NULL)
			return wrong(p, "the \"]\" of the IPv6 address is missing");
		if (rest.n > 0 && rest.p[0] != ':')
			return wrong(p, "only \":port\" may follow the IPv6 address");
		rest = rest.n > 0 ? bv_from(rest, 1) : BV_NONE;
	} else {
		host = cut(&rest, ':');
	}
	int r = decode(p, host, &u->host);
	return r == 0 ? parse_port(p, rest, u) : r;
}

static int
parse_authority(const struct parser *p, struct bv text, struct url *u)
{
	int r = u->scheme == URL_LDAPI ? decode(p, text, &u->host) : parse_hostport(p, text, u);

	if (r == 0 && bv_find(u->host, 0, 0) < u->host.n)
		return wrong(p, "the host holds a zero byte");
	return r;
}

static size_t
count_parts(struct bv text)
{
	size_t n = 1;

	for (size_t at = bv_find(text, 0, ','); at < text.n; at = bv_find(text, at + 1, ','))
		n++;
	return n;
}

/* Reads a list separated by commas; decoded when it is to be. */
static int
parse_list(
    const struct parser *p, struct bv text, bool decoded, struct bv **list_out, size_t *count_out)
{
	size_t n = text.n == 0 ? 0 : count_parts(text);
	struct bv *list = arena_zalloc(p->arena, n, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		struct bv part = cut(&text, ',');
		int r = 0;
		if (part.n == 0)
			return wrong(p, "a list has an empty member between its commas");
		if (decoded)
			r = decode(p, part, &list[i]);
		else
			list[i] = arena_dup(p->arena, part);
		if (r != 0)
			return r;
	}
	*list_out = list;
	*count_out = n;
	return 0;
}

static int
parse_scope(const struct parser *p, struct bv text, struct url *u)
{
	if (text.n == 0)
		return 0;
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (bv_is(text, scopes[i].name)) {
			u->scope = scopes[i].scope;
			return 0;
		}
	}
	return wrong(p, "the scope must be base, one, sub or subordinate");
}

/* What follows "/": [dn ["?" [attributes] ["?" [scope] ["?" [filter] ["?" extensions]]]]] */
static int
parse_query(const struct parser *p, struct bv rest, struct url *u)
{
	int r = decode(p, cut(&rest, '?'), &u->dn);

	u->has_dn = u->dn.n > 0;
	if (r == 0 && rest.p != NULL)
		r = parse_list(p, cut(&rest, '?'), true, &u->attrs, &u->attr_count);
	if (r == 0 && rest.p != NULL)
		r = parse_scope(p, cut(&rest, '?'), u);
	if (r == 0 && rest.p != NULL)
		r = decode(p, cut(&rest, '?'), &u->filter);
	if (u->filter.n == 0)
		u->filter = BV_NONE;
	if (r == 0 && rest.p != NULL)
		r = parse_list(p, cut(&rest, '?'), false, &u->extensions, &u->extension_count);
	if (r == 0 && rest.p != NULL)
		r = wrong(p, "more than four \"?\"");
	return r;
}

/* Cuts the scheme off *rest. */
static int
parse_scheme(const struct parser *p, struct bv *rest, struct url *u)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i].prefix);
		if (rest->n >= n && bv_is(bv_make(rest->p, n), schemes[i].prefix)) {
			u->scheme = schemes[i].scheme;
			*rest = bv_from(*rest, n);
			return 0;
		}
	}
	return wrong(p, "it must begin with ldap://, ldaps:// or ldapi://");
}

int
url_parse(struct arena *a, struct bv text, struct url *out, struct errbuf *e)
{
	struct parser p = {a, text, e};
	struct url u = {.scope = -1};
	struct bv rest = text;
	int r = parse_scheme(&p, &rest, &u);

	if (r != 0)
		return r;
	if (bv_find(rest, 0, '/') == rest.n && bv_find(rest, 0, '?') < rest.n)
		return wrong(&p, "a \"/\" is missing before the \"?\"");
	r = parse_authority(&p, cut(&rest, '/'), &u);
	if (r == 0 && rest.p != NULL)
		r = parse_query(&p, rest, &u);
	if (r == 0)
		*out = u;
	return r;
}

static bool
is_plain(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c != 0 && strchr("-._~:@!$&'()*+;=", c) != NULL);
}

/* Appends v percent-encoded; bytes in also stay as they are. */
static void
put_encoded(struct buf *out, struct bv v, const char *also)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (is_plain(c) || (c != 0 && strchr(also, c) != NULL)) {
			buf_put_byte(out, c);
			continue;
		}
		uint8_t text[3] = {'%', (uint8_t)hex[c >> 4], (uint8_t)hex[c & 15]};
		buf_put(out, text, sizeof(text));
	}
}

static void
put_list(struct buf *out, const struct bv *list, size_t count, const char *also)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_put_byte(out, ',');
		put_encoded(out, list[i], also);
	}
}

static void
put_authority(struct buf *out, const struct url *u)
{
	bool ipv6 = u->scheme != URL_LDAPI && bv_find(u->host, 0, ':') < u->host.n;

	buf_put_bv(out, bv_str(schemes[u->scheme].prefix));
	if (ipv6)
		buf_put_byte(out, '[');
	put_encoded(out, u->host, "");
	if (ipv6)
		buf_put_byte(out, ']');
	if (u->port != 0)
		buf_printf(out, ":%u", u->port);
}

static const char *
scope_name(int scope)
{
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (scopes[i].scope == scope)
			return scopes[i].name;
	}
	return "";
}

/* Returns how many "?" the text needs: up to the last part that is given. */
static int
query_parts(const struct url *u)
{
	if (u->extension_count > 0)
		return 4;
	if (u->filter.p != NULL)
		return 3;
	if (u->scope >= 0)
		return 2;
	return u->attr_count > 0 ? 1 : 0;
}

static void
put_query(struct buf *out, const struct url *u)
{
	int parts = query_parts(u);

	put_encoded(out, u->dn, ",/");
	if (parts >= 1)
		buf_put_byte(out, '?');
	put_list(out, u->attrs, u->attr_count, "");
	if (parts >= 2)
		buf_put_byte(out, '?');
	buf_put_bv(out, bv_str(scope_name(u->scope)));
	if (parts >= 3)
		buf_put_byte(out, '?');
	put_encoded(out, u->filter, ",/");
	if (parts >= 4)
		buf_put_byte(out, '?');
	put_list(out, u->extensions, u->extension_count, "%/");
}

struct bv
url_print(struct arena *a, const struct url *u)
{
	struct buf text;

	buf_init(&text);
	put_authority(&text, u);
	if (u->has_dn || query_parts(u) > 0) {
		buf_put_byte(&text, '/');
		put_query(&text, u);
	}
	struct bv copy = arena_dup(a, buf_bv(&text));
	buf_done(&text);
	return copy;
}
