#include "person.h"

#include "text.h"

/*
 * gecos is IA5 String: a GECOS field that is not ASCII goes into cn in UTF-8, and
 * is left out of gecos; NSS clients then answer with cn. When such a field has
 * more parts than the name, description keeps it whole, so that nothing is lost.
 */

enum { PARTS = 4 };

static struct bv
expand_login(struct arena *arena, struct bv name, struct bv login)
{
	size_t at = bv_find(name, 0, '&');

	if (at == name.n || login.n == 0)
		return bv_trim(name);
	char first = (char)login.p[0];
	if (first >= 'a' && first <= 'z')
		first = (char)(first - 32);
	struct bv after = bv_from(name, at + 1);
	return bv_trim(arena_printf(arena, "%.*s%c%.*s%.*s", (int)at, (const char *)name.p, first,
	    BV(bv_from(login, 1)), BV(after)));
}

struct person
person_split(struct arena *arena, struct bv gecos, struct bv login)
{
	struct bv parts[PARTS] = {BV_NONE};

	text_split(gecos, ',', parts, PARTS);
	return (struct person){
	    .whole = gecos,
	    .name = expand_login(arena, parts[0], login),
	    .room = bv_trim(parts[1]),
	    .work_phone = bv_trim(parts[2]),
	    .home_phone = bv_trim(parts[3]),
	};
}

static void
add_names(struct record *rec, struct bv name)
{
	size_t cut = name.n;

	while (cut > 0 && name.p[cut - 1] != ' ')
		cut--;
	record_add(rec, ATTR_SN, bv_from(name, cut));
	struct bv given = bv_trim(bv_make(name.p, cut));
	if (given.n > 0)
		record_add(rec, ATTR_GIVENNAME, given);
}

/* Telephone Number syntax is Printable String (RFC 4517 3.3.31). */
static bool
is_phone(struct bv text)
{
	static const char other[] = "'()+,-.=/:? ";

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');

		if (!alnum && (c == 0 || strchr(other, c) == NULL))
			return false;
	}
	return text.n > 0;
}

static void
add_phone(struct migration *m, struct record *rec, enum attr_id id, struct bv text)
{
	if (text.n == 0)
		return;
	if (is_phone(text))
		record_add(rec, id, text);
	else
		report_line(m->report, REPORT_NOTE, &rec->place, "not a telephone number",
		    "\"%.*s\" is no telephone number: kept in the GECOS text only", BV(text));
}

static bool
is_local_part(struct bv login)
{
	static const char other[] = "!#$%&'*+-/=?^_`{|}~.";

	for (size_t i = 0; i < login.n; i++) {
		uint8_t c = login.p[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');

		if (!alnum && (c == 0 || strchr(other, c) == NULL))
			return false;
	}
	return login.n > 0 && login.p[0] != '.' && login.p[login.n - 1] != '.';
}

static void
add_mail(struct migration *m, struct record *rec, struct bv login)
{
	const char *domain = m->opt->mail_domain;

	if (domain == NULL)
		return;
	if (is_local_part(login))
		record_add(rec, ATTR_MAIL, arena_printf(m->arena, "%.*s@%s", BV(login), domain));
	else
		report_line(m->report, REPORT_NOTE, &rec->place, "no mail address",
		    "\"%.*s\" cannot stand before the @ of an address: no mail attribute",
		    BV(login));
}

static void
add_gecos(struct migration *m, struct record *rec, const struct person *person)
{
	if (person->whole.n == 0)
		return;
	if (text_is_ascii(person->whole)) {
		record_add(rec, ATTR_GECOS, person->whole);
		return;
	}
	if (bv_find(person->whole, 0, ',') < person->whole.n)
		record_add(rec, ATTR_DESCRIPTION, person->whole);
	report_line(m->report, REPORT_NOTE, &rec->place, "name is not ASCII",
	    "\"%.*s\" is kept in cn; gecos holds ASCII only and is left out", BV(person->whole));
}

void
person_fill(struct migration *m, struct record *rec, const struct person *person, bool full)
{
	struct bv login = record_value(rec, ATTR_UID);
	struct bv name = person->name.n > 0 ? person->name : login;

	record_add(rec, ATTR_CN, name);
	if (full) {
		add_names(rec, name);
		add_mail(m, rec, login);
		if (person->room.n > 0)
			record_add(rec, ATTR_ROOMNUMBER, person->room);
		add_phone(m, rec, ATTR_TELEPHONENUMBER, person->work_phone);
		add_phone(m, rec, ATTR_HOMEPHONE, person->home_phone);
	}
	add_gecos(m, rec, person);
}
