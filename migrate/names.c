#include "names.h"

#include "base/err.h"
#include "bundle.h"
#include "source.h"
#include "text.h"

/*
 *     services:   name port/protocol [alias ...]
 *     protocols:  name number [alias ...]
 *     rpc:        name number [alias ...]
 *
 * An alias that stands on one protocol's line only is held for all protocols of
 * that name and port: RFC 2307 has one set of names per entry. Where this makes a
 * lookup ambiguous (another entry has the name and the protocol) it is noted.
 */

enum { NOTED = 10000 }; /* pairs of name and protocol of one entry that are looked at */

struct names {
	struct migration *m;
	struct bundles *bundles;
	bool services;
	unsigned long max;
};

static bool
refuse(const struct names *n, const struct source_line *line, const char *reason, struct bv what)
{
	report_line(
	    n->m->report, REPORT_REFUSED, &line->place, reason, "%s: \"%.*s\"", reason, BV(what));
	return false;
}

/* Splits "port/protocol"; in the other maps the word is the number. */
static bool
read_number(const struct names *n, const struct source_line *line, struct bv word,
    unsigned long *number_out, struct bv *protocol_out)
{
	size_t slash = n->services ? bv_find(word, 0, '/') : word.n;

	if (n->services && slash + 1 >= word.n)
		return refuse(n, line, "no port/protocol", word);
	if (!text_number(bv_make(word.p, slash), n->max, number_out))
		return refuse(n, line, n->services ? "bad port" : "bad number", word);
	*protocol_out = n->services ? bv_from(word, slash + 1) : BV_NONE;
	return true;
}

static void
read_line(struct names *n, const struct source_line *line)
{
	struct bv rest = line->text;
	struct bv name = text_word(&rest);
	struct bv word = text_word(&rest);
	struct bv protocol = BV_NONE;
	unsigned long number = 0;

	if (word.p == NULL) {
		refuse(n, line, "nothing behind the name", name);
		return;
	}
	if (!read_number(n, line, word, &number, &protocol))
		return;
	struct bv value = arena_printf(n->m->arena, "%lu", number);
	struct record *rec = bundle_get(n->bundles, &line->place, name, value);
	if (protocol.p != NULL && !record_add(rec, ATTR_IPSERVICEPROTOCOL, protocol))
		report_line(n->m->report, REPORT_NOTE, &line->place, "line repeated",
		    "\"%.*s %.*s\" stands in line %zu already: the aliases are joined", BV(name),
		    BV(word), rec->place.line);
	bundle_aliases(n->bundles, rec, &line->place, rest);
	if (line->comment.n > 0)
		record_add(rec, ATTR_DESCRIPTION, line->comment);
}

static int
read_map(struct names *n, enum map_id map)
{
	struct source *source = NULL;
	struct source_line line;
	int rc = source_open(n->m, map, &source);

	if (rc != 0 || source == NULL)
		return rc;
	while (source_next(source, &line))
		read_line(n, &line);
	return source_close(&source);
}

/* Notes each name that an earlier entry has under the same protocol. */
static void
note_shared(struct names *n, struct hash *seen, struct record *rec)
{
	const struct record_attr *cn = record_get(rec, ATTR_CN);
	const struct record_attr *protocol = record_get(rec, ATTR_IPSERVICEPROTOCOL);

	for (size_t i = 0; i < cn->count * protocol->count && i < NOTED; i++) {
		struct bv name = cn->values[i / protocol->count];
		struct bv with = protocol->values[i % protocol->count];
		struct bv folded = text_fold(n->m->arena, name);
		struct bv key = arena_printf(n->m->arena, "%.*s/%.*s", BV(folded), BV(with));
		const struct record *old = hash_put(seen, key, rec);

		if (old != NULL && old != rec)
			report_line(n->m->report, REPORT_NOTE, &rec->place, "name on two ports",
			    "\"%.*s/%.*s\" is also line %zu: the file answers with the first, a "
			    "directory with either",
			    BV(name), BV(with), old->place.line);
	}
}

static void
note_all_shared(struct names *n)
{
	struct hash *seen = hash_new(n->m->arena);

	for (size_t i = 0; i < n->m->records.count; i++) {
		struct record *rec = n->m->records.items[i];

		if (rec->place.map == MAP_SERVICES && !rec->container)
			note_shared(n, seen, rec);
	}
}

int
names_read_services(struct migration *m)
{
	struct names n = {.m = m, .services = true, .max = 65535};

	n.bundles = bundle_new(m, "ipService", ATTR_IPSERVICEPORT);
	int rc = read_map(&n, MAP_SERVICES);
	bundle_finish(n.bundles);
	note_all_shared(&n);
	return rc;
}

int
names_read_protocols(struct migration *m)
{
	struct names n = {.m = m, .max = INT32_MAX};

	n.bundles = bundle_new(m, "ipProtocol", ATTR_IPPROTOCOLNUMBER);
	int rc = read_map(&n, MAP_PROTOCOLS);
	bundle_describe(n.bundles, "IP protocol");
	bundle_finish(n.bundles);
	return rc;
}

int
names_read_rpc(struct migration *m)
{
	struct names n = {.m = m, .max = INT32_MAX};

	n.bundles = bundle_new(m, "oncRpc", ATTR_ONCRPCNUMBER);
	int rc = read_map(&n, MAP_RPC);
	bundle_describe(n.bundles, "RPC program");
	bundle_finish(n.bundles);
	return rc;
}
