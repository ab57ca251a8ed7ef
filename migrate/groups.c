#include "groups.h"

#include "accounts.h"
#include "escape.h"
#include "shadow.h"
#include "source.h"
#include "text.h"

/*
 * group(5) and gshadow(5). In RFC 2307bis form a member that is migrated becomes
 * a DN; one that is not stays a memberUid, which the class allows too, so that
 * nothing is lost and nothing dangles. groupOfNames demands a member: an empty
 * group gets the DN of its own container, which no client takes for a person. Members named
 * twice, as group and gshadow do, are one member.
 */

enum { FIELDS = 4, NOBODY = 65534 };

enum field { NAME, PASSWORD, GID, MEMBERS };

struct reading {
	struct migration *m;
	struct shadow shadow;
	struct hash *by_number;
};

struct group {
	struct report_place place;
	struct bv fields[FIELDS];
	unsigned long gid;
	struct shadow_line *shadow;
	struct hash *members; /* those added already */
};

static bool
refuse(struct migration *m, const struct group *g, const char *reason, const char *detail)
{
	report_line(m->report, REPORT_REFUSED, &g->place, reason, "\"%.*s\": %s",
	    BV(g->fields[NAME]), detail);
	shadow_decide(g->shadow, SHADOW_REFUSED);
	return false;
}

static bool
check(struct migration *m, struct group *g)
{
	const char *fault = accounts_name_fault(g->fields[NAME]);

	if (fault != NULL)
		return refuse(m, g, "bad name", fault);
	if (!text_number(g->fields[GID], 4294967294UL, &g->gid))
		return refuse(m, g, "bad gid", "the gid is no number from 0 to 4294967294");
	return true;
}

static bool
left_out(struct migration *m, const struct group *g)
{
	bool below = g->gid < m->opt->gid_min;

	if (!below && g->gid <= m->opt->gid_max && (m->opt->system || g->gid != NOBODY))
		return false;
	const char *reason = below ? "gid below --gid-min" : "gid above --gid-max or nogroup's";
	report_line(m->report, REPORT_SKIPPED, &g->place, reason, "\"%.*s\" (gid %lu): %s",
	    BV(g->fields[NAME]), g->gid, reason);
	shadow_decide(g->shadow, SHADOW_SKIPPED);
	return true;
}

/* Returns the DN of the member, or the absent view when it stays a name. */
static struct bv
member_dn(const struct migration *m, struct bv name)
{
	const struct record *account = hash_get(m->accounts, name);

	if (m->opt->groups == OPTIONS_RFC2307)
		return BV_NONE;
	if (account != NULL)
		return account->dn;
	if (m->opt->want[MAP_PASSWD])
		return BV_NONE;
	return escape_join(
	    m->arena, escape_rdn(m->arena, "uid", name), migration_container(m, MAP_PASSWD));
}

static void
add_member(struct migration *m, struct record *rec, struct group *g, struct bv name)
{
	struct bv key = arena_dup(m->arena, name);

	if (hash_put(g->members, key, rec) != NULL)
		return;
	struct bv dn = member_dn(m, name);
	if (dn.p != NULL) {
		record_append(rec, "member", dn);
		return;
	}
	if (m->opt->groups != OPTIONS_RFC2307)
		report_line(m->report, REPORT_NOTE, &g->place, "member is not migrated",
		    "\"%.*s\" has no entry: kept as memberUid", BV(name));
	if (text_is_ascii(name))
		record_append(rec, "memberUid", name);
	else
		report_line(m->report, REPORT_PARTIAL, &g->place, "member is not ASCII",
		    "\"%.*s\" left out: memberUid holds ASCII only", BV(name));
}

static void
add_members(struct migration *m, struct record *rec, struct group *g, struct bv list)
{
	while (list.n > 0) {
		size_t end = bv_find(list, 0, ',');
		struct bv name = bv_trim(bv_make(list.p, end));

		if (name.n > 0)
			add_member(m, rec, g, name);
		else
			report_line(m->report, REPORT_NOTE, &g->place, "empty member",
			    "a comma too many in the members of \"%.*s\"", BV(g->fields[NAME]));
		list = bv_from(list, end < list.n ? end + 1 : end);
	}
}

/* gshadow names the members again, and administrators, which no schema holds. */
static void
add_shadow(struct migration *m, struct record *rec, struct group *g)
{
	if (g->shadow == NULL)
		return;
	add_members(m, rec, g, g->shadow->fields[3]);
	if (g->shadow->fields[2].n > 0)
		report_line(m->report, REPORT_PARTIAL, &g->shadow->place, "group administrators",
		    "the administrators \"%.*s\" have no place in the schema",
		    BV(g->shadow->fields[2]));
}

/* An empty group password lets nobody in but members; so does none. */
static void
add_password(struct migration *m, struct record *rec, const struct group *g)
{
	bool shadowed = g->shadow != NULL && bv_eq(g->fields[PASSWORD], BV_LIT("x"));
	struct bv field = shadowed ? g->shadow->fields[1] : g->fields[PASSWORD];
	struct bv value = accounts_password(m->arena, field);

	if (field.n > 0 && value.p != NULL)
		record_add(rec, ATTR_USERPASSWORD, value);
}

static const char *
classes(const struct migration *m)
{
	switch (m->opt->groups) {
	case OPTIONS_RFC2307:
		return "posixGroup";
	case OPTIONS_GROUPOFMEMBERS:
		return "groupOfMembers posixGroup";
	case OPTIONS_GROUPOFNAMES:
		return "groupOfNames posixGroup";
	}
	return "posixGroup";
}

static struct record *
build(struct migration *m, struct group *g)
{
	struct record *rec = record_new(m->arena, &g->place);

	g->members = hash_new(m->arena);
	record_classes(rec, classes(m));
	record_add(rec, ATTR_CN, g->fields[NAME]);
	record_add(rec, ATTR_GIDNUMBER, arena_printf(m->arena, "%lu", g->gid));
	add_password(m, rec, g);
	add_members(m, rec, g, g->fields[MEMBERS]);
	add_shadow(m, rec, g);
	if (m->opt->groups == OPTIONS_GROUPOFNAMES && record_get(rec, ATTR_MEMBER) == NULL)
		record_append(rec, "member", migration_container(m, MAP_GROUP));
	return rec;
}

static void
note_number(struct reading *r, const struct group *g, struct record *rec)
{
	const struct record *old = hash_put(r->by_number, record_value(rec, ATTR_GIDNUMBER), rec);

	if (old != NULL)
		report_line(r->m->report, REPORT_NOTE, &g->place, "gid used twice",
		    "\"%.*s\" has gid %lu like \"%.*s\", line %zu: both are migrated",
		    BV(g->fields[NAME]), g->gid, BV(record_value(old, ATTR_CN)), old->place.line);
}

static void
read_line(struct reading *r, const struct source_line *line)
{
	struct group g = {.place = line->place};
	struct migration *m = r->m;
	size_t count = text_split(line->text, ':', g.fields, FIELDS);

	if (count != FIELDS) {
		report_line(m->report, REPORT_REFUSED, &g.place, "wrong number of fields",
		    "%zu fields where group has 4", count);
		return;
	}
	g.shadow = shadow_find(&r->shadow, g.fields[NAME]);
	if (!check(m, &g) || left_out(m, &g))
		return;
	struct record *rec = build(m, &g);
	bool added = migration_add(m, rec, ATTR_CN);
	shadow_decide(g.shadow, added ? SHADOW_TAKEN : SHADOW_REFUSED);
	if (added)
		note_number(r, &g, rec);
}

int
groups_read(struct migration *m)
{
	struct reading r = {.m = m, .by_number = hash_new(m->arena)};
	struct source *source = NULL;
	struct source_line line;
	int rc = shadow_read(m, MAP_GSHADOW, &r.shadow);

	if (rc == 0)
		rc = source_open(m, MAP_GROUP, &source);
	if (rc != 0 || source == NULL)
		return rc;
	while (source_next(source, &line))
		read_line(&r, &line);
	shadow_report(m, &r.shadow);
	return source_close(&source);
}
