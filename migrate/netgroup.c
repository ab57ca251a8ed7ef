#include "netgroup.h"

#include "source.h"
#include "text.h"

/*
 *     netgroup = name 1*( blank member )
 *     member   = name / "(" [host] "," [user] "," [domain] ")"
 *
 * Blanks inside a triple mean nothing (netgroup(5)) and are taken out. A line
 * with a member that cannot be read is refused as a whole: a netgroup grants
 * access, and half of one may grant more or less than was meant.
 */

static bool
is_name(struct bv text)
{
	return text.n > 0 && text.p[0] != '(' && bv_find(text, 0, ')') == text.n &&
	       bv_find(text, 0, ',') == text.n;
}

static struct bv
read_triple(struct arena *arena, struct bv *rest)
{
	size_t end = bv_find(*rest, 0, ')');
	char *out = arena_alloc(arena, rest->n + 1);
	size_t n = 0, commas = 0;

	if (end == rest->n)
		return BV_LIT("");
	for (size_t i = 0; i <= end; i++) {
		uint8_t c = rest->p[i];

		commas += c == ',';
		if (c != ' ' && c != '\t')
			out[n++] = (char)c;
	}
	*rest = bv_from(*rest, end + 1);
	out[n] = 0;
	bool nested = memchr(out + 1, '(', n - 1) != NULL;
	return commas == 2 && !nested ? bv_make(out, n) : BV_LIT("");
}

struct bv
netgroup_member(struct arena *arena, struct bv *rest)
{
	*rest = bv_trim(*rest);
	if (rest->n == 0)
		return BV_NONE;
	if (rest->p[0] == '(')
		return read_triple(arena, rest);
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t' && rest->p[n] != '(')
		n++;
	struct bv name = bv_make(rest->p, n);
	*rest = bv_from(*rest, n);
	return is_name(name) ? name : BV_LIT("");
}

static void
add_member(struct migration *m, struct record *rec, struct bv member)
{
	bool triple = member.p[0] == '(';

	migration_value(m, rec, triple ? ATTR_NISNETGROUPTRIPLE : ATTR_MEMBERNISNETGROUP, member);
}

static void
read_line(struct migration *m, const struct source_line *line)
{
	struct record *rec = record_new(m->arena, &line->place);
	struct bv rest = line->text;
	struct bv name = text_word(&rest);
	struct bv member;

	if (!is_name(name)) {
		report_line(m->report, REPORT_REFUSED, &line->place, "bad name",
		    "\"%.*s\" is no name of a netgroup", BV(name));
		return;
	}
	record_classes(rec, "nisNetgroup");
	record_add(rec, ATTR_CN, name);
	while ((member = netgroup_member(m->arena, &rest)).p != NULL) {
		if (member.n == 0) {
			report_line(m->report, REPORT_REFUSED, &line->place, "bad member",
			    "a member is neither a name nor (host,user,domain): \"%.*s\"",
			    BV(line->text));
			return;
		}
		add_member(m, rec, member);
	}
	migration_add(m, rec, ATTR_CN);
}

/* Notes the members that no line defines: most often a misspelling. */
static void
note_missing(struct migration *m, const struct hash *names, const struct record *rec)
{
	const struct record_attr *members = record_get(rec, ATTR_MEMBERNISNETGROUP);

	for (size_t i = 0; members != NULL && i < members->count; i++) {
		if (hash_get(names, members->values[i]) == NULL)
			report_line(m->report, REPORT_NOTE, &rec->place, "unknown netgroup",
			    "\"%.*s\" is named as a member but not defined",
			    BV(members->values[i]));
	}
}

static void
note_all_missing(struct migration *m)
{
	struct hash *names = hash_new(m->arena);

	for (size_t i = 0; i < m->records.count; i++) {
		struct record *rec = m->records.items[i];

		if (rec->place.map == MAP_NETGROUP && !rec->container)
			hash_put(names, record_value(rec, ATTR_CN), rec);
	}
	for (size_t i = 0; i < m->records.count; i++) {
		if (m->records.items[i]->place.map == MAP_NETGROUP)
			note_missing(m, names, m->records.items[i]);
	}
}

int
netgroup_read(struct migration *m)
{
	struct source *source = NULL;
	struct source_line line;
	int rc = source_open(m, MAP_NETGROUP, &source);

	if (rc != 0 || source == NULL)
		return rc;
	while (source_next(source, &line))
		read_line(m, &line);
	note_all_missing(m);
	return source_close(&source);
}
