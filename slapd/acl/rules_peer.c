#include "acl/rules_impl.h"

#include <arpa/inet.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * Conditions on the connection as text:
 *
 *	peername.ip = address [ "%" mask ] [ "{" port "}" ]	(ipv6 the same)
 *
 * The address must be inside the mask: what is compared is the peer's address behind it.
 */

static int
bad_address(struct rules_reader *r, const struct rules_word *w, const char *what)
{
	return err_set(r->e, ERR_CONFIG, "%.*s=%.*s: %s", BV(w->whole), BV(w->value), what);
}

/* Reads one address of the family. */
static bool
read_address(struct bv text, bool six, uint8_t out[16])
{
	char copy[INET6_ADDRSTRLEN];

	if (text.n == 0 || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	return inet_pton(six ? AF_INET6 : AF_INET, copy, out) == 1;
}

/* Takes "{port}" off the end. */
static int
take_port(struct rules_reader *r, const struct rules_word *w, struct bv *text, int *port_out)
{
	size_t open = bv_find(*text, 0, '{');
	int64_t port;

	*port_out = -1;
	if (open == text->n)
		return 0;
	struct bv number = bv_from(*text, open + 1);
	if (number.n < 2 || number.p[number.n - 1] != '}' ||
	    !bv_to_i64(bv_make(number.p, number.n - 1), &port) || port < 1 || port > 65535)
		return bad_address(r, w, "expected a port from 1 to 65535 as {port} at the end");
	text->n = open;
	*port_out = (int)port;
	return 0;
}

static int
read_ip(struct rules_reader *r, const struct rules_word *w, struct rules_text *out)
{
	bool six = w->style == SPELT_IPV6;
	struct bv text = w->value;
	int code = take_port(r, w, &text, &out->port);
	size_t percent = bv_find(text, 0, '%');

	if (code != 0)
		return code;
	memset(out->mask, 0xff, sizeof(out->mask));
	if (!read_address(bv_make(text.p, percent), six, out->address))
		return bad_address(r, w,
		    six ? "expected an IPv6 address, as in peername.ipv6=2001:db8::%ffff:ffff::"
			: "expected an IPv4 address, as in "
			  "peername.ip=192.0.2.0%255.255.255.0");
	if (percent < text.n && !read_address(bv_from(text, percent + 1), six, out->mask))
		return bad_address(r, w,
		    six ? "expected a mask written as an address, %ffff:ffff:: for instance"
			: "expected a mask written as an address, %255.255.255.0 for instance");
	return 0;
}

static const struct {
	enum rules_spelt spelt;
	enum rules_text_style style;
} styles[] = {
    {SPELT_REGEX, RULES_TEXT_REGEX},
    {SPELT_SUBTREE, RULES_TEXT_SUB},
    {SPELT_IP, RULES_TEXT_IP},
    {SPELT_IPV6, RULES_TEXT_IPV6},
    {SPELT_PATH, RULES_TEXT_PATH},
};

static enum rules_text_style
text_style(enum rules_spelt spelt)
{
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (styles[i].spelt == spelt)
			return styles[i].style;
	}
	return RULES_TEXT_EXACT;
}

int
rules_peer_read(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
{
	struct rules_text *out = &who->text;

	out->style = text_style(w->style);
	out->text = w->value;
	out->port = -1;
	if (out->style == RULES_TEXT_IP || out->style == RULES_TEXT_IPV6)
		return read_ip(r, w, out);
	if (out->style == RULES_TEXT_REGEX && w->expand)
		return err_set(r->e, ERR_CONFIG,
		    "%.*s: regex puts $n in by itself; leave \",expand\" out", BV(w->whole));
	if (out->style == RULES_TEXT_REGEX)
		return rules_template_regex(r, w->value, &out->expand, &out->regex);
	if (w->expand || w->style == SPELT_EXPAND)
		return rules_template_check(r, w->value, false, &out->expand);
	return 0;
}
