#include "accounts.h"

#include "person.h"
#include "shadow.h"
#include "source.h"
#include "text.h"

/*
 * passwd(5) and shadow(5). The rule about passwords: what cannot log in today
 * cannot log in afterwards. Lock marks are kept in front of the hash, where no
 * crypt(3) accepts them; an empty password becomes a lock mark and is reported.
 */

enum {
	FIELDS = 7,
	NAME_MAX_BYTES = 256, /* the suggested bound of uid in RFC 4519 */
	NOBODY = 65534,
};

enum field { NAME, PASSWORD, UID, GID, GECOS, HOME, SHELL };

struct reading {
	struct migration *m;
	struct shadow shadow;
	struct hash *by_number; /* uidNumber -> the first record with it */
};

struct account {
	struct report_place place;
	struct bv fields[FIELDS];
	unsigned long uid;
	unsigned long gid;
	struct shadow_line *shadow;
};

const char *
accounts_name_fault(struct bv name)
{
	if (name.n == 0)
		return "is empty";
	if (name.n > NAME_MAX_BYTES)
		return "is longer than 256 bytes";
	if (name.p[0] == '+' || name.p[0] == '-')
		return "starts with + or -: that is NIS syntax, or no name at all";
	if (text_has_control(name))
		return "holds a control character";
	if (bv_trim(name).n != name.n || memmem(name.p, name.n, "  ", 2) != NULL)
		return "has blanks that a directory ignores";
	return NULL;
}

struct bv
accounts_password(struct arena *arena, struct bv field)
{
	if (bv_eq(field, BV_LIT("x")))
		return BV_NONE;
	if (field.n == 0)
		return BV_LIT("{CRYPT}!");
	return arena_printf(arena, "{CRYPT}%.*s", BV(field));
}

static bool
refuse(struct migration *m, const struct account *a, const char *reason, const char *detail)
{
	report_line(m->report, REPORT_REFUSED, &a->place, reason, "\"%.*s\": %s",
	    BV(a->fields[NAME]), detail);
	shadow_decide(a->shadow, SHADOW_REFUSED);
	return false;
}

/* Checks everything that makes a line unusable. */
static bool
check(struct migration *m, struct account *a)
{
	const char *fault = accounts_name_fault(a->fields[NAME]);

	if (fault != NULL) {
		report_line(m->report, REPORT_REFUSED, &a->place, "bad name",
		    "the name \"%.*s\" %s", BV(a->fields[NAME]), fault);
		return false;
	}
	if (!text_number(a->fields[UID], 4294967294UL, &a->uid))
		return refuse(m, a, "bad uid", "the uid is no number from 0 to 4294967294");
	if (!text_number(a->fields[GID], 4294967294UL, &a->gid))
		return refuse(m, a, "bad gid", "the gid is no number from 0 to 4294967294");
	if (a->fields[HOME].n == 0)
		return refuse(
		    m, a, "no home directory", "the home directory is empty; write / if so meant");
	if (!text_is_ascii(a->fields[HOME]) || !text_is_ascii(a->fields[SHELL]))
		return refuse(m, a, "path is not ASCII",
		    "homeDirectory and loginShell hold ASCII only: rename the path");
	return true;
}

static bool
left_out(struct migration *m, const struct account *a)
{
	bool below = a->uid < m->opt->uid_min;

	if (!below && a->uid <= m->opt->uid_max && (m->opt->system || a->uid != NOBODY))
		return false;
	const char *reason = below ? "uid below --uid-min" : "uid above --uid-max or nobody's";
	report_line(m->report, REPORT_SKIPPED, &a->place, reason, "\"%.*s\" (uid %lu): %s",
	    BV(a->fields[NAME]), a->uid, reason);
	shadow_decide(a->shadow, SHADOW_SKIPPED);
	return true;
}

static bool
is_person(const struct migration *m, const struct account *a, const struct person *person)
{
	if (m->opt->people != OPTIONS_PEOPLE_AUTO)
		return m->opt->people == OPTIONS_PEOPLE_INETORGPERSON;
	return a->uid >= 1000 && a->uid != NOBODY && person->name.n > 0 &&
	       !bv_eq_nocase(person->name, a->fields[NAME]);
}

/* The password stands in passwd itself unless an "x" there points to shadow. */
static void
add_password(struct migration *m, struct record *rec, const struct account *a)
{
	bool shadowed = bv_eq(a->fields[PASSWORD], BV_LIT("x"));
	struct bv field =
	    shadowed && a->shadow != NULL ? a->shadow->fields[1] : a->fields[PASSWORD];
	const struct report_place *place =
	    shadowed && a->shadow != NULL ? &a->shadow->place : &a->place;
	struct bv value = accounts_password(m->arena, field);

	if (value.p == NULL) {
		if (m->opt->want[MAP_SHADOW])
			report_line(m->report, REPORT_NOTE, place, "no password",
			    "\"%.*s\" has no password in shadow: migrated without one",
			    BV(a->fields[NAME]));
		return;
	}
	if (field.n == 0)
		report_line(m->report, REPORT_PARTIAL, place, "empty password",
		    "\"%.*s\" has an empty password: migrated locked; set one",
		    BV(a->fields[NAME]));
	else if (field.p[0] == '{')
		report_line(m->report, REPORT_NOTE, place, "not a crypt hash",
		    "the password of \"%.*s\" is no crypt(3) hash: nobody can use it",
		    BV(a->fields[NAME]));
	record_add(rec, ATTR_USERPASSWORD, value);
}

static void
add_shadow(struct record *rec, const struct shadow_line *line)
{
	static const enum attr_id ids[SHADOW_FIELDS] = {[2] = ATTR_SHADOWLASTCHANGE,
	    ATTR_SHADOWMIN,
	    ATTR_SHADOWMAX,
	    ATTR_SHADOWWARNING,
	    ATTR_SHADOWINACTIVE,
	    ATTR_SHADOWEXPIRE,
	    ATTR_SHADOWFLAG};

	if (line == NULL)
		return;
	record_add(rec, ATTR_OBJECTCLASS, BV_LIT("shadowAccount"));
	for (size_t i = 2; i < SHADOW_FIELDS; i++) {
		int64_t value = 0;

		if (bv_to_i64(line->fields[i], &value))
			record_add(rec, ids[i], arena_printf(rec->arena, "%lld", (long long)value));
	}
}

static struct record *
build(struct migration *m, const struct account *a)
{
	struct record *rec = record_new(m->arena, &a->place);
	struct person person = person_split(m->arena, a->fields[GECOS], a->fields[NAME]);
	bool full = is_person(m, a, &person);

	record_classes(rec, full ? "inetOrgPerson posixAccount" : "account posixAccount");
	record_add(rec, ATTR_UID, a->fields[NAME]);
	person_fill(m, rec, &person, full);
	record_add(rec, ATTR_UIDNUMBER, arena_printf(m->arena, "%lu", a->uid));
	record_add(rec, ATTR_GIDNUMBER, arena_printf(m->arena, "%lu", a->gid));
	record_add(rec, ATTR_HOMEDIRECTORY, a->fields[HOME]);
	if (a->fields[SHELL].n > 0)
		record_add(rec, ATTR_LOGINSHELL, a->fields[SHELL]);
	add_password(m, rec, a);
	add_shadow(rec, a->shadow);
	return rec;
}

static void
note_number(struct reading *r, const struct account *a, struct record *rec)
{
	const struct record *old = hash_put(r->by_number, record_value(rec, ATTR_UIDNUMBER), rec);

	if (old != NULL)
		report_line(r->m->report, REPORT_NOTE, &a->place, "uid used twice",
		    "\"%.*s\" has uid %lu like \"%.*s\", line %zu: both are migrated",
		    BV(a->fields[NAME]), a->uid, BV(record_value(old, ATTR_UID)), old->place.line);
	if (a->uid == 0)
		report_line(r->m->report, REPORT_NOTE, &a->place, "uid 0",
		    "\"%.*s\" will be a superuser wherever the directory is trusted",
		    BV(a->fields[NAME]));
}

static void
read_line(struct reading *r, const struct source_line *line)
{
	struct account a = {.place = line->place};
	struct migration *m = r->m;
	size_t count = text_split(line->text, ':', a.fields, FIELDS);

	if (count != FIELDS) {
		report_line(m->report, REPORT_REFUSED, &a.place, "wrong number of fields",
		    "%zu fields where passwd has 7", count);
		return;
	}
	a.shadow = shadow_find(&r->shadow, a.fields[NAME]);
	if (!check(m, &a) || left_out(m, &a))
		return;
	struct record *rec = build(m, &a);
	bool added = migration_add(m, rec, ATTR_UID);
	shadow_decide(a.shadow, added ? SHADOW_TAKEN : SHADOW_REFUSED);
	if (!added)
		return;
	hash_put(m->accounts, record_value(rec, ATTR_UID), rec);
	note_number(r, &a, rec);
}

int
accounts_read(struct migration *m)
{
	struct reading r = {.m = m, .by_number = hash_new(m->arena)};
	struct source *source = NULL;
	struct source_line line;
	int rc = shadow_read(m, MAP_SHADOW, &r.shadow);

	if (rc == 0)
		rc = source_open(m, MAP_PASSWD, &source);
	if (rc != 0 || source == NULL)
		return rc;
	while (source_next(source, &line))
		read_line(&r, &line);
	shadow_report(m, &r.shadow);
	return source_close(&source);
}
