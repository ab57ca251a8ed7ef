#include "net.h"

#include <arpa/inet.h>
#include <net/if.h>

#include "bundle.h"
#include "source.h"
#include "text.h"

/*
 *     networks:  name number [alias ...]
 *     hosts:     address name [alias ...]
 *     ethers:    hardware-address name-or-address
 *
 * Addresses are written in one form only, so that equality is equality of bytes.
 * In hosts the same name may stand on lines with different aliases; such lines
 * stay entries of their own, or an alias would answer with a wrong address.
 */

enum { HEX = 16, PAIRS = 6 };

static void
refuse(struct migration *m, const struct source_line *line, const char *reason, struct bv what)
{
	report_line(
	    m->report, REPORT_REFUSED, &line->place, reason, "%s: \"%.*s\"", reason, BV(what));
}

struct bv
net_number(struct arena *arena, struct bv text)
{
	struct bv parts[4];
	unsigned long numbers[4] = {0};
	size_t count = text_split(text, '.', parts, 4);

	if (count > 4)
		return BV_NONE;
	for (size_t i = 0; i < count; i++) {
		if (!text_number(parts[i], 255, &numbers[i]))
			return BV_NONE;
	}
	return arena_printf(
	    arena, "%lu.%lu.%lu.%lu", numbers[0], numbers[1], numbers[2], numbers[3]);
}

struct bv
net_address(struct arena *arena, struct bv text)
{
	char out[INET6_ADDRSTRLEN];
	uint8_t address[16];
	size_t zone = bv_find(text, 0, '%');
	const char *plain = arena_str(arena, bv_make(text.p, zone));

	if (zone == text.n && inet_pton(AF_INET, plain, address) == 1)
		return arena_dup(arena, text);
	if (inet_pton(AF_INET6, plain, address) != 1 || zone + 1 == text.n ||
	    text.n - zone > IF_NAMESIZE)
		return BV_NONE;
	inet_ntop(AF_INET6, address, out, sizeof(out));
	return arena_printf(arena, "%s%.*s", out, BV(bv_from(text, zone)));
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads one or two hexadecimal digits. */
static bool
hex_pair(struct bv text, unsigned *out)
{
	unsigned value = 0;

	if (text.n == 0 || text.n > 2)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int digit = hex_value(text.p[i]);

		if (digit < 0)
			return false;
		value = value * HEX + (unsigned)digit;
	}
	*out = value;
	return true;
}

struct bv
net_mac(struct arena *arena, struct bv text)
{
	struct bv parts[PAIRS];
	unsigned v[PAIRS] = {0};
	char sep = bv_find(text, 0, '-') < text.n ? '-' : ':';

	if (text_split(text, sep, parts, PAIRS) != PAIRS)
		return BV_NONE;
	for (size_t i = 0; i < PAIRS; i++) {
		if (!hex_pair(parts[i], &v[i]))
			return BV_NONE;
	}
	return arena_printf(
	    arena, "%02x:%02x:%02x:%02x:%02x:%02x", v[0], v[1], v[2], v[3], v[4], v[5]);
}

static int
read_map(struct migration *m, enum map_id map, struct bundles *b,
    void (*read)(struct migration *, struct bundles *, const struct source_line *))
{
	struct source *source = NULL;
	struct source_line line;
	int rc = source_open(m, map, &source);

	if (rc != 0 || source == NULL)
		return rc;
	while (source_next(source, &line))
		read(m, b, &line);
	return source_close(&source);
}

static void
describe(struct record *rec, const struct source_line *line)
{
	if (line->comment.n > 0)
		record_add(rec, ATTR_DESCRIPTION, line->comment);
}

static void
read_network(struct migration *m, struct bundles *b, const struct source_line *line)
{
	struct bv rest = line->text;
	struct bv name = text_word(&rest);
	struct bv word = text_word(&rest);
	struct bv number = word.p == NULL ? BV_NONE : net_number(m->arena, word);

	if (number.p == NULL) {
		refuse(m, line, word.p == NULL ? "nothing behind the name" : "bad network number",
		    word.p == NULL ? name : word);
		return;
	}
	struct record *rec = bundle_get(b, &line->place, name, number);
	bundle_aliases(b, rec, &line->place, rest);
	describe(rec, line);
}

int
net_read_networks(struct migration *m)
{
	struct bundles *b = bundle_new(m, "ipNetwork", ATTR_IPNETWORKNUMBER);
	int rc = read_map(m, MAP_NETWORKS, b, read_network);

	bundle_finish(b);
	return rc;
}

static void
read_host(struct migration *m, struct bundles *b, const struct source_line *line)
{
	struct bv rest = line->text;
	struct bv word = text_word(&rest);
	struct bv address = net_address(m->arena, word);
	struct bv name = text_word(&rest);

	if (address.p == NULL || name.p == NULL) {
		refuse(m, line, address.p == NULL ? "bad address" : "address without a name", word);
		return;
	}
	struct record *rec = bundle_get(b, &line->place, name, address);
	bundle_aliases(b, rec, &line->place, rest);
	describe(rec, line);
}

int
net_read_hosts(struct migration *m)
{
	struct bundles *b = bundle_new(m, "device ipHost", ATTR_IPHOSTNUMBER);
	int rc = read_map(m, MAP_HOSTS, b, read_host);

	bundle_join_equal(b);
	bundle_finish(b);
	return rc;
}

static void
read_ether(struct migration *m, struct bundles *b, const struct source_line *line)
{
	struct bv rest = line->text;
	struct bv word = text_word(&rest);
	struct bv mac = net_mac(m->arena, word);
	struct bv name = text_word(&rest);

	if (mac.p == NULL || name.p == NULL) {
		refuse(m, line, mac.p == NULL ? "bad hardware address" : "address without a name",
		    word);
		return;
	}
	if (rest.n > 0 && bv_trim(rest).n > 0)
		report_line(m->report, REPORT_PARTIAL, &line->place, "text behind the name",
		    "\"%.*s\" has no meaning in ethers and is left out", BV(bv_trim(rest)));
	struct record *rec = bundle_get(b, &line->place, name, mac);
	describe(rec, line);
}

int
net_read_ethers(struct migration *m)
{
	struct bundles *b = bundle_new(m, "device ieee802Device", ATTR_MACADDRESS);
	int rc = read_map(m, MAP_ETHERS, b, read_ether);

	bundle_join_equal(b);
	bundle_finish(b);
	return rc;
}
