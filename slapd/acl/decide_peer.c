#include "decide_impl.h"

#include <arpa/inet.h>

/*
 * The connection as text: "IP=192.0.2.1:389", "IP=[2001:db8::1]:389", "PATH=/run/ldapi",
 * URLs and host names. Letters compare without case, but for paths.
 */

static bool
cut_prefix(struct bv *text, const char *prefix)
{
	size_t n = strlen(prefix);

	if (text->n < n || !bv_is((struct bv){text->p, n}, prefix))
		return false;
	*text = bv_from(*text, n);
	return true;
}

static bool
address_holds(const struct rules_text *t, struct bv address, struct bv port, bool six)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t bytes[16] = {0};
	int64_t number = -1;

	if (t->port != -1 && (!bv_to_i64(port, &number) || number != t->port))
		return false;
	if (address.n == 0 || address.n >= sizeof(copy))
		return false;
	memcpy(copy, address.p, address.n);
	copy[address.n] = 0;
	if (inet_pton(six ? AF_INET6 : AF_INET, copy, bytes) != 1)
		return false;
	for (size_t i = 0; i < (six ? 16u : 4u); i++) {
		if ((bytes[i] & t->mask[i]) != t->address[i])
			return false;
	}
	return true;
}

static bool
ip_holds(const struct rules_text *t, struct bv have)
{
	if (!cut_prefix(&have, "IP="))
		return false;
	size_t colon = have.n;
	while (colon > 0 && have.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return address_holds(t, have, BV_LIT(""), false);
	return address_holds(t, (struct bv){have.p, colon - 1}, bv_from(have, colon), false);
}

static bool
ipv6_holds(const struct rules_text *t, struct bv have)
{
	if (!cut_prefix(&have, "IP=["))
		return false;
	size_t close = bv_find(have, 0, ']');
	if (close == have.n)
		return false;
	struct bv port = bv_from(have, close + 1);
	if (port.n > 0)
		port = bv_from(port, 1);
	return address_holds(t, (struct bv){have.p, close}, port, true);
}

/* A name or what ends it after a dot. */
static bool
sub_holds(struct bv pattern, struct bv have)
{
	if (have.n > pattern.n) {
		if (have.p[have.n - pattern.n - 1] != '.')
			return false;
		have = bv_from(have, have.n - pattern.n);
	}
	return bv_eq_nocase(pattern, have);
}

bool
decide_peer_holds(const struct rules_text *t, struct bv pattern, struct bv have)
{
	switch (t->style) {
	case RULES_TEXT_EXACT:
		return bv_eq_nocase(pattern, have);
	case RULES_TEXT_REGEX:
		return t->regex != NULL && decide_fill_regex(t->regex, have, 0, NULL);
	case RULES_TEXT_SUB:
		return sub_holds(pattern, have);
	case RULES_TEXT_IP:
		return ip_holds(t, have);
	case RULES_TEXT_IPV6:
		return ipv6_holds(t, have);
	case RULES_TEXT_PATH:
		return cut_prefix(&have, "PATH=") && bv_eq(pattern, have);
	}
	return false;
}
